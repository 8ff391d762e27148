
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_cookie.h>
#include <ngx_http_loyalty_headers.h>
#include <ngx_http_loyalty_values.h>

#include <loyalty_cookie.h>


/* What stands before the program's name: by plain http, and by TLS. */

#define NGX_HTTP_LOYALTY_COOKIE       "loyalty_"
#define NGX_HTTP_LOYALTY_COOKIE_HOST  "__Host-loyalty_"

/* A header is shorter than this. */

#define NGX_HTTP_LOYALTY_COOKIE_LEN  512


static ngx_int_t ngx_http_loyalty_cookie_in(
    ngx_http_loyalty_program_t *program, const char *prefix,
    loyalty_str_t header, loyalty_str_t *member);
static ngx_uint_t ngx_http_loyalty_cookie_is(
    ngx_http_loyalty_program_t *program, const char *prefix,
    loyalty_str_t *pair);
static const char *ngx_http_loyalty_cookie_prefix(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program);
static ngx_uint_t ngx_http_loyalty_cookie_by_tls(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program);
static ngx_int_t ngx_http_loyalty_cookie_write(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, const char *value, time_t age,
    ngx_str_t *header);


/* By plain http, another site may have put one of this name beside ours. */

ngx_int_t
ngx_http_loyalty_cookie(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, loyalty_str_t *member)
{
    ngx_uint_t                  n;
    const char                 *prefix;
    loyalty_str_t               header;
    static const loyalty_str_t  name = loyalty_string("cookie");

    if (program->session == 0) {
        return NGX_DECLINED;
    }

    prefix = ngx_http_loyalty_cookie_prefix(r, program);

    for (n = 0; ngx_http_loyalty_header(r, name, n, &header) > n; n++) {

        if (ngx_http_loyalty_cookie_in(program, prefix, header, member)
            == NGX_OK)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_loyalty_cookie_in(ngx_http_loyalty_program_t *program,
    const char *prefix, loyalty_str_t header, loyalty_str_t *member)
{
    u_char         *p, *last, *end;
    loyalty_str_t   pair;

    p = (u_char *) header.data;
    last = p + header.len;

    for ( /* void */ ; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, ';');

        if (end == NULL) {
            end = last;
        }

        pair.data = (char *) p;
        pair.len = end - p;
        pair = loyalty_str_trim(pair);

        if (ngx_http_loyalty_cookie_is(program, prefix, &pair)
            && loyalty_cookie_read(&program->link_secrets,
                                   program->rules.name, pair, ngx_time(),
                                   member)
               == LOYALTY_OK)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* Takes the name off the pair. */

static ngx_uint_t
ngx_http_loyalty_cookie_is(ngx_http_loyalty_program_t *program,
    const char *prefix, loyalty_str_t *pair)
{
    size_t         len, prefix_len;
    loyalty_str_t  name;

    prefix_len = ngx_strlen(prefix);
    len = prefix_len + program->rules.name.len;

    if (pair->len <= len || pair->data[len] != '='
        || ngx_strncmp(pair->data, prefix, prefix_len) != 0)
    {
        return 0;
    }

    name.data = pair->data + prefix_len;
    name.len = program->rules.name.len;

    pair->data += len + 1;
    pair->len -= len + 1;

    return loyalty_str_equal(name, program->rules.name);
}


/*
 * A name with this prefix browsers take from nobody but the very host, and by
 * TLS; without it, a neighbour of the same domain, or somebody on the way, can
 * have others go on as the member that he is.
 */

static const char *
ngx_http_loyalty_cookie_prefix(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program)
{
    return ngx_http_loyalty_cookie_by_tls(r, program)
           ? NGX_HTTP_LOYALTY_COOKIE_HOST : NGX_HTTP_LOYALTY_COOKIE;
}


/* Also if it ends in front of us. */

static ngx_uint_t
ngx_http_loyalty_cookie_by_tls(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t  rest;

#if (NGX_HTTP_SSL)

    if (r->connection->ssl != NULL) {
        return 1;
    }

#endif

    return ngx_http_loyalty_named(&program->site, "https://", &rest);
}


/*
 * A form of another site can be sent by POST, but not as JSON, and not
 * without its browser saying so.
 */

ngx_uint_t
ngx_http_loyalty_cookie_safe(ngx_http_request_t *r, ngx_uint_t json)
{
    loyalty_str_t               site;
    static const loyalty_str_t  name = loyalty_string("sec-fetch-site");
    static const loyalty_str_t  ours = loyalty_string("same-origin");

    return r->method != NGX_HTTP_POST || json
           || (ngx_http_loyalty_header(r, name, 0, &site) == 1
               && loyalty_str_equal(site, ours));
}


ngx_int_t
ngx_http_loyalty_cookie_make(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, loyalty_str_t member,
    ngx_str_t *header)
{
    char  value[LOYALTY_COOKIE_SIZE];

    return (loyalty_cookie_make(&program->link_secrets, program->rules.name,
                                member, ngx_time() + program->session, value)
            == LOYALTY_OK)
           ? ngx_http_loyalty_cookie_write(r, program, value,
                                           program->session, header)
           : NGX_ERROR;
}


ngx_int_t
ngx_http_loyalty_cookie_end(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, ngx_str_t *header)
{
    return ngx_http_loyalty_cookie_write(r, program, "", 0, header);
}


static ngx_int_t
ngx_http_loyalty_cookie_write(ngx_http_request_t *r,
    ngx_http_loyalty_program_t *program, const char *value, time_t age,
    ngx_str_t *header)
{
    u_char  *p;

    header->data = ngx_pnalloc(r->pool, NGX_HTTP_LOYALTY_COOKIE_LEN);
    if (header->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_snprintf(header->data, NGX_HTTP_LOYALTY_COOKIE_LEN,
                     "%s%V=%s; Path=/; Max-Age=%T; HttpOnly; SameSite=Lax%s",
                     ngx_http_loyalty_cookie_prefix(r, program),
                     &program->name, value, age,
                     ngx_http_loyalty_cookie_by_tls(r, program) ? "; Secure"
                                                                : "");

    header->len = p - header->data;

    return NGX_OK;
}
