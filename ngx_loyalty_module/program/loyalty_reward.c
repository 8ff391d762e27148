
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_money.h>
#include <loyalty_shopper.h>


static const loyalty_str_t  loyalty_reward_kinds[] = {
    [LOYALTY_REWARD_PRODUCT] = loyalty_string("product"),
    [LOYALTY_REWARD_PERCENTAGE] = loyalty_string("percentage"),
    [LOYALTY_REWARD_AMOUNT] = loyalty_string("amount"),
    [LOYALTY_REWARD_SHIPPING] = loyalty_string("shipping"),
    [LOYALTY_REWARD_MANUAL] = loyalty_string("manual")
};


loyalty_str_t
loyalty_reward_kind(const loyalty_reward_t *reward)
{
    return loyalty_reward_kinds[reward->kind];
}


loyalty_str_t
loyalty_reward_worth(const loyalty_program_t *program,
    const loyalty_reward_t *reward, char *text)
{
    loyalty_str_t  worth = { 0, text };

    switch (reward->kind) {

    case LOYALTY_REWARD_PERCENTAGE:
        worth.len = loyalty_money_write(reward->value, 0, text);
        break;

    case LOYALTY_REWARD_AMOUNT:
        worth.len = loyalty_money_write(reward->value, program->exponent,
                                        text);
        break;

    default:
        break;
    }

    return worth;
}
