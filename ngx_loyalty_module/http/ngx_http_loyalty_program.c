
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_database.h>
#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_program.h>
#include <ngx_http_loyalty_rule.h>

#include <loyalty_id.h>
#include <loyalty_text.h>


typedef struct {
    ngx_conf_t                    *cf;
    ngx_http_loyalty_directive_t  *directive;
} ngx_http_loyalty_put_off_t;


typedef struct {
    size_t  offset;        /* in ngx_http_loyalty_program_t */
    size_t  size;          /* of an element */
} ngx_http_loyalty_array_t;


static ngx_http_loyalty_program_t *ngx_http_loyalty_program_create(
    ngx_conf_t *cf, ngx_str_t *name);
static ngx_int_t ngx_http_loyalty_program_arrays(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_program_directive(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static ngx_http_loyalty_directive_t *ngx_http_loyalty_directive_find(
    ngx_conf_t *cf);
static void ngx_http_loyalty_directive_unknown(ngx_conf_t *cf);
static char *ngx_http_loyalty_directive_once(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_directive_t *directive);
static char *ngx_http_loyalty_directive_later(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_directive_t *directive);
static char *ngx_http_loyalty_directives_now(
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_when_e when);
static char *ngx_http_loyalty_params_once(ngx_conf_t *cf,
    ngx_http_loyalty_directive_t *directive);
static char *ngx_http_loyalty_params_twice(ngx_conf_t *cf, ngx_str_t *arg,
    size_t len);
static char *ngx_http_loyalty_include(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_program_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static void ngx_http_loyalty_program_rules(
    ngx_http_loyalty_program_t *program);


static ngx_http_loyalty_directive_t  ngx_http_loyalty_directives[] = {

    { ngx_string("database"), 1, 3, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_database,
      "database sqlite:PATH [timeout=TIME]; or "
      "database postgresql://USER@HOST/NAME [timeout=TIME] "
      "[connections=NUMBER];" },

    { ngx_string("currency"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_currency,
      "currency CODE;" },

    { ngx_string("earn"), 3, 6, 0,
      NGX_HTTP_LOYALTY_WITH_STORES, ngx_http_loyalty_earn,
      "earn POINTS per AMOUNT [minus=tax,shipping,refunds] [min=AMOUNT]; or "
      "earn POINTS per order [min=AMOUNT] [limit=NUMBER/TIME]; or "
      "earn POINTS per item [sku=SKU,...] [category=NAME,...] "
      "[min=AMOUNT];" },

    { ngx_string("promotion"), 1, 9, 0,
      NGX_HTTP_LOYALTY_WITH_OTHERS, ngx_http_loyalty_promotion,
      "promotion ID [from=TIME] [until=TIME] [multiplier=N.N] "
      "[bonus=POINTS] [min=AMOUNT] [first_order] [tier=ID] [store=ID];" },

    { ngx_string("action"), 2, 4, 0,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_action,
      "action ID POINTS [\"NAME\"] [limit=NUMBER/TIME,...];" },

    { ngx_string("signup_bonus"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_signup_bonus,
      "signup_bonus POINTS;" },

    { ngx_string("referral"), 1, 5, 1,
      NGX_HTTP_LOYALTY_WITH_CURRENCY, ngx_http_loyalty_referral,
      "referral POINTS [friend=POINTS] [on=order|signup] [min=AMOUNT] "
      "[cap=NUMBER[/TIME]];" },

    { ngx_string("point_value"), 3, 3, 1,
      NGX_HTTP_LOYALTY_WITH_CURRENCY, ngx_http_loyalty_point_value,
      "point_value AMOUNT per POINTS;" },

    { ngx_string("pending"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_pending,
      "pending TIME;" },

    { ngx_string("points_expire"), 1, 2, 1,
      NGX_HTTP_LOYALTY_WITH_OTHERS, ngx_http_loyalty_points_expire,
      "points_expire TIME [after=earning|activity];" },

    { ngx_string("negative"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_negative,
      "negative on; or negative off;" },

    { ngx_string("tier"), 2, 5, 0,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_tier,
      "tier ID POINTS [\"NAME\"] [multiplier=N.N] [perks=TEXT];" },

    { ngx_string("tier_window"), 1, 2, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_tier_window,
      "tier_window lifetime; or tier_window year [grace=TIME]; or "
      "tier_window TIME [grace=TIME];" },

    { ngx_string("membership"), 1, 7, 0,
      NGX_HTTP_LOYALTY_WITH_STORES, ngx_http_loyalty_membership,
      "membership ID [\"NAME\"] sku=SKU lasts=TIME [multiplier=N.N] "
      "[discount=PERCENT] [perks=TEXT];" },

    { ngx_string("badge"), 2, 7, 0,
      NGX_HTTP_LOYALTY_WITH_OTHERS, ngx_http_loyalty_badge,
      "badge ID \"NAME\" orders=NUMBER[/TIME] [bonus=POINTS]; or "
      "badge ID \"NAME\" actions=NUMBER[/TIME] [action=ID] "
      "[bonus=POINTS]; or "
      "badge ID \"NAME\" streak=NUMBER/TIME [bonus=POINTS];" },

    { ngx_string("reward"), 3, 15, 0,
      NGX_HTTP_LOYALTY_WITH_OTHERS, ngx_http_loyalty_reward,
      "reward ID POINTS \"NAME\" "
      "[kind=product|percentage|amount|shipping|manual] "
      "[value=PERCENT|AMOUNT] [coupon=local|pool|store] [url=URL] "
      "[product=TEXT] [stock=NUMBER] [per_member=NUMBER] [from=TIME] "
      "[until=TIME] [tier=ID] [membership=ID] [store=ID];" },

    { ngx_string("coupon_expires"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_coupon_expires,
      "coupon_expires TIME; or coupon_expires off;" },

    { ngx_string("api_key"), 2, 2, 0,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_api_key,
      "api_key NAME file:PATH; or api_key NAME value:TEXT;" },

    { ngx_string("site"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_site,
      "site URL;" },

    { ngx_string("link_secret"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_link_secret,
      "link_secret file:PATH; or link_secret value:TEXT;" },

    { ngx_string("session"), 1, 2, 1,
      NGX_HTTP_LOYALTY_WITH_OTHERS, ngx_http_loyalty_sessions,
      "session TIME [after=claim];" },

    { ngx_string("order_lookup"), 1, 21, 0,
      NGX_HTTP_LOYALTY_WITH_CURRENCY, ngx_http_loyalty_order_lookup,
      "order_lookup URI number=POINTER email=POINTER total=POINTER "
      "status=POINTER paid=WORD,... [void=WORD,...] [currency=POINTER] "
      "[list=POINTER] [unit=major|minor] [store=ID] [tax=POINTER] "
      "[shipping=POINTER] [refunds=POINTER] [refund=POINTER] "
      "[items=POINTER] [item_sku=POINTER] [item_quantity=POINTER] "
      "[item_category=POINTER] [accepts=CODE] [rate=NUMBER];" },

    { ngx_string("coupon_store"), 0, 6, 0,
      NGX_HTTP_LOYALTY_WITH_STORES, ngx_http_loyalty_coupon_store,
      "coupon_store create=URI made=POINTER lookup=URI code=POINTER "
      "[list=POINTER] [store=ID];" },

    { ngx_string("coupon_retry"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_coupon_retry,
      "coupon_retry TIME;" },

    { ngx_string("order_event"), 1, 6, 0,
      NGX_HTTP_LOYALTY_WITH_OTHERS, ngx_http_loyalty_order_event,
      "order_event FORMAT secret=file:PATH [old_secret=file:PATH] "
      "[number=POINTER] [email=POINTER] [store=ID];" },

    { ngx_string("locale"), 1, 1, 1,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_locale,
      "locale en; or locale tr; or locale th;" },

    { ngx_string("message"), 2, 3, 0,
      NGX_HTTP_LOYALTY_WITH_OTHERS, ngx_http_loyalty_message,
      "message ID \"TEXT\" [locale=en|tr|th];" },

    { ngx_string("include"), 1, 1, 0,
      NGX_HTTP_LOYALTY_AT_ONCE, ngx_http_loyalty_include,
      "include FILE;" },

    { ngx_null_string, 0, 0, 0, 0, NULL, NULL }
};


static ngx_http_loyalty_array_t  ngx_http_loyalty_arrays[] = {
    { offsetof(ngx_http_loyalty_program_t, stores), sizeof(loyalty_store_t) },
    { offsetof(ngx_http_loyalty_program_t, lookup_uris), sizeof(ngx_str_t) },
    { offsetof(ngx_http_loyalty_program_t, earns), sizeof(loyalty_earn_t) },
    { offsetof(ngx_http_loyalty_program_t, promotions),
      sizeof(loyalty_promotion_t) },
    { offsetof(ngx_http_loyalty_program_t, actions),
      sizeof(loyalty_action_t) },
    { offsetof(ngx_http_loyalty_program_t, tiers), sizeof(loyalty_tier_t) },
    { offsetof(ngx_http_loyalty_program_t, memberships),
      sizeof(loyalty_membership_t) },
    { offsetof(ngx_http_loyalty_program_t, badges), sizeof(loyalty_badge_t) },
    { offsetof(ngx_http_loyalty_program_t, rewards),
      sizeof(loyalty_reward_t) },
    { offsetof(ngx_http_loyalty_program_t, keys),
      sizeof(ngx_http_loyalty_key_t) },
    { offsetof(ngx_http_loyalty_program_t, events),
      sizeof(ngx_http_loyalty_event_t) },
    { offsetof(ngx_http_loyalty_program_t, coupon_stores),
      sizeof(ngx_http_loyalty_coupon_store_t) },
    { offsetof(ngx_http_loyalty_program_t, put_off),
      sizeof(ngx_http_loyalty_put_off_t) },
    { 0, 0 }
};


char *
ngx_http_loyalty_program(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_main_conf_t  *lmcf = conf;

    char                         *rv;
    ngx_str_t                    *value;
    ngx_conf_t                    save;
    ngx_http_loyalty_program_t   *program, **slot;

    value = cf->args->elts;

    if (!loyalty_id_valid(ngx_http_loyalty_text(&value[1]))) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name \"%V\" of a loyalty_program: write "
                           "1 to 64 of the characters A-Z a-z 0-9 . _ # -",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_loyalty_program_find(lmcf, &value[1]) != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "loyalty_program \"%V\" is defined twice: give "
                           "one of them another name", &value[1]);
        return NGX_CONF_ERROR;
    }

    program = ngx_http_loyalty_program_create(cf, &value[1]);

    if (program == NULL) {
        return NGX_CONF_ERROR;
    }

    save = *cf;

    cf->handler = ngx_http_loyalty_program_directive;
    cf->handler_conf = (char *) program;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    rv = ngx_http_loyalty_program_finish(cf, program);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    slot = ngx_array_push(&lmcf->programs);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = program;

    return NGX_CONF_OK;
}


static ngx_http_loyalty_program_t *
ngx_http_loyalty_program_create(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_http_loyalty_program_t  *program;

    program = ngx_pcalloc(cf->pool, sizeof(ngx_http_loyalty_program_t));
    if (program == NULL) {
        return NULL;
    }

    program->seen = ngx_pcalloc(cf->pool,
                                sizeof(ngx_http_loyalty_directives)
                                / sizeof(ngx_http_loyalty_directive_t));

    if (program->seen == NULL
        || ngx_http_loyalty_program_arrays(cf, program) != NGX_OK)
    {
        return NULL;
    }

    program->name = *name;
    program->rules.name = ngx_http_loyalty_text(name);
    program->file = cf->conf_file->file.name.data;
    program->line = cf->conf_file->line;

    program->rules.coupon_expires = 30 * 24 * 3600;
    program->rules.coupon_retry = 120;

    /* they are taken apart here, and not by every worker */

    program->rules.texts = loyalty_texts_shipped();

    return program;
}


static ngx_int_t
ngx_http_loyalty_program_arrays(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_array_t               *array;
    ngx_http_loyalty_array_t  *a;

    for (a = ngx_http_loyalty_arrays; a->size != 0; a++) {
        array = (ngx_array_t *) ((u_char *) program + a->offset);

        if (ngx_array_init(array, cf->pool, 4, a->size) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static char *
ngx_http_loyalty_program_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf)
{
    ngx_http_loyalty_program_t  *program = conf;

    ngx_http_loyalty_directive_t  *directive;

    directive = ngx_http_loyalty_directive_find(cf);

    if (directive == NULL
        || ngx_http_loyalty_directive_once(cf, program, directive)
           != NGX_CONF_OK
        || ngx_http_loyalty_params_once(cf, directive) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (directive->when != NGX_HTTP_LOYALTY_AT_ONCE) {
        return ngx_http_loyalty_directive_later(cf, program, directive);
    }

    return directive->set(cf, program);
}


static ngx_http_loyalty_directive_t *
ngx_http_loyalty_directive_find(ngx_conf_t *cf)
{
    ngx_str_t                     *value;
    ngx_http_loyalty_directive_t  *directive;

    value = cf->args->elts;

    for (directive = ngx_http_loyalty_directives;
         directive->name.len != 0;
         directive++)
    {
        if (loyalty_str_equal(ngx_http_loyalty_text(&directive->name),
                              ngx_http_loyalty_text(&value[0])))
        {
            break;
        }
    }

    if (directive->name.len == 0) {
        ngx_http_loyalty_directive_unknown(cf);
        return NULL;
    }

    if (cf->args->nelts - 1 < directive->min
        || cf->args->nelts - 1 > directive->max)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of arguments in \"%V\": write "
                           "\"%s\"", &value[0], directive->syntax);
        return NULL;
    }

    return directive;
}


static void
ngx_http_loyalty_directive_unknown(ngx_conf_t *cf)
{
    u_char      buf[NGX_MAX_CONF_ERRSTR];
    ngx_str_t  *value, names;

    value = cf->args->elts;

    ngx_http_loyalty_names(ngx_http_loyalty_directives,
                           sizeof(ngx_http_loyalty_directive_t), buf, &names);

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown directive \"%V\" in \"loyalty_program\", "
                       "which takes %V", &value[0], &names);
}


static char *
ngx_http_loyalty_directive_once(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_directive_t *directive)
{
    u_char  *seen;

    seen = &program->seen[directive - ngx_http_loyalty_directives];

    if (directive->once && *seen) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is duplicate: a program has one",
                           &directive->name);
        return NGX_CONF_ERROR;
    }

    *seen = 1;

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_directive_later(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_directive_t *directive)
{
    ngx_http_loyalty_put_off_t  *later;

    later = ngx_array_push(&program->put_off);
    if (later == NULL) {
        return NGX_CONF_ERROR;
    }

    later->directive = directive;
    later->cf = ngx_http_loyalty_put_off(cf);

    return (later->cf != NULL) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* At the end of the block: those that were put off until now, in order. */

static char *
ngx_http_loyalty_directives_now(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_when_e when)
{
    ngx_uint_t                   i;
    ngx_http_loyalty_put_off_t  *later;

    later = program->put_off.elts;

    for (i = 0; i < program->put_off.nelts; i++) {

        if (later[i].directive->when == when
            && later[i].directive->set(later[i].cf, program) != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/*
 * What follows the arguments that must be there is "name=value", or a word
 * that stands alone.
 */

static char *
ngx_http_loyalty_params_once(ngx_conf_t *cf,
    ngx_http_loyalty_directive_t *directive)
{
    u_char      *equal;
    size_t       len;
    ngx_str_t   *value;
    ngx_uint_t   i, n;

    value = cf->args->elts;

    for (i = directive->min + 1; i < cf->args->nelts; i++) {
        equal = ngx_strlchr(value[i].data, value[i].data + value[i].len, '=');

        len = (equal != NULL) ? (size_t) (equal + 1 - value[i].data)
                              : value[i].len + 1;

        for (n = directive->min + 1; n < i; n++) {

            if (ngx_strncmp(value[n].data, value[i].data, len) == 0) {
                return ngx_http_loyalty_params_twice(cf, &value[i],
                                                     (equal != NULL) ? len
                                                                     : 0);
            }
        }
    }

    return NGX_CONF_OK;
}


/* What is not its name may be a secret, and is not shown. */

static char *
ngx_http_loyalty_params_twice(ngx_conf_t *cf, ngx_str_t *arg, size_t len)
{
    ngx_str_t  *value, name;

    value = cf->args->elts;

    name.len = len;
    name.data = arg->data;

    if (len != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is duplicate: \"%V\" takes each parameter "
                           "once", &name, &value[0]);

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a word of \"%V\" is duplicate: it takes each one "
                           "once", &value[0]);
    }

    return NGX_CONF_ERROR;
}


static char *
ngx_http_loyalty_include(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    return ngx_conf_include(cf, NULL, program);
}


static char *
ngx_http_loyalty_program_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_http_loyalty_when_e  when;

    if (program->database.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no \"database\" in loyalty_program \"%V\": write "
                           "\"database sqlite:/var/lib/loyalty/%V.db;\"",
                           &program->name, &program->name);
        return NGX_CONF_ERROR;
    }

    if (program->rules.currency.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no \"currency\" in loyalty_program \"%V\": write "
                           "\"currency USD;\" or another code of ISO 4217",
                           &program->name);
        return NGX_CONF_ERROR;
    }

    for (when = NGX_HTTP_LOYALTY_WITH_CURRENCY;
         when <= NGX_HTTP_LOYALTY_WITH_OTHERS;
         when++)
    {
        if (ngx_http_loyalty_directives_now(program, when) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    ngx_http_loyalty_program_rules(program);

    program->pools_low = ngx_pcalloc(cf->pool, program->rewards.nelts
                                               * sizeof(time_t));
    if (program->pools_low == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_zone(cf, program);
}


static void
ngx_http_loyalty_program_rules(ngx_http_loyalty_program_t *program)
{
    loyalty_program_t  *rules;

    rules = &program->rules;

    rules->stores = program->stores.elts;
    rules->nstores = program->stores.nelts;

    rules->earns = program->earns.elts;
    rules->nearns = program->earns.nelts;

    rules->promotions = program->promotions.elts;
    rules->npromotions = program->promotions.nelts;

    rules->actions = program->actions.elts;
    rules->nactions = program->actions.nelts;

    rules->ladder.tiers = program->tiers.elts;
    rules->ladder.ntiers = program->tiers.nelts;

    rules->memberships = program->memberships.elts;
    rules->nmemberships = program->memberships.nelts;

    rules->badges = program->badges.elts;
    rules->nbadges = program->badges.nelts;

    rules->rewards = program->rewards.elts;
    rules->nrewards = program->rewards.nelts;
}
