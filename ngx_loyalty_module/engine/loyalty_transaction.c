
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


int
loyalty_transaction_run(loyalty_transaction_t *tx,
    unsigned statement, const loyalty_db_value_t *values,
    unsigned n)
{
    int  row;

    return loyalty_transaction_row(tx, statement, values, n, &row);
}


int
loyalty_transaction_row(loyalty_transaction_t *tx,
    unsigned statement, const loyalty_db_value_t *values,
    unsigned n, int *row)
{
    loyalty_db_rc_e  rc;

    rc = loyalty_db_query(tx->db, statement, values, n);

    if (rc != LOYALTY_DB_ROW && rc != LOYALTY_DB_DONE) {
        tx->failed = rc;
        return LOYALTY_ERROR;
    }

    *row = (rc == LOYALTY_DB_ROW);

    return LOYALTY_OK;
}


int
loyalty_transaction_next(loyalty_transaction_t *tx, int *row)
{
    loyalty_db_rc_e  rc;

    rc = loyalty_db_row(tx->db);

    if (rc != LOYALTY_DB_ROW && rc != LOYALTY_DB_DONE) {
        tx->failed = rc;
        return LOYALTY_ERROR;
    }

    *row = (rc == LOYALTY_DB_ROW);

    return LOYALTY_OK;
}


int
loyalty_transaction_refuse(loyalty_transaction_t *tx, const char *why)
{
    tx->failed = LOYALTY_DB_CONFLICT;
    tx->why = why;

    return LOYALTY_ERROR;
}
