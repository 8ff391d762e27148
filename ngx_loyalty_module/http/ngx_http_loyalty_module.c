
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_arrival.h>
#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_handler.h>
#include <ngx_http_loyalty_location.h>
#include <ngx_http_loyalty_program.h>
#include <ngx_http_loyalty_ref.h>
#include <ngx_http_loyalty_require.h>
#include <ngx_http_loyalty_store.h>
#include <ngx_http_loyalty_variables.h>
#include <ngx_http_loyalty_worker.h>

#include <loyalty_db.h>


static char *ngx_http_loyalty_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_loyalty_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_loyalty_add_location(ngx_conf_t *cf,
    ngx_http_loyalty_loc_conf_t *llcf);
static char *ngx_http_loyalty_ref_location(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static ngx_int_t ngx_http_loyalty_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_loyalty_postconfiguration(ngx_conf_t *cf);
static void *ngx_http_loyalty_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_loyalty_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_loyalty_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_loyalty_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static void ngx_http_loyalty_merge_limits(ngx_http_loyalty_loc_conf_t *conf,
    ngx_http_core_loc_conf_t *clcf);
static size_t ngx_http_loyalty_body_size(
    ngx_http_loyalty_loc_conf_t *llcf);


static ngx_http_loyalty_limit_t  ngx_http_loyalty_batch_limit = {
    NGX_HTTP_LOYALTY_NUMBER, 10000,
    "has an invalid value: write a number from 1 to 10000, such as 64"
};

static ngx_http_loyalty_limit_t  ngx_http_loyalty_queue_limit = {
    NGX_HTTP_LOYALTY_NUMBER, 1000000,
    "has an invalid value: write a number from 1 to 1000000, such as 8192"
};

static ngx_http_loyalty_limit_t  ngx_http_loyalty_size_limit = {
    NGX_HTTP_LOYALTY_SIZE, NGX_MAX_INT_T_VALUE,
    "has an invalid value: write a size over zero, such as 64k or 1m"
};

static ngx_http_loyalty_limit_t  ngx_http_loyalty_time_limit = {
    NGX_HTTP_LOYALTY_TIME, NGX_MAX_INT_T_VALUE,
    "has an invalid value: write a time over zero, such as 2500ms or 8s"
};


static ngx_command_t  ngx_http_loyalty_commands[] = {

    { ngx_string("loyalty_program"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_loyalty_program,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("loyalty_thread_pool"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_thread_pool,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("loyalty_batch"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_limit,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_loyalty_main_conf_t, batch),
      &ngx_http_loyalty_batch_limit },

    { ngx_string("loyalty_queue"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_limit,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_loyalty_main_conf_t, queue),
      &ngx_http_loyalty_queue_limit },

    { ngx_string("loyalty_signup"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_signup_endpoint },

    { ngx_string("loyalty_claim"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_claim_endpoint },

    { ngx_string("loyalty_balance"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_balance_endpoint },

    { ngx_string("loyalty_redeem"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_redeem_endpoint },

    { ngx_string("loyalty_cancel"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_cancel_endpoint },

    { ngx_string("loyalty_action"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_action_endpoint },

    { ngx_string("loyalty_coupon"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_coupon_endpoint },

    { ngx_string("loyalty_history"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_history_endpoint },

    { ngx_string("loyalty_leaderboard"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_leaderboard_endpoint },

    { ngx_string("loyalty_report"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_report_endpoint },

    { ngx_string("loyalty_order_event"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_order_event_endpoint },

    { ngx_string("loyalty_logout"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_logout_endpoint },

    { ngx_string("loyalty_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_status_endpoint },

    { ngx_string("loyalty_ref"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE23,
      ngx_http_loyalty_ref_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_loyalty_ref_endpoint },

    { ngx_string("loyalty_auth"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_loyalty_auth,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_loyalty_loc_conf_t, auth),
      NULL },

    { ngx_string("loyalty_format"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_http_loyalty_format,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("loyalty_require"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_http_loyalty_require,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("loyalty_max_body_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_limit,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_loyalty_loc_conf_t, max_body_size),
      &ngx_http_loyalty_size_limit },

    { ngx_string("loyalty_store_max_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_limit,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_loyalty_loc_conf_t, store_max_size),
      &ngx_http_loyalty_size_limit },

    { ngx_string("loyalty_store_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_limit,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_loyalty_loc_conf_t, store_timeout),
      &ngx_http_loyalty_time_limit },

    { ngx_string("loyalty_postpone"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_loyalty_postpone,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_loyalty_module_ctx = {
    ngx_http_loyalty_preconfiguration,     /* preconfiguration */
    ngx_http_loyalty_postconfiguration,    /* postconfiguration */

    ngx_http_loyalty_create_main_conf,     /* create main configuration */
    ngx_http_loyalty_init_main_conf,       /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_loyalty_create_loc_conf,      /* create location configuration */
    ngx_http_loyalty_merge_loc_conf        /* merge location configuration */
};


ngx_module_t  ngx_http_loyalty_module = {
    NGX_MODULE_V1,
    &ngx_http_loyalty_module_ctx,          /* module context */
    ngx_http_loyalty_commands,             /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_loyalty_init_process,         /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_loyalty_exit_process,         /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* One that is not there is then looked for in this line. */

static char *
ngx_http_loyalty_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_main_conf_t  *lmcf = conf;

    ngx_str_t  *value;

    if (lmcf->pool != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    lmcf->pool = ngx_thread_pool_add(cf, &value[1]);

    return (lmcf->pool != NULL) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_loyalty_location(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_loc_conf_t  *llcf = conf;

    ngx_str_t                 *value;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_core_srv_conf_t  *cscf;

    if (llcf->endpoint != NULL) {
        return "is duplicate: a location serves one loyalty directive";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "has another handler in its location: move it to a location "
               "of its own";
    }

    clcf->handler = ngx_http_loyalty_handler;

    value = cf->args->elts;

    llcf->endpoint = cmd->post;
    llcf->directive = value[0];
    llcf->program_name = value[1];

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    llcf->loc_conf = ((ngx_http_conf_ctx_t *) cf->ctx)->loc_conf;
    llcf->server = cscf->ctx;

    /* the program may be defined further down: it is looked for at the end */

    llcf->file = cf->conf_file->file.name.data;
    llcf->line = cf->conf_file->line;

    return (ngx_http_loyalty_add_location(cf, llcf) == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_int_t
ngx_http_loyalty_add_location(ngx_conf_t *cf,
    ngx_http_loyalty_loc_conf_t *llcf)
{
    ngx_http_loyalty_loc_conf_t   **location;
    ngx_http_loyalty_main_conf_t   *lmcf;

    lmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_loyalty_module);

    location = ngx_array_push(&lmcf->locations);
    if (location == NULL) {
        return NGX_ERROR;
    }

    *location = llcf;

    return NGX_OK;
}


static char *
ngx_http_loyalty_ref_location(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *rv;

    rv = ngx_http_loyalty_location(cf, cmd, conf);

    return (rv == NGX_CONF_OK) ? ngx_http_loyalty_ref_conf(cf, conf) : rv;
}


static ngx_int_t
ngx_http_loyalty_preconfiguration(ngx_conf_t *cf)
{
    return (ngx_http_loyalty_add_variables(cf) == NGX_OK)
           ? ngx_http_loyalty_add_coupon_variables(cf) : NGX_ERROR;
}


static ngx_int_t
ngx_http_loyalty_postconfiguration(ngx_conf_t *cf)
{
    ngx_uint_t                      i;
    ngx_http_loyalty_loc_conf_t   **locations;
    ngx_http_loyalty_main_conf_t   *lmcf;

    lmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_loyalty_module);

    locations = lmcf->locations.elts;

    for (i = 0; i < lmcf->locations.nelts; i++) {

        if (ngx_http_loyalty_location_check(cf, lmcf, locations[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_loyalty_require_init(cf, lmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (lmcf->programs.nelts == 0) {
        return NGX_OK;
    }

    if (lmcf->pool == NULL) {
        lmcf->pool = ngx_thread_pool_add(cf, NULL);
    }

    if (lmcf->pool == NULL) {
        return NGX_ERROR;
    }

    /* the workers inherit it: in the master nobody uses the library */

    loyalty_db_tune();

    if (ngx_http_loyalty_arrival_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_loyalty_store_init(cf);
}


static void *
ngx_http_loyalty_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_loyalty_main_conf_t  *lmcf;

    lmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_loyalty_main_conf_t));
    if (lmcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     lmcf->pool = NULL;
     */

    if (ngx_array_init(&lmcf->programs, cf->pool, 4,
                       sizeof(ngx_http_loyalty_program_t *))
        != NGX_OK
        || ngx_array_init(&lmcf->locations, cf->pool, 8,
                          sizeof(ngx_http_loyalty_loc_conf_t *))
        != NGX_OK
        || ngx_array_init(&lmcf->requires, cf->pool, 4,
                          sizeof(ngx_http_loyalty_require_t *))
        != NGX_OK)
    {
        return NULL;
    }

    lmcf->batch = NGX_CONF_UNSET;
    lmcf->queue = NGX_CONF_UNSET;

    return lmcf;
}


static char *
ngx_http_loyalty_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_loyalty_main_conf_t  *lmcf = conf;

    ngx_conf_init_value(lmcf->batch, 64);
    ngx_conf_init_value(lmcf->queue, 8192);

    return NGX_CONF_OK;
}


static void *
ngx_http_loyalty_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_loyalty_loc_conf_t  *llcf;

    llcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_loyalty_loc_conf_t));
    if (llcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     llcf->program = NULL;
     *     llcf->endpoint = NULL;
     *     llcf->ref = NULL;
     *     llcf->program_name = { 0, NULL };
     *     llcf->directive = { 0, NULL };
     *     llcf->file = NULL;
     *     llcf->line = 0;
     *     llcf->auth = 0;
     *     llcf->format_asked = 0;
     */

    llcf->format = NGX_CONF_UNSET_UINT;
    llcf->require = NGX_CONF_UNSET_PTR;
    llcf->max_body_size = NGX_CONF_UNSET_SIZE;
    llcf->store_max_size = NGX_CONF_UNSET_SIZE;
    llcf->store_timeout = NGX_CONF_UNSET_MSEC;
    llcf->postpone = NGX_CONF_UNSET;

    return llcf;
}


static char *
ngx_http_loyalty_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_loyalty_loc_conf_t  *prev = parent;
    ngx_http_loyalty_loc_conf_t  *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    ngx_conf_merge_bitmask_value(conf->auth, prev->auth,
                                 (NGX_CONF_BITMASK_SET
                                  |NGX_HTTP_LOYALTY_AUTH_KEY));

    if (conf->format == NGX_CONF_UNSET_UINT) {
        conf->format_asked = prev->format_asked;
    }

    ngx_conf_merge_uint_value(conf->format, prev->format,
                              LOYALTY_FORMAT_JSON);

    ngx_conf_merge_ptr_value(conf->require, prev->require, NULL);

    /*
     * What is enough depends on what the location serves, and to whom: where
     * nothing is written, it is left open, also for locations inside.
     */

    if (conf->max_body_size == NGX_CONF_UNSET_SIZE) {
        conf->max_body_size = prev->max_body_size;
    }

    if (conf->store_timeout == NGX_CONF_UNSET_MSEC) {
        conf->store_timeout = prev->store_timeout;
    }

    if (conf->postpone == NGX_CONF_UNSET) {
        conf->postpone = prev->postpone;
    }

    ngx_conf_merge_size_value(conf->store_max_size, prev->store_max_size,
                              262144);

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->noname && clcf->handler == NULL && conf->endpoint == NULL
        && prev->endpoint != NULL)
    {

        /* "if" and "limit_except" go on serving what their location serves */

        conf->endpoint = prev->endpoint;
        conf->ref = prev->ref;
        conf->program_name = prev->program_name;
        conf->directive = prev->directive;
        conf->file = prev->file;
        conf->line = prev->line;

        clcf->handler = ngx_http_loyalty_handler;

        if (ngx_http_loyalty_add_location(cf, conf) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->endpoint != NULL && clcf->handler != ngx_http_loyalty_handler) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"%V\" has another handler in its location, move it "
                      "to a location of its own, in %s:%ui",
                      &conf->directive, conf->file, conf->line);
        return NGX_CONF_ERROR;
    }

    if (conf->endpoint != NULL) {
        ngx_http_loyalty_merge_limits(conf, clcf);
    }

    return NGX_CONF_OK;
}


static void
ngx_http_loyalty_merge_limits(ngx_http_loyalty_loc_conf_t *conf,
    ngx_http_core_loc_conf_t *clcf)
{
    if (conf->endpoint->serve != NULL
        || conf->endpoint->kind == LOYALTY_COMMAND_ORDER_EVENT
        || conf->endpoint->kind == LOYALTY_COMMAND_REPORT)
    {
        /* neither a store nor an owner chats */

        conf->format = LOYALTY_FORMAT_JSON;
        conf->format_asked = 0;
    }

    conf->body_size = (conf->max_body_size != NGX_CONF_UNSET_SIZE)
                      ? conf->max_body_size
                      : ngx_http_loyalty_body_size(conf);

    /* nginx's limit holds, but with our answer to those who go over it */

    if (clcf->client_max_body_size != 0) {
        conf->body_size = ngx_min(conf->body_size,
                                  (size_t) clcf->client_max_body_size);
        clcf->client_max_body_size = 0;
    }
}


/*
 * A store sends an order as a whole, Dialogflow what it remembers of a talk,
 * the others some short parameters.
 */

static size_t
ngx_http_loyalty_body_size(ngx_http_loyalty_loc_conf_t *llcf)
{
    if (llcf->endpoint->kind == LOYALTY_COMMAND_ORDER_EVENT) {
        return 1024 * 1024;
    }

    return (llcf->format == LOYALTY_FORMAT_JSON && !llcf->format_asked)
           ? 16384 : 65536;
}
