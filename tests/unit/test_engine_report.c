
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <json_fixture.h>
#include <upkeep_fixture.h>

#include <stdio.h>


static json_t *
report_of(shop_t *shop, const char *days)
{
    return answer_to(shop, shop_report(shop, days), LOYALTY_REPORT);
}


/* A server's entries of this sweep are added up by the next. */

static void
add_up(shop_t *shop)
{
    sweep(shop);
    shop->now += 10 * MINUTE;
    sweep(shop);
}


/* The day with this date. */

static json_t *
day(json_t *json, const char *date)
{
    size_t  i;

    for (i = 0; i < length(json, "days"); i++) {

        if (strcmp(word(nth(json, "days", i), "day"), date) == 0) {
            return nth(json, "days", i);
        }
    }

    fail_msg("there is no %s", date);

    return NULL;
}


static void
sign_up(shop_t *shop, const char *email, const char *source)
{
    loyalty_command_t  *c;

    c = shop_signup(shop, email);
    c->source = text(source);
    shop_expect(shop, c, LOYALTY_SIGNED_UP);
}


static void
claims_that_wait_are_counted(void **state)
{
    int                 i;
    json_t             *json;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    static const char *const  orders[] = { "1001", "1002" };

    shop_member(shop, ADA, 0);

    for (i = 0; i < 2; i++) {
        c = shop_claim_fault(shop, ADA, orders[i], LOYALTY_STORE_TIMEOUT);
        c->postpone = 10 * DAY;
        shop_expect(shop, c, LOYALTY_CLAIM_PENDING);

        shop->now += MINUTE;
    }

    sweep(shop);

    json = report_of(shop, "");
    assert_int_equal(number(json, "waiting"), 2);
    assert_string_equal(word(json, "waiting_since"), "2026-12-22T10:00:00Z");
    json_decref(json);

    for (i = 0; i < 2; i++) {
        shop_expect(shop, shop_claim(shop, ADA, orders[i], 1000),
                    LOYALTY_CLAIMED);
    }

    add_up(shop);

    json = report_of(shop, "");
    assert_int_equal(number(json, "waiting"), 0);
    assert_string_equal(word(json, "waiting_since"), "");
    json_decref(json);
}


static void
before_anything_was_counted_all_is_zero(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);

    json = report_of(shop, "");

    assert_string_equal(word(json, "counted_at"), "");
    assert_string_equal(word(json, "until"), "");
    assert_int_equal(number(json, "members"), 0);
    assert_int_equal(number(json, "issued"), 0);
    assert_int_equal(length(json, "days"), 90);
    assert_int_equal(length(json, "sources"), 0);
    assert_int_equal(length(json, "customers"), 0);

    json_decref(json);
}


static void
members_are_counted_by_orders(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);
    shop_member(shop, CAROL, 0);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 1000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "1002", 1000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, BOB, "1003", 1000), LOYALTY_CLAIMED);

    sweep(shop);

    json = report_of(shop, "");

    assert_string_equal(word(json, "counted_at"), "2026-12-22T10:00:00Z");
    assert_int_equal(number(json, "members"), 3);
    assert_int_equal(number(json, "newcomers"), 3);
    assert_int_equal(number(json, "buyers"), 2);
    assert_int_equal(number(json, "repeat_buyers"), 1);
    assert_int_equal(number(json, "repeat_percent"), 33);
    assert_int_equal(number(json, "outstanding"), 30);

    json_decref(json);
}


static void
two_of_three_are_67_percent(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);
    shop_member(shop, CAROL, 0);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 1000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "1002", 1000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, BOB, "1003", 1000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, BOB, "1004", 1000), LOYALTY_CLAIMED);

    sweep(shop);

    json = report_of(shop, "");
    assert_int_equal(number(json, "repeat_percent"), 67);
    json_decref(json);
}


static void
members_are_new_for_thirty_days(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop->now++;
    shop_member(shop, BOB, 0);

    shop->now = CHRISTMAS + 30 * DAY;
    sweep(shop);

    json = report_of(shop, "");
    assert_int_equal(number(json, "newcomers"), 1);
    json_decref(json);
}


static void
members_are_counted_by_campaign(void **state)
{
    json_t  *json, *source;
    shop_t  *shop = *state;

    sign_up(shop, ADA, "spring");
    shop->now += 40 * DAY;
    sign_up(shop, BOB, "spring");
    sign_up(shop, CAROL, "");
    shop_expect(shop, shop_claim(shop, ADA, "1001", 1000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "1002", 1000), LOYALTY_CLAIMED);

    sweep(shop);

    json = report_of(shop, "");
    assert_int_equal(length(json, "sources"), 2);

    source = nth(json, "sources", 0);
    assert_string_equal(word(source, "source"), "spring");
    assert_int_equal(number(source, "members"), 2);
    assert_int_equal(number(source, "newcomers"), 1);
    assert_int_equal(number(source, "buyers"), 1);
    assert_int_equal(number(source, "repeat_buyers"), 1);

    source = nth(json, "sources", 1);
    assert_string_equal(word(source, "source"), "");
    assert_int_equal(number(source, "members"), 1);

    source = json_object_get(json, "other_sources");
    assert_int_equal(number(source, "members"), 0);

    json_decref(json);
}


static void
the_twenty_largest_campaigns_are_shown(void **state)
{
    int      i;
    char     email[32], source[32];
    json_t  *json;
    shop_t  *shop = *state;

    for (i = 0; i < 150; i++) {
        (void) snprintf(email, sizeof(email), "p%d@example.com", i);
        (void) snprintf(source, sizeof(source), "c%d", (i < 10) ? 0 : i);
        sign_up(shop, email, source);
    }

    sweep(shop);

    json = report_of(shop, "");

    assert_int_equal(length(json, "sources"), 20);
    assert_string_equal(word(nth(json, "sources", 0), "source"), "c0");
    assert_int_equal(number(nth(json, "sources", 0), "members"), 10);
    assert_int_equal(number(json_object_get(json, "other_sources"),
                            "members"), 150 - 10 - 19);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM source"), 100);

    json_decref(json);
}


static void
points_are_told_by_day(void **state)
{
    json_t             *json;
    shop_t             *shop = *state;
    loyalty_command_t  *redeemed;

    shop->program.points_expire = 10 * DAY;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 100000), LOYALTY_CLAIMED);

    shop->now += DAY;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    redeemed = shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                           LOYALTY_REDEEMED);
    shop_expect(shop, shop_cancel(shop, ADA, redeemed->result.coupon),
                LOYALTY_CANCELLED);

    shop->now += DAY;

    shop_expect(shop, shop_event(shop, ADA, "1001", 100000, 10000, "paid"),
                LOYALTY_ORDER_NOTED);

    shop->now += 8 * DAY;
    add_up(shop);
    add_up(shop);

    json = report_of(shop, "");

    assert_int_equal(number(day(json, "2026-12-22"), "issued"), 1000);
    assert_int_equal(number(day(json, "2026-12-22"), "spent"), 0);
    assert_int_equal(number(day(json, "2026-12-23"), "spent"), 200);
    assert_int_equal(number(day(json, "2026-12-24"), "taken_back"), 100);
    assert_int_equal(number(day(json, "2027-01-01"), "expired"), 700);

    assert_int_equal(number(json, "issued"), 1000);
    assert_int_equal(number(json, "spent"), 200);
    assert_int_equal(number(json, "taken_back"), 100);
    assert_int_equal(number(json, "expired"), 700);
    assert_int_equal(number(json, "removed"), 0);
    assert_int_equal(number(json, "redemption_percent"), 20);

    json_decref(json);

    /* of so many days only */

    json = report_of(shop, "9");
    assert_int_equal(length(json, "days"), 9);
    assert_string_equal(word(nth(json, "days", 0), "day"), "2026-12-24");
    assert_string_equal(word(nth(json, "days", 8), "day"), "2027-01-01");
    assert_int_equal(number(json, "issued"), 0);
    assert_int_equal(number(json, "taken_back"), 100);
    json_decref(json);
}


/* The entries added up are those of the ledger, each once. */

static void
assert_added_up(shop_t *shop, int64_t entries)
{
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger"), entries);
    assert_int_equal(shop_sql(shop, "SELECT coalesce(CAST(sum(entries) "
                                    "AS BIGINT), 0) FROM day"), entries);
    assert_int_equal(shop_sql(shop, "SELECT CAST(sum(credited - debited) "
                                    "AS BIGINT) FROM day"),
                     shop_sql(shop, "SELECT CAST(sum(points) AS BIGINT) "
                                    "FROM ledger"));
}


static void
no_entry_is_added_up_twice(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 10);
    add_up(shop);
    assert_added_up(shop, 1);

    shop->now += 10 * MINUTE;
    add_up(shop);
    assert_added_up(shop, 1);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 1000), LOYALTY_CLAIMED);
    shop->now += 10 * MINUTE;
    shop_reload(shop);
    add_up(shop);
    assert_added_up(shop, 2);
}


/* The worker dies at each step of the sweep, and another begins again. */

static void
whatever_is_left_unfinished_is_added_up_once(void **state)
{
    int      more, steps, died;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 10);
    shop_member(shop, BOB, 10);

    for (died = 1; died < 8; died++) {
        shop->now += 10 * MINUTE;

        for (more = 1, steps = 0; more && steps < died; steps++) {
            assert_int_equal(loyalty_engine_settle(shop->engine, shop->now,
                                                   &more), LOYALTY_OK);
        }

        shop_reload(shop);
    }

    shop->now += 10 * MINUTE;
    add_up(shop);
    assert_added_up(shop, 2);
}


static void
what_fails_is_added_up_later(void **state)
{
    int      more, failures;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 10);
    sweep(shop);
    shop->now += 10 * MINUTE;
    shop_member(shop, BOB, 10);
    sweep(shop);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 1000), LOYALTY_CLAIMED);

    shop_curse(shop, "fold", "entry <> 0");
    shop->now += 10 * MINUTE;

    for (more = 1, failures = 0; more; ) {

        if (loyalty_engine_settle(shop->engine, shop->now, &more)
            != LOYALTY_OK)
        {
            failures++;
        }
    }

    assert_int_equal(failures, 1);

    shop_lift_curse(shop);

    shop->now += 10 * MINUTE;
    add_up(shop);
    assert_added_up(shop, 3);
}


/* What two sweeps have to do, and three times 2000 entries at most. */

static void
many_entries_are_added_up_in_steps(void **state)
{
    int      steps;
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, ADA, 0);

    (void) shop_sql(shop, "INSERT INTO ledger (id, member, previous, kind, "
                          "reference, store, points, earned, usable_at, "
                          "until_at, at) "
                          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                          "SELECT i + 1 FROM n WHERE i < 5001) "
                          "SELECT i, 1, i - 1, 'claim', '', '', 10, 10, 1, 0, "
                          "1797933600 + 20 * i FROM n");

    steps = sweep(shop);
    shop->now += 10 * MINUTE;
    steps += sweep(shop);

    assert_int_equal(steps, 2 * 3 + 3 + 1);
    assert_added_up(shop, 5001);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM day"), 2);
}


static void
the_best_customers_are_named(void **state)
{
    json_t  *json, *best;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 50);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 10000), LOYALTY_CLAIMED);
    make_leaders(shop);

    json = report_of(shop, "");

    assert_int_equal(length(json, "customers"), 2);

    best = nth(json, "customers", 0);
    assert_string_equal(word(best, "email"), ADA);
    assert_int_equal(number(best, "points"), 100);
    assert_int_equal(number(best, "orders"), 1);
    assert_string_equal(word(best, "joined_at"), "2026-12-22T10:00:00Z");
    assert_string_equal(word(nth(json, "customers", 1), "email"), BOB);

    json_decref(json);

    /* who looks at old ones has new ones made */

    assert_false(loyalty_engine_leaders_due(shop->engine));
    shop->now += MINUTE;
    json_decref(report_of(shop, ""));
    assert_true(loyalty_engine_leaders_due(shop->engine));
}


static void
put_codes(shop_t *shop, int n)
{
    char  sql[192];

    (void) snprintf(sql, sizeof(sql), "INSERT INTO pool (reward, coupon) "
                    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                    "SELECT i + 1 FROM n WHERE i < %d) "
                    "SELECT 'apron', 'A' || i FROM n", n);
    (void) shop_sql(shop, sql);
}


static void
rewards_tell_what_is_left(void **state)
{
    json_t  *json, *hanky, *apron;
    shop_t  *shop = *state;

    shop->rewards[HANKY].stock = 10;
    shop->rewards[APRON].coupon = LOYALTY_COUPON_POOL;
    shop_reload(shop);

    shop_member(shop, ADA, 10000);

    json = report_of(shop, "");
    hanky = nth(json, "rewards", HANKY);
    apron = nth(json, "rewards", APRON);

    assert_string_equal(word(hanky, "id"), "hanky");
    assert_int_equal(number(hanky, "cost"), HANKY_COST);
    assert_true(json_is_true(json_object_get(hanky, "limited")));
    assert_int_equal(number(hanky, "left"), 10);
    assert_int_equal(number(hanky, "redeemed"), 0);
    assert_true(json_is_false(json_object_get(hanky, "low")));
    assert_int_equal(number(apron, "left"), 0);
    assert_true(json_is_true(json_object_get(apron, "low")));
    json_decref(json);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    put_codes(shop, 1200);

    json = report_of(shop, "");
    hanky = nth(json, "rewards", HANKY);
    apron = nth(json, "rewards", APRON);

    assert_int_equal(number(hanky, "left"), 9);
    assert_int_equal(number(hanky, "redeemed"), 1);
    assert_int_equal(number(apron, "left"), 1000);
    assert_true(json_is_false(json_object_get(apron, "low")));
    json_decref(json);
}


/* As the error log says it. */

static void
a_pool_of_fifty_codes_is_low(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop->rewards[APRON].coupon = LOYALTY_COUPON_POOL;
    shop_reload(shop);

    shop_member(shop, ADA, 0);
    put_codes(shop, LOYALTY_POOL_LOW + 1);

    json = report_of(shop, "");
    assert_true(json_is_false(json_object_get(nth(json, "rewards", APRON),
                                              "low")));
    json_decref(json);

    (void) shop_sql(shop, "DELETE FROM pool WHERE coupon = 'A1'");

    json = report_of(shop, "");
    assert_true(json_is_true(json_object_get(nth(json, "rewards", APRON),
                                             "low")));
    json_decref(json);
}


static void
of_stock_and_pool_the_smaller_is_left(void **state)
{
    int64_t   left;
    json_t   *json;
    shop_t   *shop = *state;

    shop->rewards[APRON].coupon = LOYALTY_COUPON_POOL;

    shop_member(shop, ADA, 0);
    put_codes(shop, 100);

    for (left = 80; left <= 120; left += 40) {
        shop->rewards[APRON].stock = left;
        shop_reload(shop);

        json = report_of(shop, "");
        assert_int_equal(number(nth(json, "rewards", APRON), "left"),
                         (left < 100) ? left : 100);
        json_decref(json);
    }
}


static void
a_tenth_of_the_stock_is_low(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop->rewards[HANKY].stock = 10;
    shop_reload(shop);

    shop->damaged = 1;

    shop_member(shop, ADA, 0);
    (void) shop_sql(shop, "INSERT INTO reward (id, redeemed) "
                          "VALUES ('hanky', 8), ('gone', 3)");

    json = report_of(shop, "");
    assert_true(json_is_false(json_object_get(nth(json, "rewards", HANKY),
                                              "low")));
    json_decref(json);

    (void) shop_sql(shop, "UPDATE reward SET redeemed = 9 WHERE id = 'hanky'");

    json = report_of(shop, "");
    assert_true(json_is_true(json_object_get(nth(json, "rewards", HANKY),
                                             "low")));
    assert_true(json_is_false(json_object_get(nth(json, "rewards", APRON),
                                              "limited")));
    json_decref(json);
}


static void
a_point_may_have_a_value(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1234);
    sweep(shop);

    json = report_of(shop, "");
    assert_string_equal(word(json, "liability"), "");
    json_decref(json);

    shop->program.value = 500;
    shop->program.value_per = 100;
    shop_reload(shop);

    json = report_of(shop, "");
    assert_string_equal(word(json, "liability"), "61.70");
    assert_string_equal(word(json, "currency"), "USD");
    json_decref(json);
}


static void
two_years_of_days_at_most(void **state)
{
    shop_t  *shop = *state;

    json_decref(report_of(shop, "1"));
    json_decref(report_of(shop, "730"));

    shop_expect(shop, shop_report(shop, "0"), LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_report(shop, "731"), LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_report(shop, "x"), LOYALTY_BAD_REQUEST);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(before_anything_was_counted_all_is_zero),
        shop_test(claims_that_wait_are_counted),
        shop_test(members_are_counted_by_orders),
        shop_test(two_of_three_are_67_percent),
        shop_test(members_are_new_for_thirty_days),
        shop_test(members_are_counted_by_campaign),
        shop_test(the_twenty_largest_campaigns_are_shown),
        shop_test(points_are_told_by_day),
        shop_test(no_entry_is_added_up_twice),
        shop_test(whatever_is_left_unfinished_is_added_up_once),
        shop_test(what_fails_is_added_up_later),
        shop_test(many_entries_are_added_up_in_steps),
        shop_test(the_best_customers_are_named),
        shop_test(rewards_tell_what_is_left),
        shop_test(a_pool_of_fifty_codes_is_low),
        shop_test(of_stock_and_pool_the_smaller_is_left),
        shop_test(a_tenth_of_the_stock_is_low),
        shop_test(a_point_may_have_a_value),
        shop_test(two_years_of_days_at_most)
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
