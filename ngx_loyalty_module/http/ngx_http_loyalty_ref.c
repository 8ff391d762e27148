
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_param.h>
#include <ngx_http_loyalty_ref.h>
#include <ngx_http_loyalty_response.h>

#include <loyalty_ref.h>


/*
 * Links such as https://shop.example/r/1001, which a store puts into its
 * e-mails, or a QR code on a parcel: they open a chat in which the bot knows
 * the order already.
 */


static ngx_int_t ngx_http_loyalty_ref_compile(ngx_conf_t *cf,
    ngx_str_t *value, ngx_http_complex_value_t *complex);
static ngx_int_t ngx_http_loyalty_ref_otherwise(ngx_conf_t *cf,
    ngx_http_loyalty_ref_t *ref, ngx_str_t *value);
static ngx_uint_t ngx_http_loyalty_ref_leads(ngx_str_t *url);
static ngx_uint_t ngx_http_loyalty_ref_printable(ngx_str_t *url);
static void ngx_http_loyalty_ref_order(ngx_http_request_t *r,
    loyalty_str_t *order);
static ngx_uint_t ngx_http_loyalty_ref_fits(ngx_http_request_t *r,
    loyalty_str_t order);
static ngx_int_t ngx_http_loyalty_ref_page(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_str_t *url);
static ngx_int_t ngx_http_loyalty_ref_otherwise_of(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_str_t *page);
static ngx_int_t ngx_http_loyalty_ref_redirect(ngx_http_request_t *r,
    ngx_str_t *url);


char *
ngx_http_loyalty_ref_conf(ngx_conf_t *cf, ngx_http_loyalty_loc_conf_t *llcf)
{
    ngx_str_t                 *value;
    ngx_uint_t                 prefix;
    ngx_http_loyalty_ref_t    *ref;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    prefix = !clcf->exact_match && !clcf->named;

#if (NGX_PCRE)
    prefix = prefix && clcf->regex == NULL;
#endif

    if (!prefix || clcf->name.data[clcf->name.len - 1] != '/') {
        return "needs a location that is a prefix and ends with \"/\", such "
               "as \"location /r/\": what comes after it is the order number";
    }

    ref = ngx_pcalloc(cf->pool, sizeof(ngx_http_loyalty_ref_t));
    if (ref == NULL) {
        return NGX_CONF_ERROR;
    }

    llcf->ref = ref;

    value = cf->args->elts;

    if (ngx_http_loyalty_ref_compile(cf, &value[2], &ref->chat) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ref->chat.lengths == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the URL \"%V\" in \"loyalty_ref\" has no "
                           "$loyalty_ref: write where the chat takes it, such "
                           "as https://m.me/PAGE?ref=$loyalty_ref",
                           &value[2]);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 4
        && ngx_http_loyalty_ref_otherwise(cf, ref, &value[3]) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_ref_compile(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_complex_value_t *complex)
{
    ngx_http_compile_complex_value_t  ccv;

    if (!ngx_http_loyalty_ref_printable(value)
        || !ngx_http_loyalty_ref_leads(value))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URL \"%V\" in \"loyalty_ref\": write a "
                           "whole URL that starts with https://, without "
                           "blanks, %%20 for each", value);
        return NGX_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = value;
    ccv.complex_value = complex;

    return ngx_http_compile_complex_value(&ccv);
}


static ngx_int_t
ngx_http_loyalty_ref_otherwise(ngx_conf_t *cf, ngx_http_loyalty_ref_t *ref,
    ngx_str_t *value)
{
    ngx_str_t         url;
    static ngx_str_t  name = ngx_string("otherwise=");

    if (value->len < name.len
        || ngx_strncmp(value->data, name.data, name.len) != 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"loyalty_ref\": "
                           "write otherwise=URL, or nothing", value);
        return NGX_ERROR;
    }

    url.data = value->data + name.len;
    url.len = value->len - name.len;

    if (ngx_strlchr(url.data, url.data + url.len, '#') != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"loyalty_ref\": "
                           "leave out the \"#\" and what is behind it, since "
                           "the order number is added at the end", value);
        return NGX_ERROR;
    }

    ref->otherwise = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (ref->otherwise == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_loyalty_ref_compile(cf, &url, ref->otherwise);
}


/*
 * Whether a browser leaves the location by it: apps have schemes of their own,
 * a variable may bring one in, and a path is one of this server's.
 */

static ngx_uint_t
ngx_http_loyalty_ref_leads(ngx_str_t *url)
{
    u_char  *p;

    if (url->data[0] == '/' || url->data[0] == '$') {
        return 1;
    }

    for (p = url->data; (*p >= 'a' && *p <= 'z') || *p == '-'; p++) {
        /* void */
    }

    return p != url->data && ngx_strncmp(p, "://", 3) == 0;
}


/* Variables may bring in what ends a header. */

static ngx_uint_t
ngx_http_loyalty_ref_printable(ngx_str_t *url)
{
    size_t  i;

    for (i = 0; i < url->len; i++) {

        if (url->data[i] <= ' ' || url->data[i] == 0x7f) {
            return 0;
        }
    }

    return url->len != 0;
}


ngx_int_t
ngx_http_loyalty_ref(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_str_t       url;
    loyalty_str_t  *order;

    order = &ctx->command.order;

    ngx_http_loyalty_ref_order(r, order);

    if (ngx_http_loyalty_ref_fits(r, *order)) {

        if (ngx_http_complex_value(r, &ctx->conf->ref->chat, &url)
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (ngx_http_loyalty_ref_printable(&url)) {
            return ngx_http_loyalty_ref_redirect(r, &url);
        }
    }

    if (ngx_http_loyalty_ref_page(r, ctx, &url) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ngx_http_loyalty_ref_printable(&url)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "loyalty: \"otherwise=\" of \"loyalty_ref\" does not "
                      "come to a URL");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_loyalty_ref_redirect(r, &url);
}


/* What comes after the location's own path; empty if it is no number. */

static void
ngx_http_loyalty_ref_order(ngx_http_request_t *r, loyalty_str_t *order)
{
    ngx_str_t                 *prefix;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    prefix = &clcf->name;

    /* a rewrite may have changed the URI since it led here */

    if (r->uri.len <= prefix->len
        || ngx_strncmp(r->uri.data, prefix->data, prefix->len) != 0)
    {
        return;
    }

    order->data = (char *) r->uri.data + prefix->len;
    order->len = r->uri.len - prefix->len;

    if (!loyalty_id_valid(*order)) {
        order->len = 0;
    }
}


/* Whether a chat can be told, and the shopper does not want the page. */

static ngx_uint_t
ngx_http_loyalty_ref_fits(ngx_http_request_t *r, loyalty_str_t order)
{
    char       ref[LOYALTY_REF_MAX];
    size_t     len;
    ngx_str_t  web;

    if (ngx_http_arg(r, (u_char *) "web", 3, &web) == NGX_OK
        && web.len == 1 && web.data[0] == '1')
    {
        return 0;
    }

    return loyalty_ref_write(order, ref, &len) == LOYALTY_OK;
}


static ngx_int_t
ngx_http_loyalty_ref_page(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx,
    ngx_str_t *url)
{
    u_char         *p, *order;
    size_t          size;
    ngx_str_t       page;
    loyalty_str_t  *number;

    if (ngx_http_loyalty_ref_otherwise_of(r, ctx, &page) != NGX_OK) {
        return NGX_ERROR;
    }

    number = &ctx->command.order;

    if (number->len == 0 || page.len == 0) {
        *url = page;
        return NGX_OK;
    }

    order = (u_char *) number->data;
    size = page.len + sizeof("?order=") - 1 + number->len
           + 2 * ngx_escape_uri(NULL, order, number->len,
                                NGX_ESCAPE_URI_COMPONENT);

    url->data = ngx_pnalloc(r->pool, size);
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(url->data, page.data, page.len);
    *p++ = (ngx_strlchr(page.data, page.data + page.len, '?') != NULL) ? '&'
                                                                       : '?';
    p = ngx_cpymem(p, "order=", sizeof("order=") - 1);
    p = (u_char *) ngx_escape_uri(p, order, number->len,
                                  NGX_ESCAPE_URI_COMPONENT);

    url->len = p - url->data;

    return NGX_OK;
}


/* The site's own page is "/" behind it. */

static ngx_int_t
ngx_http_loyalty_ref_otherwise_of(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_str_t *page)
{
    ngx_str_t  *site;

    if (ctx->conf->ref->otherwise != NULL) {
        return ngx_http_complex_value(r, ctx->conf->ref->otherwise, page);
    }

    site = &ctx->conf->program->site;

    page->len = site->len + 1;
    page->data = ngx_pnalloc(r->pool, page->len);

    if (page->data == NULL) {
        return NGX_ERROR;
    }

    *ngx_cpymem(page->data, site->data, site->len) = '/';

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_ref_redirect(ngx_http_request_t *r, ngx_str_t *url)
{
    ngx_table_elt_t  *location;

    location = ngx_list_push(&r->headers_out.headers);
    if (location == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(location, sizeof(ngx_table_elt_t));

    location->hash = 1;
    ngx_str_set(&location->key, "Location");
    location->value = *url;

    r->headers_out.location = location;

    if (ngx_http_loyalty_add_no_store(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_HTTP_MOVED_TEMPORARILY;
}


ngx_int_t
ngx_http_loyalty_ref_param(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    char               *number;
    loyalty_str_t       order;
    loyalty_command_t  *command;

    command = &ctx->command;

    if (command->kind != LOYALTY_COMMAND_CLAIM || command->ref.len == 0) {
        return NGX_OK;
    }

    number = ngx_pnalloc(r->pool, LOYALTY_ID_MAX);
    if (number == NULL) {
        return NGX_ERROR;
    }

    order.data = number;

    if (loyalty_ref_read(command->ref, number, &order.len) != LOYALTY_OK) {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_ORDER,
                                    "\"ref\" is not what an order's link "
                                    "has opened a chat with.");
    }

    if (command->order.len != 0 && !loyalty_str_equal(command->order, order))
    {
        return ngx_http_loyalty_bad(ctx, LOYALTY_BAD_REQUEST,
                                    "\"ref\" is of another order than "
                                    "\"order\": send one of them.");
    }

    command->order = order;
    command->ref.len = 0;

    return NGX_OK;
}
