
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_WORKER_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_WORKER_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* Starts the timers of a worker; cannot fail. */
ngx_int_t ngx_http_loyalty_init_process(ngx_cycle_t *cycle);

/* Closes its databases. */
void ngx_http_loyalty_exit_process(ngx_cycle_t *cycle);


#endif /* _NGX_HTTP_LOYALTY_WORKER_H_INCLUDED_ */
