
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_FRIEND_H_INCLUDED_
#define _LOYALTY_FRIEND_H_INCLUDED_


#include <loyalty_claim.h>
#include <loyalty_ledger.h>


/*
 * A row of the table, and the order that it is about: the one that has brought
 * the referral, or may bring it.  What was rewarded at the sign-up, no order
 * has to do with.
 */

typedef struct {
    int64_t        member;
    int64_t        referrer;
    int64_t        rewarded_at;                /* 0: not, or no more */
    int64_t        lot;
    int64_t        own_lot;
    int64_t        debit;                      /* 0: nothing taken back */
    int64_t        own_debit;
    int64_t        ordered;                    /* brought by an order once */
    int64_t        by_this;                    /* by this one, last */
    loyalty_str_t  store;
    loyalty_str_t  order;
} loyalty_friend_t;


int loyalty_friend_find(loyalty_transaction_t *tx, int64_t member,
    loyalty_str_t store, loyalty_str_t order, loyalty_friend_t *friend,
    int *found);

/* "points" is what the referrer has more of it now, or (negative) less. */
int loyalty_friend_note(loyalty_transaction_t *tx,
    const loyalty_friend_t *friend, int64_t points);

/* Rewards both sides at once, if that is still to be done. */
int loyalty_friend_reward(loyalty_transaction_t *tx,
    loyalty_member_t *member, loyalty_str_t store, loyalty_str_t order);

/*
 * Gives both sides, which were taken, what was taken back of them: *points to
 * the referrer, *own to the friend.
 */
int loyalty_friend_again(loyalty_transaction_t *tx, loyalty_friend_t *friend,
    loyalty_member_t *referrer, loyalty_member_t *member, int64_t *points,
    int64_t *own);

/* When a reward was earned, its points, and how many of them have expired. */
int loyalty_friend_lot(loyalty_transaction_t *tx, int64_t lot,
    int64_t *earned_at, int64_t *points, int64_t *expired);

/* What the ledger has of it: the other side's code. */
loyalty_entry_t loyalty_friend_entry(const char *code, int64_t points);


#endif /* _LOYALTY_FRIEND_H_INCLUDED_ */
