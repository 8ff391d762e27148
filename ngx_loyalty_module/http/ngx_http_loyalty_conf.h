
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_


#include <ngx_http_loyalty_module.h>


/*
 * When a directive is understood.  What has amounts in it needs the currency,
 * what reckons with an order's details needs the look-ups that tell them, what
 * names other rules needs those: all of them may stand below it.
 */

typedef enum {
    NGX_HTTP_LOYALTY_AT_ONCE = 0,
    NGX_HTTP_LOYALTY_WITH_CURRENCY,
    NGX_HTTP_LOYALTY_WITH_STORES,
    NGX_HTTP_LOYALTY_WITH_OTHERS
} ngx_http_loyalty_when_e;


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
    ngx_http_loyalty_when_e   when;
    ngx_http_loyalty_set_pt   set;
    const char               *syntax;
} ngx_http_loyalty_directive_t;


/*
 * A parameter of such a directive.  Its handler gets what follows the name
 * and the field of the rule; NGX_ERROR if the text is no good.
 */

typedef ngx_int_t (*ngx_http_loyalty_value_pt)(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);

typedef struct {
    ngx_str_t                   name;       /* with its "=", if it has one */
    size_t                      offset;     /* of the field, in the rule */
    ngx_http_loyalty_value_pt   set;
    const char                 *write;      /* in place of what is no good */
} ngx_http_loyalty_param_t;


/* ngx_http_loyalty_points.c */

char *ngx_http_loyalty_currency(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_pending(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_points_expire(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_negative(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_earn.c */

char *ngx_http_loyalty_earn(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_promotion(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_action.c */

char *ngx_http_loyalty_action(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_referral(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_signup_bonus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_standing.c */

char *ngx_http_loyalty_tier(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_tier_window(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_membership(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_badge(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_reward.c */

char *ngx_http_loyalty_reward(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_coupon_expires(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_rule.c: what the directives of rules have in common */

/*
 * Adds a rule, zeroed, to an array of such ones.  The id, which a rule starts
 * with, is the first argument.  NULL if it is no good, which has been logged.
 */

void *ngx_http_loyalty_rule_add(ngx_conf_t *cf, ngx_array_t *rules);

/* The rule with this id, or NULL. */

void *ngx_http_loyalty_rule_find(ngx_array_t *rules, loyalty_str_t id);

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

/* ngx_http_loyalty_values.c: handlers of parameters; fields in brackets */

/* [int64_t] */
ngx_int_t ngx_http_loyalty_value_points(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_amount(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_multiplier(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_percent(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_seconds(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_moment(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);

/* [loyalty_str_t] */
ngx_int_t ngx_http_loyalty_value_text(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_url(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_action(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_tier(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_membership(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
ngx_int_t ngx_http_loyalty_value_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);

/* [loyalty_str_t], a JSON pointer */
ngx_int_t ngx_http_loyalty_value_pointer(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);

/* "A,B": words without blanks around them; NGX_ERROR if they are not that. */

ngx_int_t ngx_http_loyalty_words(ngx_conf_t *cf, ngx_str_t *text,
    const loyalty_str_t **words, size_t *nwords);

/* "3/1d", or "3" with a window of 0; NGX_ERROR if it is neither. */

ngx_int_t ngx_http_loyalty_count(ngx_str_t *text, int64_t *count,
    int64_t *window);

/* Refuses an end that is not after the start; 0 for what is left open. */

char *ngx_http_loyalty_from_until(ngx_conf_t *cf, int64_t from,
    int64_t until);

/* A time from a second to a hundred years; NGX_ERROR if it is none. */

int64_t ngx_http_loyalty_seconds(ngx_str_t *value);

/* A number from 1 to LOYALTY_POINTS_MAX; NGX_ERROR if it is none. */

int64_t ngx_http_loyalty_positive(ngx_str_t *value);

/* Whether people can read it: not empty, UTF-8, no control characters. */

ngx_uint_t ngx_http_loyalty_readable(ngx_str_t *text);

/* Whether "arg" starts with "name"; *value then gets what follows. */

ngx_uint_t ngx_http_loyalty_named(ngx_str_t *arg, const char *name,
    ngx_str_t *value);

/* ngx_http_loyalty_lookup.c */

char *ngx_http_loyalty_order_lookup(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_coupon_store.c */

char *ngx_http_loyalty_coupon_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_coupon_retry(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_event.c */

char *ngx_http_loyalty_order_event(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_secrets.c */

#define NGX_HTTP_LOYALTY_SECRET_MAX    4096
#define NGX_HTTP_LOYALTY_SECRET_SHORT  16

char *ngx_http_loyalty_api_key(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/*
 * Reads the file of a key, whose path it makes a full one, into "data", which
 * has NGX_HTTP_LOYALTY_SECRET_MAX bytes; "how" says what to do about a file
 * that is not there.  Returns how many bytes it has, or NGX_ERROR.
 */

ssize_t ngx_http_loyalty_secret_read(ngx_conf_t *cf, ngx_str_t *path,
    u_char *data, const char *how);

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

/*
 * ngx_http_loyalty_zone.c: the memory that the workers share for a program,
 * with the lock its writers queue at.
 */

char *ngx_http_loyalty_zone(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_program.c */

/*
 * A copy of "cf" for a directive that cannot be understood yet: has its
 * arguments, and logs with its file and line.  NULL if there is no memory.
 */

ngx_conf_t *ngx_http_loyalty_put_off(ngx_conf_t *cf);


#endif /* _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_ */
