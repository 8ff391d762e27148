
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <story.h>

#include <inttypes.h>


static void earning_print(const rules_t *rules, FILE *out);
static void standing_print(const rules_t *rules, FILE *out);
static void rewards_print(const rules_t *rules, FILE *out);
static void step_details(const story_t *story, const step_t *step,
    FILE *out);
static void step_order(const story_t *story, const step_t *step, FILE *out);


static const char *const  names[STEP_KINDS] = {
    [STEP_SIGNUP] = "signup",
    [STEP_CLAIM] = "claim",
    [STEP_ADMISSION] = "admission",
    [STEP_EVENT] = "event",
    [STEP_ACTION] = "action",
    [STEP_REDEEM] = "redeem",
    [STEP_CONCLUDE] = "conclude",
    [STEP_ERRAND] = "errand",
    [STEP_COUPON] = "coupon",
    [STEP_USE] = "use",
    [STEP_CANCEL] = "cancel",
    [STEP_BALANCE] = "balance",
    [STEP_HISTORY] = "history",
    [STEP_LEADERBOARD] = "leaderboard",
    [STEP_REPEAT] = "repeat",
    [STEP_PASS] = "pass",
    [STEP_REACH] = "reach",
    [STEP_INSIST] = "insist",
    [STEP_SETTLE] = "settle",
    [STEP_LEADERS] = "leaders",
    [STEP_REOPEN] = "reopen"
};


void
story_print(const story_t *story, FILE *out)
{
    int  i;

    (void) fprintf(out, "\n# story %" PRIu64 ", which begins at %" PRId64
                   "\n#\n", story->seed, story->begins);

    earning_print(&story->rules, out);
    standing_print(&story->rules, out);
    rewards_print(&story->rules, out);

    (void) fprintf(out, "#\n");

    for (i = 0; i < story->nsteps; i++) {
        step_print(story, i, out);
    }
}


static void
earning_print(const rules_t *rules, FILE *out)
{
    int  i, j;

    for (i = 0; i < rules->nstores; i++) {
        (void) fprintf(out, "# store %d: %s, rate %" PRId64 "\n", i,
                       rules->stores[i].currency, rules->stores[i].rate);
    }

    for (i = 0; i < rules->nearns; i++) {
        const earn_rule_t  *earn = &rules->earns[i];
        static const char  *kinds[] = { "amount", "order", "item" };

        (void) fprintf(out, "# earn %" PRId64 " per %s", earn->points,
                       kinds[earn->kind]);
        (void) fprintf(out, " per=%" PRId64 " minus=%s%s%s min=%" PRId64
                       " limit=%" PRId64 "/%" PRId64 " sku=%d category=%d\n",
                       earn->per, earn->tax ? "tax," : "",
                       earn->shipping ? "shipping," : "",
                       earn->refunds ? "refunds" : "", earn->min,
                       earn->limit, earn->window, earn->sku, earn->category);
    }

    for (i = 0; i < rules->npromotions; i++) {
        const promotion_rule_t  *promotion = &rules->promotions[i];

        (void) fprintf(out, "# promotion from=%" PRId64 " until=%" PRId64
                       " multiplier=%" PRId64 " bonus=%" PRId64 " min=%"
                       PRId64 " first=%d tier=%d store=%d\n",
                       promotion->from, promotion->until,
                       promotion->multiplier, promotion->bonus,
                       promotion->min, promotion->first, promotion->tier,
                       promotion->store);
    }

    for (i = 0; i < rules->nactions; i++) {
        (void) fprintf(out, "# action %d: %" PRId64, i,
                       rules->actions[i].points);

        for (j = 0; j < rules->actions[i].nlimits; j++) {
            (void) fprintf(out, " limit=%" PRId64 "/%" PRId64,
                           rules->actions[i].count[j],
                           rules->actions[i].window[j]);
        }

        (void) fprintf(out, "\n");
    }

    (void) fprintf(out, "# signup_bonus %" PRId64 " pending %" PRId64
                   " points_expire %" PRId64 " after=%s negative %s\n",
                   rules->signup_bonus, rules->pending, rules->expire,
                   rules->inactivity ? "activity" : "earning",
                   rules->negative ? "on" : "off");

    (void) fprintf(out, "# referral %" PRId64 " friend=%" PRId64 " on=%s"
                   " min=%" PRId64 " cap=%" PRId64 "/%" PRId64 "\n",
                   rules->referral, rules->friend,
                   rules->on_signup ? "signup" : "order",
                   rules->referral_min, rules->cap, rules->cap_window);
}


static void
standing_print(const rules_t *rules, FILE *out)
{
    int                 i;
    static const char  *ladders[] = { "lifetime", "time", "year" };
    static const char  *kinds[] = { "orders", "actions", "streak" };

    for (i = 0; i < rules->ntiers; i++) {
        (void) fprintf(out, "# tier %d: %" PRId64 " multiplier=%" PRId64
                       " window %s %" PRId64 " grace=%" PRId64 "\n", i,
                       rules->tiers[i].threshold, rules->tiers[i].multiplier,
                       ladders[rules->ladder], rules->length, rules->grace);
    }

    for (i = 0; i < rules->nmemberships; i++) {
        (void) fprintf(out, "# membership %d: lasts=%" PRId64 " multiplier=%"
                       PRId64 " discount=%" PRId64 "\n", i,
                       rules->memberships[i].lasts,
                       rules->memberships[i].multiplier,
                       rules->memberships[i].discount);
    }

    for (i = 0; i < rules->nbadges; i++) {
        (void) fprintf(out, "# badge %d: %s=%" PRId64 "/%" PRId64
                       " action=%d bonus=%" PRId64 "\n", i,
                       kinds[rules->badges[i].kind], rules->badges[i].count,
                       rules->badges[i].window, rules->badges[i].action,
                       rules->badges[i].bonus);
    }
}


static void
rewards_print(const rules_t *rules, FILE *out)
{
    int                 i;
    static const char  *sources[] = { "local", "pool", "store", "manual" };

    for (i = 0; i < rules->nrewards; i++) {
        const reward_rule_t  *reward = &rules->rewards[i];

        (void) fprintf(out, "# reward %d: %" PRId64 " %s stock=%" PRId64
                       " per_member=%" PRId64 " from=%" PRId64 " until=%"
                       PRId64 " tier=%d membership=%d store=%d pool=%d\n", i,
                       reward->cost, sources[reward->source], reward->stock,
                       reward->per_member, reward->from, reward->until,
                       reward->tier, reward->membership, reward->store,
                       reward->pool);
    }

    (void) fprintf(out, "# coupon_expires %" PRId64 ", retried after %"
                   PRId64 "\n", rules->coupon_expires, rules->coupon_retry);
}


void
step_print(const story_t *story, int n, FILE *out)
{
    const step_t  *step = &story->steps[n];

    (void) fprintf(out, "# %2d %-11s", n + 1, names[step->kind]);

    step_details(story, step, out);

    if (step->key != 0 && step->kind < STEP_REPEAT
        && step->kind != STEP_EVENT)
    {
        (void) fprintf(out, " key=%d", step->key);
    }

    (void) fprintf(out, "%s\n", step->together ? " and" : "");
}


static void
step_details(const story_t *story, const step_t *step, FILE *out)
{
    static const char  *verdicts[] = { "there", "absent", "unclear" };

    switch (step->kind) {

    case STEP_SIGNUP:
        (void) fprintf(out, " %d referred by %d", step->who, step->other);
        return;

    case STEP_CLAIM:
    case STEP_ADMISSION:
    case STEP_EVENT:
        step_order(story, step, out);
        return;

    case STEP_ACTION:
        (void) fprintf(out, " %d action %d event %d", step->who,
                       step->what % (story->rules.nactions + 1),
                       step->other + 1);
        return;

    case STEP_REDEEM:
        (void) fprintf(out, " %d reward %d", step->who,
                       (step->what == 0) ? -1
                                         : step->what % story->rules.nrewards);
        return;

    case STEP_CONCLUDE:
        (void) fprintf(out, " held %d, which is %s", step->what,
                       verdicts[step->verdict]);
        return;

    case STEP_COUPON:
    case STEP_USE:
        (void) fprintf(out, " coupon %d order %d store %d", step->what,
                       step->other, step->store);
        return;

    case STEP_CANCEL:
        (void) fprintf(out, " %d coupon %d%s", step->who, step->what,
                       (step->other != 0) ? " by its owner" : "");
        return;

    case STEP_PASS:
        (void) fprintf(out, " %" PRId64 " seconds", step->seconds);
        return;

    case STEP_REACH:
        (void) fprintf(out, " moment %d of %d%s", step->what, step->who,
                       (step->other == 0) ? ", less a second" : "");
        return;

    case STEP_BALANCE:
    case STEP_HISTORY:
    case STEP_LEADERBOARD:
        (void) fprintf(out, " %d", step->who);
        return;

    default:
        return;
    }
}


static void
step_order(const story_t *story, const step_t *step, FILE *out)
{
    const order_t      *order = &story->orders[step->what];
    static const char  *statuses[] = { "paid", "void", "open" };

    (void) fprintf(out, " %d order %d of %d in store %d: total %" PRId64
                   " tax %" PRId64 " shipping %" PRId64 " refunded %" PRId64
                   " items %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
                   " %s%s", step->who, step->what, order->buyer,
                   order->store, order->total, order->tax, order->shipping,
                   step->refunded, order->quantity[0], order->quantity[1],
                   order->quantity[2], order->quantity[3],
                   statuses[step->status],
                   step->foreign ? " in another currency" : "");

    if (step->kind == STEP_EVENT && step->seconds != 0) {
        (void) fprintf(out, ", %" PRId64 " seconds ago", step->seconds);
    }
}
