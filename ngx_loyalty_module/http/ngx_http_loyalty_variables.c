
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_request.h>
#include <ngx_http_loyalty_require.h>
#include <ngx_http_loyalty_variables.h>

#include <loyalty_ref.h>


/* A text of an answer; NGX_ERROR if there is no memory. */

typedef ngx_int_t (*ngx_http_loyalty_answer_text_pt)(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text);


static ngx_int_t ngx_http_loyalty_answer_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_answer_result(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_answer_member(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_answer_points(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_answer_tier(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text);
static ngx_int_t ngx_http_loyalty_request_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_loyalty_request_json_variable(
    ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static loyalty_str_t *ngx_http_loyalty_request_text(ngx_http_request_t *r,
    size_t offset);
static ngx_int_t ngx_http_loyalty_ref_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_http_loyalty_vars[] = {

    { ngx_string("loyalty_result"), NULL, ngx_http_loyalty_answer_variable,
      (uintptr_t) ngx_http_loyalty_answer_result,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_member"), NULL, ngx_http_loyalty_answer_variable,
      (uintptr_t) ngx_http_loyalty_answer_member,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_points"), NULL, ngx_http_loyalty_answer_variable,
      (uintptr_t) ngx_http_loyalty_answer_points,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_tier"), NULL, ngx_http_loyalty_answer_variable,
      (uintptr_t) ngx_http_loyalty_answer_tier,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_order"), NULL, ngx_http_loyalty_request_variable,
      offsetof(loyalty_command_t, order), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_order_json"), NULL,
      ngx_http_loyalty_request_json_variable,
      offsetof(loyalty_command_t, order), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_ref"), NULL, ngx_http_loyalty_ref_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_store"), NULL, ngx_http_loyalty_request_variable,
      offsetof(loyalty_command_t, store), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_email"), NULL, ngx_http_loyalty_request_variable,
      offsetof(loyalty_command_t, email), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("loyalty_email_json"), NULL,
      ngx_http_loyalty_request_json_variable,
      offsetof(loyalty_command_t, email), NGX_HTTP_VAR_NOCACHEABLE, 0 },

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


/* Empty until there is an answer, or it is known who has come in. */

static ngx_int_t
ngx_http_loyalty_answer_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_loyalty_answer_text_pt  answer_text =
        (ngx_http_loyalty_answer_text_pt) data;

    loyalty_str_t            text;
    loyalty_result_t        *result;
    ngx_http_loyalty_ctx_t  *ctx;

    text.data = "";
    text.len = 0;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    if (ctx != NULL && ctx->command.status != 0) {
        result = &ctx->command.result;

    } else if (answer_text != ngx_http_loyalty_answer_result) {
        result = ngx_http_loyalty_visitor(r);

    } else {
        result = NULL;
    }

    if (result != NULL && answer_text(r, result, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_loyalty_set_value(v, text.data, text.len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_answer_result(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text)
{
    *text = loyalty_outcome_code(result->outcome);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_answer_member(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text)
{
    text->data = result->member;
    text->len = ngx_strlen(result->member);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_answer_points(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text)
{
    u_char  *p;

    /* without a member there are no points, which is not the same as 0 */

    if (result->member[0] == '\0') {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = (char *) p;
    text->len = ngx_sprintf(p, "%L", (int64_t) result->points) - p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_answer_tier(ngx_http_request_t *r,
    loyalty_result_t *result, loyalty_str_t *text)
{
    if (result->tier != NULL) {
        *text = result->tier->id;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_request_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    loyalty_str_t  *text;

    text = ngx_http_loyalty_request_text(r, data);

    return ngx_http_loyalty_text_variable(r, v, text, NGX_HTTP_LOYALTY_PLAIN);
}


/* Nothing is to be escaped in it, wherever it goes. */

static ngx_int_t
ngx_http_loyalty_ref_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    char                    *ref;
    size_t                   len;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    if (ctx == NULL || ctx->command.order.len == 0) {
        ngx_http_loyalty_set_value(v, "", 0);
        return NGX_OK;
    }

    ref = ngx_pnalloc(r->pool, LOYALTY_REF_MAX);
    if (ref == NULL) {
        return NGX_ERROR;
    }

    if (loyalty_ref_write(ctx->command.order, ref, &len) != LOYALTY_OK) {
        len = 0;
    }

    ngx_http_loyalty_set_value(v, ref, len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_request_json_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    loyalty_str_t  *text;

    text = ngx_http_loyalty_request_text(r, data);

    return ngx_http_loyalty_text_variable(r, v, text, NGX_HTTP_LOYALTY_JSON);
}


static loyalty_str_t *
ngx_http_loyalty_request_text(ngx_http_request_t *r, size_t offset)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    return (ctx != NULL)
           ? (loyalty_str_t *) ((u_char *) &ctx->command + offset) : NULL;
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
