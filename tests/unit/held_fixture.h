
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _HELD_FIXTURE_H_INCLUDED_
#define _HELD_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>


#define RETRY  120


static loyalty_errand_t  found;


/* The store makes the coupon of a handkerchief, which somebody can pay. */

static inline int
held_open(void **state)
{
    shop_t  *shop;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->program.coupon_retry = RETRY;
    shop->rewards[HANKY].coupon = LOYALTY_COUPON_STORE;

    shop_member(shop, ADA, 250);

    return 0;
}


#define held_test(name)                                                       \
    cmocka_unit_test_setup_teardown(name, held_open, shop_close)


/* A worker's look for one that is due, and what it finds. */

static inline loyalty_command_t *
errand(shop_t *shop)
{
    loyalty_command_t  *c;

    c = shop_balance(shop, "");

    c->kind = LOYALTY_COMMAND_ERRAND;
    c->errand = &found;

    return c;
}


static inline loyalty_command_t *
find(shop_t *shop)
{
    return shop_expect(shop, errand(shop), LOYALTY_REDEMPTION_PENDING);
}


/* The second part of a redemption is the same command once more. */

static inline loyalty_command_t *
concluding(shop_t *shop, loyalty_command_t *first,
    loyalty_coupon_verdict_e verdict)
{
    loyalty_command_t  *c;

    c = shop_balance(shop, ADA);

    c->kind = LOYALTY_COMMAND_CONCLUDE;
    c->redemption = first->redemption;
    c->verdict = verdict;
    c->idempotency_key = first->idempotency_key;

    return c;
}


#endif /* _HELD_FIXTURE_H_INCLUDED_ */
