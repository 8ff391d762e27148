
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_recall.h>


/* ms: longer than any claim or event takes */

#define LOYALTY_RECALL_KEPT  (3600 * 1000)


int
loyalty_recall_note(loyalty_transaction_t *tx, loyalty_str_t store,
    loyalty_str_t order, int64_t asked_at)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(store), loyalty_db_text(order),
        loyalty_db_int(asked_at)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_RECALL_INSERT, values,
                                   loyalty_values_n(values));
}


int
loyalty_recall_find(loyalty_transaction_t *tx, loyalty_str_t store,
    loyalty_str_t order, int64_t *asked_at)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(store), loyalty_db_text(order)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_RECALL_FIND, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *asked_at = row ? loyalty_db_column_int(tx->db, 0) : 0;

    return LOYALTY_OK;
}


int
loyalty_recall_prune(loyalty_transaction_t *tx)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(1000 * tx->now - LOYALTY_RECALL_KEPT)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_RECALL_PRUNE, values,
                                   loyalty_values_n(values));
}
