
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_request.h>


static loyalty_command_e ngx_http_loyalty_wanted_command(
    ngx_http_request_t *r, ngx_http_loyalty_endpoint_t *endpoint);
static loyalty_format_e ngx_http_loyalty_wanted_format(ngx_http_request_t *r,
    ngx_http_loyalty_loc_conf_t *llcf);
static void ngx_http_loyalty_cleanup(void *data);
static void ngx_http_loyalty_pass_event(ngx_http_loyalty_ctx_t *ctx);


ngx_http_loyalty_ctx_t *
ngx_http_loyalty_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t      *cln;
    ngx_http_loyalty_ctx_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_loyalty_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_loyalty_ctx_t));

    /*
     * Not a cleanup of the request, which runs while a thread may still be
     * at work on the command: the pool outlives that.
     */

    cln->handler = ngx_http_loyalty_cleanup;

    ctx->request = r;
    ctx->conf = ngx_http_get_module_loc_conf(r, ngx_http_loyalty_module);
    ctx->command.kind = ngx_http_loyalty_wanted_command(r,
                                                        ctx->conf->endpoint);
    ctx->command.format = ngx_http_loyalty_wanted_format(r, ctx->conf);

    ngx_http_set_ctx(r, ctx, ngx_http_loyalty_module);

    /*
     * Otherwise nginx would put 304 or 412 in place of an answer when it is
     * too late, as what was asked for has been done: answers have no versions.
     */

    r->disable_not_modified = 1;

    return ctx;
}


static loyalty_command_e
ngx_http_loyalty_wanted_command(ngx_http_request_t *r,
    ngx_http_loyalty_endpoint_t *endpoint)
{
    return (r->method == NGX_HTTP_POST && endpoint->by_post != 0)
           ? endpoint->by_post : endpoint->kind;
}


/* Faults that need no body to be found are in this format, too. */

static loyalty_format_e
ngx_http_loyalty_wanted_format(ngx_http_request_t *r,
    ngx_http_loyalty_loc_conf_t *llcf)
{
    ngx_str_t         name;
    loyalty_format_e  format;

    if (llcf->format_asked
        && ngx_http_arg(r, (u_char *) "format", sizeof("format") - 1, &name)
           == NGX_OK)
    {
        format = loyalty_format_find(ngx_http_loyalty_text(&name));

        if (format != LOYALTY_FORMATS) {
            return format;
        }
    }

    return llcf->format;
}


static void
ngx_http_loyalty_cleanup(void *data)
{
    ngx_http_loyalty_ctx_t  *ctx = data;

    if (ctx->store.timer.timer_set) {
        ngx_del_timer(&ctx->store.timer);
    }

    loyalty_json_free(&ctx->command.json);
    loyalty_json_free(&ctx->unsettled);
}


void
ngx_http_loyalty_wait(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    if (ctx == NULL) {
        return;
    }

    if (!ctx->ready) {
        ngx_http_loyalty_pass_event(ctx);
        return;
    }

    ctx->ready = 0;
    ctx->step(r);
}


/*
 * What limit_req waits for, in the store's location, is an event of the
 * connection, which nginx gives to the main request.  A proxy has events of
 * its own, and would take this one for the client going away.
 */

static void
ngx_http_loyalty_pass_event(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_http_request_t  *sr;

    sr = ctx->store.subrequest;

    if (sr != NULL && !ctx->store.done && sr->upstream == NULL) {
        sr->write_event_handler(sr);
    }
}


void
ngx_http_loyalty_wake(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ctx->ready = 1;

#if (nginx_version >= 1025004)

    if (r->main->terminated) {

        /* the connection's handler ends what was terminated meanwhile */

        c->write->handler(c->write);
        return;
    }

#endif

    /* of a terminated request, this is what ends it before 1.25.4 */

    r->write_event_handler(r);

    /* the request may be gone, its connection's memory is still nginx's */

    ngx_http_run_posted_requests(c);
}
