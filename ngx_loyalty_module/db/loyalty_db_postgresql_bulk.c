
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_postgresql.h>

#include <stdio.h>


#define LOYALTY_POSTGRESQL_PIECE_SIZE  4096


/* A row on its way, in COPY's text format. */

typedef struct {
    PGconn  *conn;
    int      failed;
    size_t   len;
    char     data[LOYALTY_POSTGRESQL_PIECE_SIZE];
} loyalty_postgresql_piece_t;


static loyalty_db_rc_e loyalty_postgresql_snapshot(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_postgresql_seize(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_postgresql_patience(loyalty_postgresql_t *db);
static loyalty_db_rc_e loyalty_postgresql_rows(loyalty_db_t *base,
    const char *sql);
static loyalty_db_rc_e loyalty_postgresql_next(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_postgresql_fill(loyalty_db_t *base,
    const loyalty_table_t *table);
static loyalty_db_rc_e loyalty_postgresql_put(loyalty_db_t *base,
    const loyalty_table_t *table, const loyalty_db_value_t *values);
static void loyalty_postgresql_put_text(loyalty_postgresql_piece_t *piece,
    loyalty_str_t text);
static void loyalty_postgresql_put_char(loyalty_postgresql_piece_t *piece,
    char c);
static void loyalty_postgresql_flush(loyalty_postgresql_piece_t *piece);
static loyalty_db_rc_e loyalty_postgresql_filled(loyalty_db_t *base,
    const loyalty_table_t *table);
static loyalty_db_rc_e loyalty_postgresql_number_on(loyalty_postgresql_t *db,
    const loyalty_table_t *table);
static loyalty_db_rc_e loyalty_postgresql_expect(loyalty_postgresql_t *db,
    ExecStatusType status);


const loyalty_db_bulk_t  loyalty_postgresql_bulk = {
    loyalty_postgresql_look,
    loyalty_postgresql_snapshot,
    loyalty_postgresql_seize,
    loyalty_postgresql_rows,
    loyalty_postgresql_next,
    loyalty_postgresql_fill,
    loyalty_postgresql_put,
    loyalty_postgresql_filled
};


static loyalty_db_rc_e
loyalty_postgresql_snapshot(loyalty_db_t *base)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    if (loyalty_postgresql_patience(db) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    db->writing = 1;

    /* the moment is that of the first query */

    return loyalty_postgresql_exec(db, "BEGIN ISOLATION LEVEL REPEATABLE READ "
                                       "READ ONLY; SELECT 1");
}


static loyalty_db_rc_e
loyalty_postgresql_seize(loyalty_db_t *base)
{
    int                    n;
    char                   sql[256];
    unsigned               i;
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    if (loyalty_postgresql_patience(db) != LOYALTY_DB_DONE
        || loyalty_postgresql_begin(base, LOYALTY_DB_WRITE)
           != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    n = snprintf(sql, sizeof(sql), "LOCK TABLE");

    for (i = 0; i < LOYALTY_TABLES; i++) {
        n += snprintf(sql + n, sizeof(sql) - n, "%s %s", (i != 0) ? "," : "",
                      loyalty_tables[i].name);
    }

    (void) snprintf(sql + n, sizeof(sql) - n,
                    " IN SHARE ROW EXCLUSIVE MODE");

    return loyalty_postgresql_exec(db, sql);
}


/*
 * Neither the server nor we give up a statement: that the other side is gone
 * is found out by the connection itself.
 */

static loyalty_db_rc_e
loyalty_postgresql_patience(loyalty_postgresql_t *db)
{
    (void) PQsetnonblocking(db->conn, 0);

    return loyalty_postgresql_exec(db,
               "SET statement_timeout = 0;"
               "SET idle_in_transaction_session_timeout = 0");
}


static loyalty_db_rc_e
loyalty_postgresql_rows(loyalty_db_t *base, const char *sql)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    if (!PQsendQuery(db->conn, sql) || !PQsetSingleRowMode(db->conn)) {
        return loyalty_postgresql_failed(db, NULL);
    }

    return loyalty_postgresql_next(base);
}


static loyalty_db_rc_e
loyalty_postgresql_next(loyalty_db_t *base)
{
    PGresult              *end;
    loyalty_db_rc_e        rc;
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    PQclear(db->result);
    db->row = 0;
    db->result = PQgetResult(db->conn);

    switch (PQresultStatus(db->result)) {

    case PGRES_SINGLE_TUPLE:
        return LOYALTY_DB_ROW;

    case PGRES_TUPLES_OK:
        rc = LOYALTY_DB_DONE;
        break;

    default:
        rc = loyalty_postgresql_failed(db, db->result);
    }

    while ((end = PQgetResult(db->conn)) != NULL) {
        PQclear(end);
    }

    return rc;
}


static loyalty_db_rc_e
loyalty_postgresql_fill(loyalty_db_t *base, const loyalty_table_t *table)
{
    char                   sql[2 * LOYALTY_LIST_SIZE];
    char                   list[LOYALTY_LIST_SIZE];
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    loyalty_table_list(table, list);

    (void) snprintf(sql, sizeof(sql), "COPY %s (%s) FROM STDIN", table->name,
                    list);

    if (!PQsendQuery(db->conn, sql)) {
        return loyalty_postgresql_failed(db, NULL);
    }

    return loyalty_postgresql_expect(db, PGRES_COPY_IN);
}


static loyalty_db_rc_e
loyalty_postgresql_put(loyalty_db_t *base, const loyalty_table_t *table,
    const loyalty_db_value_t *values)
{
    char                         number[LOYALTY_POSTGRESQL_INT_SIZE];
    unsigned                     i;
    loyalty_str_t                text;
    loyalty_postgresql_t        *db = (loyalty_postgresql_t *) base;
    loyalty_postgresql_piece_t   piece;

    piece.conn = db->conn;
    piece.failed = 0;
    piece.len = 0;

    for (i = 0; i < table->ncolumns; i++) {

        if (values[i].is_text) {
            text = values[i].text;

        } else {
            text.data = number;
            text.len = (size_t) snprintf(number, sizeof(number), "%lld",
                                         (long long) values[i].integer);
        }

        if (i != 0) {
            loyalty_postgresql_put_char(&piece, '\t');
        }

        loyalty_postgresql_put_text(&piece, text);
    }

    loyalty_postgresql_put_char(&piece, '\n');
    loyalty_postgresql_flush(&piece);

    /* where the server has ended the COPY meanwhile, it has said why */

    return piece.failed ? loyalty_postgresql_expect(db, PGRES_COMMAND_OK)
                        : LOYALTY_DB_DONE;
}


static void
loyalty_postgresql_put_text(loyalty_postgresql_piece_t *piece,
    loyalty_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        switch (text.data[i]) {

        case '\\':
            loyalty_postgresql_put_char(piece, '\\');
            loyalty_postgresql_put_char(piece, '\\');
            break;

        case '\t':
            loyalty_postgresql_put_char(piece, '\\');
            loyalty_postgresql_put_char(piece, 't');
            break;

        case '\n':
            loyalty_postgresql_put_char(piece, '\\');
            loyalty_postgresql_put_char(piece, 'n');
            break;

        case '\r':
            loyalty_postgresql_put_char(piece, '\\');
            loyalty_postgresql_put_char(piece, 'r');
            break;

        default:
            loyalty_postgresql_put_char(piece, text.data[i]);
        }
    }
}


static void
loyalty_postgresql_put_char(loyalty_postgresql_piece_t *piece, char c)
{
    if (piece->len == LOYALTY_POSTGRESQL_PIECE_SIZE) {
        loyalty_postgresql_flush(piece);
    }

    piece->data[piece->len++] = c;
}


static void
loyalty_postgresql_flush(loyalty_postgresql_piece_t *piece)
{
    if (!piece->failed
        && PQputCopyData(piece->conn, piece->data, (int) piece->len) != 1)
    {
        piece->failed = 1;
    }

    piece->len = 0;
}


static loyalty_db_rc_e
loyalty_postgresql_filled(loyalty_db_t *base, const loyalty_table_t *table)
{
    char                   sql[64];
    loyalty_db_rc_e        rc;
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    (void) PQputCopyEnd(db->conn, NULL);

    rc = loyalty_postgresql_expect(db, PGRES_COMMAND_OK);

    if (rc == LOYALTY_DB_DONE && table->numbered) {
        rc = loyalty_postgresql_number_on(db, table);
    }

    if (rc != LOYALTY_DB_DONE) {
        return rc;
    }

    /* autovacuum would come by in a minute, and statements are planned now */

    (void) snprintf(sql, sizeof(sql), "ANALYZE %s", table->name);

    return loyalty_postgresql_exec(db, sql);
}


static loyalty_db_rc_e
loyalty_postgresql_number_on(loyalty_postgresql_t *db,
    const loyalty_table_t *table)
{
    char  sql[256];

    (void) snprintf(sql, sizeof(sql), "SELECT "
                    "setval(pg_get_serial_sequence('%s', 'id'), "
                    "greatest(max(id), 1), max(id) IS NOT NULL) FROM %s",
                    table->name, table->name);

    return loyalty_postgresql_exec(db, sql);
}


/* The one result of what was sent: what it has to be. */

static loyalty_db_rc_e
loyalty_postgresql_expect(loyalty_postgresql_t *db, ExecStatusType status)
{
    PGresult         *result;
    loyalty_db_rc_e   rc;

    result = PQgetResult(db->conn);

    rc = LOYALTY_DB_DONE;

    if (PQresultStatus(result) != status) {
        rc = loyalty_postgresql_failed(db, result);
    }

    /* to ask for more than this one would have no end in a COPY */

    while (result != NULL && PQresultStatus(result) != PGRES_COPY_IN) {
        PQclear(result);
        result = PQgetResult(db->conn);
    }

    PQclear(result);

    return rc;
}
