
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_REQUEST_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_REQUEST_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


/* What a store is asked, by a subrequest, and what it has said. */

typedef struct {
    ngx_str_t                    *uri;
    ngx_http_request_t           *subrequest;
    ngx_event_t                   timer;
    ngx_msec_t                    asked;         /* when */
    u_char                       *data;
    size_t                        len;
    size_t                        size;
    ngx_uint_t                    status;
    unsigned                      done:1;        /* nothing more is taken */
    unsigned                      too_large:1;
    unsigned                      cut_short:1;
    unsigned                      open:1;        /* not an internal one */
} ngx_http_loyalty_store_t;


/* What comes with a signed link beside what it is about. */

typedef struct {
    loyalty_str_t                 expires;
    loyalty_str_t                 sig;
    loyalty_str_t                 store;         /* as the link has it */
    loyalty_str_t                 order;         /* also of a bad request */
} ngx_http_loyalty_proof_t;


typedef struct ngx_http_loyalty_ctx_s  ngx_http_loyalty_ctx_t;

struct ngx_http_loyalty_ctx_s {
    ngx_http_request_t           *request;
    ngx_http_loyalty_loc_conf_t  *conf;

    /* what comes when the request is ready to go on */

    void                        (*step)(ngx_http_request_t *r);
    unsigned                      ready:1;

    /* in place of that, if nginx ends the request while a store is asked */

    void                        (*salvage)(ngx_http_loyalty_ctx_t *ctx);

    /*
     * the step after a coupon or a postponed claim is settled, or that could
     * not be written
     */

    void                        (*concluded)(ngx_http_request_t *r);

    loyalty_command_t             command;
    ngx_http_loyalty_store_t      store;
    ngx_msec_t                    patience;      /* 0: as the location says */
    unsigned                      wished:1;      /* the coupon, of it */
    unsigned                      refused:1;     /* and it said no */

    /* who has no key, and has to prove otherwise that he may ask */

    ngx_http_loyalty_proof_t      proof;
    unsigned                      by_link:1;     /* links count */
    unsigned                      signed_link:1; /* there is a signature */
    unsigned                      proved:1;      /* it is good */
    unsigned                      open:1;        /* nothing need be proved */
    unsigned                      safe:1;        /* no other site's form */

    /* the member's code in his cookie, and what it is that he asks for */

    loyalty_str_t                 session;
    loyalty_str_t                 email;         /* if he has written one */
    loyalty_str_t                 idempotency_key;
    loyalty_command_e             kind;

    /* of a redemption, while and if it is not known how it ends */

    loyalty_json_t                unsettled;     /* its answer */

    u_char                       *body;
    size_t                        body_len;
    size_t                        body_size;
};


/* Also makes it the request's; NULL if there is no memory. */
ngx_http_loyalty_ctx_t *ngx_http_loyalty_create_ctx(ngx_http_request_t *r);

/*
 * The write event handler of a request that waits for a thread or a store; it
 * is also called when nothing has happened but a client's FIN.
 */
void ngx_http_loyalty_wait(ngx_http_request_t *r);

/* Goes on with a request whose ctx->step is due, from an event handler. */
void ngx_http_loyalty_wake(ngx_http_loyalty_ctx_t *ctx);


#endif /* _NGX_HTTP_LOYALTY_REQUEST_H_INCLUDED_ */
