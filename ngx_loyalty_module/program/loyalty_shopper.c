
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_shopper.h>


static int64_t loyalty_shopper_best(const loyalty_program_t *program,
    uint32_t memberships, size_t offset);
static int loyalty_shopper_holds(uint32_t memberships, size_t place);


int64_t
loyalty_shopper_cost(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper, const loyalty_reward_t *reward)
{
    int64_t  cost, discount;

    discount = loyalty_shopper_best(program, shopper->memberships,
                                    offsetof(loyalty_membership_t, discount));

    /* the cost is rounded up where what is taken off is rounded down */

    cost = reward->cost - reward->cost * discount / 100;

    return (cost > 0) ? cost : 1;
}


/* The best that memberships held give of one thing, 0 if nothing. */

static int64_t
loyalty_shopper_best(const loyalty_program_t *program, uint32_t memberships,
    size_t offset)
{
    size_t       i;
    int64_t      best, value;
    const char  *membership;

    best = 0;

    for (i = 0; i < program->nmemberships; i++) {
        membership = (const char *) &program->memberships[i];
        value = *(const int64_t *) (membership + offset);

        if (loyalty_shopper_holds(memberships, i) && value > best) {
            best = value;
        }
    }

    return best;
}


static int
loyalty_shopper_holds(uint32_t memberships, size_t place)
{
    return place < LOYALTY_MEMBERSHIPS_MAX && (memberships >> place & 1);
}


int
loyalty_reward_on_time(const loyalty_reward_t *reward, int64_t now)
{
    return (reward->from == 0 || now >= reward->from)
           && (reward->until == 0 || now < reward->until);
}


int
loyalty_shopper_may(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper, const loyalty_reward_t *reward)
{
    const loyalty_membership_t  *membership;

    if (reward->tier.len > 0
        && !loyalty_tier_reaches(&program->ladder, shopper->tier,
                                 reward->tier))
    {
        return 0;
    }

    if (reward->membership.len == 0) {
        return 1;
    }

    membership = loyalty_membership_find(program, reward->membership);

    return membership != NULL
           && loyalty_shopper_holds(shopper->memberships,
                                    membership - program->memberships);
}


const loyalty_reward_t *
loyalty_shopper_next(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper)
{
    size_t                   i;
    int64_t                  cost, lowest;
    const loyalty_reward_t  *next, *reward;

    next = NULL;
    lowest = 0;

    for (i = 0; i < program->nrewards; i++) {
        reward = &program->rewards[i];

        if (!loyalty_reward_on_time(reward, shopper->now)
            || !loyalty_shopper_may(program, shopper, reward))
        {
            continue;
        }

        cost = loyalty_shopper_cost(program, shopper, reward);

        if (cost > shopper->points && (next == NULL || cost < lowest)) {
            next = reward;
            lowest = cost;
        }
    }

    return next;
}


int64_t
loyalty_memberships_multiplier(const loyalty_program_t *program,
    uint32_t memberships)
{
    return loyalty_shopper_best(program, memberships,
                                offsetof(loyalty_membership_t, multiplier));
}
