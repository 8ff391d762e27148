
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DB_SQLITE_H_INCLUDED_
#define _LOYALTY_DB_SQLITE_H_INCLUDED_


#include <loyalty_db_driver.h>

#include <sqlite3.h>


/* What the files of the SQLite driver share. */

typedef struct {
    loyalty_db_t         base;
    const char          *path;
    sqlite3             *sqlite;
    sqlite3_stmt        *active;       /* of the last query */
    sqlite3_stmt        *bulk;         /* of loyalty_db_rows() or _fill() */
    int                  log_pages;
    int                  log_due;      /* write back when it has so many */
    int                  useless;      /* only a new connection may help */
    sqlite3_stmt        *statements[];
} loyalty_sqlite_t;


/* Those of the driver's functions that have a file of their own. */
loyalty_db_rc_e loyalty_sqlite_open(loyalty_db_t *base);
void loyalty_sqlite_close(loyalty_db_t *base);
loyalty_db_rc_e loyalty_sqlite_begin(loyalty_db_t *base,
    loyalty_db_mode_e mode);
loyalty_db_rc_e loyalty_sqlite_commit(loyalty_db_t *base);
void loyalty_sqlite_rollback(loyalty_db_t *base);

extern const loyalty_db_bulk_t  loyalty_sqlite_bulk;

loyalty_db_rc_e loyalty_sqlite_look(loyalty_db_t *base, int *version);

/* loyalty_db_tune() for SQLite. */
void loyalty_sqlite_tune(void);


/* Runs statements without parameters, and forgets what they return. */
loyalty_db_rc_e loyalty_sqlite_exec(loyalty_sqlite_t *db, const char *sql);

/* Gives a parameter, from 1, its value; returns SQLite's code. */
int loyalty_sqlite_bind(sqlite3_stmt *stmt, int number,
    const loyalty_db_value_t *value);

/*
 * Notes why the last call failed, before a rollback or a close makes SQLite
 * forget it, and says what kind of failure it is.
 */
loyalty_db_rc_e loyalty_sqlite_failed(loyalty_sqlite_t *db);

/* SQLite calls it after a commit with the pages that the log then has. */
int loyalty_sqlite_committed(void *data, sqlite3 *sqlite, const char *name,
    int pages);


#endif /* _LOYALTY_DB_SQLITE_H_INCLUDED_ */
