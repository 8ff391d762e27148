
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_award.h>
#include <loyalty_claim.h>
#include <loyalty_ledger.h>
#include <loyalty_recall.h>


/*
 * A row of the table: what it came to after a step, all sums of the order as
 * a whole.  Before the first one, all is zero, as the claim has it.
 */

typedef struct {
    int64_t  number;
    int64_t  entry;                            /* of the ledger, 0: none */
    int64_t  refunded;
    int64_t  points;                           /* to be taken back */
    int64_t  taken;                            /* of them */
    int64_t  whole;                            /* all of the order */
    int64_t  asked_at;                         /* the store was, in ms */
} loyalty_step_t;


static int loyalty_reversal_last(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, loyalty_step_t *step);
static int loyalty_reversal_whole(const loyalty_claim_t *claim,
    int64_t refunded);
static int loyalty_reversal_confirmed(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, const loyalty_step_t *last,
    int64_t asked_at);
static int loyalty_reversal_stale(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, const loyalty_step_t *last,
    const loyalty_step_t *next, int *stale);
static int loyalty_reversal_memberships(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_claim_t *claim, int times,
    int64_t at);
static int loyalty_reversal_move(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_claim_t *claim,
    const loyalty_step_t *last, loyalty_step_t *next);
static int loyalty_reversal_lot(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, int64_t *lot, int64_t *expired);
static int64_t loyalty_reversal_missing(const loyalty_step_t *last,
    const loyalty_step_t *next, int64_t expired);
static int loyalty_reversal_take(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_claim_t *claim, int64_t lot,
    int64_t points, int64_t share, loyalty_step_t *next);
static int loyalty_reversal_give(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_claim_t *claim, int64_t points,
    int64_t share, loyalty_step_t *next);
static int loyalty_reversal_insert(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, const loyalty_step_t *step);


int
loyalty_reversal(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim, int64_t refunded, int64_t asked_at,
    int *stale)
{
    int             times;
    loyalty_step_t  last, next;

    *stale = 0;

    if (loyalty_reversal_last(tx, claim, &last) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (refunded == last.refunded) {
        return loyalty_reversal_confirmed(tx, claim, &last, asked_at);
    }

    next.number = last.number + 1;
    next.entry = 0;
    next.refunded = refunded;
    next.points = loyalty_award_reversal(claim->points, claim->total,
                                         refunded);
    next.taken = last.taken;
    next.whole = loyalty_reversal_whole(claim, refunded);
    next.asked_at = asked_at;

    /* 1: the order stands again, -1: it does not any more */

    times = (int) (last.whole - next.whole);

    if (loyalty_reversal_stale(tx, claim, &last, &next, stale)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (*stale) {
        return LOYALTY_OK;
    }

    if (times != 0
        && loyalty_reversal_memberships(tx, member, claim, times,
                                        (times < 0) ? next.asked_at
                                                    : last.asked_at)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    member->orders += times;

    if (loyalty_reversal_move(tx, member, claim, &last, &next) != LOYALTY_OK
        || loyalty_reversal_insert(tx, claim, &next) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (times == 0) {
        return LOYALTY_OK;
    }

    return (times < 0) ? loyalty_friend_lost(tx, member, claim)
                       : loyalty_friend_regained(tx, member, claim);
}


static int
loyalty_reversal_last(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, loyalty_step_t *step)
{
    int                          row;
    static const loyalty_step_t  none;
    const loyalty_db_value_t     values[] = {
        loyalty_db_text(claim->store), loyalty_db_text(claim->order)
    };

    *step = none;

    step->asked_at = claim->asked_at;

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REVERSAL_LAST, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (row) {
        step->number = loyalty_db_column_int(tx->db, 0);
        step->refunded = loyalty_db_column_int(tx->db, 1);
        step->points = loyalty_db_column_int(tx->db, 2);
        step->taken = loyalty_db_column_int(tx->db, 3);
        step->whole = loyalty_db_column_int(tx->db, 4);
        step->asked_at = loyalty_db_column_int(tx->db, 5);
    }

    return LOYALTY_OK;
}


/* Whether all of the order was refunded: of one that cost nothing, more. */

static int
loyalty_reversal_whole(const loyalty_claim_t *claim, int64_t refunded)
{
    return refunded >= claim->total && refunded > 0;
}


/* That nothing has changed by then, those who asked before must know. */

static int
loyalty_reversal_confirmed(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, const loyalty_step_t *last,
    int64_t asked_at)
{
    return (asked_at > last->asked_at)
           ? loyalty_recall_note(tx, claim->store, claim->order, asked_at)
           : LOYALTY_OK;
}


/*
 * The store may have been asked by several events at a time, and answered the
 * first one last.  Refunds of the same moment are true one after the other; a
 * refund is hardly cancelled in the same.
 */

static int
loyalty_reversal_stale(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, const loyalty_step_t *last,
    const loyalty_step_t *next, int *stale)
{
    int64_t  asked_at;

    if (loyalty_recall_find(tx, claim->store, claim->order, &asked_at)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (asked_at < last->asked_at) {
        asked_at = last->asked_at;
    }

    *stale = (next->asked_at < asked_at
              || (next->asked_at == asked_at
                  && next->refunded < last->refunded));

    return LOYALTY_OK;
}


/*
 * What was yet to come of their time when the order was refunded ends at once,
 * or (1) comes again: what had passed by then, or ended before another began,
 * is nobody else's.  They need not be among the rules any more.
 */

static int
loyalty_reversal_memberships(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_claim_t *claim, int times,
    int64_t at)
{
    int64_t        seconds, until;
    loyalty_str_t  id, rest = { claim->bought.len, claim->bought.text };

    while (rest.len != 0) {

        if (loyalty_bought_next(&rest, &id, &seconds, &until) != LOYALTY_OK) {
            return loyalty_transaction_refuse(tx, "a claim does not say what "
                                              "memberships it has bought");
        }

        seconds = loyalty_membership_left(seconds, until, at / 1000);

        if (loyalty_membership_shift(tx, member, id, times * seconds)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_reversal_move(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim, const loyalty_step_t *last,
    loyalty_step_t *next)
{
    int64_t  lot, expired, points, share;

    if (loyalty_reversal_lot(tx, claim, &lot, &expired) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    points = loyalty_reversal_missing(last, next, expired);
    share = next->points - last->points;

    if (share > 0) {
        return loyalty_reversal_take(tx, member, claim, lot, points, share,
                                     next);
    }

    if (share < 0) {
        return loyalty_reversal_give(tx, member, claim, -points, -share,
                                     next);
    }

    return loyalty_member_note(tx, member);
}


/*
 * The entry of the claim, and how many of its points nobody has used: it is
 * among those of who has claimed it, also after a merge.
 */

static int
loyalty_reversal_lot(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, int64_t *lot, int64_t *expired)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(claim->member), loyalty_db_text(loyalty_claim_kind),
        loyalty_db_text(claim->order),
        loyalty_db_text(loyalty_claim_books(claim->store))
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_AWARD, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *lot = row ? loyalty_db_column_int(tx->db, 0) : 0;
    *expired = row ? loyalty_db_column_int(tx->db, 1) : 0;

    return LOYALTY_OK;
}


/*
 * How many points this step has to take, or (negative) to give back.  Of the
 * order's points, those that have expired are gone already.  What was not
 * there to be taken is forgiven, and is neither taken later nor given back:
 * so a step moves no more than its own share.
 */

static int64_t
loyalty_reversal_missing(const loyalty_step_t *last,
    const loyalty_step_t *next, int64_t expired)
{
    int64_t  missing, share;

    missing = (next->points > expired) ? next->points - expired : 0;
    missing -= last->taken;

    share = next->points - last->points;

    if (share >= 0) {
        missing = (missing > share) ? share : missing;

        return (missing > 0) ? missing : 0;
    }

    missing = (missing < share) ? share : missing;

    return (missing < 0) ? missing : 0;
}


static int
loyalty_reversal_take(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim, int64_t lot, int64_t points,
    int64_t share, loyalty_step_t *next)
{
    int64_t          taken;
    loyalty_entry_t  entry = {
        loyalty_string("reversal"), claim->order,
        loyalty_claim_books(claim->store), points
    };

    if (loyalty_ledger_take_back(tx, member, &entry, lot, share,
                                 claim->claimed_at, &taken, &next->entry)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    next->taken += taken;

    return LOYALTY_OK;
}


static int
loyalty_reversal_give(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim, int64_t points, int64_t share,
    loyalty_step_t *next)
{
    int                       rc;
    loyalty_lots_t            lots;
    loyalty_entry_t           entry = {
        loyalty_string("restoration"), claim->order,
        loyalty_claim_books(claim->store), points
    };
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(claim->store), loyalty_db_text(claim->order),
        loyalty_db_int(member->id)
    };

    rc = loyalty_lots_load_taken(tx, LOYALTY_SQL_REVERSAL_LOTS, values,
                                 loyalty_values_n(values), &lots);

    if (rc == LOYALTY_OK) {
        rc = loyalty_ledger_give_back(tx, member, &entry, &lots, share,
                                      claim->claimed_at, &next->entry);
    }

    loyalty_lots_free(&lots);

    next->taken -= points;

    return rc;
}


/* Who was faster on another node has taken this step: the key refuses it. */

static int
loyalty_reversal_insert(loyalty_transaction_t *tx,
    const loyalty_claim_t *claim, const loyalty_step_t *step)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(claim->store), loyalty_db_text(claim->order),
        loyalty_db_int(step->number), loyalty_db_int(step->entry),
        loyalty_db_int(step->refunded), loyalty_db_int(step->points),
        loyalty_db_int(step->taken), loyalty_db_int(step->whole),
        loyalty_db_int(step->asked_at)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_REVERSAL_INSERT, values,
                                   loyalty_values_n(values));
}
