
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_DIRECTIVE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_DIRECTIVE_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


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


/* ngx_http_loyalty_points.c */

char *ngx_http_loyalty_currency(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_point_value(ngx_conf_t *cf,
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

/* ngx_http_loyalty_message.c */

char *ngx_http_loyalty_locale(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_message(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

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

char *ngx_http_loyalty_api_key(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_site.c */

char *ngx_http_loyalty_site(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_link_secret(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
char *ngx_http_loyalty_sessions(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);

/* ngx_http_loyalty_database.c */

char *ngx_http_loyalty_database(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);


#endif /* _NGX_HTTP_LOYALTY_DIRECTIVE_H_INCLUDED_ */
