
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <stdio.h>


/* Longer than any request: all its parts have limits, and separators. */

#define LOYALTY_REQUEST_SIZE       1536

#define LOYALTY_IDEMPOTENCY_KEEP   (48 * 3600)    /* seconds; 24 h promised */
#define LOYALTY_IDEMPOTENCY_PRUNE  500            /* answers a batch */


static int loyalty_idempotency_convert(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t answer);
static int loyalty_idempotency_render(loyalty_transaction_t *tx,
    const loyalty_command_t *command, loyalty_json_t *answer);
static int loyalty_idempotency_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, const loyalty_json_t *answer);
static int loyalty_idempotency_replace(loyalty_transaction_t *tx,
    const loyalty_command_t *command, const loyalty_json_t *answer,
    int64_t awaited, loyalty_outcome_e pending);
static int loyalty_idempotency_forget(loyalty_transaction_t *tx,
    int64_t awaited, loyalty_outcome_e pending);
static loyalty_str_t loyalty_idempotency_tier(
    const loyalty_command_t *command);
static int64_t loyalty_idempotency_awaits(const loyalty_command_t *command);
static loyalty_str_t loyalty_idempotency_request(loyalty_command_t *command,
    char *buffer);
static const loyalty_str_t *loyalty_idempotency_locale(
    const loyalty_command_t *command);
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


/*
 * What is stored is our own JSON, whoever has asked: a chat's form of it is
 * made anew, for whichever chat asks now.
 */

int
loyalty_idempotency_replay(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int                 row;
    char                buffer[LOYALTY_REQUEST_SIZE];
    loyalty_str_t       answer;
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
    answer = loyalty_db_column_text(tx->db, 3);

    if (command->format != LOYALTY_FORMAT_JSON) {
        return loyalty_idempotency_convert(tx, command, answer);
    }

    loyalty_json_raw(&command->json, answer);

    return LOYALTY_OK;
}


/* With the time and the language of then, it is the same each time. */

static int
loyalty_idempotency_convert(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t answer)
{
    loyalty_result_t  *result = &command->result;

    result->now = loyalty_db_column_int(tx->db, 4);
    result->locale = loyalty_locale_of(loyalty_db_column_text(tx->db, 5));
    result->points = loyalty_db_column_int(tx->db, 6);
    result->tier = loyalty_tier_find(&tx->program->ladder,
                                     loyalty_db_column_text(tx->db, 7));
    result->anonymous = (command->caller.len == 0);

    command->status = loyalty_format_status(command->format,
                                            result->outcome);

    return (loyalty_format_convert(command->format, tx->program, result,
                                   answer, &command->json)
            == LOYALTY_OK)
           ? LOYALTY_OK
           : loyalty_transaction_refuse(tx, "no memory for an answer");
}


int
loyalty_idempotency_keep(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int             rc;
    unsigned        status;
    loyalty_json_t  answer;

    /* it may go better next time, whatever status the chat was given */

    status = loyalty_outcome_status(command->result.outcome);

    if (status >= 500 || (command->keep_success && status >= 400)) {
        return LOYALTY_OK;
    }

    if (loyalty_idempotency_render(tx, command, &answer) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    rc = loyalty_idempotency_insert(tx, command, &answer);

    if (command->format == LOYALTY_FORMAT_JSON) {

        /* it need not be written twice */

        command->json = answer;
        command->status = status;

    } else {
        loyalty_json_free(&answer);
    }

    return rc;
}


/* The caller frees the answer, unless this fails. */

static int
loyalty_idempotency_render(loyalty_transaction_t *tx,
    const loyalty_command_t *command, loyalty_json_t *answer)
{
    loyalty_json_init(answer);

    if (loyalty_answer_render(tx->program, &command->result, answer)
        == LOYALTY_OK)
    {
        return LOYALTY_OK;
    }

    loyalty_json_free(answer);

    return loyalty_transaction_refuse(tx, "no memory for an answer");
}


static int
loyalty_idempotency_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, const loyalty_json_t *answer)
{
    char                     buffer[LOYALTY_REQUEST_SIZE];
    loyalty_str_t            body = { answer->len, answer->data };
    const loyalty_result_t  *result = &command->result;
    loyalty_db_value_t       values[] = {
        loyalty_db_text(command->caller),
        loyalty_db_text(command->idempotency_key),
        loyalty_db_text(loyalty_idempotency_request(command, buffer)),
        loyalty_db_int(loyalty_outcome_status(result->outcome)),
        loyalty_db_text(loyalty_outcome_code(result->outcome)),
        loyalty_db_text(body),
        loyalty_db_int(loyalty_idempotency_awaits(command)),
        loyalty_db_int(tx->now),
        loyalty_db_text(loyalty_locale_name(result->locale)),
        loyalty_db_int(result->points),
        loyalty_db_text(loyalty_idempotency_tier(command))
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_ANSWER_INSERT, values,
                                   loyalty_values_n(values));
}


int
loyalty_idempotency_settle(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int                rc;
    int64_t            awaited;
    loyalty_json_t     answer;
    loyalty_outcome_e  pending;

    awaited = command->postponed;
    pending = LOYALTY_CLAIM_PENDING;

    if (command->kind == LOYALTY_COMMAND_CONCLUDE) {
        awaited = command->redemption;
        pending = LOYALTY_REDEMPTION_PENDING;
    }

    if (loyalty_outcome_status(command->result.outcome) >= 500) {
        return loyalty_idempotency_forget(tx, awaited, pending);
    }

    if (loyalty_idempotency_render(tx, command, &answer) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    rc = loyalty_idempotency_replace(tx, command, &answer, awaited, pending);

    loyalty_json_free(&answer);

    return rc;
}


static int
loyalty_idempotency_replace(loyalty_transaction_t *tx,
    const loyalty_command_t *command, const loyalty_json_t *answer,
    int64_t awaited, loyalty_outcome_e pending)
{
    loyalty_str_t              body = { answer->len, answer->data };
    const loyalty_result_t    *result = &command->result;
    const loyalty_db_value_t   values[] = {
        loyalty_db_int(loyalty_outcome_status(result->outcome)),
        loyalty_db_text(loyalty_outcome_code(result->outcome)),
        loyalty_db_text(body), loyalty_db_int(tx->now),
        loyalty_db_text(loyalty_locale_name(result->locale)),
        loyalty_db_int(result->points),
        loyalty_db_text(loyalty_idempotency_tier(command)),
        loyalty_db_int(awaited),
        loyalty_db_text(loyalty_outcome_code(pending))
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_ANSWER_REPLACE, values,
                                   loyalty_values_n(values));
}


/* It has come to nothing: whoever repeats the request begins anew. */

static int
loyalty_idempotency_forget(loyalty_transaction_t *tx, int64_t awaited,
    loyalty_outcome_e pending)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(awaited), loyalty_db_text(loyalty_outcome_code(pending))
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_ANSWER_FORGET, values,
                                   loyalty_values_n(values));
}


static loyalty_str_t
loyalty_idempotency_tier(const loyalty_command_t *command)
{
    static const loyalty_str_t  none = loyalty_string("");

    return (command->result.tier != NULL) ? command->result.tier->id : none;
}


static int64_t
loyalty_idempotency_awaits(const loyalty_command_t *command)
{
    switch (command->result.outcome) {

    case LOYALTY_REDEMPTION_PENDING:
        return command->redemption;

    case LOYALTY_CLAIM_PENDING:
        return command->postponed;

    default:
        return 0;
    }
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
 * parts can contain a line feed.  In which form the answer is wanted makes no
 * other request.
 */

static loyalty_str_t
loyalty_idempotency_request(loyalty_command_t *command, char *buffer)
{
    size_t                i, len;
    loyalty_str_t         request;
    const loyalty_str_t  *parts[] = {
        &command->email, &command->order, &command->reward,
        &command->source, loyalty_idempotency_locale(command),
        &command->store,
        &command->coupon, &command->action, &command->ref,
        &command->referral, &command->before, &command->limit, &command->by
    };

    len = (size_t) snprintf(buffer, LOYALTY_REQUEST_SIZE, "%d", command->kind);

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


/*
 * A member keeps the language of the sign-up.  In which one an answer is read
 * makes no other request: the page may be in another one by the second try.
 */

static const loyalty_str_t *
loyalty_idempotency_locale(const loyalty_command_t *command)
{
    static const loyalty_str_t  none = loyalty_string("");

    return (command->kind == LOYALTY_COMMAND_SIGNUP) ? &command->locale
                                                     : &none;
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
