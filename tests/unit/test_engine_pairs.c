
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <loyalty_sweep.h>
#include <postponed_fixture.h>

#include <stdio.h>
#include <stdlib.h>


/*
 * Friends and who has referred them, of whom some come first by their e-mails
 * and some last: nobody who wants both waits for somebody who waits for him.
 */

#define CAROL    "carol@example.com"
#define ZED      "zed@example.com"
#define TOTAL    6000            /* minor units: 60 points */
#define SMALL    100             /* likewise 1; brings no referral */
#define PENDING  1800            /* seconds; whose points are, is due */

/* the load */

#define SENDERS  2
#define FRIENDS  6               /* of each */
#define MEMBERS  (SENDERS + SENDERS * FRIENDS)
#define ROUNDS   40              /* of each process */
#define RACERS   2               /* processes of each kind */


typedef struct {
    int  outcomes[LOYALTY_OUTCOMES];
} results_t;


static char        emails[MEMBERS][32];      /* the senders first */
static char        codes[SENDERS][LOYALTY_REFERRAL_SIZE];
static results_t  *results;                  /* of all processes */
static void       *held;                     /* a connection */


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

    results = shared_memory(sizeof(results_t));

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
    release_shared_memory(results, sizeof(results_t));

    return rc;
}


#define pair_test(name)  cmocka_unit_test_setup_teardown(name, start, end)


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


/* In a process: runs the batch, and counts what it has come to. */

static int
run_batch(shop_t *shop)
{
    int                 i, n;
    loyalty_command_t  *c, *batch[2 * MEMBERS];

    for (n = 0, c = shop->batch; c != NULL; c = c->next) {
        batch[n++] = c;
    }

    shop_run(shop);

    for (i = 0; i < n; i++) {
        (void) __atomic_add_fetch(
                               &results->outcomes[batch[i]->result.outcome],
                               1, __ATOMIC_SEQ_CST);
    }

    if (loyalty_engine_error(shop->engine)[0] != '\0') {
        print_error("%s\n", loyalty_engine_error(shop->engine));
    }

    return 0;
}


static int
run_now(void *data, int number)
{
    shop_t  *shop = data;

    (void) number;

    (void) run_batch(shop);
    loyalty_engine_destroy(shop->engine);

    return 0;
}


static void
forget_batch(shop_t *shop)
{
    shop->batch = NULL;
    shop->last = &shop->batch;
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

    (void) processes_start(&shop->processes, run_now, shop);
    forget_batch(shop);

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

    assert_int_equal(results->outcomes[outcome], n);
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


/* A database of its own, whose deadlocks nobody else's are counted among. */

static void
move_out(shop_t *shop)
{
    char    sql[64];
    size_t  len;

    (void) snprintf(sql, sizeof(sql), "CREATE DATABASE %s", shop->schema);
    (void) shop_sql(shop, sql);

    len = strlen(shop->uri);
    (void) snprintf(shop->uri + len, sizeof(shop->uri) - len, "&dbname=%s",
                    shop->schema);

    (void) snprintf(sql, sizeof(sql), "CREATE SCHEMA %s", shop->schema);
    (void) shop_sql(shop, sql);

    shop_reload(shop);
}


static int
start_load(void **state)
{
    int                 i;
    shop_t             *shop;
    loyalty_command_t  *c;

    if (start(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->program.referral.min = TOTAL;
    shop->program.pending = PENDING;

    move_out(shop);

    /* half of the friends come before the senders, half after them */

    for (i = 0; i < MEMBERS; i++) {
        (void) snprintf(emails[i], sizeof(emails[i]), "%c%d@example.com",
                        (i < SENDERS) ? 'm' : (i % 4 < 2) ? 'a' : 'z', i);

        c = shop_signup(shop, emails[i]);

        if (i >= SENDERS) {
            c->referral = text(codes[i % SENDERS]);
        }

        shop_expect(shop, c, LOYALTY_SIGNED_UP);

        if (i < SENDERS) {
            memcpy(codes[i], c->result.referral, sizeof(codes[i]));

        } else {
            shop_expect(shop, shop_claim(shop, emails[i], emails[i], TOTAL),
                        LOYALTY_CLAIMED);
        }
    }

    return 0;
}


static int
end_load(void **state)
{
    int      rc;
    char     sql[64];
    shop_t  *shop = *state, *other;

    (void) snprintf(sql, sizeof(sql), "DROP DATABASE %s", shop->schema);

    rc = end(state);

    if (shop_open((void **) &other) != 0) {
        return -1;
    }

    (void) shop_sql(other, sql);

    return (shop_close((void **) &other) == 0) ? rc : -1;
}


/* What lives until the end of the process. */

static const char *
made(const char *what, int number, int round, int i)
{
    char  *name;

    name = malloc(48);

    if (name == NULL) {
        abort();
    }

    (void) snprintf(name, 48, "%s%d-%d-%d", what, number, round, i);

    return name;
}


/* All members in one transaction. */

static void
claim_all(shop_t *shop, int number, int round)
{
    int  i;

    for (i = 0; i < MEMBERS; i++) {
        (void) shop_claim(shop, emails[i], made("c", number, round, i),
                          SMALL);
    }

    (void) run_batch(shop);
}


/* Of each of some friends, the order that brought it, or that again. */

static void
refund_some(shop_t *shop, int number, int round)
{
    int  i;

    shop->now++;

    for (i = SENDERS + number; i < MEMBERS; i += RACERS) {
        (void) shop_event(shop, emails[i], emails[i], TOTAL,
                          (round % 2 == 0) ? TOTAL : 0, "paid");
    }

    (void) run_batch(shop);
}


/* A new friend, whose first order comes together with others' orders. */

static void
refer_one(shop_t *shop, int number, int round)
{
    int          i;
    const char  *email;

    email = made((round % 2 == 0) ? "a@" : "z@", number, round, 0);

    (void) shop_signup_referred(shop, email, codes[round % SENDERS]);
    (void) run_batch(shop);

    for (i = 0; i < SENDERS; i++) {
        (void) shop_claim(shop, emails[i], made("r", number, round, i),
                          SMALL);
    }

    (void) shop_claim(shop, email, made("n", number, round, 0), TOTAL);
    (void) run_batch(shop);
}


/* Always all members are due who have claimed meanwhile. */

static void
settle_all(shop_t *shop)
{
    int  more;

    shop->now += PENDING + LOYALTY_SWEEP_INTERVAL;

    do {
        (void) loyalty_engine_settle(shop->engine, shop->now, &more);
    } while (more);
}


static int
race(void *data, int number)
{
    int      round;
    shop_t  *shop = data;

    processes_wait(&shop->processes);

    for (round = 0; round < ROUNDS; round++) {

        switch (number / RACERS) {

        case 0:
            claim_all(shop, number % RACERS, round);
            break;

        case 1:
            refund_some(shop, number % RACERS, round);
            break;

        case 2:
            refer_one(shop, number % RACERS, round);
            break;

        default:
            settle_all(shop);
        }
    }

    loyalty_engine_destroy(shop->engine);

    return 0;
}


static void
pairs_are_taken_by_many_without_a_deadlock(void **state)
{
    int      newcomers, friends;
    shop_t  *shop = *state;

    shop_reload(shop);

    processes_start_many(&shop->processes, 3 * RACERS + 1, race, shop);
    processes_join(&shop->processes);

    shop->now += ROUNDS * (PENDING + LOYALTY_SWEEP_INTERVAL);

    newcomers = RACERS * ROUNDS;
    friends = SENDERS * FRIENDS + newcomers;

    assert_int_equal(results->outcomes[LOYALTY_DATABASE_UNAVAILABLE], 0);
    assert_int_equal(results->outcomes[LOYALTY_SIGNED_UP], newcomers);
    assert_int_equal(results->outcomes[LOYALTY_CLAIMED],
                     RACERS * ROUNDS * (MEMBERS + SENDERS) + newcomers);
    assert_int_equal(results->outcomes[LOYALTY_ORDER_NOTED],
                     ROUNDS * SENDERS * FRIENDS);

    assert_int_equal(shop_sql(shop, "SELECT deadlocks FROM pg_stat_database "
                              "WHERE datname = current_database()"), 0);

    /* each refund was cancelled in the end */

    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM friend"),
                     100 * friends);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     (100 + 30 + 60) * friends
                     + RACERS * ROUNDS * (MEMBERS + SENDERS));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        pair_test(a_refund_takes_the_referrer_before_the_friend),
        pair_test(a_cancelled_refund_takes_the_referrer_before_the_friend),
        pair_test(a_first_order_takes_the_referrer_before_the_friend),
        pair_test(a_claim_that_waited_takes_the_referrer_before_the_friend),
        pair_test(an_order_of_a_webhook_takes_the_referrer_before_the_friend),
        pair_test(a_sign_up_takes_the_referrer_before_the_friend),
        pair_test(a_referrer_who_comes_last_is_taken_last),
        pair_test(who_was_merged_is_not_taken),
        pair_test(who_was_merged_is_in_a_batch_in_the_place_of_the_other),
        cmocka_unit_test_setup_teardown(
            pairs_are_taken_by_many_without_a_deadlock, start_load, end_load)
    };

    if (only_on_postgresql()) {
        return 0;
    }

    return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}
