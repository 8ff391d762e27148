
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_action.h>

#include <string.h>


/* Counts and seconds stay so low that sums with them stay in int64_t. */

#define LOYALTY_LIMIT_MAX  INT64_C(1000000000000000)

#define LOYALTY_EVER       "ever"
#define LOYALTY_EVER_LEN   (sizeof(LOYALTY_EVER) - 1)


typedef struct {
    char     letter;
    int64_t  seconds;
} loyalty_unit_t;


/* Each of these returns where it has stopped reading, NULL on an error. */

static const char *loyalty_action_limit(const char *p, const char *last,
    loyalty_limit_t *limit);
static const char *loyalty_action_time(const char *p, const char *last,
    int64_t *seconds);
static const char *loyalty_action_number(const char *p, const char *last,
    int64_t *number);


/* A time such as "1d12h" has them in this order, each once. */

static const loyalty_unit_t  loyalty_units[] = {
    { 'y', 365 * 86400 },
    { 'M', 30 * 86400 },
    { 'w', 7 * 86400 },
    { 'd', 86400 },
    { 'h', 3600 },
    { 'm', 60 },
    { 's', 1 },
    { '\0', 0 }
};


int
loyalty_action_limits(loyalty_action_t *action, loyalty_str_t text)
{
    size_t            n;
    const char       *p, *last;
    loyalty_limit_t   limits[LOYALTY_ACTION_LIMITS];

    if (text.len == 0) {
        return LOYALTY_ERROR;
    }

    p = text.data;
    last = p + text.len;

    for (n = 0; n < LOYALTY_ACTION_LIMITS; n++) {
        p = loyalty_action_limit(p, last, &limits[n]);

        if (p == NULL) {
            return LOYALTY_ERROR;
        }

        if (p == last) {
            action->nlimits = n + 1;
            memcpy(action->limits, limits, (n + 1) * sizeof(loyalty_limit_t));

            return LOYALTY_OK;
        }

        if (*p++ != ',') {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_ERROR;
}


/* "3/7d": so many times in so much time, or "3/ever" */

static const char *
loyalty_action_limit(const char *p, const char *last, loyalty_limit_t *limit)
{
    p = loyalty_action_number(p, last, &limit->count);

    if (p == NULL || limit->count == 0 || p == last || *p++ != '/') {
        return NULL;
    }

    if ((size_t) (last - p) >= LOYALTY_EVER_LEN
        && memcmp(p, LOYALTY_EVER, LOYALTY_EVER_LEN) == 0)
    {
        limit->window = 0;
        return p + LOYALTY_EVER_LEN;
    }

    return loyalty_action_time(p, last, &limit->window);
}


static const char *
loyalty_action_time(const char *p, const char *last, int64_t *seconds)
{
    char                   letter;
    int64_t                value;
    const loyalty_unit_t  *unit;

    *seconds = 0;
    unit = loyalty_units;

    do {
        p = loyalty_action_number(p, last, &value);

        if (p == NULL) {
            return NULL;
        }

        /* a number alone counts seconds */

        letter = (p == last || *p == ',') ? 's' : *p++;

        while (unit->letter != '\0' && unit->letter != letter) {
            unit++;
        }

        if (unit->letter == '\0'
            || value > (LOYALTY_LIMIT_MAX - *seconds) / unit->seconds)
        {
            return NULL;
        }

        *seconds += value * unit->seconds;
        unit++;

    } while (p < last && *p != ',');

    /* a window of no time would mean "ever" */

    return (*seconds > 0) ? p : NULL;
}


static const char *
loyalty_action_number(const char *p, const char *last, int64_t *number)
{
    const char  *start;

    *number = 0;

    for (start = p; p < last && *p >= '0' && *p <= '9'; p++) {
        *number = *number * 10 + (*p - '0');

        if (*number > LOYALTY_LIMIT_MAX) {
            return NULL;
        }
    }

    return (p > start) ? p : NULL;
}
