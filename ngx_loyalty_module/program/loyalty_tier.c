
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_points.h>
#include <loyalty_tier.h>
#include <loyalty_time.h>


/* A member's tier depends on so many windows: this one and two before it. */

#define LOYALTY_WINDOWS_KEPT  3


static int64_t loyalty_tier_window(const loyalty_ladder_t *ladder,
    int64_t joined_at, int64_t when);
static int loyalty_tier_in_grace(const loyalty_ladder_t *ladder,
    int64_t joined_at, int64_t now);
static const loyalty_tier_t *loyalty_tier_reached(
    const loyalty_ladder_t *ladder, int64_t points);


void
loyalty_standing_advance(const loyalty_ladder_t *ladder, int64_t joined_at,
    int64_t lifetime, loyalty_standing_t *standing, int64_t now)
{
    int64_t  steps;

    if (ladder->window == LOYALTY_WINDOW_UNKNOWN) {
        return;
    }

    if (ladder->window == LOYALTY_WINDOW_LIFETIME) {
        standing->points = lifetime;
        standing->before = 0;
        standing->earlier = 0;
    }

    /* a clock that was put back takes nobody back to an ended window */

    if (now <= standing->at) {
        return;
    }

    steps = loyalty_tier_window(ladder, joined_at, now)
            - loyalty_tier_window(ladder, joined_at, standing->at);

    if (steps > LOYALTY_WINDOWS_KEPT) {
        steps = LOYALTY_WINDOWS_KEPT;
    }

    while (steps-- > 0) {
        standing->earlier = standing->before;
        standing->before = standing->points;
        standing->points = 0;
    }

    standing->at = now;
}


static int64_t
loyalty_tier_window(const loyalty_ladder_t *ladder, int64_t joined_at,
    int64_t when)
{
    switch (ladder->window) {

    case LOYALTY_WINDOW_TIME:

        if (when < joined_at) {
            return 0;
        }

        return (when - joined_at) / ladder->length;

    case LOYALTY_WINDOW_YEAR:

        return loyalty_time_year(when);

    default: /* LOYALTY_WINDOW_LIFETIME */

        return 0;
    }
}


void
loyalty_standing_count(const loyalty_ladder_t *ladder, int64_t joined_at,
    loyalty_standing_t *standing, int64_t points, int64_t at)
{
    int64_t  *sum, ago;

    if (ladder->window == LOYALTY_WINDOW_UNKNOWN) {
        return;
    }

    ago = loyalty_tier_window(ladder, joined_at, standing->at)
          - loyalty_tier_window(ladder, joined_at, at);

    if (ago <= 0) {
        sum = &standing->points;

    } else if (ago == 1) {
        sum = &standing->before;

    } else if (ago == 2) {
        sum = &standing->earlier;

    } else {
        return;
    }

    if (points >= 0) {
        *sum = loyalty_points_add(*sum, points);
        return;
    }

    *sum += points;

    if (*sum < 0) {
        *sum = 0;
    }
}


const loyalty_tier_t *
loyalty_tier_of(const loyalty_ladder_t *ladder, int64_t joined_at,
    const loyalty_standing_t *standing, int64_t now)
{
    int64_t  most;

    most = standing->points;

    if (ladder->window == LOYALTY_WINDOW_LIFETIME) {
        return loyalty_tier_reached(ladder, most);
    }

    if (standing->before > most) {
        most = standing->before;
    }

    if (standing->earlier > most
        && loyalty_tier_in_grace(ladder, joined_at, now))
    {
        most = standing->earlier;
    }

    return loyalty_tier_reached(ladder, most);
}


static int
loyalty_tier_in_grace(const loyalty_ladder_t *ladder, int64_t joined_at,
    int64_t now)
{
    int64_t  start;

    if (ladder->window == LOYALTY_WINDOW_YEAR) {
        start = loyalty_time_year_start(loyalty_time_year(now));

    } else {
        start = joined_at + loyalty_tier_window(ladder, joined_at, now)
                            * ladder->length;
    }

    return now - start < ladder->grace;
}


static const loyalty_tier_t *
loyalty_tier_reached(const loyalty_ladder_t *ladder, int64_t points)
{
    size_t  i;

    for (i = ladder->ntiers; i > 0; i--) {
        if (ladder->tiers[i - 1].threshold <= points) {
            return &ladder->tiers[i - 1];
        }
    }

    return NULL;
}


const loyalty_tier_t *
loyalty_tier_next(const loyalty_ladder_t *ladder, const loyalty_tier_t *tier,
    const loyalty_standing_t *standing, int64_t *missing)
{
    size_t                 i;
    const loyalty_tier_t  *next;

    i = (tier != NULL) ? (size_t) (tier - ladder->tiers) + 1 : 0;

    if (i >= ladder->ntiers) {
        *missing = 0;
        return NULL;
    }

    next = &ladder->tiers[i];

    *missing = (next->threshold > standing->points)
               ? next->threshold - standing->points : 0;

    return next;
}


const loyalty_tier_t *
loyalty_tier_find(const loyalty_ladder_t *ladder, loyalty_str_t id)
{
    size_t  i;

    for (i = 0; i < ladder->ntiers; i++) {
        if (loyalty_str_equal(ladder->tiers[i].id, id)) {
            return &ladder->tiers[i];
        }
    }

    return NULL;
}


int
loyalty_tier_reaches(const loyalty_ladder_t *ladder,
    const loyalty_tier_t *tier, loyalty_str_t id)
{
    const loyalty_tier_t  *lowest;

    lowest = loyalty_tier_find(ladder, id);

    return tier != NULL && lowest != NULL && tier >= lowest;
}
