
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_friend.h>

#include <string.h>


int
loyalty_friend_find(loyalty_transaction_t *tx, int64_t member,
    loyalty_str_t store, loyalty_str_t order, loyalty_friend_t *friend,
    int *found)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(store), loyalty_db_text(order),
        loyalty_db_int(member)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FRIEND_FIND, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    friend->member = member;
    friend->referrer = loyalty_db_column_int(tx->db, 0);
    friend->rewarded_at = loyalty_db_column_int(tx->db, 1);
    friend->lot = loyalty_db_column_int(tx->db, 2);
    friend->own_lot = loyalty_db_column_int(tx->db, 3);
    friend->debit = loyalty_db_column_int(tx->db, 4);
    friend->own_debit = loyalty_db_column_int(tx->db, 5);
    friend->ordered = loyalty_db_column_int(tx->db, 6);
    friend->by_this = loyalty_db_column_int(tx->db, 7);
    friend->store = store;
    friend->order = order;

    return LOYALTY_OK;
}


int
loyalty_friend_lot(loyalty_transaction_t *tx, int64_t lot,
    int64_t *earned_at, int64_t *points, int64_t *expired)
{
    int                       row;
    const loyalty_db_value_t  values[] = { loyalty_db_int(lot) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_LOT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *earned_at = row ? loyalty_db_column_int(tx->db, 0) : 0;
    *points = row ? loyalty_db_column_int(tx->db, 1) : 0;
    *expired = row ? loyalty_db_column_int(tx->db, 2) : 0;

    return LOYALTY_OK;
}


int
loyalty_friend_note(loyalty_transaction_t *tx,
    const loyalty_friend_t *friend, int64_t points)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(friend->rewarded_at),
        loyalty_db_text(friend->store), loyalty_db_text(friend->order),
        loyalty_db_int(friend->lot), loyalty_db_int(friend->own_lot),
        loyalty_db_int(friend->debit), loyalty_db_int(friend->own_debit),
        loyalty_db_int(friend->member)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_FRIEND_REWARD, values,
                                   loyalty_values_n(values));
}


loyalty_entry_t
loyalty_friend_entry(const char *code, int64_t points)
{
    loyalty_entry_t  entry = {
        loyalty_string("referral"), { strlen(code), code },
        loyalty_string(""), points
    };

    return entry;
}
