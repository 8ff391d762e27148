
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_claim.h>
#include <loyalty_errand.h>
#include <loyalty_postponed.h>

#include <string.h>


/*
 * Claims that the store has not answered.  Each is a row until the store
 * decides it, to whoever asks, or until its time is over.  Whoever ends it has
 * taken its member, whose row counts them; that an order earns once is seen to
 * where claims are credited.
 */


/*
 * Of a member; nobody makes us keep, and ask about, whatever he likes.  Who
 * only knows the e-mail is welcome to few, and leaves the others to who has
 * shown whose it is.
 */

#define LOYALTY_POSTPONED_MAX           10
#define LOYALTY_POSTPONED_STRANGER_MAX   3


static int64_t loyalty_postponed_places(const loyalty_command_t *command);
static int loyalty_postponed_find(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_postponed_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_postponed_end(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_postponed_decides(loyalty_outcome_e outcome);
static int loyalty_postponed_read(loyalty_transaction_t *tx, int64_t id,
    int *found);
static int loyalty_postponed_text(loyalty_transaction_t *tx, int column,
    char *buffer, size_t size, loyalty_str_t *text);
static int loyalty_postponed_take(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *until, int *found);
static int loyalty_postponed_judge(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t until);


int
loyalty_postpone(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int64_t  owner;

    if (loyalty_claim_owner(tx, command, &owner) != LOYALTY_OK
        || loyalty_postponed_find(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    /* somebody else's claim is not told of before the store has answered */

    if (owner == command->member.id) {
        command->result.outcome = LOYALTY_ALREADY_CLAIMED;
        return loyalty_postponed_end(tx, command);
    }

    command->result.outcome = LOYALTY_CLAIM_PENDING;

    if (command->postponed != 0) {
        return LOYALTY_OK;
    }

    if (command->member.waiting >= loyalty_postponed_places(command)) {
        command->result.outcome = command->order_fault;
        return LOYALTY_OK;
    }

    return loyalty_postponed_insert(tx, command);
}


static int64_t
loyalty_postponed_places(const loyalty_command_t *command)
{
    return (command->caller.len != 0) ? LOYALTY_POSTPONED_MAX
                                      : LOYALTY_POSTPONED_STRANGER_MAX;
}


static int
loyalty_postponed_find(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                       found;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->member.id),
        loyalty_db_text(loyalty_claim_store(command)),
        loyalty_db_text(command->order)
    };

    command->postponed = 0;

    if (command->member.waiting == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_POSTPONED_FIND, values,
                                loyalty_values_n(values), &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (found) {
        command->postponed = loyalty_db_column_int(tx->db, 0);
    }

    return LOYALTY_OK;
}


static int
loyalty_postponed_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    const int64_t             end = tx->now + command->postpone;
    const int64_t             next = loyalty_errand_until(
                                         tx, LOYALTY_ERRAND_CLAIM, 0);
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_claim_store(command)),
        loyalty_db_text(command->order), loyalty_db_int(command->member.id),
        loyalty_db_text(command->email), loyalty_db_int(tx->now),
        loyalty_db_int(end), loyalty_db_int((next < end) ? next : end)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_POSTPONED_INSERT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->postponed = loyalty_db_inserted(tx->db);
    command->member.waiting++;

    return loyalty_member_note(tx, &command->member);
}


int
loyalty_postponed_answered(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    if (!loyalty_command_takes(command)
        || !loyalty_postponed_decides(command->result.outcome))
    {
        return LOYALTY_OK;
    }

    return (loyalty_postponed_find(tx, command) == LOYALTY_OK)
           ? loyalty_postponed_end(tx, command) : LOYALTY_ERROR;
}


static int
loyalty_postponed_end(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->postponed)
    };

    if (command->postponed == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_run(tx, LOYALTY_SQL_POSTPONED_DELETE, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->ended = 1;
    command->member.waiting--;

    return loyalty_member_note(tx, &command->member);
}


/*
 * An order may still be paid; a store that sends no order, or nothing, has not
 * looked.
 */

static int
loyalty_postponed_decides(loyalty_outcome_e outcome)
{
    switch (outcome) {

    case LOYALTY_ORDER_NOT_PAID:
    case LOYALTY_STORE_BAD_ANSWER:
    case LOYALTY_STORE_UNAVAILABLE:
    case LOYALTY_STORE_TIMEOUT:
        return 0;

    default:
        return 1;
    }
}


int
loyalty_postponed_found(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                found;
    loyalty_errand_t  *errand = command->errand;

    if (loyalty_postponed_read(tx, command->postponed, &found) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found
        || loyalty_postponed_text(tx, 2, errand->store,
                                  sizeof(errand->store), &command->store)
           != LOYALTY_OK
        || loyalty_postponed_text(tx, 3, errand->order,
                                  sizeof(errand->order), &command->order)
           != LOYALTY_OK
        || loyalty_postponed_text(tx, 4, errand->email,
                                  sizeof(errand->email), &command->email)
           != LOYALTY_OK)
    {
        return loyalty_transaction_refuse(tx, "a claim is not where it was");
    }

    command->result.outcome = LOYALTY_CLAIM_PENDING;
    command->result.email = command->email;
    command->result.order = command->order;

    return LOYALTY_OK;
}


static int
loyalty_postponed_read(loyalty_transaction_t *tx, int64_t id, int *found)
{
    const loyalty_db_value_t  values[] = { loyalty_db_int(id) };

    return loyalty_transaction_row(tx, LOYALTY_SQL_POSTPONED_READ, values,
                                   loyalty_values_n(values), found);
}


static int
loyalty_postponed_text(loyalty_transaction_t *tx, int column, char *buffer,
    size_t size, loyalty_str_t *text)
{
    *text = loyalty_db_column_text(tx->db, column);

    if (text->len > size) {
        return LOYALTY_ERROR;
    }

    memcpy(buffer, text->data, text->len);
    text->data = buffer;

    return LOYALTY_OK;
}


int
loyalty_complete(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int      found;
    int64_t  until;

    if (loyalty_postponed_take(tx, command, &until, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!found) {

        /* the member has asked again meanwhile */

        command->result.outcome = LOYALTY_NOTHING_TO_DO;
        return LOYALTY_OK;
    }

    if (loyalty_postponed_judge(tx, command, until) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return (command->result.outcome != LOYALTY_CLAIM_PENDING)
           ? loyalty_postponed_end(tx, command) : LOYALTY_OK;
}


/* Not by the e-mail: that may have been changed while the store was asked. */

static int
loyalty_postponed_take(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t *until, int *found)
{
    int64_t  id = command->postponed;

    if (loyalty_postponed_read(tx, id, found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    if (loyalty_member_take(tx, loyalty_db_column_int(tx->db, 0),
                            &command->member)
        != LOYALTY_OK
        || loyalty_postponed_read(tx, id, found) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (*found) {
        *until = loyalty_db_column_int(tx->db, 1);
    }

    return LOYALTY_OK;
}


static int
loyalty_postponed_judge(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t until)
{
    int64_t  owner;

    if (loyalty_claim_owner(tx, command, &owner) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (owner == command->member.id) {

        /* a webhook was faster */

        command->result.outcome = LOYALTY_ALREADY_CLAIMED;
        return LOYALTY_OK;
    }

    command->result.outcome = command->order_fault;

    if (command->order_fault == LOYALTY_NO_FAULT
        && loyalty_claim_confirmed(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!loyalty_postponed_decides(command->result.outcome)
        && tx->now < until)
    {
        command->result.outcome = LOYALTY_CLAIM_PENDING;
        command->result.detail = NULL;
    }

    return LOYALTY_OK;
}
