
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ERRAND_H_INCLUDED_
#define _LOYALTY_ERRAND_H_INCLUDED_


#include <loyalty_transaction.h>


/*
 * What was left with a store: a worker finds it, and goes on from there.  Who
 * asks has a lease on it: if nothing comes of it, be it that he was killed,
 * somebody else looks into it when that is over.
 */


/* Until when a lease lasts that is taken now, after so many others. */
int64_t loyalty_errand_until(const loyalty_transaction_t *tx,
    loyalty_errand_e kind, int64_t tries);

/*
 * loyalty_held.c and loyalty_postponed.c: put what was found into the command.
 */
int loyalty_held_found(loyalty_transaction_t *tx,
    loyalty_command_t *command);
int loyalty_postponed_found(loyalty_transaction_t *tx,
    loyalty_command_t *command);


#endif /* _LOYALTY_ERRAND_H_INCLUDED_ */
