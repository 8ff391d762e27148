
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_location.h>
#include <ngx_http_loyalty_metrics.h>
#include <ngx_http_loyalty_store.h>


#define NGX_HTTP_LOYALTY_GONE  410


static ngx_int_t ngx_http_loyalty_store_headers(ngx_http_request_t *r,
    ngx_http_headers_in_t *headers);
static ngx_int_t ngx_http_loyalty_store_done(ngx_http_request_t *sr,
    void *data, ngx_int_t rc);
static void ngx_http_loyalty_store_expired(ngx_event_t *ev);
static void ngx_http_loyalty_store_abort(ngx_http_request_t *sr);
static loyalty_outcome_e ngx_http_loyalty_store_bad(
    ngx_http_loyalty_ctx_t *ctx, const char *why);
static ngx_int_t ngx_http_loyalty_store_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_loyalty_store_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static ngx_http_loyalty_ctx_t *ngx_http_loyalty_store_owner(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_loyalty_store_take(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_buf_t *b);
static void ngx_http_loyalty_store_too_large(ngx_http_loyalty_ctx_t *ctx);
static ngx_int_t ngx_http_loyalty_store_grow(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, size_t size);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


ngx_int_t
ngx_http_loyalty_store_choose(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_str_t                   *uris;
    const loyalty_store_t       *store;
    ngx_http_loyalty_program_t  *program;
    static const loyalty_str_t   alone = loyalty_string(LOYALTY_STORE_ALONE);

    program = ctx->conf->program;

    /* where there is one that has no name, "store" is somebody else's word */

    if (program->rules.nstores == 1
        && loyalty_str_equal(program->rules.stores[0].id, alone))
    {
        ctx->command.store.len = 0;
    }

    store = loyalty_store_find(&program->rules, ctx->command.store);

    if (store == NULL) {
        return NGX_DECLINED;
    }

    uris = program->lookup_uris.elts;

    ctx->store.uri = &uris[store - program->rules.stores];
    ctx->command.store = store->id;

    return NGX_OK;
}


/*
 * Asks the store for the order by a subrequest.  It runs in the background:
 * a client that goes away does not stop it, and the claim is recorded.
 *
 * Its answer is taken by a body filter of ours.  nginx's own way to keep a
 * subrequest in memory ends the client's connection when an answer is longer
 * than subrequest_output_buffer_size.
 */

ngx_int_t
ngx_http_loyalty_store_ask(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_msec_t                   timeout;
    ngx_event_t                 *ev;
    ngx_http_request_t          *sr;
    ngx_http_headers_in_t        headers;
    ngx_http_request_body_t     *body;
    ngx_http_core_main_conf_t   *cmcf;
    ngx_http_variable_value_t   *variables;
    ngx_http_post_subrequest_t  *ps;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    body = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));

    variables = ngx_pcalloc(r->pool, cmcf->variables.nelts
                                     * sizeof(ngx_http_variable_value_t));

    if (ps == NULL || body == NULL || variables == NULL
        || ngx_http_loyalty_store_headers(r, &headers) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ps->handler = ngx_http_loyalty_store_done;
    ps->data = ctx;

    if (ngx_http_subrequest(r, ctx->store.uri, NULL, &sr, ps,
                            NGX_HTTP_SUBREQUEST_BACKGROUND)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* it is posted and has not run yet: GET, and now without headers, body */

    sr->headers_in = headers;
    sr->request_body = body;

    /* nor values that variables had, or get, by the client's headers */

    sr->variables = variables;

    /* what a proxy puts into a file comes back into memory */

    sr->filter_need_in_memory = 1;

    ctx->store.subrequest = sr;

    ev = &ctx->store.timer;

    ev->handler = ngx_http_loyalty_store_expired;
    ev->data = ctx;
    ev->log = r->connection->log;

    timeout = ngx_http_loyalty_store_timeout(ctx->conf, ctx->command.format);

    ngx_add_timer(ev, (ctx->patience != 0) ? ctx->patience : timeout);

    ctx->store.asked = ngx_current_msec;

    return NGX_OK;
}


/*
 * A subrequest starts with the client's headers.  None of them is the store's
 * business: neither the caller's key, nor a cookie, nor an Accept-Encoding
 * that would get us something compressed.
 */

static ngx_int_t
ngx_http_loyalty_store_headers(ngx_http_request_t *r,
    ngx_http_headers_in_t *headers)
{
    ngx_memzero(headers, sizeof(ngx_http_headers_in_t));

    headers->server = r->headers_in.server;
    headers->content_length_n = -1;
    headers->keep_alive_n = -1;

    return ngx_list_init(&headers->headers, r->pool, 4,
                         sizeof(ngx_table_elt_t));
}


/*
 * Called within the finalization of the subrequest, where nothing may be
 * finalized but it, and possibly more than once.
 */

static ngx_int_t
ngx_http_loyalty_store_done(ngx_http_request_t *sr, void *data, ngx_int_t rc)
{
    ngx_http_loyalty_ctx_t  *ctx = data;

    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_loyalty_store_t  *store;

    store = &ctx->store;

    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, sr->connection->log, 0,
                   "loyalty store done rc:%i s:%ui len:%uz done:%d",
                   rc, sr->headers_out.status, store->len, store->done);

    if (rc == NGX_OK && sr->buffered) {
        return rc;
    }

    /* it may be that another question has been asked since */

    if (store->done || sr != store->subrequest) {
        return NGX_OK;
    }

    /*
     * A typing error in the URI leads to the shop's pages, whose 404 must not
     * be taken for a word about the order.  An error_page may have changed
     * the URI, and leads where it wants.
     */

    clcf = ngx_http_get_module_loc_conf(sr, ngx_http_core_module);

    store->open = (!clcf->internal
                   && loyalty_str_equal(ngx_http_loyalty_text(&sr->uri),
                                        ngx_http_loyalty_text(store->uri)));

    ngx_http_loyalty_count_wait(ctx, ngx_current_msec - store->asked);

    store->done = 1;
    store->status = (rc >= NGX_HTTP_SPECIAL_RESPONSE)
                    ? (ngx_uint_t) rc : sr->headers_out.status;

    if (rc == NGX_ERROR
        || (sr->headers_out.content_length_n >= 0
            && sr->headers_out.content_length_n != (off_t) store->len))
    {
        store->cut_short = 1;
    }

    if (store->timer.timer_set) {
        ngx_del_timer(&store->timer);
    }

    if (sr->connection->error) {

        /*
         * nginx ends the main request when we return; being blocked for a
         * thread keeps its memory until the claim is recorded.
         */

        ctx->salvage(ctx);
        return NGX_OK;
    }

    ctx->ready = 1;

    /*
     * Any other code would end the main request, too, and nginx does not
     * wake the parent of a background subrequest by itself.
     */

    return (ngx_http_post_request(sr->parent, NULL) == NGX_OK) ? NGX_OK
                                                               : NGX_ERROR;
}


/* The store is too slow, or its answer too long to wait for the rest. */

static void
ngx_http_loyalty_store_expired(ngx_event_t *ev)
{
    ngx_http_loyalty_ctx_t    *ctx = ev->data;
    ngx_http_loyalty_store_t  *store;

    store = &ctx->store;

    ngx_http_loyalty_count_wait(ctx, ngx_current_msec - store->asked);

    store->done = 1;
    store->status = store->too_large
                    ? store->subrequest->headers_out.status
                    : NGX_HTTP_GATEWAY_TIME_OUT;

    ngx_http_loyalty_store_abort(store->subrequest);
    ngx_http_loyalty_wake(ctx);
}


/*
 * Ends the subrequest, so that neither the connection to the store nor the
 * client's next request has to wait for it.
 *
 * The cleanup of an upstream finalizes its request with NGX_DONE, which gives
 * back what the subrequest counted, but does not call its done handler: the
 * caller has marked it as done, and goes on with the main request.
 */

static void
ngx_http_loyalty_store_abort(ngx_http_request_t *sr)
{
    ngx_event_t          *wev;
    ngx_http_upstream_t  *u;

    u = sr->upstream;

    if (u != NULL) {

        if (u->cleanup != NULL) {
            (*u->cleanup)(sr);
        }

        return;
    }

    wev = sr->connection->write;

    if (wev->delayed) {

        /* it has not got past a limit_req yet */

        wev->delayed = 0;

        if (wev->timer_set) {
            ngx_del_timer(wev);
        }

        ngx_http_finalize_request(sr, NGX_HTTP_GATEWAY_TIME_OUT);
    }
}


loyalty_outcome_e
ngx_http_loyalty_store_outcome(ngx_http_loyalty_ctx_t *ctx)
{
    const char                *flaw;
    ngx_http_loyalty_store_t  *store;

    store = &ctx->store;

    flaw = ngx_http_loyalty_store_flaw(store);

    if (flaw != NULL) {
        return ngx_http_loyalty_store_bad(ctx, flaw);
    }

    switch (store->status) {

    case NGX_HTTP_OK:

        if (store->cut_short) {
            return ngx_http_loyalty_store_bad(ctx, "it was cut short");
        }

        return LOYALTY_NO_FAULT;

    case NGX_HTTP_NOT_FOUND:
    case NGX_HTTP_LOYALTY_GONE:
        return LOYALTY_ORDER_NOT_FOUND;

    case NGX_HTTP_GATEWAY_TIME_OUT:
        return LOYALTY_STORE_TIMEOUT;

    case NGX_HTTP_TOO_MANY_REQUESTS:
        return LOYALTY_STORE_UNAVAILABLE;

    default:

        if (store->status >= NGX_HTTP_INTERNAL_SERVER_ERROR) {
            return LOYALTY_STORE_UNAVAILABLE;
        }

        return ngx_http_loyalty_store_bad(ctx, "its status is neither 200 "
                                          "nor 404");
    }
}


const char *
ngx_http_loyalty_store_flaw(ngx_http_loyalty_store_t *store)
{
    if (store->status >= NGX_HTTP_SPECIAL_RESPONSE
        && store->status < NGX_HTTP_BAD_REQUEST)
    {
        return "it redirects, or a \"return\", \"rewrite\" or \"if\" of the "
               "server does, before the store's location";
    }

    return store->too_large ? "it is longer than loyalty_store_max_size"
           : store->open ? "its URI has no location that is \"internal\""
           : NULL;
}


static loyalty_outcome_e
ngx_http_loyalty_store_bad(ngx_http_loyalty_ctx_t *ctx, const char *why)
{
    (void) ngx_snprintf((u_char *) ctx->command.why, LOYALTY_ORDER_WHY_SIZE,
                        "%s (status %ui)%Z", why, ctx->store.status);

    return LOYALTY_STORE_BAD_ANSWER;
}


ngx_int_t
ngx_http_loyalty_store_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_loyalty_store_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_loyalty_store_filter;

    return NGX_OK;
}


/*
 * A buffered answer gets here when it is complete, since nginx holds back the
 * output of a background subrequest, and meanwhile goes to a file on the disk
 * if it is larger than the proxy's buffers.
 */

static ngx_int_t
ngx_http_loyalty_store_header_filter(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    if (r != r->main) {
        ctx = ngx_http_loyalty_store_owner(r);

        if (ctx != NULL && r->upstream != NULL && !r->upstream->cacheable
            && !r->upstream->store)
        {
            r->upstream->buffering = 0;
        }

        if (ctx != NULL && r->headers_out.content_length_n
                           > (off_t) ctx->conf->store_max_size)
        {
            ngx_http_loyalty_store_too_large(ctx);
        }
    }

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_http_loyalty_store_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_http_loyalty_ctx_t      *ctx;
    ngx_http_loyalty_store_t    *store;

    if (r == r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    ctx = ngx_http_loyalty_store_owner(r);

    if (ctx == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    store = &ctx->store;

    for ( /* void */ ; in != NULL; in = in->next) {

        if (!store->done && !store->too_large
            && ngx_http_loyalty_store_take(r, ctx, in->buf) != NGX_OK)
        {
            return NGX_ERROR;
        }

        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }

    return NGX_OK;
}


/*
 * The main request's context, if the subrequest is its question to the store
 * or was started by that.  Its own context does not serve: an error_page in
 * the store's location would have cleared it.
 */

static ngx_http_loyalty_ctx_t *
ngx_http_loyalty_store_owner(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_loyalty_module);

    if (ctx == NULL || ctx->store.subrequest == NULL) {
        return NULL;
    }

    for ( /* void */ ; r != NULL && r != r->main; r = r->parent) {

        if (r == ctx->store.subrequest) {
            return ctx;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_loyalty_store_take(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, ngx_buf_t *b)
{
    size_t                     size;
    ngx_http_loyalty_store_t  *store;

    store = &ctx->store;

    if (!ngx_buf_in_memory(b)) {
        return NGX_OK;
    }

    size = b->last - b->pos;

    if (size == 0) {
        return NGX_OK;
    }

    if (size > ctx->conf->store_max_size - store->len) {
        ngx_http_loyalty_store_too_large(ctx);
        return NGX_OK;
    }

    if (size > store->size - store->len
        && ngx_http_loyalty_store_grow(r, ctx, size) != NGX_OK)
    {
        return NGX_ERROR;
    }

    store->len = ngx_cpymem(store->data + store->len, b->pos, size)
                 - store->data;

    return NGX_OK;
}


static void
ngx_http_loyalty_store_too_large(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_http_loyalty_store_t  *store;

    store = &ctx->store;

    store->too_large = 1;

    /* not from in here, where the proxy is at work */

    if (!store->done) {
        ngx_del_timer(&store->timer);
        ngx_add_timer(&store->timer, 0);
    }
}


static ngx_int_t
ngx_http_loyalty_store_grow(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, size_t size)
{
    off_t                      length;
    u_char                    *data;
    ngx_http_loyalty_store_t  *store;

    store = &ctx->store;

    length = r->headers_out.content_length_n;

    if (length < (off_t) (store->len + size)) {
        length = 2 * (store->len + size);
    }

    size = ngx_min((size_t) length, ctx->conf->store_max_size);

    data = ngx_pnalloc(r->pool, size);
    if (data == NULL) {
        return NGX_ERROR;
    }

    if (store->len != 0) {
        ngx_memcpy(data, store->data, store->len);
        (void) ngx_pfree(r->pool, store->data);
    }

    store->data = data;
    store->size = size;

    return NGX_OK;
}
