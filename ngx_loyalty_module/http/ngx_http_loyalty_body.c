
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_input.h>
#include <ngx_http_loyalty_response.h>


static ngx_uint_t ngx_http_loyalty_body_is(ngx_http_request_t *r,
    ngx_str_t *type);
static void ngx_http_loyalty_body_begin(ngx_http_request_t *r);
static void ngx_http_loyalty_body_continue(ngx_http_request_t *r);
static ngx_int_t ngx_http_loyalty_body_collect(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static void ngx_http_loyalty_body_release(ngx_http_request_t *r);
static ngx_int_t ngx_http_loyalty_body_alloc(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


static ngx_str_t  ngx_http_loyalty_type_json =
    ngx_string("application/json");
static ngx_str_t  ngx_http_loyalty_type_form =
    ngx_string("application/x-www-form-urlencoded");


ngx_int_t
ngx_http_loyalty_body_type_known(ngx_http_request_t *r)
{
    if (r->headers_in.content_length_n <= 0 && !r->headers_in.chunked) {
        return NGX_OK;
    }

    return (ngx_http_loyalty_body_is(r, &ngx_http_loyalty_type_json)
            || ngx_http_loyalty_body_is(r, &ngx_http_loyalty_type_form))
           ? NGX_OK : NGX_DECLINED;
}


ngx_uint_t
ngx_http_loyalty_body_is_json(ngx_http_request_t *r)
{
    return ngx_http_loyalty_body_is(r, &ngx_http_loyalty_type_json);
}


static ngx_uint_t
ngx_http_loyalty_body_is(ngx_http_request_t *r, ngx_str_t *type)
{
    u_char      c;
    ngx_str_t  *value;

    if (r->headers_in.content_type == NULL) {
        return 0;
    }

    value = &r->headers_in.content_type->value;

    if (value->len < type->len
        || ngx_strncasecmp(value->data, type->data, type->len) != 0)
    {
        return 0;
    }

    if (value->len == type->len) {
        return 1;
    }

    c = value->data[type->len];

    return c == ';' || c == ' ' || c == '\t';
}


/*
 * The body is read piece by piece ("unbuffered"): otherwise nginx writes one
 * that is larger than client_body_buffer_size into a file before we could
 * say that it is too large, and the event loop would wait for the disk.
 */

ngx_int_t
ngx_http_loyalty_read_body(ngx_http_request_t *r,
    void (*done)(ngx_http_request_t *r))
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    ctx->step = done;

    r->request_body_no_buffering = 1;

    return ngx_http_read_client_request_body(r, ngx_http_loyalty_body_begin);
}


static void
ngx_http_loyalty_body_begin(ngx_http_request_t *r)
{
    r->read_event_handler = ngx_http_loyalty_body_continue;

    ngx_http_loyalty_body_continue(r);
}


static void
ngx_http_loyalty_body_continue(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    for ( ;; ) {
        rc = ngx_http_loyalty_body_collect(r, ctx);

        if (rc == NGX_DECLINED) {
            ngx_http_loyalty_fault(r, LOYALTY_TOO_LARGE);
            return;
        }

        if (rc != NGX_OK) {
            ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }

        if (!r->reading_body) {
            break;
        }

        rc = ngx_http_read_unbuffered_request_body(r);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            ngx_http_finalize_request(r, rc);
            return;
        }

        if (rc == NGX_AGAIN && r->request_body->bufs == NULL) {
            return;
        }
    }

    r->read_event_handler = ngx_http_block_reading;

    ctx->step(r);
}


static ngx_int_t
ngx_http_loyalty_body_collect(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    size_t        size;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    if (r->request_body == NULL) {
        return NGX_OK;
    }

    for (cl = r->request_body->bufs; cl != NULL; cl = cl->next) {
        b = cl->buf;

        if (b->in_file) {

            /* a body filter or an early reader has put it into a file */

            return NGX_DECLINED;
        }

        size = b->last - b->pos;

        if (size == 0) {
            continue;
        }

        if (ctx->body == NULL && ngx_http_loyalty_body_alloc(r, ctx) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (size > ctx->body_size - ctx->body_len) {
            return NGX_DECLINED;
        }

        ngx_memcpy(ctx->body + ctx->body_len, b->pos, size);
        ctx->body_len += size;
    }

    if (r->reading_body) {
        ngx_http_loyalty_body_release(r);
    }

    return NGX_OK;
}


/*
 * Gives nginx its buffer back for the next piece.  A body that is complete is
 * left alone: a mirror may be about to send it.
 */

static void
ngx_http_loyalty_body_release(ngx_http_request_t *r)
{
    ngx_chain_t  *cl;

    for (cl = r->request_body->bufs; cl != NULL; cl = cl->next) {
        cl->buf->pos = cl->buf->last;
    }

    r->request_body->bufs = NULL;
}


static ngx_int_t
ngx_http_loyalty_body_alloc(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    size_t  size;

    /*
     * A length over the limit has been refused.  Of a chunked body, it is
     * what has come so far.
     */

    size = (r->headers_in.content_length_n > 0 && !r->headers_in.chunked)
           ? (size_t) r->headers_in.content_length_n
           : ctx->conf->body_size;

    ctx->body = ngx_pnalloc(r->pool, size);
    if (ctx->body == NULL) {
        return NGX_ERROR;
    }

    ctx->body_size = size;

    return NGX_OK;
}
