
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_conf.h>


typedef struct {
    const char  *name;
    size_t       offset;        /* in loyalty_order_lookup_t */
} ngx_http_loyalty_pointer_t;


static char *ngx_http_loyalty_lookup_param(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *arg);
static char *ngx_http_loyalty_lookup_pointer(ngx_conf_t *cf,
    loyalty_str_t *pointer, ngx_str_t *arg, ngx_str_t *text);
static char *ngx_http_loyalty_lookup_paid(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text);
static char *ngx_http_loyalty_lookup_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);


static ngx_http_loyalty_pointer_t  ngx_http_loyalty_pointers[] = {
    { "list=", offsetof(loyalty_order_lookup_t, list) },
    { "number=", offsetof(loyalty_order_lookup_t, number) },
    { "email=", offsetof(loyalty_order_lookup_t, email) },
    { "total=", offsetof(loyalty_order_lookup_t, total) },
    { "currency=", offsetof(loyalty_order_lookup_t, currency) },
    { "status=", offsetof(loyalty_order_lookup_t, status) },
    { NULL, 0 }
};


char *
ngx_http_loyalty_order_lookup(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    if (value[1].data[0] != '/'
        || ngx_strlchr(value[1].data, value[1].data + value[1].len, '?')
           != NULL)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URI \"%V\" in \"order_lookup\": write "
                           "that of an internal location, such as "
                           "/_store/order; arguments for the store belong "
                           "into its proxy_pass", &value[1]);
        return NGX_CONF_ERROR;
    }

    program->lookup_uri = value[1];

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_http_loyalty_lookup_param(cf, program, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return ngx_http_loyalty_lookup_check(cf, program);
}


static char *
ngx_http_loyalty_lookup_param(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *arg)
{
    ngx_str_t                    text;
    ngx_http_loyalty_pointer_t  *p;

    for (p = ngx_http_loyalty_pointers; p->name != NULL; p++) {

        if (ngx_http_loyalty_named(arg, p->name, &text)) {
            return ngx_http_loyalty_lookup_pointer(cf,
                       (loyalty_str_t *) ((u_char *) &program->lookup
                                          + p->offset),
                       arg, &text);
        }
    }

    if (ngx_http_loyalty_named(arg, "paid=", &text)) {
        return ngx_http_loyalty_lookup_paid(cf, program, &text);
    }

    if (ngx_strcmp(arg->data, "unit=minor") == 0) {
        program->lookup.minor = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(arg->data, "unit=major") == 0) {
        program->lookup.minor = 0;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" in \"order_lookup\", which "
                       "takes number=, email=, total=, currency=, status=, "
                       "list=, paid= and unit=major or unit=minor", arg);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_loyalty_lookup_pointer(ngx_conf_t *cf, loyalty_str_t *pointer,
    ngx_str_t *arg, ngx_str_t *text)
{
    *pointer = ngx_http_loyalty_text(text);

    if (loyalty_json_pointer_check(*pointer) != LOYALTY_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid JSON pointer in \"%V\": write such as "
                           "/billing/email, a \"~\" in a name as ~0 and a "
                           "\"/\" as ~1", arg);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* "processing,completed" */

static char *
ngx_http_loyalty_lookup_paid(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text)
{
    u_char         *p, *last, *comma;
    loyalty_str_t  *word;

    last = text->data + text->len;

    for (p = text->data; p <= last; p = comma + 1) {
        comma = ngx_strlchr(p, last, ',');

        if (comma == NULL) {
            comma = last;
        }

        if (comma == p) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "empty word in \"paid=%V\": write such as "
                               "paid=processing,completed", text);
            return NGX_CONF_ERROR;
        }

        word = ngx_array_push(&program->paid);
        if (word == NULL) {
            return NGX_CONF_ERROR;
        }

        word->data = (char *) p;
        word->len = comma - p;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_lookup_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_uint_t               any;
    const char              *missing;
    loyalty_str_t           *paid;
    loyalty_order_lookup_t  *lookup;
    static loyalty_str_t     word_any = loyalty_string("any");

    lookup = &program->lookup;

    missing = (lookup->number.data == NULL) ? "number"
              : (lookup->email.data == NULL) ? "email"
              : (lookup->total.data == NULL) ? "total" : NULL;

    if (missing != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" has no \"%s=\": write where in "
                           "the store's answer it stands, such as %s=/%s",
                           missing, missing, missing);
        return NGX_CONF_ERROR;
    }

    paid = program->paid.elts;

    any = (program->paid.nelts == 1 && loyalty_str_equal(paid[0], word_any));

    if (lookup->status.data == NULL && !any) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" does not say which orders are "
                           "paid: write status=/status paid=WORD,..., or "
                           "paid=any if the store returns paid orders only");
        return NGX_CONF_ERROR;
    }

    if (lookup->status.data != NULL && (program->paid.nelts == 0 || any)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" has \"status=\" but not the "
                           "words that mean \"paid\": write such as "
                           "paid=processing,completed");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
