
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_input.h>
#include <ngx_http_loyalty_ref.h>
#include <ngx_http_loyalty_store.h>

#include <jansson.h>
#include <loyalty_email.h>
#include <loyalty_id.h>
#include <loyalty_utf8.h>


typedef struct {
    ngx_str_t    name;
    size_t       offset;        /* in the command */
    size_t       max;
    ngx_uint_t   bit;           /* in an endpoint's needs and takes */
    unsigned     integer:1;     /* JSON may have it as a number */
    unsigned     typed:1;       /* white space around it does not count */

    /* what it must be, and the fault if it is not */

    int        (*valid)(loyalty_str_t text);
    loyalty_outcome_e  fault;
    const char  *detail;        /* NULL: the fault's */
} ngx_http_loyalty_param_t;


/* Which of them a source of parameters has had already, by bit. */

typedef ngx_uint_t  ngx_http_loyalty_seen_t;


static ngx_int_t ngx_http_loyalty_params_read(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_form(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, u_char *p, u_char *last);
static ngx_int_t ngx_http_loyalty_params_pair(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_seen_t *seen, u_char *p,
    u_char *last);
static ngx_int_t ngx_http_loyalty_params_undecoded(
    ngx_http_loyalty_ctx_t *ctx, ngx_int_t rc);
static ngx_int_t ngx_http_loyalty_params_find(ngx_str_t *name);
static ngx_int_t ngx_http_loyalty_params_decode(ngx_http_request_t *r,
    u_char *p, u_char *last, ngx_str_t *out);
static ngx_int_t ngx_http_loyalty_params_json(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_member(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *object,
    ngx_http_loyalty_param_t *param);
static ngx_uint_t ngx_http_loyalty_params_takes(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param);
static void ngx_http_loyalty_params_set(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param, ngx_str_t *value);
static loyalty_str_t *ngx_http_loyalty_params_field(
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_param_t *param);
static ngx_int_t ngx_http_loyalty_params_check(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_valid(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param);
static int ngx_http_loyalty_is_coupon(loyalty_str_t text);
static int ngx_http_loyalty_is_source(loyalty_str_t text);
static int ngx_http_loyalty_is_locale(loyalty_str_t text);
static int ngx_http_loyalty_is_number(loyalty_str_t text);
static ngx_int_t ngx_http_loyalty_params_store(ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_email(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_bad(ngx_http_loyalty_ctx_t *ctx,
    loyalty_outcome_e outcome, const char *detail);


#define NGX_HTTP_LOYALTY_NUMBER_MAX  18             /* digits */

/* What is the request's alone lies behind its command. */

#define ngx_http_loyalty_proof_offset(field)                                  \
    (offsetof(ngx_http_loyalty_ctx_t, proof.field)                            \
     - offsetof(ngx_http_loyalty_ctx_t, command))


static ngx_http_loyalty_param_t  ngx_http_loyalty_known_params[] = {

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
ngx_http_loyalty_params(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_loyalty_param_t  *param;

    rc = ngx_http_loyalty_params_read(r, ctx);

    ctx->signed_link = (ctx->proof.sig.len != 0);

    if (rc == NGX_OK) {
        rc = ngx_http_loyalty_ref_param(r, ctx);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_loyalty_params_check(r, ctx);
    }

    /* whoever answers now, it is in the language that was asked for */

    ctx->command.result.locale = loyalty_locale_of(ctx->command.locale);

    if (rc != NGX_OK) {

        /* line ends that nobody has refused yet must not get into variables */

        for (param = ngx_http_loyalty_known_params;
             param->name.len != 0;
             param++)
        {
            ngx_http_loyalty_params_field(ctx, param)->len = 0;
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_loyalty_params_read(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_loyalty_params_form(r, ctx, r->args.data,
                                      r->args.data + r->args.len);

    if (rc != NGX_OK || ctx->body_len == 0) {
        return rc;
    }

    if (ngx_http_loyalty_body_is_json(r)) {
        return ngx_http_loyalty_params_json(r, ctx);
    }

    return ngx_http_loyalty_params_form(r, ctx, ctx->body,
                                        ctx->body + ctx->body_len);
}


/* "name=value" pairs of a query string or of a form */

static ngx_int_t
ngx_http_loyalty_params_form(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, u_char *p, u_char *last)
{
    u_char                   *end;
    ngx_int_t                 rc;
    ngx_http_loyalty_seen_t   seen;

    for (seen = 0; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, '&');

        if (end == NULL) {
            end = last;
        }

        rc = ngx_http_loyalty_params_pair(r, ctx, &seen, p, end);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_pair(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_seen_t *seen, u_char *p,
    u_char *last)
{
    u_char      *equal;
    ngx_int_t    rc, i;
    ngx_str_t    name, value;

    equal = ngx_strlchr(p, last, '=');

    if (equal == NULL) {
        return NGX_OK;
    }

    rc = ngx_http_loyalty_params_decode(r, p, equal, &name);

    if (rc != NGX_OK) {
        return ngx_http_loyalty_params_undecoded(ctx, rc);
    }

    i = ngx_http_loyalty_params_find(&name);

    if (i == NGX_DECLINED
        || !ngx_http_loyalty_params_takes(ctx,
                                          &ngx_http_loyalty_known_params[i]))
    {
        return NGX_OK;
    }

    if (*seen & ((ngx_uint_t) 1 << i)) {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "A parameter is there twice: send each "
                                    "one once.");
    }

    *seen |= (ngx_uint_t) 1 << i;

    rc = ngx_http_loyalty_params_decode(r, equal + 1, last, &value);

    if (rc != NGX_OK) {
        return ngx_http_loyalty_params_undecoded(ctx, rc);
    }

    ngx_http_loyalty_params_set(ctx, &ngx_http_loyalty_known_params[i],
                                &value);

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_undecoded(ngx_http_loyalty_ctx_t *ctx, ngx_int_t rc)
{
    if (rc != NGX_DECLINED) {
        return rc;
    }

    return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                "A parameter has a \"%\" without two "
                                "hexadecimal digits behind it: encode values "
                                "as in a URL.");
}


/* The number of a parameter that we know; NGX_DECLINED for any other. */

static ngx_int_t
ngx_http_loyalty_params_find(ngx_str_t *name)
{
    ngx_int_t                  i;
    ngx_http_loyalty_param_t  *param;

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


/* NGX_DECLINED for an escape that is none: better than guessing at it */

static ngx_int_t
ngx_http_loyalty_params_decode(ngx_http_request_t *r, u_char *p, u_char *last,
    ngx_str_t *out)
{
    u_char     *d;
    ngx_int_t   n;

    if (ngx_strlchr(p, last, '%') == NULL
        && ngx_strlchr(p, last, '+') == NULL)
    {
        out->data = p;
        out->len = last - p;
        return NGX_OK;
    }

    out->data = ngx_pnalloc(r->pool, last - p + 1);
    if (out->data == NULL) {
        return NGX_ERROR;
    }

    d = out->data;

    for ( /* void */ ; p < last; p++) {

        if (*p == '+') {
            *d++ = ' ';
            continue;
        }

        if (*p != '%') {
            *d++ = *p;
            continue;
        }

        n = (last - p > 2) ? ngx_hextoi(p + 1, 2) : NGX_ERROR;

        if (n == NGX_ERROR) {
            return NGX_DECLINED;
        }

        *d++ = (u_char) n;
        p += 2;
    }

    out->len = d - out->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_json(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    json_t                    *object;
    ngx_int_t                  rc;
    json_error_t               error;
    ngx_http_loyalty_param_t  *param;

    /* a NUL in a text is for the checks of that text to refuse */

    object = json_loadb((char *) ctx->body, ctx->body_len,
                        JSON_REJECT_DUPLICATES|JSON_ALLOW_NUL, &error);

    if (!json_is_object(object)) {
        json_decref(object);

        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "The body is not one JSON object with "
                                    "each name once.");
    }

    rc = NGX_OK;

    for (param = ngx_http_loyalty_known_params;
         param->name.len != 0 && rc == NGX_OK;
         param++)
    {
        rc = ngx_http_loyalty_params_member(r, ctx, object, param);
    }

    json_decref(object);

    return rc;
}


static ngx_int_t
ngx_http_loyalty_params_member(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, json_t *object,
    ngx_http_loyalty_param_t *param)
{
    json_t     *member;
    ngx_str_t   value;

    member = json_object_get(object, (char *) param->name.data);

    if (member == NULL || json_is_null(member)
        || !ngx_http_loyalty_params_takes(ctx, param))
    {
        return NGX_OK;
    }

    if (json_is_string(member)) {
        value.len = json_string_length(member);
        value.data = ngx_pnalloc(r->pool, value.len + 1);

        if (value.data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(value.data, json_string_value(member), value.len);

    } else if (param->integer && json_is_integer(member)
               && json_integer_value(member) >= 0)
    {
        value.data = ngx_pnalloc(r->pool, NGX_INT64_LEN);

        if (value.data == NULL) {
            return NGX_ERROR;
        }

        value.len = ngx_sprintf(value.data, "%L",
                                (int64_t) json_integer_value(member))
                    - value.data;

    } else {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "A member of the JSON object is not a "
                                    "string.");
    }

    ngx_http_loyalty_params_set(ctx, param, &value);

    return NGX_OK;
}


/* What a location does not take may be anything, under whatever name. */

static ngx_uint_t
ngx_http_loyalty_params_takes(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param)
{
    ngx_http_loyalty_endpoint_t  *endpoint;

    endpoint = ctx->conf->endpoint;

    return ((endpoint->needs|endpoint->takes) & param->bit) != 0;
}


static void
ngx_http_loyalty_params_set(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param, ngx_str_t *value)
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


static loyalty_str_t *
ngx_http_loyalty_params_field(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param)
{
    return (loyalty_str_t *) ((u_char *) &ctx->command + param->offset);
}


static ngx_int_t
ngx_http_loyalty_params_check(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    ngx_uint_t                    may;
    ngx_http_loyalty_param_t     *param;
    ngx_http_loyalty_endpoint_t  *endpoint;

    endpoint = ctx->conf->endpoint;

    may = endpoint->needs|endpoint->takes;

    for (param = ngx_http_loyalty_known_params;
         param->name.len != 0;
         param++)
    {
        if (!(may & param->bit)) {
            ngx_http_loyalty_params_field(ctx, param)->len = 0;
        }
    }

    if ((may & NGX_HTTP_LOYALTY_EMAIL)
        && (ctx->command.email.len != 0
            || (endpoint->needs & NGX_HTTP_LOYALTY_EMAIL))
        && ngx_http_loyalty_params_email(r, ctx) != NGX_OK)
    {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_EMAIL, NULL);
    }

    for (param = ngx_http_loyalty_known_params;
         param->name.len != 0;
         param++)
    {
        if (ngx_http_loyalty_params_valid(ctx, param) != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    ctx->proof.store = ctx->command.store;

    /* of an order it must be known, of a coupon it may */

    if ((may & NGX_HTTP_LOYALTY_STORE)
        && (ctx->command.store.len != 0
            || (endpoint->needs & NGX_HTTP_LOYALTY_ORDER))
        && ngx_http_loyalty_params_store(ctx) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_loyalty_idempotency_key(r, &ctx->command.idempotency_key)
        != NGX_OK)
    {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "Idempotency-Key takes 1 to 128 printable "
                                    "ASCII characters.");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_params_valid(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param)
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


static ngx_int_t
ngx_http_loyalty_params_store(ngx_http_loyalty_ctx_t *ctx)
{
    if (ngx_http_loyalty_store_choose(ctx) == NGX_OK) {
        return NGX_OK;
    }

    return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                (ctx->command.store.len != 0)
                                ? "The parameter \"store\" is not a store "
                                  "of this program."
                                : "This program has several stores: the "
                                  "parameter \"store\" must say which one "
                                  "the order is from.");
}


static ngx_int_t
ngx_http_loyalty_params_email(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx)
{
    size_t          len;
    char           *email;
    loyalty_str_t  *raw;

    raw = &ctx->command.email;

    email = ngx_pnalloc(r->pool, LOYALTY_EMAIL_MAX);

    if (email == NULL || raw->len > LOYALTY_EMAIL_MAX
        || loyalty_email_normalize(*raw, email, &len) != LOYALTY_OK)
    {
        raw->len = 0;
        return NGX_ERROR;
    }

    raw->data = email;
    raw->len = len;

    /* for variables and answers, whoever gives them */

    ctx->command.result.email = *raw;

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_bad(ngx_http_loyalty_ctx_t *ctx, loyalty_outcome_e outcome,
    const char *detail)
{
    ctx->command.result.outcome = outcome;
    ctx->command.result.detail = detail;

    return NGX_DECLINED;
}
