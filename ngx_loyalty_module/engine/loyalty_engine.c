
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_batch.h>
#include <loyalty_clock.h>
#include <loyalty_engine.h>
#include <loyalty_transaction.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOYALTY_ENGINE_ERROR_SIZE  512

#define LOYALTY_ENGINE_ATTEMPTS    5        /* of a command alone */

#define LOYALTY_PRUNE_INTERVAL     60       /* seconds */


struct loyalty_engine_s {
    loyalty_engine_conf_t   conf;
    loyalty_db_t           *db;
    int64_t                 pruned_at;
    int64_t                 give_up_at;    /* by loyalty_clock() */

    /* of the last transaction, and of those that nobody has tried again */

    char                    failure[LOYALTY_ENGINE_ERROR_SIZE];
    char                    error[LOYALTY_ENGINE_ERROR_SIZE];
};


typedef int (*loyalty_operation_pt)(loyalty_transaction_t *tx,
    loyalty_command_t *command);


static int loyalty_engine_prepare(loyalty_engine_t *engine,
    loyalty_command_t *commands);
static void loyalty_engine_check_order(loyalty_engine_t *engine,
    loyalty_command_t *command);
static loyalty_db_rc_e loyalty_engine_together(loyalty_engine_t *engine,
    loyalty_command_t *first, loyalty_command_t *end, int write, int64_t now);
static loyalty_db_rc_e loyalty_engine_alone(loyalty_engine_t *engine,
    loyalty_command_t *command, int write, int64_t now);
static loyalty_db_rc_e loyalty_engine_transact(loyalty_engine_t *engine,
    loyalty_command_t *first, loyalty_command_t *end, int write, int64_t now);
static loyalty_db_rc_e loyalty_engine_execute(loyalty_engine_t *engine,
    loyalty_command_t *first, loyalty_command_t *end, int write, int64_t now);
static loyalty_db_rc_e loyalty_engine_commands(loyalty_transaction_t *tx,
    loyalty_command_t *first, loyalty_command_t *end);
static void loyalty_engine_ahead(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_engine_command(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static void loyalty_engine_prune(loyalty_engine_t *engine, int64_t now);
static loyalty_db_rc_e loyalty_engine_forget(loyalty_engine_t *engine,
    loyalty_transaction_t *tx);
static void loyalty_engine_failed(loyalty_engine_t *engine, const char *why);
static void loyalty_engine_fail(loyalty_engine_t *engine,
    loyalty_command_t *first, loyalty_command_t *end);
static void loyalty_engine_render(loyalty_engine_t *engine,
    loyalty_command_t *commands);


static const loyalty_operation_pt  loyalty_operations[LOYALTY_COMMANDS] = {
    [LOYALTY_COMMAND_SIGNUP] = loyalty_signup,
    [LOYALTY_COMMAND_CLAIM] = loyalty_claim,
    [LOYALTY_COMMAND_BALANCE] = loyalty_balance,
    [LOYALTY_COMMAND_REDEEM] = loyalty_redeem
};


loyalty_engine_t *
loyalty_engine_create(const loyalty_engine_conf_t *conf)
{
    loyalty_engine_t   *engine;
    loyalty_db_conf_t   db;

    engine = calloc(1, sizeof(loyalty_engine_t));
    if (engine == NULL) {
        return NULL;
    }

    engine->conf = *conf;

    db.uri = conf->uri;
    db.timeout = conf->timeout;
    db.cache = conf->cache;
    db.statements = loyalty_statements;
    db.nstatements = LOYALTY_STATEMENTS;

    engine->db = loyalty_db_create(&db);

    if (engine->db == NULL) {
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

    loyalty_db_destroy(engine->db);
    free(engine);
}


loyalty_command_t *
loyalty_engine_run(loyalty_engine_t *engine, loyalty_command_t *commands,
    int64_t now)
{
    int                 write, shared;
    loyalty_command_t  *first, *end;

    engine->error[0] = '\0';
    engine->give_up_at = loyalty_clock() + 2 * engine->conf.timeout;

    shared = loyalty_db_shared(engine->db);

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

    loyalty_engine_render(engine, commands);

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

        if (c->kind == LOYALTY_COMMAND_CLAIM && !c->admission) {
            loyalty_engine_check_order(engine, c);
        }

        if (loyalty_command_writes(c)) {
            write = 1;
        }
    }

    return write;
}


static void
loyalty_engine_check_order(loyalty_engine_t *engine,
    loyalty_command_t *command)
{
    static const loyalty_outcome_e  faults[] = {
        [LOYALTY_VERDICT_GOOD] = LOYALTY_NO_FAULT,
        [LOYALTY_VERDICT_NOT_FOUND] = LOYALTY_ORDER_NOT_FOUND,
        [LOYALTY_VERDICT_NOT_PAID] = LOYALTY_ORDER_NOT_PAID,
        [LOYALTY_VERDICT_WRONG_CURRENCY] = LOYALTY_WRONG_CURRENCY,
        [LOYALTY_VERDICT_BAD_ANSWER] = LOYALTY_STORE_BAD_ANSWER
    };

    loyalty_order_verdict_e  verdict;

    if (command->order_fault != LOYALTY_NO_FAULT) {
        return;
    }

    verdict = loyalty_order_check(engine->conf.lookup, engine->conf.program,
                                  command->order, command->email,
                                  command->order_body, &command->order_total,
                                  command->why);

    command->order_fault = faults[verdict];
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


/*
 * What somebody else's transaction has refused, it may grant once it ended.
 * Who has waited for that in vain does not wait again: others wait for him.
 */

static loyalty_db_rc_e
loyalty_engine_alone(loyalty_engine_t *engine, loyalty_command_t *command,
    int write, int64_t now)
{
    int              attempts;
    int64_t          patience;
    loyalty_db_rc_e  rc;

    patience = loyalty_clock() + engine->conf.timeout / 2;
    attempts = loyalty_db_shared(engine->db) ? LOYALTY_ENGINE_ATTEMPTS : 1;

    for ( ;; ) {
        rc = loyalty_engine_transact(engine, command, command->next, write,
                                     now);

        if (rc != LOYALTY_DB_CONFLICT) {
            return rc;
        }

        if (--attempts == 0 || loyalty_clock() >= patience) {
            loyalty_engine_fail(engine, command, command->next);
            return rc;
        }
    }
}


/* Without commands, it forgets old answers. */

static loyalty_db_rc_e
loyalty_engine_transact(loyalty_engine_t *engine, loyalty_command_t *first,
    loyalty_command_t *end, int write, int64_t now)
{
    loyalty_db_rc_e  rc;
    loyalty_lock_t  *lock;

    if (loyalty_db_open(engine->db) != LOYALTY_DB_DONE) {
        loyalty_engine_failed(engine, loyalty_db_error(engine->db));
        loyalty_engine_fail(engine, first, end);
        return LOYALTY_DB_UNAVAILABLE;
    }

    /* a server keeps its writers apart itself, row by row */

    lock = (write && !loyalty_db_shared(engine->db)) ? engine->conf.lock
                                                     : NULL;

    if (loyalty_lock_acquire(lock, engine->conf.timeout) != LOYALTY_OK) {
        loyalty_engine_failed(engine, "another worker keeps the database "
                              "locked");
        loyalty_engine_fail(engine, first, end);
        return LOYALTY_DB_UNAVAILABLE;
    }

    rc = loyalty_engine_execute(engine, first, end, write, now);

    if (rc != LOYALTY_DB_DONE) {
        loyalty_db_rollback(engine->db);
    }

    loyalty_lock_release(lock);

    if (rc == LOYALTY_DB_UNAVAILABLE) {
        loyalty_engine_fail(engine, first, end);
    }

    return rc;
}


static loyalty_db_rc_e
loyalty_engine_execute(loyalty_engine_t *engine, loyalty_command_t *first,
    loyalty_command_t *end, int write, int64_t now)
{
    loyalty_db_rc_e         rc;
    loyalty_transaction_t   tx;

    tx.db = engine->db;
    tx.program = engine->conf.program;
    tx.now = now;
    tx.failed = LOYALTY_DB_DONE;
    tx.why = NULL;

    rc = loyalty_db_begin(tx.db, write ? LOYALTY_DB_WRITE : LOYALTY_DB_READ);

    if (rc == LOYALTY_DB_DONE) {
        rc = (first != NULL) ? loyalty_engine_commands(&tx, first, end)
                             : loyalty_engine_forget(engine, &tx);
    }

    if (rc == LOYALTY_DB_DONE) {
        rc = loyalty_db_commit(tx.db);
    }

    if (rc != LOYALTY_DB_DONE) {
        loyalty_engine_failed(engine, (tx.why != NULL)
                                      ? tx.why : loyalty_db_error(tx.db));
    }

    return rc;
}


static loyalty_db_rc_e
loyalty_engine_commands(loyalty_transaction_t *tx, loyalty_command_t *first,
    loyalty_command_t *end)
{
    loyalty_command_t  *c;

    for (c = first; c != end; c = c->next) {
        loyalty_engine_ahead(tx, c);
    }

    for (c = first; c != end; c = c->next) {

        loyalty_command_reset(c);

        if (loyalty_engine_command(tx, c) != LOYALTY_OK) {
            return tx->failed;
        }
    }

    return LOYALTY_DB_DONE;
}


/* What a command reads, in the order in which it does. */

static void
loyalty_engine_ahead(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    if (command->idempotency_key.len != 0) {
        loyalty_idempotency_ahead(tx, command);
    }

    loyalty_member_ahead(tx, command);

    if (command->admission) {
        loyalty_claim_ahead(tx, command);
    }
}


static int
loyalty_engine_command(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int  keyed;

    keyed = (command->idempotency_key.len != 0);

    if (keyed) {

        if (loyalty_idempotency_replay(tx, command) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

        if (command->decided) {
            return LOYALTY_OK;
        }
    }

    command->decided = 1;

    if (loyalty_operations[command->kind](tx, command) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (keyed && !command->admission) {
        return loyalty_idempotency_keep(tx, command);
    }

    return LOYALTY_OK;
}


/* Apart from the commands, so that it cannot fail them. */

static void
loyalty_engine_prune(loyalty_engine_t *engine, int64_t now)
{
    engine->pruned_at = now;

    (void) loyalty_engine_transact(engine, NULL, NULL, 1, now);
}


static loyalty_db_rc_e
loyalty_engine_forget(loyalty_engine_t *engine, loyalty_transaction_t *tx)
{
    int  more;

    if (loyalty_idempotency_prune(tx, &more) != LOYALTY_OK) {
        return tx->failed;
    }

    if (more) {
        engine->pruned_at = 0;
    }

    return LOYALTY_DB_DONE;
}


static void
loyalty_engine_failed(loyalty_engine_t *engine, const char *why)
{
    (void) snprintf(engine->failure, sizeof(engine->failure), "%s", why);
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

    memcpy(engine->error, engine->failure, sizeof(engine->error));

    for (c = first; c != end; c = c->next) {
        loyalty_command_reset(c);

        c->decided = 1;
        c->result.outcome = LOYALTY_DATABASE_UNAVAILABLE;
    }
}


static void
loyalty_engine_render(loyalty_engine_t *engine, loyalty_command_t *commands)
{
    loyalty_command_t  *c;

    for (c = commands; c != NULL; c = c->next) {

        if (c->decided && c->status == 0) {
            c->status = loyalty_outcome_status(c->result.outcome);

            (void) loyalty_answer_render(engine->conf.program, &c->result,
                                         &c->json);
        }
    }
}


const char *
loyalty_engine_error(loyalty_engine_t *engine)
{
    return engine->error;
}


int
loyalty_engine_checkpoint_due(loyalty_engine_t *engine)
{
    return loyalty_db_checkpoint_due(engine->db);
}


int
loyalty_engine_checkpoint(loyalty_engine_t *engine)
{
    engine->error[0] = '\0';

    if (loyalty_db_checkpoint(engine->db, engine->conf.lock)
        == LOYALTY_DB_DONE)
    {
        return LOYALTY_OK;
    }

    (void) snprintf(engine->error, sizeof(engine->error), "%s",
                    loyalty_db_error(engine->db));
    loyalty_db_close(engine->db);

    return LOYALTY_ERROR;
}
