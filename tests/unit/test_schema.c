
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <schema_fixture.h>
#include <loyalty_schema_sqlite.h>
#include <loyalty_statements.h>


static void
move_refused(shop_t *shop, const char *move)
{
    char  sql[256];

    (void) snprintf(sql, sizeof(sql), "UPDATE member SET %s "
                    "WHERE email = '" ADA "'", move);

    shop_sql_refused(shop, sql, "points move by the ledger");
}


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
        shop_sql_refused(shop, "TRUNCATE ledger, spending, moved, "
                         "redemption", "the ledger is append-only");
    }
}


static void
ledger_entries_are_not_replaced(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "ledger", "points = 1000", says(LEDGER_ID));

    replacement_refused(shop, "INTO ledger SELECT id, member, previous, kind, "
                        "reference, store, 1000, earned, usable_at, until_at, "
                        "at FROM ledger WHERE id = 1", "id",
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
                    "4, 'claim', 'x', '', 5, 5, 1, 0, 1)");

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
what_is_pending_or_was_ever_earned_is_never_negative(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "member", "id = 9, code = 'm_x', referral = 'x', "
                    "email = 'c@x', pending = -1", says(CHECK));
    forgery_refused(shop, "member", "id = 9, code = 'm_x', referral = 'x', "
                    "email = 'c@x', lifetime = -1", says(CHECK));
}


static void
only_what_is_earned_is_a_lot(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "ledger", "id = 99, points = -1, usable_at = 1",
                    says(CHECK));
}


static void
a_referral_code_is_one_member(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "member", "id = 99, email = 'c@x', code = 'm_x'",
                    says(MEMBER_REFERRAL));
}


static void
an_e_mail_is_one_member(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "member", "id = 99, code = 'm_x', referral = 'x'",
                    says(MEMBER_EMAIL));
}


static void
a_member_code_is_one_member(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "member", "id = 99, email = 'c@x', referral = 'x'",
                    says(MEMBER_CODE));
}


/* Of the first lot everything was spent, of the second one half: 50. */

static void
points_are_spent_once(void **state)
{
    shop_t  *shop = *state;

    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM spending "
                                    "WHERE lot = 1"), 150);

    shop_sql_refused(shop, "INSERT INTO spending (lot, entry, points) "
                           "VALUES (1, 3, 1)", "points can be spent once");
    shop_sql_refused(shop, "INSERT INTO spending (lot, entry, points) "
                           "VALUES (3, 3, 51)", "points can be spent once");
    shop_sql_refused(shop, "INSERT INTO spending (lot, entry, points) "
                           "VALUES (4, 3, 1)", "points can be spent once");
    shop_sql_refused(shop, "INSERT INTO spending (lot, entry, points) "
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

    replacement_refused(shop, "INTO spending (lot, entry, points) "
                        "SELECT lot, entry, 1 FROM spending WHERE lot = 3",
                        "entry, lot", on_postgresql()
                        ? "spending is append-only"
                        : "points can be spent once");
    replacement_refused(shop, "INTO spending (lot, entry, points) "
                        "VALUES (1, 4, 100)", "entry, lot", on_postgresql()
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
    { "INSERT INTO member (email, code, referral, source, locale, joined_at) "
      "VALUES ($1, 'm_x', 'x', '', '', 0)", 0 },
    { "INSERT INTO member (email, code, referral, source, locale, pending, "
      "joined_at) VALUES ('x' || $1, 'm_x', 'x', $1, $1, -1, 0)", 0 },
    { "INSERT INTO member (email, code, referral, source, locale, joined_at) "
      "VALUES ('x' || $1, NULL, $1, $1, $1, 0)", 0 },
    { "INSERT INTO redemption (id, member, reward, store, cost, coupon, "
      "expires_at, redeemed_at, state, changed_at) "
      "VALUES (99, 99, $1, '', 1, $1, 0, 0, $1, 0)", 0 },
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
    loyalty_db_value_t  values[24];

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
        data_test(what_is_pending_or_was_ever_earned_is_never_negative),
        data_test(only_what_is_earned_is_a_lot),
        data_test(an_e_mail_is_one_member),
        data_test(a_member_code_is_one_member),
        data_test(a_referral_code_is_one_member),
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
