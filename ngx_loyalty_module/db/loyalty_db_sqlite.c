
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_sqlite.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOYALTY_SQLITE_PAGE_MEMORY  -2048      /* kilobytes a connection */

/*
 * The write-ahead log is written back after so many pages.  SQLite's default
 * of 1000 writes a page back, on average, after very few changes to it: at
 * 16000 a claim costs half as much, and the log stays around 64 MB.
 */

#define LOYALTY_SQLITE_LOG_PAGES   16000

/* What may be left of the log to be written back under the writers' lock. */

#define LOYALTY_SQLITE_LOG_REST    1000
#define LOYALTY_SQLITE_LOG_ROUNDS  4


static int loyalty_sqlite_check(const char *uri, char *why, size_t size);
static const char *loyalty_sqlite_path(const char *uri);
static loyalty_db_t *loyalty_sqlite_create(const loyalty_db_conf_t *conf);
static void loyalty_sqlite_destroy(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_sqlite_query(loyalty_db_t *base,
    unsigned statement, const loyalty_db_value_t *values, unsigned n);
static loyalty_db_rc_e loyalty_sqlite_row(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_sqlite_step(loyalty_sqlite_t *db);
static void loyalty_sqlite_done(loyalty_sqlite_t *db);
static unsigned loyalty_sqlite_changes(loyalty_db_t *base);
static int64_t loyalty_sqlite_inserted(loyalty_db_t *base);
static int64_t loyalty_sqlite_column_int(loyalty_db_t *base, int column);
static loyalty_str_t loyalty_sqlite_column_text(loyalty_db_t *base,
    int column);
static int loyalty_sqlite_checkpoint_due(loyalty_db_t *base);
static loyalty_db_rc_e loyalty_sqlite_checkpoint(loyalty_db_t *base,
    loyalty_lock_t *lock);


const loyalty_db_driver_t  loyalty_db_sqlite = {
    "sqlite:",
    0,
    loyalty_sqlite_check,
    loyalty_sqlite_create,
    loyalty_sqlite_destroy,
    loyalty_sqlite_open,
    loyalty_sqlite_close,
    loyalty_sqlite_begin,
    loyalty_sqlite_commit,
    loyalty_sqlite_rollback,
    NULL,
    loyalty_sqlite_query,
    loyalty_sqlite_row,
    loyalty_sqlite_changes,
    loyalty_sqlite_inserted,
    loyalty_sqlite_column_int,
    loyalty_sqlite_column_text,
    loyalty_sqlite_checkpoint_due,
    loyalty_sqlite_checkpoint,
    &loyalty_sqlite_bulk
};


void
loyalty_sqlite_tune(void)
{
    /*
     * A reader forgets all its pages whenever somebody has written: they come
     * from one piece of memory instead of malloc() and free() for each.  And
     * nobody asks SQLite how much memory it has: no mutex to count it.
     */

    (void) sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0,
                          LOYALTY_SQLITE_PAGE_MEMORY);
    (void) sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}


static int
loyalty_sqlite_check(const char *uri, char *why, size_t size)
{
    const char  *path = loyalty_sqlite_path(uri);

    if (*path != '\0' && path[strlen(path) - 1] != '/') {
        return LOYALTY_OK;
    }

    (void) snprintf(why, size, "write \"sqlite:PATH\" with the path of a "
                    "file");

    return LOYALTY_ERROR;
}


static const char *
loyalty_sqlite_path(const char *uri)
{
    return uri + sizeof("sqlite:") - 1;
}


static loyalty_db_t *
loyalty_sqlite_create(const loyalty_db_conf_t *conf)
{
    loyalty_sqlite_t  *db;

    db = calloc(1, sizeof(loyalty_sqlite_t)
                   + conf->nstatements * sizeof(sqlite3_stmt *));
    if (db == NULL) {
        return NULL;
    }

    db->base.conf = *conf;
    db->path = loyalty_sqlite_path(conf->uri);
    db->log_due = LOYALTY_SQLITE_LOG_PAGES;

    return &db->base;
}


static void
loyalty_sqlite_destroy(loyalty_db_t *base)
{
    loyalty_sqlite_close(base);
    free(base);
}


loyalty_db_rc_e
loyalty_sqlite_exec(loyalty_sqlite_t *db, const char *sql)
{
    if (sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return loyalty_sqlite_failed(db);
    }

    return LOYALTY_DB_DONE;
}


void
loyalty_sqlite_close(loyalty_db_t *base)
{
    unsigned           i;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    loyalty_sqlite_done(db);

    for (i = 0; i < db->base.conf.nstatements; i++) {
        (void) sqlite3_finalize(db->statements[i]);
        db->statements[i] = NULL;
    }

    (void) sqlite3_finalize(db->bulk);
    db->bulk = NULL;

    (void) sqlite3_close(db->sqlite);
    db->sqlite = NULL;
    db->log_pages = 0;
    db->useless = 0;
}


loyalty_db_rc_e
loyalty_sqlite_begin(loyalty_db_t *base, loyalty_db_mode_e mode)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    /*
     * A transaction that starts as a reader and then wants to write fails at
     * once, however long the time to wait, when another one has written.
     */

    return loyalty_sqlite_exec(db, (mode == LOYALTY_DB_WRITE)
                                   ? "BEGIN IMMEDIATE" : "BEGIN");
}


loyalty_db_rc_e
loyalty_sqlite_commit(loyalty_db_t *base)
{
    loyalty_db_rc_e    rc;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    loyalty_sqlite_done(db);

    rc = loyalty_sqlite_exec(db, "COMMIT");

    /*
     * The log may hold the transaction as a whole when only its fsync()
     * failed.  This connection knows that it does not count, and the next
     * one to write overwrites it; to close the last connection would make
     * SQLite read the log again and find what we said did not happen.
     */

    db->useless = 0;

    return rc;
}


void
loyalty_sqlite_rollback(loyalty_db_t *base)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    loyalty_sqlite_done(db);

    /* some errors have rolled back already */

    if (db->sqlite != NULL && !sqlite3_get_autocommit(db->sqlite)) {
        (void) sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    }

    if (db->useless) {
        loyalty_sqlite_close(&db->base);
    }
}


static loyalty_db_rc_e
loyalty_sqlite_query(loyalty_db_t *base, unsigned statement,
    const loyalty_db_value_t *values, unsigned n)
{
    unsigned            i;
    const char         *sql;
    sqlite3_stmt      **stmt;
    loyalty_sqlite_t   *db = (loyalty_sqlite_t *) base;

    loyalty_sqlite_done(db);

    sql = base->conf.statements[statement].sql;
    stmt = &db->statements[statement];

    if (*stmt == NULL
        && sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT,
                              stmt, NULL)
           != SQLITE_OK)
    {
        return loyalty_sqlite_failed(db);
    }

    db->active = *stmt;

    for (i = 0; i < n; i++) {

        if (loyalty_sqlite_bind(*stmt, i + 1, &values[i]) != SQLITE_OK) {
            return loyalty_sqlite_failed(db);
        }
    }

    return loyalty_sqlite_step(db);
}


int
loyalty_sqlite_bind(sqlite3_stmt *stmt, int number,
    const loyalty_db_value_t *value)
{
    if (!value->is_text) {
        return sqlite3_bind_int64(stmt, number, value->integer);
    }

    /* without bytes, a text is empty and not NULL */

    return sqlite3_bind_text(stmt, number,
                             (value->text.len != 0) ? value->text.data : "",
                             (int) value->text.len, SQLITE_STATIC);
}


static loyalty_db_rc_e
loyalty_sqlite_row(loyalty_db_t *base)
{
    return loyalty_sqlite_step((loyalty_sqlite_t *) base);
}


static loyalty_db_rc_e
loyalty_sqlite_step(loyalty_sqlite_t *db)
{
    switch (sqlite3_step(db->active)) {

    case SQLITE_ROW:
        return LOYALTY_DB_ROW;

    case SQLITE_DONE:
        return LOYALTY_DB_DONE;

    default:
        return loyalty_sqlite_failed(db);
    }
}


/* Keeps the reason before a rollback or a close makes SQLite forget it. */

loyalty_db_rc_e
loyalty_sqlite_failed(loyalty_sqlite_t *db)
{
    int  code;

    code = sqlite3_extended_errcode(db->sqlite);

    (void) snprintf(db->base.error, sizeof(db->base.error), "%s (SQLite %d)",
                    sqlite3_errmsg(db->sqlite), code);

    switch (code & 0xff) {

    case SQLITE_CONSTRAINT:
        return LOYALTY_DB_CONFLICT;

    case SQLITE_BUSY:
    case SQLITE_FULL:
        return LOYALTY_DB_UNAVAILABLE;

    default:
        db->useless = 1;
        return LOYALTY_DB_UNAVAILABLE;
    }
}


static void
loyalty_sqlite_done(loyalty_sqlite_t *db)
{
    if (db->active != NULL) {
        (void) sqlite3_reset(db->active);
        db->active = NULL;
    }
}


static unsigned
loyalty_sqlite_changes(loyalty_db_t *base)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    return (unsigned) sqlite3_changes(db->sqlite);
}


static int64_t
loyalty_sqlite_inserted(loyalty_db_t *base)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    return sqlite3_last_insert_rowid(db->sqlite);
}


static int64_t
loyalty_sqlite_column_int(loyalty_db_t *base, int column)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    return sqlite3_column_int64(db->active, column);
}


static loyalty_str_t
loyalty_sqlite_column_text(loyalty_db_t *base, int column)
{
    loyalty_str_t      text;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    /* in this order: the first call may convert, the second counts bytes */

    text.data = (const char *) sqlite3_column_text(db->active, column);
    text.len = (size_t) sqlite3_column_bytes(db->active, column);

    return text;
}


int
loyalty_sqlite_committed(void *data, sqlite3 *sqlite, const char *name,
    int pages)
{
    loyalty_sqlite_t  *db = data;

    (void) sqlite;
    (void) name;

    if (pages < db->log_pages) {
        db->log_due = LOYALTY_SQLITE_LOG_PAGES;
    }

    db->log_pages = pages;

    return SQLITE_OK;
}


static int
loyalty_sqlite_checkpoint_due(loyalty_db_t *base)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    if (db->log_pages < db->log_due) {
        return 0;
    }

    /* a reader may keep the log from starting anew: no asking all the time */

    db->log_due = db->log_pages + LOYALTY_SQLITE_LOG_PAGES / 4;

    return 1;
}


static loyalty_db_rc_e
loyalty_sqlite_checkpoint(loyalty_db_t *base, loyalty_lock_t *lock)
{
    int                rc, pages, done, rounds;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    if (loyalty_sqlite_open(&db->base) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    rounds = LOYALTY_SQLITE_LOG_ROUNDS;

    do {
        rc = sqlite3_wal_checkpoint_v2(db->sqlite, NULL,
                                       SQLITE_CHECKPOINT_PASSIVE, &pages,
                                       &done);

    } while (rc == SQLITE_OK && pages - done > LOYALTY_SQLITE_LOG_REST
             && --rounds > 0);

    /* "busy" is another one who does it, or a writer at a bad moment */

    if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
        return loyalty_sqlite_failed(db);
    }

    /*
     * A log that grows while it is written back never gets done, and only
     * one that is done starts anew.
     */

    if (loyalty_lock_acquire(lock, db->base.conf.timeout) != LOYALTY_OK) {
        return LOYALTY_DB_DONE;
    }

    rc = sqlite3_wal_checkpoint_v2(db->sqlite, NULL,
                                   SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

    loyalty_lock_release(lock);

    return (rc == SQLITE_OK || rc == SQLITE_BUSY) ? LOYALTY_DB_DONE
                                                  : loyalty_sqlite_failed(db);
}
