
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>


typedef struct {
    loyalty_str_t  word;
    ngx_int_t      is;
} ngx_http_loyalty_word_t;


static ngx_int_t ngx_http_loyalty_reward_kind(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_reward_value(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_reward_coupon(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_reward_word(ngx_http_loyalty_word_t *words,
    ngx_str_t *text);
static char *ngx_http_loyalty_reward_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_reward_t *reward);


static ngx_http_loyalty_word_t  ngx_http_loyalty_reward_kinds[] = {
    { loyalty_string("product"), LOYALTY_REWARD_PRODUCT },
    { loyalty_string("percentage"), LOYALTY_REWARD_PERCENTAGE },
    { loyalty_string("amount"), LOYALTY_REWARD_AMOUNT },
    { loyalty_string("shipping"), LOYALTY_REWARD_SHIPPING },
    { loyalty_string("manual"), LOYALTY_REWARD_MANUAL },
    { loyalty_string(""), 0 }
};


static ngx_http_loyalty_word_t  ngx_http_loyalty_reward_coupons[] = {
    { loyalty_string("local"), LOYALTY_COUPON_LOCAL },
    { loyalty_string("pool"), LOYALTY_COUPON_POOL },
    { loyalty_string("store"), LOYALTY_COUPON_STORE },
    { loyalty_string(""), 0 }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_reward_params[] = {

    /* what a value means depends on the kind */

    { ngx_string("kind="), 0, ngx_http_loyalty_reward_kind,
      "product, percentage, amount, shipping or manual" },

    { ngx_string("value="), 0, ngx_http_loyalty_reward_value,
      "a whole number from 1 to 100 with kind=percentage, or an amount over "
      "zero with kind=amount; the other kinds have no value" },

    { ngx_string("coupon="), 0, ngx_http_loyalty_reward_coupon,
      "coupon=local, coupon=pool or coupon=store" },

    { ngx_string("url="), offsetof(loyalty_reward_t, url),
      ngx_http_loyalty_value_url,
      "a URL that starts with http:// or https://" },

    { ngx_string("product="), offsetof(loyalty_reward_t, product),
      ngx_http_loyalty_value_text,
      "the product's number in the store, such as product=MUG-1" },

    { ngx_string("stock="), offsetof(loyalty_reward_t, stock),
      ngx_http_loyalty_value_points,
      "how many there are, from 1 on" },

    { ngx_string("per_member="), offsetof(loyalty_reward_t, per_member),
      ngx_http_loyalty_value_points,
      "how many a member can get, from 1 on" },

    { ngx_string("from="), offsetof(loyalty_reward_t, from),
      ngx_http_loyalty_value_moment,
      "a time of RFC 3339, such as from=2026-12-05T00:00:00+01:00" },

    { ngx_string("until="), offsetof(loyalty_reward_t, until),
      ngx_http_loyalty_value_moment,
      "a time of RFC 3339, such as until=2026-12-07T00:00:00+01:00" },

    { ngx_string("tier="), offsetof(loyalty_reward_t, tier),
      ngx_http_loyalty_value_tier,
      "the id of a \"tier\" of this program" },

    { ngx_string("membership="), offsetof(loyalty_reward_t, membership),
      ngx_http_loyalty_value_membership,
      "the id of a \"membership\" of this program" },

    { ngx_string("store="), offsetof(loyalty_reward_t, store),
      ngx_http_loyalty_value_store,
      "the id of a store, which an \"order_lookup\" of this program has" },

    { ngx_null_string, 0, NULL, NULL }
};


char *
ngx_http_loyalty_reward(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    loyalty_reward_t  *reward;

    reward = ngx_http_loyalty_rule_add(cf, &program->rewards);

    if (reward == NULL
        || ngx_http_loyalty_rule_points(cf, 2, &reward->cost) != NGX_CONF_OK
        || ngx_http_loyalty_rule_text(cf, 3, &reward->name) != NGX_CONF_OK
        || ngx_http_loyalty_rule_params(cf, program,
                                        ngx_http_loyalty_reward_params, 4,
                                        reward)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_reward_check(cf, program, reward);
}


static ngx_int_t
ngx_http_loyalty_reward_kind(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_reward_t  *reward = rule;

    ngx_int_t  kind;

    kind = ngx_http_loyalty_reward_word(ngx_http_loyalty_reward_kinds, text);

    if (kind == NGX_ERROR) {
        return NGX_ERROR;
    }

    reward->kind = kind;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_reward_value(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_reward_t  *reward = rule;

    switch (reward->kind) {

    case LOYALTY_REWARD_PERCENTAGE:
        return ngx_http_loyalty_value_percent(cf, program, text,
                                              &reward->value);

    case LOYALTY_REWARD_AMOUNT:
        return ngx_http_loyalty_value_amount(cf, program, text,
                                             &reward->value);

    default:
        return NGX_ERROR;
    }
}


static ngx_int_t
ngx_http_loyalty_reward_coupon(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_reward_t  *reward = rule;

    ngx_int_t  coupon;

    coupon = ngx_http_loyalty_reward_word(ngx_http_loyalty_reward_coupons,
                                          text);

    if (coupon == NGX_ERROR) {
        return NGX_ERROR;
    }

    reward->coupon = coupon;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_reward_word(ngx_http_loyalty_word_t *words, ngx_str_t *text)
{
    for ( /* void */ ; words->word.len != 0; words++) {

        if (loyalty_str_equal(words->word, ngx_http_loyalty_text(text))) {
            return words->is;
        }
    }

    return NGX_ERROR;
}


static char *
ngx_http_loyalty_reward_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_reward_t *reward)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (reward->value == 0
        && (reward->kind == LOYALTY_REWARD_PERCENTAGE
            || reward->kind == LOYALTY_REWARD_AMOUNT))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the reward \"%V\" does not say how much it is "
                           "worth: add such as value=%s", &value[1],
                           (reward->kind == LOYALTY_REWARD_AMOUNT) ? "5.00"
                                                                   : "10");
        return NGX_CONF_ERROR;
    }

    if (reward->kind == LOYALTY_REWARD_MANUAL
        && ngx_http_loyalty_rule_given(cf, 4, "coupon="))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the reward \"%V\" is handed over by hand and has "
                           "no coupon: leave out \"coupon=\", or write "
                           "another kind than kind=manual", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (reward->coupon == LOYALTY_COUPON_STORE
        && ngx_http_loyalty_coupon_store_find(program, reward->store) == NULL)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "nobody makes the coupons of the reward \"%V\": "
                           "add a \"coupon_store\" for its store, or write "
                           "coupon=local", &value[1]);
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_from_until(cf, reward->from, reward->until);
}


char *
ngx_http_loyalty_coupon_expires(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    int64_t     seconds;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        program->rules.coupon_expires = 0;
        return NGX_CONF_OK;
    }

    seconds = ngx_http_loyalty_seconds(&value[1]);

    if (seconds == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"coupon_expires\": write "
                           "such as 30d, at most 100y, or \"off\" for "
                           "coupons that never expire", &value[1]);
        return NGX_CONF_ERROR;
    }

    program->rules.coupon_expires = seconds;

    return NGX_CONF_OK;
}
