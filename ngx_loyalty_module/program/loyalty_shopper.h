
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_SHOPPER_H_INCLUDED_
#define _LOYALTY_SHOPPER_H_INCLUDED_


#include <loyalty_program.h>


/* Who looks at the rewards, and when. */

typedef struct {
    int64_t                  points;        /* to spend, may be negative */
    const loyalty_tier_t    *tier;          /* NULL: none */
    uint32_t                 memberships;   /* held, by bit: their places */
    int64_t                  now;
} loyalty_shopper_t;


/*
 * What a reward costs somebody: his best membership's discount, rounded up,
 * but a point at least.
 */
int64_t loyalty_shopper_cost(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper, const loyalty_reward_t *reward);

/* "product", "percentage", ... */
loyalty_str_t loyalty_reward_kind(const loyalty_reward_t *reward);

/*
 * What its coupon is worth, as a decimal: percent, or money of the program;
 * "" where the kind says it all.  "text" has LOYALTY_MONEY_SIZE bytes.
 */
loyalty_str_t loyalty_reward_worth(const loyalty_program_t *program,
    const loyalty_reward_t *reward, char *text);

/* Whether a reward is to be had now. */
int loyalty_reward_on_time(const loyalty_reward_t *reward, int64_t now);

/* Whether it is for this shopper, by tier and membership. */
int loyalty_shopper_may(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper, const loyalty_reward_t *reward);

/*
 * The cheapest reward that the shopper may have now, but has not the points
 * for (the first of equals); NULL when every such reward is within reach.
 */
const loyalty_reward_t *loyalty_shopper_next(
    const loyalty_program_t *program, const loyalty_shopper_t *shopper);

/* The best multiplier, in thousandths, that memberships give; 0: none. */
int64_t loyalty_memberships_multiplier(const loyalty_program_t *program,
    uint32_t memberships);


#endif /* _LOYALTY_SHOPPER_H_INCLUDED_ */
