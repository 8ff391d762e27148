
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <connections_fixture.h>
#include <loyalty_clock.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>


#define SOON     300                             /* ms to wait for a lock */
#define OPENERS  8
#define ROUNDS   10


static int
start(void **state)
{
    return connections_open(state, SOON, NULL, 0);
}


#define open_test(name)                                                       \
    cmocka_unit_test_setup_teardown(name, start, connections_close)


static void
open_or_fail(void)
{
    if (loyalty_db_open(db) != LOYALTY_DB_DONE) {
        fail_msg("%s", loyalty_db_error(db));
    }
}


static void
write_nothing(void)
{
    assert_int_equal(loyalty_db_begin(db, LOYALTY_DB_WRITE), LOYALTY_DB_DONE);
    assert_int_equal(loyalty_db_commit(db), LOYALTY_DB_DONE);
}


/* The test listens in when the driver connects. */

static sqlite3  *connected;


static int
listen_in(sqlite3 *sqlite, char **error, const void *api)
{
    (void) error;
    (void) api;

    connected = sqlite;

    return SQLITE_OK;
}


static void
expect_setting(const char *pragma, const char *value)
{
    sqlite3_stmt  *stmt;

    assert_int_equal(sqlite3_prepare_v2(connected, pragma, -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *) sqlite3_column_text(stmt, 0), value);

    (void) sqlite3_finalize(stmt);
}


static void
connections_are_durable_and_strict(void **state)
{
    (void) state;

    (void) sqlite3_auto_extension((void (*)(void)) listen_in);
    open_or_fail();
    (void) sqlite3_cancel_auto_extension((void (*)(void)) listen_in);

    expect_setting("PRAGMA journal_mode", "wal");
    expect_setting("PRAGMA synchronous", "2");
    expect_setting("PRAGMA foreign_keys", "1");
    expect_setting("PRAGMA trusted_schema", "0");
    expect_setting("PRAGMA busy_timeout", "300");
    expect_setting("PRAGMA cache_size", "-64");
}


static void
only_the_owner_can_read_a_new_database(void **state)
{
    mode_t  mask;

    (void) state;

    mask = umask(0);
    open_or_fail();
    write_nothing();
    (void) umask(mask);

    assert_int_equal(shop_file_mode(shop, ""), 0600);
    assert_int_equal(shop_file_mode(shop, "-wal"), 0600);
    assert_int_equal(shop_file_mode(shop, "-shm"), 0600);
}


/* Takes the place of the system's, to see what others see until then. */

static int  mode_before = -1;


int
chmod(const char *path, mode_t mode)
{
    mode_before = shop_file_mode(shop, "");

    return fchmodat(AT_FDCWD, path, mode, 0);
}


/* Who is killed just then leaves it like that. */

static void
nobody_else_can_read_a_database_that_is_being_made(void **state)
{
    mode_t  mask;

    (void) state;

    mode_before = -1;

    mask = umask(022);
    open_or_fail();
    (void) umask(mask);

    assert_int_equal(mode_before & 077, (mode_before == -1) ? 077 : 0);
}


static void
the_mode_of_an_old_database_stays(void **state)
{
    (void) state;

    open_or_fail();
    loyalty_db_close(db);
    assert_int_equal(chmod(shop->path, 0640), 0);
    open_or_fail();

    assert_int_equal(shop_file_mode(shop, ""), 0640);
}


static void
a_failed_opening_says_why(void **state)
{
    (void) state;

    assert_int_equal(mkdir(shop->path, 0700), 0);

    assert_int_equal(loyalty_db_open(db), LOYALTY_DB_UNAVAILABLE);
    assert_non_null(strstr(loyalty_db_error(db), "unable to open"));

    assert_int_equal(rmdir(shop->path), 0);
    open_or_fail();
}


/* Another program may hold a new file: somebody waits for an answer. */

static void
opening_waits_only_so_long(void **state)
{
    size_t    i;
    int64_t   before;
    sqlite3  *sqlite;

    static const char *const  holds[] = {
        "BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"
    };

    (void) state;

    for (i = 0; i < elements_of(holds); i++) {
        assert_int_equal(sqlite3_open(shop->path, &sqlite), SQLITE_OK);
        assert_int_equal(sqlite3_exec(sqlite, holds[i], NULL, NULL, NULL),
                         SQLITE_OK);

        before = loyalty_clock();
        assert_int_equal(loyalty_db_open(db), LOYALTY_DB_UNAVAILABLE);
        assert_true(loyalty_clock() - before >= 250);
        assert_true(loyalty_clock() - before < 3000);

        assert_non_null(strstr(loyalty_db_error(db), "locked"));
        (void) sqlite3_close(sqlite);
    }

    open_or_fail();
}


/* In a process: one of those who start together. */

static int
open_new(void *data, int number)
{
    int            failed;
    shop_t        *place = data;
    loyalty_db_t  *mine;

    (void) number;

    mine = shop_database(place, 20000, NULL, 0);
    processes_wait(&place->processes);

    failed = (loyalty_db_open(mine) != LOYALTY_DB_DONE
              || loyalty_db_begin(mine, LOYALTY_DB_WRITE) != LOYALTY_DB_DONE
              || loyalty_db_commit(mine) != LOYALTY_DB_DONE);

    if (failed) {
        print_error("%s\n", loyalty_db_error(mine));
    }

    if (shop_file_mode(place, "-wal") != 0600
        || shop_file_mode(place, "-shm") != 0600)
    {
        print_error("the log or its index is open to others\n");
        failed = 1;
    }

    return failed;
}


static void
remove_database(void)
{
    char  path[sizeof(shop->path) + 8];

    (void) unlink(shop->path);
    (void) snprintf(path, sizeof(path), "%s-wal", shop->path);
    (void) unlink(path);
    (void) snprintf(path, sizeof(path), "%s-shm", shop->path);
    (void) unlink(path);
}


static void
many_processes_make_one_database(void **state)
{
    int  round;

    (void) state;

    for (round = 0; round < ROUNDS; round++) {
        remove_database();

        processes_start_many(&shop->processes, OPENERS, open_new, shop);
        processes_join(&shop->processes);

        assert_int_equal(shop_sql(shop, "PRAGMA user_version"), 1);
        assert_int_equal(shop_sql(shop, "SELECT count(*) FROM sqlite_schema "
                                        "WHERE name = 'member'"), 1);
        assert_int_equal(shop_file_mode(shop, ""), 0600);
    }
}


/* Between two statements of one who opens, another one does it all. */

static int  statements;
static int  overtaken_at;


static int
overtake(unsigned event, void *data, void *statement, void *sql)
{
    (void) event;
    (void) data;
    (void) statement;
    (void) sql;

    if (statements++ == overtaken_at && sqlite3_get_autocommit(connected)) {
        (void) loyalty_db_open(other);
    }

    return 0;
}


static int
trace_first(sqlite3 *sqlite, char **error, const void *api)
{
    if (connected == NULL) {
        (void) listen_in(sqlite, error, api);
        (void) sqlite3_trace_v2(sqlite, SQLITE_TRACE_STMT, overtake, NULL);
    }

    return SQLITE_OK;
}


static void
who_is_overtaken_while_opening_opens_all_the_same(void **state)
{
    loyalty_db_rc_e  rc;

    (void) state;

    overtaken_at = 0;

    do {
        remove_database();

        connected = NULL;
        statements = 0;

        (void) sqlite3_auto_extension((void (*)(void)) trace_first);
        rc = loyalty_db_open(db);
        (void) sqlite3_cancel_auto_extension((void (*)(void)) trace_first);

        if (rc != LOYALTY_DB_DONE) {
            fail_msg("at statement %d: %s", overtaken_at,
                     loyalty_db_error(db));
        }

        loyalty_db_close(db);
        loyalty_db_close(other);

    } while (overtaken_at++ < statements);

    assert_true(statements > 5);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        open_test(connections_are_durable_and_strict),
        open_test(only_the_owner_can_read_a_new_database),
        open_test(nobody_else_can_read_a_database_that_is_being_made),
        open_test(the_mode_of_an_old_database_stays),
        open_test(a_failed_opening_says_why),
        open_test(opening_waits_only_so_long),
        open_test(many_processes_make_one_database),
        open_test(who_is_overtaken_while_opening_opens_all_the_same)
    };

    if (only_on_sqlite()) {
        return 0;
    }

    return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
