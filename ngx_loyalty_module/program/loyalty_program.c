
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_program.h>


static const char  loyalty_coupon_digits[] =
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ";


int64_t
loyalty_earn_points(const loyalty_earn_t *earn, int64_t total,
    int64_t earlier)
{
    int64_t  times;

    switch (earn->kind) {

    case LOYALTY_EARN_PER_AMOUNT:

        times = total / earn->per;

        if (times <= 0) {
            return 0;
        }

        if (earn->points > LOYALTY_POINTS_MAX / times) {
            return LOYALTY_POINTS_MAX;
        }

        return times * earn->points;

    case LOYALTY_EARN_PER_ORDER:

        if (total < earn->min) {
            return 0;
        }

        if (earn->limit > 0 && earlier >= earn->limit) {
            return 0;
        }

        return earn->points;

    default: /* LOYALTY_EARN_NOTHING */

        return 0;
    }
}


const loyalty_reward_t *
loyalty_reward_find(const loyalty_program_t *program, loyalty_str_t id)
{
    size_t  i;

    for (i = 0; i < program->nrewards; i++) {
        if (loyalty_str_equal(program->rewards[i].id, id)) {
            return &program->rewards[i];
        }
    }

    return NULL;
}


const loyalty_reward_t *
loyalty_reward_next(const loyalty_program_t *program, int64_t points)
{
    size_t                   i;
    const loyalty_reward_t  *next, *reward;

    next = NULL;

    for (i = 0; i < program->nrewards; i++) {
        reward = &program->rewards[i];

        if (reward->cost > points
            && (next == NULL || reward->cost < next->cost))
        {
            next = reward;
        }
    }

    return next;
}


void
loyalty_coupon_code(const uint8_t *random, char *code)
{
    size_t  i;

    for (i = 0; i < LOYALTY_COUPON_LEN; i++) {
        code[i] = loyalty_coupon_digits[random[i] & 0x1f];
    }

    code[LOYALTY_COUPON_LEN] = '\0';
}
