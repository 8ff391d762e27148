
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


static int loyalty_ledger_append(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t kind, loyalty_str_t reference,
    int64_t points, int64_t *entry);
static int loyalty_ledger_credited(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t points, int64_t entry);
static int loyalty_ledger_spend(loyalty_transaction_t *tx, int64_t member,
    int64_t debit, int64_t points, int64_t *last);
static int loyalty_ledger_debited(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t points, int64_t debit,
    int64_t first_lot);
static int loyalty_ledger_balance(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_ledger_agrees(loyalty_transaction_t *tx, int agrees);


int
loyalty_ledger_credit(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_str_t kind, loyalty_str_t reference, int64_t points)
{
    int64_t  entry;

    if (loyalty_ledger_append(tx, command, kind, reference, points, &entry)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_ledger_credited(tx, command, points, entry);
}


int
loyalty_ledger_debit(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_str_t kind, loyalty_str_t reference, int64_t points,
    int64_t *debit)
{
    int64_t  last = 0;

    if (loyalty_ledger_append(tx, command, kind, reference, -points, debit)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_ledger_spend(tx, command->member, *debit, points, &last)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_ledger_debited(tx, command, points, *debit, last);
}


static int
loyalty_ledger_append(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_str_t kind, loyalty_str_t reference, int64_t points,
    int64_t *entry)
{
    loyalty_db_value_t  values[] = {
        loyalty_db_text(kind), loyalty_db_text(reference),
        loyalty_db_int(points), loyalty_db_int(tx->now),
        loyalty_db_int(command->member)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_LEDGER_APPEND, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *entry = loyalty_db_inserted(tx->db);

    return LOYALTY_OK;
}


/*
 * Takes the points of a debit from the oldest lots; *last is the youngest of
 * them.
 */

static int
loyalty_ledger_spend(loyalty_transaction_t *tx, int64_t member, int64_t debit,
    int64_t points, int64_t *last)
{
    int                 row;
    loyalty_db_value_t  spend[] = {
        loyalty_db_int(member), loyalty_db_int(debit), loyalty_db_int(points)
    };
    loyalty_db_value_t  spent[] = { loyalty_db_int(debit) };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_SPENDING_INSERT, spend,
                                loyalty_values_n(spend))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_SPENDING_SUM, spent,
                                loyalty_values_n(spent), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *last = loyalty_db_column_int(tx->db, 1);

    return loyalty_ledger_agrees(tx, loyalty_db_column_int(tx->db, 0)
                                     == points);
}


static int
loyalty_ledger_credited(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t points, int64_t entry)
{
    loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(entry),
        loyalty_db_int(command->member)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_MEMBER_CREDIT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->result.earned = points;

    return loyalty_ledger_balance(tx, command);
}


static int
loyalty_ledger_debited(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t points, int64_t debit, int64_t first_lot)
{
    loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(debit),
        loyalty_db_int(first_lot), loyalty_db_int(command->member)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_MEMBER_DEBIT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->result.spent = points;

    return loyalty_ledger_balance(tx, command);
}


/* Notes the balance, after one member has been changed. */

static int
loyalty_ledger_balance(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int  found;

    if (loyalty_ledger_agrees(tx, loyalty_db_changes(tx->db) == 1)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_member_read(tx, command, &found);
}


/* Where lots, balance and member do not agree, better no points than wrong. */

static int
loyalty_ledger_agrees(loyalty_transaction_t *tx, int agrees)
{
    if (agrees) {
        return LOYALTY_OK;
    }

    return loyalty_transaction_refuse(tx, "the ledger and the balance of a "
                                      "member do not agree");
}
