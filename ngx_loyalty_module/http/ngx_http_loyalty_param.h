
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_PARAM_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_PARAM_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* What a request may say, by whatever way it says it. */

typedef struct {
    ngx_str_t    name;
    size_t       offset;        /* in the command */
    size_t       max;
    ngx_uint_t   bit;           /* in an endpoint's needs and takes */
    unsigned     integer:1;     /* JSON may have it as a number */
    unsigned     typed:1;       /* white space around it does not count */

    /* what it must be, and the fault if it is not */

    int        (*valid)(loyalty_str_t text);
    loyalty_outcome_e  fault;
    const char  *detail;        /* NULL: the fault's */
} ngx_http_loyalty_input_t;


/* All that there are, to one without a name. */
extern ngx_http_loyalty_input_t  ngx_http_loyalty_known_params[];

/* The number of a parameter that we know; NGX_DECLINED for any other. */
ngx_int_t ngx_http_loyalty_params_find(ngx_str_t *name);

/* Whether the request's location takes it; else it may be anything. */
ngx_uint_t ngx_http_loyalty_params_takes(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param);

/* Where it is in the request's command. */
loyalty_str_t *ngx_http_loyalty_params_field(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param);

/* Puts it there; the text stays the caller's. */
void ngx_http_loyalty_params_set(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param, ngx_str_t *value);

/* Judges it, if it is there or must be: NGX_OK, or NGX_DECLINED. */
ngx_int_t ngx_http_loyalty_params_valid(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param);

/*
 * Refuses the request with a fault, and a sentence of its own unless that is
 * NULL.  Returns NGX_DECLINED.
 */
ngx_int_t ngx_http_loyalty_bad(ngx_http_loyalty_ctx_t *ctx,
    loyalty_outcome_e outcome, const char *detail);


#endif /* _NGX_HTTP_LOYALTY_PARAM_H_INCLUDED_ */
