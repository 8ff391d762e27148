
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_location.h>


static void ngx_http_loyalty_location_fixed(
    ngx_http_loyalty_loc_conf_t *llcf);
static void ngx_http_loyalty_errands_in(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_check_links(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_check_ref(ngx_conf_t *cf,
    ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_check_orders(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_refuse_location(ngx_conf_t *cf,
    ngx_http_loyalty_loc_conf_t *llcf, const char *why);


ngx_int_t
ngx_http_loyalty_location_check(ngx_conf_t *cf,
    ngx_http_loyalty_main_conf_t *lmcf, ngx_http_loyalty_loc_conf_t *llcf)
{
    ngx_http_loyalty_program_t  *program;

    program = ngx_http_loyalty_program_find(lmcf, &llcf->program_name);

    if (program == NULL) {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which is not defined: write a \"loyalty_program\" block with "
            "this name into \"http\"");
    }

    llcf->program = program;

    if (llcf->ref != NULL) {
        return ngx_http_loyalty_check_ref(cf, llcf);
    }

    ngx_http_loyalty_errands_in(program, llcf);

    if (llcf->body_size == 0 || llcf->store_max_size == 0
        || llcf->store_timeout == 0)
    {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "and \"loyalty_max_body_size\", \"loyalty_store_max_size\" or "
            "\"loyalty_store_timeout\" is 0: write what is enough");
    }

    ngx_http_loyalty_location_fixed(llcf);

    if (llcf->endpoint->kind == LOYALTY_COMMAND_REDEEM
        && program->coupon_stores.nelts != 0
        && (ngx_msec_t) program->rules.coupon_retry * 1000
           <= 2 * llcf->store_timeout)
    {
        /* an errand must not come between a request and its second look */

        return ngx_http_loyalty_refuse_location(cf, llcf,
            "whose \"coupon_retry\" is not longer than twice "
            "\"loyalty_store_timeout\": make it longer");
    }

    if ((llcf->auth & NGX_HTTP_LOYALTY_AUTH_KEY) && program->keys.nelts == 0) {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which has no \"api_key\": add one, or write \"loyalty_auth "
            "off;\" if nginx itself guards the location");
    }

    if (llcf->endpoint->kind == LOYALTY_COMMAND_ACTION
        && program->rules.nactions == 0)
    {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which has no \"action\": add one, such as \"action review 10;\"");
    }

    if ((llcf->auth & NGX_HTTP_LOYALTY_AUTH_LINK)
        && ngx_http_loyalty_check_links(cf, program, llcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (llcf->endpoint->kind == LOYALTY_COMMAND_CLAIM
        || llcf->endpoint->kind == LOYALTY_COMMAND_ORDER_EVENT)
    {
        return ngx_http_loyalty_check_orders(cf, program, llcf);
    }

    return NGX_OK;
}


/* What such locations are, whatever is said around them. */

static void
ngx_http_loyalty_location_fixed(ngx_http_loyalty_loc_conf_t *llcf)
{
    if (llcf->endpoint->kind == LOYALTY_COMMAND_ORDER_EVENT) {

        /* the store has no key, but signs */

        llcf->auth = NGX_HTTP_LOYALTY_AUTH_OFF;
    }
}


/* Anybody may follow a link. */

static ngx_int_t
ngx_http_loyalty_check_ref(ngx_conf_t *cf, ngx_http_loyalty_loc_conf_t *llcf)
{
    llcf->auth = NGX_HTTP_LOYALTY_AUTH_OFF;

    if (llcf->ref->otherwise != NULL) {
        return NGX_OK;
    }

    return ngx_http_loyalty_refuse_location(cf, llcf,
        "and has no \"otherwise=\": write to which page those go whose link "
        "cannot open a chat, such as "
        "otherwise=https://shop.example/loyalty/");
}


/*
 * Errands are done in the first location that redeems, where the store is
 * asked for coupons; without one, in any, where they can give points back.
 * "if" and "limit_except" are none of their own.
 */

static void
ngx_http_loyalty_errands_in(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_loc_conf_t *llcf)
{
    ngx_uint_t  redeems;

    redeems = (llcf->endpoint->kind == LOYALTY_COMMAND_REDEEM);

    if (llcf->loc_conf == NULL
        || (program->errand_location != NULL
            && (!redeems || program->errand_redeems)))
    {
        return;
    }

    program->errand_location = llcf->loc_conf;
    program->errand_server = llcf->server;
    program->errand_redeems = redeems;
}


static ngx_int_t
ngx_http_loyalty_check_links(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf)
{
    if (program->link_secrets.nsecrets == 0) {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which has no \"link_secret\": add one, or leave \"link\" out "
            "of \"loyalty_auth\"");
    }

    if (llcf->endpoint->purpose.len == 0
        && !(llcf->endpoint->session && program->session != 0)
        && !(llcf->auth & (NGX_HTTP_LOYALTY_AUTH_KEY
                           |NGX_HTTP_LOYALTY_AUTH_OFF)))
    {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "and there are no links to it: write \"loyalty_auth key;\", or "
            "\"off\" if nginx itself guards the location");
    }

    if (llcf->endpoint == &ngx_http_loyalty_claim_endpoint) {
        llcf->endpoint = &ngx_http_loyalty_claim_link_endpoint;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_check_orders(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf)
{
    if (program->stores.nelts == 0) {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which has no \"order_lookup\": add one, so that the store can "
            "be asked");
    }

    if (program->rules.nearns == 0) {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which has no \"earn\": add one, such as \"earn 1 per 1.00;\"");
    }

    if (llcf->endpoint->kind == LOYALTY_COMMAND_ORDER_EVENT
        && program->events.nelts == 0)
    {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which has no \"order_event\": add one, with the secret that the "
            "store signs with");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_loyalty_refuse_location(ngx_conf_t *cf,
    ngx_http_loyalty_loc_conf_t *llcf, const char *why)
{
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"%V\" names the program \"%V\", %s in %s:%ui",
                  &llcf->directive, &llcf->program_name, why, llcf->file,
                  llcf->line);

    return NGX_ERROR;
}
