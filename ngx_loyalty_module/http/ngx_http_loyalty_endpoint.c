
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_ref.h>
#include <ngx_http_loyalty_session.h>
#include <ngx_http_loyalty_status.h>


#define NGX_HTTP_LOYALTY_READ   (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST)
#define NGX_HTTP_LOYALTY_WRITE  NGX_HTTP_POST


ngx_http_loyalty_endpoint_t  ngx_http_loyalty_signup_endpoint = {
    .kind = LOYALTY_COMMAND_SIGNUP,
    .methods = NGX_HTTP_LOYALTY_WRITE,
    .allow = ngx_string("POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL,
    .takes = NGX_HTTP_LOYALTY_SOURCE|NGX_HTTP_LOYALTY_LOCALE
             |NGX_HTTP_LOYALTY_REFERRAL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim_endpoint = {
    .kind = LOYALTY_COMMAND_CLAIM,
    .methods = NGX_HTTP_LOYALTY_WRITE,
    .allow = ngx_string("POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_ORDER,
    .takes = NGX_HTTP_LOYALTY_REF|NGX_HTTP_LOYALTY_STORE
             |NGX_HTTP_LOYALTY_LINK|NGX_HTTP_LOYALTY_LOCALE,
    .purpose = ngx_string("claim"),
    .session = 1
};

/* A link does so by GET, too: it credits one order, and that once. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim_link_endpoint = {
    .kind = LOYALTY_COMMAND_CLAIM,
    .methods = NGX_HTTP_LOYALTY_READ,
    .allow = ngx_string("GET, HEAD, POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_ORDER,
    .takes = NGX_HTTP_LOYALTY_REF|NGX_HTTP_LOYALTY_STORE
             |NGX_HTTP_LOYALTY_LINK|NGX_HTTP_LOYALTY_LOCALE,
    .purpose = ngx_string("claim"),
    .session = 1
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_balance_endpoint = {
    .kind = LOYALTY_COMMAND_BALANCE,
    .methods = NGX_HTTP_LOYALTY_READ,
    .allow = ngx_string("GET, HEAD, POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL,
    .takes = NGX_HTTP_LOYALTY_LINK|NGX_HTTP_LOYALTY_LOCALE,
    .purpose = ngx_string("balance"),
    .session = 1
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_redeem_endpoint = {
    .kind = LOYALTY_COMMAND_REDEEM,
    .methods = NGX_HTTP_LOYALTY_WRITE,
    .allow = ngx_string("POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_REWARD,
    .takes = NGX_HTTP_LOYALTY_LINK|NGX_HTTP_LOYALTY_LOCALE,
    .purpose = ngx_string("redeem"),
    .session = 1
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_cancel_endpoint = {
    .kind = LOYALTY_COMMAND_CANCEL,
    .methods = NGX_HTTP_LOYALTY_WRITE,
    .allow = ngx_string("POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_COUPON,
    .takes = NGX_HTTP_LOYALTY_LOCALE,
    .session = 1
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_action_endpoint = {
    .kind = LOYALTY_COMMAND_ACTION,
    .methods = NGX_HTTP_LOYALTY_WRITE,
    .allow = ngx_string("POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_ACTION
             |NGX_HTTP_LOYALTY_REF,
    .takes = NGX_HTTP_LOYALTY_LOCALE
};

/* A store asks by GET whether a coupon is good, and uses it by POST. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_coupon_endpoint = {
    .kind = LOYALTY_COMMAND_COUPON,
    .by_post = LOYALTY_COMMAND_USE,
    .methods = NGX_HTTP_LOYALTY_READ,
    .allow = ngx_string("GET, HEAD, POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_COUPON,
    .takes = NGX_HTTP_LOYALTY_ORDER|NGX_HTTP_LOYALTY_STORE
             |NGX_HTTP_LOYALTY_LOCALE
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_history_endpoint = {
    .kind = LOYALTY_COMMAND_HISTORY,
    .methods = NGX_HTTP_LOYALTY_READ,
    .allow = ngx_string("GET, HEAD, POST, OPTIONS"),
    .needs = NGX_HTTP_LOYALTY_EMAIL,
    .takes = NGX_HTTP_LOYALTY_LIMIT|NGX_HTTP_LOYALTY_BEFORE
             |NGX_HTTP_LOYALTY_LINK|NGX_HTTP_LOYALTY_LOCALE,
    .purpose = ngx_string("history"),
    .session = 1
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_leaderboard_endpoint = {
    .kind = LOYALTY_COMMAND_LEADERBOARD,
    .methods = NGX_HTTP_LOYALTY_READ,
    .allow = ngx_string("GET, HEAD, POST, OPTIONS"),
    .takes = NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_LIMIT|NGX_HTTP_LOYALTY_BY
             |NGX_HTTP_LOYALTY_LOCALE,
    .session = 1
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_report_endpoint = {
    .kind = LOYALTY_COMMAND_REPORT,
    .methods = NGX_HTTP_GET|NGX_HTTP_HEAD,
    .allow = ngx_string("GET, HEAD, OPTIONS"),
    .takes = NGX_HTTP_LOYALTY_DAYS
};

/* It takes what a store sends, by its signature, in place of parameters. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_order_event_endpoint = {
    .kind = LOYALTY_COMMAND_ORDER_EVENT,
    .methods = NGX_HTTP_LOYALTY_WRITE,
    .allow = ngx_string("POST, OPTIONS")
};

/* What the workers have counted: no parameters. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_status_endpoint = {
    .kind = NGX_HTTP_LOYALTY_SERVES_STATUS,
    .methods = NGX_HTTP_GET|NGX_HTTP_HEAD,
    .allow = ngx_string("GET, HEAD, OPTIONS"),
    .serve = ngx_http_loyalty_status
};

/* The browser forgets its cookie: no parameters, either. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_logout_endpoint = {
    .kind = NGX_HTTP_LOYALTY_SERVES_LOGOUT,
    .methods = NGX_HTTP_LOYALTY_WRITE,
    .allow = ngx_string("POST, OPTIONS"),
    .serve = ngx_http_loyalty_logout
};

/* It neither takes parameters nor asks the database. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_ref_endpoint = {
    .kind = NGX_HTTP_LOYALTY_SERVES_REF,
    .methods = NGX_HTTP_GET|NGX_HTTP_HEAD,
    .allow = ngx_string("GET, HEAD, OPTIONS"),
    .serve = ngx_http_loyalty_ref
};
