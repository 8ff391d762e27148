
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>


typedef struct {
    loyalty_str_t  word;
    unsigned       bit;
    size_t         offset;       /* in loyalty_order_lookup_t */
} ngx_http_loyalty_minus_t;


static ngx_http_loyalty_param_t *ngx_http_loyalty_earn_kind(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_earn_t *earn);
static char *ngx_http_loyalty_earn_needs(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_earn_t *earn);
static ngx_int_t ngx_http_loyalty_earn_minus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_earn_limit(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_earn_skus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_earn_categories(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_first_order(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static char *ngx_http_loyalty_promotion_check(ngx_conf_t *cf,
    loyalty_promotion_t *promotion);


static ngx_http_loyalty_minus_t  ngx_http_loyalty_minus[] = {
    { loyalty_string("tax"), LOYALTY_MINUS_TAX,
      offsetof(loyalty_order_lookup_t, tax) },
    { loyalty_string("shipping"), LOYALTY_MINUS_SHIPPING,
      offsetof(loyalty_order_lookup_t, shipping) },
    { loyalty_string("refunds"), LOYALTY_MINUS_REFUNDS,
      offsetof(loyalty_order_lookup_t, refunds) },
    { loyalty_string(""), 0, 0 }
};


#define NGX_HTTP_LOYALTY_EARN_MIN                                            \
    { ngx_string("min="), offsetof(loyalty_earn_t, min),                     \
      ngx_http_loyalty_value_amount,                                         \
      "the least total of an order, over zero, such as min=5.00" }


static ngx_http_loyalty_param_t  ngx_http_loyalty_earn_amount_params[] = {

    { ngx_string("minus="), 0, ngx_http_loyalty_earn_minus,
      "what of an order's total does not count, of tax, shipping and "
      "refunds, such as minus=tax,shipping" },

    NGX_HTTP_LOYALTY_EARN_MIN,

    { ngx_null_string, 0, NULL, NULL }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_earn_order_params[] = {

    NGX_HTTP_LOYALTY_EARN_MIN,

    { ngx_string("limit="), 0, ngx_http_loyalty_earn_limit,
      "limit=NUMBER/TIME, such as limit=3/1d" },

    { ngx_null_string, 0, NULL, NULL }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_earn_item_params[] = {

    { ngx_string("sku="), 0, ngx_http_loyalty_earn_skus,
      "item numbers of the store, such as sku=MUG-1,MUG-2" },

    { ngx_string("category="), 0, ngx_http_loyalty_earn_categories,
      "categories of the store, such as category=mugs,plates" },

    NGX_HTTP_LOYALTY_EARN_MIN,

    { ngx_null_string, 0, NULL, NULL }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_promotion_params[] = {

    { ngx_string("from="), offsetof(loyalty_promotion_t, from),
      ngx_http_loyalty_value_moment,
      "a time of RFC 3339, such as from=2026-12-05T00:00:00+01:00" },

    { ngx_string("until="), offsetof(loyalty_promotion_t, until),
      ngx_http_loyalty_value_moment,
      "a time of RFC 3339, such as until=2026-12-07T00:00:00+01:00" },

    { ngx_string("multiplier="), offsetof(loyalty_promotion_t, multiplier),
      ngx_http_loyalty_value_multiplier,
      "a number over 1, at most 1000, such as multiplier=1.5" },

    { ngx_string("bonus="), offsetof(loyalty_promotion_t, bonus),
      ngx_http_loyalty_value_points,
      "points from 1 on, such as bonus=100" },

    { ngx_string("min="), offsetof(loyalty_promotion_t, min),
      ngx_http_loyalty_value_amount,
      "the least total of an order, over zero, such as min=5.00" },

    { ngx_string("first_order"), 0, ngx_http_loyalty_first_order, NULL },

    { ngx_string("tier="), offsetof(loyalty_promotion_t, tier),
      ngx_http_loyalty_value_tier,
      "the id of a \"tier\" of this program" },

    { ngx_string("store="), offsetof(loyalty_promotion_t, store),
      ngx_http_loyalty_value_store,
      "the id of a store, which an \"order_lookup\" of this program has" },

    { ngx_null_string, 0, NULL, NULL }
};


char *
ngx_http_loyalty_earn(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t                 *value;
    loyalty_earn_t            *earn;
    ngx_http_loyalty_param_t  *params;

    value = cf->args->elts;

    if (program->earns.nelts == LOYALTY_EARNS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a program has at most %d \"earn\": leave this one "
                           "out", LOYALTY_EARNS_MAX);
        return NGX_CONF_ERROR;
    }

    if (ngx_strcmp(value[2].data, "per") != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"earn\" has \"%V\" where \"per\" belongs: write "
                           "\"earn %V per 1.00;\", \"earn %V per order;\" or "
                           "\"earn %V per item;\"",
                           &value[2], &value[1], &value[1], &value[1]);
        return NGX_CONF_ERROR;
    }

    earn = ngx_array_push(&program->earns);
    if (earn == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(earn, sizeof(loyalty_earn_t));

    if (ngx_http_loyalty_rule_points(cf, 1, &earn->points) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    params = ngx_http_loyalty_earn_kind(cf, program, earn);

    if (params == NULL
        || ngx_http_loyalty_rule_params(cf, program, params, 4, earn)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_earn_needs(cf, program, earn);
}


static ngx_http_loyalty_param_t *
ngx_http_loyalty_earn_kind(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_earn_t *earn)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[3].data, "order") == 0) {
        earn->kind = LOYALTY_EARN_PER_ORDER;
        return ngx_http_loyalty_earn_order_params;
    }

    if (ngx_strcmp(value[3].data, "item") == 0) {
        earn->kind = LOYALTY_EARN_PER_ITEM;
        return ngx_http_loyalty_earn_item_params;
    }

    earn->kind = LOYALTY_EARN_PER_AMOUNT;

    if (ngx_http_loyalty_value_amount(cf, program, &value[3], &earn->per)
        != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid amount \"%V\" in \"earn\": write an "
                           "amount of %*s over zero, with at most %d digits "
                           "behind the point, or \"order\" or \"item\"",
                           &value[3], program->rules.currency.len,
                           program->rules.currency.data,
                           program->rules.exponent);
        return NULL;
    }

    return ngx_http_loyalty_earn_amount_params;
}


static char *
ngx_http_loyalty_earn_needs(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_earn_t *earn)
{
    ngx_http_loyalty_minus_t  *minus;

    for (minus = ngx_http_loyalty_minus; minus->bit != 0; minus++) {

        if ((earn->minus & minus->bit)
            && ngx_http_loyalty_rule_needs(cf, program, minus->word.data,
                                           minus->offset)
               != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if ((earn->kind == LOYALTY_EARN_PER_ITEM
         && ngx_http_loyalty_rule_needs(cf, program, "items",
                offsetof(loyalty_order_lookup_t, items)) != NGX_CONF_OK)
        || (earn->nskus != 0
            && ngx_http_loyalty_rule_needs(cf, program, "item_sku",
                   offsetof(loyalty_order_lookup_t, item_sku)) != NGX_CONF_OK)
        || (earn->ncategories != 0
            && ngx_http_loyalty_rule_needs(cf, program, "item_category",
                   offsetof(loyalty_order_lookup_t, item_category))
               != NGX_CONF_OK))
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* "tax,shipping" */

static ngx_int_t
ngx_http_loyalty_earn_minus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_earn_t  *earn = rule;

    size_t                     i, n;
    const loyalty_str_t       *words;
    ngx_http_loyalty_minus_t  *minus;

    if (ngx_http_loyalty_words(cf, text, &words, &n) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        minus = ngx_http_loyalty_minus;

        while (minus->bit != 0 && !loyalty_str_equal(minus->word, words[i])) {
            minus++;
        }

        if (minus->bit == 0) {
            return NGX_ERROR;
        }

        earn->minus |= minus->bit;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_earn_limit(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_earn_t  *earn = rule;

    if (ngx_http_loyalty_count(text, &earn->limit, &earn->window) != NGX_OK) {
        return NGX_ERROR;
    }

    return (earn->window != 0) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_loyalty_earn_skus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_earn_t  *earn = rule;

    return ngx_http_loyalty_words(cf, text, &earn->skus, &earn->nskus);
}


static ngx_int_t
ngx_http_loyalty_earn_categories(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_earn_t  *earn = rule;

    return ngx_http_loyalty_words(cf, text, &earn->categories,
                                  &earn->ncategories);
}


char *
ngx_http_loyalty_promotion(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    loyalty_promotion_t  *promotion;

    promotion = ngx_http_loyalty_rule_add(cf, &program->promotions);

    if (promotion == NULL
        || ngx_http_loyalty_rule_params(cf, program,
                                        ngx_http_loyalty_promotion_params, 2,
                                        promotion)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_promotion_check(cf, promotion);
}


static ngx_int_t
ngx_http_loyalty_first_order(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_promotion_t  *promotion = rule;

    promotion->first_order = 1;

    return NGX_OK;
}


static char *
ngx_http_loyalty_promotion_check(ngx_conf_t *cf,
    loyalty_promotion_t *promotion)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (promotion->multiplier == 0 && promotion->bonus == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the promotion \"%V\" gives nothing: add such as "
                           "multiplier=2 or bonus=100", &value[1]);
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_from_until(cf, promotion->from, promotion->until);
}
