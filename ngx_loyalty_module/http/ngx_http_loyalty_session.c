
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_cookie.h>
#include <ngx_http_loyalty_flow.h>
#include <ngx_http_loyalty_input.h>
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


/*
 * Also where there is no good cookie any more: what is left of it goes.  The
 * cookie itself cannot be taken back, it is good for whoever has a copy.
 */

ngx_int_t
ngx_http_loyalty_logout(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_str_t  header;

    if (!ngx_http_loyalty_cookie_safe(r, ngx_http_loyalty_body_is_json(r))) {
        ctx->command.result.detail = "The form may be another site's: send "
                                     "the type \"application/json\", or from "
                                     "a page of this site.";

        return ngx_http_loyalty_refuse(r, ctx, LOYALTY_UNAUTHORIZED);
    }

    if (ngx_http_loyalty_cookie_end(r, ctx->conf->program, &header) != NGX_OK
        || ngx_http_loyalty_add_header(r, "Set-Cookie", &header) != NGX_OK
        || ngx_http_loyalty_add_no_store(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    return ngx_http_send_header(r);
}
