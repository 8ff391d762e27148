
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_cookie.h>
#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_require.h>
#include <ngx_http_loyalty_response.h>
#include <ngx_http_loyalty_values.h>


/* A request that waits in the access phase, or has done so. */

typedef struct {
    ngx_http_loyalty_ctx_t        ctx;
    char                          address[LOYALTY_EMAIL_MAX];
} ngx_http_loyalty_visit_t;


static char *ngx_http_loyalty_require_params(ngx_conf_t *cf,
    ngx_http_loyalty_require_t *require);
static ngx_int_t ngx_http_loyalty_require_check(ngx_conf_t *cf,
    ngx_http_loyalty_main_conf_t *lmcf, ngx_http_loyalty_require_t *require);
static ngx_int_t ngx_http_loyalty_require_ids(ngx_conf_t *cf,
    ngx_http_loyalty_require_t *require, ngx_array_t *rules,
    const loyalty_str_t *ids, size_t n, const char *what);
static ngx_int_t ngx_http_loyalty_require_refuse(ngx_conf_t *cf,
    ngx_http_loyalty_require_t *require, const char *why);
static ngx_int_t ngx_http_loyalty_access(ngx_http_request_t *r);
static ngx_http_loyalty_ctx_t *ngx_http_loyalty_visit_find(
    ngx_http_request_t *r, ngx_http_loyalty_program_t *program);
static ngx_uint_t ngx_http_loyalty_known(ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_visit_begin(ngx_http_request_t *r,
    ngx_http_loyalty_require_t *require);
static void ngx_http_loyalty_visit_cleanup(void *data);
static ngx_int_t ngx_http_loyalty_unknown_visitor(ngx_http_request_t *r,
    ngx_http_loyalty_require_t *require);
static ngx_int_t ngx_http_loyalty_judge(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_require_t *require);
static ngx_uint_t ngx_http_loyalty_of_tier(loyalty_result_t *result,
    ngx_http_loyalty_require_t *require);
static ngx_uint_t ngx_http_loyalty_holds(loyalty_result_t *result,
    ngx_http_loyalty_require_t *require);


char *
ngx_http_loyalty_require(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_loc_conf_t  *llcf = conf;

    ngx_str_t                      *value;
    ngx_http_loyalty_require_t     *require, **slot;
    ngx_http_loyalty_main_conf_t   *lmcf;

    if (llcf->require != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        llcf->require = NULL;
        return NGX_CONF_OK;
    }

    require = ngx_pcalloc(cf->pool, sizeof(ngx_http_loyalty_require_t));
    if (require == NULL) {
        return NGX_CONF_ERROR;
    }

    require->name = value[1];
    require->file = cf->conf_file->file.name.data;
    require->line = cf->conf_file->line;

    /* the program may be defined further down: it is looked for at the end */

    lmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_loyalty_module);

    slot = ngx_array_push(&lmcf->requires);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = require;
    llcf->require = require;

    return ngx_http_loyalty_require_params(cf, require);
}


static char *
ngx_http_loyalty_require_params(ngx_conf_t *cf,
    ngx_http_loyalty_require_t *require)
{
    ngx_int_t    rc;
    ngx_str_t   *value, text;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {
        rc = NGX_ERROR;

        if (require->ntiers == 0
            && ngx_http_loyalty_named(&value[i], "tier=", &text))
        {
            rc = ngx_http_loyalty_words(cf, &text, &require->tiers,
                                        &require->ntiers);

        } else if (require->nmemberships == 0
                   && ngx_http_loyalty_named(&value[i], "membership=", &text))
        {
            rc = ngx_http_loyalty_words(cf, &text, &require->memberships,
                                        &require->nmemberships);
        }

        if (rc != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in "
                               "\"loyalty_require\": write tier=ID,... or "
                               "membership=ID,..., each once", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_loyalty_require_init(ngx_conf_t *cf,
    ngx_http_loyalty_main_conf_t *lmcf)
{
    ngx_uint_t                    i;
    ngx_http_handler_pt          *h;
    ngx_http_core_main_conf_t    *cmcf;
    ngx_http_loyalty_require_t  **requires;

    requires = lmcf->requires.elts;

    for (i = 0; i < lmcf->requires.nelts; i++) {

        if (ngx_http_loyalty_require_check(cf, lmcf, requires[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (lmcf->requires.nelts == 0) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_loyalty_access;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_require_check(ngx_conf_t *cf,
    ngx_http_loyalty_main_conf_t *lmcf, ngx_http_loyalty_require_t *require)
{
    ngx_http_loyalty_program_t  *program;

    program = ngx_http_loyalty_program_find(lmcf, &require->name);

    if (program == NULL) {
        return ngx_http_loyalty_require_refuse(cf, require,
            "which is not defined: write a \"loyalty_program\" block with "
            "this name into \"http\"");
    }

    require->conf.program = program;

    if (program->session == 0) {
        return ngx_http_loyalty_require_refuse(cf, require,
            "which has no \"session\": add one, so that browsers can be "
            "known");
    }

    return (ngx_http_loyalty_require_ids(cf, require, &program->tiers,
                                         require->tiers, require->ntiers,
                                         "tier")
            == NGX_OK)
           ? ngx_http_loyalty_require_ids(cf, require, &program->memberships,
                                          require->memberships,
                                          require->nmemberships, "membership")
           : NGX_ERROR;
}


static ngx_int_t
ngx_http_loyalty_require_ids(ngx_conf_t *cf,
    ngx_http_loyalty_require_t *require, ngx_array_t *rules,
    const loyalty_str_t *ids, size_t n, const char *what)
{
    size_t  i;

    for (i = 0; i < n; i++) {

        if (ngx_http_loyalty_rule_find(rules, ids[i]) == NULL) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"loyalty_require\" names the %s \"%*s\", which "
                          "the program \"%V\" does not have: write one of "
                          "its own in %s:%ui", what, ids[i].len, ids[i].data,
                          &require->name, require->file, require->line);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_require_refuse(ngx_conf_t *cf,
    ngx_http_loyalty_require_t *require, const char *why)
{
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"loyalty_require\" names the program \"%V\", %s in %s:%ui",
                  &require->name, why, require->file, require->line);

    return NGX_ERROR;
}


/*
 * The phase is run again whenever something happens to the request: it goes
 * on when the thread has found the member.
 */

static ngx_int_t
ngx_http_loyalty_access(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t       *ctx;
    ngx_http_loyalty_loc_conf_t  *llcf;

    llcf = ngx_http_get_module_loc_conf(r, ngx_http_loyalty_module);

    if (llcf->require == NULL) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_loyalty_visit_find(r, llcf->require->conf.program);

    if (ctx == NULL) {
        return ngx_http_loyalty_visit_begin(r, llcf->require);
    }

    if (!ctx->ready) {
        return NGX_AGAIN;
    }

    return ngx_http_loyalty_judge(ctx, llcf->require);
}


/*
 * An internal redirect, such as to an index, takes the request's contexts
 * away, but not its memory.  Without a program, the latest visit of somebody
 * who is known.
 */

static ngx_http_loyalty_ctx_t *
ngx_http_loyalty_visit_find(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program)
{
    ngx_pool_cleanup_t        *cln;
    ngx_http_loyalty_visit_t  *visit;

    for (cln = r->pool->cleanup; cln != NULL; cln = cln->next) {

        if (cln->handler != ngx_http_loyalty_visit_cleanup) {
            continue;
        }

        visit = cln->data;

        if ((program != NULL) ? visit->ctx.conf->program == program
                              : ngx_http_loyalty_known(&visit->ctx))
        {
            return &visit->ctx;
        }
    }

    return NULL;
}


static ngx_uint_t
ngx_http_loyalty_known(ngx_http_loyalty_ctx_t *ctx)
{
    return ctx->ready && ctx->command.result.outcome == LOYALTY_NOTHING_TO_DO;
}


static ngx_int_t
ngx_http_loyalty_visit_begin(ngx_http_request_t *r,
    ngx_http_loyalty_require_t *require)
{
    loyalty_str_t              member;
    loyalty_command_t         *command;
    ngx_pool_cleanup_t        *cln;
    ngx_http_loyalty_visit_t  *visit;

    if (ngx_http_loyalty_cookie(r, require->conf.program, &member)
        != NGX_OK)
    {
        return ngx_http_loyalty_unknown_visitor(r, require);
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_loyalty_visit_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    visit = cln->data;
    ngx_memzero(visit, sizeof(ngx_http_loyalty_visit_t));

    visit->ctx.request = r;
    visit->ctx.conf = &require->conf;

    command = &visit->ctx.command;

    command->kind = LOYALTY_COMMAND_RECOGNIZE;
    command->code = member;
    command->address = visit->address;

    if (ngx_http_loyalty_submit(&visit->ctx) != NGX_OK) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    cln->handler = ngx_http_loyalty_visit_cleanup;

    return NGX_AGAIN;
}


static void
ngx_http_loyalty_visit_cleanup(void *data)
{
    ngx_http_loyalty_visit_t  *visit = data;

    loyalty_json_free(&visit->ctx.command.json);
}


static ngx_int_t
ngx_http_loyalty_judge(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_require_t *require)
{
    loyalty_result_t  *result = &ctx->command.result;

    switch (result->outcome) {

    case LOYALTY_NOTHING_TO_DO:
        break;

    case LOYALTY_NOT_A_MEMBER:
        return ngx_http_loyalty_unknown_visitor(ctx->request, require);

    default:
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    return (ngx_http_loyalty_of_tier(result, require)
            && ngx_http_loyalty_holds(result, require))
           ? NGX_OK : NGX_HTTP_FORBIDDEN;
}


/*
 * There is no scheme for cookies; that of tokens, which nginx's auth_jwt sends
 * as well, makes no browser ask for a password: it shows what comes with it.
 */

static ngx_int_t
ngx_http_loyalty_unknown_visitor(ngx_http_request_t *r,
    ngx_http_loyalty_require_t *require)
{
    return (ngx_http_loyalty_add_challenge(r, require->conf.program)
            == NGX_OK)
           ? NGX_HTTP_UNAUTHORIZED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_uint_t
ngx_http_loyalty_of_tier(loyalty_result_t *result,
    ngx_http_loyalty_require_t *require)
{
    size_t              i;
    loyalty_program_t  *rules = &require->conf.program->rules;

    for (i = 0; i < require->ntiers; i++) {

        if (loyalty_tier_reaches(&rules->ladder, result->tier,
                                 require->tiers[i]))
        {
            return 1;
        }
    }

    return require->ntiers == 0;
}


static ngx_uint_t
ngx_http_loyalty_holds(loyalty_result_t *result,
    ngx_http_loyalty_require_t *require)
{
    size_t                       i;
    loyalty_program_t           *rules = &require->conf.program->rules;
    const loyalty_membership_t  *membership;

    for (i = 0; i < require->nmemberships; i++) {
        membership = loyalty_membership_find(rules, require->memberships[i]);

        if (result->memberships & (UINT32_C(1)
                                   << (membership - rules->memberships)))
        {
            return 1;
        }
    }

    return require->nmemberships == 0;
}


/* A location for members of one program does not show one of another. */

loyalty_result_t *
ngx_http_loyalty_visitor(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t       *ctx;
    ngx_http_loyalty_loc_conf_t  *llcf;

    llcf = ngx_http_get_module_loc_conf(r->main, ngx_http_loyalty_module);

    ctx = ngx_http_loyalty_visit_find(r->main,
              (llcf->require != NULL) ? llcf->require->conf.program : NULL);

    return (ctx != NULL && ngx_http_loyalty_known(ctx))
           ? &ctx->command.result : NULL;
}
