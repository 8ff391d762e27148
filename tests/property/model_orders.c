
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <model.h>

#include <string.h>


static void model_credit(model_t *model, int who, const step_t *step,
    int64_t asked_at, answer_t *answer);
static void model_count(model_t *model, int who, int order,
    answer_t *answer);
static void model_refunded_before(model_t *model, const step_t *step,
    answer_t *answer);
static int64_t model_award(model_t *model, int who, const step_t *step);
static int64_t award_base(model_t *model, const member_t *member,
    const step_t *step);
static int64_t award_basis(const model_t *model, const earn_rule_t *earn,
    const step_t *step);
static int64_t award_pieces(const earn_rule_t *earn, const order_t *order);
static int promoted(model_t *model, const promotion_rule_t *promotion,
    const member_t *member, const step_t *step);
static int64_t extra(int64_t points, int64_t multiplier);
static void model_recall(model_t *model, const step_t *step,
    int64_t asked_at);
static const char *model_reverse(model_t *model, claimed_t *claim, int order,
    int64_t refunded, int64_t asked_at, answer_t *answer);
static int model_late(const claimed_t *claim, int64_t refunded,
    int64_t asked_at);
static int64_t least(int64_t one, int64_t two);
static void model_shift(model_t *model, const claimed_t *claim, int64_t times,
    int64_t at);


/* soap is for the bath; tea is, too, and food */

static const int  in_category[SKUS][2] = {
    { 1, 0 }, { 1, 1 }, { 0, 0 }, { 0, 0 }
};


/* Both are worth so much in whole units, and minor ones are rounded down. */

int64_t
model_convert(const model_t *model, int store, int64_t amount)
{
    int                  i;
    __int128             worth;
    const store_rule_t  *rule = &model->rules->stores[store];

    worth = (__int128) amount * rule->rate * 100;

    for (i = 0; i < rule->exponent; i++) {
        worth /= 10;
    }

    return (int64_t) (worth / 1000000);
}


void
model_claim(model_t *model, const step_t *step, answer_t *answer)
{
    claimed_t  *claim = &model->claims[step->what];

    if (model->story->orders[step->what].buyer != step->who) {
        answer->outcome = "order_not_found";

    } else if (step->status != STATUS_PAID) {
        answer->outcome = "order_not_paid";

    } else if (step->foreign) {
        answer->outcome = "wrong_currency";

    } else if (claim->owner == step->who) {
        answer->outcome = "already_claimed";

    } else if (claim->recalled_at >= model->now) {
        answer->outcome = "store_unavailable";

    } else {
        answer->outcome = "claimed";
        model_credit(model, step->who, step, model->now, answer);
        model_refunded_before(model, step, answer);
        model_count(model, step->who, step->what, answer);
    }
}


/* It is as if the refund had come right after the claim. */

static void
model_refunded_before(model_t *model, const step_t *step, answer_t *answer)
{
    int64_t     refunded;
    claimed_t  *claim = &model->claims[step->what];

    refunded = model_convert(model,
                             model->story->orders[step->what].store,
                             step->refunded);

    if (refunded != 0) {
        (void) model_reverse(model, claim, step->what, refunded, model->now,
                             answer);
        answer->earned -= claim->had;
    }
}


void
model_admission(model_t *model, const step_t *step, answer_t *answer)
{
    answer->outcome = "already_claimed";
    answer->decided = (model->claims[step->what].owner == step->who);
}


static void
model_credit(model_t *model, int who, const step_t *step, int64_t asked_at,
    answer_t *answer)
{
    int              i;
    int64_t          seconds;
    member_t        *member = &model->members[who];
    claimed_t       *claim = &model->claims[step->what];
    const order_t   *order = &model->story->orders[step->what];
    const rules_t   *rules = model->rules;

    claim->owner = who;
    claim->total = model_convert(model, order->store, order->total);
    claim->points = model_award(model, who, step);
    claim->claimed_at = model->now;
    claim->asked_at = asked_at;
    claim->lot = -1;

    for (i = 0; i < rules->nmemberships; i++) {
        seconds = order->quantity[2 + i] * rules->memberships[i].lasts;
        claim->bought[i] = seconds;

        if (seconds != 0) {
            member->until[i] = seconds + ((member->until[i] > model->now)
                                          ? member->until[i] : model->now);
            claim->until[i] = member->until[i];
        }
    }

    member->order_at[member->norders] = model->now;
    member->order_what[member->norders] = step->what;
    member->order_points[member->norders++] = claim->points;
    member->active_at = model->now;

    if (claim->points != 0) {
        claim->lot = points_earn(model, member, "claim", step->what,
                                 (rules->nstores == 1) ? -1 : order->store,
                                 claim->points, rules->pending);
        answer->earned += claim->points;
    }
}


/* Unless it is refunded as a whole already. */

static void
model_count(model_t *model, int who, int order, answer_t *answer)
{
    if (!model->claims[order].gone) {
        model_bought(model, who, order, answer);
        model_badges(model, who, 0, answer);
    }
}


static int64_t
model_award(model_t *model, int who, const step_t *step)
{
    int                      i;
    int64_t                  base, points, best;
    unsigned                 held;
    const rules_t           *rules = model->rules;
    const member_t          *member = &model->members[who];
    const promotion_rule_t  *promotion;

    base = award_base(model, member, step);

    if (base == 0) {
        return 0;
    }

    points = base;

    i = model_tier(model, member);

    if (i >= 0) {
        points += extra(base, rules->tiers[i].multiplier);
    }

    held = model_memberships(model, member);
    best = 0;

    for (i = 0; i < rules->nmemberships; i++) {
        if ((held & (1u << i)) && rules->memberships[i].multiplier > best) {
            best = rules->memberships[i].multiplier;
        }
    }

    points += extra(base, best);

    for (i = 0; i < rules->npromotions; i++) {
        promotion = &rules->promotions[i];

        if (promoted(model, promotion, member, step)) {
            points += extra(base, promotion->multiplier) + promotion->bonus;
        }
    }

    return points;
}


static int64_t
award_base(model_t *model, const member_t *member, const step_t *step)
{
    int                 i;
    int64_t             base, total;
    const order_t      *order = &model->story->orders[step->what];
    const earn_rule_t  *earn;

    base = 0;
    total = model_convert(model, order->store, order->total);

    for (i = 0; i < model->rules->nearns; i++) {
        earn = &model->rules->earns[i];

        if (total < earn->min) {
            continue;
        }

        switch (earn->kind) {

        case EARN_AMOUNT:
            base += award_basis(model, earn, step) / earn->per * earn->points;
            break;

        case EARN_ORDER:
            if (earn->limit == 0
                || orders_that_earned(model, member, earn->window)
                   < earn->limit)
            {
                base += earn->points;
            }

            break;

        default: /* EARN_ITEM */
            base += award_pieces(earn, order) * earn->points;
        }
    }

    return base;
}


static int64_t
award_basis(const model_t *model, const earn_rule_t *earn,
    const step_t *step)
{
    int64_t         basis;
    const order_t  *order = &model->story->orders[step->what];

    basis = model_convert(model, order->store, order->total);

    if (earn->tax) {
        basis -= model_convert(model, order->store, order->tax);
    }

    if (earn->shipping) {
        basis -= model_convert(model, order->store, order->shipping);
    }

    return (basis > 0) ? basis : 0;
}


static int64_t
award_pieces(const earn_rule_t *earn, const order_t *order)
{
    int      sku;
    int64_t  pieces;

    pieces = 0;

    for (sku = 0; sku < SKUS; sku++) {
        if ((earn->sku < 0 && earn->category < 0)
            || earn->sku == sku
            || (earn->category >= 0 && in_category[sku][earn->category]))
        {
            pieces += order->quantity[sku];
        }
    }

    return pieces;
}


int
orders_that_stand(const model_t *model, const member_t *member)
{
    int  i, n;

    n = 0;

    for (i = 0; i < member->norders; i++) {
        n += !model->claims[member->order_what[i]].gone;
    }

    return n;
}


int
orders_that_earned(const model_t *model, const member_t *member,
    int64_t window)
{
    int  i, n;

    n = 0;

    for (i = 0; i < member->norders; i++) {
        if (member->order_points[i] != 0
            && !model->claims[member->order_what[i]].gone
            && member->order_at[i] > model->now - window)
        {
            n++;
        }
    }

    return n;
}


static int
promoted(model_t *model, const promotion_rule_t *promotion,
    const member_t *member, const step_t *step)
{
    const order_t  *order = &model->story->orders[step->what];

    if (promotion->from != 0
        && (model->now < promotion->from || model->now >= promotion->until))
    {
        return 0;
    }

    if (promotion->first && orders_that_stand(model, member) != 0) {
        return 0;
    }

    if (promotion->store >= 0 && promotion->store != order->store) {
        return 0;
    }

    return model_convert(model, order->store, order->total) >= promotion->min
           && model_tier(model, member) >= promotion->tier;
}


static int64_t
extra(int64_t points, int64_t multiplier)
{
    return (multiplier > 1000) ? points * (multiplier - 1000) / 1000 : 0;
}


/* The store has been asked "seconds" ago. */

void
model_event(model_t *model, const step_t *step, answer_t *answer)
{
    int             who, credited;
    int64_t         refunded, asked_at;
    claimed_t      *claim = &model->claims[step->what];
    const order_t  *order = &model->story->orders[step->what];

    answer->outcome = "noted";
    who = order->buyer;
    asked_at = model->now - step->seconds;

    if (step->foreign) {
        return;
    }

    points_settle(model, &model->members[who]);

    credited = (claim->owner < 0);

    if (credited) {

        if (!model->members[who].joined) {
            return;
        }

        if (step->status != STATUS_PAID) {
            model_recall(model, step, asked_at);
            return;
        }

        if (claim->recalled_at >= asked_at) {
            answer->outcome = "store_unavailable";
            return;
        }

        model_credit(model, who, step, asked_at, answer);
    }

    refunded = model_convert(model, order->store, step->refunded);

    if (step->status == STATUS_OPEN && refunded == 0) {
        return;
    }

    if (step->status == STATUS_VOID) {

        if (refunded < claim->total) {
            refunded = claim->total;
        }

        if (refunded == 0) {
            refunded = 1;
        }
    }

    answer->outcome = model_reverse(model, claim, step->what, refunded,
                                    asked_at, answer);

    if (credited) {
        model_count(model, who, step->what, answer);
    }

    answer->new_badges = 0;
}


/* Nobody has claimed it yet. */

static void
model_recall(model_t *model, const step_t *step, int64_t asked_at)
{
    claimed_t  *claim = &model->claims[step->what];

    if (step->status == STATUS_OPEN
        && model_convert(model, model->story->orders[step->what].store,
                         step->refunded) == 0)
    {
        return;
    }

    if (claim->recalled_at < asked_at) {
        claim->recalled_at = asked_at;
    }
}


static const char *
model_reverse(model_t *model, claimed_t *claim, int order, int64_t refunded,
    int64_t asked_at, answer_t *answer)
{
    int        was, whole;
    int64_t    due, expired, gone, moved;
    member_t  *member = &model->members[claim->owner];
    refund_t   refund = { BY_REFUND, order, claim->lot, 0,
                          claim->claimed_at, NULL, order, 0 };

    if (refunded == 0) {
        due = 0;

    } else if (refunded >= claim->total) {
        due = claim->points;

    } else {
        due = claim->points * refunded / claim->total;
    }

    refund.store = (model->rules->nstores == 1)
                   ? -1 : model->story->orders[order].store;

    was = claim->gone;
    whole = refunded >= claim->total && refunded > 0;

    if (refunded == claim->refunded) {

        /* so it is, and was by then, whatever was heard before */

        if (claim->recalled_at < asked_at) {
            claim->recalled_at = asked_at;
        }

        return "noted";
    }

    if (model_late(claim, refunded, asked_at)) {
        return "store_unavailable";
    }

    model_shift(model, claim, was - whole,
                whole ? asked_at : claim->asked_at);

    expired = (claim->lot >= 0) ? member->lots[claim->lot].expired : 0;
    gone = claim->had + expired;

    if (due > claim->due) {
        moved = least(due - gone, due - claim->due);

        refund.kind = "reversal";
        refund.earned = due - claim->due;

        claim->had += points_take_back(model, member, &refund,
                                       (moved > 0) ? moved : 0);

    } else if (due < claim->due) {
        moved = least(least(gone - due, claim->due - due), claim->had);
        moved = (moved > 0) ? moved : 0;

        refund.kind = "restoration";
        refund.earned = claim->due - due;

        points_give_back(model, member, &refund, moved);
        claim->had -= moved;
    }

    claim->due = due;
    claim->refunded = refunded;
    claim->asked_at = asked_at;
    claim->gone = whole;

    if (whole && !was) {
        model_friend_lost(model, claim->owner, order);

    } else if (was && !whole) {
        model_friend_regained(model, claim->owner, order, answer);
    }

    return "noted";
}


static int
model_late(const claimed_t *claim, int64_t refunded, int64_t asked_at)
{
    int64_t  heard_at;

    heard_at = claim->asked_at;

    if (heard_at < claim->recalled_at) {
        heard_at = claim->recalled_at;
    }

    return asked_at < heard_at
           || (asked_at == heard_at && refunded < claim->refunded);
}


static int64_t
least(int64_t one, int64_t two)
{
    return (one < two) ? one : two;
}


static void
model_shift(model_t *model, const claimed_t *claim, int64_t times,
    int64_t at)
{
    int        i;
    int64_t    left;
    member_t  *member = &model->members[claim->owner];

    for (i = 0; i < model->rules->nmemberships; i++) {
        left = least(claim->until[i] - at, claim->bought[i]);

        if (left > 0) {
            member->until[i] += times * left;
        }
    }
}
