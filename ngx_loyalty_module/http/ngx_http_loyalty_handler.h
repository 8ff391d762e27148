
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_HANDLER_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_HANDLER_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* The content handler: returns what ngx_http_finalize_request() wants. */
ngx_int_t ngx_http_loyalty_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_LOYALTY_HANDLER_H_INCLUDED_ */
