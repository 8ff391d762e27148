
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_POSTPONED_H_INCLUDED_
#define _LOYALTY_POSTPONED_H_INCLUDED_


#include <loyalty_transaction.h>


/* Keeps a claim of a taken member until the store answers. */
int loyalty_postpone(loyalty_transaction_t *tx, loyalty_command_t *command);

/*
 * The same claim has come to an outcome: if that decides it, and it was
 * postponed, it is not any more.
 */
int loyalty_postponed_answered(loyalty_transaction_t *tx,
    loyalty_command_t *command);


#endif /* _LOYALTY_POSTPONED_H_INCLUDED_ */
