
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_flow.h>
#include <ngx_http_loyalty_handler.h>
#include <ngx_http_loyalty_input.h>
#include <ngx_http_loyalty_response.h>
#include <ngx_http_loyalty_session.h>


static ngx_int_t ngx_http_loyalty_options(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_add_allow(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_process(ngx_http_request_t *r);
static void ngx_http_loyalty_proceed(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


ngx_int_t
ngx_http_loyalty_handler(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    loyalty_outcome_e             outcome;
    ngx_http_loyalty_ctx_t       *ctx;
    ngx_http_loyalty_endpoint_t  *endpoint;

    if (r != r->main) {

        /* a thread may only be waited for by a main request */

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "loyalty locations do not serve subrequests");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = ngx_http_loyalty_create_ctx(r);

    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    endpoint = ctx->conf->endpoint;

    if (r->method == NGX_HTTP_OPTIONS) {
        return ngx_http_loyalty_options(r, ctx);
    }

    if (!(r->method & endpoint->methods)) {

        if (ngx_http_loyalty_add_allow(r, ctx) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_loyalty_refuse(r, ctx, LOYALTY_METHOD_NOT_ALLOWED);
    }

    outcome = ngx_http_loyalty_authorize(r, ctx);

    if (outcome != LOYALTY_NO_FAULT) {
        return ngx_http_loyalty_refuse(r, ctx, outcome);
    }

    if (endpoint->serve != NULL) {
        rc = ngx_http_discard_request_body(r);

        return (rc == NGX_OK) ? endpoint->serve(r, ctx) : rc;
    }

    if (r->method == NGX_HTTP_POST) {

        if (endpoint->kind != LOYALTY_COMMAND_ORDER_EVENT
            && ngx_http_loyalty_body_type_known(r) != NGX_OK)
        {
            return ngx_http_loyalty_refuse(r, ctx,
                                           LOYALTY_UNSUPPORTED_MEDIA_TYPE);
        }

        rc = ngx_http_loyalty_read_body(r, ngx_http_loyalty_process);

        return (rc >= NGX_HTTP_SPECIAL_RESPONSE) ? rc : NGX_DONE;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    r->main->count++;
    ngx_http_loyalty_process(r);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_loyalty_options(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_loyalty_add_allow(r, ctx) != NGX_OK
        || ngx_http_loyalty_add_no_store(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


static ngx_int_t
ngx_http_loyalty_add_allow(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    return ngx_http_loyalty_add_header(r, "Allow",
                                       &ctx->conf->endpoint->allow);
}


/*
 * The request with its body is here.  Whoever read or discarded that has
 * counted the request once more: from here on it is finalized once.
 */

static void
ngx_http_loyalty_process(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    r->write_event_handler = ngx_http_loyalty_wait;

    if (ctx->command.kind == LOYALTY_COMMAND_ORDER_EVENT) {
        rc = ngx_http_loyalty_webhook(r, ctx);

    } else {
        rc = ngx_http_loyalty_format_request(r, ctx);

        if (rc == NGX_OK) {
            rc = ngx_http_loyalty_params(r, ctx);
        }
    }

    switch (rc) {

    case NGX_OK:
        ngx_http_loyalty_proceed(r, ctx);
        return;

    case NGX_DECLINED:

        if (ctx->by_link && !ctx->open && !ctx->signed_link
            && ctx->session.len == 0)
        {

            /* who may not come in learns nothing */

            ctx->command.result.outcome = LOYALTY_UNAUTHORIZED;
            ctx->command.result.detail = NULL;
        }

        ngx_http_loyalty_fault(r, ctx->command.result.outcome);
        return;

    default:
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }
}


static void
ngx_http_loyalty_proceed(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_outcome_e  outcome;

    if (ctx->session.len != 0 && !ctx->signed_link
        && (!ctx->open || ctx->command.email.len == 0))
    {
        ngx_http_loyalty_recognize(r, ctx);
        return;
    }

    outcome = ngx_http_loyalty_prove(ctx);

    if (outcome != LOYALTY_NO_FAULT) {
        ngx_http_loyalty_fault(r, outcome);
        return;
    }

    /* where shoppers have links, an open location is open to anybody */

    ctx->command.discreet = (ctx->open && ctx->command.caller.len == 0
                             && ctx->conf->program->link_secrets.nsecrets
                                != 0);

    ngx_http_loyalty_run(r, ctx);
}
