
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_LEDGER_H_INCLUDED_
#define _LOYALTY_LEDGER_H_INCLUDED_


#include <loyalty_lots.h>


/* What moves points, and what for; "store" is "" for the program as such. */

typedef struct {
    loyalty_str_t        kind;
    loyalty_str_t        reference;
    loyalty_str_t        store;
    int64_t              points;          /* > 0, whatever the direction */
} loyalty_entry_t;


/*
 * Points that a taken member earns: a new lot, spendable after "pending"
 * seconds.  If it owes some, they are paid first.  Adds to member->earned.
 */
int loyalty_ledger_earn(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t pending);

/*
 * Points that a taken member spends, oldest usable lots first: *debit gets the
 * entry's id.  The member must have them.  Adds to member->spent.
 */
int loyalty_ledger_spend(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t *debit);

/*
 * Points that are taken back from a taken member: from the lot that they were
 * earned with, then from others, and what is missing is owed, if the program
 * has balances below zero.  Whatever there was to be taken, "earned" count as
 * earned at that time no more.  *taken gets how many points that were, *debit
 * the entry's id, 0 if there was nothing to write.
 */
int loyalty_ledger_take_back(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry, int64_t lot,
    int64_t earned, int64_t earned_at, int64_t *taken, int64_t *debit);

/*
 * Points that go back into the lots from which they were taken, as far as
 * "lots" says (as loaded by loyalty_lots_load_taken()); what was only owed is
 * owed no more.  Lots of a member that was merged into this one are made anew,
 * with their dates.  "earned" count as earned at that time again; if it is not
 * 0, there need not be points.  *credit gets the entry's id, the last if it
 * takes several.
 */
int loyalty_ledger_give_back(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry,
    loyalty_lots_t *lots, int64_t earned, int64_t earned_at,
    int64_t *credit);

/*
 * What somebody decides, beside the rules: nothing that counts for the tier of
 * a taken member.  "earned" is added to all that was ever earned; if it is not
 * 0, there need not be points.
 *
 * To add is a lot with these times, of which debts are paid first; it counts
 * as activity, or the points might expire at once.  To remove takes from
 * usable lots and then from others, what is missing is owed, and it does not.
 */
int loyalty_ledger_add(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t earned, int64_t usable_at,
    int64_t until_at);
int loyalty_ledger_remove(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry, int64_t earned);

/*
 * Whether time has done anything to a member's points that is not written: by
 * its points, due_at, active_at and joined_at.  It may turn out to be nothing.
 */
int loyalty_ledger_due(const loyalty_transaction_t *tx,
    const loyalty_member_t *member);

/*
 * What time has done: lots that have expired are taken, those that became
 * usable are not pending any more.  Without "write", in memory only.
 */
int loyalty_ledger_settle(loyalty_transaction_t *tx,
    loyalty_member_t *member, int write);


#endif /* _LOYALTY_LEDGER_H_INCLUDED_ */
