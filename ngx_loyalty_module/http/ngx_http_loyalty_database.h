
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_DATABASE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_DATABASE_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/*
 * ngx_http_loyalty_folder.c: sees to it that the workers can write the folder
 * and the file of a database, and makes the folder if there is none.
 */

char *ngx_http_loyalty_folder(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_database.c */

/* The folder is for the workers' user, who may be named further down. */

char *ngx_http_loyalty_database_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/*
 * ngx_http_loyalty_zone.c: the memory that the workers share for a program,
 * with the lock its writers queue at.
 */

char *ngx_http_loyalty_zone(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);


#endif /* _NGX_HTTP_LOYALTY_DATABASE_H_INCLUDED_ */
