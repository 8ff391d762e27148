
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <stdlib.h>
#include <string.h>


#define LOYALTY_HISTORY_LIMIT  20
#define LOYALTY_HISTORY_MAX    100
#define LOYALTY_HISTORY_TEXTS  5


static int loyalty_history_first(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *first);
static int64_t loyalty_history_number(loyalty_str_t text);
static int loyalty_history_page(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t first, int64_t limit);
static loyalty_past_t *loyalty_history_read(loyalty_transaction_t *tx);


int
loyalty_history(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                found;
    int64_t            first, limit;
    loyalty_result_t  *result = &command->result;

    limit = loyalty_command_number(command->limit, LOYALTY_HISTORY_LIMIT,
                                   LOYALTY_HISTORY_MAX);

    if (limit == 0) {
        result->outcome = LOYALTY_BAD_REQUEST;
        result->detail = "The parameter \"limit\" is no good: send how many "
                         "entries to show, 1 to 100.";
        return LOYALTY_OK;
    }

    if (loyalty_member_of(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return LOYALTY_OK;
    }

    if (loyalty_history_first(tx, command, &first) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (first < 0) {
        result->outcome = LOYALTY_BAD_REQUEST;
        result->detail = "The parameter \"before\" is no good: send what "
                         "\"next\" was in an answer to the same member.";
        return LOYALTY_OK;
    }

    result->outcome = LOYALTY_HISTORY;

    return loyalty_history_page(tx, command, first, limit);
}


/* The newest entry to show; 0: there is none, -1: not to this member. */

static int
loyalty_history_first(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t *first)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(loyalty_history_number(command->before)),
        loyalty_db_int(command->member.id)
    };

    *first = command->member.last_entry;

    if (command->before.len == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_PREVIOUS, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *first = row ? loyalty_db_column_int(tx->db, 0) : -1;

    return LOYALTY_OK;
}


/* 0, which no entry has, if it is none. */

static int64_t
loyalty_history_number(loyalty_str_t text)
{
    size_t   i;
    int64_t  number;

    number = 0;

    if (text.len > 18) {
        return 0;
    }

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }

        number = number * 10 + (text.data[i] - '0');
    }

    return number;
}


static int
loyalty_history_page(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t first, int64_t limit)
{
    int                        row;
    int64_t                    previous;
    loyalty_past_t           **last;
    const loyalty_db_value_t   values[] = {
        loyalty_db_int(first), loyalty_db_int(limit)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_PAGE, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    last = &command->result.history;

    while (row) {
        previous = loyalty_db_column_int(tx->db, 1);

        *last = loyalty_history_read(tx);

        if (*last == NULL) {
            return loyalty_transaction_refuse(tx, "no memory for a history");
        }

        command->result.older = (previous != 0) ? (*last)->id : 0;

        last = &(*last)->next;

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


/* In one piece with its texts. */

static loyalty_past_t *
loyalty_history_read(loyalty_transaction_t *tx)
{
    int              i;
    char            *p;
    size_t           size;
    loyalty_str_t   *texts[LOYALTY_HISTORY_TEXTS];
    loyalty_str_t    text;
    loyalty_past_t  *past;

    size = sizeof(loyalty_past_t);

    for (i = 0; i < LOYALTY_HISTORY_TEXTS; i++) {
        size += loyalty_db_column_text(tx->db, 7 + i).len;
    }

    past = calloc(1, size);
    if (past == NULL) {
        return NULL;
    }

    past->id = loyalty_db_column_int(tx->db, 0);
    past->points = loyalty_db_column_int(tx->db, 2);
    past->usable_at = loyalty_db_column_int(tx->db, 3);
    past->expires_at = loyalty_db_column_int(tx->db, 4);
    past->at = loyalty_db_column_int(tx->db, 5);
    past->coupon_expires = loyalty_db_column_int(tx->db, 6);

    texts[0] = &past->kind;
    texts[1] = &past->reference;
    texts[2] = &past->store;
    texts[3] = &past->coupon;
    texts[4] = &past->state;

    p = (char *) (past + 1);

    for (i = 0; i < LOYALTY_HISTORY_TEXTS; i++) {
        text = loyalty_db_column_text(tx->db, 7 + i);

        if (text.len != 0) {
            memcpy(p, text.data, text.len);
        }

        texts[i]->data = p;
        texts[i]->len = text.len;

        p += text.len;
    }

    return past;
}
