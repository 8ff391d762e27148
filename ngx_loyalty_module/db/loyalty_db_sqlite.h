
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DB_SQLITE_H_INCLUDED_
#define _LOYALTY_DB_SQLITE_H_INCLUDED_


#include <loyalty_db.h>

#include <sqlite3.h>


/* What the files of the SQLite driver share. */

#define LOYALTY_SQLITE_ERROR_SIZE  256


struct loyalty_db_s {
    loyalty_db_conf_t    conf;
    sqlite3             *sqlite;
    sqlite3_stmt        *active;       /* of the last query */
    int                  log_pages;
    int                  log_due;      /* write back when it has so many */
    int                  useless;      /* only a new connection may help */
    char                 error[LOYALTY_SQLITE_ERROR_SIZE];
    sqlite3_stmt        *statements[];
};


/* Runs statements without parameters, and forgets what they return. */
loyalty_db_rc_e loyalty_sqlite_exec(loyalty_db_t *db, const char *sql);

/*
 * Notes why the last call failed, before a rollback or a close makes SQLite
 * forget it, and says what kind of failure it is.
 */
loyalty_db_rc_e loyalty_sqlite_failed(loyalty_db_t *db);

/* SQLite calls it after a commit with the pages that the log then has. */
int loyalty_sqlite_committed(void *data, sqlite3 *sqlite, const char *name,
    int pages);


#endif /* _LOYALTY_DB_SQLITE_H_INCLUDED_ */
