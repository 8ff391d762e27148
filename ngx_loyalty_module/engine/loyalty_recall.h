
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_RECALL_H_INCLUDED_
#define _LOYALTY_RECALL_H_INCLUDED_


#include <loyalty_transaction.h>


/*
 * What the store has said of an order that the books need not know, but that
 * was later than what somebody may still have to say who asked it before.
 */
int loyalty_recall_note(loyalty_transaction_t *tx, loyalty_str_t store,
    loyalty_str_t order, int64_t asked_at);

/* When that was asked for last, in ms; 0: not lately. */
int loyalty_recall_find(loyalty_transaction_t *tx, loyalty_str_t store,
    loyalty_str_t order, int64_t *asked_at);

/* Forgets what nobody can be later than any more. */
int loyalty_recall_prune(loyalty_transaction_t *tx);


#endif /* _LOYALTY_RECALL_H_INCLUDED_ */
