
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_LOCATION_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_LOCATION_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/*
 * Gives a location its program, once all are known.  NGX_ERROR if it has not
 * what it needs, which has been logged.
 */
ngx_int_t ngx_http_loyalty_location_check(ngx_conf_t *cf,
    ngx_http_loyalty_main_conf_t *lmcf, ngx_http_loyalty_loc_conf_t *llcf);

/*
 * What holds for a request that is answered in this format: where nothing is
 * written, a chat has less time for the store, and keeps claims.
 */

ngx_msec_t ngx_http_loyalty_store_timeout(ngx_http_loyalty_loc_conf_t *llcf,
    loyalty_format_e format);
time_t ngx_http_loyalty_postpones(ngx_http_loyalty_loc_conf_t *llcf,
    loyalty_format_e format);

/* The directive "loyalty_postpone". */
char *ngx_http_loyalty_postpone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_LOYALTY_LOCATION_H_INCLUDED_ */
