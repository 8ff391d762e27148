
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_headers.h>
#include <ngx_http_loyalty_page.h>

#include <loyalty_accept.h>


/* Every byte of a value may need three. */

#define NGX_HTTP_LOYALTY_PAGE_LEN                                             \
    (sizeof("/?result=&order=&store=&earned=")                                \
     + 3 * (3 * LOYALTY_ID_MAX) + NGX_INT64_LEN)


static u_char *ngx_http_loyalty_page_param(u_char *start, u_char *p,
    char *name, loyalty_str_t value);


ngx_uint_t
ngx_http_loyalty_page_wanted(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_str_t               accept;
    static const loyalty_str_t  name = loyalty_string("accept");

    return ctx->command.kind == LOYALTY_COMMAND_CLAIM
           && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
           && ctx->conf->program->site.len != 0
           && ngx_http_loyalty_header(r, name, 0, &accept) == 1
           && loyalty_accept_page(accept);
}


ngx_int_t
ngx_http_loyalty_page_url(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx,
    ngx_str_t *url)
{
    u_char            *p, *start;
    char               number[NGX_INT64_LEN];
    ngx_str_t         *site;
    loyalty_str_t      code, store, earned;
    loyalty_result_t  *result = &ctx->command.result;

    site = &ctx->conf->program->site;

    url->data = ngx_pnalloc(r->pool, site->len + NGX_HTTP_LOYALTY_PAGE_LEN);
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    code = loyalty_outcome_code(result->outcome);
    store = ctx->proof.store;

    if (result->outcome == LOYALTY_UNAUTHORIZED
        || result->outcome == LOYALTY_BAD_LINK)
    {
        /* as if somebody had typed it: the page asks for the e-mail */

        code.len = 0;
    }

    if (ctx->command.order.len == 0) {

        /* bad parameters: it may be anything */

        store.len = 0;
    }

    earned.data = number;
    earned.len = 0;

    if (result->earned != 0) {
        earned.len = ngx_sprintf((u_char *) number, "%L",
                                 (int64_t) result->earned)
                     - (u_char *) number;
    }

    start = ngx_cpymem(url->data, site->data, site->len);
    *start++ = '/';

    p = ngx_http_loyalty_page_param(start, start, "result=", code);
    p = ngx_http_loyalty_page_param(start, p, "order=", ctx->proof.order);
    p = ngx_http_loyalty_page_param(start, p, "store=", store);
    p = ngx_http_loyalty_page_param(start, p, "earned=", earned);

    url->len = p - url->data;

    return NGX_OK;
}


static u_char *
ngx_http_loyalty_page_param(u_char *start, u_char *p, char *name,
    loyalty_str_t value)
{
    if (value.len == 0) {
        return p;
    }

    *p = (p == start) ? '?' : '&';
    p = ngx_cpymem(p + 1, name, ngx_strlen(name));

    return (u_char *) ngx_escape_uri(p, (u_char *) value.data, value.len,
                                     NGX_ESCAPE_URI_COMPONENT);
}
