
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <story.h>


static void earns_make(rules_t *rules, random_t *random);
static void promotions_make(rules_t *rules, random_t *random,
    int64_t begins);
static void actions_make(rules_t *rules, random_t *random);
static void tiers_make(rules_t *rules, random_t *random);
static void memberships_make(rules_t *rules, random_t *random);
static void badges_make(rules_t *rules, random_t *random);
static void rewards_make(rules_t *rules, random_t *random, int64_t begins);
static void referral_make(rules_t *rules, random_t *random);
static void points_make(rules_t *rules, random_t *random);
static int any_or_none(random_t *random, int n);


static const store_rule_t  others[] = {
    { "EUR", 2, 1100000 },
    { "JPY", 0, 6789 },
    { "KWD", 3, 3250001 },
    { "USD", 2, 1000000 }
};


void
rules_make(rules_t *rules, random_t *random, int64_t begins)
{
    rules->nstores = once_in(random, 3) ? 2 : 1;
    rules->stores[0] = others[3];
    rules->stores[1] = others[any(random, 4)];

    tiers_make(rules, random);
    memberships_make(rules, random);
    earns_make(rules, random);
    promotions_make(rules, random, begins);
    actions_make(rules, random);
    badges_make(rules, random);
    rewards_make(rules, random, begins);
    referral_make(rules, random);
    points_make(rules, random);
}


static void
earns_make(rules_t *rules, random_t *random)
{
    int           i;
    earn_rule_t  *earn;

    rules->nearns = (int) (1 + any(random, 3));

    for (i = 0; i < rules->nearns; i++) {
        earn = &rules->earns[i];

        earn->kind = any(random, 3);
        earn->points = 1 + any(random, 10);
        earn->per = choose(random, 1, 100, 100, 250, 1000);
        earn->min = once_in(random, 3) ? any(random, 10000) : 0;
        earn->sku = -1;
        earn->category = -1;

        switch (earn->kind) {

        case EARN_AMOUNT:
            earn->points = (earn->per == 1) ? 1 : earn->points;
            earn->tax = once_in(random, 4);
            earn->shipping = once_in(random, 4);
            earn->refunds = once_in(random, 4);
            break;

        case EARN_ORDER:
            if (once_in(random, 2)) {
                earn->limit = 1 + any(random, 2);
                earn->window = choose(random, DAY, 7 * DAY);
            }

            break;

        default: /* EARN_ITEM */
            earn->sku = any_or_none(random, SKUS);
            earn->category = any_or_none(random, 2);
        }
    }
}


static void
promotions_make(rules_t *rules, random_t *random, int64_t begins)
{
    int                i;
    promotion_rule_t  *promotion;

    rules->npromotions = (int) any(random, 3);

    for (i = 0; i < rules->npromotions; i++) {
        promotion = &rules->promotions[i];

        promotion->multiplier = choose(random, 0, 1500, 2000, 1333);
        promotion->bonus = choose(random, 0, 1, 25);
        promotion->min = once_in(random, 3) ? any(random, 10000) : 0;
        promotion->first = once_in(random, 3);
        promotion->tier = any_or_none(random, rules->ntiers);
        promotion->store = any_or_none(random, rules->nstores);

        if (once_in(random, 2)) {
            promotion->from = begins + any(random, 3) * DAY;
            promotion->until = promotion->from + 30 * DAY;
        }
    }
}


static void
actions_make(rules_t *rules, random_t *random)
{
    int             i, j;
    action_rule_t  *action;

    rules->nactions = (int) any(random, 3);

    for (i = 0; i < rules->nactions; i++) {
        action = &rules->actions[i];

        action->points = 1 + any(random, 60);
        action->nlimits = (int) any(random, 3);

        for (j = 0; j < action->nlimits; j++) {
            action->count[j] = 1 + any(random, 3);
            action->window[j] = choose(random, 0, DAY, 7 * DAY);
        }
    }
}


static void
tiers_make(rules_t *rules, random_t *random)
{
    int      i;
    int64_t  threshold;

    rules->ntiers = (int) any(random, 4);
    threshold = 0;

    for (i = 0; i < rules->ntiers; i++) {
        threshold += 1 + any(random, 150);

        rules->tiers[i].threshold = threshold;
        rules->tiers[i].multiplier = choose(random, 0, 1100, 1500, 2000);
    }

    rules->ladder = any(random, 3);

    if (rules->ladder == LADDER_LIFETIME) {
        return;
    }

    rules->length = (rules->ladder == LADDER_TIME)
                    ? choose(random, DAY, 30 * DAY, YEAR) : YEAR;
    rules->grace = choose(random, 0, HOUR, 10 * DAY);
}


static void
memberships_make(rules_t *rules, random_t *random)
{
    int                 i;
    membership_rule_t  *membership;

    rules->nmemberships = (int) any(random, 3);

    for (i = 0; i < rules->nmemberships; i++) {
        membership = &rules->memberships[i];

        membership->lasts = choose(random, DAY, 30 * DAY, YEAR);
        membership->multiplier = choose(random, 0, 1250, 2000);
        membership->discount = choose(random, 0, 10, 33, 100);
    }
}


static void
badges_make(rules_t *rules, random_t *random)
{
    int            i;
    badge_rule_t  *badge;

    rules->nbadges = (int) any(random, 4);

    for (i = 0; i < rules->nbadges; i++) {
        badge = &rules->badges[i];

        badge->kind = any(random, 3);
        badge->action = -1;
        badge->count = 1 + any(random, 3);
        badge->bonus = choose(random, 0, 5, 50);

        switch (badge->kind) {

        case BADGE_ORDERS:
            badge->window = choose(random, 0, 0, 7 * DAY);
            break;

        case BADGE_ACTIONS:
            badge->window = choose(random, 0, 7 * DAY);
            badge->action = any_or_none(random, rules->nactions);
            break;

        default: /* BADGE_STREAK */
            if (rules->streak == 0) {
                rules->streak = choose(random, DAY, 7 * DAY);
            }

            badge->window = rules->streak;
        }
    }
}


static void
rewards_make(rules_t *rules, random_t *random, int64_t begins)
{
    int             i;
    reward_rule_t  *reward;

    rules->nrewards = (int) (1 + any(random, RULES));

    for (i = 0; i < rules->nrewards; i++) {
        reward = &rules->rewards[i];

        reward->source = any(random, 4);
        reward->cost = 1 + any(random, 100);
        reward->stock = once_in(random, 4) ? 1 + any(random, 2) : 0;
        reward->per_member = once_in(random, 4) ? 1 + any(random, 2) : 0;
        reward->pool = (int) any(random, 4);
        reward->tier = -1;
        reward->membership = -1;
        reward->store = any_or_none(random, rules->nstores);

        if (once_in(random, 6)) {
            reward->tier = any_or_none(random, rules->ntiers);
        }

        if (once_in(random, 6)) {
            reward->membership = any_or_none(random, rules->nmemberships);
        }

        if (once_in(random, 6)) {
            reward->from = begins + any(random, 2) * DAY;
            reward->until = reward->from + 60 * DAY;
        }
    }
}


static void
referral_make(rules_t *rules, random_t *random)
{
    if (once_in(random, 2)) {
        return;
    }

    rules->referral = 1 + any(random, 40);
    rules->friend = choose(random, 0, 15);
    rules->on_signup = once_in(random, 2);
    rules->referral_min = rules->on_signup ? 0 : choose(random, 0, 5000);
    rules->cap = choose(random, 0, 1, 2);
    rules->cap_window = choose(random, 0, 7 * DAY, 30 * DAY, YEAR);
}


static void
points_make(rules_t *rules, random_t *random)
{
    rules->signup_bonus = choose(random, 0, 10, 50, 100);
    rules->pending = choose(random, 0, 0, DAY, 14 * DAY);
    rules->expire = choose(random, 0, DAY, 30 * DAY, YEAR);
    rules->inactivity = (rules->expire != 0 && once_in(random, 2));
    rules->negative = once_in(random, 2);
    rules->coupon_expires = choose(random, 0, DAY, 30 * DAY);
    rules->coupon_retry = choose(random, 15, 60);
}


/* -1 as often as each of the others, and if there are none. */

static int
any_or_none(random_t *random, int n)
{
    return (int) any(random, n + 1) - 1;
}
