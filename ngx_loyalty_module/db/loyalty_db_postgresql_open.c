
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_postgresql.h>
#include <loyalty_schema_postgresql.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>


/* "loya": keeps those who bring a schema up to date apart. */

#define LOYALTY_POSTGRESQL_MIGRATION  0x6c6f7961


static const char *loyalty_postgresql_conninfo(const char *uri);
static int loyalty_postgresql_has_password(const char *uri);
static int loyalty_postgresql_check_options(const PQconninfoOption *option,
    char *why, size_t size);
static int loyalty_postgresql_no_password(char *why, size_t size);
static int loyalty_postgresql_alive(loyalty_postgresql_t *db);
static loyalty_db_rc_e loyalty_postgresql_connect(loyalty_postgresql_t *db);
static void loyalty_postgresql_ignore(void *data, const char *message);
static loyalty_db_rc_e loyalty_postgresql_configure(loyalty_postgresql_t *db);
static loyalty_db_rc_e loyalty_postgresql_migrate(loyalty_postgresql_t *db);
static loyalty_db_rc_e loyalty_postgresql_version_of(loyalty_postgresql_t *db,
    int64_t *version);
static loyalty_db_rc_e loyalty_postgresql_upgrade(loyalty_postgresql_t *db);


int
loyalty_postgresql_check(const char *uri, char *why, size_t size)
{
    int                rc;
    char              *error;
    PQconninfoOption  *options;

    if (strncmp(uri, "postgresql:", sizeof("postgresql:") - 1) != 0
        && strncmp(uri, "postgres://", sizeof("postgres://") - 1) != 0)
    {
        (void) snprintf(why, size, "write \"postgresql://USER@HOST/NAME\"");
        return LOYALTY_ERROR;
    }

    if (loyalty_postgresql_has_password(uri)) {
        return loyalty_postgresql_no_password(why, size);
    }

    options = PQconninfoParse(loyalty_postgresql_conninfo(uri), &error);

    if (options == NULL) {
        (void) snprintf(why, size, "%.*s",
                        (error != NULL) ? (int) strcspn(error, "\n") : 0,
                        (error != NULL) ? error : "");
        PQfreemem(error);
        return LOYALTY_ERROR;
    }

    rc = loyalty_postgresql_check_options(options, why, size);

    PQconninfoFree(options);

    return rc;
}


/* What was not seen in the text, because its name is escaped there. */

static int
loyalty_postgresql_check_options(const PQconninfoOption *option, char *why,
    size_t size)
{
    for ( /* void */ ; option->keyword != NULL; option++) {

        if (option->val == NULL) {
            continue;
        }

        if (strstr(option->keyword, "password") != NULL) {
            return loyalty_postgresql_no_password(why, size);
        }

        if (strcmp(option->keyword, "port") == 0
            && option->val[strspn(option->val, "0123456789,")] != '\0')
        {
            (void) snprintf(why, size, "a port is a number");
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_postgresql_no_password(char *why, size_t size)
{
    (void) snprintf(why, size, "a password does not belong here, where "
                    "\"nginx -T\" and others show it: write it into a file "
                    "that only the workers' user can read, and "
                    "\"passfile=PATH\"");

    return LOYALTY_ERROR;
}


/* "postgresql:host=... dbname=..." is libpq's other form, in ours. */

static const char *
loyalty_postgresql_conninfo(const char *uri)
{
    const char  *rest = strchr(uri, ':') + 1;

    return (strncmp(rest, "//", 2) == 0) ? uri : rest;
}


/* Before libpq looks at it, which shows what it cannot understand. */

static int
loyalty_postgresql_has_password(const char *uri)
{
    size_t       len;
    const char  *p, *user, *end;

    p = uri;

    while ((p = strstr(p, "password")) != NULL) {
        p += sizeof("password") - 1;

        if (p[strspn(p, " \t")] == '=') {
            return 1;
        }
    }

    /* without "//" nothing of this kind belongs before the first "=" */

    user = strchr(uri, ':') + 1;
    end = (strncmp(user, "//", 2) == 0) ? "/@" : "=@";

    user += strspn(user, "/");
    len = strcspn(user, end);

    return user[len] == '@' && memchr(user, ':', len) != NULL;
}


loyalty_db_rc_e
loyalty_postgresql_open(loyalty_db_t *base)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    if (db->conn != NULL) {

        if (loyalty_postgresql_alive(db)) {
            return LOYALTY_DB_DONE;
        }

        loyalty_postgresql_close(base);
    }

    if (loyalty_postgresql_connect(db) != LOYALTY_DB_DONE
        || loyalty_postgresql_configure(db) != LOYALTY_DB_DONE
        || loyalty_postgresql_migrate(db) != LOYALTY_DB_DONE)
    {
        loyalty_postgresql_close(base);
        return LOYALTY_DB_UNAVAILABLE;
    }

    return LOYALTY_DB_DONE;
}


/* A server that was restarted meanwhile has left its end in the socket. */

static int
loyalty_postgresql_alive(loyalty_postgresql_t *db)
{
    struct pollfd  fd;

    fd.fd = PQsocket(db->conn);
    fd.events = POLLIN;

    while (poll(&fd, 1, 0) > 0) {

        if (!PQconsumeInput(db->conn) || PQisBusy(db->conn)) {
            return 0;
        }
    }

    return PQstatus(db->conn) == CONNECTION_OK;
}


/*
 * What the URI says overrides what stands before it.  A server that is gone
 * without a word must not hold a thread for the minutes that TCP waits.
 */

static loyalty_db_rc_e
loyalty_postgresql_connect(loyalty_postgresql_t *db)
{
    const char *const  names[] = {
        "connect_timeout", "tcp_user_timeout", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "target_session_attrs",
        "fallback_application_name", "dbname", "client_encoding", NULL
    };

    const char *const  values[] = {
        "2", "5000", "5", "2", "3", "read-write", "ngx_loyalty",
        loyalty_postgresql_conninfo(db->base.conf.uri), "UTF8", NULL
    };

    db->conn = PQconnectdbParams(names, values, 1);

    if (PQstatus(db->conn) != CONNECTION_OK
        || PQsetnonblocking(db->conn, 1) != 0)
    {
        return loyalty_postgresql_failed(db, NULL);
    }

    (void) PQsetNoticeProcessor(db->conn, loyalty_postgresql_ignore, NULL);

    return LOYALTY_DB_DONE;
}


/* libpq would write it to standard error. */

static void
loyalty_postgresql_ignore(void *data, const char *message)
{
    (void) data;
    (void) message;
}


/*
 * The server gives up before we do, so that a connection need not be given
 * up, but not before it has looked for a deadlock, by default after a second:
 * else both of two who wait for each other would give up.  A transaction
 * whose client is gone must not keep its rows.  All that we ask for has an
 * index: a plan that was made while the tables were small must still be good
 * when they are not.
 */

static loyalty_db_rc_e
loyalty_postgresql_configure(loyalty_postgresql_t *db)
{
    int          timeout;
    char         sql[512];
    const char  *encoding;

    encoding = PQparameterStatus(db->conn, "server_encoding");

    if (encoding != NULL && strcmp(encoding, "UTF8") != 0) {
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "the database has the encoding %s: make it by CREATE "
                        "DATABASE ... ENCODING 'UTF8' TEMPLATE template0",
                        encoding);
        return LOYALTY_DB_UNAVAILABLE;
    }

    timeout = db->base.conf.timeout;

    (void) snprintf(sql, sizeof(sql),
                    "SET statement_timeout = %d; SET lock_timeout = %d;"
                    "SET idle_in_transaction_session_timeout = %d;"
                    "SET default_transaction_isolation = 'read committed';"
                    "SET enable_seqscan = off;"
                    "SELECT set_config(name, '1000', false) FROM pg_settings "
                    "WHERE name = 'client_connection_check_interval'",
                    timeout - timeout / 5, timeout - 2 * timeout / 5,
                    2 * timeout);

    return loyalty_postgresql_exec(db, sql);
}


static loyalty_db_rc_e
loyalty_postgresql_migrate(loyalty_postgresql_t *db)
{
    int64_t          version;
    loyalty_db_rc_e  rc;

    if (loyalty_postgresql_version_of(db, &version) != LOYALTY_DB_DONE) {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (version == loyalty_postgresql_version) {
        return LOYALTY_DB_DONE;
    }

    rc = loyalty_postgresql_upgrade(db);

    if (rc == LOYALTY_DB_DONE) {
        rc = loyalty_postgresql_exec(db, "COMMIT");
    }

    return rc;
}


static loyalty_db_rc_e
loyalty_postgresql_version_of(loyalty_postgresql_t *db, int64_t *version)
{
    int64_t  is_there;

    *version = 0;

    if (loyalty_postgresql_number(db, "SELECT "
                                  "(to_regclass('loyalty_version') "
                                  "IS NOT NULL)::int", &is_there)
        != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (!is_there) {
        return LOYALTY_DB_DONE;
    }

    return loyalty_postgresql_number(db, "SELECT max(version) "
                                     "FROM loyalty_version", version);
}


/* In a transaction that is left open.  All nodes may get here together. */

static loyalty_db_rc_e
loyalty_postgresql_upgrade(loyalty_postgresql_t *db)
{
    char     sql[256];
    int64_t  version;

    (void) snprintf(sql, sizeof(sql),
                    "BEGIN; SELECT pg_advisory_xact_lock(%d);"
                    "CREATE TABLE IF NOT EXISTS loyalty_version "
                    "(version BIGINT PRIMARY KEY)",
                    LOYALTY_POSTGRESQL_MIGRATION);

    if (loyalty_postgresql_exec(db, sql) != LOYALTY_DB_DONE
        || loyalty_postgresql_version_of(db, &version) != LOYALTY_DB_DONE)
    {
        return LOYALTY_DB_UNAVAILABLE;
    }

    if (version > loyalty_postgresql_version) {
        (void) snprintf(db->base.error, sizeof(db->base.error),
                        "the database has version %lld of the schema and this "
                        "module knows %d: a newer module wrote it, install "
                        "that one", (long long) version,
                        loyalty_postgresql_version);
        return LOYALTY_DB_UNAVAILABLE;
    }

    while (version < loyalty_postgresql_version) {

        if (loyalty_postgresql_exec(db, loyalty_postgresql_migrations[version])
            != LOYALTY_DB_DONE)
        {
            return LOYALTY_DB_UNAVAILABLE;
        }

        version++;

        (void) snprintf(sql, sizeof(sql), "INSERT INTO loyalty_version "
                        "VALUES (%lld)", (long long) version);

        if (loyalty_postgresql_exec(db, sql) != LOYALTY_DB_DONE) {
            return LOYALTY_DB_UNAVAILABLE;
        }
    }

    return LOYALTY_DB_DONE;
}


loyalty_db_rc_e
loyalty_postgresql_look(loyalty_db_t *base, int *version)
{
    int64_t                number;
    loyalty_db_rc_e        rc;
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    loyalty_postgresql_close(base);

    number = 0;
    rc = LOYALTY_DB_UNAVAILABLE;

    if (loyalty_postgresql_connect(db) == LOYALTY_DB_DONE
        && loyalty_postgresql_configure(db) == LOYALTY_DB_DONE)
    {
        rc = loyalty_postgresql_version_of(db, &number);
    }

    loyalty_postgresql_close(base);

    *version = (int) number;

    return rc;
}


void
loyalty_postgresql_close(loyalty_db_t *base)
{
    loyalty_postgresql_t  *db = (loyalty_postgresql_t *) base;

    PQclear(db->result);
    db->result = NULL;

    PQfinish(db->conn);
    db->conn = NULL;

    (void) memset(db->prepared, 0, base->conf.nstatements);

    db->naheads = 0;
    db->next_ahead = 0;

    db->writing = 0;
    db->useless = 0;
}
