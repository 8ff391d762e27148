
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <refund_fixture.h>


#define TOTAL  6099              /* minor units: 60 points */


/* The store has paid back some of it before. */

static loyalty_command_t *
claim_of_a_refunded(shop_t *shop, const char *email, const char *order,
    int64_t total, int64_t refunded)
{
    loyalty_command_t  *command;

    command = shop_event(shop, email, order, total, refunded, "paid");

    command->kind = LOYALTY_COMMAND_CLAIM;
    command->email = text(email);

    return command;
}


static const loyalty_tier_t *
tier_of(shop_t *shop)
{
    return shop_expect(shop, shop_balance(shop, ADA),
                       LOYALTY_BALANCE)->result.tier;
}


static void
a_claim_of_an_order_that_was_refunded_earns_the_rest(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 50);

    c = shop_expect(shop, claim_of_a_refunded(shop, ADA, "1", 10000, 9900),
                    LOYALTY_CLAIMED);

    assert_int_equal(c->result.earned, 1);
    assert_int_equal(c->result.points, 51);
    assert_int_equal(c->result.lifetime, 51);
    assert_true(answer_says(c, "Order 1 earned you 1 point."));

    noted(shop, "1", 10000, 9900);
    assert_int_equal(points_of(shop, ADA), 51);

    noted(shop, "1", 10000, 0);
    assert_int_equal(points_of(shop, ADA), 150);
}


static void
a_claim_of_an_order_that_was_refunded_as_a_whole_earns_nothing(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->memberships[0].id = text("club");
    shop->memberships[0].sku = text("CLUB");
    shop->memberships[0].lasts = 30 * DAY;
    shop->program.nmemberships = 1;

    shop_member(shop, ADA, 50);

    c = claim_of_a_refunded(shop, ADA, "1", TOTAL, TOTAL);
    c->order_body = text("{\"number\":\"1\",\"email\":\"" ADA "\","
                         "\"total\":6099,\"refunded\":6099,"
                         "\"currency\":\"USD\",\"status\":\"paid\","
                         "\"items\":[{\"sku\":\"CLUB\",\"quantity\":1}]}");
    shop->stores[0].lookup.items = text("/items");
    shop_expect(shop, c, LOYALTY_CLAIMED);

    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.points, 50);
    assert_int_equal(c->result.memberships, 0);
    assert_true(answer_says(c, "earned no points: its total less refunds is "
                            "too low."));
}


/* Whatever earns the points, and whenever the refund came. */

static void
a_claim_takes_off_a_refund_once(void **state)
{
    shop_t  *shop = *state;

    shop->earns[0].minus = LOYALTY_MINUS_REFUNDS;
    shop->earns[1].kind = LOYALTY_EARN_PER_ORDER;
    shop->earns[1].points = 50;
    shop->program.nearns = 2;

    shop_member(shop, ADA, 0);

    assert_int_equal(shop_expect(shop, claim_of_a_refunded(shop, ADA, "1",
                                                           6000, 3000),
                                 LOYALTY_CLAIMED)->result.earned, 55);
    noted(shop, "1", 6000, 3000);
    assert_int_equal(points_of(shop, ADA), 55);
    noted(shop, "1", 6000, 4500);
    assert_int_equal(points_of(shop, ADA), 28);
    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), 0);

    shop_expect(shop, shop_claim(shop, ADA, "2", 6000), LOYALTY_CLAIMED);
    assert_int_equal(points_of(shop, ADA), 110);
    noted(shop, "2", 6000, 3000);
    assert_int_equal(points_of(shop, ADA), 55);
    noted(shop, "2", 6000, 4500);
    assert_int_equal(points_of(shop, ADA), 28);
}


/* The books know of it, also if it is worth less than a point. */

static void
a_refund_that_takes_nothing_is_known(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_expect(shop, claim_of_a_refunded(shop, ADA, "1", 6000, 99),
                LOYALTY_CLAIMED);
    assert_int_equal(shop_sql(shop, "SELECT refunded FROM reversal"), 99);

    noted(shop, "1", 6000, 98);
    noted(shop, "1", 6000, 98);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM reversal"), 2);
    assert_int_equal(points_of(shop, ADA), 60);
}


/* Nor does it count as an order, however it is taken off. */

static void
a_claim_takes_off_a_refund_of_all_with_what_it_is_no_part_of(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.referral.points = 100;
    shop->program.referral.friend = 30;
    shop->earns[0].minus = LOYALTY_MINUS_REFUNDS;
    shop->earns[1].kind = LOYALTY_EARN_PER_ORDER;
    shop->earns[1].points = 50;
    shop->program.nearns = 2;

    c = shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);
    shop_expect(shop, shop_signup_referred(shop, ADA, c->result.referral),
                LOYALTY_SIGNED_UP);

    c = shop_expect(shop, claim_of_a_refunded(shop, ADA, "1", TOTAL, TOTAL),
                    LOYALTY_CLAIMED);
    assert_int_equal(c->result.earned, 0);
    assert_int_equal(points_of(shop, ADA), 0);
    assert_int_equal(points_of(shop, BOB), 0);
    assert_int_equal(shop_sql(shop, "SELECT sum(orders) FROM member"), 0);

    noted(shop, "1", TOTAL, TOTAL);
    assert_int_equal(points_of(shop, ADA), 0);

    assert_int_equal(shop_expect(shop, shop_claim(shop, ADA, "2", TOTAL),
                                 LOYALTY_CLAIMED)->result.earned, 140);
    assert_int_equal(points_of(shop, BOB), 100);
}


static void
points_that_have_expired_are_not_taken_again(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1", 10000), LOYALTY_CLAIMED);

    shop->now += 31 * DAY;
    shop_expect(shop, shop_claim(shop, ADA, "2", 10000), LOYALTY_CLAIMED);
    assert_int_equal(points_of(shop, ADA), 100);

    noted(shop, "1", 10000, 10000);
    assert_int_equal(points_of(shop, ADA), 100);

    /* nor do they come back */

    noted(shop, "1", 10000, 0);
    assert_int_equal(points_of(shop, ADA), 100);
}


static void
what_was_spent_before_the_rest_expired_is_taken(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1", HANKY_COST * 100 + 10000),
                LOYALTY_CLAIMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    shop->now += 31 * DAY;
    shop_expect(shop, shop_claim(shop, ADA, "2", 50000), LOYALTY_CLAIMED);
    assert_int_equal(points_of(shop, ADA), 500);

    /* 100 of 300 have expired: that much of the refund is paid */

    noted(shop, "1", 30000, 5000);
    assert_int_equal(points_of(shop, ADA), 500);
    noted(shop, "1", 30000, 15000);
    assert_int_equal(points_of(shop, ADA), 450);
    noted(shop, "1", 30000, 30000);
    assert_int_equal(points_of(shop, ADA), 300);

    noted(shop, "1", 30000, 15000);
    assert_int_equal(points_of(shop, ADA), 450);
    noted(shop, "1", 30000, 10000);
    assert_int_equal(points_of(shop, ADA), 500);
    noted(shop, "1", 30000, 0);
    assert_int_equal(points_of(shop, ADA), 500);
}


static void
points_that_expire_after_a_refund_count_for_the_next(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1", 10000), LOYALTY_CLAIMED);
    noted(shop, "1", 10000, 4000);
    assert_int_equal(points_of(shop, ADA), 60);

    shop->now += 31 * DAY;
    shop_expect(shop, shop_claim(shop, ADA, "2", 10000), LOYALTY_CLAIMED);

    noted(shop, "1", 10000, 4000);
    noted(shop, "1", 10000, 10000);
    assert_int_equal(points_of(shop, ADA), 100);

    noted(shop, "1", 10000, 4000);
    noted(shop, "1", 10000, 0);
    assert_int_equal(points_of(shop, ADA), 100);
}


static void
what_was_refunded_is_not_earned_though_it_is_forgiven(void **state)
{
    shop_t  *shop = *state;

    shop->tiers[0].id = text("gold");
    shop->tiers[0].threshold = 150;
    shop->program.ladder.ntiers = 1;

    shop_member(shop, ADA, 100);
    shop_expect(shop, shop_claim(shop, ADA, "1", 10000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    noted(shop, "1", 10000, 4000);
    assert_int_equal(points_of(shop, ADA), 0);
    assert_int_equal(lifetime_of(shop, ADA), 160);

    noted(shop, "1", 10000, 10000);
    assert_int_equal(points_of(shop, ADA), 0);
    assert_int_equal(lifetime_of(shop, ADA), 100);
    assert_null(tier_of(shop));

    noted(shop, "1", 10000, 0);
    assert_int_equal(points_of(shop, ADA), 0);
    assert_int_equal(lifetime_of(shop, ADA), 200);
    assert_non_null(tier_of(shop));
}


/* Gold for 100 points in a month, which is held for the next month, too. */

static void
have_months(shop_t *shop)
{
    shop->tiers[0].id = text("gold");
    shop->tiers[0].threshold = 100;
    shop->program.ladder.ntiers = 1;
    shop->program.ladder.window = LOYALTY_WINDOW_TIME;
    shop->program.ladder.length = 30 * DAY;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1", 10000), LOYALTY_CLAIMED);
    shop->now += 30 * DAY;
}


static void
a_refund_is_of_the_window_of_its_order(void **state)
{
    shop_t  *shop = *state;

    have_months(shop);
    shop_expect(shop, shop_claim(shop, ADA, "2", 10000), LOYALTY_CLAIMED);
    noted(shop, "1", 10000, 10000);

    shop->now += 30 * DAY;
    assert_non_null(tier_of(shop));
}


static void
so_is_one_that_is_cancelled(void **state)
{
    shop_t  *shop = *state;

    have_months(shop);
    noted(shop, "1", 10000, 10000);
    assert_null(tier_of(shop));
    noted(shop, "1", 10000, 0);
    assert_non_null(tier_of(shop));

    shop->now += 30 * DAY;
    assert_null(tier_of(shop));
}


/* A part is a part of what the order was worth then. */

static void
a_changed_rate_is_none_of_a_refund(void **state)
{
    shop_t  *shop = *state;

    shop->stores[0].rate = 1080000;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1", 10000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "2", 10000), LOYALTY_CLAIMED);
    assert_int_equal(points_of(shop, ADA), 216);

    shop->stores[0].rate = 1200000;
    shop_reload(shop);

    noted(shop, "1", 10000, 5000);
    assert_int_equal(points_of(shop, ADA), 162);

    shop->stores[0].rate = 1000000;
    shop_reload(shop);

    noted(shop, "1", 10000, 5000);
    assert_int_equal(points_of(shop, ADA), 162);

    noted(shop, "2", 10000, 10000);
    assert_int_equal(points_of(shop, ADA), 54);
    assert_int_equal(shop_sql(shop, "SELECT orders FROM member"), 1);
}


/* What one has paid for later stays, however long one had it. */

static void
a_membership_that_is_over_takes_nothing_of_the_next(void **state)
{
    shop_t      *shop = *state;
    const char  *club = "[{\"sku\":\"CLUB\",\"quantity\":1}]";
    const char  *end = "SELECT until_at FROM membership";

    shop->memberships[0].id = text("club");
    shop->memberships[0].sku = text("CLUB");
    shop->memberships[0].lasts = 30 * DAY;
    shop->program.nmemberships = 1;

    shop_member(shop, ADA, 50);

    shop_expect(shop, shop_claim_items(shop, ADA, "1", TOTAL, club),
                LOYALTY_CLAIMED);
    shop->now += 40 * DAY;
    shop_expect(shop, shop_claim_items(shop, ADA, "2", TOTAL, club),
                LOYALTY_CLAIMED);

    noted(shop, "1", TOTAL, TOTAL);
    assert_int_equal(shop_sql(shop, end), CHRISTMAS + 70 * DAY);
    noted(shop, "1", TOTAL, 0);
    assert_int_equal(shop_sql(shop, end), CHRISTMAS + 70 * DAY);

    /* of one that has begun, what is left goes: the next comes at once */

    shop_expect(shop, shop_claim_items(shop, ADA, "3", TOTAL, club),
                LOYALTY_CLAIMED);
    shop->now = CHRISTMAS + 60 * DAY;
    noted(shop, "2", TOTAL, TOTAL);
    assert_int_equal(shop_sql(shop, end), shop->now + 30 * DAY);

    shop->now += DAY;
    noted(shop, "2", TOTAL, 0);
    assert_int_equal(shop_sql(shop, end), CHRISTMAS + 100 * DAY);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_claim_of_an_order_that_was_refunded_earns_the_rest),
        shop_test(
            a_claim_of_an_order_that_was_refunded_as_a_whole_earns_nothing),
        shop_test(a_claim_takes_off_a_refund_once),
        shop_test(a_refund_that_takes_nothing_is_known),
        shop_test(
            a_claim_takes_off_a_refund_of_all_with_what_it_is_no_part_of),
        shop_test(points_that_have_expired_are_not_taken_again),
        shop_test(what_was_spent_before_the_rest_expired_is_taken),
        shop_test(points_that_expire_after_a_refund_count_for_the_next),
        shop_test(what_was_refunded_is_not_earned_though_it_is_forgiven),
        shop_test(a_refund_is_of_the_window_of_its_order),
        shop_test(so_is_one_that_is_cancelled),
        shop_test(a_changed_rate_is_none_of_a_refund),
        shop_test(a_membership_that_is_over_takes_nothing_of_the_next)
    };

    return run_shop_tests("engine_refunded", tests, 0);
}
