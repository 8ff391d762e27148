
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


static int loyalty_ledger_append(loyalty_transaction_t *tx,
    loyalty_member_t *member, loyalty_str_t kind, loyalty_str_t reference,
    int64_t points, int64_t *entry);
static int loyalty_lot_open(loyalty_transaction_t *tx,
    loyalty_member_t *member, int64_t entry, int64_t points);
static int loyalty_lot_spend_oldest(loyalty_transaction_t *tx,
    loyalty_member_t *member, int64_t entry, int64_t *points);
static int loyalty_lot_spend(loyalty_transaction_t *tx, int64_t entry,
    int64_t lot, int64_t points);


int
loyalty_ledger_credit(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_member_t *member, loyalty_str_t kind, loyalty_str_t reference,
    int64_t points)
{
    int                 row;
    int64_t             entry;
    loyalty_db_value_t  balance[] = {
        loyalty_db_int(points), loyalty_db_int(member->id)
    };

    if (loyalty_ledger_append(tx, member, kind, reference, points, &entry)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_lot_open(tx, member, entry, points) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_CREDIT, balance,
                                loyalty_values_n(balance), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->result.earned = points;
    command->result.points = loyalty_db_column_int(tx->db, 0);
    command->result.lifetime = loyalty_db_column_int(tx->db, 1);

    return LOYALTY_OK;
}


int
loyalty_ledger_debit(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_member_t *member, loyalty_str_t kind, loyalty_str_t reference,
    int64_t points, int64_t *entry)
{
    int                 row;
    int64_t             left;
    loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(member->id)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_DEBIT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!row) {
        tx->failed = LOYALTY_DB_CONFLICT;
        return LOYALTY_ERROR;
    }

    command->result.spent = points;
    command->result.points = loyalty_db_column_int(tx->db, 0);

    if (loyalty_ledger_append(tx, member, kind, reference, -points, entry)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    for (left = points; left > 0; /* void */ ) {

        if (loyalty_lot_spend_oldest(tx, member, *entry, &left)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_ledger_append(loyalty_transaction_t *tx, loyalty_member_t *member,
    loyalty_str_t kind, loyalty_str_t reference, int64_t points,
    int64_t *entry)
{
    int                 row;
    loyalty_db_value_t  values[] = {
        loyalty_db_int(member->id), loyalty_db_text(kind),
        loyalty_db_text(reference), loyalty_db_int(points),
        loyalty_db_int(tx->now)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_INSERT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *entry = loyalty_db_column_int(tx->db, 0);

    return LOYALTY_OK;
}


static int
loyalty_lot_open(loyalty_transaction_t *tx, loyalty_member_t *member,
    int64_t entry, int64_t points)
{
    loyalty_db_value_t  values[] = {
        loyalty_db_int(entry), loyalty_db_int(member->id),
        loyalty_db_int(points), loyalty_db_int(tx->now)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_LOT_INSERT, values,
                                   loyalty_values_n(values));
}


/* Takes what is still to be spent, *points, from the oldest lot. */

static int
loyalty_lot_spend_oldest(loyalty_transaction_t *tx,
    loyalty_member_t *member, int64_t entry, int64_t *points)
{
    int                 row;
    int64_t             lot, part;
    loyalty_db_value_t  owner[] = { loyalty_db_int(member->id) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LOT_OLDEST, owner,
                                loyalty_values_n(owner), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!row) {

        /* the lots do not add up to the balance: better no coupon than that */

        tx->failed = LOYALTY_DB_CONFLICT;
        return LOYALTY_ERROR;
    }

    lot = loyalty_db_column_int(tx->db, 0);
    part = loyalty_db_column_int(tx->db, 1);

    if (part > *points) {
        part = *points;
    }

    *points -= part;

    return loyalty_lot_spend(tx, entry, lot, part);
}


static int
loyalty_lot_spend(loyalty_transaction_t *tx, int64_t entry, int64_t lot,
    int64_t points)
{
    loyalty_db_value_t  spend[] = {
        loyalty_db_int(points), loyalty_db_int(lot)
    };
    loyalty_db_value_t  spending[] = {
        loyalty_db_int(entry), loyalty_db_int(lot), loyalty_db_int(points)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_LOT_SPEND, spend,
                                loyalty_values_n(spend))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_transaction_run(tx, LOYALTY_SQL_SPENDING_INSERT, spending,
                                   loyalty_values_n(spending));
}
