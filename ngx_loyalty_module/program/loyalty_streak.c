
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_badge.h>


/*
 * Unix time began on a Thursday.  Periods are counted from the Monday before
 * it, so that those of a week begin on Mondays; those of a day or an hour
 * begin where they would anyway.
 */

#define LOYALTY_STREAK_MONDAY  (3 * 86400)


static int64_t loyalty_streak_passed(const loyalty_streak_t *streak,
    int64_t every, int64_t now);


void
loyalty_streak_count(loyalty_streak_t *streak, int64_t every, int64_t now)
{
    int64_t  passed;

    if (every == 0) {
        return;
    }

    passed = loyalty_streak_passed(streak, every, now);

    /* also when the clock was put back: that period is counted already */

    if (streak->length == 0 || passed > 1) {
        streak->length = 1;

    } else if (passed == 1) {
        streak->length++;
    }

    if (now > streak->at) {
        streak->at = now;
    }
}


int64_t
loyalty_streak_length(const loyalty_streak_t *streak, int64_t every,
    int64_t now)
{
    if (every == 0 || loyalty_streak_passed(streak, every, now) > 1) {
        return 0;
    }

    return streak->length;
}


/* How many periods have begun since the last order. */

static int64_t
loyalty_streak_passed(const loyalty_streak_t *streak, int64_t every,
    int64_t now)
{
    return (now + LOYALTY_STREAK_MONDAY) / every
           - (streak->at + LOYALTY_STREAK_MONDAY) / every;
}
