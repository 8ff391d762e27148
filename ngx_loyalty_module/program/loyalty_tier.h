
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TIER_H_INCLUDED_
#define _LOYALTY_TIER_H_INCLUDED_


#include <loyalty_types.h>


typedef enum {
    LOYALTY_WINDOW_LIFETIME = 0,
    LOYALTY_WINDOW_TIME,                   /* so long, from joining on */
    LOYALTY_WINDOW_YEAR,                   /* calendar years, UTC */
    LOYALTY_WINDOW_UNKNOWN                 /* without rules: leave as it is */
} loyalty_window_e;


typedef struct {
    loyalty_str_t            id;
    loyalty_str_t            name;
    loyalty_str_t            perks;        /* what people read, or "" */
    int64_t                  threshold;    /* points earned */
    int64_t                  multiplier;   /* thousandths, 0: none */
} loyalty_tier_t;


/*
 * The ladder of a program.  A tier that is reached holds at once, for the rest
 * of the window and all of the next one; what is earned in that one decides
 * about the one after it.  So a member falls at a window's end, and "grace"
 * seconds later.
 */

typedef struct {
    const loyalty_tier_t    *tiers;        /* lowest threshold first */
    size_t                   ntiers;
    loyalty_window_e         window;
    int64_t                  length;       /* seconds, of WINDOW_TIME */
    int64_t                  grace;        /* seconds */
} loyalty_ladder_t;


/*
 * What a member has earned for the ladder; all zero for somebody new.  It is
 * dated, and not numbered by windows, since the operator may change those.
 */

typedef struct {
    int64_t                  at;           /* brought up to date then */
    int64_t                  points;       /* earned in the window of "at" */
    int64_t                  before;       /* in the one before it */
    int64_t                  earlier;      /* and in the one before that */
} loyalty_standing_t;


/*
 * Moves a standing on to the window that "now" is in, by the windows that the
 * ladder has today.  A lifetime ladder, or none, has one window, in which is
 * all that the member has ever earned: "lifetime".
 */
void loyalty_standing_advance(const loyalty_ladder_t *ladder,
    int64_t joined_at, int64_t lifetime, loyalty_standing_t *standing,
    int64_t now);

/*
 * Counts points that were earned, or (negative) taken back, at the time "at",
 * now or earlier.  The standing must be advanced to now; points of windows
 * that no longer matter are ignored, and no sum falls below zero.
 */
void loyalty_standing_count(const loyalty_ladder_t *ladder,
    int64_t joined_at, loyalty_standing_t *standing, int64_t points,
    int64_t at);

/* The tier that an advanced standing gives now; NULL below the lowest. */
const loyalty_tier_t *loyalty_tier_of(const loyalty_ladder_t *ladder,
    int64_t joined_at, const loyalty_standing_t *standing, int64_t now);

/*
 * The lowest tier above "tier" (NULL: none is held), or NULL; *missing gets
 * the points that are missing to it in the current window.
 */
const loyalty_tier_t *loyalty_tier_next(const loyalty_ladder_t *ladder,
    const loyalty_tier_t *tier, const loyalty_standing_t *standing,
    int64_t *missing);

/* The tier with this id, or NULL. */
const loyalty_tier_t *loyalty_tier_find(const loyalty_ladder_t *ladder,
    loyalty_str_t id);

/* Whether "tier" (NULL: none) is the one with this id or above it. */
int loyalty_tier_reaches(const loyalty_ladder_t *ladder,
    const loyalty_tier_t *tier, loyalty_str_t id);


#endif /* _LOYALTY_TIER_H_INCLUDED_ */
