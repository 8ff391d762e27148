
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_award.h>
#include <loyalty_shopper.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>


static int64_t loyalty_award_base(const loyalty_program_t *program,
    const loyalty_order_t *order, const loyalty_earner_t *earner);
static int64_t loyalty_award_earn(const loyalty_earn_t *earn,
    const loyalty_order_t *order);
static int64_t loyalty_award_basis(const loyalty_earn_t *earn,
    const loyalty_order_t *order);
static int64_t loyalty_award_quantity(const loyalty_earn_t *earn,
    const loyalty_order_t *order);
static int loyalty_award_matches(const loyalty_earn_t *earn,
    const loyalty_item_t *item);
static int loyalty_award_among(const loyalty_str_t *names, size_t n,
    loyalty_str_t name);
static int64_t loyalty_award_times(int64_t points, int64_t times);
static void loyalty_award_members(const loyalty_program_t *program,
    uint32_t held, int64_t base, loyalty_award_t *award);
static int loyalty_award_promoted(const loyalty_program_t *program,
    const loyalty_store_t *store, const loyalty_promotion_t *promotion,
    const loyalty_order_t *order, const loyalty_earner_t *earner);
static void loyalty_award_part(loyalty_award_t *award, const char *kind,
    loyalty_str_t id, int64_t points);


void
loyalty_award(const loyalty_program_t *program, const loyalty_store_t *store,
    const loyalty_order_t *order, const loyalty_earner_t *earner,
    loyalty_award_t *award)
{
    size_t                      i;
    int64_t                     base, extra;
    const loyalty_promotion_t  *promotion;

    base = loyalty_award_base(program, order, earner);

    award->points = base;

    (void) snprintf(award->facts, LOYALTY_AWARD_FACTS_SIZE, "base=%" PRId64,
                    base);

    if (base == 0) {
        return;
    }

    if (earner->tier != NULL) {
        loyalty_award_part(award, "tier", earner->tier->id,
                           loyalty_points_extra(base,
                                                earner->tier->multiplier));
    }

    loyalty_award_members(program, earner->memberships, base, award);

    for (i = 0; i < program->npromotions; i++) {
        promotion = &program->promotions[i];

        if (loyalty_award_promoted(program, store, promotion, order, earner))
        {
            extra = loyalty_points_extra(base, promotion->multiplier);

            loyalty_award_part(award, "promotion", promotion->id,
                               loyalty_points_add(extra, promotion->bonus));
        }
    }
}


static int64_t
loyalty_award_base(const loyalty_program_t *program,
    const loyalty_order_t *order, const loyalty_earner_t *earner)
{
    size_t                 i;
    int64_t                base;
    const loyalty_earn_t  *earn;

    base = 0;

    for (i = 0; i < program->nearns; i++) {
        earn = &program->earns[i];

        if (order->total < earn->min) {
            continue;
        }

        if (earn->limit > 0 && earner->earlier[i] >= earn->limit) {
            continue;
        }

        base = loyalty_points_add(base, loyalty_award_earn(earn, order));
    }

    return base;
}


static int64_t
loyalty_award_earn(const loyalty_earn_t *earn, const loyalty_order_t *order)
{
    int64_t  times;

    switch (earn->kind) {

    case LOYALTY_EARN_PER_AMOUNT:
        times = loyalty_award_basis(earn, order) / earn->per;
        break;

    case LOYALTY_EARN_PER_ITEM:
        times = loyalty_award_quantity(earn, order);
        break;

    default: /* LOYALTY_EARN_PER_ORDER */
        times = 1;
        break;
    }

    return loyalty_award_times(earn->points, times);
}


/* Refunds take their share of the award, whenever they come. */

static int64_t
loyalty_award_basis(const loyalty_earn_t *earn, const loyalty_order_t *order)
{
    size_t   i;
    int64_t  basis;

    const struct {
        unsigned  bit;
        int64_t   amount;
    } parts[] = {
        { LOYALTY_MINUS_TAX, order->tax },
        { LOYALTY_MINUS_SHIPPING, order->shipping }
    };

    basis = order->total;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if ((earn->minus & parts[i].bit) == 0) {
            continue;
        }

        if (basis <= parts[i].amount) {
            return 0;
        }

        basis -= parts[i].amount;
    }

    return basis;
}


static int64_t
loyalty_award_quantity(const loyalty_earn_t *earn,
    const loyalty_order_t *order)
{
    size_t                 i;
    int64_t                quantity;
    const loyalty_item_t  *item;

    quantity = 0;

    for (i = 0; i < order->nitems; i++) {
        item = &order->items[i];

        if (item->quantity > 0 && loyalty_award_matches(earn, item)) {
            quantity = loyalty_points_add(quantity, item->quantity);
        }
    }

    return quantity;
}


static int
loyalty_award_matches(const loyalty_earn_t *earn, const loyalty_item_t *item)
{
    size_t  i;

    if (earn->nskus == 0 && earn->ncategories == 0) {
        return 1;
    }

    if (loyalty_award_among(earn->skus, earn->nskus, item->sku)) {
        return 1;
    }

    for (i = 0; i < item->ncategories; i++) {
        if (loyalty_award_among(earn->categories, earn->ncategories,
                                item->categories[i]))
        {
            return 1;
        }
    }

    return 0;
}


static int
loyalty_award_among(const loyalty_str_t *names, size_t n, loyalty_str_t name)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (loyalty_str_equal(names[i], name)) {
            return 1;
        }
    }

    return 0;
}


static int64_t
loyalty_award_times(int64_t points, int64_t times)
{
    if (times <= 0) {
        return 0;
    }

    if (points > LOYALTY_POINTS_MAX / times) {
        return LOYALTY_POINTS_MAX;
    }

    return points * times;
}


/* Of several memberships with the same multiplier the first one is named. */

static void
loyalty_award_members(const loyalty_program_t *program, uint32_t held,
    int64_t base, loyalty_award_t *award)
{
    size_t    i;
    int64_t   best;
    uint32_t  bit;

    best = loyalty_memberships_multiplier(program, held);

    if (best == 0) {
        return;
    }

    i = 0;
    bit = 1;

    while ((held & bit) == 0 || program->memberships[i].multiplier != best) {
        i++;
        bit <<= 1;
    }

    loyalty_award_part(award, "membership", program->memberships[i].id,
                       loyalty_points_extra(base, best));
}


static int
loyalty_award_promoted(const loyalty_program_t *program,
    const loyalty_store_t *store, const loyalty_promotion_t *promotion,
    const loyalty_order_t *order, const loyalty_earner_t *earner)
{
    if ((promotion->from != 0 && earner->now < promotion->from)
        || (promotion->until != 0 && earner->now >= promotion->until))
    {
        return 0;
    }

    if (order->total < promotion->min) {
        return 0;
    }

    if (promotion->first_order && earner->orders > 0) {
        return 0;
    }

    if (promotion->store.len > 0
        && !loyalty_str_equal(promotion->store, store->id))
    {
        return 0;
    }

    return promotion->tier.len == 0
           || loyalty_tier_reaches(&program->ladder, earner->tier,
                                   promotion->tier);
}


static void
loyalty_award_part(loyalty_award_t *award, const char *kind,
    loyalty_str_t id, int64_t points)
{
    int     n;
    char   *fact;
    size_t  room;

    if (points == 0) {
        return;
    }

    award->points = loyalty_points_add(award->points, points);

    fact = award->facts + strlen(award->facts);
    room = award->facts + LOYALTY_AWARD_FACTS_SIZE - fact;

    n = snprintf(fact, room, " %s.%.*s=%" PRId64, kind, (int) id.len, id.data,
                 points);

    if (n < 0 || (size_t) n >= room) {
        *fact = '\0';
    }
}


int64_t
loyalty_award_membership(const loyalty_membership_t *membership,
    const loyalty_order_t *order)
{
    loyalty_earn_t  bought;

    memset(&bought, 0, sizeof(loyalty_earn_t));

    bought.skus = &membership->sku;
    bought.nskus = 1;

    return loyalty_award_quantity(&bought, order);
}


int64_t
loyalty_award_reversal(int64_t points, int64_t total, int64_t refunded)
{
    return (refunded > 0) ? loyalty_points_share(points, refunded, total) : 0;
}
