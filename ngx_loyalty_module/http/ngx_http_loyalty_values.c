
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_values.h>

#include <loyalty_json_pointer.h>

#include <loyalty_money.h>
#include <loyalty_time.h>
#include <loyalty_utf8.h>


#define NGX_HTTP_LOYALTY_SECONDS_MAX  (INT64_C(100) * 365 * 24 * 3600)


static ngx_int_t ngx_http_loyalty_value_id(ngx_array_t *rules,
    ngx_str_t *text, void *field);


ngx_int_t
ngx_http_loyalty_value_points(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    int64_t  *points = field;

    *points = ngx_http_loyalty_positive(text);

    return (*points != NGX_ERROR) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_amount(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    int64_t  *amount = field;

    if (loyalty_money_parse(ngx_http_loyalty_text(text),
                            program->rules.exponent, amount)
        != LOYALTY_OK)
    {
        return NGX_ERROR;
    }

    return (*amount != 0) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_multiplier(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    int64_t  *multiplier = field;

    return (loyalty_multiplier_parse(ngx_http_loyalty_text(text), multiplier)
            == LOYALTY_OK) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_percent(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    int64_t  *percent = field;

    *percent = ngx_http_loyalty_positive(text);

    return (*percent > 0 && *percent <= 100) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_seconds(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    int64_t  *seconds = field;

    *seconds = ngx_http_loyalty_seconds(text);

    return (*seconds != NGX_ERROR) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_moment(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    int64_t  *when = field;

    if (loyalty_time_parse(ngx_http_loyalty_text(text), when) != LOYALTY_OK) {
        return NGX_ERROR;
    }

    return (*when > 0) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_text(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_str_t  *str = field;

    *str = ngx_http_loyalty_text(text);

    return ngx_http_loyalty_readable(text) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_url(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    ngx_str_t  rest;

    if ((!ngx_http_loyalty_named(text, "https://", &rest)
         && !ngx_http_loyalty_named(text, "http://", &rest))
        || rest.len == 0)
    {
        return NGX_ERROR;
    }

    return ngx_http_loyalty_value_text(cf, program, text, field);
}


ngx_int_t
ngx_http_loyalty_value_action(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    return ngx_http_loyalty_value_id(&program->actions, text, field);
}


ngx_int_t
ngx_http_loyalty_value_tier(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    return ngx_http_loyalty_value_id(&program->tiers, text, field);
}


ngx_int_t
ngx_http_loyalty_value_membership(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    return ngx_http_loyalty_value_id(&program->memberships, text, field);
}


ngx_int_t
ngx_http_loyalty_value_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    return ngx_http_loyalty_value_id(&program->stores, text, field);
}


static ngx_int_t
ngx_http_loyalty_value_id(ngx_array_t *rules, ngx_str_t *text, void *field)
{
    loyalty_str_t  *id = field;

    *id = ngx_http_loyalty_text(text);

    return (ngx_http_loyalty_rule_find(rules, *id) != NULL) ? NGX_OK
                                                            : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_value_pointer(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_str_t  *pointer = field;

    *pointer = ngx_http_loyalty_text(text);

    return (loyalty_json_pointer_check(*pointer) == LOYALTY_OK) ? NGX_OK
                                                                : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_words(ngx_conf_t *cf, ngx_str_t *text,
    const loyalty_str_t **words, size_t *nwords)
{
    u_char         *p, *last, *comma;
    ngx_str_t       one;
    ngx_array_t     found;
    loyalty_str_t  *word;

    if (ngx_array_init(&found, cf->pool, 4, sizeof(loyalty_str_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    last = text->data + text->len;

    for (p = text->data; p <= last; p = comma + 1) {
        comma = ngx_strlchr(p, last, ',');

        if (comma == NULL) {
            comma = last;
        }

        one.data = p;
        one.len = comma - p;

        word = ngx_array_push(&found);

        if (word == NULL || !ngx_http_loyalty_readable(&one)
            || one.data[0] == ' ' || one.data[one.len - 1] == ' ')
        {
            return NGX_ERROR;
        }

        *word = ngx_http_loyalty_text(&one);
    }

    *words = found.elts;
    *nwords = found.nelts;

    return NGX_OK;
}


ngx_int_t
ngx_http_loyalty_count(ngx_str_t *text, int64_t *count, int64_t *window)
{
    u_char     *slash;
    ngx_str_t   number, time;

    number = *text;
    *window = 0;

    slash = ngx_strlchr(text->data, text->data + text->len, '/');

    if (slash != NULL) {
        number.len = slash - text->data;

        time.data = slash + 1;
        time.len = text->len - number.len - 1;

        *window = ngx_http_loyalty_seconds(&time);
    }

    *count = ngx_http_loyalty_positive(&number);

    return (*count != NGX_ERROR && *window != NGX_ERROR) ? NGX_OK : NGX_ERROR;
}


char *
ngx_http_loyalty_from_until(ngx_conf_t *cf, int64_t from, int64_t until)
{
    ngx_str_t  *value;

    if (until == 0 || from < until) {
        return NGX_CONF_OK;
    }

    value = cf->args->elts;

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "the %V \"%V\" ends before it has begun: write "
                       "\"until=\" with a later time than \"from=\"",
                       &value[0], &value[1]);

    return NGX_CONF_ERROR;
}


int64_t
ngx_http_loyalty_seconds(ngx_str_t *value)
{
    ngx_int_t  seconds;

    if (value->len == 0) {
        return NGX_ERROR;
    }

    seconds = ngx_parse_time(value, 1);

    return (seconds > 0 && (int64_t) seconds <= NGX_HTTP_LOYALTY_SECONDS_MAX)
           ? (int64_t) seconds : NGX_ERROR;
}


int64_t
ngx_http_loyalty_positive(ngx_str_t *value)
{
    off_t  n;

    n = ngx_atoof(value->data, value->len);

    return (n > 0 && n <= LOYALTY_POINTS_MAX) ? (int64_t) n : NGX_ERROR;
}


ngx_uint_t
ngx_http_loyalty_readable(ngx_str_t *text)
{
    return text->len != 0
           && loyalty_utf8_printable(ngx_http_loyalty_text(text));
}


ngx_uint_t
ngx_http_loyalty_named(ngx_str_t *arg, const char *name, ngx_str_t *value)
{
    size_t  len;

    len = ngx_strlen(name);

    if (arg->len < len || ngx_strncmp(arg->data, name, len) != 0) {
        return 0;
    }

    value->len = arg->len - len;
    value->data = arg->data + len;

    return 1;
}
