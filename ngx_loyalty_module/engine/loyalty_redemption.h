
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_REDEMPTION_H_INCLUDED_
#define _LOYALTY_REDEMPTION_H_INCLUDED_


#include <loyalty_transaction.h>


typedef enum {
    LOYALTY_STATE_ISSUED = 0,
    LOYALTY_STATE_WAITING,                 /* to be handed over */
    LOYALTY_STATE_HELD,                    /* while the store is asked */
    LOYALTY_STATE_USED,
    LOYALTY_STATE_DONE,                    /* handed over */
    LOYALTY_STATE_CANCELLED,
    LOYALTY_STATE_REFUSED,                 /* by the store */

    LOYALTY_STATES
} loyalty_state_e;


typedef enum {
    LOYALTY_SOURCE_LOCAL = 0,
    LOYALTY_SOURCE_POOL,
    LOYALTY_SOURCE_STORE,
    LOYALTY_SOURCE_MANUAL,

    LOYALTY_SOURCES
} loyalty_source_e;


/* A redemption as the database has it. */

typedef struct {
    int64_t           id;                  /* its entry in the ledger */
    int64_t           member;
    int64_t           cost;
    int64_t           expires_at;          /* Unix time, 0: never */
    int64_t           tries;               /* to ask the store */
    loyalty_state_e   state;
    loyalty_source_e  source;
    char              reward[LOYALTY_ID_MAX + 1];
    char              store[LOYALTY_ID_MAX + 1];
    char              used_for[LOYALTY_ID_MAX + 1];
    char              coupon[LOYALTY_COUPON_MAX + 1];
} loyalty_redemption_t;


/* The words in the database for a reward that is redeemed. */
loyalty_str_t loyalty_redemption_source(const loyalty_reward_t *reward);
loyalty_str_t loyalty_redemption_state(const loyalty_reward_t *reward);

/*
 * Looks a redemption up by its coupon, as it is and in upper case.  With
 * "take" nobody else may change it until the end.  *found tells whether there
 * is one of which somebody may know.
 */
int loyalty_redemption_find(loyalty_transaction_t *tx, loyalty_str_t code,
    int take, loyalty_redemption_t *redemption, int *found);

/* The same by number, and for us: in whatever state it is. */
int loyalty_redemption_take(loyalty_transaction_t *tx, int64_t id,
    loyalty_redemption_t *redemption, int *found);

/*
 * Gives the points of a taken redemption back into the lots they came from,
 * and the reward to the stock; its state is then "state" for good.
 */
int loyalty_redemption_undo(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_redemption_t *redemption,
    loyalty_state_e state);

/* Until when somebody who is about to ask the store keeps others from it. */
int64_t loyalty_held_until(const loyalty_transaction_t *tx);

/* Puts what a coupon is for into the result. */
void loyalty_redemption_show(loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption, loyalty_result_t *result);

/* Whether its time is over. */
int loyalty_redemption_expired(const loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption);

/* Writes the state of a taken redemption, and for which order it is used. */
int loyalty_redemption_change(loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption, loyalty_state_e state,
    loyalty_str_t order);


#endif /* _LOYALTY_REDEMPTION_H_INCLUDED_ */
