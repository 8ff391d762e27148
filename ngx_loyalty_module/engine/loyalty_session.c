
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_clock.h>
#include <loyalty_session.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOYALTY_SESSION_ATTEMPTS  5


static int loyalty_session_statements(loyalty_session_t *session);
static loyalty_db_rc_e loyalty_session_work(loyalty_session_t *session,
    loyalty_db_mode_e mode, int64_t now, loyalty_work_pt work, void *data);
static void loyalty_session_failed(loyalty_session_t *session,
    const char *why);


/* What depends on rules stays as those who know them have left it. */

static const loyalty_program_t  loyalty_session_no_rules = {
    .ladder = { .window = LOYALTY_WINDOW_UNKNOWN }
};


int
loyalty_session_init(loyalty_session_t *session,
    const loyalty_session_conf_t *conf)
{
    loyalty_db_conf_t  db;

    memset(session, 0, sizeof(loyalty_session_t));

    session->conf = *conf;

    if (conf->program == NULL) {
        session->conf.program = &loyalty_session_no_rules;
    }

    db.uri = conf->uri;
    db.timeout = conf->timeout;
    db.cache = conf->cache;
    db.statements = loyalty_statements;
    db.nstatements = LOYALTY_STATEMENTS + conf->nstatements;

    if (conf->nstatements != 0) {

        if (loyalty_session_statements(session) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

        db.statements = session->statements;
    }

    session->db = loyalty_db_create(&db);

    if (session->db == NULL) {
        loyalty_session_done(session);
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


static int
loyalty_session_statements(loyalty_session_t *session)
{
    unsigned  n;

    n = session->conf.nstatements;

    session->statements = calloc(LOYALTY_STATEMENTS + n,
                                 sizeof(loyalty_db_statement_t));
    if (session->statements == NULL) {
        return LOYALTY_ERROR;
    }

    memcpy(session->statements, loyalty_statements,
           sizeof(loyalty_statements));
    memcpy(session->statements + LOYALTY_STATEMENTS,
           session->conf.statements, n * sizeof(loyalty_db_statement_t));

    return LOYALTY_OK;
}


void
loyalty_session_done(loyalty_session_t *session)
{
    loyalty_db_destroy(session->db);
    free(session->statements);

    session->db = NULL;
    session->statements = NULL;
}


loyalty_db_rc_e
loyalty_session_transact(loyalty_session_t *session, loyalty_db_mode_e mode,
    int64_t now, loyalty_work_pt work, void *data)
{
    loyalty_db_rc_e  rc;
    loyalty_lock_t  *lock;

    if (loyalty_db_open(session->db) != LOYALTY_DB_DONE) {
        loyalty_session_failed(session, loyalty_db_error(session->db));
        return LOYALTY_DB_UNAVAILABLE;
    }

    /* a server keeps its writers apart itself, row by row */

    lock = (mode == LOYALTY_DB_WRITE && !loyalty_db_shared(session->db))
           ? session->conf.lock : NULL;

    if (loyalty_lock_acquire(lock, session->conf.timeout) != LOYALTY_OK) {
        loyalty_session_failed(session, "another worker keeps the database "
                               "locked");
        return LOYALTY_DB_UNAVAILABLE;
    }

    rc = loyalty_session_work(session, mode, now, work, data);

    if (rc != LOYALTY_DB_DONE) {
        loyalty_db_rollback(session->db);
    }

    loyalty_lock_release(lock);

    return rc;
}


static loyalty_db_rc_e
loyalty_session_work(loyalty_session_t *session, loyalty_db_mode_e mode,
    int64_t now, loyalty_work_pt work, void *data)
{
    loyalty_db_rc_e        rc;
    loyalty_transaction_t  tx;

    memset(&tx, 0, sizeof(loyalty_transaction_t));

    tx.db = session->db;
    tx.program = session->conf.program;
    tx.now = now;
    tx.failed = LOYALTY_DB_DONE;

    rc = loyalty_db_begin(tx.db, mode);

    if (rc == LOYALTY_DB_DONE && work(&tx, data) != LOYALTY_OK) {
        rc = tx.failed;
    }

    if (rc == LOYALTY_DB_DONE) {
        rc = loyalty_db_commit(tx.db);
    }

    if (rc == LOYALTY_DB_DONE) {
        loyalty_movements_join(&session->movements, &tx.movements);
    }

    if (rc != LOYALTY_DB_DONE) {
        loyalty_session_failed(session, (tx.why != NULL)
                                        ? tx.why : loyalty_db_error(tx.db));
    }

    return rc;
}


/*
 * Who has waited half of his time in vain does not wait again: others wait
 * for him.  A deadlock, which the server takes a while to see, was not in
 * vain: those who were in the way go on.
 */

loyalty_db_rc_e
loyalty_session_insist(loyalty_session_t *session, loyalty_db_mode_e mode,
    int64_t now, loyalty_work_pt work, void *data)
{
    int              attempts;
    int64_t          began, patience;
    loyalty_db_rc_e  rc;

    began = loyalty_clock();
    attempts = loyalty_db_shared(session->db) ? LOYALTY_SESSION_ATTEMPTS : 1;

    do {
        rc = loyalty_session_transact(session, mode, now, work, data);

        patience = loyalty_db_deadlock(session->db)
                   ? 2 * session->conf.timeout : session->conf.timeout / 2;

    } while (rc == LOYALTY_DB_CONFLICT && --attempts != 0
             && loyalty_clock() - began < patience);

    return rc;
}


static void
loyalty_session_failed(loyalty_session_t *session, const char *why)
{
    (void) snprintf(session->error, sizeof(session->error), "%s", why);
}
