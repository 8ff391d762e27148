
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


static void
a_redemption_costs_points_and_makes_a_coupon(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.spent, HANKY_COST);
    assert_int_equal(c->result.points, 50);
    assert_int_equal(c->result.lifetime, 250);
    assert_int_equal(c->result.earned, 0);
    assert_ptr_equal(c->result.reward, &shop->rewards[HANKY]);
    assert_int_equal(strlen(c->result.coupon), LOYALTY_COUPON_LEN);
    assert_true(answer_says(c, c->result.coupon));
}


static void
the_coupon_that_is_shown_is_the_one_that_is_kept(void **state)
{
    char                coupon[64];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    shop_sql_text(shop, "SELECT coupon FROM redemption WHERE reward = 'hanky' "
                        "AND cost = 200", coupon, sizeof(coupon));

    assert_string_equal(coupon, c->result.coupon);
    assert_int_equal(shop_sql(shop, "SELECT redeemed_at FROM redemption"),
                     CHRISTMAS);
}


static void
a_redemption_is_a_ledger_entry(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 250);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(shop_sql(shop, "SELECT points FROM ledger WHERE "
                                    "kind = 'redemption' AND "
                                    "reference = 'hanky'"), -HANKY_COST);
}


static void
each_redemption_has_a_coupon_of_its_own(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *a, *b;

    shop_member(shop, ADA, 400);

    a = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    b = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_string_not_equal(a->result.coupon, b->result.coupon);
}


static void
the_exact_balance_suffices(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, HANKY_COST);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(c->result.points, 0);
}


static void
one_missing_point_is_too_few(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, HANKY_COST - 1);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                    LOYALTY_NOT_ENOUGH_POINTS);

    assert_int_equal(c->status, 409);
    assert_int_equal(c->result.spent, 0);
    assert_int_equal(c->result.points, HANKY_COST - 1);
    assert_string_equal(c->result.coupon, "");
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 0);
}


static void
a_stranger_redeems_nothing(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_NOT_A_MEMBER);
}


static void
an_unknown_reward_is_not_found(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 1000);

    c = shop_expect(shop, shop_redeem(shop, ADA, "Hanky"),
                    LOYALTY_REWARD_NOT_FOUND);

    assert_int_equal(c->status, 404);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 1000);
}


static void
a_member_gets_a_reward_as_often_as_allowed(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->rewards[HANKY].per_member = 2;

    shop_member(shop, ADA, 1000);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                    LOYALTY_REWARD_LIMIT);

    assert_int_equal(c->status, 409);
    assert_int_equal(c->result.points, 600);
}


static void
the_limit_is_for_each_member_and_reward(void **state)
{
    shop_t  *shop = *state;

    shop->rewards[HANKY].per_member = 1;
    shop->rewards[APRON].per_member = 1;

    shop_member(shop, ADA, 1000);
    shop_member(shop, BOB, 1000);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "apron"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, BOB, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, BOB, "hanky"), LOYALTY_REWARD_LIMIT);
}


static void
the_stock_runs_out(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->rewards[HANKY].stock = 2;

    shop_member(shop, ADA, 1000);
    shop_member(shop, BOB, 1000);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, BOB, "hanky"), LOYALTY_REDEEMED);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                    LOYALTY_OUT_OF_STOCK);

    assert_int_equal(c->status, 409);
    assert_int_equal(c->result.points, 800);
    assert_int_equal(c->result.spent, 0);
    assert_string_equal(c->result.coupon, "");
    shop_expect(shop, shop_redeem(shop, ADA, "apron"), LOYALTY_REDEEMED);
}


static void
who_has_too_few_points_takes_nothing_from_the_stock(void **state)
{
    shop_t  *shop = *state;

    shop->rewards[HANKY].stock = 1;

    shop_member(shop, ADA, 199);
    shop_member(shop, BOB, 200);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_NOT_ENOUGH_POINTS);
    shop_expect(shop, shop_redeem(shop, BOB, "hanky"), LOYALTY_REDEEMED);
}


static void
a_stock_raised_later_counts_what_was_taken(void **state)
{
    shop_t  *shop = *state;

    shop->rewards[HANKY].stock = 1;

    shop_member(shop, ADA, 1000);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_OUT_OF_STOCK);

    shop->rewards[HANKY].stock = 2;
    shop_reload(shop);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_OUT_OF_STOCK);
}


static void
a_stock_set_later_counts_what_was_taken_without(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1000);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    shop->rewards[HANKY].stock = 2;
    shop_reload(shop);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_OUT_OF_STOCK);
}


static void
a_limit_per_member_set_later_counts_what_was_taken(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    shop->rewards[HANKY].per_member = 1;
    shop_reload(shop);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REWARD_LIMIT);
}


static void
a_coupon_expires(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 200);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(c->result.coupon_expires, CHRISTMAS + 30 * DAY);
    assert_true(answer_says(c, "\"coupon_expires\":\"2027-01-21T10:00:00Z\""));
    assert_int_equal(shop_sql(shop, "SELECT expires_at FROM redemption"),
                     CHRISTMAS + 30 * DAY);
}


static void
a_coupon_may_never_expire(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.coupon_expires = 0;

    shop_member(shop, ADA, 200);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(c->result.coupon_expires, 0);
    assert_true(answer_says(c, "\"coupon_expires\":\"\""));
    assert_int_equal(shop_sql(shop, "SELECT expires_at FROM redemption"), 0);
}


/* Three lots, of 100, 150 and 300 points, in this order. */

static void
earn_three_lots(shop_t *shop)
{
    shop_member(shop, ADA, 100);
    shop->now += HOUR;
    shop_expect(shop, shop_claim(shop, ADA, "1", 15000), LOYALTY_CLAIMED);
    shop->now += HOUR;
    shop_expect(shop, shop_claim(shop, ADA, "2", 30000), LOYALTY_CLAIMED);
}


static void
expect_lots(shop_t *shop, const char *remaining)
{
    char  lots[64];

    shop_sql_text(shop, "SELECT points - coalesce((SELECT sum(points) "
                        "FROM spending WHERE lot = ledger.id), 0) "
                        "FROM ledger WHERE points > 0 ORDER BY id",
                  lots, sizeof(lots));

    assert_string_equal(lots, remaining);
}


static void
the_oldest_points_are_spent_first(void **state)
{
    shop_t  *shop = *state;

    earn_three_lots(shop);
    expect_lots(shop, "100 150 300");

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 50 300");

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 0 150");
}


static void
a_redemption_may_empty_all_lots(void **state)
{
    shop_t  *shop = *state;

    earn_three_lots(shop);

    shop->rewards[HANKY].cost = 550;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 0 0");
}


static void
a_lot_that_fits_exactly_leaves_the_next_alone(void **state)
{
    shop_t  *shop = *state;

    earn_three_lots(shop);

    shop->rewards[HANKY].cost = 250;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 0 300");
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM spending"), 2);
}


static void
spendings_tell_what_each_lot_gave(void **state)
{
    char     spendings[64];
    shop_t  *shop = *state;

    earn_three_lots(shop);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    shop_sql_text(shop, "SELECT points FROM spending ORDER BY entry, lot",
                  spendings, sizeof(spendings));

    assert_string_equal(spendings, "100 100 50 150");
}


static void
nobody_spends_the_points_of_another(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, BOB, 500);
    earn_three_lots(shop);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    expect_lots(shop, "500 0 50 300");
}


/* Better no coupon than books that do not balance. */

static void
points_without_lots_are_not_spent(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, ADA, 200);
    shop_expect(shop, shop_claim(shop, ADA, "1", 500), LOYALTY_CLAIMED);
    (void) shop_sql(shop, "UPDATE member SET first_open = last_entry");

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_DATABASE_UNAVAILABLE);

    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 205);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM spending"), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM reward"), 0);
}


static void
points_without_lots_are_told_to_the_log(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, ADA, 200);
    shop_expect(shop, shop_claim(shop, ADA, "1", 500), LOYALTY_CLAIMED);
    (void) shop_sql(shop, "UPDATE member SET first_open = last_entry");

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_DATABASE_UNAVAILABLE);

    assert_string_not_equal(loyalty_engine_error(shop->engine), "");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_redemption_costs_points_and_makes_a_coupon),
        shop_test(the_coupon_that_is_shown_is_the_one_that_is_kept),
        shop_test(a_redemption_is_a_ledger_entry),
        shop_test(each_redemption_has_a_coupon_of_its_own),
        shop_test(the_exact_balance_suffices),
        shop_test(one_missing_point_is_too_few),
        shop_test(a_stranger_redeems_nothing),
        shop_test(an_unknown_reward_is_not_found),
        shop_test(a_member_gets_a_reward_as_often_as_allowed),
        shop_test(the_limit_is_for_each_member_and_reward),
        shop_test(the_stock_runs_out),
        shop_test(who_has_too_few_points_takes_nothing_from_the_stock),
        shop_test(a_stock_raised_later_counts_what_was_taken),
        shop_test(a_stock_set_later_counts_what_was_taken_without),
        shop_test(a_limit_per_member_set_later_counts_what_was_taken),
        shop_test(a_coupon_expires),
        shop_test(a_coupon_may_never_expire),
        shop_test(the_oldest_points_are_spent_first),
        shop_test(a_redemption_may_empty_all_lots),
        shop_test(a_lot_that_fits_exactly_leaves_the_next_alone),
        shop_test(spendings_tell_what_each_lot_gave),
        shop_test(nobody_spends_the_points_of_another),
        shop_test(points_without_lots_are_not_spent),
        shop_test(points_without_lots_are_told_to_the_log)
    };

    return cmocka_run_group_tests_name("redemption", tests, NULL, NULL);
}
