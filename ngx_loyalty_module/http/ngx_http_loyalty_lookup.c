
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>

#include <loyalty_id.h>
#include <loyalty_money.h>


/* Digits that a rate has behind its point. */

#define NGX_HTTP_LOYALTY_RATE_PLACES  6


/* A pointer that is of no use without another one. */

typedef struct {
    ngx_str_t    name;
    size_t       offset;        /* in loyalty_order_lookup_t */
    ngx_str_t    needed;
    size_t       needed_offset;
} ngx_http_loyalty_need_t;


static char *ngx_http_loyalty_lookup_uri(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static ngx_int_t ngx_http_loyalty_lookup_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static ngx_int_t ngx_http_loyalty_lookup_paid(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static ngx_int_t ngx_http_loyalty_lookup_void(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static ngx_int_t ngx_http_loyalty_lookup_unit(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static ngx_int_t ngx_http_loyalty_lookup_accepts(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static ngx_int_t ngx_http_loyalty_lookup_rate(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static char *ngx_http_loyalty_lookup_id(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_store_t *store);
static char *ngx_http_loyalty_value_pointers(ngx_conf_t *cf,
    loyalty_order_lookup_t *lookup);
static char *ngx_http_loyalty_lookup_status(ngx_conf_t *cf,
    loyalty_order_lookup_t *lookup);
static char *ngx_http_loyalty_lookup_words(ngx_conf_t *cf,
    loyalty_order_lookup_t *lookup);
static char *ngx_http_loyalty_lookup_currency(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_store_t *store);
static loyalty_str_t *ngx_http_loyalty_lookup_at(
    loyalty_order_lookup_t *lookup, size_t offset);


#define NGX_HTTP_LOYALTY_A_POINTER                                            \
    "a JSON pointer such as /billing/email, a \"~\" in a name as ~0 and a "   \
    "\"/\" as ~1"

#define ngx_http_loyalty_pointer(name, field)                                 \
    { ngx_string(name), offsetof(loyalty_store_t, lookup.field),              \
      ngx_http_loyalty_value_pointer, NGX_HTTP_LOYALTY_A_POINTER }


static ngx_http_loyalty_param_t  ngx_http_loyalty_lookup_params[] = {

    { ngx_string("store="), offsetof(loyalty_store_t, id),
      ngx_http_loyalty_lookup_store,
      "1 to 64 of the characters A-Z a-z 0-9 . _ # -" },

    ngx_http_loyalty_pointer("list=", list),
    ngx_http_loyalty_pointer("number=", number),
    ngx_http_loyalty_pointer("email=", email),
    ngx_http_loyalty_pointer("total=", total),
    ngx_http_loyalty_pointer("tax=", tax),
    ngx_http_loyalty_pointer("shipping=", shipping),
    ngx_http_loyalty_pointer("refunds=", refunds),
    ngx_http_loyalty_pointer("refund=", refund),
    ngx_http_loyalty_pointer("currency=", currency),
    ngx_http_loyalty_pointer("status=", status),

    { ngx_string("paid="), offsetof(loyalty_store_t, lookup),
      ngx_http_loyalty_lookup_paid,
      "words without blanks around them, such as paid=processing,completed" },

    { ngx_string("void="), offsetof(loyalty_store_t, lookup),
      ngx_http_loyalty_lookup_void,
      "words without blanks around them, such as void=cancelled,refunded" },

    ngx_http_loyalty_pointer("items=", items),
    ngx_http_loyalty_pointer("item_sku=", item_sku),
    ngx_http_loyalty_pointer("item_quantity=", item_quantity),
    ngx_http_loyalty_pointer("item_category=", item_category),

    { ngx_string("unit="), offsetof(loyalty_store_t, lookup),
      ngx_http_loyalty_lookup_unit,
      "unit=major, or unit=minor if the store's amounts are such as cents" },

    { ngx_string("accepts="), 0, ngx_http_loyalty_lookup_accepts,
      "the store's currency as a code of ISO 4217 in capitals, such as USD, "
      "EUR or JPY" },

    { ngx_string("rate="), offsetof(loyalty_store_t, rate),
      ngx_http_loyalty_lookup_rate,
      "how much one unit of the store's currency is worth in the program's, "
      "over zero and with at most 6 digits behind the point, such as "
      "rate=1.085" },

    { ngx_null_string, 0, NULL, NULL }
};


#define ngx_http_loyalty_need(name, field, needed, needed_field)              \
    { ngx_string(name), offsetof(loyalty_order_lookup_t, field),              \
      ngx_string(needed), offsetof(loyalty_order_lookup_t, needed_field) }


static ngx_http_loyalty_need_t  ngx_http_loyalty_needs[] = {
    ngx_http_loyalty_need("refund", refund, "refunds", refunds),
    ngx_http_loyalty_need("item_sku", item_sku, "items", items),
    ngx_http_loyalty_need("item_quantity", item_quantity, "items", items),
    ngx_http_loyalty_need("item_category", item_category, "items", items),
    { ngx_null_string, 0, ngx_null_string, 0 }
};


char *
ngx_http_loyalty_order_lookup(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    loyalty_store_t  *store;

    if (ngx_http_loyalty_lookup_uri(cf, program) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    store = ngx_array_push(&program->stores);
    if (store == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(store, sizeof(loyalty_store_t));

    if (ngx_http_loyalty_rule_params(cf, program,
                                     ngx_http_loyalty_lookup_params, 2, store)
        != NGX_CONF_OK
        || ngx_http_loyalty_lookup_id(cf, program, store) != NGX_CONF_OK
        || ngx_http_loyalty_value_pointers(cf, &store->lookup) != NGX_CONF_OK
        || ngx_http_loyalty_lookup_status(cf, &store->lookup) != NGX_CONF_OK
        || ngx_http_loyalty_lookup_words(cf, &store->lookup) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_lookup_currency(cf, program, store);
}


static char *
ngx_http_loyalty_lookup_uri(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t  *value, *uri;

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

    uri = ngx_array_push(&program->lookup_uris);
    if (uri == NULL) {
        return NGX_CONF_ERROR;
    }

    *uri = value[1];

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_lookup_store(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_str_t  *id = field;

    *id = ngx_http_loyalty_text(text);

    return loyalty_id_valid(*id) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_loyalty_lookup_paid(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_order_lookup_t  *lookup = field;

    return ngx_http_loyalty_words(cf, text, &lookup->paid, &lookup->npaid);
}


static ngx_int_t
ngx_http_loyalty_lookup_void(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_order_lookup_t  *lookup = field;

    return ngx_http_loyalty_words(cf, text, &lookup->voided,
                                  &lookup->nvoided);
}


static ngx_int_t
ngx_http_loyalty_lookup_unit(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_order_lookup_t  *lookup = field;

    lookup->minor = (ngx_strcmp(text->data, "minor") == 0);

    return (lookup->minor || ngx_strcmp(text->data, "major") == 0)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_loyalty_lookup_accepts(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_store_t  *store = field;

    store->currency = ngx_http_loyalty_text(text);
    store->exponent = loyalty_currency_exponent(store->currency);

    return (store->exponent != LOYALTY_ERROR) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_loyalty_lookup_rate(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    int64_t  *rate = field;

    if (loyalty_money_parse(ngx_http_loyalty_text(text),
                            NGX_HTTP_LOYALTY_RATE_PLACES, rate)
        != LOYALTY_OK)
    {
        return NGX_ERROR;
    }

    return (*rate != 0) ? NGX_OK : NGX_ERROR;
}


static char *
ngx_http_loyalty_lookup_id(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_store_t *store)
{
    static loyalty_str_t  alone = loyalty_string(LOYALTY_STORE_ALONE);

    if (store->id.data == NULL) {
        store->id = alone;
    }

    /* the store itself is the last one, and found only if it is the first */

    if (ngx_http_loyalty_rule_find(&program->stores, store->id) != store) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "there is another \"order_lookup\" for the store "
                           "\"%*s\": give each one its own by \"store=\"",
                           store->id.len, store->id.data);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_value_pointers(ngx_conf_t *cf,
    loyalty_order_lookup_t *lookup)
{
    const char               *missing;
    ngx_http_loyalty_need_t  *need;

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

    for (need = ngx_http_loyalty_needs; need->name.len != 0; need++) {

        if (ngx_http_loyalty_lookup_at(lookup, need->offset)->data != NULL
            && ngx_http_loyalty_lookup_at(lookup, need->needed_offset)->data
               == NULL)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"order_lookup\" has \"%V=\" but no \"%V=\": "
                               "write in which array of the order it stands, "
                               "such as %V=/%V", &need->name, &need->needed,
                               &need->needed, &need->needed);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_lookup_status(ngx_conf_t *cf, loyalty_order_lookup_t *lookup)
{
    ngx_uint_t            any;
    static loyalty_str_t  word_any = loyalty_string("any");

    any = (lookup->npaid == 1
           && loyalty_str_equal(lookup->paid[0], word_any));

    if (lookup->status.data == NULL && !any) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" does not say which orders are "
                           "paid: write status=/status paid=WORD,..., or "
                           "paid=any if the store returns paid orders only");
        return NGX_CONF_ERROR;
    }

    if (lookup->status.data != NULL && (lookup->npaid == 0 || any)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" has \"status=\" but not the "
                           "words that mean \"paid\": write such as "
                           "paid=processing,completed");
        return NGX_CONF_ERROR;
    }

    if (lookup->status.data == NULL && lookup->nvoided != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" has \"void=\" but no "
                           "\"status=\": write where in the store's answer "
                           "the status stands, such as status=/status");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_lookup_words(ngx_conf_t *cf, loyalty_order_lookup_t *lookup)
{
    size_t                i, n;
    const loyalty_str_t  *word;

    for (i = 0; i < lookup->nvoided; i++) {
        word = &lookup->voided[i];

        for (n = 0; n < lookup->npaid; n++) {

            if (loyalty_str_equal(*word, lookup->paid[n])) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"%*s\" is both in \"paid=\" and in "
                                   "\"void=\" of \"order_lookup\": an order "
                                   "cannot be both", word->len, word->data);
                return NGX_CONF_ERROR;
            }
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_lookup_currency(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_store_t *store)
{
    ngx_uint_t          same;
    loyalty_program_t  *rules = &program->rules;

    if (store->currency.data == NULL) {
        store->currency = rules->currency;
        store->exponent = rules->exponent;
    }

    same = loyalty_str_equal(store->currency, rules->currency);

    if (same && store->rate == 0) {
        store->rate = LOYALTY_RATE_ONE;
    }

    if (store->rate == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" accepts another currency than "
                           "the program's but has no \"rate=\": write how "
                           "much 1 %*s is worth in %*s, such as rate=1.085",
                           store->currency.len, store->currency.data,
                           rules->currency.len, rules->currency.data);
        return NGX_CONF_ERROR;
    }

    if (same && store->rate != LOYALTY_RATE_ONE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"order_lookup\" has a \"rate=\" but no other "
                           "currency than the program's: write the store's "
                           "as accepts=CODE, or leave the rate out");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static loyalty_str_t *
ngx_http_loyalty_lookup_at(loyalty_order_lookup_t *lookup, size_t offset)
{
    return (loyalty_str_t *) ((u_char *) lookup + offset);
}
