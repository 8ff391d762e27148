
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_MODULE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <loyalty_engine.h>


#define NGX_HTTP_LOYALTY_AUTH_KEY  0x0002
#define NGX_HTTP_LOYALTY_AUTH_OFF  0x0004


typedef struct ngx_http_loyalty_executor_s  ngx_http_loyalty_executor_t;


typedef struct {
    ngx_str_t                     name;
    ngx_str_t                     key;
} ngx_http_loyalty_key_t;


typedef struct {
    loyalty_program_t             rules;
    loyalty_order_lookup_t        lookup;

    ngx_str_t                     name;
    ngx_str_t                     database;      /* URI, NUL-terminated */
    ngx_uint_t                    connections;   /* to it, of a worker */
    ngx_uint_t                    in_file;       /* the database */
    ngx_str_t                     path;          /* in_file, NUL-terminated */
    ngx_str_t                     file_name;     /* in its folder */
    dev_t                         device;        /* of the folder */
    ngx_file_uniq_t               inode;         /* of the folder */
    ngx_conf_t                   *database_conf; /* put off */
    ngx_msec_t                    timeout;
    ngx_str_t                     lookup_uri;    /* len == 0: none */
    ngx_array_t                   rewards;       /* loyalty_reward_t */
    ngx_array_t                   paid;          /* loyalty_str_t */
    ngx_array_t                   keys;          /* ngx_http_loyalty_key_t */
    ngx_uint_t                    seen;          /* directives, by bit */
    ngx_conf_t                   *earn;          /* put off; NULL: none */

    u_char                       *file;          /* where it is defined */
    ngx_uint_t                    line;

    ngx_shm_zone_t               *shm_zone;      /* data: loyalty_lock_t */
    ngx_http_loyalty_executor_t  *executor;      /* of this worker */
} ngx_http_loyalty_program_t;


typedef struct {
    ngx_array_t                   programs;      /* ..._program_t * */
    ngx_array_t                   locations;     /* ..._loc_conf_t * */
    ngx_str_t                     pool_name;
    ngx_thread_pool_t            *pool;
    ngx_int_t                     batch;
    ngx_int_t                     queue;
} ngx_http_loyalty_main_conf_t;


/* What a location handler serves; the table is in the handler's file. */

typedef struct {
    loyalty_command_e             kind;
    ngx_uint_t                    methods;
    ngx_str_t                     allow;
    unsigned                      needs_order:1;
    unsigned                      needs_reward:1;
} ngx_http_loyalty_endpoint_t;


typedef struct {
    ngx_http_loyalty_program_t   *program;
    ngx_http_loyalty_endpoint_t  *endpoint;      /* NULL: not our location */
    ngx_str_t                     program_name;
    ngx_str_t                     directive;
    u_char                       *file;
    ngx_uint_t                    line;

    ngx_uint_t                    auth;
    size_t                        max_body_size;
    size_t                        store_max_size;
    ngx_msec_t                    store_timeout;
} ngx_http_loyalty_loc_conf_t;


/* The order subrequest of a claim. */

typedef struct {
    ngx_http_request_t           *subrequest;
    ngx_event_t                   timer;
    u_char                       *data;
    size_t                        len;
    size_t                        size;
    ngx_uint_t                    status;
    unsigned                      done:1;        /* nothing more is taken */
    unsigned                      too_large:1;
    unsigned                      cut_short:1;
    unsigned                      open:1;        /* not an internal one */
} ngx_http_loyalty_store_t;


typedef struct ngx_http_loyalty_ctx_s  ngx_http_loyalty_ctx_t;

struct ngx_http_loyalty_ctx_s {
    ngx_http_request_t           *request;
    ngx_http_loyalty_loc_conf_t  *conf;

    /* what comes when the request is ready to go on */

    void                        (*step)(ngx_http_request_t *r);
    unsigned                      ready:1;

    loyalty_command_t             command;
    ngx_http_loyalty_store_t      store;

    u_char                       *body;
    size_t                        body_len;
    size_t                        body_size;
};


extern ngx_module_t  ngx_http_loyalty_module;


/* ngx_http_loyalty_handler.c */

extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_signup;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_balance;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_redeem;

/* The content handler: returns what ngx_http_finalize_request() wants. */
ngx_int_t ngx_http_loyalty_handler(ngx_http_request_t *r);

/* Also makes it the request's; NULL if there is no memory. */
ngx_http_loyalty_ctx_t *ngx_http_loyalty_create_ctx(ngx_http_request_t *r);

/* Goes on with a request whose ctx->step is due, from an event handler. */
void ngx_http_loyalty_wake(ngx_http_loyalty_ctx_t *ctx);

/*
 * Answers with a fault before a body is read: nothing has been counted yet.
 * Returns what ngx_http_finalize_request() wants.
 */
ngx_int_t ngx_http_loyalty_refuse(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx, loyalty_outcome_e outcome);

/*
 * ngx_http_loyalty_flow.c: the way of a request through the engine.  Answers
 * with a fault where it can go no further.
 */
void ngx_http_loyalty_run(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx);

/*
 * For a claim whose client went away while the store was asked, so that nginx
 * is about to end the request: records it nevertheless.  Finalizes nothing.
 */
void ngx_http_loyalty_salvage(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * ngx_http_loyalty_body.c: reads the body into ctx->body, in memory and not
 * past the limit, then calls "done".  Returns an HTTP status of 300 or more if
 * it cannot even begin, otherwise the request goes on by itself.
 */
ngx_int_t ngx_http_loyalty_read_body(ngx_http_request_t *r,
    void (*done)(ngx_http_request_t *r));

/*
 * Whether the body, if there is one, is of a type that we understand:
 * NGX_DECLINED if it is not.
 */
ngx_int_t ngx_http_loyalty_body_type_known(ngx_http_request_t *r);
ngx_uint_t ngx_http_loyalty_body_is_json(ngx_http_request_t *r);

/*
 * ngx_http_loyalty_params.c: puts the parameters of the query string and of
 * the body into the command.  If they are no good, returns NGX_DECLINED with
 * the outcome and the detail of the fault in the command's result; NGX_ERROR
 * if there is no memory.
 */
ngx_int_t ngx_http_loyalty_params(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/*
 * ngx_http_loyalty_idempotency.c: the Idempotency-Key of a POST; *key is left
 * alone if there is none.  NGX_DECLINED if it is no good.
 */
ngx_int_t ngx_http_loyalty_idempotency_key(ngx_http_request_t *r,
    loyalty_str_t *key);

/*
 * ngx_http_loyalty_auth.c: LOYALTY_NO_FAULT if the caller may go on, with his
 * name in the command, otherwise the fault.
 */
loyalty_outcome_e ngx_http_loyalty_authorize(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/* ngx_http_loyalty_arrival.c: NGX_ERROR ends the configuration */

ngx_int_t ngx_http_loyalty_arrival_init(ngx_conf_t *cf);

/* ngx_http_loyalty_store.c */

/* Puts the filters in; cannot fail. */
ngx_int_t ngx_http_loyalty_store_init(ngx_conf_t *cf);

/* Sends the subrequest; NGX_ERROR if it could not be made. */
ngx_int_t ngx_http_loyalty_store_ask(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/* For a write event of the connection while the store is being asked. */
void ngx_http_loyalty_store_event(ngx_http_loyalty_ctx_t *ctx);

/*
 * What the store's answer comes to: LOYALTY_NO_FAULT if it is to be read.  For
 * LOYALTY_STORE_BAD_ANSWER the command's "why" is set.
 */
loyalty_outcome_e ngx_http_loyalty_store_outcome(ngx_http_loyalty_ctx_t *ctx);

/* ngx_http_loyalty_response.c: both finalize the request */

void ngx_http_loyalty_respond(ngx_http_request_t *r);
void ngx_http_loyalty_fault(ngx_http_request_t *r, loyalty_outcome_e outcome);

/*
 * Sends the answer that is in the command, made from its result if the engine
 * has not done so; returns what ngx_http_finalize_request() wants.
 */
ngx_int_t ngx_http_loyalty_send(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/* Both NGX_ERROR if there is no memory. */

ngx_int_t ngx_http_loyalty_add_header(ngx_http_request_t *r, char *name,
    ngx_str_t *value);

/* An answer is about one person, at one time: no cache may keep it. */
ngx_int_t ngx_http_loyalty_add_no_store(ngx_http_request_t *r);

/*
 * ngx_http_loyalty_executor.c: runs the command in a pool thread; then
 * ctx->step gets the request.  NGX_ERROR if there is no room or no memory.
 */
ngx_int_t ngx_http_loyalty_submit(ngx_http_loyalty_ctx_t *ctx);

/* No thread may be at work on it any more. */
void ngx_http_loyalty_executor_destroy(ngx_http_loyalty_executor_t *executor);

/* ngx_http_loyalty_program.c */

/* NGX_CONF_ERROR if something is wrong, which it has logged. */
char *ngx_http_loyalty_program(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* NULL if there is no program of this name. */
ngx_http_loyalty_program_t *ngx_http_loyalty_program_find(
    ngx_http_loyalty_main_conf_t *lmcf, ngx_str_t *name);

/* ngx_http_loyalty_variables.c: NGX_ERROR ends the configuration */

ngx_int_t ngx_http_loyalty_add_variables(ngx_conf_t *cf);


static ngx_inline loyalty_str_t
ngx_http_loyalty_text(ngx_str_t *s)
{
    loyalty_str_t  text;

    text.len = s->len;
    text.data = (char *) s->data;

    return text;
}


#endif /* _NGX_HTTP_LOYALTY_MODULE_H_INCLUDED_ */
