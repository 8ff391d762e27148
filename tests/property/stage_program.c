
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <stage.h>


static void stage_stores(stage_t *stage);
static void stage_earns(stage_t *stage);
static void stage_promotions(stage_t *stage);
static void stage_actions(stage_t *stage);
static void stage_standing(stage_t *stage);
static void stage_rewards(stage_t *stage);
static void stage_rest(stage_t *stage);


/* What the words are is of no interest: they are the same as the numbers. */

static const loyalty_str_t  skus[SKUS] = {
    loyalty_string("SOAP"), loyalty_string("TEA"),
    loyalty_string("MEMBER-0"), loyalty_string("MEMBER-1")
};

static const loyalty_str_t  categories[] = {
    loyalty_string("bath"), loyalty_string("food")
};

static const loyalty_str_t  numbers[RULES] = {
    loyalty_string("number-0"), loyalty_string("number-1"),
    loyalty_string("number-2"), loyalty_string("number-3")
};

static const loyalty_str_t  stores[] = {
    loyalty_string("store-0"), loyalty_string("store-1")
};

static const loyalty_str_t  alone = loyalty_string(LOYALTY_STORE_ALONE);
static const loyalty_str_t  none = loyalty_string("");

static const loyalty_str_t  paid[] = { loyalty_string("paid") };
static const loyalty_str_t  voided[] = { loyalty_string("void") };

/* The third is the first one by an alias, the fifth the fourth. */

static const char *const  people[PEOPLE] = {
    "ada%llu@example.com", "bob%llu@example.com", "ada%llu+x@example.com",
    "cleo%llu@gmail.com", "c.leo%llu@googlemail.com", "dan%llu@example.com",
    "eve%llu@example.com", "fay%llu@example.com"
};


static loyalty_str_t
number(int n)
{
    return (n < 0) ? none : numbers[n];
}


void
stage_program(stage_t *stage)
{
    int      i;
    shop_t  *shop = stage->shop;

    memset(shop->earns, 0, sizeof(shop->earns));
    memset(shop->promotions, 0, sizeof(shop->promotions));
    memset(shop->actions, 0, sizeof(shop->actions));
    memset(shop->tiers, 0, sizeof(shop->tiers));
    memset(shop->memberships, 0, sizeof(shop->memberships));
    memset(shop->badges, 0, sizeof(shop->badges));
    memset(shop->rewards, 0, sizeof(shop->rewards));

    for (i = 0; i < PEOPLE; i++) {
        (void) snprintf(stage->emails[i], sizeof(stage->emails[i]), people[i],
                        (unsigned long long) stage->story->seed);
    }

    stage_stores(stage);
    stage_earns(stage);
    stage_promotions(stage);
    stage_actions(stage);
    stage_standing(stage);
    stage_rewards(stage);
    stage_rest(stage);
}


static void
stage_stores(stage_t *stage)
{
    int                   i;
    shop_t               *shop = stage->shop;
    loyalty_store_t      *store;
    const store_rule_t   *rule;

    shop->program.nstores = stage->story->rules.nstores;

    for (i = 0; i < stage->story->rules.nstores; i++) {
        store = &shop->stores[i];
        rule = &stage->story->rules.stores[i];

        store->id = (shop->program.nstores == 1) ? alone : stores[i];
        store->currency = text(rule->currency);
        store->exponent = rule->exponent;
        store->rate = rule->rate;

        store->lookup.tax = text("/tax");
        store->lookup.shipping = text("/shipping");
        store->lookup.refunds = text("/refunded");
        store->lookup.items = text("/items");
        store->lookup.item_category = text("/category");
        store->lookup.voided = voided;
        store->lookup.nvoided = 1;
        store->lookup.paid = paid;
    }
}


static void
stage_earns(stage_t *stage)
{
    int                 i;
    loyalty_earn_t     *earn;
    const earn_rule_t  *rule;

    stage->shop->program.nearns = stage->story->rules.nearns;

    for (i = 0; i < stage->story->rules.nearns; i++) {
        earn = &stage->shop->earns[i];
        rule = &stage->story->rules.earns[i];

        earn->points = rule->points;
        earn->min = rule->min;

        switch (rule->kind) {

        case EARN_AMOUNT:
            earn->kind = LOYALTY_EARN_PER_AMOUNT;
            earn->per = rule->per;
            earn->minus = (rule->tax ? LOYALTY_MINUS_TAX : 0)
                          | (rule->shipping ? LOYALTY_MINUS_SHIPPING : 0)
                          | (rule->refunds ? LOYALTY_MINUS_REFUNDS : 0);
            break;

        case EARN_ORDER:
            earn->kind = LOYALTY_EARN_PER_ORDER;
            earn->limit = rule->limit;
            earn->window = rule->window;
            break;

        default: /* EARN_ITEM */
            earn->kind = LOYALTY_EARN_PER_ITEM;
            earn->nskus = (rule->sku >= 0);
            earn->skus = earn->nskus ? &skus[rule->sku] : NULL;
            earn->ncategories = (rule->category >= 0);
            earn->categories = earn->ncategories ? &categories[rule->category]
                                                 : NULL;
        }
    }
}


static void
stage_promotions(stage_t *stage)
{
    int                      i;
    loyalty_promotion_t     *promotion;
    const promotion_rule_t  *rule;

    stage->shop->program.npromotions = stage->story->rules.npromotions;

    for (i = 0; i < stage->story->rules.npromotions; i++) {
        promotion = &stage->shop->promotions[i];
        rule = &stage->story->rules.promotions[i];

        promotion->id = number(i);
        promotion->from = rule->from;
        promotion->until = rule->until;
        promotion->multiplier = rule->multiplier;
        promotion->bonus = rule->bonus;
        promotion->min = rule->min;
        promotion->tier = number(rule->tier);
        promotion->store = (rule->store < 0) ? none
                                             : stage->shop
                                                    ->stores[rule->store].id;
        promotion->first_order = rule->first;
    }
}


static void
stage_actions(stage_t *stage)
{
    int                   i, j;
    loyalty_action_t     *action;
    const action_rule_t  *rule;

    stage->shop->program.nactions = stage->story->rules.nactions;

    for (i = 0; i < stage->story->rules.nactions; i++) {
        action = &stage->shop->actions[i];
        rule = &stage->story->rules.actions[i];

        action->id = number(i);
        action->name = number(i);
        action->points = rule->points;
        action->nlimits = rule->nlimits;

        for (j = 0; j < rule->nlimits; j++) {
            action->limits[j].count = rule->count[j];
            action->limits[j].window = rule->window[j];
        }
    }
}


static void
stage_standing(stage_t *stage)
{
    int                       i;
    shop_t                   *shop = stage->shop;
    const rules_t            *rules = &stage->story->rules;
    static const loyalty_window_e  windows[] = {
        [LADDER_LIFETIME] = LOYALTY_WINDOW_LIFETIME,
        [LADDER_TIME] = LOYALTY_WINDOW_TIME,
        [LADDER_YEAR] = LOYALTY_WINDOW_YEAR
    };
    static const loyalty_badge_e  kinds[] = {
        [BADGE_ORDERS] = LOYALTY_BADGE_ORDERS,
        [BADGE_ACTIONS] = LOYALTY_BADGE_ACTIONS,
        [BADGE_STREAK] = LOYALTY_BADGE_STREAK
    };

    shop->program.ladder.ntiers = rules->ntiers;
    shop->program.ladder.window = windows[rules->ladder];
    shop->program.ladder.length = rules->length;
    shop->program.ladder.grace = rules->grace;

    for (i = 0; i < rules->ntiers; i++) {
        shop->tiers[i].id = number(i);
        shop->tiers[i].name = number(i);
        shop->tiers[i].threshold = rules->tiers[i].threshold;
        shop->tiers[i].multiplier = rules->tiers[i].multiplier;
    }

    shop->program.nmemberships = rules->nmemberships;

    for (i = 0; i < rules->nmemberships; i++) {
        shop->memberships[i].id = number(i);
        shop->memberships[i].name = number(i);
        shop->memberships[i].sku = skus[2 + i];
        shop->memberships[i].lasts = rules->memberships[i].lasts;
        shop->memberships[i].multiplier = rules->memberships[i].multiplier;
        shop->memberships[i].discount = rules->memberships[i].discount;
    }

    shop->program.nbadges = rules->nbadges;
    shop->program.streak = rules->streak;

    for (i = 0; i < rules->nbadges; i++) {
        shop->badges[i].id = number(i);
        shop->badges[i].name = number(i);
        shop->badges[i].kind = kinds[rules->badges[i].kind];
        shop->badges[i].action = number(rules->badges[i].action);
        shop->badges[i].count = rules->badges[i].count;
        shop->badges[i].window = rules->badges[i].window;
        shop->badges[i].bonus = rules->badges[i].bonus;
    }
}


/* Their ids are of this story: the database counts how often each is taken. */

static void
stage_rewards(stage_t *stage)
{
    int                   i;
    loyalty_reward_t     *reward;
    const reward_rule_t  *rule;
    static const loyalty_coupon_e  coupons[] = {
        [SOURCE_LOCAL] = LOYALTY_COUPON_LOCAL,
        [SOURCE_POOL] = LOYALTY_COUPON_POOL,
        [SOURCE_STORE] = LOYALTY_COUPON_STORE,
        [SOURCE_MANUAL] = LOYALTY_COUPON_LOCAL
    };

    stage->shop->program.nrewards = stage->story->rules.nrewards;

    for (i = 0; i < RULES; i++) {
        (void) snprintf(stage->rewards[i], sizeof(stage->rewards[i]),
                        "reward-%llu.%d",
                        (unsigned long long) stage->story->seed, i);
    }

    for (i = 0; i < stage->story->rules.nrewards; i++) {
        reward = &stage->shop->rewards[i];
        rule = &stage->story->rules.rewards[i];

        reward->id = text(stage->rewards[i]);
        reward->name = number(i);
        reward->kind = (rule->source == SOURCE_MANUAL)
                       ? LOYALTY_REWARD_MANUAL : LOYALTY_REWARD_PRODUCT;
        reward->coupon = coupons[rule->source];
        reward->cost = rule->cost;
        reward->stock = rule->stock;
        reward->per_member = rule->per_member;
        reward->from = rule->from;
        reward->until = rule->until;
        reward->tier = number(rule->tier);
        reward->membership = number(rule->membership);
        reward->store = (rule->store < 0) ? none
                                          : stage->shop
                                                 ->stores[rule->store].id;
    }
}


static void
stage_rest(stage_t *stage)
{
    const rules_t      *rules = &stage->story->rules;
    loyalty_program_t  *program = &stage->shop->program;

    program->signup_bonus = rules->signup_bonus;
    program->referral.points = rules->referral;
    program->referral.friend = rules->friend;
    program->referral.min = rules->referral_min;
    program->referral.cap = rules->cap;
    program->referral.window = rules->cap_window;
    program->referral.on_signup = rules->on_signup;
    program->pending = rules->pending;
    program->points_expire = rules->expire;
    program->inactivity = rules->inactivity;
    program->negative = rules->negative;
    program->coupon_expires = rules->coupon_expires;
    program->coupon_retry = rules->coupon_retry;
}


void
stage_pool_code(const stage_t *stage, int reward, int code, char *text,
    size_t size)
{
    (void) snprintf(text, size, "POOL-%llu-%d-%d",
                    (unsigned long long) stage->story->seed, reward, code);
}


/* As loyaltyctl does it, in any order; the database is there by then. */

void
stage_pool(stage_t *stage)
{
    int                   i, j;
    char                  sql[256], code[72];
    const reward_rule_t  *rule;

    (void) shop_balance(stage->shop, "nobody@example.com");
    shop_run(stage->shop);

    for (i = 0; i < stage->story->rules.nrewards; i++) {
        rule = &stage->story->rules.rewards[i];

        if (rule->source != SOURCE_POOL) {
            continue;
        }

        for (j = rule->pool - 1; j >= 0; j--) {
            stage_pool_code(stage, i, j, code, sizeof(code));

            (void) snprintf(sql, sizeof(sql), "INSERT INTO pool "
                            "(reward, coupon) VALUES ('%s', '%s')",
                            stage->rewards[i], code);
            (void) shop_sql(stage->shop, sql);
        }
    }
}
