
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_SESSION_H_INCLUDED_
#define _LOYALTY_SESSION_H_INCLUDED_


#include <loyalty_lock.h>
#include <loyalty_transaction.h>


/*
 * A connection to a program's database, and work that is done on it in
 * transactions: all of it, or nothing.
 */

#define LOYALTY_SESSION_ERROR_SIZE  512


/*
 * What a transaction does.  LOYALTY_OK commits it.  May be run again after a
 * rollback, and must then forget what it did before.
 */

typedef int (*loyalty_work_pt)(loyalty_transaction_t *tx, void *data);


/* Copied; what it points to outlives the session. */

typedef struct {
    const loyalty_program_t       *program;   /* NULL: without any rules */
    const char                    *uri;       /* of the database */
    int                            timeout;   /* ms to wait for a lock */
    size_t                         cache;     /* bytes of database pages */
    loyalty_lock_t                *lock;      /* the writers', or NULL */

    /* more statements than the engine's: from LOYALTY_STATEMENTS on */

    const loyalty_db_statement_t  *statements;
    unsigned                       nstatements;
} loyalty_session_conf_t;


typedef struct {
    loyalty_session_conf_t         conf;
    loyalty_db_t                  *db;
    loyalty_db_statement_t        *statements;    /* all of them */
    loyalty_movements_t            movements;     /* committed; the owner's */

    char                           error[LOYALTY_SESSION_ERROR_SIZE];
} loyalty_session_t;


/* Opens nothing yet; LOYALTY_ERROR if memory ran out. */
int loyalty_session_init(loyalty_session_t *session,
    const loyalty_session_conf_t *conf);

/* Also of a session that is all zeros. */
void loyalty_session_done(loyalty_session_t *session);

/*
 * Does the work in one transaction.  Unless LOYALTY_DB_DONE, nothing of it
 * has happened, and "error" says why: see loyalty_db.h.
 */
loyalty_db_rc_e loyalty_session_transact(loyalty_session_t *session,
    loyalty_db_mode_e mode, int64_t now, loyalty_work_pt work, void *data);

/*
 * The same, and again while LOYALTY_DB_CONFLICT may pass: what somebody
 * else's transaction has refused, it may grant once it ended.
 */
loyalty_db_rc_e loyalty_session_insist(loyalty_session_t *session,
    loyalty_db_mode_e mode, int64_t now, loyalty_work_pt work, void *data);


#endif /* _LOYALTY_SESSION_H_INCLUDED_ */
