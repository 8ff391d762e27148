
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <upkeep_fixture.h>

#include <stdio.h>


/* One step of an engine; returns whether there is more. */

static int
step(shop_t *shop, loyalty_engine_t *engine)
{
    int  more;

    assert_int_equal(loyalty_engine_settle(engine, shop->now, &more),
                     LOYALTY_OK);

    return more;
}


static loyalty_engine_t *
another(shop_t *shop)
{
    loyalty_engine_t  *engine;

    engine = loyalty_engine_create(&shop->conf);
    assert_non_null(engine);

    return engine;
}


static int64_t
due(shop_t *shop)
{
    char  sql[128];

    (void) snprintf(sql, sizeof(sql), "SELECT count(*) FROM member "
                    "WHERE due_at <> 0 AND due_at <= %lld",
                    (long long) shop->now);

    return shop_sql(shop, sql);
}


static int64_t
expiries(shop_t *shop)
{
    return shop_sql(shop, "SELECT count(*) FROM ledger "
                          "WHERE kind = 'expiry'");
}


/* Members with 10 points each, who expire in a day. */

static void
members(shop_t *shop, int n)
{
    int   i;
    char  email[32];

    shop->program.points_expire = DAY;

    for (i = 1; i <= n; i++) {
        (void) snprintf(email, sizeof(email), "p%d@example.com", i);
        shop_member(shop, email, 10);
    }
}


static void
what_is_due_is_written_down(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = HOUR;
    shop->program.points_expire = DAY;

    shop_member(shop, ADA, 10);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 10000), LOYALTY_CLAIMED);

    shop->now += HOUR - 1;
    sweep(shop);
    assert_int_equal(shop_sql(shop, "SELECT pending FROM member"), 100);

    shop->now += 10 * MINUTE;
    sweep(shop);
    assert_int_equal(shop_sql(shop, "SELECT pending FROM member"), 0);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 110);
    assert_int_equal(expiries(shop), 0);

    shop->now += DAY;
    sweep(shop);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 0);
    assert_int_equal(shop_sql(shop, "SELECT due_at FROM member"), 0);
    assert_int_equal(expiries(shop), 1);
}


static void
without_members_there_is_nothing_to_do(void **state)
{
    shop_t  *shop = *state;

    assert_int_equal(sweep(shop), 4);
    assert_int_equal(sweep(shop), 1);
}


/* After the step that begins and that which reads. */

static void
fifty_are_settled_at_a_time(void **state)
{
    shop_t  *shop = *state;

    members(shop, 120);
    shop->now += DAY;

    assert_true(step(shop, shop->engine));
    assert_true(step(shop, shop->engine));
    assert_int_equal(due(shop), 120);

    assert_true(step(shop, shop->engine));
    assert_int_equal(due(shop), 70);

    assert_true(step(shop, shop->engine));
    assert_int_equal(due(shop), 20);

    assert_true(step(shop, shop->engine));
    assert_int_equal(due(shop), 0);
    assert_int_equal(expiries(shop), 120);
}


/* Not by the engine, and without a ledger: that would take long. */

static void
all_members_are_looked_at_in_steps(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, ADA, 0);

    (void) shop_sql(shop, "INSERT INTO member (id, email, code, referral, "
                          "source, locale, points, due_at, joined_at) "
                          "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL "
                          "SELECT i + 1 FROM n WHERE i < 12001) "
                          "SELECT i, 'p' || i || '@example.com', 'm_' || i, "
                          "'R' || i, '', '', 10, "
                          "CASE i % 40 WHEN 0 THEN 1 WHEN 1 THEN 1797933601 "
                          "ELSE 0 END, 0 FROM n");

    assert_int_equal(due(shop), 300);

    /*
     * It begins, reads three times, writes each time what it has found, and in
     * the end looks into the ledger.
     */

    assert_in_range(sweep(shop), 1 + 3 + 3 + 1, 1 + 3 + 9 + 1);

    assert_int_equal(due(shop), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member "
                                    "WHERE due_at = 1797933601"), 300);
}


static void
it_is_done_again_after_ten_minutes(void **state)
{
    shop_t  *shop = *state;

    members(shop, 1);
    shop->now += DAY - 1;
    sweep(shop);

    shop->now += 10 * MINUTE - 1;
    assert_int_equal(sweep(shop), 1);
    assert_int_equal(due(shop), 1);

    shop->now++;
    assert_true(sweep(shop) > 1);
    assert_int_equal(due(shop), 0);
}


static void
one_of_two_engines_does_it(void **state)
{
    shop_t            *shop = *state;
    loyalty_engine_t  *other;

    members(shop, 1);
    shop->now += DAY;

    other = another(shop);

    assert_true(step(shop, shop->engine));
    assert_false(step(shop, other));
    assert_int_equal(due(shop), 1);

    sweep(shop);
    assert_int_equal(due(shop), 0);
    assert_false(step(shop, other));

    loyalty_engine_destroy(other);
}


static void
what_was_given_up_is_begun_again(void **state)
{
    shop_t  *shop = *state;

    members(shop, 60);
    shop->now += DAY;

    assert_true(step(shop, shop->engine));
    assert_true(step(shop, shop->engine));
    assert_true(step(shop, shop->engine));
    assert_int_equal(due(shop), 10);

    shop_reload(shop);

    shop->now += 5 * MINUTE - 1;
    assert_int_equal(sweep(shop), 1);
    assert_int_equal(due(shop), 10);

    shop->now++;
    sweep(shop);
    assert_int_equal(due(shop), 0);
}


static void
who_is_slow_has_not_given_up(void **state)
{
    shop_t            *shop = *state;
    loyalty_engine_t  *other;

    members(shop, 120);
    shop->now += DAY;

    other = another(shop);

    while (step(shop, shop->engine)) {
        shop->now += 2 * MINUTE;
        assert_false(step(shop, other));
    }

    assert_int_equal(due(shop), 0);

    loyalty_engine_destroy(other);
}


static void
who_was_overtaken_leaves_it_to_the_other(void **state)
{
    shop_t            *shop = *state;
    loyalty_engine_t  *other;

    members(shop, 1);
    shop->now += DAY;

    other = another(shop);

    assert_true(step(shop, other));
    assert_true(step(shop, other));

    shop->now += 5 * MINUTE;
    assert_true(step(shop, shop->engine));

    assert_false(step(shop, other));
    assert_int_equal(due(shop), 1);

    sweep(shop);
    assert_int_equal(due(shop), 0);

    loyalty_engine_destroy(other);
}


static void
who_was_settled_meanwhile_stays_so(void **state)
{
    shop_t  *shop = *state;

    members(shop, 1);
    shop->now += DAY;

    assert_true(step(shop, shop->engine));
    assert_true(step(shop, shop->engine));

    shop_expect(shop, shop_claim(shop, "p1@example.com", "1001", 500),
                LOYALTY_CLAIMED);

    assert_true(step(shop, shop->engine));
    assert_int_equal(expiries(shop), 1);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 5);
}


/* It is new, or takes less time now. */

static void
inactivity_is_found_of_those_who_came_before_the_rule(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 250);
    shop_member(shop, BOB, 100);

    shop->now += 20 * DAY;
    shop_expect(shop, shop_claim(shop, BOB, "1", 1000), LOYALTY_CLAIMED);

    shop->program.points_expire = 30 * DAY;
    shop->program.inactivity = 1;

    shop->now += 10 * DAY - 1;
    sweep(shop);
    assert_int_equal(expiries(shop), 0);

    shop->now += 10 * MINUTE;
    sweep(shop);
    assert_int_equal(expiries(shop), 1);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member "
                                    "WHERE email = '" ADA "'"), 0);

    shop->program.points_expire = 5 * DAY;

    shop->now += 10 * MINUTE;
    sweep(shop);
    assert_int_equal(expiries(shop), 2);

    shop->now += 10 * MINUTE;
    sweep(shop);
    assert_int_equal(expiries(shop), 2);
}


static void
who_cannot_be_settled_keeps_nobody_else(void **state)
{
    int      more, steps, failures;
    shop_t  *shop = *state;

    members(shop, 60);
    shop->now += DAY;

    shop_curse(shop, "ledger", "member = 7");

    failures = 0;

    for (more = 1, steps = 0; more; steps++) {
        assert_true(steps < 100);

        if (loyalty_engine_settle(shop->engine, shop->now, &more)
            != LOYALTY_OK)
        {
            assert_string_not_equal(loyalty_engine_error(shop->engine), "");
            failures++;
        }
    }

    /* fifty together, and the one alone */

    assert_int_equal(failures, 2);
    assert_int_equal(due(shop), 1);

    shop_lift_curse(shop);

    shop->now += 10 * MINUTE;
    sweep(shop);
    assert_int_equal(due(shop), 0);
}


static void
a_failure_is_told_and_passes(void **state)
{
    int      more;
    shop_t  *shop = *state;

    members(shop, 1);
    shop->now += DAY;

    shop_curse(shop, "chore", "begun_at <> 0");

    assert_int_equal(loyalty_engine_settle(shop->engine, shop->now, &more),
                     LOYALTY_ERROR);
    assert_false(more);
    assert_string_not_equal(loyalty_engine_error(shop->engine), "");

    shop_lift_curse(shop);

    sweep(shop);
    assert_int_equal(due(shop), 0);
    assert_string_equal(loyalty_engine_error(shop->engine), "");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(what_is_due_is_written_down),
        shop_test(without_members_there_is_nothing_to_do),
        shop_test(fifty_are_settled_at_a_time),
        shop_test(all_members_are_looked_at_in_steps),
        shop_test(it_is_done_again_after_ten_minutes),
        shop_test(one_of_two_engines_does_it),
        shop_test(what_was_given_up_is_begun_again),
        shop_test(who_is_slow_has_not_given_up),
        shop_test(who_was_overtaken_leaves_it_to_the_other),
        shop_test(who_was_settled_meanwhile_stays_so),
        shop_test(inactivity_is_found_of_those_who_came_before_the_rule),
        shop_test(who_cannot_be_settled_keeps_nobody_else),
        shop_test(a_failure_is_told_and_passes)
    };

    return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
