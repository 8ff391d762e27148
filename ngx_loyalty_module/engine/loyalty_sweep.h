
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_SWEEP_H_INCLUDED_
#define _LOYALTY_SWEEP_H_INCLUDED_


#include <loyalty_census.h>
#include <loyalty_transaction.h>


/*
 * Settles all members whose points have expired or have become usable.  An
 * index on when they are due would cost every claim more than it costs to look
 * at all of them now and then: nobody waits for it, since answers reckon with
 * what is due.  On the way it counts them and what they have, and in the end
 * it adds the new entries of the ledger up by day.
 */

#define LOYALTY_SWEEP_INTERVAL  600


/* NULL if memory ran out. */
loyalty_sweep_t *loyalty_sweep_create(void);

void loyalty_sweep_destroy(loyalty_sweep_t *sweep);

/*
 * The steps, in transactions of their own, on tx->sweep.  The first one
 * writes: *more is 0 if it is not time yet, or somebody else is at it.  After
 * that, and while there is more, one reads, or writes if
 * loyalty_sweep_to_write() says so.
 */
int loyalty_sweep_begin(loyalty_transaction_t *tx, int *more);
int loyalty_sweep_read(loyalty_transaction_t *tx, int *more);
int loyalty_sweep_write(loyalty_transaction_t *tx, int *more);

/* What was counted last; all zeros if nobody has counted yet. */
int loyalty_census_read(loyalty_transaction_t *tx, loyalty_census_t *census);

/*
 * What was counted last, after the first step; after the last one, by this
 * sweep.  All zeros if nobody has counted yet.
 */
const loyalty_census_t *loyalty_sweep_census(const loyalty_sweep_t *sweep);

int loyalty_sweep_to_write(const loyalty_sweep_t *sweep, int64_t now);

/*
 * What has become of the transaction of a step that writes.  One that was
 * refused may be due to one member: whether to go on with the others.  After
 * any other failure the sweep is of no more use.
 */
void loyalty_sweep_written(loyalty_sweep_t *sweep);
int loyalty_sweep_refused(loyalty_sweep_t *sweep);


#endif /* _LOYALTY_SWEEP_H_INCLUDED_ */
