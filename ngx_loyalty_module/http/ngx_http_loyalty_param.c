
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_param.h>

#include <loyalty_id.h>
#include <loyalty_utf8.h>


static int ngx_http_loyalty_is_coupon(loyalty_str_t text);
static int ngx_http_loyalty_is_source(loyalty_str_t text);
static int ngx_http_loyalty_is_locale(loyalty_str_t text);
static int ngx_http_loyalty_is_number(loyalty_str_t text);


#define NGX_HTTP_LOYALTY_NUMBER_MAX  18             /* digits */

/* What is the request's alone lies behind its command. */

#define ngx_http_loyalty_proof_offset(field)                                  \
    (offsetof(ngx_http_loyalty_ctx_t, proof.field)                            \
     - offsetof(ngx_http_loyalty_ctx_t, command))


ngx_http_loyalty_input_t  ngx_http_loyalty_known_params[] = {

    { ngx_string("email"), offsetof(loyalty_command_t, email),
      LOYALTY_EMAIL_MAX, NGX_HTTP_LOYALTY_EMAIL, 0, 1,
      NULL, LOYALTY_BAD_EMAIL,
      NULL },

    { ngx_string("order"), offsetof(loyalty_command_t, order),
      LOYALTY_ID_MAX, NGX_HTTP_LOYALTY_ORDER, 1, 0,
      loyalty_id_valid, LOYALTY_BAD_ORDER,
      NULL },

    { ngx_string("store"), offsetof(loyalty_command_t, store),
      LOYALTY_ID_MAX, NGX_HTTP_LOYALTY_STORE, 0, 0,
      NULL, LOYALTY_BAD_REQUEST,
      NULL },

    { ngx_string("reward"), offsetof(loyalty_command_t, reward),
      LOYALTY_ID_MAX, NGX_HTTP_LOYALTY_REWARD, 0, 0,
      loyalty_id_valid, LOYALTY_BAD_REWARD,
      NULL },

    { ngx_string("coupon"), offsetof(loyalty_command_t, coupon),
      LOYALTY_COUPON_MAX, NGX_HTTP_LOYALTY_COUPON, 0, 1,
      ngx_http_loyalty_is_coupon, LOYALTY_BAD_COUPON,
      NULL },

    { ngx_string("action"), offsetof(loyalty_command_t, action),
      LOYALTY_ID_MAX, NGX_HTTP_LOYALTY_ACTION, 0, 0,
      loyalty_id_valid, LOYALTY_BAD_ACTION,
      NULL },

    { ngx_string("ref"), offsetof(loyalty_command_t, ref),
      LOYALTY_ID_MAX, NGX_HTTP_LOYALTY_REF, 1, 0,
      loyalty_id_valid, LOYALTY_BAD_ACTION,
      NULL },

    { ngx_string("referral"), offsetof(loyalty_command_t, referral),
      LOYALTY_SOURCE_MAX, NGX_HTTP_LOYALTY_REFERRAL, 0, 0,
      ngx_http_loyalty_is_source, LOYALTY_BAD_REQUEST,
      "\"referral\" takes 64 bytes, without control characters." },

    { ngx_string("source"), offsetof(loyalty_command_t, source),
      LOYALTY_SOURCE_MAX, NGX_HTTP_LOYALTY_SOURCE, 0, 0,
      ngx_http_loyalty_is_source, LOYALTY_BAD_REQUEST,
      "\"source\" takes 64 bytes, without control characters." },

    { ngx_string("locale"), offsetof(loyalty_command_t, locale),
      LOYALTY_LOCALE_MAX, NGX_HTTP_LOYALTY_LOCALE, 0, 0,
      ngx_http_loyalty_is_locale, LOYALTY_BAD_REQUEST,
      "\"locale\" takes 35 bytes, without control characters." },

    { ngx_string("limit"), offsetof(loyalty_command_t, limit),
      NGX_HTTP_LOYALTY_NUMBER_MAX, NGX_HTTP_LOYALTY_LIMIT, 1, 0,
      ngx_http_loyalty_is_number, LOYALTY_BAD_REQUEST,
      "\"limit\" takes a whole number." },

    { ngx_string("before"), offsetof(loyalty_command_t, before),
      NGX_HTTP_LOYALTY_NUMBER_MAX, NGX_HTTP_LOYALTY_BEFORE, 1, 0,
      ngx_http_loyalty_is_number, LOYALTY_BAD_REQUEST,
      "\"before\" takes what was in \"next\"." },

    { ngx_string("by"), offsetof(loyalty_command_t, by),
      LOYALTY_ID_MAX, NGX_HTTP_LOYALTY_BY, 0, 0,
      NULL, LOYALTY_BAD_REQUEST,
      NULL },

    { ngx_string("days"), offsetof(loyalty_command_t, days),
      NGX_HTTP_LOYALTY_NUMBER_MAX, NGX_HTTP_LOYALTY_DAYS, 1, 0,
      ngx_http_loyalty_is_number, LOYALTY_BAD_REQUEST,
      "\"days\" takes a whole number." },

    { ngx_string("expires"), ngx_http_loyalty_proof_offset(expires),
      LOYALTY_LINK_EXPIRES_MAX, NGX_HTTP_LOYALTY_LINK, 1, 0,
      NULL, LOYALTY_BAD_LINK,
      NULL },

    { ngx_string("sig"), ngx_http_loyalty_proof_offset(sig),
      LOYALTY_LINK_SIG_LEN, NGX_HTTP_LOYALTY_LINK, 0, 0,
      NULL, LOYALTY_BAD_LINK,
      NULL },

    { ngx_null_string, 0, 0, 0, 0, 0, NULL, LOYALTY_NO_FAULT, NULL }
};


ngx_int_t
ngx_http_loyalty_params_find(ngx_str_t *name)
{
    ngx_int_t                  i;
    ngx_http_loyalty_input_t  *param;

    for (i = 0; ngx_http_loyalty_known_params[i].name.len != 0; i++) {
        param = &ngx_http_loyalty_known_params[i];

        if (loyalty_str_equal(ngx_http_loyalty_text(&param->name),
                              ngx_http_loyalty_text(name)))
        {
            return i;
        }
    }

    return NGX_DECLINED;
}


ngx_uint_t
ngx_http_loyalty_params_takes(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param)
{
    ngx_http_loyalty_endpoint_t  *endpoint;

    endpoint = ctx->conf->endpoint;

    return ((endpoint->needs|endpoint->takes) & param->bit) != 0;
}


loyalty_str_t *
ngx_http_loyalty_params_field(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param)
{
    return (loyalty_str_t *) ((u_char *) &ctx->command + param->offset);
}


void
ngx_http_loyalty_params_set(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param, ngx_str_t *value)
{
    loyalty_str_t  text;

    text = ngx_http_loyalty_text(value);

    if (param->typed) {
        text = loyalty_str_trim(text);
    }

    /*
     * One byte more than the limit is enough for the checks of each to find
     * it too long.
     */

    text.len = ngx_min(text.len, param->max + 1);

    *ngx_http_loyalty_params_field(ctx, param) = text;
}


ngx_int_t
ngx_http_loyalty_params_valid(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_input_t *param)
{
    loyalty_str_t  *text;

    text = ngx_http_loyalty_params_field(ctx, param);

    if (param->valid == NULL
        || (text->len == 0 && !(ctx->conf->endpoint->needs & param->bit))
        || param->valid(*text))
    {
        return NGX_OK;
    }

    return ngx_http_loyalty_bad(ctx, param->fault, param->detail);
}


/* Codes that were made elsewhere have more than letters and digits. */

static int
ngx_http_loyalty_is_coupon(loyalty_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return 0;
        }
    }

    return text.len != 0 && text.len <= LOYALTY_COUPON_MAX;
}


static int
ngx_http_loyalty_is_source(loyalty_str_t text)
{
    return text.len <= LOYALTY_SOURCE_MAX && loyalty_utf8_printable(text);
}


static int
ngx_http_loyalty_is_locale(loyalty_str_t text)
{
    return text.len <= LOYALTY_LOCALE_MAX && loyalty_utf8_printable(text);
}


static int
ngx_http_loyalty_is_number(loyalty_str_t text)
{
    return text.len <= NGX_HTTP_LOYALTY_NUMBER_MAX
           && ngx_atoof((u_char *) text.data, text.len) != NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_bad(ngx_http_loyalty_ctx_t *ctx, loyalty_outcome_e outcome,
    const char *detail)
{
    ctx->command.result.outcome = outcome;
    ctx->command.result.detail = detail;

    return NGX_DECLINED;
}
