
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <model.h>

#include <string.h>


static int64_t model_window_points(const model_t *model,
    const member_t *member, int64_t window);
static int64_t model_window(const model_t *model, const member_t *member,
    int64_t when);
static int64_t model_window_start(const model_t *model,
    const member_t *member, int64_t window);
static int64_t year_of(int64_t when);
static int64_t year_start(int64_t year);


void
model_init(model_t *model, const story_t *story)
{
    int  i;

    memset(model, 0, sizeof(model_t));

    model->story = story;
    model->rules = &story->rules;
    model->now = story->begins;

    for (i = 0; i < PEOPLE; i++) {
        model->members[i].referrer = -1;
        model->members[i].brought_by = -1;
        model->members[i].sides[0].lot = -1;
        model->members[i].sides[0].back = -1;
        model->members[i].sides[1] = model->members[i].sides[0];
    }

    for (i = 0; i < ORDERS; i++) {
        model->claims[i].owner = -1;
    }
}


void
model_run(model_t *model, const step_t *step, answer_t *answer)
{
    memset(answer, 0, sizeof(answer_t));

    answer->decided = 1;
    answer->shown = -1;
    answer->coupon = -1;
    answer->pool_left = -1;

    if (step->who >= 0) {
        points_settle(model, &model->members[step->who]);
    }

    switch (step->kind) {

    case STEP_SIGNUP:
        model_signup(model, step, answer);
        return;

    case STEP_EVENT:
        model_event(model, step, answer);
        return;

    case STEP_ERRAND:
        model_errand(model, step, answer);
        return;

    case STEP_COUPON:
    case STEP_USE:
        model_coupon(model, step, answer);
        return;

    default:
        break;
    }

    if (!model->members[step->who].joined) {
        answer->outcome = "not_a_member";
        return;
    }

    answer->shown = step->who;

    switch (step->kind) {

    case STEP_CLAIM:
        model_claim(model, step, answer);
        return;

    case STEP_ADMISSION:
        model_admission(model, step, answer);
        return;

    case STEP_ACTION:
        model_action(model, step, answer);
        return;

    case STEP_REDEEM:
        model_redeem(model, step, answer);
        return;

    case STEP_CONCLUDE:
        model_conclude(model, step, answer);
        return;

    case STEP_CANCEL:
        model_cancel(model, step, answer);
        return;

    case STEP_HISTORY:
        answer->outcome = "history";
        return;

    case STEP_LEADERBOARD:
        answer->outcome = "leaderboard";
        return;

    default: /* STEP_BALANCE */
        answer->outcome = "balance";
    }
}


void
model_stand(model_t *model, int who, standing_t *standing)
{
    int        i;
    member_t  *member = &model->members[who];

    memset(standing, 0, sizeof(standing_t));

    points_settle(model, member);

    standing->pending = points_pending(model, member);
    standing->points = points_sum(member) - standing->pending;
    standing->lifetime = member->lifetime;
    standing->window = model_window_points(model, member,
                                           model_window(model, member,
                                                        model->now));

    standing->tier = model_tier(model, member);
    standing->next_tier = -1;

    if (standing->tier + 1 < model->rules->ntiers) {
        standing->next_tier = standing->tier + 1;
        standing->missing = model->rules->tiers[standing->next_tier].threshold
                            - standing->window;

        if (standing->missing < 0) {
            standing->missing = 0;
        }
    }

    standing->memberships = model_memberships(model, member);

    for (i = 0; i < model->rules->nmemberships; i++) {
        if (member->until[i] > model->now
            && member->until[i] > standing->until)
        {
            standing->until = member->until[i];
        }
    }

    standing->badges = member->badges;
    standing->streak = model_streak(model, member);
}


int64_t
model_moment(model_t *model, int who, int n)
{
    int              i, nmoments;
    int64_t          window, moments[3 * ENTRIES];
    const rules_t   *rules = model->rules;
    const member_t  *member = &model->members[who];

    nmoments = 0;

    for (i = 0; i < member->nlots; i++) {
        moments[nmoments++] = member->lots[i].usable_at;
        moments[nmoments++] = member->lots[i].until_at;
    }

    for (i = 0; i < model->ncoupons; i++) {
        moments[nmoments++] = model->coupons[i].expires_at;
        moments[nmoments++] = model->coupons[i].next_at;
    }

    for (i = 0; i < PEOPLE; i++) {
        moments[nmoments++] = model->members[i].rewarded_at
                              + rules->cap_window;
    }

    moments[nmoments++] = member->active_at + rules->expire;
    moments[nmoments++] = member->until[0];
    moments[nmoments++] = member->until[1];

    if (rules->ladder != LADDER_LIFETIME) {
        window = model_window(model, member, model->now);
        moments[nmoments++] = model_window_start(model, member, window)
                              + rules->grace;
        moments[nmoments++] = model_window_start(model, member, window + 1);
    }

    /* of those that are still to come */

    for (i = 0; i < nmoments; i++) {
        if (moments[i] <= model->now) {
            moments[i--] = moments[--nmoments];
        }
    }

    return (nmoments != 0) ? moments[n % nmoments] : model->now;
}


/* The best of the windows that count. */

int
model_tier(model_t *model, const member_t *member)
{
    int             i, tier;
    int64_t         now, points, most;
    const rules_t  *rules = model->rules;

    now = model_window(model, member, model->now);
    most = model_window_points(model, member, now);

    if (rules->ladder != LADDER_LIFETIME) {

        points = model_window_points(model, member, now - 1);
        most = (points > most) ? points : most;

        if (model->now - model_window_start(model, member, now)
            < rules->grace)
        {
            points = model_window_points(model, member, now - 2);
            most = (points > most) ? points : most;
        }
    }

    tier = -1;

    for (i = 0; i < rules->ntiers; i++) {
        if (most >= rules->tiers[i].threshold) {
            tier = i;
        }
    }

    return tier;
}


static int64_t
model_window_points(const model_t *model, const member_t *member,
    int64_t window)
{
    int      i;
    int64_t  points;

    points = 0;

    for (i = 0; i < member->nmerits; i++) {
        if (model_window(model, member, member->merits[i].at) == window) {
            points += member->merits[i].points;
        }
    }

    return points;
}


static int64_t
model_window(const model_t *model, const member_t *member, int64_t when)
{
    switch (model->rules->ladder) {

    case LADDER_TIME:
        return (when - member->joined_at) / model->rules->length;

    case LADDER_YEAR:
        return year_of(when);

    default: /* LADDER_LIFETIME */
        return 0;
    }
}


static int64_t
model_window_start(const model_t *model, const member_t *member,
    int64_t window)
{
    return (model->rules->ladder == LADDER_YEAR)
           ? year_start(window)
           : member->joined_at + window * model->rules->length;
}


static int64_t
year_of(int64_t when)
{
    int64_t  year;

    year = 1970 + when / (366 * DAY);

    while (year_start(year + 1) <= when) {
        year++;
    }

    return year;
}


static int64_t
year_start(int64_t year)
{
    int64_t  leap;

    /* February 29ths from year 1 on, without 1970's 477 */

    year--;
    leap = year / 4 - year / 100 + year / 400 - 477;

    return ((year - 1969) * 365 + leap) * DAY;
}


unsigned
model_memberships(model_t *model, const member_t *member)
{
    int       i;
    unsigned  held;

    held = 0;

    for (i = 0; i < model->rules->nmemberships; i++) {
        if (member->until[i] > model->now) {
            held |= 1u << i;
        }
    }

    return held;
}
