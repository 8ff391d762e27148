
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_AWARD_H_INCLUDED_
#define _LOYALTY_AWARD_H_INCLUDED_


#include <loyalty_order.h>
#include <loyalty_program.h>


/* "base=60 tier.gold=30 promotion.weekend=60", with a NUL */

#define LOYALTY_AWARD_FACTS_SIZE  512


/* Who earns, and when. */

typedef struct {
    const loyalty_tier_t        *tier;         /* NULL: none */
    uint32_t                     memberships;  /* held, by bit */
    int64_t                      orders;       /* claimed before this one */
    int64_t                      earlier[LOYALTY_EARNS_MAX];
                                               /* of them, in each window */
    int64_t                      now;
} loyalty_earner_t;


typedef struct {
    int64_t                      points;       /* all together */
    char                         facts[LOYALTY_AWARD_FACTS_SIZE];
} loyalty_award_t;


/*
 * What an order earns.  The rules of earning that hold are added up to the
 * base; the tier, the best membership and each promotion that holds add their
 * share of the base, each rounded down for itself, and promotions their bonus.
 * So the order in which they are written does not matter.  Where the base is
 * 0, nothing is added.  Never more than LOYALTY_POINTS_MAX.
 *
 * "facts" says in words without blanks what each part has given; what does not
 * fit is left out.
 */
void loyalty_award(const loyalty_program_t *program,
    const loyalty_store_t *store, const loyalty_order_t *order,
    const loyalty_earner_t *earner, loyalty_award_t *award);

/* How many items of a membership an order has; 0: it buys none. */
int64_t loyalty_award_membership(const loyalty_membership_t *membership,
    const loyalty_order_t *order);

/*
 * How many of the points that an order earned are to be taken back when
 * "refunded" of its total have been paid back: amounts in minor units,
 * cumulative.  A pure function of the sums, so parts of a refund add up to the
 * whole, and it does not matter what came before the claim.
 */
int64_t loyalty_award_reversal(int64_t points, int64_t total,
    int64_t refunded);


#endif /* _LOYALTY_AWARD_H_INCLUDED_ */
