
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <stdio.h>


/* Longer than any request: all its parts have limits, and separators. */

#define LOYALTY_REQUEST_SIZE       1024

#define LOYALTY_IDEMPOTENCY_KEEP   (48 * 3600)    /* seconds; 24 h promised */
#define LOYALTY_IDEMPOTENCY_PRUNE  500            /* answers a batch */


static int loyalty_idempotency_render(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_idempotency_replace(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t body);
static int loyalty_idempotency_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static loyalty_str_t loyalty_idempotency_request(loyalty_command_t *command,
    char *buffer);
static loyalty_outcome_e loyalty_idempotency_outcome(loyalty_str_t code);


void
loyalty_idempotency_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->caller),
        loyalty_db_text(command->idempotency_key)
    };

    loyalty_db_ahead(tx->db, LOYALTY_SQL_ANSWER_FIND, values,
                     loyalty_values_n(values));
}


int
loyalty_idempotency_replay(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int                 row;
    char                buffer[LOYALTY_REQUEST_SIZE];
    loyalty_db_value_t  values[] = {
        loyalty_db_text(command->caller),
        loyalty_db_text(command->idempotency_key)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_ANSWER_FIND, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!row) {
        return LOYALTY_OK;
    }

    command->decided = 1;
    command->replayed = 1;

    if (!loyalty_str_equal(loyalty_db_column_text(tx->db, 0),
                           loyalty_idempotency_request(command, buffer)))
    {
        command->result.outcome = LOYALTY_IDEMPOTENCY_KEY_REUSED;
        return LOYALTY_OK;
    }

    command->status = (unsigned) loyalty_db_column_int(tx->db, 1);
    command->result.outcome = loyalty_idempotency_outcome(
                                  loyalty_db_column_text(tx->db, 2));

    loyalty_json_raw(&command->json, loyalty_db_column_text(tx->db, 3));

    return LOYALTY_OK;
}


int
loyalty_idempotency_keep(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    if (loyalty_idempotency_render(tx, command) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    /* it may go better next time */

    return (command->status >= 500
            || (command->keep_success && command->status >= 400))
           ? LOYALTY_OK : loyalty_idempotency_insert(tx, command);
}


static int
loyalty_idempotency_render(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    command->status = loyalty_outcome_status(command->result.outcome);

    return (loyalty_answer_render(tx->program, &command->result,
                                  &command->json)
            == LOYALTY_OK)
           ? LOYALTY_OK
           : loyalty_transaction_refuse(tx, "no memory for an answer");
}


int
loyalty_idempotency_settle(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    loyalty_str_t  body;

    if (loyalty_idempotency_render(tx, command) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    body.data = command->json.data;
    body.len = command->json.len;

    return loyalty_idempotency_replace(tx, command, body);
}


static int
loyalty_idempotency_replace(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t body)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->status),
        loyalty_db_text(loyalty_outcome_code(command->result.outcome)),
        loyalty_db_text(body), loyalty_db_int(command->redemption)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_ANSWER_REPLACE, values,
                                   loyalty_values_n(values));
}


static int
loyalty_idempotency_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    char                buffer[LOYALTY_REQUEST_SIZE];
    int                 held = (command->result.outcome
                                == LOYALTY_REDEMPTION_PENDING);
    loyalty_str_t       body = { command->json.len, command->json.data };
    loyalty_db_value_t  values[] = {
        loyalty_db_text(command->caller),
        loyalty_db_text(command->idempotency_key),
        loyalty_db_text(loyalty_idempotency_request(command, buffer)),
        loyalty_db_int(command->status),
        loyalty_db_text(loyalty_outcome_code(command->result.outcome)),
        loyalty_db_text(body),
        loyalty_db_int(held ? command->redemption : 0),
        loyalty_db_int(tx->now)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_ANSWER_INSERT, values,
                                   loyalty_values_n(values));
}


int
loyalty_idempotency_prune(loyalty_transaction_t *tx, int *more)
{
    loyalty_db_value_t  values[] = {
        loyalty_db_int(tx->now - LOYALTY_IDEMPOTENCY_KEEP),
        loyalty_db_int(LOYALTY_IDEMPOTENCY_PRUNE)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_ANSWER_PRUNE, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *more = (loyalty_db_changes(tx->db) == LOYALTY_IDEMPOTENCY_PRUNE);

    return LOYALTY_OK;
}


/*
 * The request as a text, to tell the same from another one.  None of its
 * parts can contain a line feed.
 */

static loyalty_str_t
loyalty_idempotency_request(loyalty_command_t *command, char *buffer)
{
    size_t                i, len;
    loyalty_str_t         request;
    const loyalty_str_t  *parts[] = {
        &command->email, &command->order, &command->reward,
        &command->source, &command->locale, &command->store,
        &command->coupon, &command->action, &command->ref,
        &command->referral, &command->before, &command->limit, &command->by
    };

    len = (size_t) snprintf(buffer, LOYALTY_REQUEST_SIZE, "%d",
                            command->kind);

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        len += (size_t) snprintf(buffer + len, LOYALTY_REQUEST_SIZE - len,
                                 "\n%.*s", (int) parts[i]->len,
                                 parts[i]->data);

        if (len >= LOYALTY_REQUEST_SIZE) {
            len = LOYALTY_REQUEST_SIZE - 1;
        }
    }

    request.data = buffer;
    request.len = len;

    return request;
}


static loyalty_outcome_e
loyalty_idempotency_outcome(loyalty_str_t code)
{
    int  i;

    for (i = LOYALTY_SIGNED_UP; i < LOYALTY_OUTCOMES; i++) {

        if (loyalty_str_equal(loyalty_outcome_code(i), code)) {
            return i;
        }
    }

    return LOYALTY_DATABASE_UNAVAILABLE;
}
