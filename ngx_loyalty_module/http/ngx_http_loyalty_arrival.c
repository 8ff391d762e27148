
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_arrival.h>
#include <ngx_http_loyalty_request.h>
#include <ngx_http_loyalty_response.h>


static ngx_int_t ngx_http_loyalty_arrival(ngx_http_request_t *r);
static ngx_int_t ngx_http_loyalty_hide_args(ngx_http_request_t *r);
static ngx_int_t ngx_http_loyalty_shorten_line(ngx_http_request_t *r);


/* What a server's own "if" may have looked at, and nginx then remembers. */

#define NGX_HTTP_LOYALTY_LINES  2

static ngx_str_t  ngx_http_loyalty_line_names[NGX_HTTP_LOYALTY_LINES] = {
    ngx_string("request"),
    ngx_string("request_uri")
};

static ngx_int_t  ngx_http_loyalty_lines[NGX_HTTP_LOYALTY_LINES];


ngx_int_t
ngx_http_loyalty_arrival_init(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    /* the first phase that knows the location, before a location's refusals */

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_loyalty_arrival;

    for (i = 0; i < NGX_HTTP_LOYALTY_LINES; i++) {
        ngx_http_loyalty_lines[i] =
            ngx_http_get_variable_index(cf, &ngx_http_loyalty_line_names[i]);

        if (ngx_http_loyalty_lines[i] == NGX_ERROR) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_arrival(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t       *ctx;
    ngx_http_loyalty_loc_conf_t  *llcf;

    llcf = ngx_http_get_module_loc_conf(r, ngx_http_loyalty_module);

    if (llcf->endpoint == NULL || r != r->main) {
        return NGX_DECLINED;
    }

    if (ngx_http_loyalty_hide_args(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->headers_in.content_length_n <= (off_t) llcf->body_size) {
        return NGX_DECLINED;
    }

    /* before a mirror reads it all */

    ctx = ngx_http_loyalty_create_ctx(r);

    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->keepalive = 0;

    return ngx_http_loyalty_refuse(r, ctx, LOYALTY_TOO_LARGE);
}


/*
 * Query strings carry e-mail addresses, and the request line goes into the
 * access log and into every line of the error log.
 */

static ngx_int_t
ngx_http_loyalty_hide_args(ngx_http_request_t *r)
{
    u_char      *args;
    ngx_uint_t   i;

    args = ngx_strlchr(r->unparsed_uri.data,
                       r->unparsed_uri.data + r->unparsed_uri.len, '?');

    if (args == NULL) {
        return NGX_OK;
    }

    r->unparsed_uri.len = args - r->unparsed_uri.data;

    /* whoever passes the request on puts it together from its parts */

    r->valid_unparsed_uri = 0;

    for (i = 0; i < NGX_HTTP_LOYALTY_LINES; i++) {
        r->variables[ngx_http_loyalty_lines[i]].valid = 0;
        r->variables[ngx_http_loyalty_lines[i]].not_found = 0;
    }

    return ngx_http_loyalty_shorten_line(r);
}


static ngx_int_t
ngx_http_loyalty_shorten_line(ngx_http_request_t *r)
{
    u_char     *args, *rest, *last;
    ngx_str_t   line;

    last = r->request_line.data + r->request_line.len;
    args = ngx_strlchr(r->request_line.data, last, '?');

    if (args == NULL) {
        return NGX_OK;
    }

    rest = ngx_strlchr(args, last, ' ');

    if (rest == NULL) {
        rest = last;
    }

    line.len = (args - r->request_line.data) + (last - rest);
    line.data = ngx_pnalloc(r->pool, line.len);

    if (line.data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpymem(ngx_cpymem(line.data, r->request_line.data,
                                 args - r->request_line.data),
                      rest, last - rest);

    r->request_line = line;

    return NGX_OK;
}
