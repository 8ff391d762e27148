
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _AWARD_FIXTURE_H_INCLUDED_
#define _AWARD_FIXTURE_H_INCLUDED_


#include <loyalty_test.h>
#include <loyalty_award.h>


#define NOW   INT64_C(1796428800)

#define PLUS  0x01
#define CLUB  0x02

#define award_test(test)  cmocka_unit_test_setup(test, configure)


static const loyalty_tier_t  tiers[] = {
    { loyalty_string("silver"), loyalty_string("Silver"),
      loyalty_string(""), 500, 0 },
    { loyalty_string("gold"), loyalty_string("Gold"),
      loyalty_string(""), 1000, 1500 }
};


static const loyalty_membership_t  memberships[] = {
    { .id = loyalty_string("plus"), .sku = loyalty_string("PLUS-1"),
      .multiplier = 1250 },
    { .id = loyalty_string("club"), .sku = loyalty_string("CLUB-1"),
      .multiplier = 2000 }
};


static const loyalty_store_t  harbour = { .id = loyalty_string("harbour") };


/* What the tests change one thing of at a time: 60 points for 60.99. */

static loyalty_earn_t     earns[LOYALTY_EARNS_MAX];
static loyalty_program_t  program;
static loyalty_order_t    order;
static loyalty_earner_t   earner;
static loyalty_award_t    award;


static inline int
configure(void **state)
{
    (void) state;

    memset(earns, 0, sizeof(earns));
    memset(&program, 0, sizeof(loyalty_program_t));
    memset(&order, 0, sizeof(loyalty_order_t));
    memset(&earner, 0, sizeof(loyalty_earner_t));

    earns[0].kind = LOYALTY_EARN_PER_AMOUNT;
    earns[0].points = 1;
    earns[0].per = 100;

    program.earns = earns;
    program.nearns = 1;
    program.ladder.tiers = tiers;
    program.ladder.ntiers = elements_of(tiers);
    program.memberships = memberships;
    program.nmemberships = elements_of(memberships);

    order.total = 6099;

    earner.now = NOW;

    return 0;
}


static inline int64_t
awarded(void)
{
    memset(&award, 0xff, sizeof(loyalty_award_t));

    loyalty_award(&program, &harbour, &order, &earner, &award);

    return award.points;
}


static inline void
promote(const loyalty_promotion_t *promotions, size_t n)
{
    program.promotions = promotions;
    program.npromotions = n;
}


#endif /* _AWARD_FIXTURE_H_INCLUDED_ */
