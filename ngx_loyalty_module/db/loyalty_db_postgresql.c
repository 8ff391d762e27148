
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_postgresql.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOYALTY_POSTGRESQL_VALUES_MAX  24
#define LOYALTY_POSTGRESQL_NAME_SIZE   16      /* of a prepared statement */
#define LOYALTY_POSTGRESQL_SQL_SIZE    2048


static loyalty_db_t *loyalty_postgresql_create(const loyalty_db_conf_t *conf);
static void loyalty_postgresql_destroy(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_postgresql_query(loyalty_db_t *base,
    unsigned statement, const loyalty_db_value_t *values, unsigned n);
static void loyalty_postgresql_name(char *name, unsigned statement);
static loyalty_db_rc_e loyalty_postgresql_row(loyalty_db_t *base);
static unsigned loyalty_postgresql_changes(loyalty_db_t *base);
static int64_t loyalty_postgresql_inserted(loyalty_db_t *base);
static int64_t loyalty_postgresql_column_int(loyalty_db_t *base, int column);
static loyalty_str_t loyalty_postgresql_column_text(loyalty_db_t *base,
    int column);


const loyalty_db_driver_t  loyalty_db_postgresql = {
    "postgres",
    1,
    loyalty_postgresql_check,
    loyalty_postgresql_create,
    loyalty_postgresql_destroy,
    loyalty_postgresql_open,
    loyalty_postgresql_close,
    loyalty_postgresql_begin,
    loyalty_postgresql_commit,
    loyalty_postgresql_rollback,
    loyalty_postgresql_ahead,
    loyalty_postgresql_query,
    loyalty_postgresql_row,
    loyalty_postgresql_changes,
    loyalty_postgresql_inserted,
    loyalty_postgresql_column_int,
    loyalty_postgresql_column_text,
    NULL,
    NULL,
    &loyalty_postgresql_bulk
};


static loyalty_db_t *
loyalty_postgresql_create(const loyalty_db_conf_t *conf)
{
    loyalty_postgresql_t  *db;

    db = calloc(1, sizeof(loyalty_postgresql_t) + conf->nstatements);
    if (db == NULL) {
        return NULL;
    }

    db->base.conf = *conf;

    return &db->base;
}


static void
loyalty_postgresql_destroy(loyalty_db_t *base)
{
    loyalty_postgresql_close(base);
    free(base);
}


static loyalty_db_rc_e
loyalty_postgresql_query(loyalty_db_t *base, unsigned statement,
    const loyalty_db_value_t *values, unsigned n)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    PQclear(db->result);

    db->row = 0;
    db->result = loyalty_postgresql_asked_ahead(db, statement, values, n);

    if (db->result == NULL) {

        if (db->useless) {
            return LOYALTY_DB_UNAVAILABLE;
        }

        if (loyalty_postgresql_prepare(db, statement) != LOYALTY_DB_DONE) {
            return LOYALTY_DB_UNAVAILABLE;
        }

        if (!loyalty_postgresql_send(db, statement, values, n)) {
            return loyalty_postgresql_failed(db, NULL);
        }

        db->result = loyalty_postgresql_wait(db, base->conf.timeout);
    }

    switch (PQresultStatus(db->result)) {

    case PGRES_COMMAND_OK:
        return LOYALTY_DB_DONE;

    case PGRES_TUPLES_OK:
        break;

    default:
        return loyalty_postgresql_failed(db, db->result);
    }

    if (base->conf.statements[statement].does == LOYALTY_DB_NUMBERS) {
        db->inserted = (PQntuples(db->result) != 0)
                       ? loyalty_postgresql_column_int(base, 0) : 0;
        return LOYALTY_DB_DONE;
    }

    return (PQntuples(db->result) != 0) ? LOYALTY_DB_ROW : LOYALTY_DB_DONE;
}


loyalty_db_rc_e
loyalty_postgresql_prepare(loyalty_postgresql_t *db, unsigned statement)
{
    char                           name[LOYALTY_POSTGRESQL_NAME_SIZE];
    char                           sql[LOYALTY_POSTGRESQL_SQL_SIZE];
    PGresult                      *result;
    loyalty_db_rc_e                rc;
    const loyalty_db_statement_t  *what;

    static const char *const  rest[] = {
        [LOYALTY_DB_NUMBERS] = " RETURNING id",
        [LOYALTY_DB_LOCKS] = " FOR NO KEY UPDATE"
    };

    if (db->prepared[statement]) {
        return LOYALTY_DB_DONE;
    }

    what = &db->base.conf.statements[statement];

    loyalty_postgresql_name(name, statement);

    (void) snprintf(sql, sizeof(sql), "%s%s", what->sql,
                    (what->does != 0) ? rest[what->does] : "");

    if (!PQsendPrepare(db->conn, name, sql, 0, NULL)) {
        return loyalty_postgresql_failed(db, NULL);
    }

    result = loyalty_postgresql_wait(db, db->base.conf.timeout);

    rc = LOYALTY_DB_DONE;

    if (PQresultStatus(result) == PGRES_COMMAND_OK) {
        db->prepared[statement] = 1;

    } else {
        rc = loyalty_postgresql_failed(db, result);
    }

    PQclear(result);

    return rc;
}


/*
 * Integers go as texts, because the server chooses the type of a parameter,
 * which may be numeric; texts go as they are, since they end without a NUL.
 */

int
loyalty_postgresql_send(loyalty_postgresql_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n)
{
    char         name[LOYALTY_POSTGRESQL_NAME_SIZE];
    int          lengths[LOYALTY_POSTGRESQL_VALUES_MAX];
    int          formats[LOYALTY_POSTGRESQL_VALUES_MAX];
    char         ints[LOYALTY_POSTGRESQL_VALUES_MAX]
                     [LOYALTY_POSTGRESQL_INT_SIZE];
    unsigned     i;
    const char  *texts[LOYALTY_POSTGRESQL_VALUES_MAX];

    for (i = 0; i < n; i++) {
        formats[i] = values[i].is_text;

        if (values[i].is_text) {
            texts[i] = (values[i].text.len != 0) ? values[i].text.data : "";
            lengths[i] = (int) values[i].text.len;
            continue;
        }

        (void) snprintf(ints[i], LOYALTY_POSTGRESQL_INT_SIZE, "%lld",
                        (long long) values[i].integer);

        texts[i] = ints[i];
        lengths[i] = 0;
    }

    loyalty_postgresql_name(name, statement);

    return PQsendQueryPrepared(db->conn, name, (int) n, texts, lengths,
                               formats, 0);
}


static void
loyalty_postgresql_name(char *name, unsigned statement)
{
    (void) snprintf(name, LOYALTY_POSTGRESQL_NAME_SIZE, "loyalty_%u",
                    statement);
}


static loyalty_db_rc_e
loyalty_postgresql_row(loyalty_db_t *base)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    return (++db->row < PQntuples(db->result)) ? LOYALTY_DB_ROW
                                               : LOYALTY_DB_DONE;
}


static unsigned
loyalty_postgresql_changes(loyalty_db_t *base)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    return (unsigned) strtoul(PQcmdTuples(db->result), NULL, 10);
}


static int64_t
loyalty_postgresql_inserted(loyalty_db_t *base)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    return db->inserted;
}


static int64_t
loyalty_postgresql_column_int(loyalty_db_t *base, int column)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    return strtoll(PQgetvalue(db->result, db->row, column), NULL, 10);
}


static loyalty_str_t
loyalty_postgresql_column_text(loyalty_db_t *base, int column)
{
    loyalty_str_t          text;
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    text.data = PQgetvalue(db->result, db->row, column);
    text.len = (size_t) PQgetlength(db->result, db->row, column);

    return text;
}
