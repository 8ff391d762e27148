
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_MODULE_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <loyalty_coupon_store.h>
#include <loyalty_engine.h>
#include <loyalty_webhook.h>


#define NGX_HTTP_LOYALTY_AUTH_KEY  0x0002
#define NGX_HTTP_LOYALTY_AUTH_OFF  0x0004


typedef struct ngx_http_loyalty_executor_s  ngx_http_loyalty_executor_t;


typedef struct {
    ngx_str_t                     name;
    ngx_str_t                     key;
} ngx_http_loyalty_key_t;


/* How a store tells of what happened to its orders. */

typedef struct {
    loyalty_str_t                 store;         /* its id */
    loyalty_webhook_t             webhook;
} ngx_http_loyalty_event_t;


/* Where a store is asked to make coupons, and which it has. */

typedef struct {
    loyalty_coupon_store_t        rules;
    ngx_str_t                     create;        /* URIs */
    ngx_str_t                     lookup;
} ngx_http_loyalty_coupon_store_t;


typedef struct {
    loyalty_program_t             rules;

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
    ngx_array_t                   stores;        /* loyalty_store_t */
    ngx_array_t                   lookup_uris;   /* ngx_str_t, of them */
    ngx_array_t                   earns;         /* loyalty_earn_t */
    ngx_array_t                   promotions;    /* loyalty_promotion_t */
    ngx_array_t                   actions;       /* loyalty_action_t */
    ngx_array_t                   tiers;         /* loyalty_tier_t */
    ngx_array_t                   memberships;   /* loyalty_membership_t */
    ngx_array_t                   badges;        /* loyalty_badge_t */
    ngx_array_t                   rewards;       /* loyalty_reward_t */
    ngx_array_t                   keys;          /* ngx_http_loyalty_key_t */
    ngx_array_t                   events;        /* ..._loyalty_event_t */
    ngx_array_t                   coupon_stores; /* ..._coupon_store_t */
    ngx_array_t                   put_off;       /* directives, in order */
    u_char                       *seen;          /* directives, by place */

    u_char                       *file;          /* where it is defined */
    ngx_uint_t                    line;

    ngx_shm_zone_t               *shm_zone;      /* data: loyalty_lock_t */
    ngx_http_loyalty_executor_t  *executor;      /* of this worker */
    ngx_event_t                   settle;        /* its timer, likewise */

    /* in which errands are done; NULL: the program has no location */

    void                        **errand_location;  /* loc_conf */
    ngx_http_conf_ctx_t          *errand_server;
    ngx_uint_t                    errand_redeems;   /* it redeems, too */
    ngx_event_t                   errands;       /* their timer */
    ngx_uint_t                    errand;        /* one is on its way */

    time_t                       *pools_low;     /* when it was said last */
                                                 /* of each reward */
} ngx_http_loyalty_program_t;


typedef struct {
    ngx_array_t                   programs;      /* ..._program_t * */
    ngx_array_t                   locations;     /* ..._loc_conf_t * */
    ngx_str_t                     pool_name;
    ngx_thread_pool_t            *pool;
    ngx_int_t                     batch;
    ngx_int_t                     queue;
} ngx_http_loyalty_main_conf_t;


/* Parameters of a request, by bit. */

#define NGX_HTTP_LOYALTY_EMAIL     0x0001
#define NGX_HTTP_LOYALTY_ORDER     0x0002
#define NGX_HTTP_LOYALTY_STORE     0x0004
#define NGX_HTTP_LOYALTY_REWARD    0x0008
#define NGX_HTTP_LOYALTY_COUPON    0x0010
#define NGX_HTTP_LOYALTY_ACTION    0x0020
#define NGX_HTTP_LOYALTY_REF       0x0040
#define NGX_HTTP_LOYALTY_REFERRAL  0x0080
#define NGX_HTTP_LOYALTY_SOURCE    0x0100
#define NGX_HTTP_LOYALTY_LOCALE    0x0200
#define NGX_HTTP_LOYALTY_LIMIT     0x0400
#define NGX_HTTP_LOYALTY_BEFORE    0x0800
#define NGX_HTTP_LOYALTY_BY        0x1000


/* What a location handler serves; the table is in the handler's file. */

typedef struct {
    loyalty_command_e             kind;
    loyalty_command_e             post;          /* the same, or by POST */
    ngx_uint_t                    methods;
    ngx_str_t                     allow;
    ngx_uint_t                    needs;         /* parameters */
    ngx_uint_t                    takes;         /* and these may be there */
} ngx_http_loyalty_endpoint_t;


typedef struct {
    ngx_http_loyalty_program_t   *program;
    ngx_http_loyalty_endpoint_t  *endpoint;      /* NULL: not our location */
    ngx_str_t                     program_name;
    ngx_str_t                     directive;
    void                        **loc_conf;      /* this one's, all modules */
    ngx_http_conf_ctx_t          *server;
    u_char                       *file;
    ngx_uint_t                    line;

    ngx_uint_t                    auth;
    size_t                        max_body_size; /* as written */
    size_t                        body_size;     /* that holds here */
    size_t                        store_max_size;
    ngx_msec_t                    store_timeout;
} ngx_http_loyalty_loc_conf_t;


/* The order subrequest of a claim or of an event. */

typedef struct {
    ngx_str_t                    *uri;
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
    unsigned                      refused:1;     /* the coupon, by it */
    unsigned                      errand:1;      /* no client has asked */

    /* of a redemption, while and if it is not known how it ends */

    loyalty_json_t                unsettled;     /* its answer */

    u_char                       *body;
    size_t                        body_len;
    size_t                        body_size;
};


extern ngx_module_t  ngx_http_loyalty_module;


/* ngx_http_loyalty_handler.c */

extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_signup_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_balance_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_redeem_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_cancel_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_action_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_coupon_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_history_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_leaderboard_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_order_event_endpoint;

/* The content handler: returns what ngx_http_finalize_request() wants. */
ngx_int_t ngx_http_loyalty_handler(ngx_http_request_t *r);

/*
 * The write event handler of a request that waits for a thread or a store; it
 * is also called when nothing has happened but a client's FIN.
 */
void ngx_http_loyalty_wait(ngx_http_request_t *r);

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
 * For a claim or an event whose client went away while the store was asked, so
 * that nginx is about to end the request: records it nevertheless.  Finalizes
 * nothing.
 */
void ngx_http_loyalty_salvage(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/* ngx_http_loyalty_saga.c */

/* Whether the engine has left the request's coupon to the store. */
ngx_uint_t ngx_http_loyalty_saga_due(ngx_http_loyalty_ctx_t *ctx);

/* Asks the store to make it, and answers; or looks for it before. */
void ngx_http_loyalty_saga_create(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);
void ngx_http_loyalty_saga_resume(ngx_http_request_t *r,
    ngx_http_loyalty_ctx_t *ctx);

/* As ngx_http_loyalty_salvage(), for a coupon that the store has made. */
void ngx_http_loyalty_saga_salvage(ngx_http_loyalty_ctx_t *ctx);

/* Who makes the coupons of the command's reward; NULL: nobody any more. */
ngx_http_loyalty_coupon_store_t *ngx_http_loyalty_saga_maker(
    ngx_http_loyalty_ctx_t *ctx);

/* ngx_http_loyalty_errand.c */

/* Starts the timer of a worker that looks for coupons that were left. */
void ngx_http_loyalty_errands_init(ngx_http_loyalty_program_t *program,
    ngx_log_t *log);

/* Steps of an errand's request: the coupon is written, or cannot be. */
void ngx_http_loyalty_errand_settled(ngx_http_request_t *r);
void ngx_http_loyalty_errand_end(ngx_http_request_t *r);

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
 * ngx_http_loyalty_webhook.c: verifies what a store has sent, and puts the
 * order that it is about into the command.  Returns as the above; NGX_DECLINED
 * is also for what is no fault but of no more interest.
 */
ngx_int_t ngx_http_loyalty_webhook(ngx_http_request_t *r,
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

/*
 * Chooses the store that the command names, or the only one, and gives the
 * command its id.  NGX_DECLINED if there is no such one.
 */
ngx_int_t ngx_http_loyalty_store_choose(ngx_http_loyalty_ctx_t *ctx);

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

/* ngx_http_loyalty_upkeep.c */

/* Starts the timers of a worker; cannot fail. */
ngx_int_t ngx_http_loyalty_init_process(ngx_cycle_t *cycle);

/* ngx_http_loyalty_program.c */

/* NGX_CONF_ERROR if something is wrong, which it has logged. */
char *ngx_http_loyalty_program(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* NULL if there is no program of this name. */
ngx_http_loyalty_program_t *ngx_http_loyalty_program_find(
    ngx_http_loyalty_main_conf_t *lmcf, ngx_str_t *name);

/*
 * ngx_http_loyalty_coupon_store.c: who makes the coupons that the store of
 * this id honours ("": any); NULL if nobody does.
 */
ngx_http_loyalty_coupon_store_t *ngx_http_loyalty_coupon_store_find(
    ngx_http_loyalty_program_t *program, loyalty_str_t store);

/* ngx_http_loyalty_variables.c: NGX_ERROR ends the configuration */

ngx_int_t ngx_http_loyalty_add_variables(ngx_conf_t *cf);
ngx_int_t ngx_http_loyalty_add_variables_of(ngx_conf_t *cf,
    ngx_http_variable_t *v);

/*
 * In a location of a store a text goes into a URI, and is escaped for that, or
 * into a JSON string; elsewhere it goes into logs and headers as it is.
 */

typedef enum {
    NGX_HTTP_LOYALTY_PLAIN = 0,
    NGX_HTTP_LOYALTY_JSON = 1
} ngx_http_loyalty_escape_e;

ngx_int_t ngx_http_loyalty_text_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, loyalty_str_t *text,
    ngx_http_loyalty_escape_e escape);

/* The data is not copied. */
void ngx_http_loyalty_set_value(ngx_http_variable_value_t *v,
    const char *data, size_t len);

/* ngx_http_loyalty_coupon_variables.c: NGX_ERROR ends the configuration */

ngx_int_t ngx_http_loyalty_add_coupon_variables(ngx_conf_t *cf);


static ngx_inline loyalty_str_t
ngx_http_loyalty_text(ngx_str_t *s)
{
    loyalty_str_t  text;

    text.len = s->len;
    text.data = (char *) s->data;

    return text;
}


#endif /* _NGX_HTTP_LOYALTY_MODULE_H_INCLUDED_ */
