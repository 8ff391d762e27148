
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_input.h>

#include <jansson.h>
#include <loyalty_dialogflow.h>


static ngx_int_t ngx_http_loyalty_format_form(ngx_http_loyalty_ctx_t *ctx,
    u_char *p, u_char *last);
static ngx_int_t ngx_http_loyalty_format_json(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_format_take(ngx_http_loyalty_ctx_t *ctx,
    loyalty_str_t name);
static ngx_int_t ngx_http_loyalty_format_unwrap(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *body);
static ngx_int_t ngx_http_loyalty_format_session(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *body);
static ngx_int_t ngx_http_loyalty_format_body(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *parameters);


ngx_int_t
ngx_http_loyalty_format_request(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_loyalty_format_form(ctx, r->args.data,
                                      r->args.data + r->args.len);

    if (rc != NGX_OK || ctx->body_len == 0) {
        return rc;
    }

    if (ngx_http_loyalty_body_is_json(r)) {
        return ngx_http_loyalty_format_json(r, ctx);
    }

    return ngx_http_loyalty_format_form(ctx, ctx->body,
                                        ctx->body + ctx->body_len);
}


/* The names of formats have nothing to decode. */

static ngx_int_t
ngx_http_loyalty_format_form(ngx_http_loyalty_ctx_t *ctx, u_char *p,
    u_char *last)
{
    u_char         *end;
    loyalty_str_t   name;

    static const loyalty_str_t  wanted = loyalty_string("format=");

    if (!ctx->conf->format_asked) {
        return NGX_OK;
    }

    for ( /* void */ ; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, '&');

        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) >= wanted.len
            && ngx_memcmp(p, wanted.data, wanted.len) == 0)
        {
            name.data = (char *) p + wanted.len;
            name.len = end - p - wanted.len;

            return ngx_http_loyalty_format_take(ctx, name);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_format_json(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    json_t         *body, *format;
    ngx_int_t       rc;
    loyalty_str_t   name;

    if (!ctx->conf->format_asked
        && ctx->command.format != LOYALTY_FORMAT_DIALOGFLOW_ES
        && ctx->command.format != LOYALTY_FORMAT_DIALOGFLOW_CX)
    {
        return NGX_OK;
    }

    body = json_loadb((char *) ctx->body, ctx->body_len,
                      JSON_REJECT_DUPLICATES|JSON_ALLOW_NUL, NULL);

    if (!json_is_object(body)) {

        /* whoever reads the parameters says so */

        json_decref(body);
        return NGX_OK;
    }

    rc = NGX_OK;
    format = json_object_get(body, "format");

    if (ctx->conf->format_asked && format != NULL && !json_is_null(format)) {
        name.data = json_string_value(format);
        name.len = json_string_length(format);

        rc = ngx_http_loyalty_format_take(ctx, name);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_loyalty_format_unwrap(r, ctx, body);
    }

    json_decref(body);

    return rc;
}


static ngx_int_t
ngx_http_loyalty_format_take(ngx_http_loyalty_ctx_t *ctx, loyalty_str_t name)
{
    loyalty_format_e  format;

    format = loyalty_format_find(name);

    if (format != LOYALTY_FORMATS) {
        ctx->command.format = format;
        return NGX_OK;
    }

    ctx->command.result.outcome = LOYALTY_BAD_REQUEST;
    ctx->command.result.detail = "\"format\" takes json, manychat, "
                                 "manychat-instagram, manychat-whatsapp, "
                                 "manychat-telegram, chatfuel, dialogflow-es "
                                 "or dialogflow-cx.";

    return NGX_DECLINED;
}


/* Dialogflow wraps its parameters: what is inside takes the body's place. */

static ngx_int_t
ngx_http_loyalty_format_unwrap(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *body)
{
    json_t                *parameters;
    ngx_int_t              rc;
    loyalty_dialogflow_e   edition;

    switch (ctx->command.format) {

    case LOYALTY_FORMAT_DIALOGFLOW_ES:
        edition = LOYALTY_DIALOGFLOW_ES;

        if (ngx_http_loyalty_format_session(r, ctx, body) != NGX_OK) {
            return NGX_ERROR;
        }

        break;

    case LOYALTY_FORMAT_DIALOGFLOW_CX:
        edition = LOYALTY_DIALOGFLOW_CX;
        break;

    default:
        return NGX_OK;
    }

    parameters = loyalty_dialogflow_parameters(body, edition);

    if (parameters == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_loyalty_format_body(r, ctx, parameters);

    json_decref(parameters);

    return rc;
}


/* ES gives what is to be remembered its name by the session. */

static ngx_int_t
ngx_http_loyalty_format_session(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *body)
{
    u_char         *p;
    loyalty_str_t   session;

    session = loyalty_dialogflow_session(body);

    if (session.len == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, session.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, session.data, session.len);

    session.data = (char *) p;

    ctx->command.session = session;
    ctx->command.result.session = session;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_format_body(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *parameters)
{
    size_t   len;
    u_char  *p;

    len = json_dumpb(parameters, NULL, 0, JSON_COMPACT);

    if (len == 0) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->body = p;
    ctx->body_len = json_dumpb(parameters, (char *) p, len, JSON_COMPACT);
    ctx->body_size = len;

    return NGX_OK;
}
