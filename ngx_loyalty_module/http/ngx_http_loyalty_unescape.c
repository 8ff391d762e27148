
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_input.h>


ngx_int_t
ngx_http_loyalty_unescape(ngx_http_request_t *r, u_char *p, u_char *last,
    ngx_str_t *out)
{
    u_char     *d;
    ngx_int_t   n;

    if (ngx_strlchr(p, last, '%') == NULL
        && ngx_strlchr(p, last, '+') == NULL)
    {
        out->data = p;
        out->len = last - p;
        return NGX_OK;
    }

    out->data = ngx_pnalloc(r->pool, last - p + 1);
    if (out->data == NULL) {
        return NGX_ERROR;
    }

    d = out->data;

    for ( /* void */ ; p < last; p++) {

        if (*p == '+') {
            *d++ = ' ';
            continue;
        }

        if (*p != '%') {
            *d++ = *p;
            continue;
        }

        n = (last - p > 2) ? ngx_hextoi(p + 1, 2) : NGX_ERROR;

        if (n == NGX_ERROR) {
            return NGX_DECLINED;
        }

        *d++ = (u_char) n;
        p += 2;
    }

    out->len = d - out->data;

    return NGX_OK;
}
