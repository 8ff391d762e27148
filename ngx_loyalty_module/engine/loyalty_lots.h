
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_LOTS_H_INCLUDED_
#define _LOYALTY_LOTS_H_INCLUDED_


#include <loyalty_transaction.h>


/*
 * Lots of a member, and what is to be taken from them.  That is found out in
 * memory first, so that it can be seen whether they suffice, and then written
 * as the spending of a ledger entry.  Times are Unix times.
 */

typedef struct {
    int64_t              id;
    int64_t              left;
    int64_t              taken;           /* not written yet; < 0: given */
    int64_t              usable_at;
    int64_t              until_at;        /* 0: for ever */
    int64_t              member;          /* whose it is or was */
} loyalty_lot_t;


typedef struct {
    loyalty_lot_t       *elts;
    size_t               nelts;
    size_t               nalloc;
} loyalty_lots_t;


/*
 * The member's lots that have points left, oldest first.  What was loaded is
 * freed by loyalty_lots_free(), also after an error.
 */
int loyalty_lots_load(loyalty_transaction_t *tx,
    const loyalty_member_t *member, loyalty_lots_t *lots);

/*
 * The lots from which a statement says that points were taken: its columns
 * are the lot, how many, its dates, and whose it is.
 */
int loyalty_lots_load_taken(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n, loyalty_lots_t *lots);

void loyalty_lots_free(loyalty_lots_t *lots);

/* Takes from those usable now, oldest first; returns what they lack. */
int64_t loyalty_lots_take(loyalty_lots_t *lots, int64_t points, int64_t now);

/*
 * The same, and what they lack from those that become usable next: by another
 * clock, which is ahead of ours, they are, and so says the member's balance.
 */
int64_t loyalty_lots_take_usable(loyalty_lots_t *lots, int64_t points,
    int64_t now);

/*
 * Takes from the lot "first", or what has become of it in merges, and then
 * from all, pending ones as well; *missing is what they lack.
 */
int loyalty_lots_take_back(loyalty_transaction_t *tx, loyalty_lots_t *lots,
    int64_t first, int64_t points, int64_t *missing);

/* Takes what has expired by "now", or all of it; returns how much. */
int64_t loyalty_lots_take_expired(loyalty_lots_t *lots, int64_t now,
    int all);

/* Gives back what was taken, in the lots' order; returns what was not. */
int64_t loyalty_lots_give(loyalty_lots_t *lots, int64_t points);

/* Writes what was taken or given as the spending of a ledger entry. */
int loyalty_lots_write(loyalty_transaction_t *tx, loyalty_lots_t *lots,
    int64_t entry);

/* Writes that an entry takes so many points from a lot. */
int loyalty_lots_spending(loyalty_transaction_t *tx, int64_t entry,
    int64_t lot, int64_t points);

/* Writes which lot has taken the place of another member's. */
int loyalty_lots_moved(loyalty_transaction_t *tx, int64_t lot,
    int64_t became);

/*
 * Of lots that are open, as far as they have not been taken: all of their
 * points; the first, 0 if there is none; the points not usable yet; and when
 * any of them changes by itself, 0: never.
 */
int64_t loyalty_lots_total(const loyalty_lots_t *lots);
int64_t loyalty_lots_first(const loyalty_lots_t *lots);
int64_t loyalty_lots_pending(const loyalty_lots_t *lots, int64_t now);
int64_t loyalty_lots_due(const loyalty_lots_t *lots, int64_t now);

/* The earlier of two times, where 0 is never. */
int64_t loyalty_earliest(int64_t one, int64_t two);


#endif /* _LOYALTY_LOTS_H_INCLUDED_ */
