
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_secrets.h>
#include <ngx_http_loyalty_values.h>


static ngx_uint_t ngx_http_loyalty_site_valid(ngx_str_t *url);
static ngx_int_t ngx_http_loyalty_link_file(ngx_conf_t *cf, ngx_str_t *path,
    ngx_str_t *text);


char *
ngx_http_loyalty_site(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t  *value, site;

    value = cf->args->elts;
    site = value[1];

    while (site.len != 0 && site.data[site.len - 1] == '/') {
        site.len--;
    }

    if (!ngx_http_loyalty_site_valid(&site)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URL \"%V\" in \"site\": write where "
                           "shoppers find the locations, such as "
                           "https://shop.example/loyalty", &value[1]);
        return NGX_CONF_ERROR;
    }

    program->site = site;
    program->rules.site = ngx_http_loyalty_text(&site);

    return NGX_CONF_OK;
}


/* What goes into a header, with parameters behind it. */

static ngx_uint_t
ngx_http_loyalty_site_valid(ngx_str_t *url)
{
    size_t      i;
    ngx_str_t   rest;

    if (!ngx_http_loyalty_named(url, "https://", &rest)
        && !ngx_http_loyalty_named(url, "http://", &rest))
    {
        return 0;
    }

    if (rest.len == 0 || rest.data[0] == '/') {
        return 0;
    }

    for (i = 0; i < rest.len; i++) {

        if (rest.data[i] <= ' ' || rest.data[i] > '~'
            || ngx_strchr("\"#<>?@\\^`{|}", rest.data[i]) != NULL)
        {
            return 0;
        }
    }

    return 1;
}


char *
ngx_http_loyalty_link_secret(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_str_t   *value, path, text;
    const char  *why;

    value = cf->args->elts;

    if (ngx_http_loyalty_named(&value[1], "file:", &path)) {

        if (ngx_http_loyalty_link_file(cf, &path, &text) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

    } else if (!ngx_http_loyalty_named(&value[1], "value:", &text)) {

        /* not shown: it may be the secret itself */

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"link_secret\" says neither where the secret is "
                           "nor what it is: write file:PATH, or value:TEXT "
                           "for a demo");
        return NGX_CONF_ERROR;
    }

    why = loyalty_link_secrets(ngx_http_loyalty_text(&text),
                               &program->link_secrets);

    if (why != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"link_secret\" cannot be used, %s: write one to "
                           "four lines made by \"openssl rand -hex 32\", the "
                           "first of which signs", why);
        return NGX_CONF_ERROR;
    }

    program->rules.link_secrets = &program->link_secrets;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_link_file(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *text)
{
    u_char   data[NGX_HTTP_LOYALTY_SECRET_MAX];
    ssize_t  n;

    n = ngx_http_loyalty_secret_read(cf, path, data,
                                     "put a secret into it by \"openssl rand "
                                     "-hex 32\"");
    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    text->len = n;
    text->data = ngx_pnalloc(cf->pool, n + 1);

    if (text->data != NULL) {
        ngx_memcpy(text->data, data, n);
    }

    ngx_explicit_memzero(data, sizeof(data));

    return (text->data != NULL) ? NGX_OK : NGX_ERROR;
}


char *
ngx_http_loyalty_sessions(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    program->session = ngx_http_loyalty_seconds(&value[1]);

    if (program->session == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"session\": write how "
                           "long a browser is known, such as 30d", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 3) {

        if (ngx_strcmp(value[2].data, "after=claim") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"session\", "
                               "which takes after=claim", &value[2]);
            return NGX_CONF_ERROR;
        }

        program->session_after_claim = 1;
    }

    if (program->link_secrets.nsecrets == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"session\" needs something to sign cookies "
                           "with: add a \"link_secret\"");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
