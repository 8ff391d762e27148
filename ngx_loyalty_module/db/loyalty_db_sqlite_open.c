
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_sqlite.h>
#include <loyalty_schema_sqlite.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>


#define LOYALTY_SQLITE_RETRY       10          /* milliseconds */


static loyalty_db_rc_e loyalty_sqlite_connect(loyalty_sqlite_t *db);
static loyalty_db_rc_e loyalty_sqlite_writable(loyalty_sqlite_t *db,
    const char *suffix);
static loyalty_db_rc_e loyalty_sqlite_configure(loyalty_sqlite_t *db);
static loyalty_db_rc_e loyalty_sqlite_ours(loyalty_sqlite_t *db);
static loyalty_db_rc_e loyalty_sqlite_log_ahead(loyalty_sqlite_t *db);
static loyalty_db_rc_e loyalty_sqlite_migrate(loyalty_sqlite_t *db);
static loyalty_db_rc_e loyalty_sqlite_upgrade(loyalty_sqlite_t *db);
static loyalty_db_rc_e loyalty_sqlite_number(loyalty_sqlite_t *db,
    const char *sql, int *number);
static loyalty_db_rc_e loyalty_sqlite_value(loyalty_sqlite_t *db,
    const char *sql, char *text, size_t size);


loyalty_db_rc_e
loyalty_sqlite_open(loyalty_db_t *base)
{
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    if (db->sqlite != NULL) {
        return LOYALTY_DB_DONE;
    }

    if (loyalty_sqlite_connect(db) != LOYALTY_DB_DONE
        || loyalty_sqlite_configure(db) != LOYALTY_DB_DONE
        || loyalty_sqlite_migrate(db) != LOYALTY_DB_DONE)
    {
        loyalty_sqlite_close(&db->base);
        return LOYALTY_DB_UNAVAILABLE;
    }

    return LOYALTY_DB_DONE;
}


static loyalty_db_rc_e
loyalty_sqlite_connect(loyalty_sqlite_t *db)
{
    int  rc;

    /*
     * By mknod(), since to open() the file and close it would drop the locks
     * that this process has on it.  What SQLite puts beside it takes its mode.
     */

    if (mknod(db->path, S_IFREG|S_IRUSR|S_IWUSR, 0) != 0
        && errno != EEXIST)
    {
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "the file cannot be made: %s", strerror(errno));
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (loyalty_sqlite_writable(db, "") != LOYALTY_DB_DONE
        || loyalty_sqlite_writable(db, "-wal") != LOYALTY_DB_DONE
        || loyalty_sqlite_writable(db, "-shm") != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    rc = sqlite3_open_v2(db->path, &db->sqlite,
                         SQLITE_OPEN_READWRITE|SQLITE_OPEN_NOMUTEX, NULL);

    if (rc != SQLITE_OK) {
        return loyalty_sqlite_failed(db);
    }

    return LOYALTY_DB_DONE;
}


/*
 * SQLite would open a file that it may not write for reading only, and keep
 * that: each further try would leave a file open, and what other connections
 * of this process share would stay read-only for all of them.
 */

static loyalty_db_rc_e
loyalty_sqlite_writable(loyalty_sqlite_t *db, const char *suffix)
{
    char  path[PATH_MAX];

    (void) snprintf(path, sizeof(path), "%s%s", db->path, suffix);

    if (access(path, R_OK|W_OK) == 0 || errno == ENOENT) {
        return LOYALTY_DB_DONE;
    }

    (void) snprintf(db->base.error, sizeof(db->base.error),
                    "its file%s%s cannot be written: %s",
                    (*suffix != '\0') ? " " : "", suffix, strerror(errno));

    return LOYALTY_DB_UNAVAILABLE;
}


static loyalty_db_rc_e
loyalty_sqlite_configure(loyalty_sqlite_t *db)
{
    char  cache[sizeof("PRAGMA cache_size=-;") + 20];

    (void) sqlite3_extended_result_codes(db->sqlite, 1);
    (void) sqlite3_busy_timeout(db->sqlite, db->base.conf.timeout);
    (void) sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void) sqlite3_wal_hook(db->sqlite, loyalty_sqlite_committed, db);

    (void) snprintf(cache, sizeof(cache), "PRAGMA cache_size=-%zu;",
                    db->base.conf.cache / 1024);

    if (loyalty_sqlite_exec(db, cache) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (loyalty_sqlite_ours(db) != LOYALTY_DB_DONE
        || loyalty_sqlite_log_ahead(db) != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    return loyalty_sqlite_exec(db, "PRAGMA synchronous=FULL;"
                                   "PRAGMA foreign_keys=ON;"
                                   "PRAGMA temp_store=MEMORY;"
                                   "PRAGMA trusted_schema=OFF;");
}


/* Before anything is changed in a file that may not be ours. */

static loyalty_db_rc_e
loyalty_sqlite_ours(loyalty_sqlite_t *db)
{
    int  id, objects;

    /* in this order: another worker may be making both at this moment */

    if (loyalty_sqlite_number(db, "SELECT count(*) FROM sqlite_schema;",
                              &objects)
        != LOYALTY_DB_DONE
        || loyalty_sqlite_number(db, "PRAGMA application_id;", &id)
        != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (objects == 0 || id == LOYALTY_SQLITE_APPLICATION_ID) {
        return LOYALTY_DB_DONE;
    }

    (void) snprintf(db->base.error, sizeof(db->base.error),
                    "the file is a database of some other program");

    return LOYALTY_DB_UNAVAILABLE;
}


/*
 * When several connections turn a new database to write-ahead logging at the
 * same time, SQLite does not wait for the time set, but fails at once.
 */

static loyalty_db_rc_e
loyalty_sqlite_log_ahead(loyalty_sqlite_t *db)
{
    int   waited;
    char  mode[sizeof("truncate")];

    for (waited = 0; /* void */ ; waited += LOYALTY_SQLITE_RETRY) {

        if (loyalty_sqlite_value(db, "PRAGMA journal_mode=WAL;", mode,
                                 sizeof(mode))
            == LOYALTY_DB_DONE)
        {
            break;
        }

        if (waited >= db->base.conf.timeout
            || sqlite3_errcode(db->sqlite) != SQLITE_BUSY)
        {
            return LOYALTY_DB_UNAVAILABLE;
        }

        (void) sqlite3_sleep(LOYALTY_SQLITE_RETRY);
    }

    if (strcmp(mode, "wal") != 0) {
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "its file system has no shared memory for write-ahead "
                        "logging: put it on a local disk");
        return LOYALTY_DB_UNAVAILABLE;
    }

    return LOYALTY_DB_DONE;
}


static loyalty_db_rc_e
loyalty_sqlite_migrate(loyalty_sqlite_t *db)
{
    int              version;
    loyalty_db_rc_e  rc;

    if (loyalty_sqlite_number(db, "PRAGMA user_version;", &version)
        != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (version == loyalty_sqlite_version) {
        return LOYALTY_DB_DONE;
    }

    /* all workers get here together after an upgrade: the first one does it */

    if (loyalty_sqlite_begin(&db->base, LOYALTY_DB_WRITE) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    rc = loyalty_sqlite_upgrade(db);

    if (rc == LOYALTY_DB_DONE) {
        rc = loyalty_sqlite_commit(&db->base);
    }

    if (rc != LOYALTY_DB_DONE) {
        loyalty_sqlite_rollback(&db->base);
    }

    return rc;
}


static loyalty_db_rc_e
loyalty_sqlite_upgrade(loyalty_sqlite_t *db)
{
    int   version;
    char  mark[96];

    if (loyalty_sqlite_number(db, "PRAGMA user_version;", &version)
        != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (version > loyalty_sqlite_version) {
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "the database has version %d of the schema and this "
                        "module knows %d: a newer module wrote it, install "
                        "that one", version, loyalty_sqlite_version);
        return LOYALTY_DB_UNAVAILABLE;
    }

    while (version < loyalty_sqlite_version) {

        if (loyalty_sqlite_exec(db, loyalty_sqlite_migrations[version++])
            != LOYALTY_DB_DONE)
        {
            return LOYALTY_DB_UNAVAILABLE;
        }
    }

    (void) snprintf(mark, sizeof(mark), "PRAGMA application_id=%d;"
                    "PRAGMA user_version=%d;",
                    LOYALTY_SQLITE_APPLICATION_ID, version);

    return loyalty_sqlite_exec(db, mark);
}


loyalty_db_rc_e
loyalty_sqlite_look(loyalty_db_t *base, int *version)
{
    loyalty_db_rc_e    rc;
    loyalty_sqlite_t  *db = (loyalty_sqlite_t *) base;

    loyalty_sqlite_close(base);

    if (access(db->path, F_OK) != 0 && errno == ENOENT) {
        *version = -1;
        return LOYALTY_DB_DONE;
    }

    if (sqlite3_open_v2(db->path, &db->sqlite,
                        SQLITE_OPEN_READWRITE|SQLITE_OPEN_NOMUTEX, NULL)
        != SQLITE_OK)
    {
        rc = loyalty_sqlite_failed(db);
        loyalty_sqlite_close(base);
        return rc;
    }

    (void) sqlite3_extended_result_codes(db->sqlite, 1);
    (void) sqlite3_busy_timeout(db->sqlite, base->conf.timeout);

    rc = loyalty_sqlite_ours(db);

    if (rc == LOYALTY_DB_DONE) {
        rc = loyalty_sqlite_number(db, "PRAGMA user_version;", version);
    }

    loyalty_sqlite_close(base);

    return rc;
}


static loyalty_db_rc_e
loyalty_sqlite_number(loyalty_sqlite_t *db, const char *sql, int *number)
{
    char  text[sizeof("-2147483648")];

    if (loyalty_sqlite_value(db, sql, text, sizeof(text))
        != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    *number = atoi(text);

    return LOYALTY_DB_DONE;
}


/* The one value that a statement returns, as a text. */

static loyalty_db_rc_e
loyalty_sqlite_value(loyalty_sqlite_t *db, const char *sql, char *text,
    size_t size)
{
    sqlite3_stmt  *stmt;

    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL) != SQLITE_OK) {
        return loyalty_sqlite_failed(db);
    }

    text[0] = '\0';

    if (sqlite3_step(stmt) == SQLITE_ROW) {
        (void) snprintf(text, size, "%s", sqlite3_column_text(stmt, 0));
    }

    if (sqlite3_finalize(stmt) != SQLITE_OK) {
        return loyalty_sqlite_failed(db);
    }

    return LOYALTY_DB_DONE;
}
