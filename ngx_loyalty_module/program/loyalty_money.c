
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_money.h>

#include <string.h>


int
loyalty_money_parse(loyalty_str_t text, int exponent, int64_t *minor)
{
    char     c;
    int      point, digits;
    size_t   i;
    int64_t  value;

    point = 0;
    digits = 0;
    value = 0;

    /* "exponent" counts down to the places still to come */

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c == '.') {
            if (point || i == 0 || i + 1 == text.len) {
                return LOYALTY_ERROR;
            }

            point = 1;
            continue;
        }

        if (c < '0' || c > '9' || ++digits > LOYALTY_MONEY_DIGITS) {
            return LOYALTY_ERROR;
        }

        if (point && exponent-- <= 0) {
            if (c != '0') {
                return LOYALTY_ERROR;
            }

            continue;
        }

        value = value * 10 + (c - '0');
    }

    if (digits == 0) {
        return LOYALTY_ERROR;
    }

    return loyalty_money_scale(value, exponent, minor);
}


int
loyalty_money_scale(int64_t major, int exponent, int64_t *minor)
{
    if (major < 0) {
        return LOYALTY_ERROR;
    }

    while (exponent-- > 0) {
        if (major > INT64_MAX / 10) {
            return LOYALTY_ERROR;
        }

        major *= 10;
    }

    *minor = major;

    return LOYALTY_OK;
}


size_t
loyalty_money_write(int64_t minor, int exponent, char *text)
{
    char    *p, digits[LOYALTY_MONEY_SIZE];
    size_t   len;

    p = digits + LOYALTY_MONEY_SIZE;

    /* from the end, down to one digit before the point */

    do {
        *--p = (char) ('0' + minor % 10);
        minor /= 10;

        if (--exponent == 0) {
            *--p = '.';
        }

    } while (minor != 0 || exponent >= 0);

    len = (size_t) (digits + LOYALTY_MONEY_SIZE - p);

    memcpy(text, p, len);

    return len;
}
