
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_errand.h>
#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_flow.h>
#include <ngx_http_loyalty_saga.h>

#include <sys/socket.h>


/*
 * A request that no client has sent: what was left to be asked of a store is
 * asked in the same way as for a client, in the same location, with its
 * upstreams, timeouts and certificates.  Its connection is one end of a pair
 * of sockets, whose other end nobody reads or writes.
 */


/* Not there in an nginx without stub_status, whatever we were built for. */

extern ngx_atomic_t  *ngx_stat_active  __attribute__((weak));


/*
 * Milliseconds between two looks, at most, and between two errands; a store
 * that does not answer is given more time.
 */

#define NGX_HTTP_LOYALTY_ERRAND_INTERVAL  60000
#define NGX_HTTP_LOYALTY_ERRAND_PAUSE     10
#define NGX_HTTP_LOYALTY_ERRAND_SILENCE   1000


typedef struct {
    ngx_http_connection_t         http;
    ngx_http_log_ctx_t            log;
    ngx_socket_t                  other_end;
    ngx_http_loyalty_errands_t   *errands;
    ngx_msec_t                    next;          /* there may be more, 0: no */
    loyalty_errand_t              found;
} ngx_http_loyalty_errand_t;


typedef struct {
    char              *what;                     /* for the log */

    /* of what was found, and what goes on with it */

    loyalty_outcome_e  outcome;
    void             (*resume)(ngx_http_request_t *r,
                          ngx_http_loyalty_ctx_t *ctx,
                          void (*concluded)(ngx_http_request_t *r));
    void             (*concluded)(ngx_http_request_t *r);
} ngx_http_loyalty_errand_kind_t;


static ngx_msec_t ngx_http_loyalty_errand_interval(
    ngx_http_loyalty_errands_t *errands);
static void ngx_http_loyalty_errand_due(ngx_event_t *ev);
static void ngx_http_loyalty_errand_start(
    ngx_http_loyalty_errands_t *errands);
static ngx_connection_t *ngx_http_loyalty_errand_connect(
    ngx_http_loyalty_errands_t *errands, ngx_log_t *log);
static void ngx_http_loyalty_errand_count(ngx_atomic_int_t n);
static ngx_int_t ngx_http_loyalty_errand_prepare(ngx_connection_t *c,
    ngx_http_loyalty_errands_t *errands, ngx_socket_t other_end);
static void ngx_http_loyalty_errand_cleanup(void *data);
static u_char *ngx_http_loyalty_errand_log(ngx_log_t *log, u_char *buf,
    size_t len);
static void ngx_http_loyalty_errand_event(ngx_event_t *ev);
static ngx_int_t ngx_http_loyalty_errand_request(ngx_connection_t *c);
static ngx_int_t ngx_http_loyalty_errand_context(ngx_http_request_t *r);
static ngx_http_loyalty_errand_t *ngx_http_loyalty_errand_of(
    ngx_http_request_t *r);
static void ngx_http_loyalty_errand_search(ngx_http_request_t *r);
static void ngx_http_loyalty_errand_taken(ngx_http_request_t *r);
static void ngx_http_loyalty_errand_coupon(ngx_http_request_t *r);
static void ngx_http_loyalty_errand_claim(ngx_http_request_t *r);
static void ngx_http_loyalty_errand_end(ngx_http_request_t *r);


static const ngx_http_loyalty_errand_kind_t
    ngx_http_loyalty_errand_kinds[LOYALTY_ERRANDS] = {

    [LOYALTY_ERRAND_COUPON] =
        { ", for a coupon that was left", LOYALTY_REDEMPTION_PENDING,
          ngx_http_loyalty_saga_resume, ngx_http_loyalty_errand_coupon },

    [LOYALTY_ERRAND_CLAIM] =
        { ", for a claim that was postponed", LOYALTY_CLAIM_PENDING,
          ngx_http_loyalty_complete, ngx_http_loyalty_errand_claim }
};


/*
 * In each worker, at times of its own.  The timer does not keep a worker that
 * is told to leave, but an errand that is on its way does.
 */

void
ngx_http_loyalty_errands_init(ngx_http_loyalty_program_t *program,
    ngx_log_t *log)
{
    ngx_uint_t                   i;
    ngx_event_t                 *ev;
    ngx_http_loyalty_errands_t  *errands;

    for (i = 0; i < LOYALTY_ERRANDS; i++) {
        errands = &program->errands[i];

        errands->program = program;
        errands->kind = i;

        ev = &errands->timer;

        ev->handler = ngx_http_loyalty_errand_due;
        ev->data = errands;
        ev->log = log;
        ev->cancelable = 1;

        ngx_add_timer(ev, ngx_random()
                          % ngx_http_loyalty_errand_interval(errands));
    }
}


static ngx_msec_t
ngx_http_loyalty_errand_interval(ngx_http_loyalty_errands_t *errands)
{
    ngx_msec_t  retry;

    if (errands->kind != LOYALTY_ERRAND_COUPON) {
        return NGX_HTTP_LOYALTY_ERRAND_INTERVAL;
    }

    retry = (ngx_msec_t) errands->program->rules.coupon_retry * 1000;

    return ngx_min(NGX_HTTP_LOYALTY_ERRAND_INTERVAL, retry);
}


static void
ngx_http_loyalty_errand_due(ngx_event_t *ev)
{
    ngx_http_loyalty_errands_t  *errands = ev->data;

    if (ngx_exiting || ngx_terminate) {
        return;
    }

    ngx_add_timer(ev, ngx_http_loyalty_errand_interval(errands));

    ngx_http_loyalty_errand_start(errands);
}


/* One at a time of a kind, program and worker. */

static void
ngx_http_loyalty_errand_start(ngx_http_loyalty_errands_t *errands)
{
    ngx_connection_t  *c;

    if (errands->busy || errands->location == NULL) {
        return;
    }

    c = ngx_http_loyalty_errand_connect(errands, ngx_cycle->log);
    if (c == NULL) {
        return;
    }

    if (ngx_http_loyalty_errand_request(c) != NGX_OK) {
        ngx_http_close_connection(c);
        return;
    }

    ngx_http_loyalty_errand_search(c->data);
    ngx_http_run_posted_requests(c);
}


static ngx_connection_t *
ngx_http_loyalty_errand_connect(ngx_http_loyalty_errands_t *errands,
    ngx_log_t *log)
{
    int                fds[2];
    ngx_connection_t  *c;

    if (socketpair(AF_UNIX, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0, fds)
        == -1)
    {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_socket_errno,
                      "socketpair() failed");
        return NULL;
    }

    c = ngx_get_connection(fds[0], log);

    if (c == NULL) {
        (void) ngx_close_socket(fds[0]);
        (void) ngx_close_socket(fds[1]);
        return NULL;
    }

    ngx_http_loyalty_errand_count(1);

    c->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, log);

    if (c->pool == NULL) {
        (void) ngx_close_socket(fds[1]);

        ngx_http_loyalty_errand_count(-1);
        ngx_close_connection(c);
        return NULL;
    }

    if (ngx_http_loyalty_errand_prepare(c, errands, fds[1]) != NGX_OK) {
        (void) ngx_close_socket(fds[1]);
        ngx_http_close_connection(c);
        return NULL;
    }

    return c;
}


/* nginx counts down when it closes a connection, if it counts at all. */

static void
ngx_http_loyalty_errand_count(ngx_atomic_int_t n)
{
    if (&ngx_stat_active != NULL) {
        (void) ngx_atomic_fetch_add(ngx_stat_active, n);
    }
}


/* As nginx does it for the connections that it accepts. */

static ngx_int_t
ngx_http_loyalty_errand_prepare(ngx_connection_t *c,
    ngx_http_loyalty_errands_t *errands, ngx_socket_t other_end)
{
    ngx_log_t                  *log;
    ngx_pool_cleanup_t         *cln;
    ngx_http_loyalty_errand_t  *errand;

    log = ngx_palloc(c->pool, sizeof(ngx_log_t));
    c->sockaddr = ngx_pcalloc(c->pool, sizeof(struct sockaddr));
    cln = ngx_pool_cleanup_add(c->pool, sizeof(ngx_http_loyalty_errand_t));

    if (log == NULL || c->sockaddr == NULL || cln == NULL) {
        return NGX_ERROR;
    }

    errand = cln->data;
    ngx_memzero(errand, sizeof(ngx_http_loyalty_errand_t));

    cln->handler = ngx_http_loyalty_errand_cleanup;

    errands->busy = 1;

    errand->errands = errands;
    errand->found.kind = errands->kind;
    errand->other_end = other_end;
    errand->http.conf_ctx = errands->server;
    errand->log.connection = c;

    *log = *c->log;

    log->data = &errand->log;
    log->handler = ngx_http_loyalty_errand_log;
    log->action = NULL;

    c->log = log;
    c->pool->log = log;
    c->read->log = log;
    c->write->log = log;

    c->sockaddr->sa_family = AF_UNIX;
    c->socklen = sizeof(sa_family_t);
    ngx_str_set(&c->addr_text, "unix:");

    c->type = SOCK_STREAM;
    c->tcp_nopush = NGX_TCP_NOPUSH_DISABLED;
    c->tcp_nodelay = NGX_TCP_NODELAY_DISABLED;

    c->recv = ngx_recv;
    c->send = ngx_send;
    c->recv_chain = ngx_recv_chain;
    c->send_chain = ngx_send_chain;

    c->write->ready = 1;
    c->read->handler = ngx_http_loyalty_errand_event;
    c->write->handler = ngx_http_loyalty_errand_event;

    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->start_time = ngx_current_msec;
    c->data = &errand->http;

    return NGX_OK;
}


static void
ngx_http_loyalty_errand_cleanup(void *data)
{
    ngx_http_loyalty_errand_t  *errand = data;

    errand->errands->busy = 0;

    (void) ngx_close_socket(errand->other_end);

    if (errand->next != 0 && !ngx_exiting && !ngx_terminate) {
        ngx_add_timer(&errand->errands->timer, errand->next);
    }
}


/* As nginx does it, but without the address that a client connected to. */

static u_char *
ngx_http_loyalty_errand_log(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char                     *p;
    ngx_http_request_t         *r;
    ngx_http_log_ctx_t         *ctx;
    ngx_http_loyalty_errand_t  *errand;

    p = buf;

    if (log->action) {
        p = ngx_snprintf(p, len, " while %s", log->action);
        len -= p - buf;
        buf = p;
    }

    ctx = log->data;
    r = ctx->request;

    errand = (ngx_http_loyalty_errand_t *)
                 ((u_char *) ctx - offsetof(ngx_http_loyalty_errand_t, log));

    p = ngx_snprintf(p, len, "%s",
        ngx_http_loyalty_errand_kinds[errand->errands->kind].what);
    len -= p - buf;

    return (r != NULL) ? r->log_handler(r, ctx->current_request, p, len) : p;
}


/* As nginx does it for a request that has been read. */

static void
ngx_http_loyalty_errand_event(ngx_event_t *ev)
{
    ngx_connection_t    *c = ev->data;
    ngx_http_request_t  *r = c->data;

    ngx_http_set_log_request(c->log, r);

    if (c->close) {

        /* worker_shutdown_timeout */

        r->main->count++;
        ngx_http_loyalty_errand_end(r);
        ngx_http_run_posted_requests(c);
        return;
    }

    if (ev->delayed && ev->timedout) {
        ev->delayed = 0;
        ev->timedout = 0;
    }

    if (ev->write) {
        r->write_event_handler(r);

    } else {
        r->read_event_handler(r);
    }

    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_loyalty_errand_request(ngx_connection_t *c)
{
    ngx_http_request_t         *r;
    ngx_http_core_srv_conf_t   *cscf;
    ngx_http_loyalty_errand_t  *errand;

    r = ngx_http_create_request(c);
    if (r == NULL) {
        return NGX_ERROR;
    }

    c->data = r;

    errand = ngx_http_loyalty_errand_of(r);
    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    r->loc_conf = errand->errands->location;
    r->headers_in.server = cscf->server_name;
    r->method = NGX_HTTP_GET;
    r->method_name = ngx_http_core_get_method;
    r->http_version = NGX_HTTP_VERSION_11;
    r->write_event_handler = ngx_http_loyalty_wait;

    /*
     * Nobody has asked for it: it is none of the access log's business, nor
     * that of a post_action in the location.
     */

    r->logged = 1;
    r->post_action = 1;
    r->uri_changes = 0;

    if (ngx_http_loyalty_errand_context(r) != NGX_OK) {
        ngx_http_free_request(r, 0);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_errand_context(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    if (ngx_list_init(&r->headers_in.headers, r->pool, 4,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx = ngx_http_loyalty_create_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->command.errand = &ngx_http_loyalty_errand_of(r)->found;

    /* whatever the location is for: nobody chats */

    ctx->command.format = LOYALTY_FORMAT_JSON;

    return NGX_OK;
}


static ngx_http_loyalty_errand_t *
ngx_http_loyalty_errand_of(ngx_http_request_t *r)
{
    return (ngx_http_loyalty_errand_t *)
               ((u_char *) r->http_connection
                - offsetof(ngx_http_loyalty_errand_t, http));
}


static void
ngx_http_loyalty_errand_search(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    ctx->step = ngx_http_loyalty_errand_taken;
    ctx->command.kind = LOYALTY_COMMAND_ERRAND;

    if (ngx_http_loyalty_submit(ctx) != NGX_OK) {
        ngx_http_loyalty_errand_end(r);
    }
}


static void
ngx_http_loyalty_errand_taken(ngx_http_request_t *r)
{
    ngx_http_loyalty_ctx_t                *ctx;
    const ngx_http_loyalty_errand_kind_t  *kind;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    kind = &ngx_http_loyalty_errand_kinds[ctx->command.errand->kind];

    if (ctx->command.result.outcome != kind->outcome) {
        ngx_http_loyalty_errand_end(r);
        return;
    }

    kind->resume(r, ctx, kind->concluded);
}


/* What is still not clear has been put off. */

static void
ngx_http_loyalty_errand_coupon(ngx_http_request_t *r)
{
    loyalty_str_t            code;
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);

    if (ctx->command.result.outcome == LOYALTY_DATABASE_UNAVAILABLE) {
        ngx_http_loyalty_errand_end(r);
        return;
    }

    code = loyalty_outcome_code(ctx->command.result.outcome);

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                  "loyalty: a coupon of program \"%V\" was left, and is now: "
                  "%*s", &ctx->conf->program->name, code.len, code.data);

    ngx_http_loyalty_errand_of(r)->next = NGX_HTTP_LOYALTY_ERRAND_PAUSE;

    ngx_http_loyalty_errand_end(r);
}


/* The member hears of points by their balance, of none by nobody. */

static void
ngx_http_loyalty_errand_claim(ngx_http_request_t *r)
{
    ngx_uint_t                  level;
    loyalty_str_t               code;
    loyalty_outcome_e           outcome;
    ngx_http_loyalty_ctx_t     *ctx;
    ngx_http_loyalty_errand_t  *errand;

    ctx = ngx_http_get_module_ctx(r, ngx_http_loyalty_module);
    errand = ngx_http_loyalty_errand_of(r);

    outcome = ctx->command.result.outcome;

    if (outcome == LOYALTY_DATABASE_UNAVAILABLE) {
        ngx_http_loyalty_errand_end(r);
        return;
    }

    errand->next = NGX_HTTP_LOYALTY_ERRAND_PAUSE;

    if (ctx->command.order_fault == LOYALTY_STORE_UNAVAILABLE
        || ctx->command.order_fault == LOYALTY_STORE_TIMEOUT)
    {
        errand->next = NGX_HTTP_LOYALTY_ERRAND_SILENCE;
    }

    if (ctx->command.ended) {
        code = loyalty_outcome_code(outcome);
        level = (outcome >= LOYALTY_BAD_REQUEST) ? NGX_LOG_NOTICE
                                                 : NGX_LOG_INFO;

        ngx_log_error(level, r->connection->log, 0,
                      "loyalty: a postponed claim of order \"%*s\" of "
                      "program \"%V\" %s: %*s", ctx->command.order.len,
                      ctx->command.order.data, &ctx->conf->program->name,
                      (level == NGX_LOG_NOTICE) ? "was given up"
                                                : "was completed",
                      code.len, code.data);
    }

    ngx_http_loyalty_errand_end(r);
}


static void
ngx_http_loyalty_errand_end(ngx_http_request_t *r)
{
    ngx_http_finalize_request(r, NGX_ERROR);
}
