
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_STORE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_STORE_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* Puts the filters in; cannot fail. */
ngx_int_t ngx_http_loyalty_store_init(ngx_conf_t *cf);

/*
 * Chooses the store that the command names, or the only one, and gives the
 * command its id.  NGX_DECLINED if there is no such one.
 */
ngx_int_t ngx_http_loyalty_store_choose(ngx_http_loyalty_ctx_t *ctx);

/*
 * Sends the subrequest; NGX_ERROR if it could not be made.  Otherwise
 * ctx->step gets the request, or ctx->salvage the context.
 */
ngx_int_t ngx_http_loyalty_store_ask(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * Why the answer, whatever was asked, is not one of the store's, or not to be
 * read; NULL if nothing is wrong with it so far.
 */
const char *ngx_http_loyalty_store_flaw(ngx_http_loyalty_store_t *store);

/*
 * What the store's answer comes to: LOYALTY_NO_FAULT if it is to be read.  For
 * LOYALTY_STORE_BAD_ANSWER the command's "why" is set.
 */
loyalty_outcome_e ngx_http_loyalty_store_outcome(ngx_http_loyalty_ctx_t *ctx);


#endif /* _NGX_HTTP_LOYALTY_STORE_H_INCLUDED_ */
