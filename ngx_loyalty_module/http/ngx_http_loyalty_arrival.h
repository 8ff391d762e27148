
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_ARRIVAL_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_ARRIVAL_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* NGX_ERROR ends the configuration. */
ngx_int_t ngx_http_loyalty_arrival_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_LOYALTY_ARRIVAL_H_INCLUDED_ */
