
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_REF_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_REF_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* The rest of the directive, after the program's name. */
char *ngx_http_loyalty_ref_conf(ngx_conf_t *cf,
    ngx_http_loyalty_loc_conf_t *llcf);

/* Leads from an order's link into a chat; returns as a content handler. */
ngx_int_t ngx_http_loyalty_ref(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * Puts the order of a claim's "ref" into the command in place of it.  Returns
 * as ngx_http_loyalty_params() does.
 */
ngx_int_t ngx_http_loyalty_ref_param(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


#endif /* _NGX_HTTP_LOYALTY_REF_H_INCLUDED_ */
