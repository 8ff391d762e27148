
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_types.h>

#include <string.h>


static int loyalty_str_space(char c);


int
loyalty_str_equal(loyalty_str_t a, loyalty_str_t b)
{
    if (a.len != b.len) {
        return 0;
    }

    /* memcmp() must not be given the NULL that an absent text may have */

    return a.len == 0 || memcmp(a.data, b.data, a.len) == 0;
}


int
loyalty_str_compare(loyalty_str_t a, loyalty_str_t b)
{
    int     order;
    size_t  len;

    len = (a.len < b.len) ? a.len : b.len;

    order = (len != 0) ? memcmp(a.data, b.data, len) : 0;

    return (order != 0) ? order : (a.len > b.len) - (a.len < b.len);
}


loyalty_str_t
loyalty_str_trim(loyalty_str_t text)
{
    while (text.len > 0 && loyalty_str_space(text.data[0])) {
        text.data++;
        text.len--;
    }

    while (text.len > 0 && loyalty_str_space(text.data[text.len - 1])) {
        text.len--;
    }

    return text;
}


static int
loyalty_str_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
