
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_VARIABLES_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_VARIABLES_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* NGX_ERROR ends the configuration. */

ngx_int_t ngx_http_loyalty_add_variables(ngx_conf_t *cf);
ngx_int_t ngx_http_loyalty_add_variables_of(ngx_conf_t *cf,
    ngx_http_variable_t *v);

/* ngx_http_loyalty_coupon_variables.c */

ngx_int_t ngx_http_loyalty_add_coupon_variables(ngx_conf_t *cf);


/*
 * In a location of a store a text goes into a URI, and is escaped for that, or
 * into a JSON string; elsewhere it goes into logs and headers as it is.
 */

typedef enum {
    NGX_HTTP_LOYALTY_PLAIN = 0,
    NGX_HTTP_LOYALTY_JSON = 1
} ngx_http_loyalty_escape_e;

ngx_int_t ngx_http_loyalty_text_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, loyalty_str_t *text,
    ngx_http_loyalty_escape_e escape);

/* The data is not copied. */
void ngx_http_loyalty_set_value(ngx_http_variable_value_t *v,
    const char *data, size_t len);


#endif /* _NGX_HTTP_LOYALTY_VARIABLES_H_INCLUDED_ */
