
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_types.h>

#include <string.h>


int
loyalty_str_equal(loyalty_str_t a, loyalty_str_t b)
{
    if (a.len != b.len) {
        return 0;
    }

    /* memcmp() must not be given the NULL that an absent text may have */

    return a.len == 0 || memcmp(a.data, b.data, a.len) == 0;
}
