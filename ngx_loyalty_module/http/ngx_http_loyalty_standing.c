
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>


#define NGX_HTTP_LOYALTY_YEAR  (365 * 24 * 3600)


static char *ngx_http_loyalty_tier_place(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_tier_window_check(ngx_conf_t *cf,
    loyalty_ladder_t *ladder);
static char *ngx_http_loyalty_membership_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_membership_t *membership);
static ngx_int_t ngx_http_loyalty_badge_orders(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_badge_actions(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static ngx_int_t ngx_http_loyalty_badge_streak(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule);
static char *ngx_http_loyalty_badge_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_badge_t *badge);


static ngx_http_loyalty_param_t  ngx_http_loyalty_tier_params[] = {

    { ngx_string("multiplier="), offsetof(loyalty_tier_t, multiplier),
      ngx_http_loyalty_value_multiplier,
      "a number over 1, at most 1000, such as multiplier=1.5" },

    { ngx_string("perks="), offsetof(loyalty_tier_t, perks),
      ngx_http_loyalty_value_text,
      "what shoppers shall read, in UTF-8" },

    { ngx_null_string, 0, NULL, NULL }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_tier_window_params[] = {

    { ngx_string("grace="), offsetof(loyalty_ladder_t, grace),
      ngx_http_loyalty_value_seconds,
      "a time such as grace=30d" },

    { ngx_null_string, 0, NULL, NULL }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_membership_params[] = {

    { ngx_string("sku="), offsetof(loyalty_membership_t, sku),
      ngx_http_loyalty_value_text,
      "the number of the item that the store sells it as, such as "
      "sku=CLUB-1" },

    { ngx_string("lasts="), offsetof(loyalty_membership_t, lasts),
      ngx_http_loyalty_value_seconds,
      "a time such as lasts=365d, at most 100y" },

    { ngx_string("multiplier="), offsetof(loyalty_membership_t, multiplier),
      ngx_http_loyalty_value_multiplier,
      "a number over 1, at most 1000, such as multiplier=1.5" },

    { ngx_string("discount="), offsetof(loyalty_membership_t, discount),
      ngx_http_loyalty_value_percent,
      "percents from 1 to 100 off what rewards cost, such as discount=10" },

    { ngx_string("perks="), offsetof(loyalty_membership_t, perks),
      ngx_http_loyalty_value_text,
      "what shoppers shall read, in UTF-8" },

    { ngx_null_string, 0, NULL, NULL }
};


static ngx_http_loyalty_param_t  ngx_http_loyalty_badge_params[] = {

    { ngx_string("orders="), 0, ngx_http_loyalty_badge_orders,
      "how many orders, such as orders=10, or orders=5/30d" },

    { ngx_string("actions="), 0, ngx_http_loyalty_badge_actions,
      "how many actions, such as actions=10, or actions=5/30d" },

    { ngx_string("streak="), 0, ngx_http_loyalty_badge_streak,
      "how many periods in a row have an order, and how long one is, such "
      "as streak=4/7d" },

    { ngx_string("action="), offsetof(loyalty_badge_t, action),
      ngx_http_loyalty_value_action,
      "the id of an \"action\" of this program" },

    { ngx_string("bonus="), offsetof(loyalty_badge_t, bonus),
      ngx_http_loyalty_value_points,
      "points from 1 on, such as bonus=100" },

    { ngx_null_string, 0, NULL, NULL }
};


char *
ngx_http_loyalty_tier(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t       *value;
    ngx_uint_t       n;
    loyalty_tier_t  *tier;

    value = cf->args->elts;

    tier = ngx_http_loyalty_rule_add(cf, &program->tiers);
    if (tier == NULL) {
        return NGX_CONF_ERROR;
    }

    /* the lowest may be there for everybody */

    if (ngx_strcmp(value[2].data, "0") != 0
        && ngx_http_loyalty_rule_points(cf, 2, &tier->threshold)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    n = 3;

    if (ngx_http_loyalty_rule_name(cf, &n, &tier->name) != NGX_CONF_OK
        || ngx_http_loyalty_rule_params(cf, program,
                                        ngx_http_loyalty_tier_params, n, tier)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_tier_place(cf, program);
}


/* Moves the new tier, the last one, to its place in the ladder. */

static char *
ngx_http_loyalty_tier_place(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t       *value;
    ngx_uint_t       n;
    loyalty_tier_t  *tiers, tier;

    tiers = program->tiers.elts;
    n = program->tiers.nelts - 1;
    tier = tiers[n];

    while (n > 0 && tiers[n - 1].threshold > tier.threshold) {
        tiers[n] = tiers[n - 1];
        n--;
    }

    tiers[n] = tier;

    if (n > 0 && tiers[n - 1].threshold == tier.threshold) {
        value = cf->args->elts;

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the tiers \"%*s\" and \"%V\" both start at %V "
                           "points: give each its own", tiers[n - 1].id.len,
                           tiers[n - 1].id.data, &value[1], &value[2]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_tier_window(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t         *value;
    loyalty_ladder_t  *ladder;

    value = cf->args->elts;
    ladder = &program->rules.ladder;

    if (ngx_strcmp(value[1].data, "lifetime") == 0) {
        ladder->window = LOYALTY_WINDOW_LIFETIME;

    } else if (ngx_strcmp(value[1].data, "year") == 0) {
        ladder->window = LOYALTY_WINDOW_YEAR;

    } else {
        ladder->window = LOYALTY_WINDOW_TIME;
        ladder->length = ngx_http_loyalty_seconds(&value[1]);

        if (ladder->length == NGX_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid window \"%V\" in \"tier_window\": "
                               "write \"lifetime\", \"year\" for calendar "
                               "years, or a time such as 365d, at most 100y",
                               &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_loyalty_rule_params(cf, program,
                                     ngx_http_loyalty_tier_window_params, 2,
                                     ladder)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_tier_window_check(cf, ladder);
}


static char *
ngx_http_loyalty_tier_window_check(ngx_conf_t *cf, loyalty_ladder_t *ladder)
{
    int64_t     length;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ladder->window == LOYALTY_WINDOW_LIFETIME && ladder->grace != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"tier_window lifetime\" is never "
                           "needed, as nobody falls: leave it out, or write "
                           "another window", &value[2]);
        return NGX_CONF_ERROR;
    }

    length = (ladder->window == LOYALTY_WINDOW_TIME) ? ladder->length
                                                     : NGX_HTTP_LOYALTY_YEAR;

    if (ladder->grace > length) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"tier_window\" is longer than the "
                           "window: write a shorter time", &value[2]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_membership(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_uint_t             n;
    loyalty_membership_t  *membership;

    if (program->memberships.nelts == LOYALTY_MEMBERSHIPS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a program has at most %d \"membership\": leave "
                           "this one out", LOYALTY_MEMBERSHIPS_MAX);
        return NGX_CONF_ERROR;
    }

    membership = ngx_http_loyalty_rule_add(cf, &program->memberships);
    if (membership == NULL) {
        return NGX_CONF_ERROR;
    }

    n = 2;

    if (ngx_http_loyalty_rule_name(cf, &n, &membership->name) != NGX_CONF_OK
        || ngx_http_loyalty_rule_params(cf, program,
                                        ngx_http_loyalty_membership_params, n,
                                        membership)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_membership_check(cf, program, membership);
}


static char *
ngx_http_loyalty_membership_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_membership_t *membership)
{
    ngx_str_t             *value;
    loyalty_membership_t  *other;

    value = cf->args->elts;

    if (membership->sku.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the membership \"%V\" has no \"sku=\": write the "
                           "number of the item that the store sells it as, "
                           "such as sku=CLUB-1", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (membership->lasts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the membership \"%V\" has no \"lasts=\": write "
                           "how long one is bought for, such as lasts=365d",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    for (other = program->memberships.elts; other != membership; other++) {

        if (loyalty_str_equal(other->sku, membership->sku)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the memberships \"%*s\" and \"%V\" have the "
                               "same sku: give each its own", other->id.len,
                               other->id.data, &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_loyalty_rule_needs(cf, program, "items",
            offsetof(loyalty_order_lookup_t, items)) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_rule_needs(cf, program, "item_sku",
               offsetof(loyalty_order_lookup_t, item_sku));
}


char *
ngx_http_loyalty_badge(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    loyalty_badge_t  *badge;

    badge = ngx_http_loyalty_rule_add(cf, &program->badges);

    if (badge == NULL
        || ngx_http_loyalty_rule_text(cf, 2, &badge->name) != NGX_CONF_OK
        || ngx_http_loyalty_rule_params(cf, program,
                                        ngx_http_loyalty_badge_params, 3,
                                        badge)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_badge_check(cf, program, badge);
}


static ngx_int_t
ngx_http_loyalty_badge_orders(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_badge_t  *badge = rule;

    badge->kind = LOYALTY_BADGE_ORDERS;

    return ngx_http_loyalty_count(text, &badge->count, &badge->window);
}


static ngx_int_t
ngx_http_loyalty_badge_actions(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_badge_t  *badge = rule;

    badge->kind = LOYALTY_BADGE_ACTIONS;

    return ngx_http_loyalty_count(text, &badge->count, &badge->window);
}


static ngx_int_t
ngx_http_loyalty_badge_streak(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *rule)
{
    loyalty_badge_t  *badge = rule;

    badge->kind = LOYALTY_BADGE_STREAK;

    if (ngx_http_loyalty_count(text, &badge->count, &badge->window)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return (badge->window != 0) ? NGX_OK : NGX_ERROR;
}


static char *
ngx_http_loyalty_badge_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, loyalty_badge_t *badge)
{
    ngx_str_t   *value;
    ngx_uint_t   kinds;

    value = cf->args->elts;

    kinds = ngx_http_loyalty_rule_given(cf, 3, "orders=")
            + ngx_http_loyalty_rule_given(cf, 3, "actions=")
            + ngx_http_loyalty_rule_given(cf, 3, "streak=");

    if (kinds != 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the badge \"%V\" is for %s: write one of "
                           "orders=NUMBER, actions=NUMBER and "
                           "streak=NUMBER/TIME", &value[1],
                           (kinds == 0) ? "nothing" : "more than one thing");
        return NGX_CONF_ERROR;
    }

    if (badge->action.len != 0 && badge->kind != LOYALTY_BADGE_ACTIONS) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"action=%*s\" in \"badge\" goes with "
                           "\"actions=NUMBER\" only", badge->action.len,
                           badge->action.data);
        return NGX_CONF_ERROR;
    }

    if (badge->kind != LOYALTY_BADGE_STREAK) {
        return NGX_CONF_OK;
    }

    if (program->rules.streak != 0 && program->rules.streak != badge->window)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the streak of the badge \"%V\" has another "
                           "period than that of a badge above it: write "
                           "%Ls, as a program has one", &value[1],
                           program->rules.streak);
        return NGX_CONF_ERROR;
    }

    program->rules.streak = badge->window;

    return NGX_CONF_OK;
}
