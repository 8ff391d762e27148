
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


#define TOTAL  6000              /* minor units: 60 points */


/* Bob has come by Ada: 100 points for her and 30 for him, on his order. */

static int
with_friend(void **state)
{
    shop_t             *shop;
    loyalty_command_t  *c;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->program.referral.points = 100;
    shop->program.referral.friend = 30;

    c = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    shop_expect(shop, shop_signup_referred(shop, BOB, c->result.referral),
                LOYALTY_SIGNED_UP);
    shop_expect(shop, shop_signup_referred(shop, CAROL, c->result.referral),
                LOYALTY_SIGNED_UP);

    return 0;
}


#define friend_test(name)                                                     \
    cmocka_unit_test_setup_teardown(name, with_friend, shop_close)


static int64_t
bought(shop_t *shop, const char *order)
{
    shop->now++;

    return shop_expect(shop, shop_claim(shop, BOB, order, TOTAL),
                       LOYALTY_CLAIMED)->result.earned;
}


/* What the store says of an order of Bob's, a second later. */

static void
noted(shop_t *shop, const char *order, int64_t refunded)
{
    shop->now++;

    shop_expect(shop, shop_event(shop, BOB, order, TOTAL, refunded, "paid"),
                LOYALTY_ORDER_NOTED);
}


static void
expect_points(shop_t *shop, int64_t ada, int64_t bob)
{
    assert_int_equal(points_of(shop, ADA), ada);
    assert_int_equal(points_of(shop, BOB), bob);
}


static void
a_refund_takes_it_back_from_both(void **state)
{
    shop_t  *shop = *state;

    (void) bought(shop, "1");
    expect_points(shop, 100, 90);

    noted(shop, "1", TOTAL);
    expect_points(shop, 0, 0);
    assert_int_equal(lifetime_of(shop, ADA), 0);
    assert_int_equal(lifetime_of(shop, BOB), 0);
}


static void
a_refund_of_a_part_leaves_it(void **state)
{
    shop_t  *shop = *state;

    (void) bought(shop, "1");
    noted(shop, "1", TOTAL - 1);

    expect_points(shop, 100, 31);
}


static void
a_refund_that_is_cancelled_gives_it_back(void **state)
{
    shop_t  *shop = *state;

    (void) bought(shop, "1");
    noted(shop, "1", TOTAL);
    noted(shop, "1", 0);
    expect_points(shop, 100, 90);
    assert_int_equal(lifetime_of(shop, ADA), 100);

    noted(shop, "1", TOTAL);
    expect_points(shop, 0, 0);
}


static void
points_that_come_back_keep_their_dates(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    (void) bought(shop, "1");
    shop->now += 20 * DAY;
    noted(shop, "1", TOTAL);
    noted(shop, "1", 0);
    expect_points(shop, 100, 90);

    shop->now += 10 * DAY;
    expect_points(shop, 0, 0);
}


static void
the_next_order_brings_it_anew(void **state)
{
    shop_t  *shop = *state;

    (void) bought(shop, "1");
    noted(shop, "1", TOTAL);

    assert_int_equal(bought(shop, "2"), 90);
    expect_points(shop, 100, 90);

    /* it is that one's now */

    noted(shop, "1", 0);
    noted(shop, "1", TOTAL);
    expect_points(shop, 100, 90);

    noted(shop, "2", TOTAL);
    expect_points(shop, 0, 0);
}


/* Who buys another one before he sends the first back has changed it. */

static void
another_order_takes_its_place(void **state)
{
    shop_t  *shop = *state;

    (void) bought(shop, "1");
    (void) bought(shop, "2");
    noted(shop, "1", TOTAL);
    expect_points(shop, 100, 90);

    noted(shop, "2", TOTAL);
    expect_points(shop, 0, 0);

    noted(shop, "1", 0);
    expect_points(shop, 100, 90);
}


static void
of_several_orders_the_oldest_takes_its_place(void **state)
{
    char     order[16];
    shop_t  *shop = *state;

    (void) bought(shop, "1");
    (void) bought(shop, "2");
    (void) bought(shop, "3");
    noted(shop, "1", TOTAL);

    shop_sql_text(shop, "SELECT number FROM friend WHERE rewarded_at <> 0",
                  order, sizeof(order));
    assert_string_equal(order, "2");
}


static void
an_order_of_just_enough_takes_its_place(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.min = TOTAL;

    (void) bought(shop, "1");
    (void) bought(shop, "2");
    noted(shop, "1", TOTAL);

    expect_points(shop, 100, 90);
}


static void
a_smaller_order_does_not(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.min = TOTAL;

    (void) bought(shop, "1");
    shop_expect(shop, shop_claim(shop, BOB, "2", TOTAL - 1),
                LOYALTY_CLAIMED);
    noted(shop, "1", TOTAL);

    expect_points(shop, 0, 59);
}


static void
an_order_that_was_refunded_before_brings_nothing(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_event(shop, BOB, "1", TOTAL, TOTAL, "paid");
    c->kind = LOYALTY_COMMAND_CLAIM;
    c->email = text(BOB);

    assert_int_equal(shop_expect(shop, c, LOYALTY_CLAIMED)->result.earned, 0);
    expect_points(shop, 0, 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger "
                              "WHERE kind = 'referral'"), 0);

    noted(shop, "2", TOTAL);
    expect_points(shop, 0, 0);

    assert_int_equal(bought(shop, "3"), 90);
    expect_points(shop, 100, 90);
}


static void
an_order_that_was_refunded_before_brings_it_when_it_stands(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.referral.min = TOTAL;             /* just enough */

    c = shop_event(shop, BOB, "1", TOTAL, TOTAL, "paid");
    c->kind = LOYALTY_COMMAND_CLAIM;
    c->email = text(BOB);
    shop_expect(shop, c, LOYALTY_CLAIMED);
    expect_points(shop, 0, 0);

    noted(shop, "1", TOTAL - 1);
    expect_points(shop, 100, 31);

    noted(shop, "1", TOTAL);
    expect_points(shop, 0, 0);
}


/* What she has ever earned is as if the first order had stood. */

static void
the_next_order_brings_back_what_was_earned(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.referral.points = HANKY_COST;

    (void) bought(shop, "1");
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    noted(shop, "1", TOTAL);
    assert_int_equal(lifetime_of(shop, ADA), 0);

    (void) bought(shop, "2");
    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_int_equal(c->result.points, 0);
    assert_int_equal(c->result.lifetime, HANKY_COST);
    assert_int_equal(lifetime_of(shop, BOB), 90);

    noted(shop, "2", TOTAL);
    assert_int_equal(lifetime_of(shop, ADA), 0);
    assert_int_equal(lifetime_of(shop, BOB), 0);
}


/* Else one could spend, send back, and buy again, for ever. */

static void
what_was_spent_is_not_given_again(void **state)
{
    shop_t  *shop = *state;

    shop->rewards[HANKY].cost = 70;

    (void) bought(shop, "1");
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    noted(shop, "1", TOTAL);
    expect_points(shop, 0, 0);

    (void) bought(shop, "2");
    expect_points(shop, 30, 90);

    noted(shop, "2", TOTAL);
    expect_points(shop, 0, 0);
}


static void
what_was_spent_may_be_owed(void **state)
{
    shop_t  *shop = *state;

    shop->program.negative = 1;
    shop->rewards[HANKY].cost = 70;

    (void) bought(shop, "1");
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    noted(shop, "1", TOTAL);
    expect_points(shop, -70, 0);

    noted(shop, "1", 0);
    expect_points(shop, 30, 90);
}


/* 20 of one lot and 60 of the next one were taken, and 80 are owed. */

static void
what_pays_no_debt_goes_to_the_newest_lot(void **state)
{
    char     left[32];
    shop_t  *shop = *state;

    shop->program.negative = 1;

    shop_expect(shop, shop_claim(shop, ADA, "A", 6000), LOYALTY_CLAIMED);
    (void) bought(shop, "1");
    shop_expect(shop, shop_claim(shop, ADA, "B", 6000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_claim(shop, ADA, "C", 6000), LOYALTY_CLAIMED);

    noted(shop, "1", TOTAL);
    expect_points(shop, -20, 0);

    shop->now++;
    shop_expect(shop, shop_event(shop, ADA, "C", 6000, 6000, "paid"),
                LOYALTY_ORDER_NOTED);
    expect_points(shop, -80, 0);

    noted(shop, "1", 0);
    expect_points(shop, 20, 90);

    shop_sql_text(shop, "SELECT reference FROM ledger JOIN lot USING (id) "
                  "WHERE kind = 'claim' AND remaining = 20",
                  left, sizeof(left));
    assert_string_equal(left, "C");
}


static void
what_expired_is_not_taken(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    (void) bought(shop, "1");
    shop->now += 30 * DAY;
    shop_expect(shop, shop_claim(shop, ADA, "2", TOTAL), LOYALTY_CLAIMED);

    noted(shop, "1", TOTAL);
    expect_points(shop, 60, 0);
}


/* The only one under the cap: the order that had it first is paid back. */

static void
carol_takes_the_place(shop_t *shop)
{
    shop->program.referral.cap = 1;

    (void) bought(shop, "1");
    noted(shop, "1", TOTAL);
    shop_expect(shop, shop_claim(shop, CAROL, "2", TOTAL), LOYALTY_CLAIMED);
    expect_points(shop, 100, 0);
}


static void
a_place_under_the_cap_is_free_again(void **state)
{
    shop_t  *shop = *state;

    carol_takes_the_place(shop);
}


static void
nobody_gets_beyond_the_cap_by_ordering_again(void **state)
{
    shop_t  *shop = *state;

    carol_takes_the_place(shop);

    assert_int_equal(bought(shop, "3"), 90);
    expect_points(shop, 100, 90);

    /* it has brought her nothing */

    noted(shop, "3", TOTAL);
    expect_points(shop, 100, 0);
    noted(shop, "3", 0);
    expect_points(shop, 100, 90);
}


static void
nobody_gets_beyond_the_cap_by_a_cancelled_refund(void **state)
{
    shop_t  *shop = *state;

    carol_takes_the_place(shop);

    noted(shop, "1", 0);
    expect_points(shop, 100, 90);

    /* nor has it taken anything since */

    noted(shop, "1", TOTAL);
    expect_points(shop, 100, 0);
}


static void
of_a_sign_up_no_order_takes_it_back(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.on_signup = 1;

    shop_expect(shop, shop_signup_referred(shop, "dave@example.com",
                                           shop_expect(shop,
                                               shop_balance(shop, BOB),
                                               LOYALTY_BALANCE)
                                           ->result.referral),
                LOYALTY_SIGNED_UP);
    shop_expect(shop, shop_claim(shop, "dave@example.com", "1", TOTAL),
                LOYALTY_CLAIMED);
    shop->now++;
    shop_expect(shop, shop_event(shop, "dave@example.com", "1", TOTAL, 0,
                                 "void"),
                LOYALTY_ORDER_NOTED);

    expect_points(shop, 0, 100);
}


/* Badges, first orders and limits are about orders that stand, too. */

static void
a_refunded_order_counts_for_no_badge(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->badges[0].id = text("two");
    shop->badges[0].kind = LOYALTY_BADGE_ORDERS;
    shop->badges[0].count = 2;
    shop->badges[0].bonus = 25;
    shop->badges[1] = shop->badges[0];
    shop->badges[1].id = text("soon");
    shop->badges[1].window = 30 * DAY;
    shop->program.nbadges = 2;

    (void) bought(shop, "1");
    noted(shop, "1", TOTAL);

    c = shop_expect(shop, shop_claim(shop, BOB, "2", TOTAL),
                    LOYALTY_CLAIMED);
    assert_int_equal(c->result.new_badges, 0);

    c = shop_expect(shop, shop_claim(shop, BOB, "3", TOTAL),
                    LOYALTY_CLAIMED);
    assert_int_equal(c->result.new_badges, 3);

    /* what one has, one has */

    noted(shop, "2", TOTAL);
    noted(shop, "3", TOTAL);
    expect_points(shop, 0, 50);
}


static void
a_refunded_order_is_not_the_first(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.points = 0;
    shop->promotions[0].id = text("welcome");
    shop->promotions[0].bonus = 10;
    shop->promotions[0].first_order = 1;
    shop->program.npromotions = 1;

    assert_int_equal(bought(shop, "1"), 70);
    noted(shop, "1", TOTAL);
    assert_int_equal(bought(shop, "2"), 70);
    assert_int_equal(bought(shop, "3"), 60);
}


static void
a_refunded_order_is_none_for_a_limit(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.points = 0;
    shop->earns[0].kind = LOYALTY_EARN_PER_ORDER;
    shop->earns[0].points = 10;
    shop->earns[0].limit = 1;
    shop->earns[0].window = DAY;

    assert_int_equal(bought(shop, "1"), 10);
    noted(shop, "1", TOTAL);
    assert_int_equal(bought(shop, "2"), 10);
    assert_int_equal(bought(shop, "3"), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        friend_test(a_refund_takes_it_back_from_both),
        friend_test(a_refund_of_a_part_leaves_it),
        friend_test(a_refund_that_is_cancelled_gives_it_back),
        friend_test(points_that_come_back_keep_their_dates),
        friend_test(the_next_order_brings_it_anew),
        friend_test(another_order_takes_its_place),
        friend_test(of_several_orders_the_oldest_takes_its_place),
        friend_test(an_order_of_just_enough_takes_its_place),
        friend_test(a_smaller_order_does_not),
        friend_test(an_order_that_was_refunded_before_brings_nothing),
        friend_test(
            an_order_that_was_refunded_before_brings_it_when_it_stands),
        friend_test(the_next_order_brings_back_what_was_earned),
        friend_test(what_was_spent_is_not_given_again),
        friend_test(what_was_spent_may_be_owed),
        friend_test(what_pays_no_debt_goes_to_the_newest_lot),
        friend_test(what_expired_is_not_taken),
        friend_test(a_place_under_the_cap_is_free_again),
        friend_test(nobody_gets_beyond_the_cap_by_ordering_again),
        friend_test(nobody_gets_beyond_the_cap_by_a_cancelled_refund),
        friend_test(of_a_sign_up_no_order_takes_it_back),
        friend_test(a_refunded_order_counts_for_no_badge),
        friend_test(a_refunded_order_is_not_the_first),
        friend_test(a_refunded_order_is_none_for_a_limit)
    };

    return run_shop_tests("engine_referral_lost", tests, 0);
}
