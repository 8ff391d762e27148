
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_time.h>

#include <string.h>


#define LOYALTY_DAY       86400

/* The first second of year 0 and the last one of year 9999. */

#define LOYALTY_TIME_MIN  INT64_C(-62167219200)
#define LOYALTY_TIME_MAX  INT64_C(253402300799)


static int loyalty_time_shaped(loyalty_str_t text, const char *shape);
static int loyalty_time_number(const char *p, int width);
static int loyalty_time_offset(const char *p);
static int64_t loyalty_time_within(int64_t when);
static int64_t loyalty_time_days(int64_t year, int month);
static char *loyalty_time_digits(char *p, int64_t value, int width);


/* How many days of a common year have passed when a month begins. */

static const int  loyalty_time_months[] = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
};


int
loyalty_time_parse(loyalty_str_t text, int64_t *when)
{
    int          year, month, day, hour, minute, second;
    int64_t      days;
    const char  *p;

    if (!loyalty_time_shaped(text, "0000-00-00T00:00:00Z")
        && !loyalty_time_shaped(text, "0000-00-00T00:00:00+00:00"))
    {
        return LOYALTY_ERROR;
    }

    p = text.data;

    year = loyalty_time_number(p, 4);
    month = loyalty_time_number(p + 5, 2);
    day = loyalty_time_number(p + 8, 2);
    hour = loyalty_time_number(p + 11, 2);
    minute = loyalty_time_number(p + 14, 2);
    second = loyalty_time_number(p + 17, 2);

    if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) {
        return LOYALTY_ERROR;
    }

    days = loyalty_time_days(year, month);

    if (day < 1 || day > loyalty_time_days(year, month + 1) - days) {
        return LOYALTY_ERROR;
    }

    days += day - 1;
    second += (hour * 60 + minute) * 60;

    if (text.len > LOYALTY_TIME_LEN) {
        p += LOYALTY_TIME_LEN - 1;

        if (loyalty_time_number(p + 1, 2) > 23
            || loyalty_time_number(p + 4, 2) > 59)
        {
            return LOYALTY_ERROR;
        }

        second -= loyalty_time_offset(p);
    }

    *when = LOYALTY_TIME_MIN + days * LOYALTY_DAY + second;

    return LOYALTY_OK;
}


static int
loyalty_time_shaped(loyalty_str_t text, const char *shape)
{
    char    c;
    size_t  i;

    if (text.len != strlen(shape)) {
        return 0;
    }

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (shape[i] == '0' && c >= '0' && c <= '9') {
            continue;
        }

        if (shape[i] != '0' && c == shape[i]) {
            continue;
        }

        if ((shape[i] == 'T' && c == 't') || (shape[i] == 'Z' && c == 'z')
            || (shape[i] == '+' && c == '-'))
        {
            continue;
        }

        return 0;
    }

    return 1;
}


static int
loyalty_time_number(const char *p, int width)
{
    int  value;

    value = 0;

    while (width-- > 0) {
        value = value * 10 + (*p++ - '0');
    }

    return value;
}


/* "+01:00": how many seconds the clocks there are ahead of UTC */

static int
loyalty_time_offset(const char *p)
{
    int  seconds;

    seconds = (loyalty_time_number(p + 1, 2) * 60
               + loyalty_time_number(p + 4, 2)) * 60;

    return (*p == '-') ? -seconds : seconds;
}


/*
 * gmtime_r() and timegm() are left aside: where time_t has 32 bits, they end
 * in 2038, and a coupon or a promotion does not.
 */

void
loyalty_time_write(int64_t when, char *text)
{
    int      month;
    int64_t  year, days, seconds;

    year = loyalty_time_year(when);

    when = loyalty_time_within(when) - LOYALTY_TIME_MIN;
    days = when / LOYALTY_DAY;
    seconds = when % LOYALTY_DAY;

    for (month = 12; loyalty_time_days(year, month) > days; month--) {
        /* void */
    }

    days -= loyalty_time_days(year, month);

    text = loyalty_time_digits(text, year, 4);
    *text++ = '-';
    text = loyalty_time_digits(text, month, 2);
    *text++ = '-';
    text = loyalty_time_digits(text, days + 1, 2);
    *text++ = 'T';
    text = loyalty_time_digits(text, seconds / 3600, 2);
    *text++ = ':';
    text = loyalty_time_digits(text, seconds / 60 % 60, 2);
    *text++ = ':';
    text = loyalty_time_digits(text, seconds % 60, 2);
    *text = 'Z';
}


int64_t
loyalty_time_year(int64_t when)
{
    int64_t  days, year;

    days = (loyalty_time_within(when) - LOYALTY_TIME_MIN) / LOYALTY_DAY;

    /* 400 years have 146097 days; the guess is wrong by one year at most */

    year = days * 400 / 146097;

    if (loyalty_time_days(year, 1) > days) {
        return year - 1;
    }

    if (loyalty_time_days(year + 1, 1) <= days) {
        return year + 1;
    }

    return year;
}


int64_t
loyalty_time_year_start(int64_t year)
{
    return LOYALTY_TIME_MIN + loyalty_time_days(year, 1) * LOYALTY_DAY;
}


static int64_t
loyalty_time_within(int64_t when)
{
    if (when < LOYALTY_TIME_MIN) {
        return LOYALTY_TIME_MIN;
    }

    return (when < LOYALTY_TIME_MAX) ? when : LOYALTY_TIME_MAX;
}


/*
 * The days from the start of year 0 to that of a month, 1 to 12, or 13 for
 * the next January.
 */

static int64_t
loyalty_time_days(int64_t year, int month)
{
    int      leap;
    int64_t  days;

    leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    /* the leap years before this one, year 0 was the first of them */

    days = year * 365 + (year + 3) / 4 - (year + 99) / 100
           + (year + 399) / 400;

    return days + loyalty_time_months[month - 1] + (month > 2 && leap);
}


static char *
loyalty_time_digits(char *p, int64_t value, int width)
{
    int  i;

    for (i = width - 1; i >= 0; i--) {
        p[i] = (char) ('0' + value % 10);
        value /= 10;
    }

    return p + width;
}
