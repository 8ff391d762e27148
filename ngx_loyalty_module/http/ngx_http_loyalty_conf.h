
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <loyalty_coupon_store.h>
#include <loyalty_engine.h>
#include <loyalty_link.h>
#include <loyalty_webhook.h>


#define NGX_HTTP_LOYALTY_AUTH_KEY   0x0002
#define NGX_HTTP_LOYALTY_AUTH_OFF   0x0004
#define NGX_HTTP_LOYALTY_AUTH_LINK  0x0008


typedef struct ngx_http_loyalty_endpoint_s  ngx_http_loyalty_endpoint_t;
typedef struct ngx_http_loyalty_executor_s  ngx_http_loyalty_executor_t;
typedef struct ngx_http_loyalty_program_s  ngx_http_loyalty_program_t;
typedef struct ngx_http_loyalty_require_s  ngx_http_loyalty_require_t;


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


/* Where an order's link leads. */

typedef struct {
    ngx_http_complex_value_t      chat;
    ngx_http_complex_value_t     *otherwise;     /* a page, NULL: the site's */
} ngx_http_loyalty_ref_t;


/* What was left with stores is looked after by a worker, kind by kind. */

typedef struct {
    ngx_http_loyalty_program_t   *program;
    loyalty_errand_e              kind;

    /* in which errands are done; NULL: the program has no location */

    void                        **location;      /* loc_conf */
    ngx_http_conf_ctx_t          *server;
    ngx_uint_t                    fits;          /* it asks for these, too */

    ngx_event_t                   timer;
    ngx_uint_t                    busy;          /* one is on its way */
} ngx_http_loyalty_errands_t;


struct ngx_http_loyalty_program_s {
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
    ngx_str_t                     site;          /* URL, "": none */
    loyalty_link_secrets_t        link_secrets;  /* none: no links */
    int64_t                       session;       /* seconds, 0: no cookies */
    ngx_uint_t                    session_after_claim;
    ngx_array_t                   events;        /* ..._loyalty_event_t */
    ngx_array_t                   coupon_stores; /* ..._coupon_store_t */
    loyalty_texts_t              *texts;         /* its own, or NULL */
    ngx_array_t                   put_off;       /* directives, in order */
    u_char                       *seen;          /* directives, by place */

    u_char                       *file;          /* where it is defined */
    ngx_uint_t                    line;

    ngx_shm_zone_t               *shm_zone;      /* data: ..._shared_t */
    ngx_http_loyalty_executor_t  *executor;      /* of this worker */
    ngx_event_t                   settle;        /* its timer, likewise */

    ngx_http_loyalty_errands_t    errands[LOYALTY_ERRANDS];

    time_t                       *pools_low;     /* when it was said last */
                                                 /* of each reward */
};


typedef struct {
    ngx_array_t                   programs;      /* ..._program_t * */
    ngx_array_t                   locations;     /* ..._loc_conf_t * */
    ngx_array_t                   requires;      /* ..._require_t * */
    ngx_thread_pool_t            *pool;
    ngx_int_t                     batch;
    ngx_int_t                     queue;
} ngx_http_loyalty_main_conf_t;


typedef struct {
    ngx_http_loyalty_program_t   *program;
    ngx_http_loyalty_endpoint_t  *endpoint;      /* NULL: not our location */
    ngx_str_t                     program_name;
    ngx_str_t                     directive;
    ngx_http_loyalty_ref_t       *ref;           /* NULL: not of links */
    void                        **loc_conf;      /* this one's, all modules */
    ngx_http_conf_ctx_t          *server;
    u_char                       *file;
    ngx_uint_t                    line;

    ngx_uint_t                    auth;
    ngx_uint_t                    format;        /* loyalty_format_e */
    ngx_uint_t                    format_asked;  /* the request may say so */
    size_t                        max_body_size; /* as written */
    size_t                        body_size;     /* that holds here */
    size_t                        store_max_size;
    ngx_msec_t                    store_timeout; /* UNSET: by the format */
    time_t                        postpone;      /* claims; 0: off; likewise */

    ngx_http_loyalty_require_t   *require;       /* NULL: nobody need be */
} ngx_http_loyalty_loc_conf_t;


/* Whom a location is for; of several tiers or memberships, any. */

struct ngx_http_loyalty_require_s {
    ngx_http_loyalty_loc_conf_t   conf;          /* only the program */
    ngx_str_t                     name;          /* of it */
    const loyalty_str_t          *tiers;
    size_t                        ntiers;        /* 0: of whatever tier */
    const loyalty_str_t          *memberships;
    size_t                        nmemberships;  /* 0: with or without */
    u_char                       *file;
    ngx_uint_t                    line;
};


extern ngx_module_t  ngx_http_loyalty_module;


/* NULL if there is no program of this name. */
ngx_http_loyalty_program_t *ngx_http_loyalty_program_find(
    ngx_http_loyalty_main_conf_t *lmcf, ngx_str_t *name);

/* The rule with this id, which all rules start with, or NULL. */
void *ngx_http_loyalty_rule_find(ngx_array_t *rules, loyalty_str_t id);

/*
 * Who makes the coupons that the store of this id honours ("": any); NULL if
 * nobody does.
 */
ngx_http_loyalty_coupon_store_t *ngx_http_loyalty_coupon_store_find(
    ngx_http_loyalty_program_t *program, loyalty_str_t store);


static ngx_inline loyalty_str_t
ngx_http_loyalty_text(ngx_str_t *s)
{
    loyalty_str_t  text;

    text.len = s->len;
    text.data = (char *) s->data;

    return text;
}


#endif /* _NGX_HTTP_LOYALTY_CONF_H_INCLUDED_ */
