
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


static int loyalty_claim_admit(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_claim_credit(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_claim_points(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *points);
static int loyalty_claim_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t points, int *inserted);
static int loyalty_claim_owner(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *owner);


static const loyalty_str_t  loyalty_claim_kind = loyalty_string("claim");
static const loyalty_str_t  loyalty_claim_store = loyalty_string("default");

static const loyalty_str_t  loyalty_claim_rules[] = {
    [LOYALTY_EARN_NOTHING] = loyalty_string("nothing"),
    [LOYALTY_EARN_PER_AMOUNT] = loyalty_string("amount"),
    [LOYALTY_EARN_PER_ORDER] = loyalty_string("order")
};


void
loyalty_claim_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_claim_store),
        loyalty_db_text(command->order)
    };

    loyalty_db_ahead(tx->db, LOYALTY_SQL_CLAIM_FIND, values,
                     loyalty_values_n(values));
}


int
loyalty_claim(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int  found;

    if (loyalty_member_find(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!found) {
        command->result.outcome = LOYALTY_NOT_A_MEMBER;
        return LOYALTY_OK;
    }

    if (command->admission) {
        return loyalty_claim_admit(tx, command);
    }

    if (command->order_fault == LOYALTY_NO_FAULT) {
        return loyalty_claim_credit(tx, command);
    }

    command->result.outcome = command->order_fault;

    return LOYALTY_OK;
}


static int
loyalty_claim_admit(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int64_t  owner;

    if (loyalty_claim_owner(tx, command, &owner) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    /*
     * That somebody else has claimed the order is not said before the store
     * has confirmed that it is this member's.
     */

    if (owner == command->member) {
        command->result.outcome = LOYALTY_ALREADY_CLAIMED;
        return LOYALTY_OK;
    }

    command->decided = 0;

    return LOYALTY_OK;
}


static int
loyalty_claim_credit(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int      inserted, found;
    int64_t  points, owner;

    if (loyalty_claim_points(tx, command, &points) != LOYALTY_OK
        || loyalty_claim_insert(tx, command, points, &inserted) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (inserted) {
        command->result.outcome = LOYALTY_CLAIMED;

        return (points == 0) ? LOYALTY_OK
                             : loyalty_ledger_credit(tx, command,
                                                     loyalty_claim_kind,
                                                     command->order, points);
    }

    /* who was faster may have been on another node: see what stands now */

    if (loyalty_member_find(tx, command, &found) != LOYALTY_OK
        || loyalty_claim_owner(tx, command, &owner) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->result.outcome = (owner == command->member)
                              ? LOYALTY_ALREADY_CLAIMED
                              : LOYALTY_ORDER_ALREADY_CLAIMED;

    return LOYALTY_OK;
}


static int
loyalty_claim_points(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t *points)
{
    int                    row;
    int64_t                earlier;
    const loyalty_earn_t  *earn = &tx->program->earn;
    loyalty_db_value_t     window[] = {
        loyalty_db_int(command->last_entry),
        loyalty_db_int(tx->now - earn->window),
        loyalty_db_text(loyalty_claim_kind)
    };

    earlier = 0;

    if (earn->limit != 0) {

        if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_COUNT, window,
                                    loyalty_values_n(window), &row)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        earlier = loyalty_db_column_int(tx->db, 0);
    }

    *points = loyalty_earn_points(earn, command->order_total, earlier);

    /* what was ever earned bounds the balance, too */

    if (*points > LOYALTY_POINTS_MAX - command->result.lifetime) {
        *points = LOYALTY_POINTS_MAX - command->result.lifetime;
    }

    return LOYALTY_OK;
}


static int
loyalty_claim_insert(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t points, int *inserted)
{
    const loyalty_earn_t  *earn = &tx->program->earn;
    loyalty_db_value_t     values[] = {
        loyalty_db_text(loyalty_claim_store),
        loyalty_db_text(command->order),
        loyalty_db_int(command->member),
        loyalty_db_text(tx->program->currency),
        loyalty_db_int(command->order_total),
        loyalty_db_text(loyalty_claim_rules[earn->kind]),
        loyalty_db_int(earn->points),
        loyalty_db_int(earn->per),
        loyalty_db_int(points),
        loyalty_db_int(tx->now)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_CLAIM_INSERT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *inserted = (loyalty_db_changes(tx->db) != 0);

    return LOYALTY_OK;
}


/* *owner is the member who claimed the order, 0 if nobody has. */

static int
loyalty_claim_owner(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t *owner)
{
    int                 row;
    loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_claim_store),
        loyalty_db_text(command->order)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_CLAIM_FIND, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *owner = row ? loyalty_db_column_int(tx->db, 0) : 0;

    return LOYALTY_OK;
}
