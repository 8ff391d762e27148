
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_conf.h>

#include <loyalty_id.h>
#include <loyalty_money.h>
#include <loyalty_utf8.h>


static char *ngx_http_loyalty_earn_order(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static ngx_int_t ngx_http_loyalty_earn_limit(loyalty_earn_t *earn,
    ngx_str_t *value);
static char *ngx_http_loyalty_reward_param(ngx_conf_t *cf,
    loyalty_reward_t *reward, ngx_str_t *arg);
static ngx_uint_t ngx_http_loyalty_readable(ngx_str_t *text);
static ngx_uint_t ngx_http_loyalty_is_url(ngx_str_t *text);


char *
ngx_http_loyalty_currency(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    int         exponent;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (program->rules.currency.len != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"currency\" is duplicate: "
                           "a program has one");
        return NGX_CONF_ERROR;
    }

    exponent = loyalty_currency_exponent(ngx_http_loyalty_text(&value[1]));

    if (exponent == LOYALTY_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown currency \"%V\": write a code of "
                           "ISO 4217 in capitals, such as USD, EUR or JPY",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    program->rules.currency = ngx_http_loyalty_text(&value[1]);
    program->rules.exponent = exponent;

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_earn(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    program->earn = ngx_http_loyalty_put_off(cf);

    return (program->earn != NULL) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_loyalty_earn_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    int64_t          points;
    ngx_str_t       *value;
    loyalty_earn_t  *earn;

    earn = &program->rules.earn;
    value = cf->args->elts;
    points = ngx_http_loyalty_positive(&value[1]);

    if (points == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid points \"%V\" in \"earn\": write a whole "
                           "number from 1 on", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_strcmp(value[2].data, "per") != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"earn\" has \"%V\" where \"per\" belongs: write "
                           "\"earn %V per 1.00;\" or \"earn %V per order;\"",
                           &value[2], &value[1], &value[1]);
        return NGX_CONF_ERROR;
    }

    earn->points = points;

    if (ngx_strcmp(value[3].data, "order") == 0) {
        return ngx_http_loyalty_earn_order(cf, program);
    }

    earn->kind = LOYALTY_EARN_PER_AMOUNT;

    if (cf->args->nelts > 4) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" goes with \"earn POINTS per order\" only",
                           &value[4]);
        return NGX_CONF_ERROR;
    }

    if (loyalty_money_parse(ngx_http_loyalty_text(&value[3]),
                            program->rules.exponent, &earn->per)
        != LOYALTY_OK
        || earn->per == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid amount \"%V\" in \"earn\": write an "
                           "amount of %*s over zero, with at most %d digits "
                           "behind the point", &value[3],
                           program->rules.currency.len,
                           program->rules.currency.data,
                           program->rules.exponent);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_earn_order(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t       *value, text;
    ngx_uint_t       i;
    loyalty_earn_t  *earn;

    earn = &program->rules.earn;
    value = cf->args->elts;

    earn->kind = LOYALTY_EARN_PER_ORDER;

    for (i = 4; i < cf->args->nelts; i++) {

        if (ngx_http_loyalty_named(&value[i], "min=", &text)
            && loyalty_money_parse(ngx_http_loyalty_text(&text),
                                   program->rules.exponent, &earn->min)
               == LOYALTY_OK)
        {
            continue;
        }

        if (ngx_http_loyalty_named(&value[i], "limit=", &text)
            && ngx_http_loyalty_earn_limit(earn, &text) == NGX_OK)
        {
            continue;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"earn\": write "
                           "min=AMOUNT, such as min=5.00, or "
                           "limit=NUMBER/TIME, such as limit=3/1d",
                           &value[i]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* "3/1d": so many orders in so much time */

static ngx_int_t
ngx_http_loyalty_earn_limit(loyalty_earn_t *earn, ngx_str_t *value)
{
    u_char     *slash;
    int64_t     limit;
    ngx_int_t   window;
    ngx_str_t   number, time;

    slash = ngx_strlchr(value->data, value->data + value->len, '/');

    if (slash == NULL) {
        return NGX_ERROR;
    }

    number.data = value->data;
    number.len = slash - value->data;
    time.data = slash + 1;
    time.len = value->len - number.len - 1;

    limit = ngx_http_loyalty_positive(&number);
    window = ngx_parse_time(&time, 1);

    if (limit == NGX_ERROR || window == (ngx_int_t) NGX_ERROR || window == 0) {
        return NGX_ERROR;
    }

    earn->limit = limit;
    earn->window = window;

    return NGX_OK;
}


char *
ngx_http_loyalty_signup_bonus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    int64_t     points;
    ngx_str_t  *value;

    value = cf->args->elts;

    points = ngx_http_loyalty_positive(&value[1]);

    if (points == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid points \"%V\" in \"signup_bonus\": write "
                           "a whole number from 1 on, or leave the directive "
                           "out", &value[1]);
        return NGX_CONF_ERROR;
    }

    program->rules.signup_bonus = points;

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_reward(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t          *value;
    ngx_uint_t          i;
    loyalty_str_t       id;
    loyalty_reward_t   *reward, *rewards;

    value = cf->args->elts;
    id = ngx_http_loyalty_text(&value[1]);

    if (!loyalty_id_valid(id)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid reward id \"%V\": write 1 to 64 of the "
                           "characters A-Z a-z 0-9 . _ # -", &value[1]);
        return NGX_CONF_ERROR;
    }

    rewards = program->rewards.elts;

    for (i = 0; i < program->rewards.nelts; i++) {

        if (loyalty_str_equal(rewards[i].id, id)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the reward id \"%V\" is used twice: give "
                               "this reward another one", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    if (!ngx_http_loyalty_readable(&value[3])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name of the reward \"%V\": write what "
                           "shoppers shall read, in UTF-8", &value[1]);
        return NGX_CONF_ERROR;
    }

    reward = ngx_array_push(&program->rewards);
    if (reward == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(reward, sizeof(loyalty_reward_t));

    reward->id = id;
    reward->name = ngx_http_loyalty_text(&value[3]);
    reward->cost = ngx_http_loyalty_positive(&value[2]);

    if (reward->cost == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid points \"%V\" of the reward \"%V\": "
                           "write a whole number from 1 on", &value[2],
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    for (i = 4; i < cf->args->nelts; i++) {

        if (ngx_http_loyalty_reward_param(cf, reward, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_reward_param(ngx_conf_t *cf, loyalty_reward_t *reward,
    ngx_str_t *arg)
{
    ngx_str_t  text;

    if (ngx_http_loyalty_named(arg, "url=", &text)
        && ngx_http_loyalty_is_url(&text))
    {
        reward->url = ngx_http_loyalty_text(&text);
        return NGX_CONF_OK;
    }

    if (ngx_http_loyalty_named(arg, "product=", &text)
        && ngx_http_loyalty_readable(&text))
    {
        reward->product = ngx_http_loyalty_text(&text);
        return NGX_CONF_OK;
    }

    if (ngx_http_loyalty_named(arg, "stock=", &text)) {
        reward->stock = ngx_http_loyalty_positive(&text);

        if (reward->stock != NGX_ERROR) {
            return NGX_CONF_OK;
        }
    }

    if (ngx_http_loyalty_named(arg, "per_member=", &text)) {
        reward->per_member = ngx_http_loyalty_positive(&text);

        if (reward->per_member != NGX_ERROR) {
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" of the reward \"%*s\": "
                       "write url=http(s)://..., product=TEXT, "
                       "stock=NUMBER or per_member=NUMBER, numbers from 1 "
                       "on", arg, reward->id.len, reward->id.data);

    return NGX_CONF_ERROR;
}


char *
ngx_http_loyalty_coupon_expires(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_int_t   seconds;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        program->rules.coupon_expires = 0;
        return NGX_CONF_OK;
    }

    seconds = ngx_parse_time(&value[1], 1);

    if (seconds == (ngx_int_t) NGX_ERROR || seconds == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"coupon_expires\": write "
                           "such as 30d, or \"off\" for coupons that never "
                           "expire", &value[1]);
        return NGX_CONF_ERROR;
    }

    program->rules.coupon_expires = seconds;

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_loyalty_readable(ngx_str_t *text)
{
    return text->len != 0
           && loyalty_utf8_printable(ngx_http_loyalty_text(text));
}


static ngx_uint_t
ngx_http_loyalty_is_url(ngx_str_t *text)
{
    ngx_str_t  rest;

    return ngx_http_loyalty_readable(text)
           && (ngx_http_loyalty_named(text, "https://", &rest)
               || ngx_http_loyalty_named(text, "http://", &rest))
           && rest.len != 0;
}
