
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>
#include <loyalty_points.h>
#include <loyaltyctl_import.h>

#include <stdlib.h>
#include <string.h>


static int loyalty_import_compare(const void *one, const void *two);
static int loyalty_import_work(loyalty_transaction_t *tx, void *data);
static int loyalty_import_look(loyalty_transaction_t *tx, void *data);
static int loyalty_import_member(loyalty_transaction_t *tx,
    loyalty_import_line_t *line);
static int loyalty_import_create(loyalty_transaction_t *tx,
    loyalty_import_line_t *line, loyalty_member_t *member);
static int loyalty_import_judge(loyalty_transaction_t *tx,
    loyalty_import_line_t *line, const loyalty_member_t *member);
static int loyalty_import_before(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int *before);


static const loyalty_str_t  loyalty_import_kind = loyalty_string("import");


/* In the order of their e-mails, as all take members who take several. */

loyalty_db_rc_e
loyalty_import_batch(loyalty_session_t *session,
    loyalty_import_batch_t *batch, int64_t now, int dry)
{
    size_t  i;

    for (i = 0; i < batch->n; i++) {
        batch->sorted[i] = &batch->lines[i];
    }

    qsort(batch->sorted, batch->n, sizeof(batch->sorted[0]),
          loyalty_import_compare);

    return dry ? loyalty_session_insist(session, LOYALTY_DB_READ, now,
                                        loyalty_import_look, batch)
               : loyalty_session_insist(session, LOYALTY_DB_WRITE, now,
                                        loyalty_import_work, batch);
}


static int
loyalty_import_compare(const void *one, const void *two)
{
    int                           order;
    const loyalty_import_line_t  *a, *b;

    a = *(loyalty_import_line_t *const *) one;
    b = *(loyalty_import_line_t *const *) two;

    order = loyalty_str_compare(a->email, b->email);

    /* of two lines of one member, the first in the file counts */

    return (order != 0) ? order : (a->line > b->line) - (a->line < b->line);
}


static int
loyalty_import_work(loyalty_transaction_t *tx, void *data)
{
    size_t                   i;
    loyalty_import_batch_t  *batch = data;

    for (i = 0; i < batch->n; i++) {

        if (loyalty_import_member(tx, batch->sorted[i]) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_import_look(loyalty_transaction_t *tx, void *data)
{
    int                      found;
    size_t                   i;
    loyalty_member_t         member;
    loyalty_import_line_t   *line;
    loyalty_import_batch_t  *batch = data;

    for (i = 0; i < batch->n; i++) {
        line = batch->sorted[i];

        if (loyalty_member_find(tx, line->email, 0, &member, &found)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        line->outcome = LOYALTY_IMPORT_CREATED;

        if (found && loyalty_import_judge(tx, line, &member) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_import_member(loyalty_transaction_t *tx, loyalty_import_line_t *line)
{
    int               found;
    loyalty_entry_t   entry;
    loyalty_member_t  member;

    if (loyalty_member_find(tx, line->email, 1, &member, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (found) {

        if (loyalty_import_judge(tx, line, &member) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

    } else if (loyalty_import_create(tx, line, &member) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (line->outcome > LOYALTY_IMPORT_CREDITED || line->points == 0) {
        return LOYALTY_OK;
    }

    (void) memset(&entry, 0, sizeof(loyalty_entry_t));

    entry.kind = loyalty_import_kind;
    entry.points = line->points;

    return loyalty_ledger_earn(tx, &member, &entry, 0);
}


static int
loyalty_import_create(loyalty_transaction_t *tx, loyalty_import_line_t *line,
    loyalty_member_t *member)
{
    int                       inserted, found;
    const loyalty_newcomer_t  newcomer = {
        line->email, line->source, line->locale,
        (line->joined_at != 0) ? line->joined_at : tx->now
    };

    if (loyalty_member_insert(tx, &newcomer, &inserted) != LOYALTY_OK
        || loyalty_member_find(tx, line->email, 1, member, &found)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (inserted) {
        line->outcome = LOYALTY_IMPORT_CREATED;
        return LOYALTY_OK;
    }

    /* has just signed up */

    return loyalty_import_judge(tx, line, member);
}


/* A member that was merged into another has brought its points along. */

static int
loyalty_import_judge(loyalty_transaction_t *tx, loyalty_import_line_t *line,
    const loyalty_member_t *member)
{
    int  before;

    line->outcome = LOYALTY_IMPORT_UNCHANGED;

    if (line->points == 0 || !loyalty_str_equal(member->email, line->email)) {
        return LOYALTY_OK;
    }

    if (loyalty_import_before(tx, member, &before) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (before) {
        return LOYALTY_OK;
    }

    line->outcome = LOYALTY_IMPORT_CREDITED;

    if (line->points > LOYALTY_POINTS_MAX - member->lifetime) {
        line->outcome = LOYALTY_IMPORT_SKIPPED;
        line->why = "these are more points than a member can have";
    }

    return LOYALTY_OK;
}


static int
loyalty_import_before(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int *before)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->last_entry), loyalty_db_int(-1),
        loyalty_db_text(loyalty_import_kind)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_COUNT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *before = (loyalty_db_column_int(tx->db, 0) != 0);

    return LOYALTY_OK;
}
