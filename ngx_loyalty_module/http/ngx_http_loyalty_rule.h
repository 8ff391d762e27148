
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_RULE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_RULE_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* What the directives of rules have in common. */


/*
 * A parameter of a directive.  Its handler gets what follows the name, and the
 * field of the rule; NGX_ERROR if the text is no good.
 */

typedef ngx_int_t (*ngx_http_loyalty_value_pt)(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);

typedef struct {
    ngx_str_t                   name;       /* with its "=", if it has one */
    size_t                      offset;     /* of the field, in the rule */
    ngx_http_loyalty_value_pt   set;
    const char                 *write;      /* in place of what is no good */
} ngx_http_loyalty_param_t;


/*
 * Adds a rule, zeroed, to an array of such ones.  The id, which a rule starts
 * with, is the first argument.  NULL if it is no good, which has been logged.
 */

void *ngx_http_loyalty_rule_add(ngx_conf_t *cf, ngx_array_t *rules);

/* The points that the argument at "n" is. */

char *ngx_http_loyalty_rule_points(ngx_conf_t *cf, ngx_uint_t n,
    int64_t *points);

/* The name for people that the argument at "n" is. */

char *ngx_http_loyalty_rule_text(ngx_conf_t *cf, ngx_uint_t n,
    loyalty_str_t *name);

/*
 * That name, if the argument at "*n" has not the look of a parameter; *n is
 * then moved on.  Otherwise it is the rule's id.
 */

char *ngx_http_loyalty_rule_name(ngx_conf_t *cf, ngx_uint_t *n,
    loyalty_str_t *name);

/*
 * Takes the arguments from "n" on as parameters, in the order of the table,
 * so that a row can rely on those above it.
 */

char *ngx_http_loyalty_rule_params(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_param_t *params,
    ngx_uint_t n, void *rule);

/*
 * Refuses a rule that needs what no look-up of the program tells: "name" is
 * the parameter that would, "offset" its pointer in loyalty_order_lookup_t.
 */

char *ngx_http_loyalty_rule_needs(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, const char *name, size_t offset);

/* Whether a parameter is among the arguments from "n" on. */

ngx_uint_t ngx_http_loyalty_rule_given(ngx_conf_t *cf, ngx_uint_t n,
    const char *name);

/*
 * Says "a, b and c": the names that the rows of a table start with, the last
 * row's being empty.  "buf" has NGX_MAX_CONF_ERRSTR bytes.
 */

void ngx_http_loyalty_names(void *rows, size_t size, u_char *buf,
    ngx_str_t *names);

/*
 * A copy of "cf" for a directive that cannot be understood yet: has its
 * arguments, and logs with its file and line.  NULL if there is no memory.
 */

ngx_conf_t *ngx_http_loyalty_put_off(ngx_conf_t *cf);


#endif /* _NGX_HTTP_LOYALTY_RULE_H_INCLUDED_ */
