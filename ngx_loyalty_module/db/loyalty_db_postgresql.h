
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DB_POSTGRESQL_H_INCLUDED_
#define _LOYALTY_DB_POSTGRESQL_H_INCLUDED_


#include <loyalty_db_driver.h>

#include <libpq-fe.h>


/* What the files of the PostgreSQL driver share. */

#define LOYALTY_POSTGRESQL_AHEADS    256

/* An integer as a text, as values go to the server. */

#define LOYALTY_POSTGRESQL_INT_SIZE  sizeof("-9223372036854775808")


typedef struct {
    unsigned        statement;
    loyalty_str_t   value;             /* the last one */
} loyalty_postgresql_ahead_t;


typedef struct {
    loyalty_db_t   base;
    PGconn        *conn;               /* NULL: closed */
    PGresult      *result;             /* of the last query, or NULL */
    int            row;                /* of the result */
    int64_t        inserted;

    int64_t        writer;             /* our row in "writer", 0: none yet */
    int64_t        batch;              /* the last transaction's number */
    unsigned       writing:1;          /* in a transaction */
    unsigned       useless:1;          /* only a new connection may help */

    /* sent ahead, in a pipeline; those before next_ahead were read */

    unsigned       naheads;
    unsigned       next_ahead;
    loyalty_postgresql_ahead_t  aheads[LOYALTY_POSTGRESQL_AHEADS];

    unsigned char  prepared[];         /* by statement */
} loyalty_postgresql_t;


/* loyalty_db_postgresql_open.c: the driver's functions of these names. */
int loyalty_postgresql_check(const char *uri, char *why, size_t size);
loyalty_db_rc_e loyalty_postgresql_open(loyalty_db_t *base);
void loyalty_postgresql_close(loyalty_db_t *base);
loyalty_db_rc_e loyalty_postgresql_look(loyalty_db_t *base, int *version);

/* loyalty_db_postgresql_commit.c: the driver's functions of these names. */
loyalty_db_rc_e loyalty_postgresql_begin(loyalty_db_t *base,
    loyalty_db_mode_e mode);
loyalty_db_rc_e loyalty_postgresql_commit(loyalty_db_t *base);
void loyalty_postgresql_rollback(loyalty_db_t *base);

/* loyalty_db_postgresql.c: prepares a statement, unless that was done. */
loyalty_db_rc_e loyalty_postgresql_prepare(loyalty_postgresql_t *db,
    unsigned statement);

/* Sends a statement that was prepared; 0 if that failed. */
int loyalty_postgresql_send(loyalty_postgresql_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n);

/* loyalty_db_postgresql_ahead.c: the driver's function of this name. */
void loyalty_postgresql_ahead(loyalty_db_t *base, unsigned statement,
    const loyalty_db_value_t *values, unsigned n);

/*
 * The result of a query, if it was sent ahead, to be cleared.  If not, those
 * that were are forgotten.
 */
PGresult *loyalty_postgresql_asked_ahead(loyalty_postgresql_t *db,
    unsigned statement, const loyalty_db_value_t *values, unsigned n);

/* Before anything else is sent. */
void loyalty_postgresql_forget_aheads(loyalty_postgresql_t *db);

/* loyalty_db_postgresql_bulk.c */
extern const loyalty_db_bulk_t  loyalty_postgresql_bulk;

/*
 * loyalty_db_postgresql_wait.c: waits for the answer to what was sent, but
 * not longer than "timeout" milliseconds.  Returns the last result, to be
 * cleared, or NULL if the connection was lost or is of no more use.
 */
PGresult *loyalty_postgresql_wait(loyalty_postgresql_t *db, int timeout);

/*
 * Waits until PQgetResult() would not, or the connection has broken; 0 at the
 * deadline, by loyalty_clock().
 */
int loyalty_postgresql_arrives(loyalty_postgresql_t *db, int64_t deadline);

/* Runs statements without parameters, and forgets what they return. */
loyalty_db_rc_e loyalty_postgresql_exec(loyalty_postgresql_t *db,
    const char *sql);

/* The same, and notes in *number the first value that the last returns. */
loyalty_db_rc_e loyalty_postgresql_number(loyalty_postgresql_t *db,
    const char *sql, int64_t *number);

/*
 * Notes why the last call failed, and says what kind of failure it is;
 * "result" is NULL if there is none, and is not cleared.
 */
loyalty_db_rc_e loyalty_postgresql_failed(loyalty_postgresql_t *db,
    const PGresult *result);


#endif /* _LOYALTY_DB_POSTGRESQL_H_INCLUDED_ */
