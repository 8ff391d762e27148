
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_friend.h>


static int loyalty_friend_pass(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int *passed);
static int loyalty_friend_pass_to(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int64_t entry);
static int loyalty_friend_take(loyalty_transaction_t *tx,
    loyalty_member_t *member, const char *code, int64_t lot, int64_t *taken,
    int64_t *debit);


int
loyalty_friend_lost(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim)
{
    int               found, passed;
    int64_t           taken, own;
    loyalty_friend_t  friend;
    loyalty_member_t  referrer;

    if (loyalty_friend_find(tx, member->id, claim->store, claim->order,
                            &friend, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found || friend.rewarded_at == 0 || !friend.by_this) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_pass(tx, member, &passed) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (passed) {
        return LOYALTY_OK;
    }

    if (loyalty_member_take(tx, friend.referrer, &referrer) != LOYALTY_OK
        || loyalty_friend_take(tx, &referrer, member->code, friend.lot,
                               &taken, &friend.debit)
           != LOYALTY_OK
        || loyalty_friend_take(tx, member, referrer.code, friend.own_lot,
                               &own, &friend.own_debit)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    friend.rewarded_at = 0;

    return loyalty_friend_note(tx, &friend, -taken);
}


/* Another order that would have brought it, too, takes the place. */

static int
loyalty_friend_pass(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int *passed)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->id), loyalty_db_text(loyalty_claim_kind),
        loyalty_db_int(tx->program->referral.min)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FRIEND_OTHER, values,
                                loyalty_values_n(values), passed)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return *passed ? loyalty_friend_pass_to(tx, member,
                                            loyalty_db_column_int(tx->db, 0))
                   : LOYALTY_OK;
}


static int
loyalty_friend_pass_to(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int64_t entry)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(entry), loyalty_db_int(entry),
        loyalty_db_int(member->id)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_FRIEND_PASS, values,
                                   loyalty_values_n(values));
}


/* What expired unspent is gone already, as of a refunded order. */

static int
loyalty_friend_take(loyalty_transaction_t *tx, loyalty_member_t *member,
    const char *code, int64_t lot, int64_t *taken, int64_t *debit)
{
    int64_t          earned_at, points, expired;
    loyalty_entry_t  entry;

    *taken = 0;
    *debit = 0;

    if (lot == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_lot(tx, lot, &earned_at, &points, &expired)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    entry = loyalty_friend_entry(code, points - expired);

    return loyalty_ledger_take_back(tx, member, &entry, lot, points,
                                    earned_at, taken, debit);
}
