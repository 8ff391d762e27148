
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_HEADERS_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_HEADERS_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/*
 * How many headers of this name, in lower case, have come; *value is that of
 * the n-th of them, from 0 on, and left alone if there is none.
 */
ngx_uint_t ngx_http_loyalty_header(ngx_http_request_t *r, loyalty_str_t name,
    ngx_uint_t n, loyalty_str_t *value);


#endif /* _NGX_HTTP_LOYALTY_HEADERS_H_INCLUDED_ */
