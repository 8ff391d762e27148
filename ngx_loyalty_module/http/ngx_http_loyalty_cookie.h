
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_COOKIE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_COOKIE_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* The code of the member whose browser it is; NGX_DECLINED: nobody's. */
ngx_int_t ngx_http_loyalty_cookie(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, loyalty_str_t *member);

/* Whether the shop's own page has sent the request; "json": its body is. */
ngx_uint_t ngx_http_loyalty_cookie_safe(ngx_http_request_t *r,
    ngx_uint_t json);

/*
 * The header that gives a browser to a member, and that by which it forgets
 * whose it was; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_loyalty_cookie_make(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, loyalty_str_t member,
    ngx_str_t *header);
ngx_int_t ngx_http_loyalty_cookie_end(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, ngx_str_t *header);


#endif /* _NGX_HTTP_LOYALTY_COOKIE_H_INCLUDED_ */
