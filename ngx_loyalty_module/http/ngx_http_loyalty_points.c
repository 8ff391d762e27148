
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>

#include <loyalty_money.h>


char *
ngx_http_loyalty_currency(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    int         exponent;
    ngx_str_t  *value;

    value = cf->args->elts;

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
ngx_http_loyalty_point_value(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t          *value;
    loyalty_program_t  *rules = &program->rules;

    value = cf->args->elts;

    if (ngx_strcmp(value[2].data, "per") != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"point_value\" has \"%V\" where \"per\" "
                           "belongs: write such as \"point_value 5.00 per "
                           "100;\"", &value[2]);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_loyalty_value_amount(cf, program, &value[1], &rules->value)
        != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid amount \"%V\" in \"point_value\": write "
                           "an amount of %*s over zero, with at most %d "
                           "digits behind the point",
                           &value[1], rules->currency.len,
                           rules->currency.data, rules->exponent);
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_rule_points(cf, 3, &rules->value_per);
}


char *
ngx_http_loyalty_pending(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    int64_t     seconds;
    ngx_str_t  *value;

    value = cf->args->elts;

    seconds = ngx_http_loyalty_seconds(&value[1]);

    if (seconds == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"pending\": write such "
                           "as 14d, at most 100y, or leave the directive out",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    program->rules.pending = seconds;

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_points_expire(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    int64_t     seconds;
    ngx_str_t  *value;

    value = cf->args->elts;

    seconds = ngx_http_loyalty_seconds(&value[1]);

    if (seconds == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"points_expire\": write "
                           "such as 365d, at most 100y, or leave the "
                           "directive out", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (seconds <= program->rules.pending) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "with \"points_expire %V\" points expire before "
                           "\"pending\" lets them be spent: write a longer "
                           "time", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 3) {

        if (ngx_strcmp(value[2].data, "after=activity") == 0) {
            program->rules.inactivity = 1;

        } else if (ngx_strcmp(value[2].data, "after=earning") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in "
                               "\"points_expire\": write after=earning, for "
                               "the time since points were earned, or "
                               "after=activity, for the time since the "
                               "member's last activity", &value[2]);
            return NGX_CONF_ERROR;
        }
    }

    program->rules.points_expire = seconds;

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_negative(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "on") == 0) {
        program->rules.negative = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" in \"negative\": write \"on\" "
                       "if a refund may take a balance below zero, or "
                       "\"off\"", &value[1]);

    return NGX_CONF_ERROR;
}
