
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ENGINE_H_INCLUDED_
#define _LOYALTY_ENGINE_H_INCLUDED_


#include <loyalty_census.h>
#include <loyalty_command.h>
#include <loyalty_lock.h>
#include <loyalty_movements.h>


/*
 * Runs commands on a program's database through one connection.  As with
 * that, one thread at a time, and every call may block.
 */

typedef struct loyalty_engine_s  loyalty_engine_t;


/* Copied; what it points to is constant and outlives the engine. */

typedef struct {
    const loyalty_program_t       *program;
    const char                    *uri;       /* of the database */
    int                            timeout;   /* ms to wait for a lock */
    size_t                         cache;     /* bytes of database pages */
    loyalty_lock_t                *lock;      /* the writers', or NULL */
} loyalty_engine_conf_t;


/* NULL if memory ran out; opens nothing yet. */
loyalty_engine_t *loyalty_engine_create(const loyalty_engine_conf_t *conf);

void loyalty_engine_destroy(loyalty_engine_t *engine);

/*
 * Runs the list of commands as if one after the other, in as few transactions
 * as suit the database, and returns when all is on the disk: the list in the
 * order in which they were run.  Each command then has its result and its
 * answer, or is an admitted claim (not decided).  Those of a transaction that
 * fails get LOYALTY_DATABASE_UNAVAILABLE and have not done anything, unless
 * loyalty_db_commit() could not find out.  "now" is the Unix time.
 */
loyalty_command_t *loyalty_engine_run(loyalty_engine_t *engine,
    loyalty_command_t *commands, int64_t now);

/*
 * Why the last run failed, for the log, terminated by NUL; "" if it did not.
 */
const char *loyalty_engine_error(loyalty_engine_t *engine);

/* How many points have been moved since this was asked last. */
void loyalty_engine_moved(loyalty_engine_t *engine,
    loyalty_movements_t *movements);

/*
 * A step, in one short transaction, of settling all members for whom points
 * have expired or have become usable by "now"; *more: it is to be called
 * again, also after a failure that is due to some of them.  Nothing to do if
 * that was done some minutes ago, or another engine is at it.  LOYALTY_ERROR
 * with the reason in loyalty_engine_error() if it failed.
 */
int loyalty_engine_settle(loyalty_engine_t *engine, int64_t now, int *more);

/*
 * What the last census has counted, by this engine or by any other, as far as
 * loyalty_engine_settle() has seen it; all zeros before that.
 */
const loyalty_census_t *loyalty_engine_census(const loyalty_engine_t *engine);

/*
 * Whether the last run has shown a leaderboard that is old: somebody should
 * call loyalty_engine_leaders().
 */
int loyalty_engine_leaders_due(loyalty_engine_t *engine);

/*
 * A step, in a moment, of making the leaderboards anew, concurrently with
 * other engines' runs; *more: it is to be called again.  Nothing to do if
 * another engine is at it.  LOYALTY_ERROR with the reason in
 * loyalty_engine_error() if it failed; it then begins anew.
 */
int loyalty_engine_leaders(loyalty_engine_t *engine, int64_t now, int *more);

/* Whether somebody should call loyalty_engine_checkpoint() now. */
int loyalty_engine_checkpoint_due(loyalty_engine_t *engine);

/*
 * Housekeeping of the database, concurrently with other engines' runs:
 * LOYALTY_ERROR with the reason in loyalty_engine_error() if it failed.
 */
int loyalty_engine_checkpoint(loyalty_engine_t *engine);


#endif /* _LOYALTY_ENGINE_H_INCLUDED_ */
