
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_clock.h>
#include <loyalty_db_postgresql.h>

#include <string.h>


/*
 * Queries of which is known that they will be asked for go to the server in
 * one message, by libpq's pipeline mode: a batch of balances waits for it
 * once, and not once for each.
 */

static int loyalty_postgresql_same(const loyalty_postgresql_ahead_t *ahead,
    unsigned statement, const loyalty_db_value_t *value);
static PGresult *loyalty_postgresql_next_ahead(loyalty_postgresql_t *db);
static PGresult *loyalty_postgresql_one(loyalty_postgresql_t *db,
    int64_t deadline);


void
loyalty_postgresql_ahead(loyalty_db_t *base, unsigned statement,
    const loyalty_db_value_t *values, unsigned n)
{
    loyalty_postgresql_t        *db = (loyalty_postgresql_t *) base;
    loyalty_postgresql_ahead_t  *ahead;

    if (db->writing || db->naheads == LOYALTY_POSTGRESQL_AHEADS
        || db->useless)
    {
        return;
    }

    /* to prepare it waits for an answer, which the pipeline would mix up */

    if (db->naheads == 0
        && (loyalty_postgresql_prepare(db, statement) != LOYALTY_DB_DONE
            || !PQenterPipelineMode(db->conn)))
    {
        return;
    }

    if (!db->prepared[statement]) {
        return;
    }

    ahead = &db->aheads[db->naheads++];

    ahead->statement = statement;
    ahead->value = values[n - 1].text;

    if (!loyalty_postgresql_send(db, statement, values, n)) {
        (void) loyalty_postgresql_failed(db, NULL);
    }
}


/*
 * Those that come before it and were not asked for after all are left out.
 * NULL: it has to be asked for now.
 */

PGresult *
loyalty_postgresql_asked_ahead(loyalty_postgresql_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n)
{
    int        same;
    PGresult  *result;

    while (db->naheads != 0 && !db->useless) {
        same = loyalty_postgresql_same(&db->aheads[db->next_ahead], statement,
                                       &values[n - 1]);

        result = loyalty_postgresql_next_ahead(db);

        if (same) {
            return result;
        }

        PQclear(result);
    }

    return NULL;
}


/*
 * The texts of a command stay where they are, so the same place is the same
 * text; of the values, the last one tells one command's query from another's.
 */

static int
loyalty_postgresql_same(const loyalty_postgresql_ahead_t *ahead,
    unsigned statement, const loyalty_db_value_t *value)
{
    return ahead->statement == statement && value->is_text
           && ahead->value.data == value->text.data
           && ahead->value.len == value->text.len;
}


/* After the last one, the pipeline ends. */

static PGresult *
loyalty_postgresql_next_ahead(loyalty_postgresql_t *db)
{
    int64_t    deadline;
    PGresult  *result;

    deadline = loyalty_clock() + db->base.conf.timeout;

    if (db->next_ahead == 0 && !PQpipelineSync(db->conn)) {
        (void) loyalty_postgresql_failed(db, NULL);
        return NULL;
    }

    result = loyalty_postgresql_one(db, deadline);

    /* each ends with a NULL */

    PQclear(loyalty_postgresql_one(db, deadline));

    if (++db->next_ahead != db->naheads) {
        return result;
    }

    db->naheads = 0;
    db->next_ahead = 0;

    PQclear(loyalty_postgresql_one(db, deadline));

    if (!db->useless && !PQexitPipelineMode(db->conn)) {
        (void) loyalty_postgresql_failed(db, NULL);
    }

    return result;
}


static PGresult *
loyalty_postgresql_one(loyalty_postgresql_t *db, int64_t deadline)
{
    if (db->useless || !loyalty_postgresql_arrives(db, deadline)) {
        return NULL;
    }

    return PQgetResult(db->conn);
}


void
loyalty_postgresql_forget_aheads(loyalty_postgresql_t *db)
{
    while (db->naheads != 0 && !db->useless) {
        PQclear(loyalty_postgresql_next_ahead(db));
    }

    db->naheads = 0;
    db->next_ahead = 0;
}
