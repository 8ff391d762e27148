
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <loyalty_statements.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>


#define RACERS  6
#define ORDERS  25
#define KILLS   8


typedef struct {
    loyalty_outcome_e   outcomes[RACERS][ORDERS];
    char                answers[RACERS][1024];
    char                orders[ORDERS][16];
    volatile int        answered;
} results_t;


typedef struct {
    shop_t             *shop;
    results_t          *results;
    const char         *reward;
} race_t;


static const char *const  emails[RACERS] = {
    "0@example.com", "1@example.com", "2@example.com", "3@example.com",
    "4@example.com", "5@example.com"
};


static race_t  race;


static int
start(void **state)
{
    int  i;

    if (shop_open(state) != 0) {
        return -1;
    }

    race.shop = *state;
    race.reward = "hanky";
    race.results = shared_memory(sizeof(results_t));

    for (i = 0; i < ORDERS; i++) {
        (void) snprintf(race.results->orders[i],
                        sizeof(race.results->orders[i]), "%d", 1000 + i);
    }

    return 0;
}


static int
start_with_lock(void **state)
{
    if (start(state) != 0) {
        return -1;
    }

    if (!on_postgresql()) {
        shop_use_lock(*state);
    }

    return 0;
}


static int
end(void **state)
{
    int  rc;

    rc = shop_close(state);
    release_shared_memory(race.results, sizeof(results_t));

    return rc;
}


#define both_ways(name)                                                       \
    { #name ", without the lock", name, start, end, NULL },                   \
    { #name ", with the lock", name, start_with_lock, end, NULL }


static void
everybody_has(shop_t *shop, int64_t points)
{
    int  i;

    for (i = 0; i < RACERS; i++) {
        shop_member(shop, emails[i], points);
    }
}


static int
count(loyalty_outcome_e outcome)
{
    int  i, k, n;

    for (n = 0, i = 0; i < RACERS; i++) {

        for (k = 0; k < ORDERS; k++) {
            n += (race.results->outcomes[i][k] == outcome);
        }
    }

    return n;
}


static loyalty_outcome_e
ask(shop_t *shop, loyalty_command_t *command)
{
    shop_run(shop);

    if (loyalty_engine_error(shop->engine)[0] != '\0') {
        print_error("%s\n", loyalty_engine_error(shop->engine));
    }

    return command->result.outcome;
}


static int
claim_as(shop_t *shop, int number, const char *email)
{
    int  k;

    processes_wait(&shop->processes);

    for (k = 0; k < ORDERS; k++) {
        race.results->outcomes[number][k] =
            ask(shop, shop_claim(shop, email, race.results->orders[k], 6099));
    }

    loyalty_engine_destroy(shop->engine);

    return 0;
}


static int
claim_for_oneself(void *data, int number)
{
    return claim_as(data, number, emails[number]);
}


static int
claim_for_the_first(void *data, int number)
{
    return claim_as(data, number, emails[0]);
}


static void
an_order_goes_to_one_member(void **state)
{
    int      i, k, winners;
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_for_oneself, shop);

    for (k = 0; k < ORDERS; k++) {

        for (winners = 0, i = 0; i < RACERS; i++) {
            winners += (race.results->outcomes[i][k] == LOYALTY_CLAIMED);
        }

        assert_int_equal(winners, 1);
    }

    assert_int_equal(count(LOYALTY_ORDER_ALREADY_CLAIMED),
                     (RACERS - 1) * ORDERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     60 * ORDERS);
}


static void
an_order_is_credited_to_a_member_once(void **state)
{
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_for_the_first, shop);

    assert_int_equal(count(LOYALTY_CLAIMED), ORDERS);
    assert_int_equal(count(LOYALTY_ALREADY_CLAIMED), (RACERS - 1) * ORDERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     60 * ORDERS);
}


/* All orders as one batch. */

static int
claim_together(void *data, int number)
{
    int                 k;
    shop_t             *shop = data;
    loyalty_command_t  *c[ORDERS];

    for (k = 0; k < ORDERS; k++) {
        c[k] = shop_claim(shop, emails[number], race.results->orders[k], 6099);
    }

    processes_wait(&shop->processes);
    (void) ask(shop, c[0]);

    for (k = 0; k < ORDERS; k++) {
        race.results->outcomes[number][k] = c[k]->result.outcome;
    }

    return 0;
}


static void
batches_are_done_one_after_the_other(void **state)
{
    int      i, winner;
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_together, shop);

    assert_int_equal(count(LOYALTY_CLAIMED), ORDERS);

    if (on_postgresql()) {

        /* at the same time, and in parts */

        return;
    }

    for (winner = -1, i = 0; i < RACERS; i++) {

        if (race.results->outcomes[i][0] == LOYALTY_CLAIMED) {
            assert_int_equal(winner, -1);
            winner = i;
        }
    }

    assert_in_range(winner, 0, RACERS - 1);
    assert_int_equal(race.results->outcomes[winner][ORDERS - 1],
                     LOYALTY_CLAIMED);
}


static int
redeem_as(shop_t *shop, int number, const char *email)
{
    int  k;

    processes_wait(&shop->processes);

    for (k = 0; k < ORDERS; k++) {
        race.results->outcomes[number][k] =
            ask(shop, shop_redeem(shop, email, race.reward));
    }

    loyalty_engine_destroy(shop->engine);

    return 0;
}


static int
redeem_for_oneself(void *data, int number)
{
    return redeem_as(data, number, emails[number]);
}


static int
redeem_for_the_first(void *data, int number)
{
    return redeem_as(data, number, emails[0]);
}


static void
a_stock_is_given_away_once(void **state)
{
    shop_t  *shop = *state;

    shop->rewards[HANKY].stock = 31;

    everybody_has(shop, HANKY_COST * ORDERS);
    shop_race(shop, RACERS, redeem_for_oneself, shop);

    assert_int_equal(count(LOYALTY_REDEEMED), 31);
    assert_int_equal(count(LOYALTY_OUT_OF_STOCK), RACERS * ORDERS - 31);
    assert_int_equal(shop_sql(shop, "SELECT redeemed FROM reward"), 31);
}


static void
points_are_spent_once(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, emails[0], HANKY_COST * 17 + 50);
    shop_race(shop, RACERS, redeem_for_the_first, shop);

    assert_int_equal(count(LOYALTY_REDEEMED), 17);
    assert_int_equal(count(LOYALTY_NOT_ENOUGH_POINTS), RACERS * ORDERS - 17);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 50);
}


static void
the_limit_per_member_holds(void **state)
{
    shop_t  *shop = *state;

    shop->rewards[HANKY].per_member = 3;

    shop_member(shop, emails[0], HANKY_COST * 20);
    shop_race(shop, RACERS, redeem_for_the_first, shop);

    assert_int_equal(count(LOYALTY_REDEEMED), 3);
    assert_int_equal(count(LOYALTY_REWARD_LIMIT), RACERS * ORDERS - 3);
}


static int
sign_up_everybody(void *data, int number)
{
    int      k;
    shop_t  *shop = data;

    shop->program.signup_bonus = 50;
    processes_wait(&shop->processes);

    for (k = 0; k < RACERS; k++) {
        race.results->outcomes[number][k] =
            ask(shop, shop_signup(shop, emails[k]));
    }

    return 0;
}


static void
an_e_mail_signs_up_once(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_NOT_A_MEMBER);
    shop_race(shop, RACERS, sign_up_everybody, shop);

    /* what stands in the other places is a sign-up, too: 0 */

    assert_int_equal(count(LOYALTY_ALREADY_MEMBER), (RACERS - 1) * RACERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     RACERS * 50);
}


static int
redeem_with_one_key(void *data, int number)
{
    shop_t             *shop = data;
    loyalty_command_t  *c;

    processes_wait(&shop->processes);

    c = with_key(shop_redeem(shop, emails[0], "hanky"), "chatbot", "k");

    if (ask(shop, c) != LOYALTY_REDEEMED
        || c->json.len >= sizeof(race.results->answers[number]))
    {
        return 1;
    }

    memcpy(race.results->answers[number], c->json.data, c->json.len);

    return 0;
}


static void
a_key_is_used_once(void **state)
{
    int      i;
    shop_t  *shop = *state;

    shop_member(shop, emails[0], 1000);
    shop_race(shop, RACERS, redeem_with_one_key, shop);

    assert_true(strlen(race.results->answers[0]) > 0);

    for (i = 1; i < RACERS; i++) {
        assert_string_equal(race.results->answers[i],
                            race.results->answers[0]);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 1);
}


/* Who closes last writes the log back and removes it. */

static int
claim_and_close(void *data, int number)
{
    int      k;
    shop_t  *shop = data;

    processes_wait(&shop->processes);

    for (k = 0; k < ORDERS; k++) {
        race.results->outcomes[number][k] =
            ask(shop, shop_claim(shop, emails[number],
                                 race.results->orders[k], 6099));

        loyalty_engine_destroy(shop->engine);
        shop->engine = loyalty_engine_create(&shop->conf);
    }

    return 0;
}


static void
processes_come_and_go(void **state)
{
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_and_close, shop);

    assert_int_equal(count(LOYALTY_CLAIMED), ORDERS);
    assert_int_equal(count(LOYALTY_ORDER_ALREADY_CLAIMED),
                     (RACERS - 1) * ORDERS);
}


/* In a process: a transaction that never ends, under the lock. */

static int
sign_up_and_hang(void *data, int number)
{
    loyalty_db_t        *db;
    shop_t              *shop = data;
    loyalty_db_value_t   values[] = {
        loyalty_db_text(text("m_hung")), loyalty_db_text(text("HUNG")),
        loyalty_db_text(text(BOB)),
        loyalty_db_text(text("")), loyalty_db_text(text("")),
        loyalty_db_int(CHRISTMAS)
    };

    (void) number;

    db = shop_database(shop, 1000, loyalty_statements, LOYALTY_STATEMENTS);

    if (loyalty_lock_acquire(shop->conf.lock, 1000) != LOYALTY_OK
        || loyalty_db_open(db) != LOYALTY_DB_DONE
        || loyalty_db_begin(db, LOYALTY_DB_WRITE) != LOYALTY_DB_DONE
        || loyalty_db_query(db, LOYALTY_SQL_MEMBER_INSERT, values,
                            loyalty_values_n(values))
           != LOYALTY_DB_DONE)
    {
        return 1;
    }

    race.results->answered = 1;

    for ( ;; ) {
        (void) pause();
    }
}


static int
sign_up_once(void *data, int number)
{
    shop_t  *shop = data;

    race.results->outcomes[number][0] = ask(shop, shop_signup(shop, BOB));

    return 0;
}


static void
a_killed_writer_does_not_stop_the_others(void **state)
{
    int      i;
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_reload(shop);

    (void) processes_start(&shop->processes, sign_up_and_hang, shop);
    await_at_least(&race.results->answered, 1);

    for (i = 1; i < RACERS; i++) {
        race.results->outcomes[i][0] = LOYALTY_NO_FAULT;
        (void) processes_start(&shop->processes, sign_up_once, shop);
        processes_await_sleep(&shop->processes, i);
    }

    processes_kill(&shop->processes, 0);
    processes_join(&shop->processes);

    assert_int_equal(count(LOYALTY_ALREADY_MEMBER), RACERS - 2);
    assert_int_equal(count(LOYALTY_DATABASE_UNAVAILABLE), 0);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member "
                                    "WHERE email = '" BOB "'"), 1);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member "
                                    "WHERE code = 'm_hung'"), 0);
}


/* In a process: claims order after order until it is killed. */

static int
claim_for_ever(void *data, int number)
{
    char     order[16];
    shop_t  *shop = data;

    (void) number;

    for ( ;; ) {
        (void) snprintf(order, sizeof(order), "%d", race.results->answered);

        if (ask(shop, shop_claim(shop, emails[0], order, 100))
            != LOYALTY_CLAIMED)
        {
            return 1;
        }

        (void) __atomic_add_fetch(&race.results->answered, 1,
                                  __ATOMIC_SEQ_CST);
    }
}


/* What a killed process has asked for, a server may do all the same. */

static void
await_quiet(shop_t *shop)
{
    char  sql[128];

    (void) snprintf(sql, sizeof(sql), "SELECT count(*) FROM pg_stat_activity "
                    "WHERE application_name = '%s'", shop->schema);

    while (shop->postgresql && shop_sql(shop, sql) != 0) {
        (void) shop_sql(shop, "SELECT pg_sleep(0.001)");
    }
}


/* One more than was answered may be there, but then it counts. */

static void
what_was_answered_survives_a_kill(void **state)
{
    int      i, answered;
    shop_t  *shop = *state;

    everybody_has(shop, 0);

    for (i = 0; i < KILLS; i++) {
        answered = race.results->answered;
        shop_reload(shop);

        (void) processes_start(&shop->processes, claim_for_ever, shop);
        await_at_least(&race.results->answered, answered + 3 * i + 1);
        processes_kill(&shop->processes, i);
        await_quiet(shop);

        answered = race.results->answered;

        assert_in_range(shop_sql(shop, "SELECT count(*) FROM claim"),
                        answered, answered + 1);
        assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                         shop_sql(shop, "SELECT count(*) FROM claim"));

        race.results->answered = (int) shop_sql(shop, "SELECT count(*) "
                                                      "FROM claim");
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        both_ways(an_order_goes_to_one_member),
        both_ways(an_order_is_credited_to_a_member_once),
        both_ways(batches_are_done_one_after_the_other),
        both_ways(a_stock_is_given_away_once),
        both_ways(points_are_spent_once),
        both_ways(the_limit_per_member_holds),
        both_ways(an_e_mail_signs_up_once),
        both_ways(a_key_is_used_once),
        both_ways(processes_come_and_go),
        both_ways(a_killed_writer_does_not_stop_the_others),
        both_ways(what_was_answered_survives_a_kill)
    };

    return cmocka_run_group_tests_name("processes", tests, NULL, NULL);
}
