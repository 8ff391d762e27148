
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

/* A directive whose value is from 1 on; its field is of one of these types. */

typedef enum {
    NGX_HTTP_LOYALTY_NUMBER = 0,                 /* ngx_int_t */
    NGX_HTTP_LOYALTY_SIZE,                       /* size_t */
    NGX_HTTP_LOYALTY_TIME                        /* ngx_msec_t */
} ngx_http_loyalty_measure_e;

typedef struct {
    ngx_http_loyalty_measure_e    measure;
    ngx_int_t                     most;
    char                         *wrong;         /* and what to write */
} ngx_http_loyalty_limit_t;

char *ngx_http_loyalty_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The directives of these names. */

char *ngx_http_loyalty_auth(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_loyalty_format(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_loyalty_postpone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_LOYALTY_LOCATION_H_INCLUDED_ */
