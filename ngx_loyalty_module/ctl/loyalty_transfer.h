
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TRANSFER_H_INCLUDED_
#define _LOYALTY_TRANSFER_H_INCLUDED_


#include <loyalty_db_bulk.h>
#include <loyalty_progress.h>


#define LOYALTY_TRANSFER_WHY_SIZE  640


/* What became of the target when a transfer failed. */

typedef enum {
    LOYALTY_TARGET_UNTOUCHED = 0,
    LOYALTY_TARGET_EMPTY,              /* has tables now, without rows */
    LOYALTY_TARGET_UNKNOWN             /* empty, or whole */
} loyalty_target_e;


/* Moves the rows of all tables from one database into another, empty one. */

typedef struct {
    loyalty_db_t         *from;
    loyalty_db_t         *to;
    loyalty_progress_t   *progress;

    int64_t               rows[LOYALTY_TABLES];
    uint64_t              sums[LOYALTY_TABLES];    /* of what is in them */
    int                   made;                    /* the target's tables */

    loyalty_target_e      target;
    char                  why[LOYALTY_TRANSFER_WHY_SIZE];
} loyalty_transfer_t;


/*
 * The rest is to be filled in with zeros before.  LOYALTY_OK: the target has
 * all that the source had, compared row by row, and every balance in it is
 * what its ledger says.  LOYALTY_ERROR: "why" says why not, in one sentence
 * without an end, and nothing was copied.
 */
int loyalty_transfer_run(loyalty_transfer_t *transfer);


#endif /* _LOYALTY_TRANSFER_H_INCLUDED_ */
