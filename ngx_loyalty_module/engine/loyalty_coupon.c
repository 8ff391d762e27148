
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_redemption.h>

#include <string.h>


static int loyalty_coupon_of(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_redemption_t *redemption);
static loyalty_outcome_e loyalty_coupon_judge(loyalty_transaction_t *tx,
    const loyalty_command_t *command, const loyalty_redemption_t *redemption);
static loyalty_outcome_e loyalty_coupon_used(const loyalty_command_t *command,
    const loyalty_redemption_t *redemption);


int
loyalty_coupon(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    loyalty_redemption_t  redemption;

    if (loyalty_coupon_of(tx, command, &redemption) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (command->result.outcome == LOYALTY_COUPON_TAKEN) {

        /* by this order, for which it stays good */

        command->result.outcome = LOYALTY_COUPON_GOOD;
    }

    return LOYALTY_OK;
}


int
loyalty_use(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    loyalty_redemption_t  redemption;

    if (loyalty_coupon_of(tx, command, &redemption) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (command->result.outcome != LOYALTY_COUPON_GOOD) {
        return LOYALTY_OK;
    }

    command->result.outcome = LOYALTY_COUPON_TAKEN;

    return loyalty_redemption_change(tx, &redemption,
                                     (redemption.state
                                      == LOYALTY_STATE_WAITING)
                                     ? LOYALTY_STATE_DONE
                                     : LOYALTY_STATE_USED, command->order);
}


static int
loyalty_coupon_of(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_redemption_t *redemption)
{
    int                found;
    loyalty_result_t  *result = &command->result;

    if (loyalty_redemption_find(tx, command->coupon,
                                command->kind == LOYALTY_COMMAND_USE,
                                redemption, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found) {
        result->outcome = LOYALTY_COUPON_NOT_FOUND;
        return LOYALTY_OK;
    }

    result->outcome = loyalty_coupon_judge(tx, command, redemption);

    if (result->outcome != LOYALTY_COUPON_NOT_FOUND) {
        loyalty_redemption_show(tx, redemption, result);
    }

    return LOYALTY_OK;
}


static loyalty_outcome_e
loyalty_coupon_judge(loyalty_transaction_t *tx,
    const loyalty_command_t *command, const loyalty_redemption_t *redemption)
{
    loyalty_str_t  store = { strlen(redemption->store), redemption->store };

    /* another store of the program honours it */

    if (store.len != 0 && command->store.len != 0
        && !loyalty_str_equal(store, command->store))
    {
        return LOYALTY_COUPON_NOT_FOUND;
    }

    switch (redemption->state) {

    case LOYALTY_STATE_USED:
    case LOYALTY_STATE_DONE:
        return loyalty_coupon_used(command, redemption);

    case LOYALTY_STATE_CANCELLED:
        return LOYALTY_COUPON_CANCELLED;

    default: /* LOYALTY_STATE_ISSUED, LOYALTY_STATE_WAITING */
        return loyalty_redemption_expired(tx, redemption)
               ? LOYALTY_COUPON_EXPIRED : LOYALTY_COUPON_GOOD;
    }
}


/* Who has used it may ask again: the answer to that may have been lost. */

static loyalty_outcome_e
loyalty_coupon_used(const loyalty_command_t *command,
    const loyalty_redemption_t *redemption)
{
    loyalty_str_t  order = {
        strlen(redemption->used_for), redemption->used_for
    };

    return (order.len != 0 && loyalty_str_equal(order, command->order))
           ? LOYALTY_COUPON_TAKEN : LOYALTY_COUPON_USED;
}
