
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_friend.h>


static int loyalty_friend_give(loyalty_transaction_t *tx,
    loyalty_member_t *member, const char *code, int64_t lot, int64_t debit,
    int64_t *given);
static int loyalty_friend_debit(loyalty_transaction_t *tx, int64_t debit,
    int64_t *taken, int64_t *earned);


/*
 * An order has brought it before, that was refunded.  Both get what was taken
 * back then: otherwise one could spend, and send back, again and again.
 */

int
loyalty_friend_again(loyalty_transaction_t *tx, loyalty_friend_t *friend,
    loyalty_member_t *referrer, loyalty_member_t *member, int64_t *points,
    int64_t *own)
{
    if (loyalty_friend_give(tx, referrer, member->code, friend->lot,
                            friend->debit, points)
        != LOYALTY_OK
        || loyalty_friend_give(tx, member, referrer->code, friend->own_lot,
                               friend->own_debit, own)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    friend->rewarded_at = tx->now;
    friend->debit = 0;
    friend->own_debit = 0;

    return LOYALTY_OK;
}


static int
loyalty_friend_give(loyalty_transaction_t *tx, loyalty_member_t *member,
    const char *code, int64_t lot, int64_t debit, int64_t *given)
{
    int                       rc;
    int64_t                   earned, earned_at, points, expired, credit;
    loyalty_lots_t            lots;
    loyalty_entry_t           entry;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(debit), loyalty_db_int(member->id)
    };

    *given = 0;

    if (debit == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_debit(tx, debit, given, &earned) != LOYALTY_OK
        || loyalty_friend_lot(tx, lot, &earned_at, &points, &expired)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    entry = loyalty_friend_entry(code, *given);

    rc = loyalty_lots_load_taken(tx, LOYALTY_SQL_LEDGER_LOTS, values,
                                 loyalty_values_n(values), &lots);

    if (rc == LOYALTY_OK) {
        rc = loyalty_ledger_give_back(tx, member, &entry, &lots, earned,
                                      earned_at, &credit);
    }

    loyalty_lots_free(&lots);

    return rc;
}


static int
loyalty_friend_debit(loyalty_transaction_t *tx, int64_t debit,
    int64_t *taken, int64_t *earned)
{
    int                       row;
    const loyalty_db_value_t  values[] = { loyalty_db_int(debit) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_DEBIT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *taken = row ? loyalty_db_column_int(tx->db, 0) : 0;
    *earned = row ? loyalty_db_column_int(tx->db, 1) : 0;

    return LOYALTY_OK;
}
