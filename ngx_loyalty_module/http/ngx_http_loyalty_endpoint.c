
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_status.h>


#define NGX_HTTP_LOYALTY_READ   (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST)
#define NGX_HTTP_LOYALTY_WRITE  NGX_HTTP_POST


ngx_http_loyalty_endpoint_t  ngx_http_loyalty_signup_endpoint = {
    LOYALTY_COMMAND_SIGNUP, LOYALTY_COMMAND_SIGNUP,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL,
    NGX_HTTP_LOYALTY_SOURCE|NGX_HTTP_LOYALTY_LOCALE
    |NGX_HTTP_LOYALTY_REFERRAL,
    NULL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_claim_endpoint = {
    LOYALTY_COMMAND_CLAIM, LOYALTY_COMMAND_CLAIM,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_ORDER,
    NGX_HTTP_LOYALTY_STORE,
    NULL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_balance_endpoint = {
    LOYALTY_COMMAND_BALANCE, LOYALTY_COMMAND_BALANCE,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL,
    0,
    NULL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_redeem_endpoint = {
    LOYALTY_COMMAND_REDEEM, LOYALTY_COMMAND_REDEEM,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_REWARD,
    0,
    NULL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_cancel_endpoint = {
    LOYALTY_COMMAND_CANCEL, LOYALTY_COMMAND_CANCEL,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_COUPON,
    0,
    NULL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_action_endpoint = {
    LOYALTY_COMMAND_ACTION, LOYALTY_COMMAND_ACTION,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_ACTION|NGX_HTTP_LOYALTY_REF,
    0,
    NULL
};

/* A store asks by GET whether a coupon is good, and uses it by POST. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_coupon_endpoint = {
    LOYALTY_COMMAND_COUPON, LOYALTY_COMMAND_USE,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    NGX_HTTP_LOYALTY_COUPON,
    NGX_HTTP_LOYALTY_ORDER|NGX_HTTP_LOYALTY_STORE,
    NULL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_history_endpoint = {
    LOYALTY_COMMAND_HISTORY, LOYALTY_COMMAND_HISTORY,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    NGX_HTTP_LOYALTY_EMAIL,
    NGX_HTTP_LOYALTY_LIMIT|NGX_HTTP_LOYALTY_BEFORE,
    NULL
};

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_leaderboard_endpoint = {
    LOYALTY_COMMAND_LEADERBOARD, LOYALTY_COMMAND_LEADERBOARD,
    NGX_HTTP_LOYALTY_READ, ngx_string("GET, HEAD, POST, OPTIONS"),
    0,
    NGX_HTTP_LOYALTY_EMAIL|NGX_HTTP_LOYALTY_LIMIT|NGX_HTTP_LOYALTY_BY,
    NULL
};

/* It takes what a store sends, by its signature, in place of parameters. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_order_event_endpoint = {
    LOYALTY_COMMAND_ORDER_EVENT, LOYALTY_COMMAND_ORDER_EVENT,
    NGX_HTTP_LOYALTY_WRITE, ngx_string("POST, OPTIONS"),
    0,
    0,
    NULL
};

/* What the workers have counted: no command, and no parameters. */

ngx_http_loyalty_endpoint_t  ngx_http_loyalty_status_endpoint = {
    LOYALTY_COMMANDS, LOYALTY_COMMANDS,
    NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_string("GET, HEAD, OPTIONS"),
    0,
    0,
    ngx_http_loyalty_status
};
