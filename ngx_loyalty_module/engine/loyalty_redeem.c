
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>
#include <loyalty_redemption.h>

#include <string.h>


static int loyalty_redeem_limited(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *limited);
static int loyalty_redeem_offered(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_redeem_take(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *taken);
static int loyalty_redeem_coupon(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *found);
static int loyalty_redeem_asks(const loyalty_reward_t *reward);
static int loyalty_redeem_make(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_redeem_draw(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *found);
static int loyalty_redeem_return(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_redeem_pay(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_redeem_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t debit);
static int loyalty_redeem_give(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t debit);
static int loyalty_redeem_left(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_redeem_pooled(const loyalty_reward_t *reward);


int
loyalty_redeem(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                done;
    loyalty_result_t  *result;

    result = &command->result;

    if (loyalty_member_of(tx, command, &done) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!done) {
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

    if (!loyalty_redeem_offered(tx, command)) {
        return LOYALTY_OK;
    }

    /* the last thing that may refuse, since it already writes */

    if (loyalty_redeem_take(tx, command, &done) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (done && loyalty_redeem_coupon(tx, command, &done) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!done) {
        result->outcome = LOYALTY_OUT_OF_STOCK;
        return LOYALTY_OK;
    }

    return loyalty_redeem_pay(tx, command);
}


/* To this member, now, and for points that it has. */

static int
loyalty_redeem_offered(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    loyalty_shopper_t   shopper;
    loyalty_result_t   *result = &command->result;
    loyalty_member_t   *member = &command->member;

    shopper.points = member->points - member->pending;
    shopper.tier = loyalty_tier_of(&tx->program->ladder, member->joined_at,
                                   &member->standing, tx->now);
    shopper.memberships = member->memberships;
    shopper.now = tx->now;

    result->cost = loyalty_shopper_cost(tx->program, &shopper,
                                        result->reward);

    if (!loyalty_reward_on_time(result->reward, tx->now)
        || !loyalty_shopper_may(tx->program, &shopper, result->reward))
    {
        result->outcome = LOYALTY_REWARD_NOT_OFFERED;
        return 0;
    }

    if (shopper.points < result->cost) {
        result->outcome = LOYALTY_NOT_ENOUGH_POINTS;
        return 0;
    }

    return 1;
}


static int
loyalty_redeem_limited(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *limited)
{
    int                      row;
    const loyalty_reward_t  *reward = command->result.reward;
    loyalty_db_value_t       values[] = {
        loyalty_db_int(command->member.id), loyalty_db_text(reward->id)
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


/* *found is 0 if there is none left; then the stock is as it was. */

static int
loyalty_redeem_coupon(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found)
{
    if (!loyalty_redeem_pooled(command->result.reward)) {
        *found = 1;
        return loyalty_redeem_make(tx, command);
    }

    if (loyalty_redeem_draw(tx, command, found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return *found ? LOYALTY_OK : loyalty_redeem_return(tx, command);
}


/* Whether the store has yet to make the coupon. */

static int
loyalty_redeem_asks(const loyalty_reward_t *reward)
{
    return reward->kind != LOYALTY_REWARD_MANUAL
           && reward->coupon == LOYALTY_COUPON_STORE;
}


static int
loyalty_redeem_make(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    uint8_t  random[LOYALTY_COUPON_LEN];

    if (loyalty_random(random, sizeof(random)) != LOYALTY_OK) {
        return loyalty_transaction_refuse(tx, "no random numbers");
    }

    loyalty_random_code(random, LOYALTY_COUPON_LEN, command->result.coupon);

    return LOYALTY_OK;
}


static int
loyalty_redeem_draw(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found)
{
    loyalty_str_t             coupon;
    loyalty_result_t         *result = &command->result;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(result->reward->id)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_POOL_NEXT, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    coupon = loyalty_db_column_text(tx->db, 0);

    if (coupon.len == 0 || coupon.len > LOYALTY_COUPON_MAX) {
        return loyalty_transaction_refuse(tx, "a code of the pool is empty "
                                          "or too long");
    }

    memcpy(result->coupon, coupon.data, coupon.len);
    result->coupon[coupon.len] = '\0';

    return LOYALTY_OK;
}


static int
loyalty_redeem_return(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->result.reward->id)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_REWARD_RETURN, values,
                                   loyalty_values_n(values));
}


static int
loyalty_redeem_pay(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int64_t            debit, lasts;
    loyalty_result_t  *result = &command->result;
    loyalty_entry_t    entry = {
        loyalty_string("redemption"), result->reward->id,
        result->reward->store, result->cost
    };

    lasts = tx->program->coupon_expires;

    result->coupon_expires = (lasts != 0) ? tx->now + lasts : 0;
    result->pool_left = -1;
    result->outcome = loyalty_redeem_asks(result->reward)
                      ? LOYALTY_REDEMPTION_PENDING : LOYALTY_REDEEMED;

    if (loyalty_ledger_spend(tx, &command->member, &entry, &debit)
        != LOYALTY_OK
        || loyalty_redeem_insert(tx, command, debit) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_redeem_pooled(result->reward)
           ? loyalty_redeem_give(tx, command, debit) : LOYALTY_OK;
}


static int
loyalty_redeem_insert(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t debit)
{
    loyalty_result_t         *result = &command->result;
    const loyalty_reward_t   *reward = result->reward;
    loyalty_str_t             coupon = {
        strlen(result->coupon), result->coupon
    };
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(debit), loyalty_db_int(command->member.id),
        loyalty_db_text(reward->id), loyalty_db_text(reward->store),
        loyalty_db_int(result->cost),
        loyalty_db_text(loyalty_redemption_source(reward)),
        loyalty_db_text(coupon), loyalty_db_int(result->coupon_expires),
        loyalty_db_int(tx->now),
        loyalty_db_text(loyalty_redemption_state(reward)),
        loyalty_db_int(loyalty_redeem_asks(reward) ? loyalty_held_until(tx)
                                                   : 0)
    };

    command->redemption = debit;
    command->lease = loyalty_held_until(tx);

    return loyalty_transaction_run(tx, LOYALTY_SQL_REDEMPTION_INSERT, values,
                                   loyalty_values_n(values));
}


static int
loyalty_redeem_give(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t debit)
{
    loyalty_result_t         *result = &command->result;
    loyalty_str_t             coupon = {
        strlen(result->coupon), result->coupon
    };
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(debit), loyalty_db_text(result->reward->id),
        loyalty_db_text(coupon)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_POOL_GIVE, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_db_changes(tx->db) != 1) {
        return loyalty_transaction_refuse(tx, "somebody else has taken the "
                                          "coupon meanwhile");
    }

    return loyalty_redeem_left(tx, command);
}


static int
loyalty_redeem_left(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                       row;
    int64_t                   left;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->result.reward->id),
        loyalty_db_int(LOYALTY_POOL_LOW + 1)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_POOL_LEFT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    left = loyalty_db_column_int(tx->db, 0);

    command->result.pool_left = (left <= LOYALTY_POOL_LOW) ? left : -1;

    return LOYALTY_OK;
}


/* What somebody hands over has a code that is made here. */

static int
loyalty_redeem_pooled(const loyalty_reward_t *reward)
{
    return reward->kind != LOYALTY_REWARD_MANUAL
           && reward->coupon == LOYALTY_COUPON_POOL;
}
