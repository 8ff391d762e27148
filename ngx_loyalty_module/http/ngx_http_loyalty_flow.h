
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_FLOW_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_FLOW_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* The way of a request through the engine, up to its answer. */
void ngx_http_loyalty_run(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx);

/*
 * Asks the store for the order of a claim that was postponed; "concluded" then
 * gets the request.  The outcome is LOYALTY_DATABASE_UNAVAILABLE if nothing
 * could be written down.
 */
void ngx_http_loyalty_complete(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, void (*concluded)(ngx_http_request_t *r));


#endif /* _NGX_HTTP_LOYALTY_FLOW_H_INCLUDED_ */
