
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_endpoint.h>
#include <ngx_http_loyalty_location.h>


/* The store is not asked again sooner, in seconds. */

#define NGX_HTTP_LOYALTY_POSTPONE_MIN   60

/* So long claims of chats may wait for it, likewise. */

#define NGX_HTTP_LOYALTY_POSTPONE_CHAT  (3 * 24 * 3600)

/* Milliseconds that it has to answer. */

#define NGX_HTTP_LOYALTY_TIMEOUT        8000
#define NGX_HTTP_LOYALTY_TIMEOUT_CHAT   2500


typedef struct {
    const char        *name;
    const char        *channel;          /* NULL: none is written */
    loyalty_format_e   format;
} ngx_http_loyalty_format_word_t;


static void ngx_http_loyalty_location_fixed(
    ngx_http_loyalty_loc_conf_t *llcf);
static void ngx_http_loyalty_errands_in(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_check_links(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_check_ref(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_check_orders(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf);
static ngx_int_t ngx_http_loyalty_refuse_location(ngx_conf_t *cf,
    ngx_http_loyalty_loc_conf_t *llcf, const char *why);
static ngx_int_t ngx_http_loyalty_measure(ngx_http_loyalty_measure_e measure,
    ngx_str_t *text);


static ngx_conf_bitmask_t  ngx_http_loyalty_auth_words[] = {
    { ngx_string("key"), NGX_HTTP_LOYALTY_AUTH_KEY },
    { ngx_string("link"), NGX_HTTP_LOYALTY_AUTH_LINK },
    { ngx_string("off"), NGX_HTTP_LOYALTY_AUTH_OFF },
    { ngx_null_string, 0 }
};


static ngx_http_loyalty_format_word_t  ngx_http_loyalty_formats[] = {
    { "json", NULL, LOYALTY_FORMAT_JSON },
    { "manychat", NULL, LOYALTY_FORMAT_MANYCHAT },
    { "manychat", "instagram", LOYALTY_FORMAT_MANYCHAT_INSTAGRAM },
    { "manychat", "whatsapp", LOYALTY_FORMAT_MANYCHAT_WHATSAPP },
    { "manychat", "telegram", LOYALTY_FORMAT_MANYCHAT_TELEGRAM },
    { "chatfuel", NULL, LOYALTY_FORMAT_CHATFUEL },
    { "dialogflow-es", NULL, LOYALTY_FORMAT_DIALOGFLOW_ES },
    { "dialogflow-cx", NULL, LOYALTY_FORMAT_DIALOGFLOW_CX },
    { NULL, NULL, LOYALTY_FORMATS }
};


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
        return ngx_http_loyalty_check_ref(cf, program, llcf);
    }

    ngx_http_loyalty_errands_in(program, llcf);

    ngx_http_loyalty_location_fixed(llcf);

    if (llcf->endpoint->kind == LOYALTY_COMMAND_REDEEM
        && program->coupon_stores.nelts != 0
        && (ngx_msec_t) program->rules.coupon_retry * 1000
           <= 2 * ngx_http_loyalty_store_timeout(llcf, LOYALTY_FORMAT_JSON))
    {
        /*
         * An errand, which is no chat, must not come between a request and
         * its second look.
         */

        return ngx_http_loyalty_refuse_location(cf, llcf,
            "whose \"coupon_retry\" is not longer than twice "
            "\"loyalty_store_timeout\": make it longer");
    }

    if (llcf->endpoint->kind == NGX_HTTP_LOYALTY_SERVES_LOGOUT
        && program->session == 0)
    {
        return ngx_http_loyalty_refuse_location(cf, llcf,
            "which has no \"session\": there is nothing to be ended");
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
    if (llcf->endpoint->kind == LOYALTY_COMMAND_ORDER_EVENT
        || llcf->endpoint->kind == NGX_HTTP_LOYALTY_SERVES_LOGOUT)
    {
        /* the store has no key, but signs; and anybody may go */

        llcf->auth = NGX_HTTP_LOYALTY_AUTH_OFF;
    }
}


/* Anybody may follow a link. */

static ngx_int_t
ngx_http_loyalty_check_ref(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_loc_conf_t *llcf)
{
    llcf->auth = NGX_HTTP_LOYALTY_AUTH_OFF;

    if (llcf->ref->otherwise != NULL || program->site.len != 0) {
        return NGX_OK;
    }

    return ngx_http_loyalty_refuse_location(cf, llcf,
        "which has no \"site\", and there is no \"otherwise=\": write to "
        "which page those go whose link cannot open a chat, such as "
        "otherwise=https://shop.example/loyalty/");
}


/*
 * Errands are done in the first location that asks the store for the same, one
 * that redeems or that claims; without one, in any, where they come to an end.
 * "if" and "limit_except" are none of their own.
 */

static void
ngx_http_loyalty_errands_in(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_loc_conf_t *llcf)
{
    ngx_uint_t                       i, fits;
    ngx_http_loyalty_errands_t      *errands;
    static const loyalty_command_e   askers[LOYALTY_ERRANDS] = {
        [LOYALTY_ERRAND_COUPON] = LOYALTY_COMMAND_REDEEM,
        [LOYALTY_ERRAND_CLAIM] = LOYALTY_COMMAND_CLAIM
    };

    if (llcf->loc_conf == NULL) {
        return;
    }

    for (i = 0; i < LOYALTY_ERRANDS; i++) {
        errands = &program->errands[i];
        fits = (llcf->endpoint->kind == askers[i]);

        if (errands->location == NULL || (fits && !errands->fits)) {
            errands->location = llcf->loc_conf;
            errands->server = llcf->server;
            errands->fits = fits;
        }
    }
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


/* The bits of the words: nginx's own slot would not say which there are. */

char *
ngx_http_loyalty_auth(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_loc_conf_t  *llcf = conf;

    ngx_str_t           *value;
    ngx_uint_t           i;
    ngx_conf_bitmask_t  *word;

    if (llcf->auth != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        word = ngx_http_loyalty_auth_words;

        while (word->name.len != 0
               && ngx_strcmp(word->name.data, value[i].data) != 0)
        {
            word++;
        }

        if (word->name.len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid word \"%V\" in \"loyalty_auth\", "
                               "which takes \"key\", \"link\" and \"off\"",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        llcf->auth |= NGX_CONF_BITMASK_SET|word->mask;
    }

    if ((llcf->auth & NGX_HTTP_LOYALTY_AUTH_OFF)
        && (llcf->auth & NGX_HTTP_LOYALTY_AUTH_KEY))
    {
        return "says \"off\" and \"key\": write one of them";
    }

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_format(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_loc_conf_t  *llcf = conf;

    ngx_str_t                       *value;
    ngx_uint_t                       words;
    ngx_http_loyalty_format_word_t  *f;

    if (llcf->format != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;
    words = cf->args->nelts - 1;

    llcf->format_asked = (words > 1
                          && ngx_strcmp(value[words].data, "request") == 0);
    words -= llcf->format_asked;

    for (f = ngx_http_loyalty_formats; f->name != NULL; f++) {

        if (ngx_strcmp(value[1].data, f->name) == 0
            && words == 1 + (f->channel != NULL)
            && (f->channel == NULL
                || ngx_strcmp(value[2].data, f->channel) == 0))
        {
            llcf->format = f->format;
            return NGX_CONF_OK;
        }
    }

    return "is none of: json, manychat, manychat instagram, manychat "
           "whatsapp, manychat telegram, chatfuel, dialogflow-es, "
           "dialogflow-cx; behind it \"request\" lets a request say "
           "\"format=\"";
}


/* Chat platforms wait for 5 to 10 seconds, who chats for less. */

ngx_msec_t
ngx_http_loyalty_store_timeout(ngx_http_loyalty_loc_conf_t *llcf,
    loyalty_format_e format)
{
    if (llcf->store_timeout != NGX_CONF_UNSET_MSEC) {
        return llcf->store_timeout;
    }

    return (format == LOYALTY_FORMAT_JSON) ? NGX_HTTP_LOYALTY_TIMEOUT
                                           : NGX_HTTP_LOYALTY_TIMEOUT_CHAT;
}


/* Who chats does not come back to try again. */

time_t
ngx_http_loyalty_postpones(ngx_http_loyalty_loc_conf_t *llcf,
    loyalty_format_e format)
{
    if (llcf->postpone != NGX_CONF_UNSET) {
        return llcf->postpone;
    }

    return (format == LOYALTY_FORMAT_JSON) ? 0
                                           : NGX_HTTP_LOYALTY_POSTPONE_CHAT;
}


char *
ngx_http_loyalty_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_limit_t  *limit = cmd->post;

    ngx_int_t   n, *field;
    ngx_str_t  *value;

    /* all of these types are as wide, and -1 says that nothing is set */

    field = (ngx_int_t *) ((u_char *) conf + cmd->offset);

    if (*field != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    n = ngx_http_loyalty_measure(limit->measure, &value[1]);

    if (n < 1 || n > limit->most) {
        return limit->wrong;
    }

    *field = n;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_measure(ngx_http_loyalty_measure_e measure, ngx_str_t *text)
{
    if (text->len == 0) {
        return NGX_ERROR;
    }

    switch (measure) {

    case NGX_HTTP_LOYALTY_SIZE:
        return ngx_parse_size(text);

    case NGX_HTTP_LOYALTY_TIME:
        return ngx_parse_time(text, 0);

    default: /* NGX_HTTP_LOYALTY_NUMBER */
        return ngx_atoi(text->data, text->len);
    }
}


char *
ngx_http_loyalty_postpone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_loyalty_loc_conf_t  *llcf = conf;

    ngx_str_t  *value;

    if (llcf->postpone != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        llcf->postpone = 0;
        return NGX_CONF_OK;
    }

    llcf->postpone = ngx_parse_time(&value[1], 1);

    if (llcf->postpone == (time_t) NGX_ERROR
        || llcf->postpone < NGX_HTTP_LOYALTY_POSTPONE_MIN)
    {
        return "has an invalid value: write how long a claim may wait for "
               "the store, from one minute on, such as 3d, or \"off\"";
    }

    return NGX_CONF_OK;
}
