
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_ENDPOINT_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_ENDPOINT_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


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
#define NGX_HTTP_LOYALTY_DAYS      0x2000
#define NGX_HTTP_LOYALTY_LINK      0x8000


/* What may be served without a command of the engine. */

typedef enum {
    NGX_HTTP_LOYALTY_SERVES_STATUS = LOYALTY_COMMANDS,
    NGX_HTTP_LOYALTY_SERVES_REF,
    NGX_HTTP_LOYALTY_SERVES_LOGOUT,

    NGX_HTTP_LOYALTY_SERVES
} ngx_http_loyalty_serves_e;


/* What a location serves. */

struct ngx_http_loyalty_endpoint_s {
    ngx_uint_t                    kind;          /* loyalty_command_e, or */
                                                 /* one of the above */
    ngx_uint_t                    by_post;       /* if another; or 0 */
    ngx_uint_t                    methods;
    ngx_str_t                     allow;
    ngx_uint_t                    needs;         /* parameters */
    ngx_uint_t                    takes;         /* and these may be there */
    ngx_str_t                     purpose;       /* of links to it, or "" */
    ngx_uint_t                    session;       /* a cookie may say who */

    /* in place of a command; returns what a content handler does */

    ngx_int_t                   (*serve)(ngx_http_request_t *r,
                                         ngx_http_loyalty_ctx_t *ctx);
};


extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_signup_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim_link_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_balance_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_redeem_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_cancel_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_action_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_coupon_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_history_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_leaderboard_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_report_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_order_event_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_logout_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_status_endpoint;
extern ngx_http_loyalty_endpoint_t  ngx_http_loyalty_ref_endpoint;


#endif /* _NGX_HTTP_LOYALTY_ENDPOINT_H_INCLUDED_ */
