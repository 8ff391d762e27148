
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_input.h>
#include <ngx_http_loyalty_param.h>
#include <ngx_http_loyalty_ref.h>
#include <ngx_http_loyalty_store.h>

#include <jansson.h>
#include <loyalty_email.h>
#include <loyalty_id.h>


/* Which of them a source of parameters has had already, by bit. */

typedef ngx_uint_t  ngx_http_loyalty_seen_t;


static ngx_int_t ngx_http_loyalty_params_read(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_form(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, u_char *p, u_char *last);
static ngx_int_t ngx_http_loyalty_params_pair(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_seen_t *seen, u_char *p,
    u_char *last);
static ngx_int_t ngx_http_loyalty_params_undecoded(
    ngx_http_loyalty_ctx_t *ctx, ngx_int_t rc);
static ngx_int_t ngx_http_loyalty_params_json(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_member(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *object,
    ngx_http_loyalty_input_t *param);
static ngx_int_t ngx_http_loyalty_params_check(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_store(ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_email(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


ngx_int_t
ngx_http_loyalty_params(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_loyalty_input_t  *param;

    rc = ngx_http_loyalty_params_read(r, ctx);

    ctx->signed_link = (ctx->proof.sig.len != 0);

    if (rc == NGX_OK) {
        rc = ngx_http_loyalty_ref_param(r, ctx);
    }

    if (loyalty_id_valid(ctx->command.order)) {
        ctx->proof.order = ctx->command.order;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_loyalty_params_check(r, ctx);
    }

    /* whoever answers now, it is in the language that was asked for */

    ctx->command.result.locale = loyalty_locale_of(ctx->command.locale);

    if (rc != NGX_OK) {

        /* line ends that nobody has refused yet must not get into variables */

        for (param = ngx_http_loyalty_known_params;
             param->name.len != 0;
             param++)
        {
            ngx_http_loyalty_params_field(ctx, param)->len = 0;
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_loyalty_params_read(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_loyalty_params_form(r, ctx, r->args.data,
                                      r->args.data + r->args.len);

    if (rc != NGX_OK || ctx->body_len == 0) {
        return rc;
    }

    if (ngx_http_loyalty_body_is_json(r)) {
        return ngx_http_loyalty_params_json(r, ctx);
    }

    return ngx_http_loyalty_params_form(r, ctx, ctx->body,
                                        ctx->body + ctx->body_len);
}


/* "name=value" pairs of a query string or of a form */

static ngx_int_t
ngx_http_loyalty_params_form(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, u_char *p, u_char *last)
{
    u_char                   *end;
    ngx_int_t                 rc;
    ngx_http_loyalty_seen_t   seen;

    for (seen = 0; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, '&');

        if (end == NULL) {
            end = last;
        }

        rc = ngx_http_loyalty_params_pair(r, ctx, &seen, p, end);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_pair(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_seen_t *seen, u_char *p,
    u_char *last)
{
    u_char      *equal;
    ngx_int_t    rc, i;
    ngx_str_t    name, value;

    equal = ngx_strlchr(p, last, '=');

    if (equal == NULL) {
        return NGX_OK;
    }

    rc = ngx_http_loyalty_unescape(r, p, equal, &name);

    if (rc != NGX_OK) {
        return ngx_http_loyalty_params_undecoded(ctx, rc);
    }

    i = ngx_http_loyalty_params_find(&name);

    if (i == NGX_DECLINED
        || !ngx_http_loyalty_params_takes(ctx,
                                          &ngx_http_loyalty_known_params[i]))
    {
        return NGX_OK;
    }

    if (*seen & ((ngx_uint_t) 1 << i)) {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "A parameter is there twice: send each "
                                    "one once.");
    }

    *seen |= (ngx_uint_t) 1 << i;

    rc = ngx_http_loyalty_unescape(r, equal + 1, last, &value);

    if (rc != NGX_OK) {
        return ngx_http_loyalty_params_undecoded(ctx, rc);
    }

    ngx_http_loyalty_params_set(ctx, &ngx_http_loyalty_known_params[i],
                                &value);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_undecoded(ngx_http_loyalty_ctx_t *ctx, ngx_int_t rc)
{
    if (rc != NGX_DECLINED) {
        return rc;
    }

    return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                "A parameter has a \"%\" without two "
                                "hexadecimal digits behind it: encode values "
                                "as in a URL.");
}


static ngx_int_t
ngx_http_loyalty_params_json(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    json_t                    *object;
    ngx_int_t                  rc;
    json_error_t               error;
    ngx_http_loyalty_input_t  *param;

    /* a NUL in a text is for the checks of that text to refuse */

    object = json_loadb((char *) ctx->body, ctx->body_len,
                        JSON_REJECT_DUPLICATES|JSON_ALLOW_NUL, &error);

    if (!json_is_object(object)) {
        json_decref(object);

        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "The body is not one JSON object with "
                                    "each name once.");
    }

    rc = NGX_OK;

    for (param = ngx_http_loyalty_known_params;
         param->name.len != 0 && rc == NGX_OK;
         param++)
    {
        rc = ngx_http_loyalty_params_member(r, ctx, object, param);
    }

    json_decref(object);

    return rc;
}


static ngx_int_t
ngx_http_loyalty_params_member(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *object,
    ngx_http_loyalty_input_t *param)
{
    json_t     *member;
    ngx_str_t   value;

    member = json_object_get(object, (char *) param->name.data);

    if (member == NULL || json_is_null(member)
        || !ngx_http_loyalty_params_takes(ctx, param))
    {
        return NGX_OK;
    }

    if (json_is_string(member)) {
        value.len = json_string_length(member);
        value.data = ngx_pnalloc(r->pool, value.len + 1);

        if (value.data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(value.data, json_string_value(member), value.len);

    } else if (param->integer && json_is_integer(member)
               && json_integer_value(member) >= 0)
    {
        value.data = ngx_pnalloc(r->pool, NGX_INT64_LEN);

        if (value.data == NULL) {
            return NGX_ERROR;
        }

        value.len = ngx_sprintf(value.data, "%L",
                                (int64_t) json_integer_value(member))
                    - value.data;

    } else {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "A member of the JSON object is not a "
                                    "string.");
    }

    ngx_http_loyalty_params_set(ctx, param, &value);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_check(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    ngx_uint_t                    may;
    ngx_http_loyalty_input_t     *param;
    ngx_http_loyalty_endpoint_t  *endpoint;

    endpoint = ctx->conf->endpoint;

    may = endpoint->needs|endpoint->takes;

    for (param = ngx_http_loyalty_known_params;
         param->name.len != 0;
         param++)
    {
        if (!(may & param->bit)) {
            ngx_http_loyalty_params_field(ctx, param)->len = 0;
        }
    }

    if ((may & NGX_HTTP_LOYALTY_EMAIL)
        && (ctx->command.email.len != 0
            || ((endpoint->needs & NGX_HTTP_LOYALTY_EMAIL)
                && ctx->session.len == 0))
        && ngx_http_loyalty_params_email(r, ctx) != NGX_OK)
    {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_EMAIL, NULL);
    }

    for (param = ngx_http_loyalty_known_params;
         param->name.len != 0;
         param++)
    {
        if (ngx_http_loyalty_params_valid(ctx, param) != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    ctx->proof.store = ctx->command.store;

    /* of an order it must be known, of a coupon it may */

    if ((may & NGX_HTTP_LOYALTY_STORE)
        && (ctx->command.store.len != 0
            || (endpoint->needs & NGX_HTTP_LOYALTY_ORDER))
        && ngx_http_loyalty_params_store(ctx) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_loyalty_idempotency_key(r, &ctx->command.idempotency_key)
        != NGX_OK)
    {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "Idempotency-Key comes once, and takes 1 "
                                    "to 128 printable ASCII characters.");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_store(ngx_http_loyalty_ctx_t *ctx)
{
    if (ngx_http_loyalty_store_choose(ctx) == NGX_OK) {
        return NGX_OK;
    }

    return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                (ctx->command.store.len != 0)
                                ? "The parameter \"store\" is not a store "
                                  "of this program."
                                : "This program has several stores: the "
                                  "parameter \"store\" must say which one "
                                  "the order is from.");
}


static ngx_int_t
ngx_http_loyalty_params_email(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    size_t          len;
    char           *email;
    loyalty_str_t  *raw;

    raw = &ctx->command.email;

    email = ngx_pnalloc(r->pool, LOYALTY_EMAIL_MAX);

    if (email == NULL || raw->len > LOYALTY_EMAIL_MAX
        || loyalty_email_normalize(*raw, email, &len) != LOYALTY_OK)
    {
        raw->len = 0;
        return NGX_ERROR;
    }

    raw->data = email;
    raw->len = len;

    /* for variables and answers, whoever gives them */

    ctx->command.result.email = *raw;

    return NGX_OK;
}
