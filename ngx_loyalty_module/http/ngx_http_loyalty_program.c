
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_conf.h>

#include <loyalty_id.h>


static ngx_http_loyalty_program_t *ngx_http_loyalty_program_create(
    ngx_conf_t *cf, ngx_str_t *name);
static char *ngx_http_loyalty_program_directive(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static ngx_http_loyalty_directive_t *ngx_http_loyalty_directive_find(
    ngx_conf_t *cf);
static char *ngx_http_loyalty_directive_once(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_directive_t *directive);
static char *ngx_http_loyalty_params_once(ngx_conf_t *cf,
    ngx_http_loyalty_directive_t *directive);
static char *ngx_http_loyalty_include(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_program_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_program_zone(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static ngx_int_t ngx_http_loyalty_init_zone(ngx_shm_zone_t *zone,
    void *data);
static loyalty_lock_t *ngx_http_loyalty_lock_create(ngx_shm_zone_t *zone);


static ngx_http_loyalty_directive_t  ngx_http_loyalty_directives[] = {

    { ngx_string("database"), 1, 3, 1, ngx_http_loyalty_database,
      "database sqlite:PATH [timeout=TIME]; or "
      "database postgresql://USER@HOST/NAME [timeout=TIME] "
      "[connections=NUMBER];" },

    { ngx_string("currency"), 1, 1, 1, ngx_http_loyalty_currency,
      "currency CODE;" },

    { ngx_string("earn"), 3, 5, 1, ngx_http_loyalty_earn,
      "earn POINTS per AMOUNT; or "
      "earn POINTS per order [min=AMOUNT] [limit=NUMBER/TIME];" },

    { ngx_string("signup_bonus"), 1, 1, 1, ngx_http_loyalty_signup_bonus,
      "signup_bonus POINTS;" },

    { ngx_string("reward"), 3, 7, 0, ngx_http_loyalty_reward,
      "reward ID POINTS \"NAME\" [url=URL] [product=TEXT] [stock=NUMBER] "
      "[per_member=NUMBER];" },

    { ngx_string("coupon_expires"), 1, 1, 1, ngx_http_loyalty_coupon_expires,
      "coupon_expires TIME; or coupon_expires off;" },

    { ngx_string("api_key"), 2, 2, 0, ngx_http_loyalty_api_key,
      "api_key NAME file:PATH; or api_key NAME value:TEXT;" },

    { ngx_string("order_lookup"), 1, 10, 1, ngx_http_loyalty_order_lookup,
      "order_lookup URI number=POINTER email=POINTER total=POINTER "
      "status=POINTER paid=WORD,... [currency=POINTER] [list=POINTER] "
      "[unit=major|minor];" },

    { ngx_string("include"), 1, 1, 0, ngx_http_loyalty_include,
      "include FILE;" },

    { ngx_null_string, 0, 0, 0, NULL, NULL }
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


ngx_http_loyalty_program_t *
ngx_http_loyalty_program_find(ngx_http_loyalty_main_conf_t *lmcf,
    ngx_str_t *name)
{
    ngx_uint_t                    i;
    ngx_http_loyalty_program_t  **programs;

    programs = lmcf->programs.elts;

    for (i = 0; i < lmcf->programs.nelts; i++) {
        if (loyalty_str_equal(programs[i]->rules.name,
                              ngx_http_loyalty_text(name)))
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

    program->rules.coupon_expires = 30 * 24 * 3600;

    return program;
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
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown directive \"%V\" in \"loyalty_program\", "
                           "which takes database, currency, earn, "
                           "signup_bonus, reward, coupon_expires, api_key, "
                           "order_lookup and include", &value[0]);
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


static char *
ngx_http_loyalty_directive_once(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_directive_t *directive)
{
    ngx_uint_t  bit;

    bit = (ngx_uint_t) 1 << (directive - ngx_http_loyalty_directives);

    if (directive->once && (program->seen & bit)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is duplicate: a program has one",
                           &directive->name);
        return NGX_CONF_ERROR;
    }

    program->seen |= bit;

    return NGX_CONF_OK;
}


/* What follows the arguments that must be there is "name=value". */

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

        if (equal == NULL) {
            continue;
        }

        len = equal + 1 - value[i].data;

        for (n = directive->min + 1; n < i; n++) {

            if (ngx_strncmp(value[n].data, value[i].data, len) == 0) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"%V\" is duplicate: \"%V\" takes each "
                                   "parameter once", &value[i], &value[0]);
                return NGX_CONF_ERROR;
            }
        }
    }

    return NGX_CONF_OK;
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

    if (program->earn != NULL
        && ngx_http_loyalty_earn_finish(program->earn, program)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    program->rules.rewards = program->rewards.elts;
    program->rules.nrewards = program->rewards.nelts;

    program->lookup.paid = program->paid.elts;
    program->lookup.npaid = program->paid.nelts;

    return ngx_http_loyalty_program_zone(cf, program);
}


static char *
ngx_http_loyalty_program_zone(ngx_conf_t *cf,
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

    zone->init = ngx_http_loyalty_init_zone;
    zone->data = program;

    program->shm_zone = zone;

    return NGX_CONF_OK;
}


/*
 * All of the configuration has been read by now, also "user", and an error
 * still leaves a running nginx as it is.
 */

static ngx_int_t
ngx_http_loyalty_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_http_loyalty_program_t  *program = zone->data;

    if (ngx_http_loyalty_database_finish(program->database_conf, program)
        != NGX_CONF_OK)
    {
        return NGX_ERROR;
    }

    /* the zone outlives a reload: old and new workers queue for one lock */

    zone->data = (data != NULL) ? data : ngx_http_loyalty_lock_create(zone);

    return NGX_OK;
}


/* NULL if there is none: the database's own lock keeps writers apart, too. */

static loyalty_lock_t *
ngx_http_loyalty_lock_create(ngx_shm_zone_t *zone)
{
    loyalty_lock_t   *lock;
    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    lock = ngx_slab_alloc(shpool, sizeof(loyalty_lock_t));

    if (lock != NULL && loyalty_lock_init(lock) != LOYALTY_OK) {
        ngx_slab_free(shpool, lock);
        lock = NULL;
    }

    if (lock == NULL) {
        ngx_log_error(NGX_LOG_WARN, zone->shm.log, 0,
                      "loyalty: this system has no fair locks, workers may "
                      "wait longer for each other");
    }

    return lock;
}


ngx_conf_t *
ngx_http_loyalty_put_off(ngx_conf_t *cf)
{
    ngx_str_t   *args;
    ngx_conf_t  *later;

    later = ngx_palloc(cf->pool, sizeof(ngx_conf_t));
    if (later == NULL) {
        return NULL;
    }

    *later = *cf;

    later->conf_file = ngx_palloc(cf->pool, sizeof(ngx_conf_file_t));
    if (later->conf_file == NULL) {
        return NULL;
    }

    *later->conf_file = *cf->conf_file;

    later->args = ngx_array_create(cf->pool, cf->args->nelts,
                                   sizeof(ngx_str_t));
    if (later->args == NULL) {
        return NULL;
    }

    args = ngx_array_push_n(later->args, cf->args->nelts);
    if (args == NULL) {
        return NULL;
    }

    ngx_memcpy(args, cf->args->elts, cf->args->nelts * sizeof(ngx_str_t));

    return later;
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
