
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_FOLD_H_INCLUDED_
#define _LOYALTY_FOLD_H_INCLUDED_


#include <loyalty_transaction.h>


/*
 * The ledger by day and kind, for reports: who asks for one cannot wait until
 * all of it is added up.  New entries are added to what is there, together
 * with the number of the last, so that none counts twice, whatever dies.
 */

#define LOYALTY_FOLD_DAY  "at / 86400"

/* What a referral that was refunded takes or gets back is none of its own. */

#define LOYALTY_FOLD_KIND                                                     \
    "CASE WHEN kind = 'referral' AND points < 0 THEN 'reversal' "             \
    "WHEN kind = 'referral' AND usable_at = 0 THEN 'restoration' "            \
    "ELSE kind END"


/*
 * Adds the next entries, some at most; *more: there are others.  One engine
 * at a time does this.
 */
int loyalty_fold(loyalty_transaction_t *tx, int *more);

/* Of what time all entries have been added up, 0: of none. */
int loyalty_fold_when(loyalty_transaction_t *tx, int64_t *at);


#endif /* _LOYALTY_FOLD_H_INCLUDED_ */
