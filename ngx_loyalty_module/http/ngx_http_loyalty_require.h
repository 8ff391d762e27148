
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_REQUIRE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_REQUIRE_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* The directive, in http, server, location. */
char *ngx_http_loyalty_require(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Once all programs are known: finds those that are required, and takes part
 * in the access phase.  NGX_ERROR ends the configuration.
 */
ngx_int_t ngx_http_loyalty_require_init(ngx_conf_t *cf,
    ngx_http_loyalty_main_conf_t *lmcf);

/*
 * What is known of the member whom the request's location is for, or, where it
 * is for anybody, of whom the request was looked at as before; NULL if it was
 * not, or nobody is known.
 */
loyalty_result_t *ngx_http_loyalty_visitor(ngx_http_request_t *r);


#endif /* _NGX_HTTP_LOYALTY_REQUIRE_H_INCLUDED_ */
