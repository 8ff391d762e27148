
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <loyalty_sweep.h>

#include <stdio.h>
#include <stdlib.h>


/*
 * Friends and who has referred them, of whom some come first by their e-mails
 * and some last, wanted by many at the same time.
 */

#define TOTAL    6000            /* minor units: 60 points */
#define SMALL    100             /* likewise 1; brings no referral */
#define PENDING  1800            /* seconds; whose points are, is due */

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
start(void **state)
{
    int                 i;
    shop_t             *shop;
    loyalty_command_t  *c;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    results = shared_memory(sizeof(results_t));

    shop->program.referral.points = 100;
    shop->program.referral.friend = 30;
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
end(void **state)
{
    int      rc;
    char     sql[64];
    shop_t  *shop = *state, *other;

    (void) snprintf(sql, sizeof(sql), "DROP DATABASE %s", shop->schema);

    rc = shop_close(state);
    release_shared_memory(results, sizeof(results_t));

    if (shop_open((void **) &other) != 0) {
        return -1;
    }

    (void) shop_sql(other, sql);

    return (shop_close((void **) &other) == 0) ? rc : -1;
}


/* In a process: runs the batch, and counts what it has come to. */

static void
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

    run_batch(shop);
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

    run_batch(shop);
}


/* A new friend, whose first order comes together with others' orders. */

static void
refer_one(shop_t *shop, int number, int round)
{
    int          i;
    const char  *email;

    email = made((round % 2 == 0) ? "a@" : "z@", number, round, 0);

    (void) shop_signup_referred(shop, email, codes[round % SENDERS]);
    run_batch(shop);

    for (i = 0; i < SENDERS; i++) {
        (void) shop_claim(shop, emails[i], made("r", number, round, i),
                          SMALL);
    }

    (void) shop_claim(shop, email, made("n", number, round, 0), TOTAL);
    run_batch(shop);
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
        cmocka_unit_test_setup_teardown(
            pairs_are_taken_by_many_without_a_deadlock, start, end)
    };

    if (only_on_postgresql()) {
        return 0;
    }

    return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}
