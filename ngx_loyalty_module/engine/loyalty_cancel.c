
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>
#include <loyalty_redemption.h>

#include <string.h>


static loyalty_outcome_e loyalty_cancel_judge(loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption);
static int loyalty_cancel_points(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_redemption_t *redemption,
    loyalty_lots_t *lots);


/* Another member's coupon and none at all are one to whoever guesses codes. */

int
loyalty_cancel(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                    found;
    loyalty_result_t      *result = &command->result;
    loyalty_redemption_t   redemption;

    if (loyalty_member_of(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return LOYALTY_OK;
    }

    if (loyalty_redemption_find(tx, command->coupon, 1, &redemption, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found || redemption.member != command->member.id) {
        result->outcome = LOYALTY_COUPON_NOT_FOUND;
        return LOYALTY_OK;
    }

    result->outcome = loyalty_cancel_judge(tx, &redemption);

    loyalty_redemption_show(tx, &redemption, result);

    return (result->outcome == LOYALTY_CANCELLED)
           ? loyalty_redemption_undo(tx, &command->member, &redemption,
                                     LOYALTY_STATE_CANCELLED)
           : LOYALTY_OK;
}


static loyalty_outcome_e
loyalty_cancel_judge(loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption)
{
    switch (redemption->state) {

    case LOYALTY_STATE_CANCELLED:
        return LOYALTY_ALREADY_CANCELLED;

    case LOYALTY_STATE_USED:
    case LOYALTY_STATE_DONE:
        return LOYALTY_COUPON_USED;

    default: /* LOYALTY_STATE_ISSUED, LOYALTY_STATE_WAITING */
        break;
    }

    /* that it was used nobody has told us does not mean that it was not */

    if (redemption->source == LOYALTY_SOURCE_POOL
        || redemption->source == LOYALTY_SOURCE_STORE)
    {
        return LOYALTY_COUPON_NOT_OURS;
    }

    return loyalty_redemption_expired(tx, redemption)
           ? LOYALTY_COUPON_EXPIRED : LOYALTY_CANCELLED;
}


int
loyalty_redemption_undo(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_redemption_t *redemption, loyalty_state_e state)
{
    int                       rc;
    loyalty_str_t             none = loyalty_string("");
    loyalty_str_t             reward = {
        strlen(redemption->reward), redemption->reward
    };
    loyalty_lots_t            lots;
    const loyalty_db_value_t  id[] = { loyalty_db_int(redemption->id) };
    const loyalty_db_value_t  values[] = { loyalty_db_text(reward) };

    rc = loyalty_lots_load_taken(tx, LOYALTY_SQL_REDEMPTION_LOTS, id,
                                 loyalty_values_n(id), &lots);

    if (rc == LOYALTY_OK) {
        rc = loyalty_cancel_points(tx, member, redemption, &lots);
    }

    loyalty_lots_free(&lots);

    if (rc != LOYALTY_OK
        || loyalty_redemption_change(tx, redemption, state, none)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_transaction_run(tx, LOYALTY_SQL_REWARD_RETURN, values,
                                   loyalty_values_n(values));
}


static int
loyalty_cancel_points(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_redemption_t *redemption, loyalty_lots_t *lots)
{
    int64_t          credit;
    loyalty_entry_t  entry = {
        loyalty_string("cancellation"),
        { strlen(redemption->reward), redemption->reward },
        { strlen(redemption->store), redemption->store },
        redemption->cost
    };

    return loyalty_ledger_give_back(tx, member, &entry, lots, 0, 0,
                                    &credit);
}
