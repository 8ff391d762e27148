
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_STATUS_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_STATUS_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/*
 * Answers with what the program's workers have counted, in the text format of
 * Prometheus 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
 */
ngx_int_t ngx_http_loyalty_status(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);


#endif /* _NGX_HTTP_LOYALTY_STATUS_H_INCLUDED_ */
