
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fold.h>

#include <string.h>


/* Entries a transaction: others wait for it only so long. */

#define LOYALTY_FOLD_STEP     2000

/*
 * Nodes of a server get numbers for entries before they commit them, so one
 * may turn up below others that are there.  No transaction takes this long.
 */

#define LOYALTY_FOLD_SETTLED  300


typedef struct {
    int64_t  entry;              /* up to this one they are added up */
    int64_t  at;                 /* and this was so then */
    int64_t  newest;             /* entry, when this was looked up last, */
    int64_t  newest_at;          /* then */
} loyalty_fold_t;


static int loyalty_fold_read(loyalty_transaction_t *tx, loyalty_fold_t *fold);
static int64_t loyalty_fold_limit(const loyalty_transaction_t *tx,
    const loyalty_fold_t *fold);
static int loyalty_fold_settled(const loyalty_transaction_t *tx,
    const loyalty_fold_t *fold);
static int loyalty_fold_some(loyalty_transaction_t *tx, loyalty_fold_t *fold,
    int *more);
static int loyalty_fold_end(loyalty_transaction_t *tx, loyalty_fold_t *fold);
static int loyalty_fold_write(loyalty_transaction_t *tx,
    const loyalty_fold_t *fold);


int
loyalty_fold(loyalty_transaction_t *tx, int *more)
{
    loyalty_fold_t  fold;

    if (loyalty_fold_read(tx, &fold) != LOYALTY_OK
        || loyalty_fold_some(tx, &fold, more) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*more && loyalty_fold_end(tx, &fold) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return loyalty_fold_write(tx, &fold);
}


static int
loyalty_fold_read(loyalty_transaction_t *tx, loyalty_fold_t *fold)
{
    int  row;

    memset(fold, 0, sizeof(loyalty_fold_t));

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FOLD_READ, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (row) {
        fold->entry = loyalty_db_column_int(tx->db, 0);
        fold->at = loyalty_db_column_int(tx->db, 1);
        fold->newest = loyalty_db_column_int(tx->db, 2);
        fold->newest_at = loyalty_db_column_int(tx->db, 3);
    }

    return LOYALTY_OK;
}


static int64_t
loyalty_fold_limit(const loyalty_transaction_t *tx,
    const loyalty_fold_t *fold)
{
    if (!loyalty_db_shared(tx->db)) {
        return INT64_MAX;
    }

    return loyalty_fold_settled(tx, fold) ? fold->newest : fold->entry;
}


/* Not so either if the clock has gone back. */

static int
loyalty_fold_settled(const loyalty_transaction_t *tx,
    const loyalty_fold_t *fold)
{
    return tx->now - fold->newest_at >= LOYALTY_FOLD_SETTLED;
}


static int
loyalty_fold_some(loyalty_transaction_t *tx, loyalty_fold_t *fold, int *more)
{
    int                 row;
    int64_t             last;
    loyalty_db_value_t  values[] = {
        loyalty_db_int(fold->entry),
        loyalty_db_int(loyalty_fold_limit(tx, fold)),
        loyalty_db_int(LOYALTY_FOLD_STEP)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FOLD_NEXT, values, 3, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    last = loyalty_db_column_int(tx->db, 0);

    *more = (loyalty_db_column_int(tx->db, 1) == LOYALTY_FOLD_STEP);

    if (last == 0) {
        return LOYALTY_OK;
    }

    values[1].integer = last;

    fold->entry = last;

    return loyalty_transaction_run(tx, LOYALTY_SQL_FOLD_ADD, values, 2);
}


/* The rest of a server's entries is for the next time. */

static int
loyalty_fold_end(loyalty_transaction_t *tx, loyalty_fold_t *fold)
{
    int  row;

    if (!loyalty_db_shared(tx->db)) {
        fold->at = tx->now;
        return LOYALTY_OK;
    }

    if (loyalty_fold_settled(tx, fold)) {
        fold->at = fold->newest_at;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FOLD_NEWEST, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    fold->newest = loyalty_db_column_int(tx->db, 0);
    fold->newest_at = tx->now;

    return LOYALTY_OK;
}


static int
loyalty_fold_write(loyalty_transaction_t *tx, const loyalty_fold_t *fold)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(fold->entry), loyalty_db_int(fold->at),
        loyalty_db_int(fold->newest), loyalty_db_int(fold->newest_at)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_FOLD_WRITE, values,
                                   loyalty_values_n(values));
}


int
loyalty_fold_when(loyalty_transaction_t *tx, int64_t *at)
{
    loyalty_fold_t  fold;

    if (loyalty_fold_read(tx, &fold) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    *at = fold.at;

    return LOYALTY_OK;
}
