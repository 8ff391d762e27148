
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DB_H_INCLUDED_
#define _LOYALTY_DB_H_INCLUDED_


#include <loyalty_lock.h>
#include <loyalty_types.h>


/*
 * One connection to a program's database.  It belongs to one thread at a
 * time, every call may block, and none may be made on a connection that was
 * open before a fork().
 *
 * Functions that can fail return LOYALTY_DB_UNAVAILABLE when the database
 * cannot be used (locked, full, read-only, broken, of a newer version) and
 * LOYALTY_DB_CONFLICT when the schema refused what one statement wanted;
 * loyalty_db_error() then says why.  After either, roll back.
 */

typedef struct loyalty_db_s  loyalty_db_t;


typedef enum {
    LOYALTY_DB_DONE = 0,
    LOYALTY_DB_ROW,
    LOYALTY_DB_CONFLICT,
    LOYALTY_DB_UNAVAILABLE
} loyalty_db_rc_e;


typedef enum {
    LOYALTY_DB_READ = 0,
    LOYALTY_DB_WRITE
} loyalty_db_mode_e;


/* Copied; what it points to must outlive the connection. */

typedef struct {
    const char         *path;
    int                 timeout;       /* milliseconds to wait for a lock */
    size_t              cache;         /* bytes of pages kept in memory */
    const char *const  *statements;    /* SQL, by number */
    unsigned            nstatements;
} loyalty_db_conf_t;


typedef struct {
    unsigned            is_text:1;
    loyalty_str_t       text;
    int64_t             integer;
} loyalty_db_value_t;


#define loyalty_db_int(value)   { 0, { 0, NULL }, value }
#define loyalty_db_text(value)  { 1, value, 0 }


/*
 * Settings of the database's library for the whole process.  Optional, once,
 * before any connection; without effect if the library is in use already.
 */
void loyalty_db_tune(void);

/* Makes a connection that is still closed; NULL if memory ran out. */
loyalty_db_t *loyalty_db_create(const loyalty_db_conf_t *conf);

void loyalty_db_destroy(loyalty_db_t *db);

/*
 * Connects and brings the schema up to date, unless that is done already.
 * A database that does not exist is made, readable by its owner only.
 */
loyalty_db_rc_e loyalty_db_open(loyalty_db_t *db);

/* loyalty_db_open() then starts afresh, whatever went wrong before. */
void loyalty_db_close(loyalty_db_t *db);

loyalty_db_rc_e loyalty_db_begin(loyalty_db_t *db, loyalty_db_mode_e mode);

/* Ends a transaction; what it wrote is on the disk on LOYALTY_DB_DONE. */
loyalty_db_rc_e loyalty_db_commit(loyalty_db_t *db);

/* Undoes a transaction, and closes if only a new connection may help. */
void loyalty_db_rollback(loyalty_db_t *db);

/*
 * Runs a statement up to its first row, if it has one.  Values are bound to
 * $1, $2, ... and must live until the next call; columns can be read until
 * then, too.
 */
loyalty_db_rc_e loyalty_db_query(loyalty_db_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n);

/* The rows that the last query inserted, changed or deleted. */
unsigned loyalty_db_changes(loyalty_db_t *db);

/* The id that the last row inserted has got. */
int64_t loyalty_db_inserted(loyalty_db_t *db);

int64_t loyalty_db_column_int(loyalty_db_t *db, int column);
loyalty_str_t loyalty_db_column_text(loyalty_db_t *db, int column);

/* What the last failure was, terminated by NUL; "" if nothing failed yet. */
const char *loyalty_db_error(loyalty_db_t *db);

/* Whether the write-ahead log has grown so that it should be written back. */
int loyalty_db_checkpoint_due(loyalty_db_t *db);

/*
 * Writes the write-ahead log back into the database, most of it while others
 * go on writing, the rest under the writers' lock, so that the log can start
 * anew.  Needs a connection of its own.
 */
loyalty_db_rc_e loyalty_db_checkpoint(loyalty_db_t *db, loyalty_lock_t *lock);


#endif /* _LOYALTY_DB_H_INCLUDED_ */
