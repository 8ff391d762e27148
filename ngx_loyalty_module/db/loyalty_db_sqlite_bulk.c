
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_sqlite.h>

#include <stdio.h>


/* For reading from one end to the other, and for each sort, as much again. */

#define LOYALTY_SQLITE_READ_CACHE  (2 * 1024 * 1024)


static loyalty_db_rc_e loyalty_sqlite_snapshot(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_sqlite_seize(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_sqlite_sort_on_disk(loyalty_sqlite_t *db);
static loyalty_db_rc_e loyalty_sqlite_rows(loyalty_db_t *base,
    const char *sql);
static loyalty_db_rc_e loyalty_sqlite_next(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_sqlite_fill(loyalty_db_t *base,
    const loyalty_table_t *table);
static loyalty_db_rc_e loyalty_sqlite_put(loyalty_db_t *base,
    const loyalty_table_t *table, const loyalty_db_value_t *values);
static loyalty_db_rc_e loyalty_sqlite_filled(loyalty_db_t *base,
    const loyalty_table_t *table);
static loyalty_db_rc_e loyalty_sqlite_bulk_prepare(loyalty_sqlite_t *db,
    const char *sql, size_t cache);
static void loyalty_sqlite_bulk_end(loyalty_sqlite_t *db);


const loyalty_db_bulk_t  loyalty_sqlite_bulk = {
    loyalty_sqlite_look,
    loyalty_sqlite_snapshot,
    loyalty_sqlite_seize,
    loyalty_sqlite_rows,
    loyalty_sqlite_next,
    loyalty_sqlite_fill,
    loyalty_sqlite_put,
    loyalty_sqlite_filled
};


static loyalty_db_rc_e
loyalty_sqlite_snapshot(loyalty_db_t *base)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    if (loyalty_sqlite_sort_on_disk(db) != LOYALTY_DB_DONE
        || loyalty_sqlite_begin(base, LOYALTY_DB_READ) != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    /* the moment is when something is read for the first time */

    return loyalty_sqlite_exec(db, "SELECT count(*) FROM sqlite_schema");
}


static loyalty_db_rc_e
loyalty_sqlite_seize(loyalty_db_t *base)
{
    if (loyalty_sqlite_sort_on_disk((loyalty_sqlite_t *) base)
        != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    return loyalty_sqlite_begin(base, LOYALTY_DB_WRITE);
}


/* The statements of requests sort next to nothing, those of tools tables. */

static loyalty_db_rc_e
loyalty_sqlite_sort_on_disk(loyalty_sqlite_t *db)
{
    return loyalty_sqlite_exec(db, "PRAGMA temp_store=FILE");
}


static loyalty_db_rc_e
loyalty_sqlite_rows(loyalty_db_t *base, const char *sql)
{
    loyalty_db_rc_e    rc;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    rc = loyalty_sqlite_bulk_prepare(db, sql, LOYALTY_SQLITE_READ_CACHE);

    if (rc != LOYALTY_DB_DONE) {
        return rc;
    }

    db->active = db->bulk;

    return loyalty_sqlite_next(base);
}


static loyalty_db_rc_e
loyalty_sqlite_next(loyalty_db_t *base)
{
    loyalty_db_rc_e    rc;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    switch (sqlite3_step(db->bulk)) {

    case SQLITE_ROW:
        return LOYALTY_DB_ROW;

    case SQLITE_DONE:
        rc = LOYALTY_DB_DONE;
        break;

    default:
        rc = loyalty_sqlite_failed(db);
    }

    loyalty_sqlite_bulk_end(db);

    return rc;
}


static loyalty_db_rc_e
loyalty_sqlite_fill(loyalty_db_t *base, const loyalty_table_t *table)
{
    int       n;
    char      sql[2 * LOYALTY_LIST_SIZE], list[LOYALTY_LIST_SIZE];
    unsigned  i;

    loyalty_table_list(table, list);

    n = snprintf(sql, sizeof(sql), "INSERT INTO %s (%s) VALUES (?1",
                 table->name, list);

    for (i = 2; i <= table->ncolumns; i++) {
        n += snprintf(sql + n, sizeof(sql) - n, ", ?%u", i);
    }

    (void) snprintf(sql + n, sizeof(sql) - n, ")");

    return loyalty_sqlite_bulk_prepare((loyalty_sqlite_t *) base, sql,
                                       base->conf.cache);
}


static loyalty_db_rc_e
loyalty_sqlite_put(loyalty_db_t *base, const loyalty_table_t *table,
    const loyalty_db_value_t *values)
{
    unsigned           i;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    for (i = 0; i < table->ncolumns; i++) {

        if (loyalty_sqlite_bind(db->bulk, i + 1, &values[i]) != SQLITE_OK) {
            return loyalty_sqlite_failed(db);
        }
    }

    if (sqlite3_step(db->bulk) != SQLITE_DONE) {
        return loyalty_sqlite_failed(db);
    }

    (void) sqlite3_reset(db->bulk);

    return LOYALTY_DB_DONE;
}


/* A new row's id is one more than the highest by itself. */

static loyalty_db_rc_e
loyalty_sqlite_filled(loyalty_db_t *base, const loyalty_table_t *table)
{
    (void) table;

    loyalty_sqlite_bulk_end((loyalty_sqlite_t *) base);

    return LOYALTY_DB_DONE;
}


static loyalty_db_rc_e
loyalty_sqlite_bulk_prepare(loyalty_sqlite_t *db, const char *sql,
    size_t cache)
{
    char  pragma[64];

    loyalty_sqlite_bulk_end(db);

    (void) snprintf(pragma, sizeof(pragma), "PRAGMA cache_size=-%zu",
                    cache / 1024);

    if (loyalty_sqlite_exec(db, pragma) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &db->bulk, NULL)
        != SQLITE_OK)
    {
        return loyalty_sqlite_failed(db);
    }

    return LOYALTY_DB_DONE;
}


static void
loyalty_sqlite_bulk_end(loyalty_sqlite_t *db)
{
    (void) sqlite3_finalize(db->bulk);

    db->bulk = NULL;
    db->active = NULL;
}
