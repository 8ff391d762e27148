
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_PROGRAM_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_PROGRAM_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* NGX_CONF_ERROR if something is wrong, which it has logged. */
char *ngx_http_loyalty_program(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_LOYALTY_PROGRAM_H_INCLUDED_ */
