
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_INPUT_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_INPUT_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* What comes in with a request: who asks, and for what. */


/*
 * ngx_http_loyalty_auth.c: LOYALTY_NO_FAULT if the caller may go on, with his
 * name in the command, otherwise the fault.  Who may do so by a link has yet
 * to show it: ngx_http_loyalty_link.c does the same when the parameters have
 * been read.
 */
loyalty_outcome_e ngx_http_loyalty_authorize(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
loyalty_outcome_e ngx_http_loyalty_prove(ngx_http_loyalty_ctx_t *ctx);

/*
 * ngx_http_loyalty_body.c: reads the body into ctx->body, in memory and not
 * past the limit, then calls "done".  Returns an HTTP status of 300 or more if
 * it cannot even begin, otherwise the request goes on by itself.
 */
ngx_int_t ngx_http_loyalty_read_body(ngx_http_request_t *r,
    void (*done)(ngx_http_request_t *r));

/*
 * Whether the body, if there is one, is of a type that we understand:
 * NGX_DECLINED if it is not.
 */
ngx_int_t ngx_http_loyalty_body_type_known(ngx_http_request_t *r);
ngx_uint_t ngx_http_loyalty_body_is_json(ngx_http_request_t *r);

/*
 * ngx_http_loyalty_format.c: the format that the request wants, where it may
 * say so, and out of its body what a platform has wrapped around the
 * parameters.  Returns as ngx_http_loyalty_params() does.
 */
ngx_int_t ngx_http_loyalty_format_request(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * ngx_http_loyalty_params.c: puts the parameters of the query string and of
 * the body into the command.  If they are no good, returns NGX_DECLINED with
 * the outcome and the detail of the fault in the command's result; NGX_ERROR
 * if there is no memory.
 */
ngx_int_t ngx_http_loyalty_params(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * ngx_http_loyalty_unescape.c: a name or a value of a query string or a form.
 * NGX_DECLINED for an escape that is none, which is better than to guess at
 * it; NGX_ERROR if there is no memory.
 */
ngx_int_t ngx_http_loyalty_unescape(ngx_http_request_t *r, u_char *p,
    u_char *last, ngx_str_t *out);

/*
 * ngx_http_loyalty_webhook.c: verifies what a store has sent, and puts the
 * order that it is about into the command.  Returns as the above; NGX_DECLINED
 * is also for what is no fault but of no more interest.
 */
ngx_int_t ngx_http_loyalty_webhook(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * ngx_http_loyalty_idempotency.c: the Idempotency-Key of a POST; *key is left
 * alone if there is none.  NGX_DECLINED if it is no good.
 */
ngx_int_t ngx_http_loyalty_idempotency_key(ngx_http_request_t *r,
    loyalty_str_t *key);


#endif /* _NGX_HTTP_LOYALTY_INPUT_H_INCLUDED_ */
