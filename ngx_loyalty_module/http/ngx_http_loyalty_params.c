
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_module.h>

#include <jansson.h>
#include <loyalty_email.h>
#include <loyalty_id.h>
#include <loyalty_utf8.h>


typedef struct {
    ngx_str_t    name;
    size_t       offset;        /* in the command */
    size_t       max;
    unsigned     integer:1;     /* JSON may have it as a number */
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
static void ngx_http_loyalty_params_set(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param, ngx_str_t *value);
static loyalty_str_t *ngx_http_loyalty_params_field(
    ngx_http_loyalty_ctx_t *ctx, ngx_http_loyalty_param_t *param);
static ngx_int_t ngx_http_loyalty_params_check(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_params_email(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_bad(ngx_http_loyalty_ctx_t *ctx,
    loyalty_outcome_e outcome, const char *detail);


/* An e-mail may come with white space around it, which does not count. */

#define NGX_HTTP_LOYALTY_EMAIL_RAW  (LOYALTY_EMAIL_MAX + 64)


static ngx_http_loyalty_param_t  ngx_http_loyalty_known_params[] = {

    { ngx_string("email"), offsetof(loyalty_command_t, email),
      NGX_HTTP_LOYALTY_EMAIL_RAW, 0 },

    { ngx_string("order"), offsetof(loyalty_command_t, order),
      LOYALTY_ID_MAX, 1 },

    { ngx_string("reward"), offsetof(loyalty_command_t, reward),
      LOYALTY_ID_MAX, 0 },

    { ngx_string("source"), offsetof(loyalty_command_t, source),
      LOYALTY_SOURCE_MAX, 0 },

    { ngx_string("locale"), offsetof(loyalty_command_t, locale),
      LOYALTY_LOCALE_MAX, 0 },

    { ngx_null_string, 0, 0, 0 }
};


ngx_int_t
ngx_http_loyalty_params(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_loyalty_param_t  *param;

    rc = ngx_http_loyalty_params_read(r, ctx);

    if (rc == NGX_OK) {
        rc = ngx_http_loyalty_params_check(r, ctx);
    }

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

    if (i == NGX_DECLINED) {
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

    if (member == NULL || json_is_null(member)) {
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


static void
ngx_http_loyalty_params_set(ngx_http_loyalty_ctx_t *ctx,
    ngx_http_loyalty_param_t *param, ngx_str_t *value)
{
    loyalty_str_t  text;

    /*
     * One byte more than the limit is enough for the checks of each to find
     * it too long.
     */

    text.data = (char *) value->data;
    text.len = ngx_min(value->len, param->max + 1);

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
    loyalty_command_t            *command;
    ngx_http_loyalty_endpoint_t  *endpoint;

    command = &ctx->command;
    endpoint = ctx->conf->endpoint;

    if (ngx_http_loyalty_params_email(r, ctx) != NGX_OK) {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_EMAIL, NULL);
    }

    if (endpoint->needs_order) {

        if (!loyalty_id_valid(command->order)) {
            return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_ORDER, NULL);
        }

    } else {
        command->order.len = 0;
    }

    if (endpoint->needs_reward) {

        if (!loyalty_id_valid(command->reward)) {
            return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REWARD, NULL);
        }

    } else {
        command->reward.len = 0;
    }

    if (command->kind != LOYALTY_COMMAND_SIGNUP) {
        command->source.len = 0;
        command->locale.len = 0;

    } else if (command->source.len > LOYALTY_SOURCE_MAX
               || command->locale.len > LOYALTY_LOCALE_MAX
               || !loyalty_utf8_printable(command->source)
               || !loyalty_utf8_printable(command->locale))
    {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "\"source\" takes 64 bytes and \"locale\" "
                                    "35, without control characters.");
    }

    if (ngx_http_loyalty_idempotency_key(r, &command->idempotency_key)
        != NGX_OK)
    {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "Idempotency-Key takes 1 to 128 printable "
                                    "ASCII characters.");
    }

    return NGX_OK;
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

    if (email == NULL || raw->len > NGX_HTTP_LOYALTY_EMAIL_RAW
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
