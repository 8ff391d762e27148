
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_lots.h>

#include <stdlib.h>
#include <string.h>


static int loyalty_lots_read(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n, loyalty_lots_t *lots);
static loyalty_lot_t *loyalty_lots_push(loyalty_lots_t *lots);
static int64_t loyalty_lots_usable_next(const loyalty_lots_t *lots,
    int64_t now);
static int64_t loyalty_lots_take_from(loyalty_lots_t *lots, int64_t id,
    int64_t points);
static int64_t loyalty_lots_take_one(loyalty_lot_t *lot, int64_t points);


int
loyalty_lots_load(loyalty_transaction_t *tx, const loyalty_member_t *member,
    loyalty_lots_t *lots)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->last_entry), loyalty_db_int(member->first_open)
    };

    return loyalty_lots_read(tx, LOYALTY_SQL_LOTS, values,
                             loyalty_values_n(values), lots);
}


int
loyalty_lots_load_taken(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n, loyalty_lots_t *lots)
{
    size_t  i;

    if (loyalty_lots_read(tx, statement, values, n, lots) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < lots->nelts; i++) {
        lots->elts[i].taken = lots->elts[i].left;
        lots->elts[i].left = 0;
    }

    return LOYALTY_OK;
}


static int
loyalty_lots_read(loyalty_transaction_t *tx, loyalty_statement_e statement,
    const loyalty_db_value_t *values, unsigned n, loyalty_lots_t *lots)
{
    int             row;
    loyalty_lot_t  *lot;

    memset(lots, 0, sizeof(loyalty_lots_t));

    if (loyalty_transaction_row(tx, statement, values, n, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row) {
        lot = loyalty_lots_push(lots);

        if (lot == NULL) {
            return loyalty_transaction_refuse(tx, "no memory for lots");
        }

        lot->id = loyalty_db_column_int(tx->db, 0);
        lot->left = loyalty_db_column_int(tx->db, 1);
        lot->taken = 0;
        lot->usable_at = loyalty_db_column_int(tx->db, 2);
        lot->until_at = loyalty_db_column_int(tx->db, 3);
        lot->member = loyalty_db_column_int(tx->db, 4);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static loyalty_lot_t *
loyalty_lots_push(loyalty_lots_t *lots)
{
    size_t          nalloc;
    loyalty_lot_t  *elts;

    if (lots->nelts == lots->nalloc) {
        nalloc = (lots->nalloc != 0) ? 2 * lots->nalloc : 16;

        elts = realloc(lots->elts, nalloc * sizeof(loyalty_lot_t));
        if (elts == NULL) {
            return NULL;
        }

        lots->elts = elts;
        lots->nalloc = nalloc;
    }

    return &lots->elts[lots->nelts++];
}


void
loyalty_lots_free(loyalty_lots_t *lots)
{
    free(lots->elts);
    memset(lots, 0, sizeof(loyalty_lots_t));
}


int64_t
loyalty_lots_take(loyalty_lots_t *lots, int64_t points, int64_t now)
{
    size_t  i;

    for (i = 0; i < lots->nelts && points > 0; i++) {

        if (lots->elts[i].usable_at <= now) {
            points -= loyalty_lots_take_one(&lots->elts[i], points);
        }
    }

    return points;
}


int64_t
loyalty_lots_take_usable(loyalty_lots_t *lots, int64_t points, int64_t now)
{
    for ( ;; ) {
        points = loyalty_lots_take(lots, points, now);

        if (points == 0) {
            return 0;
        }

        now = loyalty_lots_usable_next(lots, now);

        if (now == 0) {
            return points;
        }
    }
}


/* When the first becomes usable that is not yet; 0: all are. */

static int64_t
loyalty_lots_usable_next(const loyalty_lots_t *lots, int64_t now)
{
    size_t   i;
    int64_t  next;

    next = 0;

    for (i = 0; i < lots->nelts; i++) {

        if (lots->elts[i].left > 0 && lots->elts[i].usable_at > now) {
            next = loyalty_earliest(next, lots->elts[i].usable_at);
        }
    }

    return next;
}


int
loyalty_lots_take_back(loyalty_transaction_t *tx, loyalty_lots_t *lots,
    int64_t first, int64_t points, int64_t *missing)
{
    int                       row;
    const loyalty_db_value_t  values[] = { loyalty_db_int(first) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LOTS_OF, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row) {
        points -= loyalty_lots_take_from(lots,
                                         loyalty_db_column_int(tx->db, 0),
                                         points);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    *missing = loyalty_lots_take(lots, points, INT64_MAX);

    return LOYALTY_OK;
}


static int64_t
loyalty_lots_take_from(loyalty_lots_t *lots, int64_t id, int64_t points)
{
    size_t  i;

    for (i = 0; i < lots->nelts; i++) {

        if (lots->elts[i].id == id) {
            return loyalty_lots_take_one(&lots->elts[i], points);
        }
    }

    return 0;
}


int64_t
loyalty_lots_take_expired(loyalty_lots_t *lots, int64_t now, int all)
{
    size_t          i;
    int64_t         points;
    loyalty_lot_t  *lot;

    points = 0;

    for (i = 0; i < lots->nelts; i++) {
        lot = &lots->elts[i];

        if (all || (lot->until_at != 0 && lot->until_at <= now)) {
            points += loyalty_lots_take_one(lot, lot->left);
        }
    }

    return points;
}


static int64_t
loyalty_lots_take_one(loyalty_lot_t *lot, int64_t points)
{
    if (points > lot->left) {
        points = lot->left;
    }

    lot->left -= points;
    lot->taken += points;

    return points;
}


int64_t
loyalty_lots_give(loyalty_lots_t *lots, int64_t points)
{
    size_t          i;
    int64_t         given;
    loyalty_lot_t  *lot;

    for (i = 0; i < lots->nelts; i++) {
        lot = &lots->elts[i];

        given = (lot->taken < points) ? lot->taken : points;

        lot->left += given;
        lot->taken = -given;
        points -= given;
    }

    return points;
}


int
loyalty_lots_write(loyalty_transaction_t *tx, loyalty_lots_t *lots,
    int64_t entry)
{
    size_t          i;
    loyalty_lot_t  *lot;

    for (i = 0; i < lots->nelts; i++) {
        lot = &lots->elts[i];

        if (lot->taken != 0
            && loyalty_lots_spending(tx, entry, lot->id, lot->taken)
               != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        lot->taken = 0;
    }

    return LOYALTY_OK;
}


int
loyalty_lots_spending(loyalty_transaction_t *tx, int64_t entry, int64_t lot,
    int64_t points)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(entry), loyalty_db_int(lot), loyalty_db_int(points)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_SPENDING_INSERT, values,
                                   loyalty_values_n(values));
}


int
loyalty_lots_moved(loyalty_transaction_t *tx, int64_t lot, int64_t became)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(lot), loyalty_db_int(became)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_MOVED_INSERT, values,
                                   loyalty_values_n(values));
}


int64_t
loyalty_lots_total(const loyalty_lots_t *lots)
{
    size_t   i;
    int64_t  points;

    points = 0;

    for (i = 0; i < lots->nelts; i++) {
        points += lots->elts[i].left;
    }

    return points;
}


int64_t
loyalty_lots_first(const loyalty_lots_t *lots)
{
    size_t  i;

    for (i = 0; i < lots->nelts; i++) {

        if (lots->elts[i].left > 0) {
            return lots->elts[i].id;
        }
    }

    return 0;
}


int64_t
loyalty_lots_pending(const loyalty_lots_t *lots, int64_t now)
{
    size_t   i;
    int64_t  points;

    points = 0;

    for (i = 0; i < lots->nelts; i++) {

        if (lots->elts[i].usable_at > now) {
            points += lots->elts[i].left;
        }
    }

    return points;
}


int64_t
loyalty_lots_due(const loyalty_lots_t *lots, int64_t now)
{
    size_t                i;
    int64_t               due;
    const loyalty_lot_t  *lot;

    due = 0;

    for (i = 0; i < lots->nelts; i++) {
        lot = &lots->elts[i];

        if (lot->left == 0) {
            continue;
        }

        if (lot->usable_at > now) {
            due = loyalty_earliest(due, lot->usable_at);
        }

        due = loyalty_earliest(due, lot->until_at);
    }

    return due;
}


int64_t
loyalty_earliest(int64_t one, int64_t two)
{
    if (one == 0 || two == 0) {
        return one + two;
    }

    return (one < two) ? one : two;
}
