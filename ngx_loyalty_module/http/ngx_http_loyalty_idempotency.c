
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_input.h>


static ngx_table_elt_t *ngx_http_loyalty_idempotency_header(
    ngx_http_request_t *r);


ngx_int_t
ngx_http_loyalty_idempotency_key(ngx_http_request_t *r, loyalty_str_t *key)
{
    size_t            i;
    ngx_str_t        *value;
    ngx_table_elt_t  *h;

    /* other methods change nothing: there is nothing to be repeated */

    if (r->method != NGX_HTTP_POST) {
        return NGX_OK;
    }

    h = ngx_http_loyalty_idempotency_header(r);

    if (h == NULL) {
        return NGX_OK;
    }

    value = &h->value;

    if (value->len == 0 || value->len > LOYALTY_IDEMPOTENCY_KEY_MAX) {
        return NGX_DECLINED;
    }

    for (i = 0; i < value->len; i++) {

        if (value->data[i] < ' ' || value->data[i] > '~') {
            return NGX_DECLINED;
        }
    }

    *key = ngx_http_loyalty_text(value);

    return NGX_OK;
}


static ngx_table_elt_t *
ngx_http_loyalty_idempotency_header(ngx_http_request_t *r)
{
    ngx_str_t         name;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    static const loyalty_str_t  wanted = loyalty_string("idempotency-key");

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            name.len = h[i].key.len;
            name.data = h[i].lowcase_key;

            if (loyalty_str_equal(ngx_http_loyalty_text(&name), wanted)) {
                return &h[i];
            }
        }
    }

    return NULL;
}
