
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_location.h>
#include <ngx_http_loyalty_response.h>
#include <ngx_http_loyalty_saga.h>
#include <ngx_http_loyalty_store.h>


/*
 * A redemption whose coupon the store makes.  Its points are held, and the
 * code is written down, before the store is asked; what the store has said is
 * written down before the member sees the code.  Between any two of these
 * steps all may end: the redemption is then held, and an errand of a worker
 * goes on from there.
 */


/* Of a chat's time, one part in so many is for the second question. */

#define NGX_HTTP_LOYALTY_SECOND_PART  5


static void ngx_http_loyalty_saga_make(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_uint_t ngx_http_loyalty_saga_leased(ngx_http_loyalty_ctx_t *ctx);
static ngx_http_loyalty_coupon_store_t *ngx_http_loyalty_saga_maker(
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_saga_ask(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_str_t *uri,
    void (*step)(ngx_http_request_t *r));
static ngx_msec_t ngx_http_loyalty_saga_patience(
    ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_saga_made(ngx_http_request_t *r);
static void ngx_http_loyalty_saga_look(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_saga_looked(ngx_http_request_t *r);
static void ngx_http_loyalty_saga_warn(ngx_http_loyalty_ctx_t *ctx,
    const char *what);
static ngx_uint_t ngx_http_loyalty_saga_expired(ngx_http_loyalty_ctx_t *ctx);
static loyalty_coupon_verdict_e ngx_http_loyalty_saga_verdict(
    ngx_http_loyalty_ctx_t *ctx, ngx_uint_t looking);
static ngx_uint_t ngx_http_loyalty_saga_unreadable(
    ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_saga_conclude(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_coupon_verdict_e verdict);
static ngx_int_t ngx_http_loyalty_saga_write(ngx_http_loyalty_ctx_t *ctx,
    loyalty_coupon_verdict_e verdict);
static void ngx_http_loyalty_saga_respond(ngx_http_request_t *r);
static void ngx_http_loyalty_saga_unsettled(ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_saga_salvage(ngx_http_loyalty_ctx_t *ctx);


static ngx_str_t  ngx_http_loyalty_saga_post = ngx_string("POST");


ngx_uint_t
ngx_http_loyalty_saga_due(ngx_http_loyalty_ctx_t *ctx)
{
    return ctx->command.kind == LOYALTY_COMMAND_REDEEM
           && ctx->command.result.outcome == LOYALTY_REDEMPTION_PENDING
           && !ctx->command.replayed;
}


void
ngx_http_loyalty_saga_create(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    ctx->concluded = ngx_http_loyalty_saga_respond;

    ngx_http_loyalty_saga_make(r, ctx);
}


static void
ngx_http_loyalty_saga_make(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_http_loyalty_coupon_store_t  *maker;

    maker = ngx_http_loyalty_saga_maker(ctx);

    if (maker == NULL || !ngx_http_loyalty_saga_leased(ctx)
        || ngx_http_loyalty_saga_ask(r, ctx, &maker->create,
                                     ngx_http_loyalty_saga_made)
           != NGX_OK)
    {
        /* it was not asked: an errand will */

        ngx_http_loyalty_saga_conclude(r, ctx, LOYALTY_COUPON_UNCLEAR);
        return;
    }

    ctx->wished = 1;

    /*
     * A GET is sent again when a connection breaks, whatever proxy_method says
     * goes over the wire; some stores would then make two.
     */

    ctx->store.subrequest->method = NGX_HTTP_POST;
    ctx->store.subrequest->method_name = ngx_http_loyalty_saga_post;
}


/*
 * Who was kept from it for so long, by a stopped process or a slow database,
 * that somebody else may ask while the store works on it, does not ask at all:
 * some stores would make the coupon twice.
 */

static ngx_uint_t
ngx_http_loyalty_saga_leased(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_msec_t  timeout;

    timeout = ngx_http_loyalty_store_timeout(ctx->conf, ctx->command.format);

    return ngx_time() + (time_t) timeout / 1000 < ctx->command.lease;
}


/* Who makes the coupons of the command's reward; NULL: nobody any more. */

static ngx_http_loyalty_coupon_store_t *
ngx_http_loyalty_saga_maker(ngx_http_loyalty_ctx_t *ctx)
{
    const loyalty_reward_t  *reward;

    reward = ctx->command.result.reward;

    return (reward != NULL)
           ? ngx_http_loyalty_coupon_store_find(ctx->conf->program,
                                                reward->store)
           : NULL;
}


static ngx_int_t
ngx_http_loyalty_saga_ask(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx,
    ngx_str_t *uri, void (*step)(ngx_http_request_t *r))
{
    ctx->patience = ngx_http_loyalty_saga_patience(ctx);

    ngx_memzero(&ctx->store, sizeof(ngx_http_loyalty_store_t));

    ctx->store.uri = uri;
    ctx->step = step;
    ctx->salvage = ngx_http_loyalty_saga_salvage;

    return ngx_http_loyalty_store_ask(r, ctx);
}


/*
 * Who chats does not wait twice as long because there are two questions: they
 * share the time, of which the first one leaves a part for the second.
 */

static ngx_msec_t
ngx_http_loyalty_saga_patience(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_msec_t  timeout, part, used;

    if (ctx->command.format == LOYALTY_FORMAT_JSON) {
        return 0;
    }

    timeout = ngx_http_loyalty_store_timeout(ctx->conf, ctx->command.format);
    part = timeout / NGX_HTTP_LOYALTY_SECOND_PART;

    if (!ctx->wished) {
        return timeout - part;
    }

    used = ngx_current_msec - ctx->store.asked;

    return (used < timeout - part) ? timeout - used : part;
}


/*
 * Whatever the store has said, unless it is that the coupon is there: only
 * another look tells whether it has become so nevertheless.
 */

static void
ngx_http_loyalty_saga_made(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t    *ctx;
    loyalty_coupon_verdict_e   verdict;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    verdict = ngx_http_loyalty_saga_verdict(ctx, 0);

    if (verdict == LOYALTY_COUPON_THERE) {
        ngx_http_loyalty_saga_conclude(r, ctx, verdict);
        return;
    }

    ngx_http_loyalty_saga_warn(ctx, "has not confirmed a coupon");

    ctx->refused = (verdict == LOYALTY_COUPON_ABSENT);

    ngx_http_loyalty_saga_look(r, ctx);
}


static void
ngx_http_loyalty_saga_look(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_http_loyalty_coupon_store_t  *maker;

    maker = ngx_http_loyalty_saga_maker(ctx);

    if (maker == NULL
        || ngx_http_loyalty_saga_ask(r, ctx, &maker->lookup,
                                     ngx_http_loyalty_saga_looked)
           != NGX_OK)
    {
        ngx_http_loyalty_saga_conclude(r, ctx, LOYALTY_COUPON_UNCLEAR);
    }
}


/*
 * What is not there is made, if that has not been tried.  Otherwise it means
 * "no" after a "no"; after silence, the wish may still be on its way.
 */

static void
ngx_http_loyalty_saga_looked(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t    *ctx;
    loyalty_coupon_verdict_e   verdict;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    verdict = ngx_http_loyalty_saga_verdict(ctx, 1);

    if (verdict == LOYALTY_COUPON_ABSENT && !ctx->wished) {
        ngx_http_loyalty_saga_make(r, ctx);
        return;
    }

    if (verdict == LOYALTY_COUPON_ABSENT && !ctx->refused) {
        verdict = LOYALTY_COUPON_UNCLEAR;

    } else if (verdict == LOYALTY_COUPON_UNCLEAR) {
        ngx_http_loyalty_saga_warn(ctx, "does not say whether it has a "
                                   "coupon");
    }

    ngx_http_loyalty_saga_conclude(r, ctx, verdict);
}


static void
ngx_http_loyalty_saga_warn(ngx_http_loyalty_ctx_t *ctx, const char *what)
{
    ngx_log_error(NGX_LOG_WARN, ctx->request->connection->log, 0,
                  "loyalty: the store of program \"%V\" %s, status %ui",
                  &ctx->conf->program->name, what, ctx->store.status);
}


/*
 * Of a redemption that was left, a look comes first: some stores would take
 * the same code twice.
 */

void
ngx_http_loyalty_saga_resume(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, void (*concluded)(ngx_http_request_t *r))
{
    ctx->concluded = concluded;

    if (ngx_http_loyalty_saga_maker(ctx) == NULL
        || ngx_http_loyalty_saga_expired(ctx))
    {
        /*
         * The reward, or who makes its coupons, is gone, or nobody could use
         * the coupon any more: the points go back.
         */

        ngx_http_loyalty_saga_conclude(r, ctx, LOYALTY_COUPON_ABSENT);
        return;
    }

    ngx_http_loyalty_saga_look(r, ctx);
}


static ngx_uint_t
ngx_http_loyalty_saga_expired(ngx_http_loyalty_ctx_t *ctx)
{
    int64_t  expires;

    expires = ctx->command.result.coupon_expires;

    return expires != 0 && expires <= ngx_time();
}


static loyalty_coupon_verdict_e
ngx_http_loyalty_saga_verdict(ngx_http_loyalty_ctx_t *ctx, ngx_uint_t looking)
{
    loyalty_str_t                     body, coupon;
    ngx_http_loyalty_store_t         *store;
    ngx_http_loyalty_coupon_store_t  *maker;

    store = &ctx->store;
    maker = ngx_http_loyalty_saga_maker(ctx);

    if (ngx_http_loyalty_saga_unreadable(ctx)) {
        return LOYALTY_COUPON_UNCLEAR;
    }

    if (store->status >= NGX_HTTP_OK
        && store->status < NGX_HTTP_SPECIAL_RESPONSE)
    {
        body.data = (char *) store->data;
        body.len = store->len;

        coupon.data = ctx->command.result.coupon;
        coupon.len = ngx_strlen(coupon.data);

        return looking ? loyalty_coupon_found(&maker->rules, coupon, body)
                       : loyalty_coupon_made(&maker->rules, coupon, body);
    }

    if (looking) {
        return (store->status == NGX_HTTP_NOT_FOUND) ? LOYALTY_COUPON_ABSENT
                                                     : LOYALTY_COUPON_UNCLEAR;
    }

    return (store->status >= NGX_HTTP_BAD_REQUEST
            && store->status < NGX_HTTP_INTERNAL_SERVER_ERROR
            && store->status != NGX_HTTP_REQUEST_TIME_OUT
            && store->status != NGX_HTTP_TOO_MANY_REQUESTS)
           ? LOYALTY_COUPON_ABSENT : LOYALTY_COUPON_UNCLEAR;
}


static ngx_uint_t
ngx_http_loyalty_saga_unreadable(ngx_http_loyalty_ctx_t *ctx)
{
    const char                *why;
    ngx_http_loyalty_store_t  *store;

    store = &ctx->store;

    why = ngx_http_loyalty_store_flaw(store);

    if (why == NULL && store->cut_short) {
        why = "it was cut short";
    }

    if (why == NULL) {
        return 0;
    }

    ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                  "loyalty: bad answer from the store of program \"%V\" about "
                  "a coupon: %s (status %ui)", &ctx->conf->program->name, why,
                  store->status);

    return 1;
}


static void
ngx_http_loyalty_saga_conclude(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_coupon_verdict_e verdict)
{
    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "loyalty coupon verdict:%d", verdict);

    ctx->step = ctx->concluded;

    if (ngx_http_loyalty_saga_write(ctx, verdict) != NGX_OK) {
        ctx->command.result.outcome = LOYALTY_DATABASE_UNAVAILABLE;
        ctx->step(r);
    }
}


/* What the first part has answered stays true until the second is written. */

static ngx_int_t
ngx_http_loyalty_saga_write(ngx_http_loyalty_ctx_t *ctx,
    loyalty_coupon_verdict_e verdict)
{
    ctx->unsettled = ctx->command.json;
    ngx_memzero(&ctx->command.json, sizeof(loyalty_json_t));

    ctx->command.kind = LOYALTY_COMMAND_CONCLUDE;
    ctx->command.verdict = verdict;

    return ngx_http_loyalty_submit(ctx);
}


/* The points are held, so nobody is told that nothing has happened. */

static void
ngx_http_loyalty_saga_respond(ngx_http_request_t *r)
{
    loyalty_outcome_e        outcome;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    outcome = ctx->command.result.outcome;

    if (outcome == LOYALTY_REDEMPTION_PENDING
        || outcome == LOYALTY_DATABASE_UNAVAILABLE)
    {
        ngx_http_loyalty_saga_unsettled(ctx);
    }

    ngx_http_loyalty_respond(r);
}


static void
ngx_http_loyalty_saga_unsettled(ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_command_t  *command;

    command = &ctx->command;

    loyalty_json_free(&command->json);

    command->json = ctx->unsettled;
    ngx_memzero(&ctx->unsettled, sizeof(loyalty_json_t));

    command->result.outcome = LOYALTY_REDEMPTION_PENDING;
    command->status = loyalty_format_status(command->format,
                                            command->result.outcome);
}


/* The client has gone away: only a coupon that is there is written down. */

static void
ngx_http_loyalty_saga_salvage(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_uint_t  looking;

    looking = (ctx->step != ngx_http_loyalty_saga_made);

    if (ngx_http_loyalty_saga_verdict(ctx, looking) == LOYALTY_COUPON_THERE) {
        ctx->step = ctx->concluded;
        (void) ngx_http_loyalty_saga_write(ctx, LOYALTY_COUPON_THERE);
    }
}
