
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <postponed_fixture.h>

#include <stdio.h>


/*
 * In which order members are taken by whoever takes several: nobody waits for
 * somebody who waits for him.
 */

#define CAROL    "carol@example.com"
#define ZED      "zed@example.com"
#define TOTAL    6000            /* minor units: 60 points */
#define SMALL    100             /* likewise 1 */


static int   *outcomes;          /* of the process, how many */
static void  *held;              /* a connection */


static int
start(void **state)
{
    shop_t  *shop;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->program.referral.points = 100;
    shop->program.referral.friend = 30;

    shop->actions[0].id = text("visit");
    shop->actions[0].points = 1;
    shop->program.nactions = 1;

    outcomes = shared_memory(LOYALTY_OUTCOMES * sizeof(int));

    return 0;
}


static void
let_go(shop_t *shop)
{
    if (held != NULL) {
        shop_sql_release(shop, held);
    }

    held = NULL;
}


static int
end(void **state)
{
    int  rc;

    let_go(*state);

    rc = shop_close(state);
    release_shared_memory(outcomes, LOYALTY_OUTCOMES * sizeof(int));

    return rc;
}


#define turn_test(name)  cmocka_unit_test_setup_teardown(name, start, end)


/* A member who has come by another one, but has not bought anything yet. */

static void
refer(shop_t *shop, const char *referrer, const char *email)
{
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_signup(shop, referrer), LOYALTY_SIGNED_UP);
    c = shop_signup_referred(shop, email, c->result.referral);
    shop_expect(shop, c, LOYALTY_SIGNED_UP);
}


/* As loyaltyctl does, as far as it is of interest here. */

static void
merge(shop_t *shop, const char *from, const char *into)
{
    char  sql[160];

    (void) snprintf(sql, sizeof(sql), "UPDATE member SET merged_into = "
                    "(SELECT id FROM member WHERE email = '%s') "
                    "WHERE email = '%s'", into, from);
    (void) shop_sql(shop, sql);
}


/* Nobody else may change the member until let_go(). */

static void
hold(shop_t *shop, const char *email)
{
    char  sql[160];

    (void) snprintf(sql, sizeof(sql), "BEGIN; SELECT 1 FROM member "
                    "WHERE email = '%s' FOR NO KEY UPDATE", email);

    held = shop_sql_hold(shop, sql);
}


/* In a process. */

static int
run_batch(void *data, int number)
{
    int                 i, n;
    shop_t             *shop = data;
    loyalty_command_t  *c, *batch[2];

    (void) number;

    for (n = 0, c = shop->batch; c != NULL; c = c->next) {
        batch[n++] = c;
    }

    shop_run(shop);

    for (i = 0; i < n; i++) {
        outcomes[batch[i]->result.outcome]++;
    }

    loyalty_engine_destroy(shop->engine);

    return 0;
}


/*
 * Runs the batch in a process, and comes back when it waits for a member who
 * is held.  From here on the test is less patient than the process.
 */

static void
run_aside(shop_t *shop)
{
    int   waiting;
    char  sql[160];

    shop_reload(shop);

    (void) processes_start(&shop->processes, run_batch, shop);

    shop->batch = NULL;
    shop->last = &shop->batch;

    shop->conf.timeout /= 5;
    shop_reload(shop);

    (void) snprintf(sql, sizeof(sql), "SELECT count(*) FROM pg_stat_activity "
                    "WHERE application_name = '%s' "
                    "AND wait_event_type = 'Lock'", shop->schema);

    for (waiting = 0; waiting == 0; waiting = (int) shop_sql(shop, sql)) {
        /* void */
    }
}


static void
expect_aside(shop_t *shop, loyalty_outcome_e outcome, int n)
{
    processes_join(&shop->processes);

    assert_int_equal(outcomes[outcome], n);
}


/* Ada comes before Bob: who has to wait for her does not keep him. */

static void
whoever_waits_for_the_referrer_does_not_keep_the_friend(shop_t *shop,
    loyalty_outcome_e outcome)
{
    hold(shop, ADA);

    run_aside(shop);

    shop_expect(shop, shop_action(shop, BOB, "visit", "1"),
                LOYALTY_REWARDED);

    let_go(shop);

    expect_aside(shop, outcome, 1);
}


static int64_t
points(shop_t *shop, const char *email)
{
    return shop_expect(shop, shop_balance(shop, email),
                       LOYALTY_BALANCE)->result.points;
}


static void
a_refund_takes_the_referrer_before_the_friend(void **state)
{
    shop_t  *shop = *state;

    refer(shop, ADA, BOB);
    shop_expect(shop, shop_claim(shop, BOB, "1", TOTAL), LOYALTY_CLAIMED);
    assert_int_equal(points(shop, ADA), 100);

    (void) shop_event(shop, BOB, "1", TOTAL, TOTAL, "paid");
    whoever_waits_for_the_referrer_does_not_keep_the_friend(
        shop, LOYALTY_ORDER_NOTED);

    assert_int_equal(points(shop, ADA), 0);
    assert_int_equal(points(shop, BOB), 1);
}


static void
a_cancelled_refund_takes_the_referrer_before_the_friend(void **state)
{
    shop_t  *shop = *state;

    refer(shop, ADA, BOB);
    shop_expect(shop, shop_claim(shop, BOB, "1", TOTAL), LOYALTY_CLAIMED);
    shop_expect(shop, shop_event(shop, BOB, "1", TOTAL, TOTAL, "paid"),
                LOYALTY_ORDER_NOTED);

    shop->now++;

    (void) shop_event(shop, BOB, "1", TOTAL, 0, "paid");
    whoever_waits_for_the_referrer_does_not_keep_the_friend(
        shop, LOYALTY_ORDER_NOTED);

    assert_int_equal(points(shop, ADA), 100);
    assert_int_equal(points(shop, BOB), 60 + 30 + 1);
}


static void
a_first_order_takes_the_referrer_before_the_friend(void **state)
{
    shop_t  *shop = *state;

    refer(shop, ADA, BOB);

    (void) shop_claim(shop, BOB, "1", TOTAL);
    whoever_waits_for_the_referrer_does_not_keep_the_friend(shop,
                                                            LOYALTY_CLAIMED);

    assert_int_equal(points(shop, ADA), 100);
    assert_int_equal(points(shop, BOB), 60 + 30 + 1);
}


static void
a_claim_that_waited_takes_the_referrer_before_the_friend(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;
    loyalty_errand_t    found = { .kind = LOYALTY_ERRAND_CLAIM };

    refer(shop, ADA, BOB);
    (void) postpone(shop, BOB, "1");

    shop->now += MINUTE;

    c = errand(shop);
    c->errand = &found;
    shop_expect(shop, c, LOYALTY_CLAIM_PENDING);

    (void) confirmed(shop, c, BOB, "1", TOTAL);
    whoever_waits_for_the_referrer_does_not_keep_the_friend(shop,
                                                            LOYALTY_CLAIMED);

    assert_int_equal(points(shop, ADA), 100);
}


static void
an_order_of_a_webhook_takes_the_referrer_before_the_friend(void **state)
{
    shop_t  *shop = *state;

    refer(shop, ADA, BOB);

    (void) shop_event(shop, BOB, "1", TOTAL, 0, "paid");
    whoever_waits_for_the_referrer_does_not_keep_the_friend(
        shop, LOYALTY_ORDER_NOTED);

    assert_int_equal(points(shop, ADA), 100);
}


/* Until then nobody knows of the new member, who could be waited for. */

static void
a_sign_up_takes_the_referrer_before_the_friend(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.referral.on_signup = 1;

    c = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    hold(shop, ADA);

    (void) shop_signup_referred(shop, BOB, c->result.referral);
    run_aside(shop);

    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);

    let_go(shop);

    expect_aside(shop, LOYALTY_ALREADY_MEMBER, 1);
}


static void
a_referrer_who_comes_last_is_taken_last(void **state)
{
    shop_t  *shop = *state;

    refer(shop, ZED, BOB);

    hold(shop, BOB);

    (void) shop_claim(shop, BOB, "1", TOTAL);
    run_aside(shop);

    shop_expect(shop, shop_claim(shop, ZED, "2", SMALL), LOYALTY_CLAIMED);

    let_go(shop);

    expect_aside(shop, LOYALTY_CLAIMED, 1);
    assert_int_equal(points(shop, ZED), 100 + 1);
}


/* Of two that were merged, the one that is left is taken, and in its place. */

static void
who_was_merged_is_not_taken(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, BOB, 0);
    shop_member(shop, CAROL, 0);
    merge(shop, CAROL, BOB);

    hold(shop, CAROL);

    shop_expect(shop, shop_claim(shop, CAROL, "1", SMALL), LOYALTY_CLAIMED);
    assert_int_equal(points(shop, BOB), 1);

    let_go(shop);
}


static void
who_was_merged_is_in_a_batch_in_the_place_of_the_other(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);
    shop_member(shop, ZED, 0);
    merge(shop, ZED, ADA);

    hold(shop, ADA);

    (void) shop_claim(shop, BOB, "1", SMALL);
    (void) shop_claim(shop, ZED, "2", SMALL);
    run_aside(shop);

    shop_expect(shop, shop_claim(shop, BOB, "3", SMALL), LOYALTY_CLAIMED);

    let_go(shop);

    expect_aside(shop, LOYALTY_CLAIMED, 2);
    assert_int_equal(points(shop, ADA), 1);
    assert_int_equal(points(shop, BOB), 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        turn_test(a_refund_takes_the_referrer_before_the_friend),
        turn_test(a_cancelled_refund_takes_the_referrer_before_the_friend),
        turn_test(a_first_order_takes_the_referrer_before_the_friend),
        turn_test(a_claim_that_waited_takes_the_referrer_before_the_friend),
        turn_test(an_order_of_a_webhook_takes_the_referrer_before_the_friend),
        turn_test(a_sign_up_takes_the_referrer_before_the_friend),
        turn_test(a_referrer_who_comes_last_is_taken_last),
        turn_test(who_was_merged_is_not_taken),
        turn_test(who_was_merged_is_in_a_batch_in_the_place_of_the_other)
    };

    if (only_on_postgresql()) {
        return 0;
    }

    return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
