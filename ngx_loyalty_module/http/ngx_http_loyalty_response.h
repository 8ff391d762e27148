
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_RESPONSE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_RESPONSE_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* These two finalize the request. */

void ngx_http_loyalty_respond(ngx_http_request_t *r);
void ngx_http_loyalty_fault(ngx_http_request_t *r, loyalty_outcome_e outcome);

/*
 * Answers with a fault before a body is read: nothing has been counted yet.
 * Returns what ngx_http_finalize_request() wants.
 */
ngx_int_t ngx_http_loyalty_refuse(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_outcome_e outcome);

/*
 * Sends the answer that is in the command, made from its result if the engine
 * has not done so; returns what ngx_http_finalize_request() wants.
 */
ngx_int_t ngx_http_loyalty_send(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * Sends the whole body of an answer whose status is set; it must live as long
 * as the request.  Returns what ngx_http_finalize_request() wants.
 */
ngx_int_t ngx_http_loyalty_send_body(ngx_http_request_t *r, ngx_str_t *type,
    u_char *data, size_t len);

/* These return NGX_ERROR if there is no memory. */

ngx_int_t ngx_http_loyalty_add_header(ngx_http_request_t *r, char *name,
    ngx_str_t *value);

/*
 * Of a 401: the scheme that a key has, and the program, as RFC 6750 asks for
 * something behind the scheme.
 */
ngx_int_t ngx_http_loyalty_add_challenge(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program);

/* An answer is about one person, at one time: no cache may keep it. */
ngx_int_t ngx_http_loyalty_add_no_store(ngx_http_request_t *r);


#endif /* _NGX_HTTP_LOYALTY_RESPONSE_H_INCLUDED_ */
