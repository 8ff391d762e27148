
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_id.h>


int
loyalty_id_valid(loyalty_str_t id)
{
    char                        c;
    size_t                      i;
    static const loyalty_str_t  dot = loyalty_string(".");
    static const loyalty_str_t  dot_dot = loyalty_string("..");

    if (id.len == 0 || id.len > LOYALTY_ID_MAX) {
        return 0;
    }

    for (i = 0; i < id.len; i++) {
        c = id.data[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
            || (c >= 'a' && c <= 'z')
            || c == '.' || c == '_' || c == '#' || c == '-')
        {
            continue;
        }

        return 0;
    }

    /* in the store's path these would lead somewhere else */

    return !loyalty_str_equal(id, dot) && !loyalty_str_equal(id, dot_dot);
}
