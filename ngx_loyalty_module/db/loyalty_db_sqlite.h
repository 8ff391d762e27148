
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

/* loyalty_db_tune() for SQLite. */
void loyalty_sqlite_tune(void);


/* Runs statements without parameters, and forgets what they return. */
loyalty_db_rc_e loyalty_sqlite_exec(loyalty_sqlite_t *db, const char *sql);

/*
 * Notes why the last call failed, before a rollback or a close makes SQLite
 * forget it, and says what kind of failure it is.
 */
loyalty_db_rc_e loyalty_sqlite_failed(loyalty_sqlite_t *db);

/* SQLite calls it after a commit with the pages that the log then has. */
int loyalty_sqlite_committed(void *data, sqlite3 *sqlite, const char *name,
    int pages);


#endif /* _LOYALTY_DB_SQLITE_H_INCLUDED_ */
