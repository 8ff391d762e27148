
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>


#define LOG_PAGES   16000                        /* from there on it is due */
#define LOG_HEADER  32


typedef struct {
    volatile int  writers;
    volatile int  commits;
    volatile int  stop;
} progress_t;


static progress_t        *progress;
static loyalty_engine_t  *keeper;                /* the one who checkpoints */


static int
start(void **state)
{
    shop_t  *shop;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;
    shop_use_lock(shop);

    keeper = loyalty_engine_create(&shop->conf);
    progress = shared_memory(sizeof(progress_t));

    return (keeper == NULL);
}


static int
end(void **state)
{
    int  rc;

    loyalty_engine_destroy(keeper);
    rc = shop_close(state);
    release_shared_memory(progress, sizeof(progress_t));

    return rc;
}


#define log_test(name)  cmocka_unit_test_setup_teardown(name, start, end)


/* The salt that SQLite counts up whenever it starts the log anew. */

static uint32_t
log_generation(shop_t *shop)
{
    int            fd;
    char           path[sizeof(shop->path) + 8];
    unsigned char  header[LOG_HEADER];

    (void) snprintf(path, sizeof(path), "%s-wal", shop->path);

    fd = open(path, O_RDONLY);
    assert_int_not_equal(fd, -1);
    assert_int_equal(read(fd, header, LOG_HEADER), LOG_HEADER);
    (void) close(fd);

    return (uint32_t) header[16] << 24 | (uint32_t) header[17] << 16
           | (uint32_t) header[18] << 8 | header[19];
}


static void
commit(shop_t *shop, int n)
{
    static int  last;

    char        email[32];

    while (n-- > 0) {
        (void) snprintf(email, sizeof(email), "%d@example.com", ++last);
        shop_expect(shop, shop_signup(shop, email), LOYALTY_SIGNED_UP);
    }
}


/* So many pages in the log, all at once. */

static void
fill_log(shop_t *shop, int pages)
{
    char  sql[128];

    (void) snprintf(sql, sizeof(sql), "CREATE TABLE IF NOT EXISTS ballast "
                    "(bytes BLOB)");
    (void) shop_sql(shop, sql);

    (void) snprintf(sql, sizeof(sql), "INSERT INTO ballast VALUES "
                    "(zeroblob(%d))", pages * 4096);
    (void) shop_sql(shop, sql);
}


static void
expect_checkpoint(void)
{
    if (loyalty_engine_checkpoint(keeper) != LOYALTY_OK) {
        fail_msg("%s", loyalty_engine_error(keeper));
    }

    assert_string_equal(loyalty_engine_error(keeper), "");
}


static void
the_log_starts_anew(void **state)
{
    int64_t    size;
    uint32_t   generation;
    shop_t    *shop = *state;

    commit(shop, 60);

    size = shop_file_size(shop, "-wal");
    generation = log_generation(shop);
    assert_true(size > 60 * 4096);

    expect_checkpoint();
    commit(shop, 1);

    assert_int_equal(log_generation(shop), (uint32_t) (generation + 1));

    commit(shop, 40);

    assert_int_equal(shop_file_size(shop, "-wal"), size);
    assert_int_equal(log_generation(shop), (uint32_t) (generation + 1));
}


static void
without_a_checkpoint_the_log_grows(void **state)
{
    int64_t    size;
    uint32_t   generation;
    shop_t    *shop = *state;

    commit(shop, 60);

    size = shop_file_size(shop, "-wal");
    generation = log_generation(shop);

    commit(shop, 40);

    assert_true(shop_file_size(shop, "-wal") > size);
    assert_int_equal(log_generation(shop), generation);
}


static void
a_checkpoint_writes_into_the_database(void **state)
{
    int64_t  size;
    shop_t  *shop = *state;

    commit(shop, 1);
    size = shop_file_size(shop, "");
    fill_log(shop, 50);
    assert_int_equal(shop_file_size(shop, ""), size);

    expect_checkpoint();

    assert_true(shop_file_size(shop, "") >= size + 50 * 4096);
}


static void
a_small_log_is_not_due(void **state)
{
    shop_t  *shop = *state;

    assert_false(loyalty_engine_checkpoint_due(shop->engine));
    commit(shop, 20);
    assert_false(loyalty_engine_checkpoint_due(shop->engine));
}


static void
a_large_log_is_due_once(void **state)
{
    shop_t  *shop = *state;

    commit(shop, 1);
    fill_log(shop, LOG_PAGES);

    commit(shop, 1);
    assert_true(loyalty_engine_checkpoint_due(shop->engine));
    assert_false(loyalty_engine_checkpoint_due(shop->engine));

    commit(shop, 1);
    assert_false(loyalty_engine_checkpoint_due(shop->engine));
}


static void
a_log_that_goes_on_growing_is_due_again(void **state)
{
    shop_t  *shop = *state;

    commit(shop, 1);
    fill_log(shop, LOG_PAGES);
    commit(shop, 1);
    assert_true(loyalty_engine_checkpoint_due(shop->engine));

    fill_log(shop, LOG_PAGES / 4);
    commit(shop, 1);
    assert_true(loyalty_engine_checkpoint_due(shop->engine));
}


static void
a_log_that_was_started_anew_is_due_when_large_again(void **state)
{
    shop_t  *shop = *state;

    commit(shop, 1);
    fill_log(shop, LOG_PAGES);
    commit(shop, 1);
    assert_true(loyalty_engine_checkpoint_due(shop->engine));

    expect_checkpoint();
    commit(shop, 1);
    assert_false(loyalty_engine_checkpoint_due(shop->engine));

    fill_log(shop, LOG_PAGES);
    commit(shop, 1);
    assert_true(loyalty_engine_checkpoint_due(shop->engine));
}


/* In a process: commits until the test has seen enough. */

static int
commit_all_the_time(void *data, int number)
{
    int                 i;
    char                email[32];
    shop_t             *shop = data;
    loyalty_command_t  *c;

    for (i = 0; !progress->stop; i++) {
        (void) snprintf(email, sizeof(email), "%d-%d@example.org", number, i);
        c = shop_signup(shop, email);
        shop_run(shop);

        if (c->result.outcome != LOYALTY_SIGNED_UP) {
            return 1;
        }

        (void) __atomic_add_fetch(&progress->commits, 1, __ATOMIC_SEQ_CST);

        if (i == 0) {
            (void) __atomic_add_fetch(&progress->writers, 1,
                                      __ATOMIC_SEQ_CST);
        }
    }

    return 0;
}


static void
the_log_starts_anew_while_others_write(void **state)
{
    int        round;
    shop_t    *shop = *state;
    uint32_t   generation;

    commit(shop, 1);

    generation = log_generation(shop);

    loyalty_engine_destroy(keeper);
    shop_reload(shop);

    processes_start_many(&shop->processes, 2, commit_all_the_time, shop);
    await_at_least(&progress->writers, 2);

    keeper = loyalty_engine_create(&shop->conf);
    assert_non_null(keeper);

    for (round = 0; round < 20; round++) {
        expect_checkpoint();
        await_at_least(&progress->commits, progress->commits + 5);

        if (log_generation(shop) == generation) {
            fail_msg("not in round %d", round);
        }

        generation = log_generation(shop);
    }

    progress->stop = 1;
    processes_join(&shop->processes);
}


static void
a_checkpoint_needs_no_lock(void **state)
{
    uint32_t         generation;
    shop_t          *shop = *state;
    loyalty_lock_t  *lock;

    lock = shop->conf.lock;

    shop->conf.lock = NULL;
    shop_reload(shop);
    loyalty_engine_destroy(keeper);
    keeper = loyalty_engine_create(&shop->conf);
    shop->conf.lock = lock;

    commit(shop, 10);
    generation = log_generation(shop);
    expect_checkpoint();
    commit(shop, 1);

    assert_int_equal(log_generation(shop), (uint32_t) (generation + 1));
}


static void
a_reader_only_delays_the_new_start(void **state)
{
    uint32_t   generation;
    shop_t    *shop = *state;
    sqlite3   *sqlite;

    commit(shop, 10);
    generation = log_generation(shop);

    sqlite = shop_connect(shop);
    assert_int_equal(sqlite3_exec(sqlite, "BEGIN; SELECT * FROM member",
                                  NULL, NULL, NULL), SQLITE_OK);
    commit(shop, 10);

    expect_checkpoint();
    commit(shop, 1);
    assert_int_equal(log_generation(shop), generation);

    (void) sqlite3_close(sqlite);

    expect_checkpoint();
    commit(shop, 1);
    assert_int_equal(log_generation(shop), (uint32_t) (generation + 1));
}


static void
a_checkpoint_of_a_new_database_makes_it(void **state)
{
    shop_t  *shop = *state;

    expect_checkpoint();

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 0);
}


static void
a_failed_checkpoint_says_why(void **state)
{
    shop_t            *shop = *state;
    loyalty_engine_t  *lost;

    shop->conf.uri = "sqlite:/nowhere/shop.db";
    lost = loyalty_engine_create(&shop->conf);
    shop->conf.uri = shop->uri;

    assert_non_null(lost);
    assert_int_equal(loyalty_engine_checkpoint(lost), LOYALTY_ERROR);
    assert_non_null(strstr(loyalty_engine_error(lost), "No such file"));

    loyalty_engine_destroy(lost);
}


static void
a_checkpoint_on_a_full_disk_loses_nothing(void **state)
{
    int64_t  size;
    shop_t  *shop = *state;

    commit(shop, 1);
    size = shop_file_size(shop, "");
    fill_log(shop, 50);

    disk_limit(size + 4096);
    assert_int_equal(loyalty_engine_checkpoint(keeper), LOYALTY_ERROR);
    assert_string_not_equal(loyalty_engine_error(keeper), "");
    disk_unlimited();

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 1);
    expect_checkpoint();
    assert_true(shop_file_size(shop, "") > size);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        log_test(the_log_starts_anew),
        log_test(without_a_checkpoint_the_log_grows),
        log_test(a_checkpoint_writes_into_the_database),
        log_test(a_small_log_is_not_due),
        log_test(a_large_log_is_due_once),
        log_test(a_log_that_goes_on_growing_is_due_again),
        log_test(a_log_that_was_started_anew_is_due_when_large_again),
        log_test(the_log_starts_anew_while_others_write),
        log_test(a_checkpoint_needs_no_lock),
        log_test(a_reader_only_delays_the_new_start),
        log_test(a_checkpoint_of_a_new_database_makes_it),
        log_test(a_failed_checkpoint_says_why),
        log_test(a_checkpoint_on_a_full_disk_loses_nothing)
    };

    if (only_on_sqlite()) {
        return 0;
    }

    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
