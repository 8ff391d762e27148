
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <stdio.h>
#include <string.h>


/* Longer than any request: all its parts have limits, and separators. */

#define LOYALTY_REQUEST_SIZE       1536

#define LOYALTY_IDEMPOTENCY_KEEP   (48 * 3600)    /* seconds; 24 h promised */
#define LOYALTY_IDEMPOTENCY_PRUNE  500            /* answers a batch */


static int loyalty_idempotency_render(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_idempotency_next(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t awaited, loyalty_outcome_e pending,
    int64_t *id, int *found);
static loyalty_str_t loyalty_idempotency_word(loyalty_str_t *line);
static int loyalty_idempotency_replace(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t id);
static int loyalty_idempotency_forget(loyalty_transaction_t *tx,
    int64_t awaited, loyalty_outcome_e pending);
static int loyalty_idempotency_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int64_t loyalty_idempotency_awaits(const loyalty_command_t *command);
static loyalty_str_t loyalty_idempotency_request(loyalty_command_t *command,
    char *buffer);
static const loyalty_str_t *loyalty_idempotency_locale(
    const loyalty_command_t *command);
static size_t loyalty_idempotency_head(loyalty_command_t *command,
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
    unsigned  status;

    if (loyalty_idempotency_render(tx, command) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    /* it may go better next time, whatever status the chat was given */

    status = loyalty_outcome_status(command->result.outcome);

    return (status >= 500 || (command->keep_success && status >= 400))
           ? LOYALTY_OK : loyalty_idempotency_insert(tx, command);
}


static int
loyalty_idempotency_render(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    return (loyalty_command_render(tx->program, command) == LOYALTY_OK)
           ? LOYALTY_OK
           : loyalty_transaction_refuse(tx, "no memory for an answer");
}


int
loyalty_idempotency_settle(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int                found;
    int64_t            id, awaited;
    loyalty_format_e   format;
    loyalty_outcome_e  pending;

    format = command->format;
    awaited = command->postponed;
    pending = LOYALTY_CLAIM_PENDING;

    if (command->kind == LOYALTY_COMMAND_CONCLUDE) {
        awaited = command->redemption;
        pending = LOYALTY_REDEMPTION_PENDING;
    }

    if (loyalty_outcome_status(command->result.outcome) >= 500) {
        return loyalty_idempotency_forget(tx, awaited, pending);
    }

    for (id = 0; /* void */ ; ) {

        if (loyalty_idempotency_next(tx, command, awaited, pending, &id,
                                     &found)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        if (!found) {
            break;
        }

        loyalty_json_free(&command->json);

        if (loyalty_idempotency_render(tx, command) != LOYALTY_OK
            || loyalty_idempotency_replace(tx, command, id) != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    command->result.session = command->session;

    if (command->kind == LOYALTY_COMMAND_CLAIM) {

        /* it has a client of its own, and maybe a key */

        loyalty_json_free(&command->json);

        command->format = format;
        command->status = 0;
    }

    return LOYALTY_OK;
}


/*
 * The next stored answer, after *id, that waits for this.  Who asks again,
 * whenever and by whomever it was settled, gets it in the form that he has
 * asked for.
 */

static int
loyalty_idempotency_next(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t awaited, loyalty_outcome_e pending,
    int64_t *id, int *found)
{
    const char               *end;
    loyalty_str_t             line, name;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(awaited),
        loyalty_db_text(loyalty_outcome_code(pending)), loyalty_db_int(*id)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_ANSWER_AWAITED, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    *id = loyalty_db_column_int(tx->db, 0);

    line = loyalty_db_column_text(tx->db, 1);
    end = memchr(line.data, '\n', line.len);

    if (end != NULL) {
        line.len = end - line.data;
    }

    (void) loyalty_idempotency_word(&line);

    name = loyalty_idempotency_word(&line);

    command->format = loyalty_format_find(name);
    command->result.session = line;

    if (command->format == LOYALTY_FORMATS) {
        command->format = LOYALTY_FORMAT_JSON;
    }

    return LOYALTY_OK;
}


/* The first one of a line, which loses it and the blank behind it. */

static loyalty_str_t
loyalty_idempotency_word(loyalty_str_t *line)
{
    const char     *blank;
    loyalty_str_t   word;

    word = *line;
    blank = memchr(line->data, ' ', line->len);

    if (blank != NULL) {
        word.len = blank - line->data;
    }

    line->data += word.len + (blank != NULL);
    line->len -= word.len + (blank != NULL);

    return word;
}


static int
loyalty_idempotency_replace(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t id)
{
    loyalty_str_t             body = { command->json.len, command->json.data };
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->status),
        loyalty_db_text(loyalty_outcome_code(command->result.outcome)),
        loyalty_db_text(body), loyalty_db_int(id)
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


static int
loyalty_idempotency_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    char                buffer[LOYALTY_REQUEST_SIZE];
    loyalty_str_t       body = { command->json.len, command->json.data };
    loyalty_db_value_t  values[] = {
        loyalty_db_text(command->caller),
        loyalty_db_text(command->idempotency_key),
        loyalty_db_text(loyalty_idempotency_request(command, buffer)),
        loyalty_db_int(command->status),
        loyalty_db_text(loyalty_outcome_code(command->result.outcome)),
        loyalty_db_text(body),
        loyalty_db_int(loyalty_idempotency_awaits(command)),
        loyalty_db_int(tx->now)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_ANSWER_INSERT, values,
                                   loyalty_values_n(values));
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
 * parts can contain a line feed.  Its first line is what is asked and in which
 * form the answer was wanted, unless that was our own.
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

    len = loyalty_idempotency_head(command, buffer);

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


static size_t
loyalty_idempotency_head(loyalty_command_t *command, char *buffer)
{
    loyalty_str_t  name;

    if (command->format == LOYALTY_FORMAT_JSON) {
        return (size_t) snprintf(buffer, LOYALTY_REQUEST_SIZE, "%d",
                                 command->kind);
    }

    name = loyalty_format_name(command->format);

    return (size_t) snprintf(buffer, LOYALTY_REQUEST_SIZE, "%d %.*s %.*s",
                             command->kind, (int) name.len, name.data,
                             (int) command->session.len,
                             command->session.data);
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
