
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_POINTS_H_INCLUDED_
#define _LOYALTY_POINTS_H_INCLUDED_


#include <loyalty_types.h>


/* No rule, balance or price goes past this; sums of two stay in int64_t. */

#define LOYALTY_POINTS_MAX  INT64_C(1000000000000000)

/* Multipliers are thousandths: 1500 is 1.5. */

#define LOYALTY_MULTIPLIER_ONE  1000
#define LOYALTY_MULTIPLIER_MAX  1000000


/*
 * What a multiplier adds to so many points: of 1500, half of them, rounded
 * down.  0 for LOYALTY_MULTIPLIER_ONE and for 0, which is "none".
 */
int64_t loyalty_points_extra(int64_t points, int64_t multiplier);

/*
 * The share of "points" that "part" is of "whole", rounded down, exactly, and
 * all of them if it is as much or more; whole > 0, the others >= 0.
 */
int64_t loyalty_points_share(int64_t points, int64_t part, int64_t whole);

/* The sum of two that are not negative, LOYALTY_POINTS_MAX at most. */
int64_t loyalty_points_add(int64_t one, int64_t two);

/*
 * Reads a multiplier such as "1.5" or "2": up to three digits behind the
 * point, more than 1, 1000 at most.  LOYALTY_ERROR if it is none.
 */
int loyalty_multiplier_parse(loyalty_str_t text, int64_t *multiplier);


#endif /* _LOYALTY_POINTS_H_INCLUDED_ */
