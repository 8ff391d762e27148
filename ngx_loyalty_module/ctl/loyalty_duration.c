
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_duration.h>

#include <stdlib.h>
#include <string.h>


#define LOYALTY_DURATION_DIGITS  9


int
loyalty_duration_parse(const char *text, int64_t *seconds)
{
    size_t                digits, i;
    static const char     units[] = "smhdwy";
    static const int64_t  lasts[] = {
        1, 60, 3600, 86400, 7 * 86400, 365 * 86400
    };

    digits = strspn(text, "0123456789");

    if (digits == 0 || digits > LOYALTY_DURATION_DIGITS
        || text[digits] == '\0' || text[digits + 1] != '\0')
    {
        return LOYALTY_ERROR;
    }

    for (i = 0; units[i] != '\0'; i++) {

        if (text[digits] == units[i]) {
            *seconds = strtoll(text, NULL, 10) * lasts[i];
            return LOYALTY_OK;
        }
    }

    return LOYALTY_ERROR;
}
