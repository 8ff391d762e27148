
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


static int loyalty_redeem_limited(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *limited);
static int loyalty_redeem_take(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *taken);
static int loyalty_redeem_coupon(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_redeem_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t debit);


int
loyalty_redeem(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                done;
    loyalty_result_t  *result;

    result = &command->result;

    if (loyalty_member_find(tx, command, &done) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!done) {
        result->outcome = LOYALTY_NOT_A_MEMBER;
        return LOYALTY_OK;
    }

    result->reward = loyalty_reward_find(tx->program, command->reward);

    if (result->reward == NULL) {
        result->outcome = LOYALTY_REWARD_NOT_FOUND;
        return LOYALTY_OK;
    }

    if (loyalty_redeem_limited(tx, command, &done) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (done) {
        result->outcome = LOYALTY_REWARD_LIMIT;
        return LOYALTY_OK;
    }

    if (result->points < result->reward->cost) {
        result->outcome = LOYALTY_NOT_ENOUGH_POINTS;
        return LOYALTY_OK;
    }

    /* the last thing that may refuse, since it already writes */

    if (loyalty_redeem_take(tx, command, &done) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!done) {
        result->outcome = LOYALTY_OUT_OF_STOCK;
        return LOYALTY_OK;
    }

    return loyalty_redeem_coupon(tx, command);
}


static int
loyalty_redeem_limited(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *limited)
{
    int                      row;
    const loyalty_reward_t  *reward = command->result.reward;
    loyalty_db_value_t       values[] = {
        loyalty_db_int(command->member), loyalty_db_text(reward->id)
    };

    *limited = 0;

    if (reward->per_member == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REDEMPTION_COUNT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *limited = (loyalty_db_column_int(tx->db, 0) >= reward->per_member);

    return LOYALTY_OK;
}


/*
 * Takes one from the stock.  Rewards without a limit are counted, too, so
 * that a limit set later starts from what was taken before.
 */

static int
loyalty_redeem_take(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *taken)
{
    const loyalty_reward_t  *reward = command->result.reward;
    loyalty_db_value_t       values[] = {
        loyalty_db_text(reward->id),
        loyalty_db_int((reward->stock != 0) ? reward->stock : INT64_MAX)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_REWARD_TAKE, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *taken = (loyalty_db_changes(tx->db) != 0);

    return LOYALTY_OK;
}


static int
loyalty_redeem_coupon(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    uint8_t                     random[LOYALTY_COUPON_LEN];
    int64_t                     debit, lasts;
    loyalty_result_t           *result;
    const loyalty_reward_t     *reward;
    static const loyalty_str_t  kind = loyalty_string("redemption");

    result = &command->result;
    reward = result->reward;
    lasts = tx->program->coupon_expires;

    if (loyalty_ledger_debit(tx, command, kind, reward->id, reward->cost,
                             &debit)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_random(random, sizeof(random)) != LOYALTY_OK) {
        return loyalty_transaction_refuse(tx, "no random numbers");
    }

    loyalty_coupon_code(random, result->coupon);

    result->coupon_expires = (lasts != 0) ? tx->now + lasts : 0;
    result->outcome = LOYALTY_REDEEMED;

    return loyalty_redeem_insert(tx, command, debit);
}


static int
loyalty_redeem_insert(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t debit)
{
    loyalty_result_t   *result = &command->result;
    loyalty_str_t       coupon = { LOYALTY_COUPON_LEN, result->coupon };
    loyalty_db_value_t  values[] = {
        loyalty_db_int(debit), loyalty_db_int(command->member),
        loyalty_db_text(result->reward->id),
        loyalty_db_int(result->reward->cost), loyalty_db_text(coupon),
        loyalty_db_int(result->coupon_expires), loyalty_db_int(tx->now)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_REDEMPTION_INSERT, values,
                                   loyalty_values_n(values));
}
