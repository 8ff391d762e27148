
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_headers.h>
#include <ngx_http_loyalty_input.h>
#include <ngx_http_loyalty_store.h>


static loyalty_webhook_e ngx_http_loyalty_webhook_read(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_event_t **from,
    loyalty_webhook_event_t *event);
static loyalty_webhook_e ngx_http_loyalty_webhook_of(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_event_t *from,
    loyalty_webhook_event_t *event);
static void ngx_http_loyalty_webhook_header(ngx_http_request_t *r,
    loyalty_str_t name, loyalty_str_t *value);
static void ngx_http_loyalty_webhook_log(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_webhook_e read, const char *why);


/* By what loyalty_webhook_read() has found; nothing is wrong with GOOD. */

static const loyalty_outcome_e  ngx_http_loyalty_webhook_outcomes[] = {
    [LOYALTY_WEBHOOK_GOOD] = LOYALTY_NO_FAULT,
    [LOYALTY_WEBHOOK_PING] = LOYALTY_ORDER_NOTED,
    [LOYALTY_WEBHOOK_IGNORED] = LOYALTY_ORDER_NOTED,
    [LOYALTY_WEBHOOK_UNSIGNED] = LOYALTY_BAD_SIGNATURE,
    [LOYALTY_WEBHOOK_BAD_SIGNATURE] = LOYALTY_BAD_SIGNATURE,
    [LOYALTY_WEBHOOK_BAD_BODY] = LOYALTY_BAD_REQUEST
};


ngx_int_t
ngx_http_loyalty_webhook(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_command_t         *command;
    loyalty_webhook_e          read;
    loyalty_webhook_event_t   *event;
    ngx_http_loyalty_event_t  *from;

    event = ngx_palloc(r->pool, sizeof(loyalty_webhook_event_t));
    if (event == NULL) {
        return NGX_ERROR;
    }

    read = ngx_http_loyalty_webhook_read(r, ctx, &from, event);

    if (read != LOYALTY_WEBHOOK_GOOD) {
        ngx_http_loyalty_webhook_log(r, ctx, read, event->why);
    }

    if (read == LOYALTY_WEBHOOK_FAILED) {
        return NGX_ERROR;
    }

    command = &ctx->command;

    command->result.outcome = ngx_http_loyalty_webhook_outcomes[read];

    if (read == LOYALTY_WEBHOOK_BAD_BODY) {
        command->result.detail = "The event is signed, but no order's number "
                                 "can be read from it: look at \"number=\" "
                                 "of \"order_event\".";
    }

    if (read != LOYALTY_WEBHOOK_GOOD) {
        return NGX_DECLINED;
    }

    command->order.data = event->number;
    command->order.len = event->number_len;
    command->email.data = event->email;
    command->email.len = event->email_len;
    command->store = from->store;

    return (ngx_http_loyalty_store_choose(ctx) == NGX_OK) ? NGX_OK
                                                          : NGX_ERROR;
}


/* Whose secret fits, is who has sent it. */

static loyalty_webhook_e
ngx_http_loyalty_webhook_read(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_event_t **from,
    loyalty_webhook_event_t *event)
{
    ngx_uint_t                 i;
    const char                *why;
    ngx_array_t               *events;
    loyalty_webhook_e          read, worst;
    ngx_http_loyalty_event_t  *elts;

    events = &ctx->conf->program->events;
    elts = events->elts;

    worst = LOYALTY_WEBHOOK_UNSIGNED;
    why = NULL;

    for (i = 0; i < events->nelts; i++) {
        read = ngx_http_loyalty_webhook_of(r, ctx, &elts[i], event);

        if (read != LOYALTY_WEBHOOK_UNSIGNED
            && read != LOYALTY_WEBHOOK_BAD_SIGNATURE)
        {
            *from = &elts[i];
            return read;
        }

        /* of several stores, the one whose headers came is meant */

        if (why == NULL || read == LOYALTY_WEBHOOK_BAD_SIGNATURE) {
            worst = read;
            why = event->why;
        }
    }

    event->why = why;

    return worst;
}


static loyalty_webhook_e
ngx_http_loyalty_webhook_of(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_event_t *from,
    loyalty_webhook_event_t *event)
{
    ngx_uint_t                  i;
    loyalty_webhook_request_t   request;

    for (i = 0; i < LOYALTY_WEBHOOK_HEADERS; i++) {
        ngx_http_loyalty_webhook_header(r, from->webhook.format->headers[i],
                                        &request.headers[i]);
    }

    request.body.data = (ctx->body != NULL) ? (char *) ctx->body : "";
    request.body.len = ctx->body_len;
    request.now = ngx_time();

    return loyalty_webhook_read(&from->webhook, &request, event);
}


static void
ngx_http_loyalty_webhook_header(ngx_http_request_t *r, loyalty_str_t name,
    loyalty_str_t *value)
{
    if (name.data == NULL
        || ngx_http_loyalty_header(r, name, 0, value) != 1)
    {
        /* of two of them, nobody knows which is meant */

        value->data = NULL;
        value->len = 0;
    }
}


/* As in auth_basic: who has tried, and failed, is of more interest. */

static void
ngx_http_loyalty_webhook_log(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_webhook_e read, const char *why)
{
    ngx_uint_t  level;

    level = (read == LOYALTY_WEBHOOK_BAD_SIGNATURE
             || read == LOYALTY_WEBHOOK_BAD_BODY
             || read == LOYALTY_WEBHOOK_FAILED)
            ? NGX_LOG_ERR : NGX_LOG_INFO;

    ngx_log_error(level, r->connection->log, 0,
                  "loyalty: an event for program \"%V\" is not followed up: "
                  "%s", &ctx->conf->program->name,
                  (why != NULL) ? why : "the store tries whether we are here");
}
