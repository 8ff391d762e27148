
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <loyalty_schema_sqlite.h>

#include <stdio.h>


/* Ada has earned twice and spent once, Bob has signed up only. */

static int
with_data(void **state)
{
    shop_t             *shop;
    loyalty_command_t  *redeem;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop_member(shop, ADA, 150);
    shop_member(shop, BOB, 10);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 10000), LOYALTY_CLAIMED);

    redeem = with_key(shop_redeem(shop, ADA, "hanky"), "chatbot", "k");
    shop_expect(shop, redeem, LOYALTY_REDEEMED);

    return 0;
}


/*
 * Tries to add a row that is like the first one of a table but for some
 * changes, so that only these can be what is refused.
 */

static void
forgery_refused(shop_t *shop, const char *verb, const char *table,
    const char *changes, const char *words)
{
    char  sql[512];

    (void) snprintf(sql, sizeof(sql),
                    "CREATE TEMP TABLE forged AS SELECT * FROM %s LIMIT 1;"
                    "UPDATE forged SET %s;"
                    "%s INTO %s SELECT * FROM forged",
                    table, changes, verb, table);

    shop_sql_refused(shop, sql, words);
}


static void
move_refused(shop_t *shop, const char *move)
{
    char  sql[256];

    (void) snprintf(sql, sizeof(sql), "UPDATE member SET %s "
                    "WHERE email = '" ADA "'", move);

    shop_sql_refused(shop, sql, "points move by the ledger");
}


#define data_test(name)                                                       \
    cmocka_unit_test_setup_teardown(name, with_data, shop_close)


static void
the_ledger_is_not_updated(void **state)
{
    shop_t  *shop = *state;

    shop_sql_refused(shop, "UPDATE ledger SET points = points + 1",
                     "the ledger is append-only");
    shop_sql_refused(shop, "UPDATE OR REPLACE ledger SET id = 1 WHERE id = 2",
                     "the ledger is append-only");
    shop_sql_refused(shop, "UPDATE OR IGNORE ledger SET at = 0",
                     "the ledger is append-only");
}


static void
the_ledger_is_not_deleted_from(void **state)
{
    shop_t  *shop = *state;

    shop_sql_refused(shop, "DELETE FROM ledger", "the ledger is append-only");
    shop_sql_refused(shop, "DELETE FROM ledger WHERE id = 1",
                     "the ledger is append-only");
}


static void
ledger_entries_are_not_replaced(void **state)
{
    size_t   i;
    shop_t  *shop = *state;

    static const char *const  verbs[] = {
        "INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"
    };

    for (i = 0; i < elements_of(verbs); i++) {
        forgery_refused(shop, verbs[i], "ledger", "points = 1000",
                        "the ledger is append-only");
    }
}


static void
a_ledger_entry_moves_points(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "ledger", "id = NULL, points = 0, "
                    "previous = (SELECT last_entry FROM member WHERE id = 1)",
                    "CHECK");
}


static void
a_ledger_entry_has_a_member(void **state)
{
    shop_t  *shop = *state;

    shop_sql_refused(shop, "DELETE FROM member",
                     "the ledger needs its members");
}


/* Ada's entries are 1, 3 and 4, Bob's is 2. */

static void
a_balance_moves_by_a_new_entry_of_the_member(void **state)
{
    size_t   i;
    shop_t  *shop = *state;

    static const char *const  moves[] = {
        "points = points + 1, lifetime = lifetime + 1",
        "points = points - 1",
        "lifetime = lifetime + 1",
        "last_entry = 3",
        "points = points + 100, lifetime = lifetime + 100, last_entry = 3",
        "points = points + 10, lifetime = lifetime + 10, last_entry = 2",
        "points = points + 150, lifetime = lifetime + 150, last_entry = 1",
        "points = points + 1, lifetime = lifetime + 1, last_entry = 99"
    };

    for (i = 0; i < elements_of(moves); i++) {
        move_refused(shop, moves[i]);
    }
}


static void
an_entry_moves_the_points_it_says_once(void **state)
{
    size_t   i;
    shop_t  *shop = *state;

    static const char *const  moves[] = {
        "points = points + 6, lifetime = lifetime + 6, last_entry = 5",
        "points = points + 5, last_entry = 5",
        "points = points + 5, lifetime = lifetime + 6, last_entry = 5",
        "points = points + 5, lifetime = lifetime + 5"
    };

    shop->damaged = 1;

    (void) shop_sql(shop, "INSERT INTO ledger VALUES "
                    "(5, (SELECT id FROM member WHERE email = '" ADA "'), "
                    "4, 'claim', 'x', 5, 0)");

    for (i = 0; i < elements_of(moves); i++) {
        move_refused(shop, moves[i]);
    }

    (void) shop_sql(shop, "UPDATE member SET points = points + 5, "
                    "lifetime = lifetime + 5, last_entry = 5 "
                    "WHERE email = '" ADA "'");

    move_refused(shop, "points = points + 5, lifetime = lifetime + 5, "
                 "last_entry = 5");
}


static void
points_are_integers(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "claim", "number = 'x', points = 1.5",
                    "cannot store REAL value in INTEGER column");
    shop_sql_refused(shop, "UPDATE member SET points = 'many'",
                     "cannot store TEXT value in INTEGER column");
}


static void
balances_are_never_negative(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    (void) shop_sql(shop, "INSERT INTO ledger VALUES "
                    "(5, (SELECT id FROM member WHERE email = '" ADA "'), "
                    "4, 'redemption', 'x', -51, 0)");

    shop_sql_refused(shop, "UPDATE member SET points = points - 51, "
                     "last_entry = 5 WHERE email = '" ADA "'", "CHECK");
}


static void
nobody_has_more_than_was_ever_earned(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "member", "id = 9, code = 'm_x', "
                    "email = 'c@x', points = lifetime + 1", "CHECK");
}


static void
an_e_mail_is_one_member(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "member", "id = NULL, code = 'm_x'",
                    "UNIQUE constraint failed: member.email");
}


static void
a_member_code_is_one_member(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "member", "id = NULL, email = 'c@x'",
                    "UNIQUE constraint failed: member.code");
}


static void
an_order_is_one_claim(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "claim", "member = 2",
                    "UNIQUE constraint failed: claim.store, claim.number");
}


static void
a_coupon_is_one_redemption(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "redemption", "id = 1",
                    "UNIQUE constraint failed: redemption.coupon");
}


static void
a_redemption_is_a_ledger_entry(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "redemption", "id = 99, coupon = 'X'",
                    "FOREIGN KEY");
}


static void
a_key_is_one_answer(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "INSERT", "answer", "id = NULL, request = ''",
                    "UNIQUE constraint failed: answer.caller, answer.key");
}


/* Of the first lot everything was spent, of the second one half: 50. */

static void
points_are_spent_once(void **state)
{
    shop_t  *shop = *state;

    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM spending "
                                    "WHERE lot = 1"), 150);

    shop_sql_refused(shop, "INSERT INTO spending (lot, debit, points) "
                           "VALUES (1, 3, 1)", "points can be spent once");
    shop_sql_refused(shop, "INSERT INTO spending (lot, debit, points) "
                           "VALUES (3, 3, 51)", "points can be spent once");
    shop_sql_refused(shop, "INSERT OR REPLACE INTO spending (lot, debit, "
                           "points) VALUES (1, 4, 100)",
                     "points can be spent once");
    shop_sql_refused(shop, "INSERT INTO spending (lot, debit, points) "
                           "VALUES (4, 3, 1)", "points can be spent once");
    shop_sql_refused(shop, "INSERT INTO spending (lot, debit, points) "
                           "VALUES (3, 3, 0)", "CHECK");
}


static void
spendings_are_kept(void **state)
{
    shop_t  *shop = *state;

    shop_sql_refused(shop, "UPDATE spending SET points = 1",
                     "spending is append-only");
    shop_sql_refused(shop, "DELETE FROM spending", "spending is append-only");
}


static void
spendings_are_not_replaced(void **state)
{
    shop_t  *shop = *state;

    shop_sql_refused(shop, "INSERT OR REPLACE INTO spending (lot, debit, "
                           "points) SELECT lot, debit, 1 FROM spending "
                           "WHERE lot = 3", "");
}


static void
a_new_database_has_the_version_and_our_mark(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_NOT_A_MEMBER);

    assert_int_equal(shop_sql(shop, "PRAGMA user_version"),
                     loyalty_sqlite_version);
    assert_int_equal(shop_sql(shop, "PRAGMA application_id"),
                     LOYALTY_SQLITE_APPLICATION_ID);
}


static void
an_empty_file_becomes_a_database(void **state)
{
    FILE    *file;
    shop_t  *shop = *state;

    file = fopen(shop->path, "w");
    assert_non_null(file);
    (void) fclose(file);

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
}


static void
expect_refusal(shop_t *shop, const char *words)
{
    shop_reload(shop);
    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_DATABASE_UNAVAILABLE);

    if (strstr(loyalty_engine_error(shop->engine), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"",
                 loyalty_engine_error(shop->engine), words);
    }
}


static void
a_newer_database_is_refused(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, BOB, 10);
    (void) shop_sql(shop, "PRAGMA user_version = 9999");

    expect_refusal(shop, "a newer module wrote it");
    expect_refusal(shop, "version 9999 of the schema");

    shop_expect(shop, shop_balance(shop, BOB), LOYALTY_DATABASE_UNAVAILABLE);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 1);
}


static void
a_newer_database_works_again_with_its_version(void **state)
{
    char     sql[64];
    shop_t  *shop = *state;

    shop_member(shop, BOB, 10);
    (void) shop_sql(shop, "PRAGMA user_version = 9999");
    expect_refusal(shop, "newer");

    (void) snprintf(sql, sizeof(sql), "PRAGMA user_version = %d",
                    loyalty_sqlite_version);
    (void) shop_sql(shop, sql);

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
}


/* The database of another program, with so high a version of its own. */

static void
make_foreign(shop_t *shop, int version)
{
    char      sql[128];
    sqlite3  *sqlite;

    shop->damaged = 1;

    (void) snprintf(sql, sizeof(sql), "CREATE TABLE bookmark (url TEXT);"
                    "INSERT INTO bookmark VALUES ('https://example.com/');"
                    "PRAGMA user_version = %d", version);

    assert_int_equal(sqlite3_open(shop->path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
    (void) sqlite3_close(sqlite);
}


static size_t
contents(shop_t *shop, char *buffer, size_t size)
{
    FILE    *file;
    size_t   n;

    file = fopen(shop->path, "r");
    assert_non_null(file);
    n = fread(buffer, 1, size, file);
    (void) fclose(file);

    return n;
}


static void
a_foreign_database_is_refused(void **state)
{
    shop_t  *shop = *state;

    make_foreign(shop, 0);
    expect_refusal(shop, "a database of some other program");
}


static void
a_foreign_database_with_our_version_is_refused(void **state)
{
    shop_t  *shop = *state;

    make_foreign(shop, loyalty_sqlite_version);
    expect_refusal(shop, "a database of some other program");
}


static void
a_foreign_database_with_a_high_version_is_not_called_newer(void **state)
{
    shop_t  *shop = *state;

    make_foreign(shop, 42);
    expect_refusal(shop, "a database of some other program");
}


static void
a_foreign_database_is_left_as_it_is(void **state)
{
    char     before[16384], after[16384];
    size_t   n;
    shop_t  *shop = *state;

    make_foreign(shop, 0);

    n = contents(shop, before, sizeof(before));
    expect_refusal(shop, "");
    shop_reload(shop);

    assert_int_equal(contents(shop, after, sizeof(after)), n);
    assert_memory_equal(before, after, n);
}


static void
a_file_that_is_no_database_is_refused(void **state)
{
    char     buffer[16384];
    FILE    *file;
    shop_t  *shop = *state;

    shop->damaged = 1;

    file = fopen(shop->path, "w");
    assert_non_null(file);
    (void) fputs("# my notes\nthis is a text of more than one line\n", file);
    (void) fclose(file);

    expect_refusal(shop, "file is not a database");

    assert_int_equal(contents(shop, buffer, sizeof(buffer)), 48);
    assert_memory_equal(buffer, "# my notes\n", 11);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        data_test(the_ledger_is_not_updated),
        data_test(the_ledger_is_not_deleted_from),
        data_test(ledger_entries_are_not_replaced),
        data_test(a_ledger_entry_moves_points),
        data_test(a_ledger_entry_has_a_member),
        data_test(a_balance_moves_by_a_new_entry_of_the_member),
        data_test(an_entry_moves_the_points_it_says_once),
        data_test(points_are_integers),
        data_test(balances_are_never_negative),
        data_test(nobody_has_more_than_was_ever_earned),
        data_test(an_e_mail_is_one_member),
        data_test(a_member_code_is_one_member),
        data_test(an_order_is_one_claim),
        data_test(a_coupon_is_one_redemption),
        data_test(a_redemption_is_a_ledger_entry),
        data_test(a_key_is_one_answer),
        data_test(points_are_spent_once),
        data_test(spendings_are_kept),
        data_test(spendings_are_not_replaced),
        shop_test(a_new_database_has_the_version_and_our_mark),
        shop_test(an_empty_file_becomes_a_database),
        shop_test(a_newer_database_is_refused),
        shop_test(a_newer_database_works_again_with_its_version),
        shop_test(a_foreign_database_is_refused),
        shop_test(a_foreign_database_with_our_version_is_refused),
        shop_test(a_foreign_database_with_a_high_version_is_not_called_newer),
        shop_test(a_foreign_database_is_left_as_it_is),
        shop_test(a_file_that_is_no_database_is_refused)
    };

    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
