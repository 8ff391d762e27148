
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_accept.h>

#include <string.h>
#include <strings.h>


static loyalty_str_t loyalty_accept_part(loyalty_str_t *text, char end);
static int loyalty_accept_quality(loyalty_str_t params);


int
loyalty_accept_page(loyalty_str_t accept)
{
    int                         page, json;
    loyalty_str_t               range, type;
    static const loyalty_str_t  html = loyalty_string("text/html");
    static const loyalty_str_t  flat = loyalty_string("application/json");

    page = json = 0;

    while (accept.len != 0) {
        range = loyalty_accept_part(&accept, ',');
        type = loyalty_accept_part(&range, ';');

        if (type.len == html.len
            && strncasecmp(type.data, html.data, html.len) == 0)
        {
            page = loyalty_accept_quality(range);

        } else if (type.len == flat.len
                   && strncasecmp(type.data, flat.data, flat.len) == 0)
        {
            json = loyalty_accept_quality(range);
        }
    }

    return page > json;
}


/* Takes what is before "end" off the text, without the blanks around it. */

static loyalty_str_t
loyalty_accept_part(loyalty_str_t *text, char end)
{
    const char     *p;
    loyalty_str_t   part;

    part = *text;
    text->len = 0;

    p = (part.len != 0) ? memchr(part.data, end, part.len) : NULL;

    if (p != NULL) {
        text->data = p + 1;
        text->len = (size_t) (part.data + part.len - text->data);
        part.len = (size_t) (p - part.data);
    }

    return loyalty_str_trim(part);
}


/* In thousandths; a quality that is none counts as the best. */

static int
loyalty_accept_quality(loyalty_str_t params)
{
    int            quality, weight;
    size_t         i;
    loyalty_str_t  param;

    while (params.len != 0) {
        param = loyalty_accept_part(&params, ';');

        if (param.len < 3 || strncasecmp(param.data, "q=", 2) != 0
            || param.data[2] != '0')
        {
            continue;
        }

        quality = 0;
        weight = 100;

        for (i = 4; i < param.len; i++) {

            if (param.data[i] < '0' || param.data[i] > '9') {
                break;
            }

            quality += (param.data[i] - '0') * weight;
            weight /= 10;
        }

        return quality;
    }

    return 1000;
}
