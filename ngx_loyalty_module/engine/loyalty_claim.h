
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_CLAIM_H_INCLUDED_
#define _LOYALTY_CLAIM_H_INCLUDED_


#include <loyalty_transaction.h>


/* What the books have of an order that was claimed. */

typedef struct {
    loyalty_str_t        store;
    loyalty_str_t        order;
    int64_t              member;
    int64_t              rate;            /* the store's, then: millionths */
    int64_t              total;           /* minor units, the program's */
    int64_t              points;
    int64_t              claimed_at;      /* Unix time */
    int64_t              asked_at;        /* the store was, in ms */
    loyalty_bought_t     bought;
} loyalty_claim_t;


/* The kind of the ledger's entries that claims make. */
extern const loyalty_str_t  loyalty_claim_kind;


/* The claim of the command's order, whoever has claimed it. */
int loyalty_claim_read(loyalty_transaction_t *tx,
    const loyalty_command_t *command, loyalty_claim_t *claim, int *found);

/*
 * Credits the command's order, whose facts are good, to its member, which was
 * taken.  *credited is 0 if somebody has claimed the order meanwhile, or the
 * store may have taken it back since it was asked: then nothing was written.
 */
int loyalty_claim_credit(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *credited);

/*
 * The same with all that an order does for its member: gives the command its
 * outcome, that of a claim that the store has confirmed.
 */
int loyalty_claim_confirmed(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/*
 * What an order that was credited, and stands, counts for: the referral by
 * which its member came, and badges.
 */
int loyalty_claim_count(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/* What the store has said is older than what the books know: ask it again. */
void loyalty_claim_stale(loyalty_command_t *command);

/* *owner is the member who has claimed the order, 0 if nobody has. */
int loyalty_claim_owner(loyalty_transaction_t *tx,
    const loyalty_command_t *command, int64_t *owner);

/* The store of the command's order, as the tables have it. */
loyalty_str_t loyalty_claim_store(const loyalty_command_t *command);

/* What the ledger calls the store of an order. */
loyalty_str_t loyalty_claim_books(loyalty_str_t store);

/*
 * Brings what was taken back of a claim to what it must be when so much of
 * the order is refunded, its total and more if the order is void: "asked_at"
 * is when the store has said so.  *stale: the books know of later, or maybe
 * later, and nothing was written.  The member was taken.
 */
int loyalty_reversal(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim, int64_t refunded, int64_t asked_at,
    int *stale);

/*
 * What it means for the referral of a taken member that an order of it has
 * been refunded as a whole, or stands again.
 */
int loyalty_friend_lost(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim);
int loyalty_friend_regained(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_claim_t *claim);


#endif /* _LOYALTY_CLAIM_H_INCLUDED_ */
