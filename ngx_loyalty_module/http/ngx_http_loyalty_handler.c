
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_module.h>


static ngx_int_t ngx_http_loyalty_options(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_add_allow(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_process(ngx_http_request_t *r);
static void ngx_http_loyalty_cleanup(void *data);


#define NGX_HTTP_LOYALTY_READ   (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST)
#define NGX_HTTP_LOYALTY_WRITE  NGX_HTTP_POST


ngx_http_loyalty_endpoint_t  ngx_http_loyalty_signup_endpoint = {
    LOYALTY_COMMAND_SIGNUP, LOYALTY_COMMAND_SIGNUP,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL,
    NGX_HTTP_LOYALTY_SOURCE|NGX_HTTP_LOYALTY_LOCALE
    |NGX_HTTP_LOYALTY_REFERRAL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim_endpoint = {
    LOYALTY_COMMAND_CLAIM, LOYALTY_COMMAND_CLAIM,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_ORDER,
    NGX_HTTP_LOYALTY_STORE
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_balance_endpoint = {
    LOYALTY_COMMAND_BALANCE, LOYALTY_COMMAND_BALANCE,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL,
    0
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_redeem_endpoint = {
    LOYALTY_COMMAND_REDEEM, LOYALTY_COMMAND_REDEEM,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_REWARD,
    0
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_cancel_endpoint = {
    LOYALTY_COMMAND_CANCEL, LOYALTY_COMMAND_CANCEL,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_COUPON,
    0
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_action_endpoint = {
    LOYALTY_COMMAND_ACTION, LOYALTY_COMMAND_ACTION,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_ACTION|NGX_HTTP_LOYALTY_REF,
    0
};

/* A store asks by GET whether a coupon is good, and uses it by POST. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_coupon_endpoint = {
    LOYALTY_COMMAND_COUPON, LOYALTY_COMMAND_USE,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    NGX_HTTP_LOYALTY_COUPON,
    NGX_HTTP_LOYALTY_ORDER|NGX_HTTP_LOYALTY_STORE
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_history_endpoint = {
    LOYALTY_COMMAND_HISTORY, LOYALTY_COMMAND_HISTORY,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL,
    NGX_HTTP_LOYALTY_LIMIT|NGX_HTTP_LOYALTY_BEFORE
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_leaderboard_endpoint = {
    LOYALTY_COMMAND_LEADERBOARD, LOYALTY_COMMAND_LEADERBOARD,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    0,
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_LIMIT|NGX_HTTP_LOYALTY_BY
};

/* It takes what a store sends, by its signature, in place of parameters. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_order_event_endpoint = {
    LOYALTY_COMMAND_ORDER_EVENT, LOYALTY_COMMAND_ORDER_EVENT,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    0,
    0
};


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


ngx_http_loyalty_ctx_t *
ngx_http_loyalty_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t      *cln;
    ngx_http_loyalty_ctx_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_loyalty_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_loyalty_ctx_t));

    /*
     * Not a cleanup of the request, which runs while a thread may still be
     * at work on the command: the pool outlives that.
     */

    cln->handler = ngx_http_loyalty_cleanup;

    ctx->request = r;
    ctx->conf = ngx_http_get_module_loc_conf(r, ngx_http_loyalty_module);
    ctx->command.kind = (r->method == NGX_HTTP_POST)
                        ? ctx->conf->endpoint->post
                        : ctx->conf->endpoint->kind;

    ngx_http_set_ctx(r, ctx, ngx_http_loyalty_module);

    return ctx;
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


ngx_int_t
ngx_http_loyalty_refuse(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx,
    loyalty_outcome_e outcome)
{
    ngx_int_t  rc;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->command.result.outcome = outcome;

    return ngx_http_loyalty_send(r, ctx);
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

    rc = (ctx->command.kind == LOYALTY_COMMAND_ORDER_EVENT)
         ? ngx_http_loyalty_webhook(r, ctx) : ngx_http_loyalty_params(r, ctx);

    switch (rc) {

    case NGX_OK:
        ngx_http_loyalty_run(r, ctx);
        return;

    case NGX_DECLINED:
        ngx_http_loyalty_fault(r, ctx->command.result.outcome);
        return;

    default:
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }
}


void
ngx_http_loyalty_wait(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    if (ctx == NULL) {
        return;
    }

    if (!ctx->ready) {
        ngx_http_loyalty_store_event(ctx);
        return;
    }

    ctx->ready = 0;
    ctx->step(r);
}


void
ngx_http_loyalty_wake(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ctx->ready = 1;

#if (nginx_version >= 1025004)

    if (r->main->terminated) {

        /* the connection's handler ends what was terminated meanwhile */

        c->write->handler(c->write);
        return;
    }

#endif

    /* of a terminated request, this is what ends it before 1.25.4 */

    r->write_event_handler(r);

    /* the request may be gone, its connection's memory is still nginx's */

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_loyalty_cleanup(void *data)
{
    ngx_http_loyalty_ctx_t  *ctx = data;

    if (ctx->store.timer.timer_set) {
        ngx_del_timer(&ctx->store.timer);
    }

    loyalty_json_free(&ctx->command.json);
    loyalty_json_free(&ctx->unsettled);
}
