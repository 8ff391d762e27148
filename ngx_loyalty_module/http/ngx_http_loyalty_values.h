
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_VALUES_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_VALUES_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* Handlers of parameters; their fields in brackets. */


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


#endif /* _NGX_HTTP_LOYALTY_VALUES_H_INCLUDED_ */
