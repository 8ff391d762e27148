
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_SESSION_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_SESSION_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/*
 * Finds out whom the request's cookie is of, then goes on with what is asked
 * for, as if that member's e-mail had been written.
 */
void ngx_http_loyalty_recognize(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/* Has the browser forget its cookie; as a content handler does. */
ngx_int_t ngx_http_loyalty_logout(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


#endif /* _NGX_HTTP_LOYALTY_SESSION_H_INCLUDED_ */
