
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <shop_database.h>

#include <stdio.h>
#include <stdlib.h>


static const shop_database_t *shop_database_of(shop_t *shop);
static void shop_run_sql(shop_t *shop, const char *sql,
    shop_answer_t *answer);
static int shop_is(shop_t *shop, void *held, const char *sql,
    const char *value);


int
on_postgresql(void)
{
    return getenv("LOYALTY_TEST_DATABASE") != NULL;
}


int
only_on_sqlite(void)
{
    if (on_postgresql()) {
        (void) printf("1..0 # SKIP about SQLite's files and locks\n");
        return 1;
    }

    return 0;
}


int
only_on_postgresql(void)
{
    if (!on_postgresql()) {
        (void) printf("1..0 # SKIP about PostgreSQL, and "
                      "LOYALTY_TEST_DATABASE names no server\n");
        return 1;
    }

    return 0;
}


size_t
left_out(size_t of_sqlite)
{
    if (!on_postgresql()) {
        return 0;
    }

    (void) printf("# skipped: %zu about how SQLite does it\n", of_sqlite);

    return of_sqlite;
}


static const shop_database_t *
shop_database_of(shop_t *shop)
{
#if (LOYALTY_POSTGRESQL)

    if (shop->postgresql) {
        return &shop_postgresql;
    }

#endif

    if (shop->postgresql) {
        fail_msg("built without PostgreSQL");
    }

    return &shop_sqlite;
}


void
shop_place_make(shop_t *shop)
{
    shop->postgresql = on_postgresql();

    shop_database_of(shop)->make(shop);
}


void
shop_place_remove(shop_t *shop)
{
    shop_database_of(shop)->remove(shop);
}


int
shop_audit(shop_t *shop)
{
    int                  bad;
    char                 sql[1024];
    void                *held;
    size_t               i;
    const shop_audit_t  *audit;

    held = shop_database_of(shop)->connect(shop);

    if (held == NULL) {
        return 0;
    }

    bad = 0;

    if (shop_is(shop, held, shop_database_of(shop)->is_made, "1")) {

        for (i = 0; i < shop_naudits; i++) {
            audit = &shop_audits[i];

            if (audit->of_sqlite && shop->postgresql) {
                continue;
            }

            (void) snprintf(sql, sizeof(sql), audit->sql,
                            (long long) shop->now);

            if (!shop_is(shop, held, sql, "0")) {
                print_error("not so: %s\n", audit->what);
                bad = 1;
            }
        }
    }

    shop_database_of(shop)->disconnect(held);

    return bad;
}


static int
shop_is(shop_t *shop, void *held, const char *sql, const char *value)
{
    shop_answer_t  answer;

    memset(&answer, 0, sizeof(shop_answer_t));

    shop_database_of(shop)->run(held, sql, &answer);

    return !answer.failed && strcmp(answer.text, value) == 0;
}


void
shop_answer_add(shop_answer_t *answer, const char *value)
{
    size_t  len;

    len = strlen(answer->text);

    (void) snprintf(answer->text + len, sizeof(answer->text) - len, "%s%s",
                    (answer->rows++ != 0) ? " " : "",
                    (value != NULL) ? value : "");
}


static void
shop_run_sql(shop_t *shop, const char *sql, shop_answer_t *answer)
{
    void  *held;

    memset(answer, 0, sizeof(shop_answer_t));

    held = shop_database_of(shop)->connect(shop);

    if (held == NULL) {
        answer->failed = 1;
        return;
    }

    shop_database_of(shop)->run(held, sql, answer);
    shop_database_of(shop)->disconnect(held);
}


int64_t
shop_sql(shop_t *shop, const char *sql)
{
    char  value[1024];

    shop_sql_text(shop, sql, value, sizeof(value));

    return strtoll(value, NULL, 10);
}


void
shop_sql_text(shop_t *shop, const char *sql, char *buffer, size_t size)
{
    shop_answer_t  answer;

    shop_run_sql(shop, sql, &answer);

    if (answer.failed) {
        fail_msg("%s: %s", sql, answer.error);
    }

    (void) snprintf(buffer, size, "%s", answer.text);
}


void
shop_sql_refused(shop_t *shop, const char *sql, const char *words)
{
    shop_answer_t  answer;

    shop_run_sql(shop, sql, &answer);

    if (!answer.refused || strstr(answer.error, words) == NULL) {
        fail_msg("%s: %s, which is not a refusal with \"%s\"", sql,
                 answer.failed ? answer.error : "done", words);
    }
}


void *
shop_sql_hold(shop_t *shop, const char *sql)
{
    void           *held;
    shop_answer_t   answer;

    memset(&answer, 0, sizeof(shop_answer_t));

    held = shop_database_of(shop)->connect(shop);
    assert_non_null(held);

    shop_database_of(shop)->run(held, sql, &answer);

    if (answer.failed) {
        shop_database_of(shop)->disconnect(held);
        fail_msg("%s: %s", sql, answer.error);
    }

    return held;
}


void
shop_sql_release(shop_t *shop, void *held)
{
    shop_database_of(shop)->disconnect(held);
}


int64_t
shop_version(shop_t *shop)
{
    return shop_sql(shop, shop_database_of(shop)->version);
}


void
shop_set_version(shop_t *shop, int version)
{
    char  sql[128];

    (void) snprintf(sql, sizeof(sql), shop_database_of(shop)->set_version,
                    version);
    (void) shop_sql(shop, sql);
}


int64_t
shop_written(shop_t *shop)
{
    return shop->postgresql ? shop_sql(shop, "SELECT sum(batch) FROM writer")
                            : shop_file_size(shop, "-wal");
}


void
shop_curse(shop_t *shop, const char *table, const char *condition)
{
    char  sql[512];

    (void) snprintf(sql, sizeof(sql), shop_database_of(shop)->curse, table,
                    condition);
    (void) shop_sql(shop, sql);
}


void
shop_lift_curse(shop_t *shop)
{
    (void) shop_sql(shop, shop_database_of(shop)->lift_curse);
}


int
shop_attempts(shop_t *shop)
{
    return shop_database_of(shop)->attempts;
}


const char *
shop_numbered(shop_t *shop)
{
    return shop_database_of(shop)->numbered;
}


int
shop_disconnect(shop_t *shop, const char *condition)
{
    char  sql[256];

    /* and waits until they are gone */

    (void) snprintf(sql, sizeof(sql), "SELECT count(pg_terminate_backend(pid, "
                    "10000)) FROM pg_stat_activity "
                    "WHERE application_name = '%s' AND %s", shop->schema,
                    condition);

    return (int) shop_sql(shop, sql);
}
