
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_errand.h>
#include <loyalty_redemption.h>

#include <string.h>


/*
 * Coupons that a store makes.  A redemption whose points are held is written
 * first, with the code; then the store is asked; then what it said is written.
 */


/* The store is asked so often; then the points go back. */

#define LOYALTY_HELD_TRIES  12


static int loyalty_held_member(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_held_judge(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_redemption_t *redemption);
static int loyalty_held_issue(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_redemption_t *redemption);
static int loyalty_held_refuse(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_redemption_t *redemption);
static int loyalty_held_wait(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_redemption_t *redemption);
static int loyalty_held_email(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t member);
static int loyalty_held_moved(loyalty_transaction_t *tx);


int64_t
loyalty_held_until(const loyalty_transaction_t *tx)
{
    return loyalty_errand_until(tx, LOYALTY_ERRAND_COUPON, 0);
}


int
loyalty_conclude(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                   found;
    loyalty_redemption_t  redemption;

    if (loyalty_held_member(tx, command) != LOYALTY_OK
        || loyalty_redemption_take(tx, command->redemption, &redemption,
                                   &found)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return loyalty_held_moved(tx);
    }

    loyalty_redemption_show(tx, &redemption, &command->result);

    return loyalty_held_judge(tx, command, &redemption);
}


/* Not by its e-mail: that may have been changed while the store was asked. */

static int
loyalty_held_member(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                       found;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->redemption)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REDEMPTION_MEMBER, values,
                                loyalty_values_n(values), &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return loyalty_held_moved(tx);
    }

    return loyalty_member_take(tx, loyalty_db_column_int(tx->db, 0),
                               &command->member);
}


/* It may have been settled meanwhile: what was written first is true. */

static int
loyalty_held_judge(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_redemption_t *redemption)
{
    switch (redemption->state) {

    case LOYALTY_STATE_HELD:
        break;

    case LOYALTY_STATE_REFUSED:
    case LOYALTY_STATE_CANCELLED:
        command->result.outcome = LOYALTY_COUPON_REFUSED;
        return LOYALTY_OK;

    default: /* LOYALTY_STATE_ISSUED, LOYALTY_STATE_USED */
        command->member.spent = redemption->cost;
        command->result.outcome = LOYALTY_REDEEMED;
        return LOYALTY_OK;
    }

    /* nobody merges a member whose points are held */

    if (redemption->member != command->member.id) {
        return loyalty_held_moved(tx);
    }

    if (loyalty_redemption_expired(tx, redemption)) {

        /* nobody was told of it in time */

        return loyalty_held_refuse(tx, command, redemption);
    }

    switch (command->verdict) {

    case LOYALTY_COUPON_THERE:
        return loyalty_held_issue(tx, command, redemption);

    case LOYALTY_COUPON_ABSENT:
        return loyalty_held_refuse(tx, command, redemption);

    default: /* LOYALTY_COUPON_UNCLEAR */
        return loyalty_held_wait(tx, command, redemption);
    }
}


static int
loyalty_held_issue(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_redemption_t *redemption)
{
    static const loyalty_str_t  none;

    command->member.spent = redemption->cost;
    command->result.outcome = LOYALTY_REDEEMED;

    return loyalty_redemption_change(tx, redemption, LOYALTY_STATE_ISSUED,
                                     none);
}


static int
loyalty_held_refuse(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_redemption_t *redemption)
{
    command->result.outcome = LOYALTY_COUPON_REFUSED;

    return loyalty_redemption_undo(tx, &command->member, redemption,
                                   LOYALTY_STATE_REFUSED);
}


/* Nobody sees the code before the store has it. */

static int
loyalty_held_wait(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_redemption_t *redemption)
{
    if (redemption->tries >= LOYALTY_HELD_TRIES) {
        return loyalty_held_refuse(tx, command, redemption);
    }

    command->member.spent = redemption->cost;
    command->result.outcome = LOYALTY_REDEMPTION_PENDING;
    command->result.coupon[0] = '\0';

    return LOYALTY_OK;
}


int
loyalty_held_found(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                   found;
    loyalty_redemption_t  redemption;

    if (loyalty_redemption_take(tx, command->redemption, &redemption, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return loyalty_held_moved(tx);
    }

    command->result.outcome = LOYALTY_REDEMPTION_PENDING;

    loyalty_redemption_show(tx, &redemption, &command->result);

    return loyalty_held_email(tx, command, redemption.member);
}


static int
loyalty_held_email(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t member)
{
    int                       found;
    loyalty_str_t             email;
    const loyalty_db_value_t  values[] = { loyalty_db_int(member) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_EMAIL, values,
                                loyalty_values_n(values), &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    email = loyalty_db_column_text(tx->db, 0);

    if (!found || email.len > LOYALTY_EMAIL_MAX) {
        return loyalty_held_moved(tx);
    }

    memcpy(command->errand->email, email.data, email.len);

    command->email.data = command->errand->email;
    command->email.len = email.len;
    command->result.email = command->email;

    return LOYALTY_OK;
}


static int
loyalty_held_moved(loyalty_transaction_t *tx)
{
    return loyalty_transaction_refuse(tx, "a redemption is not where it was");
}
