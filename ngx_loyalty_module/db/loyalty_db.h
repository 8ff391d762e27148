
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
 * LOYALTY_DB_CONFLICT when the schema refused what one statement wanted, or
 * where others write, when one of them was in its way;
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


/* What a statement does beside what its SQL says. */

typedef enum {
    LOYALTY_DB_PLAIN = 0,
    LOYALTY_DB_NUMBERS,    /* its rows: see loyalty_db_inserted() */
    LOYALTY_DB_LOCKS       /* its rows, where others may write */
} loyalty_db_does_e;


typedef struct {
    const char                    *sql;
    loyalty_db_does_e              does;
} loyalty_db_statement_t;


/* Copied; what it points to must outlive the connection. */

typedef struct {
    const char                    *uri;        /* sqlite:PATH, or others */
    int                            timeout;    /* milliseconds to wait */
    size_t                         cache;      /* bytes kept, SQLite's */
    const loyalty_db_statement_t  *statements; /* by number */
    unsigned                       nstatements;
} loyalty_db_conf_t;


typedef struct {
    unsigned            is_text:1;
    loyalty_str_t       text;
    int64_t             integer;
} loyalty_db_value_t;


#define loyalty_db_int(value)   { 0, { 0, NULL }, value }
#define loyalty_db_text(value)  { 1, value, 0 }


/*
 * Settings of the databases' libraries for the whole process.  Optional, once,
 * before any connection; without effect if a library is in use already.
 */
void loyalty_db_tune(void);

/*
 * Whether a database of this kind can be used, and its URI can be read: else
 * LOYALTY_ERROR, and "why" has a sentence for whoever wrote it.
 */
int loyalty_db_check(const char *uri, char *why, size_t size);

/*
 * Makes a connection that is still closed; NULL if memory ran out or
 * loyalty_db_check() does not like the URI.
 */
loyalty_db_t *loyalty_db_create(const loyalty_db_conf_t *conf);

/*
 * Whether others may write at the same time.  Transactions may then run into
 * each other: LOYALTY_DB_CONFLICT may pass when they are run again.
 */
int loyalty_db_shared(loyalty_db_t *db);

void loyalty_db_destroy(loyalty_db_t *db);

/*
 * Connects and brings the schema up to date, unless that is done already.
 * A file that does not exist is made, readable by its owner only.
 */
loyalty_db_rc_e loyalty_db_open(loyalty_db_t *db);

/* loyalty_db_open() then starts afresh, whatever went wrong before. */
void loyalty_db_close(loyalty_db_t *db);

/*
 * Begins a transaction.  One that reads sees a single moment of a file; of a
 * server, each of its statements sees one of its own.
 */
loyalty_db_rc_e loyalty_db_begin(loyalty_db_t *db, loyalty_db_mode_e mode);

/*
 * Ends a transaction; what it wrote is on the disk on LOYALTY_DB_DONE.  If the
 * connection is lost meanwhile, finds out by another one what became of it:
 * after LOYALTY_DB_UNAVAILABLE it may, rarely, still have happened.
 */
loyalty_db_rc_e loyalty_db_commit(loyalty_db_t *db);

/*
 * Whether the transaction that was begun last has failed because it waited for
 * others who waited for it: these go on then, and it may be run again at once.
 */
int loyalty_db_deadlock(loyalty_db_t *db);

/* Undoes a transaction, and closes if only a new connection may help. */
void loyalty_db_rollback(loyalty_db_t *db);

/*
 * Says, while reading, that a query will be asked for, so that a server can
 * be sent all of them at once.  They are then asked for in this order, but
 * some may be left out, with the same texts at the same places, and the last
 * value is a text.
 */
void loyalty_db_ahead(loyalty_db_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n);

/*
 * Runs a statement up to its first row, if it has one.  Values are bound to
 * $1, $2, ... and must live until the next call; columns can be read until
 * then, too.
 */
loyalty_db_rc_e loyalty_db_query(loyalty_db_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n);

/* The next row of the last query, LOYALTY_DB_DONE behind the last one. */
loyalty_db_rc_e loyalty_db_row(loyalty_db_t *db);

/* The rows that the last query inserted, changed or deleted. */
unsigned loyalty_db_changes(loyalty_db_t *db);

/* The id that the last row got, after a statement that numbers its rows. */
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
