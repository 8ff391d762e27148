
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>

#include <loyalty_id.h>


static char *ngx_http_loyalty_param_known(ngx_conf_t *cf,
    ngx_http_loyalty_param_t *params, ngx_str_t *arg);
static ngx_uint_t ngx_http_loyalty_param_is(ngx_str_t *name, ngx_str_t *arg);
static char *ngx_http_loyalty_param_set(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_param_t *param,
    ngx_str_t *arg, void *rule);


void *
ngx_http_loyalty_rule_add(ngx_conf_t *cf, ngx_array_t *rules)
{
    ngx_str_t      *value;
    loyalty_str_t   id, *rule;

    value = cf->args->elts;
    id = ngx_http_loyalty_text(&value[1]);

    if (!loyalty_id_valid(id)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid %V id \"%V\": write 1 to 64 of the "
                           "characters A-Z a-z 0-9 . _ # -", &value[0],
                           &value[1]);
        return NULL;
    }

    if (ngx_http_loyalty_rule_find(rules, id) != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the %V id \"%V\" is used twice: give this %V "
                           "another one", &value[0], &value[1], &value[0]);
        return NULL;
    }

    rule = ngx_array_push(rules);
    if (rule == NULL) {
        return NULL;
    }

    ngx_memzero(rule, rules->size);

    *rule = id;

    return rule;
}


char *
ngx_http_loyalty_rule_points(ngx_conf_t *cf, ngx_uint_t n, int64_t *points)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    *points = ngx_http_loyalty_positive(&value[n]);

    if (*points == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid points \"%V\" in \"%V\": write a whole "
                           "number from 1 to %L", &value[n], &value[0],
                           LOYALTY_POINTS_MAX);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_rule_text(ngx_conf_t *cf, ngx_uint_t n, loyalty_str_t *name)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (!ngx_http_loyalty_readable(&value[n])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name of the %V \"%V\": write what "
                           "shoppers shall read, in UTF-8", &value[0],
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    *name = ngx_http_loyalty_text(&value[n]);

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_rule_name(ngx_conf_t *cf, ngx_uint_t *n,
    loyalty_str_t *name)
{
    u_char     *p;
    ngx_str_t  *value;

    value = cf->args->elts;

    *name = ngx_http_loyalty_text(&value[1]);

    if (*n == cf->args->nelts) {
        return NGX_CONF_OK;
    }

    for (p = value[*n].data; (*p >= 'a' && *p <= 'z') || *p == '_'; p++) {
        /* void */
    }

    if (p > value[*n].data && *p == '=') {
        return NGX_CONF_OK;
    }

    return ngx_http_loyalty_rule_text(cf, (*n)++, name);
}


char *
ngx_http_loyalty_rule_params(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_param_t *params,
    ngx_uint_t n, void *rule)
{
    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_loyalty_param_t  *param;

    value = cf->args->elts;

    for (i = n; i < cf->args->nelts; i++) {

        if (ngx_http_loyalty_param_known(cf, params, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    for (param = params; param->name.len != 0; param++) {

        for (i = n; i < cf->args->nelts; i++) {

            if (ngx_http_loyalty_param_is(&param->name, &value[i])
                && ngx_http_loyalty_param_set(cf, program, param, &value[i],
                                              rule)
                   != NGX_CONF_OK)
            {
                return NGX_CONF_ERROR;
            }
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_param_known(ngx_conf_t *cf,
    ngx_http_loyalty_param_t *params, ngx_str_t *arg)
{
    u_char                     buf[NGX_MAX_CONF_ERRSTR], *text;
    ngx_str_t                 *value, names;
    ngx_http_loyalty_param_t  *param;

    param = params;

    while (param->name.len != 0
           && !ngx_http_loyalty_param_is(&param->name, arg))
    {
        param++;
    }

    if (param->name.len == 0) {
        value = cf->args->elts;

        ngx_http_loyalty_names(params, sizeof(ngx_http_loyalty_param_t), buf,
                               &names);

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown parameter \"%V\" in \"%V\", which takes "
                           "%V here", arg, &value[0], &names);
        return NGX_CONF_ERROR;
    }

    /* nginx takes quotes that stand here for characters like any other */

    text = arg->data + param->name.len;

    if (*text == '"' || *text == '\'') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "quotes inside of the parameter %V: put them "
                           "around all of it, as in \"%VTEXT\"", arg,
                           &param->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_loyalty_param_is(ngx_str_t *name, ngx_str_t *arg)
{
    if (arg->len < name->len
        || ngx_strncmp(arg->data, name->data, name->len) != 0)
    {
        return 0;
    }

    return name->data[name->len - 1] == '=' || arg->len == name->len;
}


static char *
ngx_http_loyalty_param_set(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_param_t *param,
    ngx_str_t *arg, void *rule)
{
    ngx_str_t  *value, text;

    text.len = arg->len - param->name.len;
    text.data = arg->data + param->name.len;

    if (param->set(cf, program, &text, (u_char *) rule + param->offset)
        != NGX_OK)
    {
        value = cf->args->elts;

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"%V\": write %s",
                           arg, &value[0], param->write);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_rule_needs(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, const char *name, size_t offset)
{
    ngx_str_t        *value;
    ngx_uint_t        i;
    loyalty_str_t    *pointer;
    loyalty_store_t  *stores;

    stores = program->stores.elts;

    for (i = 0; i < program->stores.nelts; i++) {
        pointer = (loyalty_str_t *) ((u_char *) &stores[i].lookup + offset);

        if (pointer->data != NULL) {
            return NGX_CONF_OK;
        }
    }

    value = cf->args->elts;

    if (i == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs what only a store tells: add an "
                           "\"order_lookup\", with a JSON pointer in "
                           "\"%s=\"", &value[0], name);
        return NGX_CONF_ERROR;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" needs what no store tells: add \"%s=\" with a "
                       "JSON pointer to \"order_lookup\"", &value[0], name);

    return NGX_CONF_ERROR;
}


ngx_uint_t
ngx_http_loyalty_rule_given(ngx_conf_t *cf, ngx_uint_t n, const char *name)
{
    ngx_str_t   *value, text;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = n; i < cf->args->nelts; i++) {

        if (ngx_http_loyalty_named(&value[i], name, &text)) {
            return 1;
        }
    }

    return 0;
}


void
ngx_http_loyalty_names(void *rows, size_t size, u_char *buf,
    ngx_str_t *names)
{
    u_char     *row, *p, *last;
    ngx_str_t  *name, *next;

    p = buf;
    last = buf + NGX_MAX_CONF_ERRSTR;

    row = rows;
    name = rows;

    while (name->len != 0) {
        row += size;
        next = (ngx_str_t *) row;

        if (name != rows) {
            p = ngx_slprintf(p, last, "%s", (next->len != 0) ? ", " : " and ");
        }

        p = ngx_slprintf(p, last, "%V", name);

        name = next;
    }

    names->data = buf;
    names->len = p - buf;
}


ngx_conf_t *
ngx_http_loyalty_put_off(ngx_conf_t *cf)
{
    ngx_str_t   *args;
    ngx_conf_t  *later;

    later = ngx_palloc(cf->pool, sizeof(ngx_conf_t));
    if (later == NULL) {
        return NULL;
    }

    *later = *cf;

    later->conf_file = ngx_palloc(cf->pool, sizeof(ngx_conf_file_t));
    if (later->conf_file == NULL) {
        return NULL;
    }

    *later->conf_file = *cf->conf_file;

    later->args = ngx_array_create(cf->pool, cf->args->nelts,
                                   sizeof(ngx_str_t));
    if (later->args == NULL) {
        return NULL;
    }

    args = ngx_array_push_n(later->args, cf->args->nelts);
    if (args == NULL) {
        return NULL;
    }

    ngx_memcpy(args, cf->args->elts, cf->args->nelts * sizeof(ngx_str_t));

    return later;
}
