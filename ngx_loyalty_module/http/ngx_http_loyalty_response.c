
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_cookie.h>
#include <ngx_http_loyalty_metrics.h>
#include <ngx_http_loyalty_page.h>
#include <ngx_http_loyalty_response.h>


static ngx_int_t ngx_http_loyalty_send_page(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_add_session(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_render(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_add_status(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_str_t *ngx_http_loyalty_type(ngx_http_loyalty_ctx_t *ctx);
static ngx_table_elt_t *ngx_http_loyalty_push_header(ngx_http_request_t *r,
    char *name, ngx_str_t *value);


static ngx_str_t  ngx_http_loyalty_json = ngx_string("application/json");
static ngx_str_t  ngx_http_loyalty_problem =
    ngx_string("application/problem+json");

static ngx_str_t  ngx_http_loyalty_retry_after = ngx_string("5");


void
ngx_http_loyalty_fault(ngx_http_request_t *r, loyalty_outcome_e outcome)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    loyalty_json_free(&ctx->command.json);

    ctx->command.status = 0;
    ctx->command.result.outcome = outcome;

    ngx_http_loyalty_respond(r);
}


void
ngx_http_loyalty_respond(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    ngx_http_finalize_request(r, ngx_http_loyalty_send(r, ctx));
}


ngx_int_t
ngx_http_loyalty_refuse(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx,
    loyalty_outcome_e outcome)
{
    ngx_int_t  rc;

    /* who waits with the body until we want it need not send it */

    r->expect_tested = 1;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->command.result.outcome = outcome;

    return ngx_http_loyalty_send(r, ctx);
}


ngx_int_t
ngx_http_loyalty_send(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_json_t  *json;

    if (ngx_http_loyalty_render(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_loyalty_count_request(ctx);

    if (ngx_http_loyalty_add_session(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_loyalty_page_wanted(r, ctx)) {
        return ngx_http_loyalty_send_page(r, ctx);
    }

    json = &ctx->command.json;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "loyalty answer s:%ui len:%uz",
                   (ngx_uint_t) ctx->command.status, json->len);

    if (ngx_http_loyalty_add_status(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* the answer lives as long as the request's pool */

    return ngx_http_loyalty_send_body(r, ngx_http_loyalty_type(ctx),
                                      (u_char *) json->data, json->len);
}


/* Who has opened a link sees the page, and nobody sees the link there. */

static ngx_int_t
ngx_http_loyalty_send_page(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_str_t         url;
    static ngx_str_t  policy = ngx_string("no-referrer");

    if (ngx_http_loyalty_page_url(r, ctx, &url) != NGX_OK
        || ngx_http_loyalty_add_header(r, "Location", &url) != NGX_OK
        || ngx_http_loyalty_add_header(r, "Referrer-Policy", &policy)
           != NGX_OK
        || ngx_http_loyalty_add_no_store(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_SEE_OTHER;
    r->headers_out.content_length_n = 0;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


static ngx_int_t
ngx_http_loyalty_add_session(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    ngx_str_t                    header;
    loyalty_str_t                member;
    loyalty_outcome_e            outcome;
    ngx_http_loyalty_program_t  *program = ctx->conf->program;

    outcome = ctx->command.result.outcome;

    if (program->session == 0 || ctx->command.result.member[0] == '\0'
        || ctx->command.kind != LOYALTY_COMMAND_CLAIM
        || !(ctx->proved
             || (ctx->by_link && ctx->open && program->session_after_claim
                 && ctx->safe
                 && (outcome == LOYALTY_CLAIMED
                     || outcome == LOYALTY_ALREADY_CLAIMED))))
    {
        return NGX_OK;
    }

    member.data = ctx->command.result.member;
    member.len = ngx_strlen(member.data);

    if (ngx_http_loyalty_cookie_make(r, program, member, &header) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_loyalty_add_header(r, "Set-Cookie", &header);
}


static ngx_int_t
ngx_http_loyalty_render(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_command_t  *command;

    command = &ctx->command;

    if (command->status == 0) {
        (void) loyalty_command_render(&ctx->conf->program->rules, command);
    }

    if (command->json.failed || command->json.data == NULL) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "loyalty: no memory for an answer");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* With what comes with it. */

static ngx_int_t
ngx_http_loyalty_add_status(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    r->headers_out.status = ctx->command.status;

    switch (ctx->command.status) {

    case NGX_HTTP_UNAUTHORIZED:

        /* a key would not help who has signed wrongly */

        return (ctx->command.result.outcome == LOYALTY_BAD_SIGNATURE)
               ? NGX_OK
               : ngx_http_loyalty_add_challenge(r, ctx->conf->program);

    case NGX_HTTP_SERVICE_UNAVAILABLE:
    case NGX_HTTP_GATEWAY_TIME_OUT:
        return ngx_http_loyalty_add_header(r, "Retry-After",
                                           &ngx_http_loyalty_retry_after);

    default:
        return NGX_OK;
    }
}


static ngx_str_t *
ngx_http_loyalty_type(ngx_http_loyalty_ctx_t *ctx)
{
    return (ctx->command.status < NGX_HTTP_BAD_REQUEST
            || ctx->command.format != LOYALTY_FORMAT_JSON)
           ? &ngx_http_loyalty_json : &ngx_http_loyalty_problem;
}


ngx_int_t
ngx_http_loyalty_send_body(ngx_http_request_t *r, ngx_str_t *type,
    u_char *data, size_t len)
{
    ngx_int_t    rc;
    ngx_buf_t   *b;
    ngx_chain_t  out;

    r->headers_out.content_length_n = len;
    r->headers_out.content_type = *type;
    r->headers_out.content_type_len = type->len;

    if (ngx_http_loyalty_add_no_store(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->pos = data;
    b->last = data + len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_loyalty_add_no_store(ngx_http_request_t *r)
{
    static ngx_str_t  value = ngx_string("no-store");

    return ngx_http_loyalty_add_header(r, "Cache-Control", &value);
}


ngx_int_t
ngx_http_loyalty_add_challenge(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program)
{
    u_char           *p;
    ngx_str_t         value;
    ngx_table_elt_t  *h;

    value.len = sizeof("Bearer realm=\"\"") - 1 + program->name.len;
    value.data = ngx_pnalloc(r->pool, value.len);

    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(value.data, "Bearer realm=\"",
                   sizeof("Bearer realm=\"") - 1);
    p = ngx_cpymem(p, program->name.data, program->name.len);
    *p = '"';

    h = ngx_http_loyalty_push_header(r, "WWW-Authenticate", &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    /* nginx takes it back if "satisfy any" lets somebody in after all */

    r->headers_out.www_authenticate = h;

    return NGX_OK;
}


ngx_int_t
ngx_http_loyalty_add_header(ngx_http_request_t *r, char *name,
    ngx_str_t *value)
{
    return (ngx_http_loyalty_push_header(r, name, value) != NULL)
           ? NGX_OK : NGX_ERROR;
}


static ngx_table_elt_t *
ngx_http_loyalty_push_header(ngx_http_request_t *r, char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = *value;

    return h;
}
