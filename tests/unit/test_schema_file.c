
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <schema_fixture.h>
#include <loyalty_schema_sqlite.h>

#include <stdio.h>


static void
a_new_database_has_our_mark(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_NOT_A_MEMBER);

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
        shop_test(a_new_database_has_our_mark),
        shop_test(an_empty_file_becomes_a_database),
        shop_test(a_foreign_database_is_refused),
        shop_test(a_foreign_database_with_our_version_is_refused),
        shop_test(a_foreign_database_with_a_high_version_is_not_called_newer),
        shop_test(a_foreign_database_is_left_as_it_is),
        shop_test(a_file_that_is_no_database_is_refused)
    };

    if (only_on_sqlite()) {
        return 0;
    }

    return cmocka_run_group_tests_name("schema of a file", tests, NULL, NULL);
}
