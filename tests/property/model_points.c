
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <model.h>

#include <stdlib.h>


static int lot_add(model_t *model, member_t *member, const char *kind,
    int what, int store, int64_t points, int64_t usable_at);
static void debts_pay(member_t *member, int lot);
static int64_t take(member_t *member, by_e by, int what, int lot,
    int64_t points);
static int64_t taken_by(const member_t *member, by_e by, int what, int lot);
static int64_t lots_give(member_t *member, int nlots,
    const refund_t *refund, int restored, int64_t points);
static void merit_add(member_t *member, int64_t at, int64_t points);
static void past_add(member_t *member, const past_t *past);
static int64_t owed(const member_t *member);


/* Nothing may be lost silently. */

static void
room(int n)
{
    if (n >= ENTRIES) {
        fprintf(stderr, "the model is too small\n");
        abort();
    }
}


static int64_t
owed(const member_t *member)
{
    int      i;
    int64_t  points;

    points = 0;

    for (i = 0; i < member->ndebts; i++) {
        points += member->debts[i].points;
    }

    return points;
}


int64_t
points_sum(const member_t *member)
{
    int      i;
    int64_t  points;

    points = -owed(member);

    for (i = 0; i < member->nlots; i++) {
        points += member->lots[i].left;
    }

    return points;
}


int64_t
points_pending(const model_t *model, const member_t *member)
{
    int      i;
    int64_t  points;

    points = 0;

    for (i = 0; i < member->nlots; i++) {
        if (member->lots[i].usable_at > model->now) {
            points += member->lots[i].left;
        }
    }

    return points;
}


/* What time has taken. */

void
points_settle(model_t *model, member_t *member)
{
    int      i, idle;
    lot_t   *lot;
    int64_t  active_at;

    active_at = (member->active_at > member->joined_at) ? member->active_at
                                                        : member->joined_at;

    idle = model->rules->inactivity
           && model->now >= active_at + model->rules->expire;

    for (i = 0; i < member->nlots; i++) {
        lot = &member->lots[i];

        if (idle || (lot->until_at != 0 && model->now >= lot->until_at)) {
            member->expired += lot->left;
            lot->expired += lot->left;
            lot->left = 0;
        }
    }
}


/* Returns the lot. */

int
points_earn(model_t *model, member_t *member, const char *kind, int what,
    int store, int64_t points, int64_t pending)
{
    int  lot;

    lot = lot_add(model, member, kind, what, store, points,
                  model->now + pending);

    member->lifetime += points;
    member->active_at = model->now;

    merit_add(member, model->now, points);

    return lot;
}


static int
lot_add(model_t *model, member_t *member, const char *kind, int what,
    int store, int64_t points, int64_t usable_at)
{
    lot_t   *lot;
    past_t   past = { kind, what, store, points, model->now, usable_at, 0 };

    room(member->nlots);

    lot = &member->lots[member->nlots];

    lot->left = points;
    lot->usable_at = usable_at;

    if (model->rules->expire != 0 && !model->rules->inactivity) {
        lot->until_at = model->now + model->rules->expire;
    }

    past.until_at = lot->until_at;
    past_add(member, &past);

    debts_pay(member, member->nlots);

    return member->nlots++;
}


/* The oldest debt first; it is as if that had taken from this lot. */

static void
debts_pay(member_t *member, int lot)
{
    int      i;
    debt_t  *debt;

    for (i = 0; i < member->ndebts; i++) {
        debt = &member->debts[i];

        debt->points -= take(member, debt->by, debt->what, lot,
                             debt->points);
    }
}


/* As many as there are; returns how many. */

static int64_t
take(member_t *member, by_e by, int what, int lot, int64_t points)
{
    taken_t  *taken;

    if (points > member->lots[lot].left) {
        points = member->lots[lot].left;
    }

    if (points == 0) {
        return 0;
    }

    member->lots[lot].left -= points;

    room(member->ntaken);

    taken = &member->taken[member->ntaken++];

    taken->by = by;
    taken->what = what;
    taken->lot = lot;
    taken->points = points;

    return points;
}


void
points_spend(model_t *model, member_t *member, int coupon)
{
    int              i;
    int64_t          points;
    past_t           past = { "redemption", coupon, -1, 0, model->now, 0, 0 };
    const coupon_t  *paid = &model->coupons[coupon];

    points = paid->cost;

    for (i = 0; i < member->nlots; i++) {
        if (member->lots[i].usable_at <= model->now) {
            points -= take(member, BY_COUPON, coupon, i, points);
        }
    }

    if (points != 0) {
        fprintf(stderr, "the model has spent what is not there\n");
        abort();
    }

    member->active_at = model->now;

    past.points = -paid->cost;
    past.store = model->rules->rewards[paid->reward].store;
    past_add(member, &past);
}


/* Returns how many were taken; what is not there is owed, or forgotten. */

int64_t
points_take_back(model_t *model, member_t *member, const refund_t *refund,
    int64_t points)
{
    int      i;
    int64_t  left;
    past_t   past = { refund->kind, refund->reference, refund->store, 0,
                      model->now, 0, 0 };

    left = points;

    if (refund->lot >= 0) {
        left -= take(member, refund->by, refund->what, refund->lot, left);
    }

    for (i = 0; i < member->nlots; i++) {
        left -= take(member, refund->by, refund->what, i, left);
    }

    if (left > 0 && model->rules->negative) {
        room(member->ndebts);

        member->debts[member->ndebts].by = refund->by;
        member->debts[member->ndebts].what = refund->what;
        member->debts[member->ndebts++].points = left;

        left = 0;
    }

    points -= left;

    member->lifetime -= refund->earned;
    merit_add(member, refund->earned_at, -refund->earned);

    past.points = -points;
    past_add(member, &past);

    return points;
}


/*
 * A coupon's points go back into the oldest of its lots first, others into
 * the newest.  Who owes points pays first, by a lot that is used up at once.
 */

void
points_give_back(model_t *model, member_t *member, const refund_t *refund,
    int64_t points)
{
    int      nlots;
    int64_t  first;
    past_t   past = { refund->kind, refund->reference, refund->store, 0,
                      model->now, 0, 0 };

    /* not into the one that pays */

    nlots = member->nlots;

    if (refund->earned != 0) {
        member->lifetime += refund->earned;
        merit_add(member, refund->earned_at, refund->earned);
    }

    first = owed(member);

    if (first > points) {
        first = points;
    }

    if (first > 0) {
        member->lots[lot_add(model, member, past.kind, past.what, past.store,
                             first, model->now)].restored =
            (refund->by == BY_REFUND);
        points -= first;
    }

    if (points == 0 && first > 0) {
        return;
    }

    past.points = points;
    past_add(member, &past);

    points = lots_give(member, nlots, refund, 0, points);

    if (refund->by == BY_REFUND) {
        points = lots_give(member, nlots, refund, 1, points);
    }

    if (points != 0) {
        fprintf(stderr, "the model gives back what was not taken\n");
        abort();
    }

    points_settle(model, member);
}


/* Returns what is left. */

static int64_t
lots_give(member_t *member, int nlots, const refund_t *refund, int restored,
    int64_t points)
{
    int       i, lot;
    int64_t   given;
    taken_t  *taken;

    for (i = 0; i < nlots && points > 0; i++) {
        lot = (refund->by == BY_COUPON) ? i : nlots - 1 - i;
        given = taken_by(member, refund->by, refund->what, lot);

        if (given <= 0
            || (refund->by == BY_REFUND
                && member->lots[lot].restored != restored))
        {
            continue;
        }

        if (given > points) {
            given = points;
        }

        room(member->ntaken);

        taken = &member->taken[member->ntaken++];

        taken->by = refund->by;
        taken->what = refund->what;
        taken->lot = lot;
        taken->points = -given;

        member->lots[lot].left += given;
        points -= given;
    }

    return points;
}


static int64_t
taken_by(const member_t *member, by_e by, int what, int lot)
{
    int             i;
    int64_t         points;
    const taken_t  *taken;

    points = 0;

    for (i = 0; i < member->ntaken; i++) {
        taken = &member->taken[i];

        if (taken->by == by && taken->what == what && taken->lot == lot) {
            points += taken->points;
        }
    }

    return points;
}


static void
merit_add(member_t *member, int64_t at, int64_t points)
{
    room(member->nmerits);

    member->merits[member->nmerits].at = at;
    member->merits[member->nmerits++].points = points;
}


static void
past_add(member_t *member, const past_t *past)
{
    room(member->npasts);

    member->pasts[member->npasts++] = *past;
}
