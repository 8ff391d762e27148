
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>


static ngx_int_t ngx_http_loyalty_coupon_uri(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static char *ngx_http_loyalty_coupon_store_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_coupon_store_t *store);


static ngx_http_loyalty_param_t  ngx_http_loyalty_coupon_store_params[] = {

    { ngx_string("create="),
      offsetof(ngx_http_loyalty_coupon_store_t, create),
      ngx_http_loyalty_coupon_uri,
      "the URI of an internal location, such as create=/_store/coupon" },

    { ngx_string("made="),
      offsetof(ngx_http_loyalty_coupon_store_t, rules.made),
      ngx_http_loyalty_value_pointer,
      "a JSON pointer to the code in the answer, such as made=/code" },

    { ngx_string("lookup="),
      offsetof(ngx_http_loyalty_coupon_store_t, lookup),
      ngx_http_loyalty_coupon_uri,
      "the URI of an internal location, such as lookup=/_store/coupons" },

    { ngx_string("list="),
      offsetof(ngx_http_loyalty_coupon_store_t, rules.list),
      ngx_http_loyalty_value_pointer,
      "a JSON pointer to an array of coupons, such as list=/items" },

    { ngx_string("code="),
      offsetof(ngx_http_loyalty_coupon_store_t, rules.code),
      ngx_http_loyalty_value_pointer,
      "a JSON pointer to the code of a coupon, such as code=/code" },

    { ngx_string("store="),
      offsetof(ngx_http_loyalty_coupon_store_t, rules.store),
      ngx_http_loyalty_value_store,
      "the id of a store that an \"order_lookup\" has" },

    { ngx_null_string, 0, NULL, NULL }
};


char *
ngx_http_loyalty_coupon_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_http_loyalty_coupon_store_t  store, *slot;

    ngx_memzero(&store, sizeof(ngx_http_loyalty_coupon_store_t));

    if (ngx_http_loyalty_rule_params(cf, program,
                                     ngx_http_loyalty_coupon_store_params, 1,
                                     &store)
        != NGX_CONF_OK
        || ngx_http_loyalty_coupon_store_check(cf, program, &store)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    slot = ngx_array_push(&program->coupon_stores);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = store;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_coupon_uri(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    ngx_str_t  *uri = field;

    *uri = *text;

    return (text->len != 0 && text->data[0] == '/'
            && ngx_strlchr(text->data, text->data + text->len, '?') == NULL)
           ? NGX_OK : NGX_ERROR;
}


static char *
ngx_http_loyalty_coupon_store_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_coupon_store_t *store)
{
    ngx_uint_t                        i;
    const char                       *missing;
    ngx_http_loyalty_coupon_store_t  *others;

    missing = (store->create.len == 0) ? "create="
              : (store->rules.made.data == NULL) ? "made="
              : (store->lookup.len == 0) ? "lookup="
              : (store->rules.code.data == NULL) ? "code=" : NULL;

    if (missing != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"coupon_store\" has no \"%s\": write all of "
                           "create=URI made=POINTER lookup=URI code=POINTER",
                           missing);
        return NGX_CONF_ERROR;
    }

    others = program->coupon_stores.elts;

    for (i = 0; i < program->coupon_stores.nelts; i++) {

        if (loyalty_str_equal(others[i].rules.store, store->rules.store)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"coupon_store\" is duplicate: when there "
                               "are several, each says another store=ID");
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_coupon_retry(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    int64_t     seconds;
    ngx_str_t  *value;

    value = cf->args->elts;

    seconds = ngx_http_loyalty_seconds(&value[1]);

    if (seconds == NGX_ERROR || seconds > 3600) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"coupon_retry\": write "
                           "such as 2m, at most 1h", &value[1]);
        return NGX_CONF_ERROR;
    }

    program->rules.coupon_retry = seconds;

    return NGX_CONF_OK;
}
