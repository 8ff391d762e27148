
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_input.h>


static loyalty_outcome_e ngx_http_loyalty_link(ngx_http_loyalty_ctx_t *ctx);


/* What the parameters say has been read, and may be forged. */

loyalty_outcome_e
ngx_http_loyalty_prove(ngx_http_loyalty_ctx_t *ctx)
{
    if (!ctx->by_link) {
        return LOYALTY_NO_FAULT;
    }

    if (ctx->proof.sig.len != 0) {
        return ngx_http_loyalty_link(ctx);
    }

    return ctx->open ? LOYALTY_NO_FAULT : LOYALTY_UNAUTHORIZED;
}


static loyalty_outcome_e
ngx_http_loyalty_link(ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_link_t               link;
    loyalty_command_t           *command = &ctx->command;
    ngx_http_loyalty_program_t  *program = ctx->conf->program;

    link.purpose = ngx_http_loyalty_text(&ctx->conf->endpoint->purpose);
    link.program = program->rules.name;
    link.expires = ctx->proof.expires;
    link.email = command->email;
    link.order = command->order;
    link.store = ctx->proof.store;
    link.reward = command->reward;

    switch (loyalty_link_verify(&program->link_secrets, &link, ctx->proof.sig,
                                ngx_time()))
    {
    case LOYALTY_LINK_GOOD:
        break;

    case LOYALTY_LINK_LATE:
        return LOYALTY_LINK_EXPIRED;

    default:
        return LOYALTY_BAD_LINK;
    }

    ctx->proved = 1;
    command->caller = command->email;

    if (command->kind == LOYALTY_COMMAND_REDEEM) {

        /* one coupon, however often, and whatever key is sent along */

        command->idempotency_key = ctx->proof.sig;
        command->keep_success = 1;
    }

    return LOYALTY_NO_FAULT;
}
