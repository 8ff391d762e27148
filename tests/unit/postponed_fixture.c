
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <postponed_fixture.h>


static loyalty_command_t *completing(loyalty_command_t *claim,
    const loyalty_command_t *errand);


static loyalty_errand_t  postponed_found;


int
postponed_open(void **state)
{
    if (shop_open(state) != 0) {
        return -1;
    }

    shop_member(*state, ADA, 100);
    shop_member(*state, BOB, 0);

    postponed_found.kind = LOYALTY_ERRAND_CLAIM;

    return 0;
}


/* A claim that the store has not answered. */

loyalty_command_t *
unanswered(shop_t *shop, const char *email, const char *order)
{
    loyalty_command_t  *c;

    c = shop_claim_fault(shop, email, order, LOYALTY_STORE_TIMEOUT);
    c->postpone = POSTPONE;

    return c;
}


loyalty_command_t *
postpone(shop_t *shop, const char *email, const char *order)
{
    return shop_expect(shop, unanswered(shop, email, order),
                       LOYALTY_CLAIM_PENDING);
}


loyalty_command_t *
errand(shop_t *shop)
{
    loyalty_command_t  *c;

    c = shop_balance(shop, "");

    c->kind = LOYALTY_COMMAND_ERRAND;
    c->errand = &postponed_found;

    return c;
}


loyalty_command_t *
find(shop_t *shop)
{
    return shop_expect(shop, errand(shop), LOYALTY_CLAIM_PENDING);
}


void
nothing_to_do(shop_t *shop)
{
    shop_run(shop);
    (void) shop_expect(shop, errand(shop), LOYALTY_NOTHING_TO_DO);
}


/* The second part of what an errand has found is the claim once more. */

static loyalty_command_t *
completing(loyalty_command_t *claim, const loyalty_command_t *errand)
{
    claim->kind = LOYALTY_COMMAND_COMPLETE;
    claim->postponed = errand->postponed;

    return claim;
}


loyalty_command_t *
confirmed(shop_t *shop, const loyalty_command_t *errand, const char *email,
    const char *order, int64_t total)
{
    return completing(shop_claim(shop, email, order, total), errand);
}


loyalty_command_t *
refused(shop_t *shop, const loyalty_command_t *errand,
    const char *order, loyalty_outcome_e fault)
{
    return completing(shop_claim_fault(shop, ADA, order, fault), errand);
}


void
stands(shop_t *shop, const char *email, int64_t points, int64_t waiting)
{
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_balance(shop, email), LOYALTY_BALANCE);

    assert_int_equal(c->result.points, points);
    assert_int_equal(c->result.waiting, waiting);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM postponed"),
                     waiting);
}
