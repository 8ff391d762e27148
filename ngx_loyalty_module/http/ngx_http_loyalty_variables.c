
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_request.h>
#include <ngx_http_loyalty_variables.h>


static ngx_int_t ngx_http_loyalty_result_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_member_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_points_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_tier_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_order_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_store_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_email_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_http_loyalty_ctx_t *ngx_http_loyalty_answered(
    ngx_http_request_t *r);


static ngx_http_variable_t  ngx_http_loyalty_vars[] = {

    { ngx_string("loyalty_result"), NULL, ngx_http_loyalty_result_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_member"), NULL, ngx_http_loyalty_member_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_points"), NULL, ngx_http_loyalty_points_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_tier"), NULL, ngx_http_loyalty_tier_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_order"), NULL, ngx_http_loyalty_order_variable,
      NGX_HTTP_LOYALTY_PLAIN, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_order_json"), NULL, ngx_http_loyalty_order_variable,
      NGX_HTTP_LOYALTY_JSON, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_store"), NULL, ngx_http_loyalty_store_variable,
      NGX_HTTP_LOYALTY_PLAIN, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_email"), NULL, ngx_http_loyalty_email_variable,
      NGX_HTTP_LOYALTY_PLAIN, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_email_json"), NULL, ngx_http_loyalty_email_variable,
      NGX_HTTP_LOYALTY_JSON, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_loyalty_add_variables(ngx_conf_t *cf)
{
    return ngx_http_loyalty_add_variables_of(cf, ngx_http_loyalty_vars);
}


ngx_int_t
ngx_http_loyalty_add_variables_of(ngx_conf_t *cf, ngx_http_variable_t *v)
{
    ngx_http_variable_t  *var;

    for ( /* void */ ; v->name.len != 0; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_result_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    loyalty_str_t            code;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_loyalty_answered(r);

    if (ctx == NULL) {
        ngx_http_loyalty_set_value(v, "", 0);
        return NGX_OK;
    }

    code = loyalty_outcome_code(ctx->command.result.outcome);

    ngx_http_loyalty_set_value(v, code.data, code.len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_member_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_loyalty_answered(r);

    if (ctx == NULL) {
        ngx_http_loyalty_set_value(v, "", 0);
        return NGX_OK;
    }

    ngx_http_loyalty_set_value(v, ctx->command.result.member,
                               ngx_strlen(ctx->command.result.member));

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_points_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                  *p;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_loyalty_answered(r);

    /* without a member there are no points, which is not the same as 0 */

    if (ctx == NULL || ctx->command.result.member[0] == '\0') {
        ngx_http_loyalty_set_value(v, "", 0);
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_loyalty_set_value(v, (char *) p,
        ngx_sprintf(p, "%L", (int64_t) ctx->command.result.points) - p);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_tier_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_loyalty_answered(r);

    if (ctx == NULL || ctx->command.result.tier == NULL) {
        ngx_http_loyalty_set_value(v, "", 0);
        return NGX_OK;
    }

    ngx_http_loyalty_set_value(v, ctx->command.result.tier->id.data,
                               ctx->command.result.tier->id.len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_order_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    return ngx_http_loyalty_text_variable(r, v,
                                          ctx ? &ctx->command.order : NULL,
                                          data);
}


static ngx_int_t
ngx_http_loyalty_store_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    return ngx_http_loyalty_text_variable(r, v,
                                          ctx ? &ctx->command.store : NULL,
                                          data);
}


static ngx_int_t
ngx_http_loyalty_email_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    return ngx_http_loyalty_text_variable(r, v,
                                          ctx ? &ctx->command.email : NULL,
                                          data);
}


/*
 * In the look-up location a text goes into a URI, and is escaped for that,
 * or into a JSON string; elsewhere it goes into logs and headers.
 */

ngx_int_t
ngx_http_loyalty_text_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, loyalty_str_t *text,
    ngx_http_loyalty_escape_e escape)
{
    u_char   *p, *data;
    size_t    len;

    if (text == NULL || text->len == 0) {
        ngx_http_loyalty_set_value(v, "", 0);
        return NGX_OK;
    }

    data = (u_char *) text->data;

    if (escape == NGX_HTTP_LOYALTY_JSON) {
        len = text->len + ngx_escape_json(NULL, data, text->len);

    } else if (r != r->main) {
        len = text->len + 2 * ngx_escape_uri(NULL, data, text->len,
                                             NGX_ESCAPE_URI_COMPONENT);

    } else {
        ngx_http_loyalty_set_value(v, text->data, text->len);
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (escape == NGX_HTTP_LOYALTY_JSON) {
        (void) ngx_escape_json(p, data, text->len);

    } else {
        (void) ngx_escape_uri(p, data, text->len, NGX_ESCAPE_URI_COMPONENT);
    }

    ngx_http_loyalty_set_value(v, (char *) p, len);

    return NGX_OK;
}


/* The context of a request that has its answer; NULL before that. */

static ngx_http_loyalty_ctx_t *
ngx_http_loyalty_answered(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    return (ctx != NULL && ctx->command.status != 0) ? ctx : NULL;
}


void
ngx_http_loyalty_set_value(ngx_http_variable_value_t *v, const char *data,
    size_t len)
{
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = (u_char *) data;
    v->len = len;
}
