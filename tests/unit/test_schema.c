
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <loyalty_schema_sqlite.h>
#include <loyalty_statements.h>

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


/* What the engines say when the schema refuses something. */

typedef enum {
    CHECK = 0,
    REFERENCE,
    MEMBER_EMAIL,
    MEMBER_CODE,
    CLAIM_ORDER,
    COUPON,
    ANSWER_KEY,
    LEDGER_ID,
    NUMBER
} refusal_e;


static const struct {
    const char  *sqlite;
    const char  *postgresql;
} refusals[] = {
    [CHECK] = { "CHECK constraint failed", "violates check constraint" },
    [REFERENCE] = { "FOREIGN KEY constraint", "violates foreign key" },
    [MEMBER_EMAIL] = { "failed: member.email", "\"member_email_key\"" },
    [MEMBER_CODE] = { "failed: member.code", "\"member_code_key\"" },
    [CLAIM_ORDER] = { "failed: claim.store, claim.number",
                      "\"claim_pkey\"" },
    [COUPON] = { "failed: redemption.coupon", "\"redemption_coupon_key\"" },
    [ANSWER_KEY] = { "failed: answer.caller, answer.key",
                     "\"answer_caller_key_key\"" },
    [LEDGER_ID] = { "the ledger is append-only", "\"ledger_pkey\"" },
    [NUMBER] = { "cannot store TEXT value in INTEGER column",
                 "invalid input syntax for type bigint" }
};


static const char *
says(refusal_e refusal)
{
    return on_postgresql() ? refusals[refusal].postgresql
                           : refusals[refusal].sqlite;
}


/* Replaces rows that are there already; "key" is what they have in common. */

static void
replacement_refused(shop_t *shop, const char *insert, const char *key,
    const char *words)
{
    char  sql[512];

    if (on_postgresql()) {
        (void) snprintf(sql, sizeof(sql), "INSERT %s ON CONFLICT (%s) "
                        "DO UPDATE SET points = excluded.points", insert, key);
    } else {
        (void) snprintf(sql, sizeof(sql), "INSERT OR REPLACE %s", insert);
    }

    shop_sql_refused(shop, sql, words);
}


/*
 * Tries to add a row that is like the first one of a table but for some
 * changes, so that only these can be what is refused.
 */

static void
forgery_refused(shop_t *shop, const char *table, const char *changes,
    const char *words)
{
    char  sql[512];

    (void) snprintf(sql, sizeof(sql),
                    "CREATE TEMP TABLE forged AS SELECT * FROM %s "
                    "ORDER BY 1 LIMIT 1;"
                    "UPDATE forged SET %s;"
                    "INSERT INTO %s SELECT * FROM forged",
                    table, changes, table);

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
    shop_sql_refused(shop, "UPDATE ledger SET id = 1 WHERE id = 2",
                     "the ledger is append-only");

    if (!on_postgresql()) {
        shop_sql_refused(shop, "UPDATE OR REPLACE ledger SET id = 1 "
                         "WHERE id = 2", "the ledger is append-only");
        shop_sql_refused(shop, "UPDATE OR IGNORE ledger SET at = 0",
                         "the ledger is append-only");
    }
}


static void
the_ledger_is_not_deleted_from(void **state)
{
    shop_t  *shop = *state;

    shop_sql_refused(shop, "DELETE FROM ledger", "the ledger is append-only");
    shop_sql_refused(shop, "DELETE FROM ledger WHERE id = 1",
                     "the ledger is append-only");

    if (on_postgresql()) {
        shop_sql_refused(shop, "TRUNCATE ledger, spending, redemption",
                         "the ledger is append-only");
    }
}


static void
ledger_entries_are_not_replaced(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "ledger", "points = 1000", says(LEDGER_ID));

    replacement_refused(shop, "INTO ledger SELECT id, member, previous, kind, "
                        "reference, 1000, at FROM ledger WHERE id = 1", "id",
                        "the ledger is append-only");

    if (!on_postgresql()) {
        shop_sql_refused(shop, "INSERT OR IGNORE INTO ledger SELECT * "
                         "FROM ledger WHERE id = 1",
                         "the ledger is append-only");
    }
}


static void
a_ledger_entry_moves_points(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "ledger", "id = 99, points = 0, "
                    "previous = (SELECT last_entry FROM member WHERE id = 1)",
                    says(CHECK));
}


static void
a_ledger_entry_has_a_member(void **state)
{
    shop_t  *shop = *state;

    shop_sql_refused(shop, "DELETE FROM member",
                     "the ledger needs its members");

    if (on_postgresql()) {
        shop_sql_refused(shop, "TRUNCATE member, redemption",
                         "the ledger needs its members");
    }
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

    shop_sql_refused(shop, "UPDATE member SET points = 'many'", says(NUMBER));

    /* PostgreSQL would round them */

    if (!on_postgresql()) {
        forgery_refused(shop, "claim", "number = 'x', points = 1.5",
                        "cannot store REAL value in INTEGER column");
    }
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
                     "last_entry = 5 WHERE email = '" ADA "'", says(CHECK));
}


static void
nobody_has_more_than_was_ever_earned(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "member", "id = 9, code = 'm_x', "
                    "email = 'c@x', points = lifetime + 1", says(CHECK));
}


static void
an_e_mail_is_one_member(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "member", "id = 99, code = 'm_x'",
                    says(MEMBER_EMAIL));
}


static void
a_member_code_is_one_member(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "member", "id = 99, email = 'c@x'",
                    says(MEMBER_CODE));
}


static void
an_order_is_one_claim(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "claim", "member = 2",
                    says(CLAIM_ORDER));
}


static void
a_coupon_is_one_redemption(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "redemption", "id = 1",
                    says(COUPON));
}


static void
a_redemption_is_a_ledger_entry(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "redemption", "id = 99, coupon = 'X'",
                    says(REFERENCE));
}


static void
a_key_is_one_answer(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "answer", "id = 99, request = ''",
                    says(ANSWER_KEY));
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
    shop_sql_refused(shop, "INSERT INTO spending (lot, debit, points) "
                           "VALUES (4, 3, 1)", "points can be spent once");
    shop_sql_refused(shop, "INSERT INTO spending (lot, debit, points) "
                           "VALUES (3, 3, 0)", says(CHECK));
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

    replacement_refused(shop, "INTO spending (lot, debit, points) "
                        "SELECT lot, debit, 1 FROM spending WHERE lot = 3",
                        "debit, lot", on_postgresql()
                        ? "spending is append-only"
                        : "points can be spent once");
    replacement_refused(shop, "INTO spending (lot, debit, points) "
                        "VALUES (1, 4, 100)", "debit, lot", on_postgresql()
                        ? "spending is append-only"
                        : "points can be spent once");
}


static void
a_new_database_has_the_version(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_NOT_A_MEMBER);

    assert_int_equal(shop_version(shop), loyalty_sqlite_version);
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
    shop_set_version(shop, 9999);

    expect_refusal(shop, "a newer module wrote it");
    expect_refusal(shop, "version 9999 of the schema");

    shop_expect(shop, shop_balance(shop, BOB), LOYALTY_DATABASE_UNAVAILABLE);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 1);
}


static void
a_newer_database_works_again_with_its_version(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, BOB, 10);
    shop_set_version(shop, 9999);
    expect_refusal(shop, "newer");

    shop_set_version(shop, loyalty_sqlite_version);

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
}


/* Each is refused for another reason, and has an e-mail in the row. */

static const loyalty_db_statement_t  forgeries[] = {
    { "INSERT INTO member (email, code, source, locale, joined_at) "
      "VALUES ($1, 'm_x', '', '', 0)", 0 },
    { "INSERT INTO member (email, code, source, locale, points, joined_at) "
      "VALUES ('x' || $1, 'm_x', $1, $1, -1, 0)", 0 },
    { "INSERT INTO member (email, code, source, locale, joined_at) "
      "VALUES ('x' || $1, NULL, $1, $1, 0)", 0 },
    { "INSERT INTO redemption (id, member, reward, cost, coupon, expires_at, "
      "redeemed_at) VALUES (99, 99, $1, 1, $1, 0, 0)", 0 },
    { "INSERT INTO answer (caller, key, request, status, result, body, at) "
      "SELECT caller, key, $1, 200, $1, $1, 0 FROM answer", 0 },
    { "UPDATE member SET points = points + 1 WHERE email = $1", 0 },
    { "DELETE FROM member WHERE email = $1", 0 }
};


/* The same e-mail for all parameters; whether that was refused. */

static int
refused_without_values(loyalty_db_t *db, const loyalty_db_statement_t *what,
    unsigned i)
{
    int                 refused;
    char                name[8];
    unsigned            n;
    loyalty_db_value_t  values[12];

    for (n = 0; n < elements_of(values); n++) {
        values[n] = (loyalty_db_value_t) loyalty_db_text(text(ADA));
        (void) snprintf(name, sizeof(name), "$%u", n + 1);

        if (strstr(what[i].sql, name) == NULL) {
            break;
        }
    }

    if (loyalty_db_open(db) != LOYALTY_DB_DONE
        || loyalty_db_begin(db, LOYALTY_DB_WRITE) != LOYALTY_DB_DONE)
    {
        fail_msg("%s", loyalty_db_error(db));
    }

    refused = (loyalty_db_query(db, i, values, n) > LOYALTY_DB_ROW
               || loyalty_db_commit(db) != LOYALTY_DB_DONE);

    loyalty_db_rollback(db);

    if (refused) {
        assert_string_not_equal(loyalty_db_error(db), "");
        assert_null(strchr(loyalty_db_error(db), '@'));
    }

    return refused;
}


static void
what_is_refused_is_not_shown(void **state)
{
    unsigned       i;
    shop_t        *shop = *state;
    loyalty_db_t  *db;

    db = shop_database(shop, 20000, forgeries, elements_of(forgeries));

    for (i = 0; i < elements_of(forgeries); i++) {

        if (!refused_without_values(db, forgeries, i)) {
            fail_msg("done: %s", forgeries[i].sql);
        }
    }

    loyalty_db_destroy(db);
}


/* An e-mail where an integer should be, too. */

static void
no_statement_of_the_engine_shows_values_when_refused(void **state)
{
    int            refused;
    unsigned       i;
    shop_t        *shop = *state;
    loyalty_db_t  *db;

    shop->damaged = 1;

    db = shop_database(shop, 20000, loyalty_statements, LOYALTY_STATEMENTS);
    refused = 0;

    for (i = 0; i < LOYALTY_STATEMENTS; i++) {
        refused += refused_without_values(db, loyalty_statements, i);
    }

    loyalty_db_destroy(db);

    assert_true(refused >= 5);
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
        data_test(what_is_refused_is_not_shown),
        data_test(no_statement_of_the_engine_shows_values_when_refused),
        shop_test(a_new_database_has_the_version),
        shop_test(a_newer_database_is_refused),
        shop_test(a_newer_database_works_again_with_its_version)
    };

    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
