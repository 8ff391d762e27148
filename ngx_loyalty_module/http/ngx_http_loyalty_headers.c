
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_headers.h>


ngx_uint_t
ngx_http_loyalty_header(ngx_http_request_t *r, loyalty_str_t name,
    ngx_uint_t n, loyalty_str_t *value)
{
    ngx_str_t         key;
    ngx_uint_t        i, found;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    found = 0;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            key.len = h[i].key.len;
            key.data = h[i].lowcase_key;

            if (!loyalty_str_equal(ngx_http_loyalty_text(&key), name)) {
                continue;
            }

            if (found++ == n) {
                *value = ngx_http_loyalty_text(&h[i].value);
            }
        }
    }

    return found;
}
