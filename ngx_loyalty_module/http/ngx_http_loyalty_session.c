
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_flow.h>
#include <ngx_http_loyalty_response.h>
#include <ngx_http_loyalty_session.h>


static void ngx_http_loyalty_recognized(ngx_http_request_t *r);
static void ngx_http_loyalty_unknown(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


void
ngx_http_loyalty_recognize(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_command_t  *command = &ctx->command;

    command->address = ngx_pnalloc(r->pool, LOYALTY_EMAIL_MAX);

    if (command->address == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ctx->kind = command->kind;
    ctx->email = command->email;
    ctx->idempotency_key = command->idempotency_key;

    command->kind = LOYALTY_COMMAND_RECOGNIZE;
    command->code = ctx->session;
    command->email.len = 0;
    command->idempotency_key.len = 0;

    ctx->step = ngx_http_loyalty_recognized;

    if (ngx_http_loyalty_submit(ctx) != NGX_OK) {
        ngx_http_loyalty_fault(r, LOYALTY_DATABASE_UNAVAILABLE);
    }
}


static void
ngx_http_loyalty_recognized(ngx_http_request_t *r)
{
    loyalty_command_t       *command;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    command = &ctx->command;

    command->kind = ctx->kind;
    command->idempotency_key = ctx->idempotency_key;

    switch (command->result.outcome) {

    case LOYALTY_NOTHING_TO_DO:
        break;

    case LOYALTY_NOT_A_MEMBER:
        ngx_http_loyalty_unknown(r, ctx);
        return;

    default:
        ngx_http_loyalty_fault(r, command->result.outcome);
        return;
    }

    if (ctx->email.len != 0 && !loyalty_str_equal(ctx->email, command->email))
    {
        command->email.len = 0;
        loyalty_command_reset(command);

        command->result.detail = "The browser is another member's than the "
                                 "e-mail address: leave \"email\" out, or "
                                 "use a link of this address.";

        ngx_http_loyalty_fault(r, LOYALTY_UNAUTHORIZED);
        return;
    }

    loyalty_command_reset(command);

    command->caller = command->email;

    ngx_http_loyalty_run(r, ctx);
}


/* The member was erased: the cookie is worth nothing any more. */

static void
ngx_http_loyalty_unknown(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ctx->command.email.len = 0;
    loyalty_command_reset(&ctx->command);

    ngx_http_loyalty_fault(r, ctx->open ? LOYALTY_BAD_EMAIL
                                        : LOYALTY_UNAUTHORIZED);
}
