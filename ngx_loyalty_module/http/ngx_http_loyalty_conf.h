
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_


#include <ngx_http_loyalty_module.h>


/*
 * A directive inside of a loyalty_program block.  Its handler logs what is
 * wrong, with file and line, and returns NGX_CONF_ERROR.
 */

typedef char *(*ngx_http_loyalty_set_pt)(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

typedef struct {
    ngx_str_t                 name;
    ngx_uint_t                min;          /* arguments */
    ngx_uint_t                max;
    ngx_uint_t                once;         /* in a program */
    ngx_http_loyalty_set_pt   set;
    const char               *syntax;
} ngx_http_loyalty_directive_t;


/* ngx_http_loyalty_rules.c */

char *ngx_http_loyalty_currency(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_earn(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_signup_bonus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_reward(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_coupon_expires(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* "earn" has amounts in it: it is understood once the currency is known. */

char *ngx_http_loyalty_earn_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_lookup.c */

char *ngx_http_loyalty_order_lookup(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_secrets.c */

char *ngx_http_loyalty_api_key(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/*
 * ngx_http_loyalty_folder.c: sees to it that the workers can write the folder
 * and the file of a database, and makes the folder if there is none.
 */

char *ngx_http_loyalty_folder(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_database.c */

char *ngx_http_loyalty_database(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* The folder is for the workers' user, who may be named further down. */

char *ngx_http_loyalty_database_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_program.c */

/*
 * A copy of "cf" for a directive that cannot be understood yet: has its
 * arguments, and logs with its file and line.  NULL if there is no memory.
 */

ngx_conf_t *ngx_http_loyalty_put_off(ngx_conf_t *cf);

/* Whether "arg" starts with "name"; *value then gets what follows. */

ngx_uint_t ngx_http_loyalty_named(ngx_str_t *arg, const char *name,
    ngx_str_t *value);

/* A number from 1 to LOYALTY_POINTS_MAX; NGX_ERROR if it is none. */

int64_t ngx_http_loyalty_positive(ngx_str_t *value);


#endif /* _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_ */
