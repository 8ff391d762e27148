
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_batch.h>
#include <loyalty_clock.h>
#include <loyalty_engine.h>
#include <loyalty_leaders.h>
#include <loyalty_recall.h>
#include <loyalty_session.h>
#include <loyalty_sweep.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOYALTY_PRUNE_INTERVAL  60          /* seconds */

/* What is done beside commands, in a transaction of its own. */

typedef int (*loyalty_chore_pt)(loyalty_transaction_t *tx, int *more);


struct loyalty_engine_s {
    loyalty_engine_conf_t   conf;
    loyalty_session_t       session;
    int64_t                 pruned_at;
    int64_t                 give_up_at;    /* by loyalty_clock() */

    /* what a transaction without commands does */

    loyalty_chore_pt        chore;
    int                     more;          /* of it is left */

    loyalty_sweep_t        *sweep;         /* being done, or NULL */
    loyalty_census_t        census;        /* the last that is known */
    loyalty_leaders_t      *leaders;       /* being made, or NULL */
    unsigned                leaders_old:1; /* somebody has seen that */

    /* why a transaction failed that nobody has tried again */

    char                    error[LOYALTY_SESSION_ERROR_SIZE];
};


/* What a transaction does; without commands, the engine's chore. */

typedef struct {
    loyalty_engine_t       *engine;
    loyalty_command_t      *first;
    loyalty_command_t      *end;
} loyalty_batch_t;


typedef int (*loyalty_operation_pt)(loyalty_transaction_t *tx,
    loyalty_command_t *command);


static int loyalty_engine_prepare(loyalty_engine_t *engine,
    loyalty_command_t *commands);
static loyalty_db_rc_e loyalty_engine_together(loyalty_engine_t *engine,
    loyalty_command_t *first, loyalty_command_t *end, int write, int64_t now);
static loyalty_db_rc_e loyalty_engine_alone(loyalty_engine_t *engine,
    loyalty_command_t *command, int write, int64_t now);
static loyalty_db_rc_e loyalty_engine_transact(loyalty_engine_t *engine,
    loyalty_command_t *first, loyalty_command_t *end, int write, int64_t now);
static int loyalty_engine_work(loyalty_transaction_t *tx, void *data);
static int loyalty_engine_commands(loyalty_transaction_t *tx,
    loyalty_command_t *first, loyalty_command_t *end);
static void loyalty_engine_ahead(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_engine_first(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_engine_command(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_engine_settles(const loyalty_command_t *command);
static void loyalty_engine_prune(loyalty_engine_t *engine, int64_t now);
static int loyalty_engine_forget(loyalty_transaction_t *tx, int *more);
static loyalty_db_rc_e loyalty_engine_do(loyalty_engine_t *engine,
    loyalty_chore_pt chore, int write, int64_t now);
static loyalty_db_rc_e loyalty_engine_sweep(loyalty_engine_t *engine,
    int64_t now, int *more);
static void loyalty_engine_fail(loyalty_engine_t *engine,
    loyalty_command_t *first, loyalty_command_t *end);
static void loyalty_engine_finish(loyalty_engine_t *engine,
    loyalty_command_t *commands);


static const loyalty_operation_pt  loyalty_operations[LOYALTY_COMMANDS] = {
    [LOYALTY_COMMAND_SIGNUP] = loyalty_signup,
    [LOYALTY_COMMAND_CLAIM] = loyalty_claim,
    [LOYALTY_COMMAND_BALANCE] = loyalty_balance,
    [LOYALTY_COMMAND_REDEEM] = loyalty_redeem,
    [LOYALTY_COMMAND_ACTION] = loyalty_reward_action,
    [LOYALTY_COMMAND_HISTORY] = loyalty_history,
    [LOYALTY_COMMAND_COUPON] = loyalty_coupon,
    [LOYALTY_COMMAND_USE] = loyalty_use,
    [LOYALTY_COMMAND_CANCEL] = loyalty_cancel,
    [LOYALTY_COMMAND_LEADERBOARD] = loyalty_leaderboard,
    [LOYALTY_COMMAND_ORDER_EVENT] = loyalty_order_event,
    [LOYALTY_COMMAND_CONCLUDE] = loyalty_conclude,
    [LOYALTY_COMMAND_ERRAND] = loyalty_errand,
    [LOYALTY_COMMAND_COMPLETE] = loyalty_complete,
    [LOYALTY_COMMAND_RECOGNIZE] = loyalty_recognize,
    [LOYALTY_COMMAND_REPORT] = loyalty_report
};


loyalty_engine_t *
loyalty_engine_create(const loyalty_engine_conf_t *conf)
{
    loyalty_engine_t        *engine;
    loyalty_session_conf_t   session;

    engine = calloc(1, sizeof(loyalty_engine_t));
    if (engine == NULL) {
        return NULL;
    }

    engine->conf = *conf;

    memset(&session, 0, sizeof(loyalty_session_conf_t));

    session.program = conf->program;
    session.uri = conf->uri;
    session.timeout = conf->timeout;
    session.cache = conf->cache;
    session.lock = conf->lock;

    if (loyalty_session_init(&engine->session, &session) != LOYALTY_OK) {
        free(engine);
        return NULL;
    }

    return engine;
}


void
loyalty_engine_destroy(loyalty_engine_t *engine)
{
    if (engine == NULL) {
        return;
    }

    loyalty_sweep_destroy(engine->sweep);
    loyalty_leaders_destroy(engine->leaders);
    loyalty_session_done(&engine->session);
    free(engine);
}


loyalty_command_t *
loyalty_engine_run(loyalty_engine_t *engine, loyalty_command_t *commands,
    int64_t now)
{
    int                 write, shared;
    loyalty_command_t  *first, *end;

    engine->error[0] = '\0';
    engine->leaders_old = 0;
    engine->give_up_at = loyalty_clock() + 2 * engine->conf.timeout;

    shared = loyalty_db_shared(engine->session.db);

    if (shared) {
        commands = loyalty_batch_sort(commands);
    }

    write = loyalty_engine_prepare(engine, commands);

    for (first = commands; first != NULL; first = end) {
        end = (shared && write) ? loyalty_batch_end(first) : NULL;

        if (loyalty_engine_together(engine, first, end, write, now)
            == LOYALTY_DB_UNAVAILABLE)
        {
            /* the others would only wait for the same in vain */

            loyalty_engine_fail(engine, end, NULL);
            break;
        }
    }

    if (write && engine->error[0] == '\0'
        && now - engine->pruned_at >= LOYALTY_PRUNE_INTERVAL)
    {
        loyalty_engine_prune(engine, now);
    }

    loyalty_engine_finish(engine, commands);

    return commands;
}


/*
 * What can be done before others have to wait for us.  Returns whether the
 * commands need a write transaction.
 */

static int
loyalty_engine_prepare(loyalty_engine_t *engine, loyalty_command_t *commands)
{
    int                 write;
    loyalty_command_t  *c;

    write = 0;

    for (c = commands; c != NULL; c = c->next) {

        if ((c->kind == LOYALTY_COMMAND_CLAIM && !c->admission)
            || c->kind == LOYALTY_COMMAND_COMPLETE
            || c->kind == LOYALTY_COMMAND_ORDER_EVENT)
        {
            loyalty_command_read_order(c, engine->conf.program);
        }

        if (loyalty_command_writes(c)) {
            write = 1;
        }
    }

    return write;
}


/*
 * In one transaction.  If one of them runs into a constraint, the rollback
 * undoes the others, too: alone, each fails or succeeds for itself.  This is
 * rare; savepoints would make every command pay for it.
 */

static loyalty_db_rc_e
loyalty_engine_together(loyalty_engine_t *engine, loyalty_command_t *first,
    loyalty_command_t *end, int write, int64_t now)
{
    loyalty_db_rc_e     rc;
    loyalty_command_t  *c;

    rc = loyalty_engine_transact(engine, first, end, write, now);

    if (rc != LOYALTY_DB_CONFLICT) {
        return rc;
    }

    for (c = first; c != end; c = c->next) {

        if (loyalty_clock() >= engine->give_up_at) {
            loyalty_engine_fail(engine, c, end);
            return LOYALTY_DB_UNAVAILABLE;
        }

        rc = loyalty_engine_alone(engine, c, write, now);

        if (rc == LOYALTY_DB_UNAVAILABLE) {
            loyalty_engine_fail(engine, c->next, end);
            return rc;
        }
    }

    return LOYALTY_DB_DONE;
}


static loyalty_db_rc_e
loyalty_engine_alone(loyalty_engine_t *engine, loyalty_command_t *command,
    int write, int64_t now)
{
    loyalty_db_rc_e  rc;
    loyalty_batch_t  batch = { engine, command, command->next };

    rc = loyalty_session_insist(&engine->session,
                                write ? LOYALTY_DB_WRITE : LOYALTY_DB_READ,
                                now, loyalty_engine_work, &batch);

    if (rc != LOYALTY_DB_DONE) {
        loyalty_engine_fail(engine, command, command->next);
    }

    return rc;
}


static loyalty_db_rc_e
loyalty_engine_transact(loyalty_engine_t *engine, loyalty_command_t *first,
    loyalty_command_t *end, int write, int64_t now)
{
    loyalty_db_rc_e  rc;
    loyalty_batch_t  batch = { engine, first, end };

    rc = loyalty_session_transact(&engine->session,
                                  write ? LOYALTY_DB_WRITE : LOYALTY_DB_READ,
                                  now, loyalty_engine_work, &batch);

    if (rc == LOYALTY_DB_UNAVAILABLE) {
        loyalty_engine_fail(engine, first, end);
    }

    return rc;
}


static int
loyalty_engine_work(loyalty_transaction_t *tx, void *data)
{
    int                rc;
    loyalty_batch_t   *batch = data;
    loyalty_engine_t  *engine = batch->engine;

    tx->turn.kept = loyalty_db_shared(tx->db);
    tx->sweep = engine->sweep;
    tx->leaders = engine->leaders;

    rc = (batch->first != NULL)
         ? loyalty_engine_commands(tx, batch->first, batch->end)
         : engine->chore(tx, &engine->more);

    engine->leaders_old |= tx->leaders_old;

    return rc;
}


static int
loyalty_engine_commands(loyalty_transaction_t *tx, loyalty_command_t *first,
    loyalty_command_t *end)
{
    loyalty_command_t  *c;

    tx->together = (first->next != end);

    for (c = first; c != end; c = c->next) {
        loyalty_engine_ahead(tx, c);
    }

    for (c = first; c != end; c = c->next) {

        loyalty_command_reset(c);

        if (loyalty_engine_first(tx, c) != LOYALTY_OK
            || loyalty_engine_command(tx, c) != LOYALTY_OK)
        {
            c->first = tx->turn.first;
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


/* What a command reads, in the order in which it does. */

static void
loyalty_engine_ahead(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    if (command->idempotency_key.len != 0) {
        loyalty_idempotency_ahead(tx, command);
    }

    if (command->email.len != 0) {
        loyalty_member_ahead(tx, command);
    }

    if (command->admission) {
        loyalty_claim_ahead(tx, command);
    }
}


/* Takes whom the command has found it needs before its own member. */

static int
loyalty_engine_first(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    loyalty_member_t  member;

    tx->turn.first = command->first;

    return (command->first != 0)
           ? loyalty_member_take(tx, command->first, &member) : LOYALTY_OK;
}


static int
loyalty_engine_command(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int  keyed;

    /* the second part of a redemption has the first one's key */

    keyed = (command->idempotency_key.len != 0
             && command->kind != LOYALTY_COMMAND_CONCLUDE);

    if (keyed) {

        if (loyalty_idempotency_replay(tx, command) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

        if (command->decided) {
            return LOYALTY_OK;
        }
    }

    command->decided = 1;
    command->result.now = tx->now;
    command->result.anonymous = (command->caller.len == 0);

    if (loyalty_operations[command->kind](tx, command) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (command->member.id != 0
        && loyalty_member_show(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_command_be_discreet(command);

    if (loyalty_engine_settles(command)
        && loyalty_idempotency_settle(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (keyed && !command->admission) {
        return loyalty_idempotency_keep(tx, command);
    }

    return LOYALTY_OK;
}


/* Whether it has brought to its end what others may have been told of. */

static int
loyalty_engine_settles(const loyalty_command_t *command)
{
    return (command->kind == LOYALTY_COMMAND_CONCLUDE)
           ? command->result.outcome != LOYALTY_REDEMPTION_PENDING
           : command->ended;
}


/* Apart from the commands, so that it cannot fail them. */

static void
loyalty_engine_prune(loyalty_engine_t *engine, int64_t now)
{
    engine->pruned_at = now;

    if (loyalty_engine_do(engine, loyalty_engine_forget, 1, now)
        == LOYALTY_DB_DONE
        && engine->more)
    {
        engine->pruned_at = 0;
    }
}


static int
loyalty_engine_forget(loyalty_transaction_t *tx, int *more)
{
    return (loyalty_recall_prune(tx) == LOYALTY_OK)
           ? loyalty_idempotency_prune(tx, more) : LOYALTY_ERROR;
}


static loyalty_db_rc_e
loyalty_engine_do(loyalty_engine_t *engine, loyalty_chore_pt chore,
    int write, int64_t now)
{
    engine->chore = chore;
    engine->more = 0;

    return loyalty_engine_transact(engine, NULL, NULL, write, now);
}


/* Nobody tries again: why it failed is for the log now. */

static void
loyalty_engine_fail(loyalty_engine_t *engine, loyalty_command_t *first,
    loyalty_command_t *end)
{
    loyalty_command_t  *c;

    if (first == end) {
        return;
    }

    memcpy(engine->error, engine->session.error, sizeof(engine->error));

    for (c = first; c != end; c = c->next) {
        loyalty_command_reset(c);

        c->decided = 1;
        c->result.outcome = LOYALTY_DATABASE_UNAVAILABLE;
    }
}


static void
loyalty_engine_finish(loyalty_engine_t *engine, loyalty_command_t *commands)
{
    loyalty_command_t  *c;

    for (c = commands; c != NULL; c = c->next) {

        c->first = 0;
        loyalty_order_free(&c->facts);

        if (c->decided && c->status == 0) {
            (void) loyalty_command_render(engine->conf.program, c);
        }

        loyalty_command_let_go(c);
    }
}


const char *
loyalty_engine_error(loyalty_engine_t *engine)
{
    return engine->error;
}


void
loyalty_engine_moved(loyalty_engine_t *engine, loyalty_movements_t *movements)
{
    *movements = engine->session.movements;

    engine->session.movements.nelts = 0;
}


const loyalty_census_t *
loyalty_engine_census(const loyalty_engine_t *engine)
{
    return &engine->census;
}


int
loyalty_engine_settle(loyalty_engine_t *engine, int64_t now, int *more)
{
    loyalty_db_rc_e  rc;

    engine->error[0] = '\0';
    *more = 0;

    if (engine->sweep != NULL) {
        rc = loyalty_engine_sweep(engine, now, more);

    } else {
        engine->sweep = loyalty_sweep_create();

        if (engine->sweep == NULL) {
            return LOYALTY_ERROR;
        }

        rc = loyalty_engine_do(engine, loyalty_sweep_begin, 1, now);

        *more = (rc == LOYALTY_DB_DONE && engine->more);
    }

    if (rc == LOYALTY_DB_DONE) {
        engine->census = *loyalty_sweep_census(engine->sweep);
    }

    if (!*more) {
        loyalty_sweep_destroy(engine->sweep);
        engine->sweep = NULL;
    }

    if (rc == LOYALTY_DB_DONE) {
        return LOYALTY_OK;
    }

    memcpy(engine->error, engine->session.error, sizeof(engine->error));

    return LOYALTY_ERROR;
}


static loyalty_db_rc_e
loyalty_engine_sweep(loyalty_engine_t *engine, int64_t now, int *more)
{
    int              write;
    loyalty_db_rc_e  rc;

    write = loyalty_sweep_to_write(engine->sweep, now);

    rc = loyalty_engine_do(engine, write ? loyalty_sweep_write
                                         : loyalty_sweep_read, write, now);

    if (rc == LOYALTY_DB_DONE) {
        *more = engine->more;

        if (write) {
            loyalty_sweep_written(engine->sweep);
        }

    } else if (rc == LOYALTY_DB_CONFLICT && write) {
        *more = loyalty_sweep_refused(engine->sweep);
    }

    return rc;
}


int
loyalty_engine_leaders_due(loyalty_engine_t *engine)
{
    return engine->leaders_old;
}


/* The reading, which takes long, keeps nobody from writing. */

int
loyalty_engine_leaders(loyalty_engine_t *engine, int64_t now, int *more)
{
    int              begun;
    loyalty_db_rc_e  rc;

    engine->error[0] = '\0';
    *more = 0;

    begun = (engine->leaders != NULL);

    if (!begun) {
        engine->leaders = loyalty_leaders_create();

        if (engine->leaders == NULL) {
            return LOYALTY_ERROR;
        }
    }

    rc = begun ? loyalty_engine_do(engine, loyalty_leaders_read, 0, now)
               : loyalty_engine_do(engine, loyalty_leaders_begin, 1, now);

    *more = (rc == LOYALTY_DB_DONE && engine->more);

    if (rc == LOYALTY_DB_DONE && begun && !*more) {
        rc = loyalty_engine_do(engine, loyalty_leaders_write, 1, now);
    }

    if (!*more) {
        loyalty_leaders_destroy(engine->leaders);
        engine->leaders = NULL;
    }

    if (rc == LOYALTY_DB_DONE) {
        return LOYALTY_OK;
    }

    memcpy(engine->error, engine->session.error, sizeof(engine->error));

    return LOYALTY_ERROR;
}


int
loyalty_engine_checkpoint_due(loyalty_engine_t *engine)
{
    return loyalty_db_checkpoint_due(engine->session.db);
}


int
loyalty_engine_checkpoint(loyalty_engine_t *engine)
{
    engine->error[0] = '\0';

    if (loyalty_db_checkpoint(engine->session.db, engine->conf.lock)
        == LOYALTY_DB_DONE)
    {
        return LOYALTY_OK;
    }

    (void) snprintf(engine->error, sizeof(engine->error), "%s",
                    loyalty_db_error(engine->session.db));
    loyalty_db_close(engine->session.db);

    return LOYALTY_ERROR;
}
