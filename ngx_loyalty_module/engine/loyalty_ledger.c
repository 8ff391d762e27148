
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


static int loyalty_ledger_append(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t kind, loyalty_str_t reference,
    int64_t points, int64_t *entry);
static int loyalty_ledger_spend(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t debit, int64_t points);
static int loyalty_ledger_credited(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t points, int64_t entry);
static int loyalty_ledger_debited(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t points, int64_t debit);
static int loyalty_ledger_moved(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n);
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
    if (loyalty_ledger_append(tx, command, kind, reference, -points, debit)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_ledger_spend(tx, command, *debit, points) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return loyalty_ledger_debited(tx, command, points, *debit);
}


static int
loyalty_ledger_append(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_str_t kind, loyalty_str_t reference, int64_t points,
    int64_t *entry)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->member), loyalty_db_int(command->last_entry),
        loyalty_db_text(kind), loyalty_db_text(reference),
        loyalty_db_int(points), loyalty_db_int(tx->now)
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
 * Takes the points of a debit from the oldest lots.  The youngest of those is
 * the first that may have something left for the next debit.
 */

static int
loyalty_ledger_spend(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t debit, int64_t points)
{
    int                       row;
    const loyalty_db_value_t  spend[] = {
        loyalty_db_int(debit), loyalty_db_int(command->first_lot),
        loyalty_db_int(points)
    };
    const loyalty_db_value_t  spent[] = { loyalty_db_int(debit) };

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

    command->first_lot = loyalty_db_column_int(tx->db, 1);

    return loyalty_ledger_agrees(tx, loyalty_db_column_int(tx->db, 0)
                                     == points);
}


static int
loyalty_ledger_credited(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t points, int64_t entry)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(entry),
        loyalty_db_text(command->email), loyalty_db_int(command->last_entry)
    };

    command->last_entry = entry;

    command->result.points += points;
    command->result.lifetime += points;
    command->result.earned = points;

    return loyalty_ledger_moved(tx, LOYALTY_SQL_MEMBER_CREDIT, values,
                                loyalty_values_n(values));
}


static int
loyalty_ledger_debited(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t points, int64_t debit)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(debit),
        loyalty_db_int(command->first_lot), loyalty_db_text(command->email),
        loyalty_db_int(command->last_entry)
    };

    command->last_entry = debit;

    command->result.points -= points;
    command->result.spent = points;

    return loyalty_ledger_moved(tx, LOYALTY_SQL_MEMBER_DEBIT, values,
                                loyalty_values_n(values));
}


/* The balance follows the ledger; the schema sees to it that it agrees. */

static int
loyalty_ledger_moved(loyalty_transaction_t *tx, loyalty_statement_e statement,
    const loyalty_db_value_t *values, unsigned n)
{
    if (loyalty_transaction_run(tx, statement, values, n) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (loyalty_db_changes(tx->db) != 1) {
        return loyalty_transaction_refuse(tx, "somebody else has changed the "
                                          "member meanwhile");
    }

    return LOYALTY_OK;
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
