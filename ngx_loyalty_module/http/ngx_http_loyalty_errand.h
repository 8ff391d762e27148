
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_ERRAND_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_ERRAND_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* Starts the timers of a worker that looks for what was left with stores. */
void ngx_http_loyalty_errands_init(ngx_http_loyalty_program_t *program,
    ngx_log_t *log);


#endif /* _NGX_HTTP_LOYALTY_ERRAND_H_INCLUDED_ */
