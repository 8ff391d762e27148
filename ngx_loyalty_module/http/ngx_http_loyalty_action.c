
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>


static ngx_int_t ngx_http_loyalty_action_limits(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_referral_on(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_referral_cap(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);


static ngx_http_loyalty_param_t  ngx_http_loyalty_action_params[] = {

    { ngx_string("limit="), 0, ngx_http_loyalty_action_limits,
      "up to four of NUMBER/TIME and NUMBER/ever, such as "
      "limit=1/1d,3/7d,10/ever" },

    { ngx_null_string, 0, NULL, NULL }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_referral_params[] = {

    { ngx_string("friend="), offsetof(loyalty_referral_t, friend),
      ngx_http_loyalty_value_points,
      "points from 1 on for the friend, such as friend=50" },

    { ngx_string("on="), 0, ngx_http_loyalty_referral_on,
      "on=order for the friend's first order, or on=signup" },

    { ngx_string("min="), offsetof(loyalty_referral_t, min),
      ngx_http_loyalty_value_amount,
      "the least total of the friend's first order, over zero, such as "
      "min=20.00" },

    { ngx_string("cap="), 0, ngx_http_loyalty_referral_cap,
      "how many friends count, such as cap=10, or cap=3/30d" },

    { ngx_null_string, 0, NULL, NULL }
};


char *
ngx_http_loyalty_action(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_uint_t         n;
    loyalty_action_t  *action;

    action = ngx_http_loyalty_rule_add(cf, &program->actions);

    if (action == NULL
        || ngx_http_loyalty_rule_points(cf, 2, &action->points)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    n = 3;

    if (ngx_http_loyalty_rule_name(cf, &n, &action->name) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_rule_params(cf, program,
               ngx_http_loyalty_action_params, n, action);
}


static ngx_int_t
ngx_http_loyalty_action_limits(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    return (loyalty_action_limits(rule, ngx_http_loyalty_text(text))
            == LOYALTY_OK) ? NGX_OK : NGX_ERROR;
}


char *
ngx_http_loyalty_referral(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    loyalty_referral_t  *referral;

    referral = &program->rules.referral;

    if (ngx_http_loyalty_rule_points(cf, 1, &referral->points) != NGX_CONF_OK
        || ngx_http_loyalty_rule_params(cf, program,
                                        ngx_http_loyalty_referral_params, 2,
                                        referral)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (referral->on_signup && referral->min != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"min=\" in \"referral\" is about the friend's "
                           "first order, which on=signup does not wait for: "
                           "leave one of them out");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_referral_on(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_referral_t  *referral = rule;

    if (ngx_strcmp(text->data, "order") == 0) {
        return NGX_OK;
    }

    referral->on_signup = 1;

    return (ngx_strcmp(text->data, "signup") == 0) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_loyalty_referral_cap(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_referral_t  *referral = rule;

    return ngx_http_loyalty_count(text, &referral->cap, &referral->window);
}


char *
ngx_http_loyalty_signup_bonus(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    return ngx_http_loyalty_rule_points(cf, 1, &program->rules.signup_bonus);
}
