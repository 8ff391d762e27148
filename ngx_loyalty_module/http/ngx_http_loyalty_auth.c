
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_cookie.h>
#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_input.h>


static void ngx_http_loyalty_authorize_session(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static loyalty_outcome_e ngx_http_loyalty_authorize_key(
    ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx, ngx_str_t *key);
static ngx_int_t ngx_http_loyalty_bearer(ngx_http_request_t *r,
    ngx_str_t *key);
static ngx_http_loyalty_key_t *ngx_http_loyalty_key_find(
    ngx_http_loyalty_program_t *program, ngx_str_t *key);
static ngx_uint_t ngx_http_loyalty_key_equal(ngx_str_t *expected,
    ngx_str_t *given);
static ngx_uint_t ngx_http_loyalty_key_elsewhere(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, ngx_str_t *key);


loyalty_outcome_e
ngx_http_loyalty_authorize(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_str_t   key;
    ngx_uint_t  auth;

    auth = ctx->conf->auth;

    ctx->by_link = ((auth & NGX_HTTP_LOYALTY_AUTH_LINK)
                    && ctx->conf->endpoint->purpose.len != 0);

    if (ctx->command.kind == LOYALTY_COMMAND_CLAIM
        && r->method != NGX_HTTP_POST)
    {
        /* what a browser may do by itself takes more than an open door */

        return LOYALTY_NO_FAULT;
    }

    ctx->open = ((auth & NGX_HTTP_LOYALTY_AUTH_OFF) != 0);

    if ((auth & NGX_HTTP_LOYALTY_AUTH_KEY)
        && ngx_http_loyalty_bearer(r, &key) == NGX_OK)
    {
        ctx->by_link = 0;

        return ngx_http_loyalty_authorize_key(r, ctx, &key);
    }

    if (auth & NGX_HTTP_LOYALTY_AUTH_LINK) {
        ngx_http_loyalty_authorize_session(r, ctx);
    }

    return (ctx->open || ctx->by_link || ctx->session.len != 0)
           ? LOYALTY_NO_FAULT : LOYALTY_UNAUTHORIZED;
}


static void
ngx_http_loyalty_authorize_session(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_str_t  member;

    ctx->safe = ngx_http_loyalty_cookie_safe(r,
                                             ngx_http_loyalty_body_is_json(r));

    if (ctx->conf->endpoint->session && ctx->safe
        && ngx_http_loyalty_cookie(r, ctx->conf->program, &member) == NGX_OK)
    {
        ctx->session = member;
    }
}


static loyalty_outcome_e
ngx_http_loyalty_authorize_key(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_str_t *key)
{
    ngx_http_loyalty_key_t  *found;

    found = ngx_http_loyalty_key_find(ctx->conf->program, key);

    if (found != NULL) {
        ctx->command.caller = ngx_http_loyalty_text(&found->name);
        return LOYALTY_NO_FAULT;
    }

    return ngx_http_loyalty_key_elsewhere(r, ctx->conf->program, key)
           ? LOYALTY_FORBIDDEN : LOYALTY_UNAUTHORIZED;
}


static ngx_int_t
ngx_http_loyalty_bearer(ngx_http_request_t *r, ngx_str_t *key)
{
    u_char      *p, *last;
    ngx_str_t   *value;

    if (r->headers_in.authorization == NULL) {
        return NGX_DECLINED;
    }

    value = &r->headers_in.authorization->value;

    if (value->len < sizeof("Bearer ") - 1
        || ngx_strncasecmp(value->data, (u_char *) "Bearer ",
                           sizeof("Bearer ") - 1)
           != 0)
    {
        return NGX_DECLINED;
    }

    p = value->data + sizeof("Bearer ") - 1;
    last = value->data + value->len;

    while (p < last && *p == ' ') {
        p++;
    }

    key->data = p;
    key->len = last - p;

    return NGX_OK;
}


/* All keys are compared, so that the time does not tell which one fits. */

static ngx_http_loyalty_key_t *
ngx_http_loyalty_key_find(ngx_http_loyalty_program_t *program, ngx_str_t *key)
{
    ngx_uint_t               i;
    ngx_http_loyalty_key_t  *keys, *found;

    keys = program->keys.elts;
    found = NULL;

    for (i = 0; i < program->keys.nelts; i++) {

        if (ngx_http_loyalty_key_equal(&keys[i].key, key)) {
            found = &keys[i];
        }
    }

    return found;
}


/*
 * Takes as long as what was given is long, whatever is expected and however
 * much of it is right.
 */

static ngx_uint_t
ngx_http_loyalty_key_equal(ngx_str_t *expected, ngx_str_t *given)
{
    size_t            i, n;
    volatile u_char   differ;

    n = expected->len;
    differ = (n != given->len);

    for (i = 0; i < given->len; i++) {
        differ |= expected->data[i % n] ^ given->data[i];
    }

    return !differ;
}


static ngx_uint_t
ngx_http_loyalty_key_elsewhere(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, ngx_str_t *key)
{
    ngx_uint_t                      i, found;
    ngx_http_loyalty_program_t    **programs;
    ngx_http_loyalty_main_conf_t   *lmcf;

    lmcf = ngx_http_get_module_main_conf(r, ngx_http_loyalty_module);

    programs = lmcf->programs.elts;
    found = 0;

    for (i = 0; i < lmcf->programs.nelts; i++) {

        if (programs[i] != program
            && ngx_http_loyalty_key_find(programs[i], key) != NULL)
        {
            found = 1;
        }
    }

    return found;
}
