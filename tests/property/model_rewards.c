
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <model.h>

#include <stddef.h>


/* So often the store is asked for a coupon before its points go back. */

#define TRIES  12


static const char *redeem_refused(model_t *model, const step_t *step,
    int64_t *cost);
static int64_t redeem_cost(model_t *model, const member_t *member,
    const reward_rule_t *reward);
static int redeemed(const model_t *model, int reward, int who);
static int drawn(const model_t *model, int reward);
static const char *coupon_judge(const model_t *model, const step_t *step,
    const coupon_t *coupon);
static int coupon_expired(const model_t *model, const coupon_t *coupon);
static void coupon_undo(model_t *model, int n, coupon_state_e state);


void
model_redeem(model_t *model, const step_t *step, answer_t *answer)
{
    int                   n;
    int64_t               cost;
    coupon_t             *coupon;
    const rules_t        *rules = model->rules;
    const reward_rule_t  *reward = &rules->rewards[step->what];

    answer->outcome = redeem_refused(model, step, &cost);

    if (answer->outcome != NULL) {
        return;
    }

    n = model->ncoupons++;
    coupon = &model->coupons[n];

    coupon->member = step->who;
    coupon->reward = step->what;
    coupon->cost = cost;
    coupon->used_for = -1;
    coupon->code = drawn(model, step->what) - 1;
    coupon->state = COUPON_ISSUED;

    if (rules->coupon_expires != 0) {
        coupon->expires_at = model->now + rules->coupon_expires;
    }

    answer->outcome = "redeemed";
    answer->coupon = n;
    answer->spent = cost;

    switch (reward->source) {

    case SOURCE_MANUAL:
        coupon->state = COUPON_WAITING;
        break;

    case SOURCE_STORE:
        coupon->state = COUPON_HELD;
        coupon->next_at = model->now + rules->coupon_retry;
        answer->outcome = "redemption_pending";
        break;

    case SOURCE_POOL:
        answer->pool_left = reward->pool - coupon->code - 1;
        break;

    default: /* SOURCE_LOCAL */
        break;
    }

    points_spend(model, &model->members[step->who], n);
}


/* NULL: it is to be had. */

static const char *
redeem_refused(model_t *model, const step_t *step, int64_t *cost)
{
    const member_t       *member = &model->members[step->who];
    const reward_rule_t  *reward = &model->rules->rewards[step->what];

    if (step->what >= model->rules->nrewards) {
        return "reward_not_found";
    }

    if (reward->per_member != 0
        && redeemed(model, step->what, step->who) >= reward->per_member)
    {
        return "reward_limit";
    }

    *cost = redeem_cost(model, member, reward);

    if (model->now < reward->from
        || (reward->until != 0 && model->now >= reward->until)
        || model_tier(model, member) < reward->tier
        || (reward->membership >= 0
            && !(model_memberships(model, member)
                 & (1u << reward->membership))))
    {
        return "reward_not_offered";
    }

    if (points_sum(member) - points_pending(model, member) < *cost) {
        return "not_enough_points";
    }

    if ((reward->stock != 0
         && redeemed(model, step->what, -1) >= reward->stock)
        || (reward->source == SOURCE_POOL
            && drawn(model, step->what) >= reward->pool))
    {
        return "out_of_stock";
    }

    return NULL;
}


/* The best discount holds; what is left is rounded up, and not nothing. */

static int64_t
redeem_cost(model_t *model, const member_t *member,
    const reward_rule_t *reward)
{
    int       i;
    int64_t   percent, cost;
    unsigned  held;

    held = model_memberships(model, member);
    percent = 100;

    for (i = 0; i < model->rules->nmemberships; i++) {
        if ((held & (1u << i))
            && 100 - model->rules->memberships[i].discount < percent)
        {
            percent = 100 - model->rules->memberships[i].discount;
        }
    }

    cost = (reward->cost * percent + 99) / 100;

    return (cost > 1) ? cost : 1;
}


/* How often, by somebody or (-1) by all, and not taken back. */

static int
redeemed(const model_t *model, int reward, int who)
{
    int              i, n;
    const coupon_t  *coupon;

    n = 0;

    for (i = 0; i < model->ncoupons; i++) {
        coupon = &model->coupons[i];

        if (coupon->reward == reward
            && (who < 0 || coupon->member == who)
            && coupon->state != COUPON_CANCELLED
            && coupon->state != COUPON_REFUSED)
        {
            n++;
        }
    }

    return n;
}


static int
drawn(const model_t *model, int reward)
{
    int  i, n;

    n = 0;

    for (i = 0; i < model->ncoupons; i++) {
        if (model->coupons[i].reward == reward) {
            n++;
        }
    }

    return n;
}


/* What the store has said, the first time that it is heard. */

void
model_conclude(model_t *model, const step_t *step, answer_t *answer)
{
    coupon_t  *coupon = &model->coupons[step->what];

    answer->coupon = step->what;
    answer->outcome = "redeemed";

    if (coupon->state == COUPON_REFUSED) {
        answer->outcome = "coupon_refused";
        return;
    }

    if (coupon->state == COUPON_HELD) {

        if (step->verdict == VERDICT_THERE
            && !coupon_expired(model, coupon))
        {
            coupon->state = COUPON_ISSUED;

        } else if (step->verdict != VERDICT_UNCLEAR || coupon->tries >= TRIES
                   || coupon_expired(model, coupon))
        {
            coupon_undo(model, step->what, COUPON_REFUSED);
            answer->outcome = "coupon_refused";
            return;

        } else {
            answer->outcome = "redemption_pending";
        }
    }

    answer->spent = coupon->cost;
}


/* "what" is the one that was found: none may have been due earlier. */

void
model_errand(model_t *model, const step_t *step, answer_t *answer)
{
    int        i;
    int64_t    first, pause;
    coupon_t  *coupon;

    first = 0;

    for (i = 0; i < model->ncoupons; i++) {
        coupon = &model->coupons[i];

        if (coupon->state == COUPON_HELD && coupon->next_at <= model->now
            && (first == 0 || coupon->next_at < first))
        {
            first = coupon->next_at;
        }
    }

    answer->outcome = "nothing_to_do";

    if (first == 0) {
        return;
    }

    answer->outcome = "redemption_pending";
    answer->coupon = step->what;

    if (step->what < 0) {
        return;
    }

    coupon = &model->coupons[step->what];

    if (coupon->state != COUPON_HELD || coupon->next_at != first) {
        answer->outcome = "another redemption";
        return;
    }

    pause = model->rules->coupon_retry;

    for (i = 0; i < coupon->tries; i++) {
        pause *= 2;
    }

    coupon->next_at = model->now + ((pause < DAY) ? pause : DAY);
    coupon->tries++;
}


void
model_coupon(model_t *model, const step_t *step, answer_t *answer)
{
    coupon_t  *coupon;

    answer->outcome = "coupon_not_found";

    if (step->what < 0) {
        return;
    }

    coupon = &model->coupons[step->what];

    answer->outcome = coupon_judge(model, step, coupon);

    if (answer->outcome != NULL) {
        return;
    }

    answer->coupon = step->what;

    if (step->kind == STEP_COUPON) {
        answer->outcome = "coupon_good";
        return;
    }

    answer->outcome = "coupon_used";

    if (coupon->state == COUPON_ISSUED || coupon->state == COUPON_WAITING) {
        coupon->state = (coupon->state == COUPON_WAITING) ? COUPON_DONE
                                                          : COUPON_USED;
        coupon->used_for = step->other;
    }
}


/* NULL: it is good, maybe by having been used for the same order. */

static const char *
coupon_judge(const model_t *model, const step_t *step,
    const coupon_t *coupon)
{
    int  store;

    store = model->rules->rewards[coupon->reward].store;

    if (step->store >= 0 && store >= 0 && step->store != store) {
        return "coupon_not_found";
    }

    switch (coupon->state) {

    case COUPON_HELD:
    case COUPON_REFUSED:
        return "coupon_not_found";

    case COUPON_USED:
    case COUPON_DONE:
        return (step->other >= 0 && step->other == coupon->used_for)
               ? NULL : "coupon_used_before";

    case COUPON_CANCELLED:
        return "coupon_cancelled";

    default: /* COUPON_ISSUED, COUPON_WAITING */
        return coupon_expired(model, coupon) ? "coupon_expired" : NULL;
    }
}


static int
coupon_expired(const model_t *model, const coupon_t *coupon)
{
    return coupon->expires_at != 0 && coupon->expires_at <= model->now;
}


void
model_cancel(model_t *model, const step_t *step, answer_t *answer)
{
    source_e   source;
    coupon_t  *coupon;

    answer->outcome = "coupon_not_found";

    if (step->what < 0) {
        return;
    }

    coupon = &model->coupons[step->what];
    source = model->rules->rewards[coupon->reward].source;

    if (coupon->member != step->who || coupon->state == COUPON_HELD
        || coupon->state == COUPON_REFUSED)
    {
        return;
    }

    answer->coupon = step->what;

    if (coupon->state == COUPON_CANCELLED) {
        answer->outcome = "already_cancelled";

    } else if (coupon->state == COUPON_USED || coupon->state == COUPON_DONE) {
        answer->outcome = "coupon_used_before";

    } else if (source == SOURCE_POOL || source == SOURCE_STORE) {
        answer->outcome = "coupon_not_cancellable";

    } else if (coupon_expired(model, coupon)) {
        answer->outcome = "coupon_expired";

    } else {
        answer->outcome = "cancelled";
        coupon_undo(model, step->what, COUPON_CANCELLED);
    }
}


static void
coupon_undo(model_t *model, int n, coupon_state_e state)
{
    coupon_t  *coupon = &model->coupons[n];
    refund_t   refund = { BY_COUPON, n, -1, 0, 0, "cancellation", n,
                          model->rules->rewards[coupon->reward].store };

    coupon->state = state;

    points_give_back(model, &model->members[coupon->member], &refund,
                     coupon->cost);
}
