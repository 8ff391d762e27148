
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


static int loyalty_count(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n, int64_t *count);


/* The ledger has the orders that have earned something at all. */

int
loyalty_count_orders(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int64_t window, int64_t *count)
{
    static const loyalty_str_t  kind = loyalty_string("claim");

    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->last_entry),
        loyalty_db_int(tx->now - window), loyalty_db_text(kind)
    };

    return loyalty_count(tx, LOYALTY_SQL_LEDGER_ORDERS, values,
                         loyalty_values_n(values), count);
}


int
loyalty_count_actions(loyalty_transaction_t *tx,
    const loyalty_member_t *member, loyalty_str_t action, int64_t window,
    int64_t *count)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->id),
        loyalty_db_int((window != 0) ? tx->now - window : 0),
        loyalty_db_text(action)
    };

    return (action.len != 0)
           ? loyalty_count(tx, LOYALTY_SQL_EVENT_COUNT, values,
                           loyalty_values_n(values), count)
           : loyalty_count(tx, LOYALTY_SQL_EVENT_COUNT_ALL, values,
                           loyalty_values_n(values) - 1, count);
}


static int
loyalty_count(loyalty_transaction_t *tx, loyalty_statement_e statement,
    const loyalty_db_value_t *values, unsigned n, int64_t *count)
{
    int  row;

    if (loyalty_transaction_row(tx, statement, values, n, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *count = loyalty_db_column_int(tx->db, 0);

    return LOYALTY_OK;
}
