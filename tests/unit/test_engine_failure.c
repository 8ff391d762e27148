
/*
 * Copyright (C) ngx_loyalty contributors
 */


#define _GNU_SOURCE                              /* syscall() */

#include <engine_fixture.h>

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>


#define SOON  50                                 /* ms to wait for a lock */


/* They take the place of the system's, for SQLite, too. */

static int  flushes;
static int  broken;


int
fdatasync(int fd)
{
    flushes++;

    if (broken) {
        errno = EIO;
        return -1;
    }

    return (int) syscall(SYS_fdatasync, fd);
}


int
fsync(int fd)
{
    return fdatasync(fd);
}


static int
start(void **state)
{
    broken = 0;

    return shop_open(state);
}


static int
end(void **state)
{
    broken = 0;

    return shop_close(state);
}


#define disk_test(name)  cmocka_unit_test_setup_teardown(name, start, end)


static void
impatient(shop_t *shop)
{
    shop->conf.timeout = SOON;
    shop_reload(shop);
}


static void
expect_error(shop_t *shop, const char *words)
{
    if (strstr(loyalty_engine_error(shop->engine), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"",
                 loyalty_engine_error(shop->engine), words);
    }
}


static void
a_full_disk_fails_all_commands(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *c[5];

    shop_member(shop, ADA, 1000);

    c[0] = shop_signup(shop, BOB);
    c[1] = shop_claim(shop, ADA, "1001", 6099);
    c[2] = shop_redeem(shop, ADA, "hanky");
    c[3] = shop_balance(shop, ADA);
    c[4] = shop_admission(shop, ADA, "1002");

    disk_limit(shop_file_size(shop, "-wal"));
    shop_run(shop);
    disk_unlimited();

    for (i = 0; i < elements_of(c); i++) {
        shop_expect(shop, c[i], LOYALTY_DATABASE_UNAVAILABLE);

        assert_int_equal(c[i]->status, 503);
        assert_int_equal(c[i]->result.points, 0);
        assert_string_equal(c[i]->result.coupon, "");
        assert_true(answer_says(c[i], "\"code\":\"database_unavailable\""));
    }

    expect_error(shop, "SQLite");
}


static void
a_full_disk_leaves_nothing_half_done(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 1000);
    disk_limit(shop_file_size(shop, "-wal"));

    c = with_key(shop_redeem(shop, ADA, "hanky"), "chatbot", "k");
    shop_expect(shop, c, LOYALTY_DATABASE_UNAVAILABLE);

    disk_unlimited();

    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 1000);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"), 0);

    c = with_key(shop_redeem(shop, ADA, "hanky"), "chatbot", "k");
    shop_expect(shop, c, LOYALTY_REDEEMED);
    assert_false(c->replayed);
}


static void
it_works_again_when_there_is_room(void **state)
{
    int       round;
    shop_t   *shop = *state;
    sqlite3  *other;

    shop_use_lock(shop);
    shop_member(shop, ADA, 0);

    /* while somebody else is there, closing does not remove the log */

    other = shop_connect(shop);
    assert_int_equal(sqlite3_exec(other, "SELECT * FROM member", NULL, NULL,
                                  NULL), SQLITE_OK);

    for (round = 0; round < 3; round++) {
        disk_limit(shop_file_size(shop, "-wal"));
        shop_expect(shop, shop_claim(shop, ADA, "1001", 6099),
                    LOYALTY_DATABASE_UNAVAILABLE);
        disk_unlimited();
    }

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);
    assert_string_equal(loyalty_engine_error(shop->engine), "");

    (void) sqlite3_close(other);
}


/* With little memory, pages are written before the commit. */

static void
a_disk_that_fills_up_in_the_middle_fails_all_commands(void **state)
{
    int                 i;
    char                emails[64][32];
    shop_t             *shop = *state;
    loyalty_command_t  *c[64];

    shop->conf.cache = 4096;
    shop_reload(shop);
    shop_member(shop, ADA, 0);

    disk_limit(shop_file_size(shop, "-wal") + 3 * 4096);

    for (i = 0; i < 64; i++) {
        (void) snprintf(emails[i], sizeof(emails[i]),
                        "%d-%d@example.com", i * 7919 % 64, i);
        c[i] = shop_signup(shop, emails[i]);
        c[i]->source = text("a source that needs so many bytes that the "
                            "pages get full soon");
    }

    for (i = 0; i < 64; i++) {
        shop_expect(shop, c[i], LOYALTY_DATABASE_UNAVAILABLE);
    }

    disk_unlimited();

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 1);
    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);
}


static void
a_full_disk_can_still_be_read(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    disk_limit(0);

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
}


static void
a_new_database_waits_for_room(void **state)
{
    shop_t  *shop = *state;

    disk_limit(0);
    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_DATABASE_UNAVAILABLE);
    assert_string_not_equal(loyalty_engine_error(shop->engine), "");

    disk_unlimited();
    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
}


static void
a_new_database_waits_for_its_folder(void **state)
{
    char     folder[sizeof(((shop_t *) NULL)->path)];
    char     path[sizeof(folder) + 8];
    char     uri[sizeof(path) + 8];
    shop_t  *shop = *state;

    (void) snprintf(folder, sizeof(folder), "%s/f", shop->folder);
    (void) snprintf(path, sizeof(path), "%s/s.db", folder);
    (void) snprintf(uri, sizeof(uri), "sqlite:%s", path);

    shop->conf.uri = uri;
    shop_reload(shop);

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_DATABASE_UNAVAILABLE);
    expect_error(shop, "No such file");

    assert_int_equal(mkdir(folder, 0700), 0);
    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    /* closes, which leaves the database file only */

    shop->conf.uri = shop->uri;
    shop_reload(shop);

    assert_int_equal(unlink(path), 0);
}


static int
hold_lock(void *data, int number)
{
    shop_t  *shop = data;

    (void) number;

    if (loyalty_lock_acquire(shop->conf.lock, 1000) != LOYALTY_OK) {
        return 1;
    }

    processes_wait(&shop->processes);
    loyalty_lock_release(shop->conf.lock);

    return 0;
}


static void
start_lock_holder(shop_t *shop)
{
    shop_use_lock(shop);
    impatient(shop);
    shop_member(shop, ADA, 0);

    (void) processes_start(&shop->processes, hold_lock, shop);
    processes_await_sleep(&shop->processes, 0);
}


static void
writers_wait_for_the_lock_only_so_long(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *claim, *balance;

    start_lock_holder(shop);

    claim = shop_claim(shop, ADA, "1001", 6099);
    balance = shop_balance(shop, ADA);

    shop_expect(shop, claim, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, balance, LOYALTY_DATABASE_UNAVAILABLE);
    expect_error(shop, "another worker keeps the database locked");

    processes_join(&shop->processes);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);
}


static void
readers_need_no_lock(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *balance, *admission, *fault;

    start_lock_holder(shop);

    balance = shop_balance(shop, ADA);
    admission = shop_admission(shop, ADA, "1001");
    fault = shop_claim_fault(shop, ADA, "1001", LOYALTY_ORDER_NOT_FOUND);

    shop_expect(shop, balance, LOYALTY_BALANCE);
    shop_expect(shop, fault, LOYALTY_ORDER_NOT_FOUND);
    assert_false(admission->decided);

    processes_join(&shop->processes);
}


static void
a_commit_lost_to_a_full_disk_does_not_come_back(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 0);

    disk_limit(shop_file_size(shop, "-wal") + 4096);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 50000),
                LOYALTY_DATABASE_UNAVAILABLE);
    disk_unlimited();

    shop_reload(shop);
    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);

    assert_int_equal(c->result.points, 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
}


static void
a_batch_is_flushed_once(void **state)
{
    int      i;
    char     orders[16][16];
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    for (i = 0; i < 16; i++) {
        (void) snprintf(orders[i], sizeof(orders[i]), "%d", i);
        (void) shop_claim(shop, ADA, orders[i], 6099);
    }

    flushes = 0;
    shop_run(shop);

    assert_int_equal(flushes, 1);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 16);
}


static void
reading_flushes_nothing(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *balance, *admission, *fault;

    shop_member(shop, ADA, 0);

    balance = shop_balance(shop, ADA);
    admission = shop_admission(shop, ADA, "1001");
    fault = shop_claim_fault(shop, ADA, "1001", LOYALTY_ORDER_NOT_FOUND);

    flushes = 0;
    shop_expect(shop, balance, LOYALTY_BALANCE);
    shop_expect(shop, fault, LOYALTY_ORDER_NOT_FOUND);

    assert_false(admission->decided);
    assert_int_equal(flushes, 0);
}


static void
what_could_not_be_flushed_is_not_answered_with_success(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *claim, *redeem;

    shop_member(shop, ADA, 1000);

    claim = shop_claim(shop, ADA, "1001", 6099);
    redeem = shop_redeem(shop, ADA, "hanky");

    broken = 1;
    shop_expect(shop, claim, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, redeem, LOYALTY_DATABASE_UNAVAILABLE);
    assert_string_equal(redeem->result.coupon, "");
    expect_error(shop, "disk I/O error");
}


/* The log may have all of it, and must not be asked. */

static void
what_could_not_be_flushed_does_not_come_back(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 1000);

    broken = 1;
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_DATABASE_UNAVAILABLE);
    broken = 0;

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_int_equal(c->result.points, 1000);

    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);
    shop_reload(shop);

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_int_equal(c->result.points, 1000);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        disk_test(a_full_disk_fails_all_commands),
        disk_test(a_full_disk_leaves_nothing_half_done),
        disk_test(it_works_again_when_there_is_room),
        disk_test(a_disk_that_fills_up_in_the_middle_fails_all_commands),
        disk_test(a_full_disk_can_still_be_read),
        disk_test(a_new_database_waits_for_room),
        disk_test(a_new_database_waits_for_its_folder),
        disk_test(writers_wait_for_the_lock_only_so_long),
        disk_test(readers_need_no_lock),
        disk_test(a_commit_lost_to_a_full_disk_does_not_come_back),
        disk_test(a_batch_is_flushed_once),
        disk_test(reading_flushes_nothing),
        disk_test(what_could_not_be_flushed_is_not_answered_with_success),
        disk_test(what_could_not_be_flushed_does_not_come_back)
    };

    if (only_on_sqlite()) {
        return 0;
    }

    return cmocka_run_group_tests_name("failures", tests, NULL, NULL);
}
