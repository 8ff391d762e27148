
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <connections_fixture.h>

#include <stdio.h>


#define PATIENCE  1500                           /* ms; a lock: half of it */


enum {
    NOTE_INSERT = 0,
    NOTE_SLEEP,
    NOTE_WHO,
    NOTE_COUNT,

    NOTE_STATEMENTS
};


static const loyalty_db_statement_t  statements[NOTE_STATEMENTS] = {
    [NOTE_INSERT] = { "INSERT INTO note (words) VALUES ($1)", 0 },
    [NOTE_SLEEP] = { "SELECT pg_sleep(60)", 0 },
    [NOTE_WHO] = { "SELECT pg_backend_pid()", 0 },
    [NOTE_COUNT] = { "SELECT count(*) FROM note", 0 }
};


static int
start(void **state)
{
    if (connections_open(state, PATIENCE, statements, NOTE_STATEMENTS) != 0) {
        return -1;
    }

    (void) shop_sql(shop, "CREATE TABLE note (words TEXT UNIQUE)");

    return 0;
}


#define db_test(name)                                                         \
    cmocka_unit_test_setup_teardown(name, start, connections_close)


static void
done(loyalty_db_t *which, loyalty_db_rc_e rc)
{
    if (rc != LOYALTY_DB_DONE) {
        fail_msg("%d: %s", rc, loyalty_db_error(which));
    }
}


static void
begin(loyalty_db_t *which)
{
    done(which, loyalty_db_open(which));
    done(which, loyalty_db_begin(which, LOYALTY_DB_WRITE));
}


static loyalty_db_rc_e
insert(loyalty_db_t *which, const char *words)
{
    loyalty_db_value_t  values[] = { loyalty_db_text(text(words)) };

    return loyalty_db_query(which, NOTE_INSERT, values, 1);
}


static int64_t
number(loyalty_db_t *which, unsigned statement)
{
    assert_int_equal(loyalty_db_query(which, statement, NULL, 0),
                     LOYALTY_DB_ROW);

    return loyalty_db_column_int(which, 0);
}


static void
says(loyalty_db_t *which, const char *words)
{
    if (strstr(loyalty_db_error(which), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", loyalty_db_error(which),
                 words);
    }
}


/* A connection as the shop's, but for something at the end of the URI. */

static void
connect_otherwise(const char *rest)
{
    loyalty_db_destroy(other);

    (void) snprintf(shop->uri + strlen(shop->uri),
                    sizeof(shop->uri) - strlen(shop->uri), "%s", rest);

    other = shop_database(shop, PATIENCE, statements, NOTE_STATEMENTS);
}


static void
a_slow_statement_is_ended_by_the_server(void **state)
{
    int64_t  who;

    (void) state;

    begin(db);
    who = number(db, NOTE_WHO);
    done(db, insert(db, "a"));

    assert_int_equal(loyalty_db_query(db, NOTE_SLEEP, NULL, 0),
                     LOYALTY_DB_UNAVAILABLE);
    says(db, "statement timeout");
    loyalty_db_rollback(db);

    /* on the same connection */

    begin(db);
    assert_int_equal(number(db, NOTE_WHO), who);
    assert_int_equal(number(db, NOTE_COUNT), 0);
    done(db, loyalty_db_commit(db));
}


static void
a_locked_row_is_waited_for_only_so_long(void **state)
{
    (void) state;

    begin(db);
    done(db, insert(db, "a"));

    begin(other);
    assert_int_equal(insert(other, "a"), LOYALTY_DB_CONFLICT);
    says(other, "lock timeout");
    loyalty_db_rollback(other);

    done(db, loyalty_db_commit(db));

    begin(other);
    assert_int_equal(insert(other, "a"), LOYALTY_DB_CONFLICT);
    says(other, "duplicate key");
    loyalty_db_rollback(other);
}


static void
many_write_at_the_same_time(void **state)
{
    (void) state;

    begin(db);
    begin(other);
    done(db, insert(db, "a"));
    done(other, insert(other, "b"));
    done(other, loyalty_db_commit(other));
    assert_int_equal(number(db, NOTE_COUNT), 2);
    done(db, loyalty_db_commit(db));

    assert_true(loyalty_db_shared(db));
}


static void
a_connection_ended_meanwhile_is_made_anew(void **state)
{
    (void) state;

    begin(db);
    done(db, insert(db, "a"));
    done(db, loyalty_db_commit(db));

    assert_int_equal(shop_disconnect(shop, "true"), 1);

    while (shop_disconnect(shop, "true") != 0) {
        (void) shop_sql(shop, "SELECT pg_sleep(0.001)");
    }

    begin(db);
    done(db, insert(db, "b"));
    done(db, loyalty_db_commit(db));
    assert_int_equal(number(db, NOTE_COUNT), 2);
}


static void
a_connection_ended_in_a_transaction_loses_it(void **state)
{
    (void) state;

    begin(db);
    done(db, insert(db, "a"));

    assert_int_equal(shop_disconnect(shop, "true"), 1);

    assert_int_equal(insert(db, "b"), LOYALTY_DB_UNAVAILABLE);
    assert_string_not_equal(loyalty_db_error(db), "");
    loyalty_db_rollback(db);

    begin(db);
    assert_int_equal(number(db, NOTE_COUNT), 0);
    done(db, loyalty_db_commit(db));
}


static void
a_connection_ended_before_a_commit_loses_it(void **state)
{
    (void) state;

    begin(db);
    done(db, insert(db, "a"));

    assert_int_equal(shop_disconnect(shop, "true"), 1);

    assert_int_equal(loyalty_db_commit(db), LOYALTY_DB_UNAVAILABLE);
    says(db, "the connection was lost before a commit");
    loyalty_db_rollback(db);

    begin(db);
    assert_int_equal(number(db, NOTE_COUNT), 0);
    done(db, insert(db, "a"));
    done(db, loyalty_db_commit(db));
}


/* A role of this shop's name, which may log in and nothing else. */

static void
create_role(void)
{
    char  sql[256];

    (void) snprintf(sql, sizeof(sql), "DROP ROLE IF EXISTS %s_role;"
                    "CREATE ROLE %s_role LOGIN", shop->schema, shop->schema);
    (void) shop_sql(shop, sql);
}


static void
drop_role(void)
{
    char  sql[256];

    (void) snprintf(sql, sizeof(sql), "DROP OWNED BY %s_role;"
                    "DROP ROLE %s_role", shop->schema, shop->schema);
    (void) shop_sql(shop, sql);
}


static void
connect_as_role(const char *rights)
{
    char  sql[512], user[64];

    (void) snprintf(sql, sizeof(sql), rights, shop->schema, shop->schema);
    (void) shop_sql(shop, sql);

    (void) snprintf(user, sizeof(user), "&user=%s_role", shop->schema);
    connect_otherwise(user);
}


static void
rights_that_are_missing_are_said(void **state)
{
    char  uri[sizeof(shop->uri)];

    (void) state;

    memcpy(uri, shop->uri, sizeof(uri));
    create_role();

    connect_as_role("GRANT USAGE ON SCHEMA %s TO %s_role");
    assert_int_equal(loyalty_db_open(other), LOYALTY_DB_UNAVAILABLE);
    says(other, "permission denied for schema");

    memcpy(shop->uri, uri, sizeof(uri));
    done(db, loyalty_db_open(db));

    /* the tables are there, but somebody else's */

    connect_as_role("SELECT '%s', '%s'");
    assert_int_equal(loyalty_db_open(other), LOYALTY_DB_UNAVAILABLE);
    says(other, "permission denied for table loyalty_version");

    memcpy(shop->uri, uri, sizeof(uri));
    drop_role();
}


static void
a_role_needs_no_other_rights_than_on_its_schema(void **state)
{
    char  uri[sizeof(shop->uri)];

    (void) state;

    memcpy(uri, shop->uri, sizeof(uri));
    create_role();

    connect_as_role("GRANT USAGE, CREATE ON SCHEMA %s TO %s_role");
    begin(other);
    done(other, loyalty_db_commit(other));
    loyalty_db_close(other);

    memcpy(shop->uri, uri, sizeof(uri));
    drop_role();
}


static void
a_server_that_cannot_be_used_is_named(void **state)
{
    char  uri[sizeof(shop->uri)];

    (void) state;

    memcpy(uri, shop->uri, sizeof(uri));

    connect_otherwise("&dbname=nowhere");
    assert_int_equal(loyalty_db_open(other), LOYALTY_DB_UNAVAILABLE);
    says(other, "database \"nowhere\" does not exist");
    memcpy(shop->uri, uri, sizeof(uri));

    connect_otherwise("&host=/nowhere");
    assert_int_equal(loyalty_db_open(other), LOYALTY_DB_UNAVAILABLE);
    says(other, "No such file or directory");
    memcpy(shop->uri, uri, sizeof(uri));
}


static void
tables_of_another_program_are_left_alone(void **state)
{
    (void) state;

    (void) shop_sql(shop, "CREATE TABLE member (name TEXT);"
                          "INSERT INTO member VALUES ('somebody')");

    assert_int_equal(loyalty_db_open(db), LOYALTY_DB_UNAVAILABLE);
    says(db, "relation \"member\" already exists");

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM pg_class WHERE oid "
                                    "= to_regclass('loyalty_version')"), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 1);

    (void) shop_sql(shop, "DROP TABLE member");
    done(db, loyalty_db_open(db));
}


static void
a_transaction_that_is_left_alone_ends(void **state)
{
    char  settings[128];

    (void) state;

    begin(db);

    shop_sql_text(shop, "SELECT state FROM pg_stat_activity "
                        "WHERE application_name = current_schema()",
                  settings, sizeof(settings));
    assert_string_equal(settings, "idle in transaction");

    /* the server ends a transaction that is left alone */

    while (shop_sql(shop, "SELECT count(*) FROM pg_stat_activity "
                          "WHERE application_name = current_schema()") != 0)
    {
        (void) shop_sql(shop, "SELECT pg_sleep(0.05)");
    }

    assert_int_equal(insert(db, "a"), LOYALTY_DB_UNAVAILABLE);
    says(db, "idle-in-transaction timeout");
    loyalty_db_rollback(db);

    begin(db);
    done(db, loyalty_db_commit(db));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        db_test(a_slow_statement_is_ended_by_the_server),
        db_test(a_locked_row_is_waited_for_only_so_long),
        db_test(many_write_at_the_same_time),
        db_test(a_connection_ended_meanwhile_is_made_anew),
        db_test(a_connection_ended_in_a_transaction_loses_it),
        db_test(a_connection_ended_before_a_commit_loses_it),
        db_test(rights_that_are_missing_are_said),
        db_test(a_role_needs_no_other_rights_than_on_its_schema),
        db_test(a_server_that_cannot_be_used_is_named),
        db_test(tables_of_another_program_are_left_alone),
        db_test(a_transaction_that_is_left_alone_ends)
    };

    if (only_on_postgresql()) {
        return 0;
    }

    return cmocka_run_group_tests_name("PostgreSQL's driver", tests, NULL,
                                       NULL);
}
