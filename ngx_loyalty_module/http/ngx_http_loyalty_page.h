
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_PAGE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_PAGE_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* Whether it is a browser that has opened a claim, and there is a page. */
ngx_uint_t ngx_http_loyalty_page_wanted(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * Where the page is, with what came of the claim, and with neither the e-mail
 * nor the signature.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_loyalty_page_url(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_str_t *url);


#endif /* _NGX_HTTP_LOYALTY_PAGE_H_INCLUDED_ */
