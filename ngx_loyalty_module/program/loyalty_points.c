
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_money.h>
#include <loyalty_points.h>

#include <string.h>


#define LOYALTY_MULTIPLIER_DIGITS  3


int64_t
loyalty_points_extra(int64_t points, int64_t multiplier)
{
    int64_t  more, extra;

    if (multiplier <= LOYALTY_MULTIPLIER_ONE) {
        return 0;
    }

    more = multiplier - LOYALTY_MULTIPLIER_ONE;

    /*
     * Whole thousands of points give whole numbers, so only what is left of
     * them is rounded; the product of all could be past int64_t.
     */

    extra = points / LOYALTY_MULTIPLIER_ONE * more
            + points % LOYALTY_MULTIPLIER_ONE * more / LOYALTY_MULTIPLIER_ONE;

    return (extra < LOYALTY_POINTS_MAX) ? extra : LOYALTY_POINTS_MAX;
}


/*
 * points * part may take 126 bits.  So it is put together as in long
 * multiplication, from the highest bit of "points" down, and divided on the
 * way: "share" whole ones and a rest below "whole" are always what the bits so
 * far are worth.  For each bit both are doubled, and "part" is added to the
 * rest where the bit is set; as part < whole < 2^63, the rest stays below
 * 2 * whole, which fits.
 */

int64_t
loyalty_points_share(int64_t points, int64_t part, int64_t whole)
{
    uint64_t  bit, share, rest, limit;

    if (part >= whole) {
        return points;
    }

    share = 0;
    rest = 0;
    limit = (uint64_t) whole;

    for (bit = UINT64_C(1) << 62; bit > 0; bit >>= 1) {
        share *= 2;
        rest *= 2;

        if (rest >= limit) {
            rest -= limit;
            share++;
        }

        if ((uint64_t) points & bit) {
            rest += (uint64_t) part;

            if (rest >= limit) {
                rest -= limit;
                share++;
            }
        }
    }

    return (int64_t) share;
}


int64_t
loyalty_points_add(int64_t one, int64_t two)
{
    if (one > LOYALTY_POINTS_MAX - two) {
        return LOYALTY_POINTS_MAX;
    }

    return one + two;
}


int
loyalty_multiplier_parse(loyalty_str_t text, int64_t *multiplier)
{
    int64_t      value;
    const char  *point;

    if (loyalty_money_parse(text, LOYALTY_MULTIPLIER_DIGITS, &value)
        != LOYALTY_OK
        || value <= LOYALTY_MULTIPLIER_ONE
        || value > LOYALTY_MULTIPLIER_MAX)
    {
        return LOYALTY_ERROR;
    }

    /* further zeros, which are right in a store's amounts, are not here */

    point = memchr(text.data, '.', text.len);

    if (point != NULL
        && text.data + text.len - point - 1 > LOYALTY_MULTIPLIER_DIGITS)
    {
        return LOYALTY_ERROR;
    }

    *multiplier = value;

    return LOYALTY_OK;
}
