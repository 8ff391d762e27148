
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_flow.h>
#include <ngx_http_loyalty_location.h>
#include <ngx_http_loyalty_metrics.h>
#include <ngx_http_loyalty_response.h>
#include <ngx_http_loyalty_saga.h>
#include <ngx_http_loyalty_store.h>


static void ngx_http_loyalty_execute(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, void (*step)(ngx_http_request_t *r));
static void ngx_http_loyalty_admitted(ngx_http_request_t *r);
static void ngx_http_loyalty_ask(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_unanswered(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_outcome_e fault);
static ngx_uint_t ngx_http_loyalty_goes_on(ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_ordered(ngx_http_request_t *r);
static void ngx_http_loyalty_salvage(ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_take_order(ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_executed(ngx_http_request_t *r);
static void ngx_http_loyalty_report_pool(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


/* Seconds between two warnings of a worker about a pool. */

#define NGX_HTTP_LOYALTY_POOL_REMIND  600

/* Milliseconds for the store, at least, where nobody waits. */

#define NGX_HTTP_LOYALTY_PATIENCE  30000


/*
 * A claim goes to the engine, to the store and to the engine again, an event
 * of an order to the store first, all else to the engine once.
 */

void
ngx_http_loyalty_run(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    switch (ctx->command.kind) {

    case LOYALTY_COMMAND_CLAIM:
        ctx->command.admission = 1;
        ctx->command.postpone =
            ngx_http_loyalty_postpones(ctx->conf, ctx->command.format);
        ngx_http_loyalty_execute(r, ctx, ngx_http_loyalty_admitted);
        return;

    case LOYALTY_COMMAND_ORDER_EVENT:
        ngx_http_loyalty_ask(r, ctx);
        return;

    default:
        ngx_http_loyalty_execute(r, ctx, ngx_http_loyalty_executed);
    }
}


static void
ngx_http_loyalty_execute(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx,
    void (*step)(ngx_http_request_t *r))
{
    ctx->step = step;

    if (ngx_http_loyalty_submit(ctx) == NGX_OK) {
        return;
    }

    if (ctx->concluded != NULL) {

        /* there is nobody to be answered */

        ctx->command.result.outcome = LOYALTY_DATABASE_UNAVAILABLE;
        ctx->step(r);
        return;
    }

    ngx_http_loyalty_fault(r, LOYALTY_DATABASE_UNAVAILABLE);
}


void
ngx_http_loyalty_complete(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx,
    void (*concluded)(ngx_http_request_t *r))
{
    ctx->concluded = concluded;
    ctx->patience = ngx_http_loyalty_store_timeout(ctx->conf,
                                                   ctx->command.format);
    ctx->patience = ngx_max(ctx->patience, NGX_HTTP_LOYALTY_PATIENCE);
    ctx->command.kind = LOYALTY_COMMAND_COMPLETE;

    if (ngx_http_loyalty_store_choose(ctx) != NGX_OK) {

        /* not there any more; it may come back while there is time */

        ngx_http_loyalty_unanswered(r, ctx, LOYALTY_STORE_UNAVAILABLE);
        return;
    }

    ngx_http_loyalty_ask(r, ctx);
}


static void
ngx_http_loyalty_admitted(ngx_http_request_t *r)
{
    loyalty_command_t       *command;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    command = &ctx->command;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "loyalty claim decided:%d", command->decided);

    if (!command->decided) {
        ngx_http_loyalty_ask(r, ctx);
        return;
    }

    if (command->idempotency_key.len != 0 && !command->replayed
        && command->result.outcome != LOYALTY_DATABASE_UNAVAILABLE)
    {
        /* what was decided by reading is yet to be stored with its key */

        command->admission = 0;
        command->order_fault = command->result.outcome;

        ngx_http_loyalty_execute(r, ctx, ngx_http_loyalty_executed);
        return;
    }

    ngx_http_loyalty_respond(r);
}


static void
ngx_http_loyalty_ask(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    ctx->step = ngx_http_loyalty_ordered;
    ctx->salvage = ngx_http_loyalty_salvage;
    ctx->command.asked_at = (int64_t) tp->sec * 1000 + tp->msec;

    if (ngx_http_loyalty_store_ask(r, ctx) != NGX_OK) {
        ngx_http_loyalty_unanswered(r, ctx, LOYALTY_STORE_UNAVAILABLE);
    }
}


/* A claim may be postponed, or be so for longer. */

static void
ngx_http_loyalty_unanswered(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_outcome_e fault)
{
    ctx->command.admission = 0;
    ctx->command.order_fault = fault;

    if (!ngx_http_loyalty_goes_on(ctx)) {
        ngx_http_loyalty_fault(r, fault);
        return;
    }

    ngx_http_loyalty_execute(r, ctx, ngx_http_loyalty_executed);
}


static ngx_uint_t
ngx_http_loyalty_goes_on(ngx_http_loyalty_ctx_t *ctx)
{
    return ctx->command.kind == LOYALTY_COMMAND_COMPLETE
           || loyalty_command_postpones(&ctx->command);
}


static void
ngx_http_loyalty_ordered(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    if (ngx_http_loyalty_take_order(ctx) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "loyalty: the store of program \"%V\" cannot be asked, "
                      "status %ui", &ctx->conf->program->name,
                      ctx->store.status);

        ngx_http_loyalty_unanswered(r, ctx, ctx->command.order_fault);
        return;
    }

    ngx_http_loyalty_execute(r, ctx, ngx_http_loyalty_executed);
}


/*
 * The client went away while the store was asked, and nginx is about to end
 * the request: what the store has said is recorded nevertheless.
 */

static void
ngx_http_loyalty_salvage(ngx_http_loyalty_ctx_t *ctx)
{
    if (ngx_http_loyalty_take_order(ctx) == NGX_OK
        || ngx_http_loyalty_goes_on(ctx))
    {
        ctx->step = ngx_http_loyalty_executed;
        (void) ngx_http_loyalty_submit(ctx);
    }
}


/* NGX_DECLINED if the store has not said anything about the order. */

static ngx_int_t
ngx_http_loyalty_take_order(ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_command_t  *command;

    command = &ctx->command;

    command->admission = 0;
    command->order_fault = ngx_http_loyalty_store_outcome(ctx);

    if (command->order_fault == LOYALTY_STORE_UNAVAILABLE
        || command->order_fault == LOYALTY_STORE_TIMEOUT)
    {
        return NGX_DECLINED;
    }

    /*
     * An order that the store does not know takes the same way as one with
     * another e-mail: neither the answer nor its time tells them apart.
     */

    command->order_body.data = (char *) ctx->store.data;
    command->order_body.len = ctx->store.len;

    return NGX_OK;
}


static void
ngx_http_loyalty_executed(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    if (ctx->command.why[0] != '\0') {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "loyalty: bad answer from the store of program \"%V\": "
                      "%s", &ctx->conf->program->name, ctx->command.why);
    }

    if (ctx->command.ended) {
        ngx_http_loyalty_count_end(ctx);
    }

    if (ctx->concluded != NULL) {

        /* a postponed claim: nobody is to be answered */

        ctx->concluded(r);
        return;
    }

    if (ngx_http_loyalty_saga_due(ctx)) {
        ngx_http_loyalty_saga_create(r, ctx);
        return;
    }

    ngx_http_loyalty_report_pool(r, ctx);
    ngx_http_loyalty_respond(r);
}


/* The last code of a pool is always worth a line. */

static void
ngx_http_loyalty_report_pool(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    time_t                       now, *low;
    loyalty_result_t            *result = &ctx->command.result;
    ngx_http_loyalty_program_t  *program = ctx->conf->program;

    if (ctx->command.kind != LOYALTY_COMMAND_REDEEM || ctx->command.replayed
        || result->outcome != LOYALTY_REDEEMED || result->pool_left == -1)
    {
        return;
    }

    now = ngx_time();
    low = &program->pools_low[result->reward - program->rules.rewards];

    if (result->pool_left != 0 && *low != 0
        && now - *low < NGX_HTTP_LOYALTY_POOL_REMIND)
    {
        return;
    }

    *low = now;

    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "loyalty: codes left for reward \"%*s\" of program \"%V\": "
                  "%L; import more with \"loyaltyctl coupon import\"",
                  result->reward->id.len, result->reward->id.data,
                  &program->name, result->pool_left);
}
