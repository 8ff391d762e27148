
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_clock.h>
#include <loyalty_db_postgresql.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static void loyalty_postgresql_say(loyalty_postgresql_t *db,
    const char *message, const char *state);
static int loyalty_postgresql_state(const char *state, const char *const *of);


/* What another attempt may get over, or what was wrong with one row only. */

static const char *const  loyalty_postgresql_conflicts[] = {
    "22",                    /* data exception */
    "23",                    /* integrity constraint violation */
    "40001",                 /* serialization failure */
    "40P01",                 /* deadlock */
    "55P03",                 /* lock timeout */
    "P0001",                 /* RAISE, in our triggers */
    NULL
};


/* Of these, what the server has chosen us for, so that others go on. */

static const char *const  loyalty_postgresql_deadlocks[] = {
    "40001",
    "40P01",
    NULL
};


/* What a new connection would meet again. */

static const char *const  loyalty_postgresql_shortages[] = {
    "53",                    /* disk full, out of memory */
    "57014",                 /* statement timeout */
    NULL
};


PGresult *
loyalty_postgresql_wait(loyalty_postgresql_t *db, int timeout)
{
    int64_t    deadline;
    PGresult  *result, *last;

    deadline = loyalty_clock() + timeout;
    last = NULL;

    for ( ;; ) {

        if (!loyalty_postgresql_arrives(db, deadline)) {
            PQclear(last);
            return NULL;
        }

        result = PQgetResult(db->conn);

        if (result == NULL) {
            return last;
        }

        PQclear(last);
        last = result;
    }
}


int
loyalty_postgresql_arrives(loyalty_postgresql_t *db, int64_t deadline)
{
    int            unsent;
    int64_t        left;
    struct pollfd  fd;

    for ( ;; ) {
        unsent = PQflush(db->conn);

        if (unsent < 0 || !PQisBusy(db->conn)) {
            return 1;
        }

        left = deadline - loyalty_clock();

        fd.fd = PQsocket(db->conn);
        fd.events = POLLIN | (unsent ? POLLOUT : 0);

        if (left <= 0 || poll(&fd, 1, (int) left) == 0) {

            /* whatever it says later would be taken for another answer */

            (void) snprintf(db->base.error, sizeof(db->base.error),
                            "the server does not answer");
            db->useless = 1;
            return 0;
        }

        if (!PQconsumeInput(db->conn)) {
            return 1;
        }
    }
}


loyalty_db_rc_e
loyalty_postgresql_exec(loyalty_postgresql_t *db, const char *sql)
{
    int64_t  number;

    return loyalty_postgresql_number(db, sql, &number);
}


loyalty_db_rc_e
loyalty_postgresql_number(loyalty_postgresql_t *db, const char *sql,
    int64_t *number)
{
    PGresult         *result;
    loyalty_db_rc_e   rc;

    *number = 0;

    if (!PQsendQuery(db->conn, sql)) {
        return loyalty_postgresql_failed(db, NULL);
    }

    result = loyalty_postgresql_wait(db, db->base.conf.timeout);

    switch (PQresultStatus(result)) {

    case PGRES_TUPLES_OK:
        if (PQntuples(result) != 0) {
            *number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
        }

        /* fall through */

    case PGRES_COMMAND_OK:
        rc = LOYALTY_DB_DONE;
        break;

    default:
        rc = loyalty_postgresql_failed(db, result);
    }

    PQclear(result);

    return rc;
}


loyalty_db_rc_e
loyalty_postgresql_failed(loyalty_postgresql_t *db, const PGresult *result)
{
    const char  *state, *message;

    state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (message == NULL) {
        message = PQerrorMessage(db->conn);
    }

    if (!db->useless) {
        loyalty_postgresql_say(db, message, (state != NULL) ? state : "");
    }

    if (state == NULL || PQstatus(db->conn) != CONNECTION_OK) {
        db->useless = 1;
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (loyalty_postgresql_state(state, loyalty_postgresql_deadlocks)) {
        db->base.deadlock = 1;
    }

    if (loyalty_postgresql_state(state, loyalty_postgresql_conflicts)) {
        return LOYALTY_DB_CONFLICT;
    }

    if (!loyalty_postgresql_state(state, loyalty_postgresql_shortages)) {
        db->useless = 1;
    }

    return LOYALTY_DB_UNAVAILABLE;
}


/*
 * Of the server's message only the first line is kept: the lines after it
 * show values, such as e-mails.  Of a connection that was not made, libpq has
 * a line for each host.
 */

static void
loyalty_postgresql_say(loyalty_postgresql_t *db, const char *message,
    const char *state)
{
    char               *p, *last;
    static const char   host[] = "\nconnection to ";

    p = db->base.error;
    last = p + sizeof(db->base.error) - sizeof(" (PostgreSQL 00000)");

    for ( /* void */ ; *message != '\0' && p < last; message++) {

        if (*message != '\n') {
            *p++ = *message;
            continue;
        }

        if (strncmp(message, host, sizeof(host) - 1) != 0) {
            break;
        }

        *p++ = ';';
        *p++ = ' ';
    }

    *p = '\0';

    if (*state != '\0') {
        (void) sprintf(p, " (PostgreSQL %.5s)", state);
    }
}


static int
loyalty_postgresql_state(const char *state, const char *const *of)
{
    for ( /* void */ ; *of != NULL; of++) {

        if (strncmp(state, *of, strlen(*of)) == 0) {
            return 1;
        }
    }

    return 0;
}
