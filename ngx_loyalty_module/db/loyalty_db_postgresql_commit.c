
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_clock.h>
#include <loyalty_db_postgresql.h>

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>


#define LOYALTY_POSTGRESQL_ASK_AGAIN  100       /* milliseconds */

/* Rows of writers that have been gone for so long are forgotten. */

#define LOYALTY_POSTGRESQL_GONE       (24 * 3600)


static loyalty_db_rc_e loyalty_postgresql_take_row(loyalty_postgresql_t *db,
    int64_t *batch);
static loyalty_db_rc_e loyalty_postgresql_make_row(loyalty_postgresql_t *db);
static loyalty_db_rc_e loyalty_postgresql_ask(loyalty_postgresql_t *db);
static loyalty_db_rc_e loyalty_postgresql_ask_once(loyalty_postgresql_t *db);


/*
 * What is read needs no transaction: each statement is one.  What is written
 * begins by taking our row in "writer", with the number of the transaction;
 * the row then belongs to it until it ends, however that may be.
 */

loyalty_db_rc_e
loyalty_postgresql_begin(loyalty_db_t *base, loyalty_db_mode_e mode)
{
    int64_t                batch;
    loyalty_db_rc_e        rc;
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    if (mode == LOYALTY_DB_READ) {
        return LOYALTY_DB_DONE;
    }

    rc = loyalty_postgresql_take_row(db, &batch);

    if (rc == LOYALTY_DB_DONE && batch == 0) {

        /* we have not written for so long that it was forgotten */

        loyalty_postgresql_rollback(base);
        db->writer = 0;

        rc = loyalty_postgresql_take_row(db, &batch);
    }

    /* of what the transaction is for, nothing has been tried yet */

    return (rc == LOYALTY_DB_DONE && batch == db->batch)
           ? LOYALTY_DB_DONE : LOYALTY_DB_UNAVAILABLE;
}


/* *batch is what the row then has, 0 if there is none. */

static loyalty_db_rc_e
loyalty_postgresql_take_row(loyalty_postgresql_t *db, int64_t *batch)
{
    char  sql[160];

    if (db->writer == 0
        && loyalty_postgresql_make_row(db) != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    db->writing = 1;
    db->batch++;

    (void) snprintf(sql, sizeof(sql), "BEGIN; UPDATE writer SET batch = %lld, "
                    "at = %lld WHERE id = %lld RETURNING batch",
                    (long long) db->batch, (long long) time(NULL),
                    (long long) db->writer);

    return loyalty_postgresql_number(db, sql, batch);
}


/*
 * Before it is used, in a transaction of its own: as long as a row is not
 * committed, nobody can wait for it.  Its number is random: from a sequence,
 * two might get the same one after a failover.
 */

static loyalty_db_rc_e
loyalty_postgresql_make_row(loyalty_postgresql_t *db)
{
    char     sql[256];
    int64_t  number;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number)) {
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "no random numbers");
        return LOYALTY_DB_UNAVAILABLE;
    }

    number &= INT64_MAX;

    db->batch = 1;

    (void) snprintf(sql, sizeof(sql),
                    "DELETE FROM writer WHERE id IN (SELECT id FROM writer "
                    "WHERE at < %lld FOR UPDATE SKIP LOCKED);"
                    "INSERT INTO writer (id, batch, at) "
                    "VALUES (%lld, %lld, %lld)",
                    (long long) time(NULL) - LOYALTY_POSTGRESQL_GONE,
                    (long long) number, (long long) db->batch,
                    (long long) time(NULL));

    if (loyalty_postgresql_exec(db, sql) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    db->writer = number;

    return LOYALTY_DB_DONE;
}


loyalty_db_rc_e
loyalty_postgresql_commit(loyalty_db_t *base)
{
    PGresult              *result;
    loyalty_db_rc_e        rc;
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    if (!db->writing) {
        loyalty_postgresql_forget_aheads(db);
        return LOYALTY_DB_DONE;
    }

    result = NULL;

    if (PQsendQuery(db->conn, "COMMIT")) {
        result = loyalty_postgresql_wait(db, base->conf.timeout);
    }

    if (PQresultStatus(result) == PGRES_COMMAND_OK) {

        /* the server may say to a COMMIT that it has rolled back */

        rc = (strcmp(PQcmdStatus(result), "COMMIT") == 0)
             ? LOYALTY_DB_DONE : LOYALTY_DB_CONFLICT;

        db->writing = 0;

    } else {
        rc = loyalty_postgresql_failed(db, result);
    }

    PQclear(result);

    return db->useless ? loyalty_postgresql_ask(db) : rc;
}


/* The answer to a COMMIT was lost: has it happened? */

static loyalty_db_rc_e
loyalty_postgresql_ask(loyalty_postgresql_t *db)
{
    int64_t          until;
    loyalty_db_rc_e  rc;
    struct timespec  again = { 0, LOYALTY_POSTGRESQL_ASK_AGAIN * 1000000 };

    until = loyalty_clock() + db->base.conf.timeout;

    for ( ;; ) {
        loyalty_postgresql_close(&db->base);

        rc = loyalty_postgresql_ask_once(db);

        if (rc != LOYALTY_DB_UNAVAILABLE || loyalty_clock() >= until)
        {
            break;
        }

        (void) nanosleep(&again, NULL);
    }

    switch (rc) {

    case LOYALTY_DB_DONE:
        return LOYALTY_DB_DONE;

    case LOYALTY_DB_CONFLICT:
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "the connection was lost before a commit");
        break;

    default:
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "the connection was lost in a commit, and what became "
                        "of that cannot be found out");

        /* that transaction may keep the row for long: we take another one */

        db->writer = 0;
    }

    return LOYALTY_DB_UNAVAILABLE;
}


/* LOYALTY_DB_CONFLICT: it has not, and will not. */

static loyalty_db_rc_e
loyalty_postgresql_ask_once(loyalty_postgresql_t *db)
{
    char     sql[128];
    int64_t  batch;

    if (loyalty_postgresql_open(&db->base) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    /*
     * As long as the server has not seen the lost connection's end, it has
     * the row, and may still get to the COMMIT: so we wait for the row.
     */

    (void) snprintf(sql, sizeof(sql), "SELECT batch FROM writer "
                    "WHERE id = %lld FOR UPDATE", (long long) db->writer);

    if (loyalty_postgresql_number(db, sql, &batch) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (batch == 0) {

        /* without our row there is no telling, as after a restore */

        return LOYALTY_DB_UNAVAILABLE;
    }

    return (batch == db->batch) ? LOYALTY_DB_DONE : LOYALTY_DB_CONFLICT;
}


void
loyalty_postgresql_rollback(loyalty_db_t *base)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    loyalty_postgresql_forget_aheads(db);

    if (db->writing && db->conn != NULL && !db->useless) {
        (void) loyalty_postgresql_exec(db, "ROLLBACK");
    }

    db->writing = 0;

    if (db->useless) {
        loyalty_postgresql_close(base);
    }
}
