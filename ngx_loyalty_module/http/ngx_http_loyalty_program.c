
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_conf.h>


static ngx_http_loyalty_program_t *ngx_http_loyalty_program_create(
    ngx_conf_t *cf, ngx_str_t *name);
static char *ngx_http_loyalty_program_directive(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static char *ngx_http_loyalty_program_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_program_lock(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static ngx_int_t ngx_http_loyalty_init_lock(ngx_shm_zone_t *zone,
    void *data);


static ngx_http_loyalty_directive_t  ngx_http_loyalty_directives[] = {

    { ngx_string("database"), 1, 2, ngx_http_loyalty_database,
      "database sqlite:PATH [timeout=TIME];" },

    { ngx_string("currency"), 1, 1, ngx_http_loyalty_currency,
      "currency CODE;" },

    { ngx_string("earn"), 3, 5, ngx_http_loyalty_earn,
      "earn POINTS per AMOUNT; or "
      "earn POINTS per order [min=AMOUNT] [limit=NUMBER/TIME];" },

    { ngx_string("signup_bonus"), 1, 1, ngx_http_loyalty_signup_bonus,
      "signup_bonus POINTS;" },

    { ngx_string("reward"), 3, 7, ngx_http_loyalty_reward,
      "reward ID POINTS \"NAME\" [url=URL] [product=TEXT] [stock=NUMBER] "
      "[per_member=NUMBER];" },

    { ngx_string("coupon_expires"), 1, 1, ngx_http_loyalty_coupon_expires,
      "coupon_expires TIME; or coupon_expires off;" },

    { ngx_string("api_key"), 2, 2, ngx_http_loyalty_api_key,
      "api_key NAME file:PATH; or api_key NAME value:TEXT;" },

    { ngx_string("order_lookup"), 1, 10, ngx_http_loyalty_order_lookup,
      "order_lookup URI number=POINTER email=POINTER total=POINTER "
      "status=POINTER paid=WORD,... [currency=POINTER] [list=POINTER] "
      "[unit=major|minor];" },

    { ngx_null_string, 0, 0, NULL, NULL }
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

    if (!loyalty_order_number_valid(ngx_http_loyalty_text(&value[1]))) {
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


ngx_http_loyalty_program_t *
ngx_http_loyalty_program_find(ngx_http_loyalty_main_conf_t *lmcf,
    ngx_str_t *name)
{
    ngx_uint_t                    i;
    ngx_http_loyalty_program_t  **programs;

    programs = lmcf->programs.elts;

    for (i = 0; i < lmcf->programs.nelts; i++) {

        if (programs[i]->name.len == name->len
            && ngx_strncmp(programs[i]->name.data, name->data, name->len)
               == 0)
        {
            return programs[i];
        }
    }

    return NULL;
}


static ngx_http_loyalty_program_t *
ngx_http_loyalty_program_create(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_http_loyalty_program_t  *program;

    program = ngx_pcalloc(cf->pool, sizeof(ngx_http_loyalty_program_t));
    if (program == NULL) {
        return NULL;
    }

    if (ngx_array_init(&program->rewards, cf->pool, 8,
                       sizeof(loyalty_reward_t))
        != NGX_OK
        || ngx_array_init(&program->paid, cf->pool, 4, sizeof(loyalty_str_t))
        != NGX_OK
        || ngx_array_init(&program->keys, cf->pool, 4,
                          sizeof(ngx_http_loyalty_key_t))
        != NGX_OK)
    {
        return NULL;
    }

    program->name = *name;
    program->rules.name = ngx_http_loyalty_text(name);
    program->file = cf->conf_file->file.name.data;
    program->line = cf->conf_file->line;

    program->coupon_expires = NGX_CONF_UNSET;

    return program;
}


static char *
ngx_http_loyalty_program_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf)
{
    ngx_http_loyalty_program_t  *program = conf;

    ngx_str_t                     *value;
    ngx_http_loyalty_directive_t  *directive;

    value = cf->args->elts;

    for (directive = ngx_http_loyalty_directives;
         directive->name.len != 0;
         directive++)
    {
        if (directive->name.len == value[0].len
            && ngx_strncmp(directive->name.data, value[0].data, value[0].len)
               == 0)
        {
            break;
        }
    }

    if (directive->name.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown directive \"%V\" in \"loyalty_program\", "
                           "which takes database, currency, earn, "
                           "signup_bonus, reward, coupon_expires, api_key "
                           "and order_lookup", &value[0]);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts - 1 < directive->min
        || cf->args->nelts - 1 > directive->max)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of arguments in \"%V\": write "
                           "\"%s\"", &value[0], directive->syntax);
        return NGX_CONF_ERROR;
    }

    return directive->set(cf, program);
}


static char *
ngx_http_loyalty_program_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    char        *rv;
    ngx_uint_t   line;

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

    if (program->earn_args != NULL) {

        /* an error in it is to be looked for where it stands */

        line = cf->conf_file->line;
        cf->conf_file->line = program->earn_line;

        rv = ngx_http_loyalty_earn_finish(cf, program);

        cf->conf_file->line = line;

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    program->rules.rewards = program->rewards.elts;
    program->rules.nrewards = program->rewards.nelts;
    program->rules.coupon_expires =
        (program->coupon_expires == NGX_CONF_UNSET) ? 30 * 24 * 3600
                                                    : program->coupon_expires;

    program->lookup.paid = program->paid.elts;
    program->lookup.npaid = program->paid.nelts;

    return ngx_http_loyalty_program_lock(cf, program);
}


/* The zone outlives a reload: old and new workers queue for the same lock. */

static char *
ngx_http_loyalty_program_lock(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t        name;
    ngx_shm_zone_t  *zone;

    name.len = sizeof("loyalty_") - 1 + program->name.len;
    name.data = ngx_pnalloc(cf->pool, name.len);

    if (name.data == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_sprintf(name.data, "loyalty_%V", &program->name);

    zone = ngx_shared_memory_add(cf, &name, 8 * ngx_pagesize,
                                 &ngx_http_loyalty_module);
    if (zone == NULL) {
        return NGX_CONF_ERROR;
    }

    zone->init = ngx_http_loyalty_init_lock;
    zone->data = NULL;

    program->shm_zone = zone;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_init_lock(ngx_shm_zone_t *zone, void *data)
{
    loyalty_lock_t   *lock;
    ngx_slab_pool_t  *shpool;

    if (data != NULL) {
        zone->data = data;
        return NGX_OK;
    }

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    lock = ngx_slab_alloc(shpool, sizeof(loyalty_lock_t));
    if (lock == NULL) {
        return NGX_ERROR;
    }

    if (loyalty_lock_init(lock) != LOYALTY_OK) {

        /* the database's own lock still keeps writers apart */

        ngx_log_error(NGX_LOG_WARN, zone->shm.log, 0,
                      "loyalty: this system has no fair locks, workers may "
                      "wait longer for each other");

        ngx_slab_free(shpool, lock);
        lock = NULL;
    }

    zone->data = lock;

    return NGX_OK;
}


ngx_uint_t
ngx_http_loyalty_named(ngx_str_t *arg, const char *name, ngx_str_t *value)
{
    size_t  len;

    len = ngx_strlen(name);

    if (arg->len < len || ngx_strncmp(arg->data, name, len) != 0) {
        return 0;
    }

    value->len = arg->len - len;
    value->data = arg->data + len;

    return 1;
}


int64_t
ngx_http_loyalty_positive(ngx_str_t *value)
{
    off_t  n;

    n = ngx_atoof(value->data, value->len);

    return (n > 0 && n <= LOYALTY_POINTS_MAX) ? (int64_t) n : NGX_ERROR;
}
