
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_headers.h>
#include <ngx_http_loyalty_input.h>


ngx_int_t
ngx_http_loyalty_idempotency_key(ngx_http_request_t *r, loyalty_str_t *key)
{
    size_t                      i;
    loyalty_str_t               value;
    static const loyalty_str_t  name = loyalty_string("idempotency-key");

    /* other methods change nothing: there is nothing to be repeated */

    if (r->method != NGX_HTTP_POST) {
        return NGX_OK;
    }

    switch (ngx_http_loyalty_header(r, name, 0, &value)) {

    case 0:
        return NGX_OK;

    case 1:
        break;

    default:

        /* nobody knows by which of them it will be repeated */

        return NGX_DECLINED;
    }

    if (value.len == 0 || value.len > LOYALTY_IDEMPOTENCY_KEY_MAX) {
        return NGX_DECLINED;
    }

    for (i = 0; i < value.len; i++) {

        if (value.data[i] < ' ' || value.data[i] > '~') {
            return NGX_DECLINED;
        }
    }

    *key = value;

    return NGX_OK;
}
