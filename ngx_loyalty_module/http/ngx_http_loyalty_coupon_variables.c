
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_request.h>
#include <ngx_http_loyalty_variables.h>

#include <loyalty_money.h>
#include <loyalty_time.h>


/*
 * What a store is told about a coupon that it is to make.  Outside of that
 * they are empty: a code that nobody has confirmed is nobody's.
 */


typedef struct {
    ngx_http_request_t          *request;
    ngx_http_loyalty_program_t  *program;
    loyalty_result_t            *result;
} ngx_http_loyalty_coupon_t;


typedef ngx_int_t (*ngx_http_loyalty_coupon_text_pt)(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);


/* A text, and how it is escaped: see the table of variables. */

typedef struct {
    ngx_http_loyalty_coupon_text_pt  text;
    ngx_http_loyalty_escape_e        escape;
} ngx_http_loyalty_coupon_variable_t;


static ngx_int_t ngx_http_loyalty_coupon_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_coupon_code(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_coupon_ends(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_coupon_ends_unix(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_coupon_reward(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_coupon_product(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_coupon_kind(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_coupon_value(
    ngx_http_loyalty_coupon_t *coupon, loyalty_str_t *text);


static ngx_http_loyalty_coupon_variable_t  ngx_http_loyalty_coupon_texts[] = {
    { ngx_http_loyalty_coupon_code, NGX_HTTP_LOYALTY_PLAIN },
    { ngx_http_loyalty_coupon_ends, NGX_HTTP_LOYALTY_JSON },
    { ngx_http_loyalty_coupon_ends_unix, NGX_HTTP_LOYALTY_PLAIN },
    { ngx_http_loyalty_coupon_reward, NGX_HTTP_LOYALTY_PLAIN },
    { ngx_http_loyalty_coupon_reward, NGX_HTTP_LOYALTY_JSON },
    { ngx_http_loyalty_coupon_product, NGX_HTTP_LOYALTY_PLAIN },
    { ngx_http_loyalty_coupon_product, NGX_HTTP_LOYALTY_JSON },
    { ngx_http_loyalty_coupon_kind, NGX_HTTP_LOYALTY_PLAIN },
    { ngx_http_loyalty_coupon_value, NGX_HTTP_LOYALTY_PLAIN }
};


#define ngx_http_loyalty_coupon_row(name, n)                                  \
    { ngx_string(name), NULL, ngx_http_loyalty_coupon_variable,               \
      (uintptr_t) &ngx_http_loyalty_coupon_texts[n],                          \
      NGX_HTTP_VAR_NOCACHEABLE, 0 }


static ngx_http_variable_t  ngx_http_loyalty_coupon_vars[] = {
    ngx_http_loyalty_coupon_row("loyalty_coupon_code", 0),
    ngx_http_loyalty_coupon_row("loyalty_coupon_expires", 1),
    ngx_http_loyalty_coupon_row("loyalty_coupon_expires_unix", 2),
    ngx_http_loyalty_coupon_row("loyalty_reward", 3),
    ngx_http_loyalty_coupon_row("loyalty_reward_json", 4),
    ngx_http_loyalty_coupon_row("loyalty_reward_product", 5),
    ngx_http_loyalty_coupon_row("loyalty_reward_product_json", 6),
    ngx_http_loyalty_coupon_row("loyalty_reward_kind", 7),
    ngx_http_loyalty_coupon_row("loyalty_reward_value", 8),
      ngx_http_null_variable
};


ngx_int_t
ngx_http_loyalty_add_coupon_variables(ngx_conf_t *cf)
{
    return ngx_http_loyalty_add_variables_of(cf,
                                             ngx_http_loyalty_coupon_vars);
}


static ngx_int_t
ngx_http_loyalty_coupon_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_loyalty_coupon_variable_t  *variable =
        (ngx_http_loyalty_coupon_variable_t *) data;

    loyalty_str_t              text;
    ngx_http_loyalty_ctx_t    *ctx;
    ngx_http_loyalty_coupon_t  coupon;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    if (r == r->main || ctx == NULL || ctx->command.result.reward == NULL) {
        ngx_http_loyalty_set_value(v, "", 0);
        return NGX_OK;
    }

    coupon.request = r;
    coupon.program = ctx->conf->program;
    coupon.result = &ctx->command.result;

    if (variable->text(&coupon, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_loyalty_text_variable(r, v, &text, variable->escape);
}


static ngx_int_t
ngx_http_loyalty_coupon_code(ngx_http_loyalty_coupon_t *coupon,
    loyalty_str_t *text)
{
    text->data = coupon->result->coupon;
    text->len = ngx_strlen(text->data);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_coupon_ends(ngx_http_loyalty_coupon_t *coupon,
    loyalty_str_t *text)
{
    char  *data;

    text->len = 0;

    if (coupon->result->coupon_expires == 0) {
        return NGX_OK;
    }

    data = ngx_pnalloc(coupon->request->pool, LOYALTY_TIME_LEN);
    if (data == NULL) {
        return NGX_ERROR;
    }

    loyalty_time_write(coupon->result->coupon_expires, data);

    text->data = data;
    text->len = LOYALTY_TIME_LEN;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_coupon_ends_unix(ngx_http_loyalty_coupon_t *coupon,
    loyalty_str_t *text)
{
    u_char  *data;

    text->len = 0;

    if (coupon->result->coupon_expires == 0) {
        return NGX_OK;
    }

    data = ngx_pnalloc(coupon->request->pool, NGX_INT64_LEN);
    if (data == NULL) {
        return NGX_ERROR;
    }

    text->data = (char *) data;
    text->len = ngx_sprintf(data, "%L", coupon->result->coupon_expires)
                - data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_coupon_reward(ngx_http_loyalty_coupon_t *coupon,
    loyalty_str_t *text)
{
    *text = coupon->result->reward->id;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_coupon_product(ngx_http_loyalty_coupon_t *coupon,
    loyalty_str_t *text)
{
    *text = coupon->result->reward->product;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_coupon_kind(ngx_http_loyalty_coupon_t *coupon,
    loyalty_str_t *text)
{
    *text = loyalty_reward_kind(coupon->result->reward);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_coupon_value(ngx_http_loyalty_coupon_t *coupon,
    loyalty_str_t *text)
{
    char  *data;

    data = ngx_pnalloc(coupon->request->pool, LOYALTY_MONEY_SIZE);
    if (data == NULL) {
        return NGX_ERROR;
    }

    *text = loyalty_reward_worth(&coupon->program->rules,
                                 coupon->result->reward, data);

    return NGX_OK;
}
