
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_SAGA_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_SAGA_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* Whether the engine has left the request's coupon to the store. */
ngx_uint_t ngx_http_loyalty_saga_due(ngx_http_loyalty_ctx_t *ctx);

/* Asks the store to make it, and answers. */
void ngx_http_loyalty_saga_create(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * Goes on with one that was left; "concluded" then gets the request.  The
 * outcome is LOYALTY_DATABASE_UNAVAILABLE if nothing could be written down.
 */
void ngx_http_loyalty_saga_resume(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, void (*concluded)(ngx_http_request_t *r));


#endif /* _NGX_HTTP_LOYALTY_SAGA_H_INCLUDED_ */
