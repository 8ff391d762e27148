
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_BADGE_H_INCLUDED_
#define _LOYALTY_BADGE_H_INCLUDED_


#include <loyalty_types.h>


/* As many has a program at most: members hold them by bit. */

#define LOYALTY_BADGES_MAX  64


typedef enum {
    LOYALTY_BADGE_ORDERS = 0,
    LOYALTY_BADGE_ACTIONS,
    LOYALTY_BADGE_STREAK                   /* orders in periods in a row */
} loyalty_badge_e;


typedef struct {
    loyalty_str_t            id;
    loyalty_str_t            name;         /* what people read */
    loyalty_badge_e          kind;
    loyalty_str_t            action;       /* of ACTIONS, "": any */
    int64_t                  count;
    int64_t                  window;       /* seconds, 0: ever */
    int64_t                  bonus;        /* points that come with it, or 0 */
} loyalty_badge_t;


/*
 * Orders in one period after the other; all zero for somebody new.  It is
 * dated, and not numbered by periods, since the operator may change those.
 */

typedef struct {
    int64_t                  at;           /* the last order that counted */
    int64_t                  length;       /* periods in a row up to it */
} loyalty_streak_t;


/*
 * Counts an order at this time; "every" is the period in seconds, 0 in a
 * program without streaks.
 */
void loyalty_streak_count(loyalty_streak_t *streak, int64_t every,
    int64_t now);

/* How long it is now: 0 if a whole period has passed without an order. */
int64_t loyalty_streak_length(const loyalty_streak_t *streak, int64_t every,
    int64_t now);


#endif /* _LOYALTY_BADGE_H_INCLUDED_ */
