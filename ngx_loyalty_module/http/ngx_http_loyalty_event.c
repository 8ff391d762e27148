
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_secrets.h>
#include <ngx_http_loyalty_values.h>

#include <loyalty_json_pointer.h>


static char *ngx_http_loyalty_event_params(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event);
static char *ngx_http_loyalty_event_param(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event,
    ngx_str_t *arg);
static char *ngx_http_loyalty_event_unknown(ngx_conf_t *cf);
static ngx_int_t ngx_http_loyalty_event_secret(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static ngx_int_t ngx_http_loyalty_event_file(ngx_conf_t *cf, ngx_str_t *path,
    loyalty_webhook_t *webhook);
static ngx_int_t ngx_http_loyalty_event_key(ngx_conf_t *cf, ngx_str_t *text,
    loyalty_webhook_t *webhook);
static ngx_uint_t ngx_http_loyalty_event_key_valid(ngx_str_t *text);
static void ngx_http_loyalty_event_key_check(ngx_conf_t *cf, ngx_str_t *text,
    loyalty_str_t *key);
static char *ngx_http_loyalty_event_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event);
static char *ngx_http_loyalty_event_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event);
static ngx_uint_t ngx_http_loyalty_event_alike(ngx_http_loyalty_event_t *one,
    ngx_http_loyalty_event_t *other);


/* The handlers of secrets have said by themselves what is wrong. */

static ngx_http_loyalty_param_t  ngx_http_loyalty_event_known_params[] = {

    { ngx_string("secret="), offsetof(ngx_http_loyalty_event_t, webhook),
      ngx_http_loyalty_event_secret, NULL },

    { ngx_string("old_secret="), offsetof(ngx_http_loyalty_event_t, webhook),
      ngx_http_loyalty_event_secret, NULL },

    { ngx_string("number="),
      offsetof(ngx_http_loyalty_event_t, webhook.number),
      ngx_http_loyalty_value_pointer,
      "a JSON pointer, such as number=/order/number, a \"~\" in a name as ~0 "
      "and a \"/\" as ~1" },

    { ngx_string("email="), offsetof(ngx_http_loyalty_event_t, webhook.email),
      ngx_http_loyalty_value_pointer,
      "a JSON pointer, such as email=/billing/email, a \"~\" in a name as ~0 "
      "and a \"/\" as ~1" },

    { ngx_string("store="), offsetof(ngx_http_loyalty_event_t, store),
      ngx_http_loyalty_value_store,
      "the id of a store that an \"order_lookup\" has" },

    { ngx_null_string, 0, NULL, NULL }
};


char *
ngx_http_loyalty_order_event(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    u_char                     buf[NGX_MAX_CONF_ERRSTR];
    ngx_str_t                 *value, names;
    loyalty_webhook_t         *webhook;
    ngx_http_loyalty_event_t   event, *slot;

    value = cf->args->elts;

    ngx_memzero(&event, sizeof(ngx_http_loyalty_event_t));

    webhook = &event.webhook;
    webhook->format =
        loyalty_webhook_format_find(ngx_http_loyalty_text(&value[1]));

    if (webhook->format == NULL) {
        ngx_http_loyalty_names((void *) loyalty_webhook_formats,
                               sizeof(loyalty_webhook_format_t), buf, &names);

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown format in \"order_event\": write %V in "
                           "front of the parameters", &names);
        return NGX_CONF_ERROR;
    }

    webhook->number = webhook->format->number;
    webhook->email = webhook->format->email;

    if (ngx_http_loyalty_event_params(cf, program, &event) != NGX_CONF_OK
        || ngx_http_loyalty_event_store(cf, program, &event) != NGX_CONF_OK
        || ngx_http_loyalty_event_unique(cf, program, &event) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    slot = ngx_array_push(&program->events);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = event;

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_event_params(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_http_loyalty_event_param(cf, program, event, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (!ngx_http_loyalty_rule_given(cf, 2, "secret=")) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_event %V\" has no \"secret=\": write "
                           "secret=file:PATH, and into that file the secret "
                           "that the store signs with", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (event->webhook.number.data == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_event %V\" has no \"number=\": write "
                           "where in the body the order's number stands, "
                           "such as number=/data/id", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_event_param(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event,
    ngx_str_t *arg)
{
    ngx_str_t                  text;
    ngx_http_loyalty_param_t  *param;

    for (param = ngx_http_loyalty_event_known_params;
         param->name.len != 0;
         param++)
    {
        if (!ngx_http_loyalty_named(arg, (char *) param->name.data, &text)) {
            continue;
        }

        if (param->set(cf, program, &text, (u_char *) event + param->offset)
            == NGX_OK)
        {
            return NGX_CONF_OK;
        }

        if (param->write != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"order_event\": "
                               "write %s", &param->name, param->write);
        }

        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_event_unknown(cf);
}


/* It is not shown: it may be a secret. */

static char *
ngx_http_loyalty_event_unknown(ngx_conf_t *cf)
{
    u_char      buf[NGX_MAX_CONF_ERRSTR];
    ngx_str_t  *value, names;

    value = cf->args->elts;

    ngx_http_loyalty_names(ngx_http_loyalty_event_known_params,
                           sizeof(ngx_http_loyalty_param_t), buf, &names);

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown parameter in \"order_event %V\", which takes "
                       "%V", &value[1], &names);

    return NGX_CONF_ERROR;
}


static ngx_int_t
ngx_http_loyalty_event_secret(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_webhook_t  *webhook = field;

    ngx_str_t  *value, secret;

    value = cf->args->elts;

    if (ngx_http_loyalty_named(text, "file:", &secret)) {
        return ngx_http_loyalty_event_file(cf, &secret, webhook);
    }

    if (ngx_http_loyalty_named(text, "value:", &secret)) {
        return ngx_http_loyalty_event_key(cf, &secret, webhook);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "a secret of \"order_event %V\" says neither where it "
                       "is nor what it is: write secret=file:PATH, or "
                       "secret=value:TEXT for a demo", &value[1]);

    return NGX_ERROR;
}


/* Blanks may be part of a secret that a store has made; line ends are not. */

static ngx_int_t
ngx_http_loyalty_event_file(ngx_conf_t *cf, ngx_str_t *path,
    loyalty_webhook_t *webhook)
{
    u_char     data[NGX_HTTP_LOYALTY_SECRET_MAX];
    ssize_t    n;
    ngx_str_t  text;
    ngx_int_t  rc;

    n = ngx_http_loyalty_secret_read(cf, path, data,
                                     "put the secret into it that the store "
                                     "signs with");
    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    while (n > 0 && (data[n - 1] == LF || data[n - 1] == CR)) {
        n--;
    }

    text.len = n;
    text.data = data;

    rc = ngx_http_loyalty_event_key(cf, &text, webhook);

    ngx_explicit_memzero(data, sizeof(data));

    return rc;
}


static ngx_int_t
ngx_http_loyalty_event_key(ngx_conf_t *cf, ngx_str_t *text,
    loyalty_webhook_t *webhook)
{
    char           *data;
    size_t          len;
    ngx_str_t      *value;
    loyalty_str_t  *key;

    value = cf->args->elts;

    if (!ngx_http_loyalty_event_key_valid(text)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a secret of \"order_event %V\" is empty or has "
                           "more than one line or control characters",
                           &value[1]);
        return NGX_ERROR;
    }

    data = ngx_pnalloc(cf->pool, text->len);
    if (data == NULL) {
        return NGX_ERROR;
    }

    if (loyalty_webhook_key(webhook->format, ngx_http_loyalty_text(text), data,
                            &len)
        != LOYALTY_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a secret of \"order_event %V\" starts with "
                           "\"%*s\", and what follows is not base64: copy it "
                           "again from the store", &value[1],
                           webhook->format->encoded.len,
                           webhook->format->encoded.data);
        return NGX_ERROR;
    }

    key = &webhook->keys[webhook->nkeys++];

    key->data = data;
    key->len = len;

    ngx_http_loyalty_event_key_check(cf, text, key);

    return NGX_OK;
}


static ngx_uint_t
ngx_http_loyalty_event_key_valid(ngx_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {

        if (text->data[i] < ' ' || text->data[i] == 0x7f) {
            return 0;
        }
    }

    return text->len != 0;
}


static void
ngx_http_loyalty_event_key_check(ngx_conf_t *cf, ngx_str_t *text,
    loyalty_str_t *key)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (key->len < NGX_HTTP_LOYALTY_SECRET_SHORT) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "a secret of \"order_event %V\" has less than %d "
                           "bytes and can be guessed: have the store make a "
                           "longer one", &value[1],
                           NGX_HTTP_LOYALTY_SECRET_SHORT);
    }

    if (text->data[0] == ' ' || text->data[text->len - 1] == ' ') {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "a secret of \"order_event %V\" starts or ends "
                           "with a space, which counts: remove it if the "
                           "store's has none", &value[1]);
    }
}


static char *
ngx_http_loyalty_event_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event)
{
    ngx_str_t        *value;
    loyalty_store_t  *stores;

    value = cf->args->elts;

    if (program->stores.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_event %V\" needs an \"order_lookup\", by "
                           "which the store is asked about the order",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (event->store.data != NULL) {
        return NGX_CONF_OK;
    }

    if (program->stores.nelts > 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_event %V\" does not say which of several "
                           "stores it is from: write store=ID", &value[1]);
        return NGX_CONF_ERROR;
    }

    stores = program->stores.elts;
    event->store = stores[0].id;

    return NGX_CONF_OK;
}


/* The secret tells which store has sent an event. */

static char *
ngx_http_loyalty_event_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_event_t *event)
{
    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_loyalty_event_t  *others;

    value = cf->args->elts;
    others = program->events.elts;

    if (ngx_http_loyalty_rule_find(&program->events, event->store) != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_event %V\" is the second one of the store "
                           "\"%*s\": a store has one, with secret= and "
                           "old_secret= while the secret is changed",
                           &value[1], event->store.len, event->store.data);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < program->events.nelts; i++) {

        if (ngx_http_loyalty_event_alike(&others[i], event)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"order_event %V\" has the secret of the "
                               "store \"%*s\", too: give each store its own",
                               &value[1], others[i].store.len,
                               others[i].store.data);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_loyalty_event_alike(ngx_http_loyalty_event_t *one,
    ngx_http_loyalty_event_t *other)
{
    size_t  i, n;

    for (i = 0; i < one->webhook.nkeys; i++) {
        for (n = 0; n < other->webhook.nkeys; n++) {

            if (loyalty_str_equal(one->webhook.keys[i],
                                  other->webhook.keys[n]))
            {
                return 1;
            }
        }
    }

    return 0;
}
