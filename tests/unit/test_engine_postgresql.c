
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <upkeep_fixture.h>

#include <stdio.h>


#define SOON  600                                /* ms; a lock: half of it */


typedef struct {
    volatile int  asked;
    volatile int  outcomes[2];
} progress_t;


static progress_t  *progress;


static int
start(void **state)
{
    progress = shared_memory(sizeof(progress_t));

    return shop_open(state);
}


static int
end(void **state)
{
    release_shared_memory(progress, sizeof(progress_t));

    return shop_close(state);
}


#define server_test(name)  cmocka_unit_test_setup_teardown(name, start, end)


static void
says(shop_t *shop, const char *words)
{
    if (strstr(loyalty_engine_error(shop->engine), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"",
                 loyalty_engine_error(shop->engine), words);
    }
}


static void
pause_a_moment(shop_t *shop)
{
    (void) shop_sql(shop, "SELECT pg_sleep(0.002)");
}


/* All connections of the engines, and they are gone when it returns. */

static void
disconnect(shop_t *shop)
{
    assert_int_equal(shop_disconnect(shop, "true"), 1);

    while (shop_disconnect(shop, "true") != 0) {
        pause_a_moment(shop);
    }
}


static void
redemptions_of_a_batch_come_last(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *early, *claim, *late;

    shop_member(shop, ADA, 0);

    early = shop_redeem(shop, ADA, "hanky");
    claim = shop_claim(shop, ADA, "1001", 20000);
    late = shop_redeem(shop, ADA, "hanky");

    shop_expect(shop, early, LOYALTY_REDEEMED);
    shop_expect(shop, claim, LOYALTY_CLAIMED);
    shop_expect(shop, late, LOYALTY_NOT_ENOUGH_POINTS);
}


static void
a_batch_comes_back_in_the_order_it_was_run(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c, *redeem, *bob, *ada;

    shop_member(shop, ADA, 1000);

    redeem = shop_redeem(shop, ADA, "hanky");
    bob = shop_signup(shop, BOB);
    ada = shop_balance(shop, ADA);

    c = loyalty_engine_run(shop->engine, shop->batch, shop->now);
    shop->batch = NULL;
    shop->last = &shop->batch;

    assert_ptr_equal(c, ada);
    assert_ptr_equal(c->next, bob);
    assert_ptr_equal(c->next->next, redeem);
    assert_null(redeem->next);
}


static void
a_connection_lost_between_batches_is_not_noticed(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    disconnect(shop);
    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_string_equal(loyalty_engine_error(shop->engine), "");

    disconnect(shop);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);
    assert_string_equal(loyalty_engine_error(shop->engine), "");
}


/* In a process: the same claim twice. */

static int
claim_twice(void *data, int number)
{
    int                 i;
    shop_t             *shop = data;
    loyalty_command_t  *c;

    (void) number;

    for (i = 0; i < 2; i++) {
        c = shop_claim(shop, ADA, "1001", 6099);
        shop_run(shop);
        progress->outcomes[i] = (int) c->result.outcome;
        (void) __atomic_add_fetch(&progress->asked, 1, __ATOMIC_SEQ_CST);
    }

    return 0;
}


static void
a_connection_lost_during_a_batch_is_unavailable_once(void **state)
{
    void    *held;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_reload(shop);

    held = shop_sql_hold(shop, "BEGIN; SELECT * FROM member FOR UPDATE");
    (void) processes_start(&shop->processes, claim_twice, shop);

    while (shop_disconnect(shop, "wait_event_type = 'Lock'") == 0) {
        pause_a_moment(shop);
    }

    await_at_least(&progress->asked, 1);
    shop_sql_release(shop, held);
    processes_join(&shop->processes);

    assert_int_equal(progress->outcomes[0], LOYALTY_DATABASE_UNAVAILABLE);
    assert_int_equal(progress->outcomes[1], LOYALTY_CLAIMED);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 60);
}


/* What was there before the connection was lost is there, the rest is not. */

static void
a_batch_cut_off_in_its_middle_keeps_whole_transactions(void **state)
{
    int                 i, claimed;
    char                orders[20][16];
    shop_t             *shop = *state;
    loyalty_command_t  *c[20];

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);

    (void) shop_sql(shop, "CREATE FUNCTION cut() RETURNS trigger LANGUAGE "
                    "plpgsql AS $$ BEGIN PERFORM pg_terminate_backend("
                    "pg_backend_pid()); RETURN NEW; END $$;"
                    "CREATE TRIGGER cut BEFORE INSERT ON claim FOR EACH ROW "
                    "WHEN (NEW.number = '17') EXECUTE FUNCTION cut()");

    for (i = 0; i < 20; i++) {
        (void) snprintf(orders[i], sizeof(orders[i]), "%d", i);
        c[i] = shop_claim(shop, (i < 10) ? ADA : BOB, orders[i], 100);
    }

    shop_run(shop);

    for (claimed = 0, i = 0; i < 20; i++) {
        claimed += (c[i]->result.outcome == LOYALTY_CLAIMED);
        assert_int_equal(c[i]->status, (i < 16) ? 200 : 503);
    }

    assert_int_equal(claimed, 16);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 16);
    says(shop, "terminating connection");

    (void) shop_sql(shop, "DROP TRIGGER cut ON claim");
    shop_expect(shop, shop_claim(shop, BOB, "17", 100), LOYALTY_CLAIMED);
}


static void
a_slow_statement_fails_and_the_next_works(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    (void) shop_sql(shop, "CREATE FUNCTION slow() RETURNS trigger LANGUAGE "
                    "plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; "
                    "END $$;"
                    "CREATE TRIGGER slow BEFORE INSERT ON claim FOR EACH ROW "
                    "WHEN (NEW.number = '1') EXECUTE FUNCTION slow()");

    shop->conf.timeout = SOON;
    shop_reload(shop);

    shop_expect(shop, shop_claim(shop, ADA, "1", 100),
                LOYALTY_DATABASE_UNAVAILABLE);
    says(shop, "statement timeout");

    shop_expect(shop, shop_claim(shop, ADA, "2", 100), LOYALTY_CLAIMED);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 1);
}


static void
a_locked_member_keeps_only_own_commands_waiting(void **state)
{
    void               *held;
    shop_t             *shop = *state;
    loyalty_command_t  *ada, *bob;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);

    shop->conf.timeout = SOON;
    shop_reload(shop);

    held = shop_sql_hold(shop, "BEGIN; SELECT * FROM member "
                               "WHERE email = '" ADA "' FOR UPDATE");

    ada = shop_claim(shop, ADA, "1", 100);
    bob = shop_claim(shop, BOB, "2", 100);

    shop_expect(shop, ada, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, bob, LOYALTY_CLAIMED);
    says(shop, "lock timeout");

    shop_sql_release(shop, held);
    shop_expect(shop, shop_claim(shop, ADA, "1", 100), LOYALTY_CLAIMED);
}


/* The server takes about half of the time to see each of them. */

static void
deadlocks_that_the_server_saw_late_are_got_over(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    shop->conf.timeout = 2000;
    shop_reload(shop);

    (void) shop_sql(shop, "CREATE SEQUENCE attempt;"
                    "CREATE FUNCTION deadlock() RETURNS trigger "
                    "LANGUAGE plpgsql AS $$ BEGIN "
                    "IF nextval('attempt') <= 2 THEN "
                    "PERFORM pg_sleep(1.05); "
                    "RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; "
                    "END IF; RETURN NEW; END $$;"
                    "CREATE TRIGGER deadlock BEFORE INSERT ON claim "
                    "FOR EACH ROW EXECUTE FUNCTION deadlock()");

    shop_expect(shop, shop_claim(shop, ADA, "1", 100), LOYALTY_CLAIMED);
    assert_int_equal(shop_sql(shop, "SELECT last_value FROM attempt"), 3);
}


/* With the rights to read only, as after a mistake in a GRANT. */

static void
missing_rights_are_told_to_the_log_without_values(void **state)
{
    char     sql[512], uri[sizeof(((shop_t *) NULL)->uri) + 64];
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    (void) snprintf(sql, sizeof(sql), "DROP ROLE IF EXISTS %s_role;"
                    "CREATE ROLE %s_role LOGIN;"
                    "GRANT USAGE ON SCHEMA %s TO %s_role;"
                    "GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s_role;"
                    "GRANT ALL ON writer TO %s_role",
                    shop->schema, shop->schema, shop->schema, shop->schema,
                    shop->schema, shop->schema, shop->schema);
    (void) shop_sql(shop, sql);

    (void) snprintf(uri, sizeof(uri), "%s&user=%s_role", shop->uri,
                    shop->schema);
    shop->conf.uri = uri;
    shop_reload(shop);

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_DATABASE_UNAVAILABLE);
    says(shop, "permission denied for table member");
    assert_null(strchr(loyalty_engine_error(shop->engine), '@'));

    shop->conf.uri = shop->uri;
    shop_reload(shop);

    (void) snprintf(sql, sizeof(sql), "DROP OWNED BY %s_role;"
                    "DROP ROLE %s_role", shop->schema, shop->schema);
    (void) shop_sql(shop, sql);
}


static void
a_newer_version_is_refused_by_engines_that_connect(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_set_version(shop, 7);

    disconnect(shop);

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_DATABASE_UNAVAILABLE);
    says(shop, "version 7 of the schema");

    shop_set_version(shop, 1);
    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
}


/* A server's entry may turn up below those that are there already. */

static void
an_entry_that_comes_late_is_added_up(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, ADA, 10);
    shop_member(shop, BOB, 10);

    (void) shop_sql(shop, "SELECT setval(pg_get_serial_sequence('ledger', "
                          "'id'), 100)");
    shop_expect(shop, shop_claim(shop, ADA, "1001", 1000), LOYALTY_CLAIMED);

    sweep(shop);

    (void) shop_sql(shop, "INSERT INTO ledger (id, member, previous, kind, "
                          "reference, store, points, earned, usable_at, "
                          "until_at, at) VALUES (50, 1, 0, 'claim', '', '', "
                          "10, 10, 1, 0, 1797933600)");

    shop->now += 600;
    sweep(shop);

    assert_int_equal(shop_sql(shop, "SELECT CAST(sum(entries) AS BIGINT) "
                                    "FROM day"), 4);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        server_test(redemptions_of_a_batch_come_last),
        server_test(a_batch_comes_back_in_the_order_it_was_run),
        server_test(a_connection_lost_between_batches_is_not_noticed),
        server_test(a_connection_lost_during_a_batch_is_unavailable_once),
        server_test(a_batch_cut_off_in_its_middle_keeps_whole_transactions),
        server_test(a_slow_statement_fails_and_the_next_works),
        server_test(a_locked_member_keeps_only_own_commands_waiting),
        server_test(deadlocks_that_the_server_saw_late_are_got_over),
        server_test(missing_rights_are_told_to_the_log_without_values),
        server_test(a_newer_version_is_refused_by_engines_that_connect),
        server_test(an_entry_that_comes_late_is_added_up)
    };

    if (only_on_postgresql()) {
        return 0;
    }

    return cmocka_run_group_tests_name("engine on PostgreSQL", tests, NULL,
                                       NULL);
}
