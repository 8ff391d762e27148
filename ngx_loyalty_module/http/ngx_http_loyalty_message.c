
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>

#include <loyalty_text.h>


typedef struct {
    loyalty_text_e     text;
    loyalty_locale_e   locale;
} ngx_http_loyalty_message_t;


static ngx_int_t ngx_http_loyalty_message_locale(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field);
static loyalty_locale_e ngx_http_loyalty_locale_code(ngx_str_t *text);
static char *ngx_http_loyalty_message_add(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_message_t *message);
static char *ngx_http_loyalty_message_own(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_message_wrong(ngx_conf_t *cf,
    ngx_http_loyalty_message_t *message, loyalty_template_e fault,
    loyalty_str_t *wrong);
static char *ngx_http_loyalty_message_unknown(ngx_conf_t *cf);
static char *ngx_http_loyalty_message_variable(ngx_conf_t *cf,
    ngx_http_loyalty_message_t *message, loyalty_str_t *wrong);


static ngx_http_loyalty_param_t  ngx_http_loyalty_message_params[] = {

    { ngx_string("locale="), offsetof(ngx_http_loyalty_message_t, locale),
      ngx_http_loyalty_message_locale, "locale=en, locale=tr or locale=th" },

    { ngx_null_string, 0, NULL, NULL }
};


char *
ngx_http_loyalty_locale(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    program->rules.locale = ngx_http_loyalty_locale_code(&value[1]);

    if (program->rules.locale == LOYALTY_LOCALE_NONE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"locale\": write \"en\", "
                           "\"tr\" or \"th\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_loyalty_message_locale(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text, void *field)
{
    loyalty_locale_e  *locale = field;

    *locale = ngx_http_loyalty_locale_code(text);

    return (*locale != LOYALTY_LOCALE_NONE) ? NGX_OK : NGX_ERROR;
}


static loyalty_locale_e
ngx_http_loyalty_locale_code(ngx_str_t *text)
{
    return (text->len == 2) ? loyalty_locale_of(ngx_http_loyalty_text(text))
                            : LOYALTY_LOCALE_NONE;
}


char *
ngx_http_loyalty_message(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t                   *value;
    ngx_http_loyalty_message_t   message;

    value = cf->args->elts;

    message.locale = (program->rules.locale != LOYALTY_LOCALE_NONE)
                     ? program->rules.locale : LOYALTY_LOCALE_EN;
    message.text = loyalty_text_find(ngx_http_loyalty_text(&value[1]));

    if (message.text == LOYALTY_TEXTS) {
        return ngx_http_loyalty_message_unknown(cf);
    }

    if (!ngx_http_loyalty_readable(&value[2])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid text of message \"%V\": write what "
                           "shoppers shall read, in UTF-8", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_loyalty_rule_params(cf, program,
                                     ngx_http_loyalty_message_params, 3,
                                     &message)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_message_add(cf, program, &message);
}


static char *
ngx_http_loyalty_message_add(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_http_loyalty_message_t *message)
{
    ngx_str_t                  *value;
    loyalty_str_t               wrong;
    loyalty_template_t         *template;
    loyalty_template_e          fault;
    const loyalty_template_t  **place;

    value = cf->args->elts;

    if (ngx_http_loyalty_message_own(cf, program) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    place = &program->texts->templates[message->locale][message->text];

    if (*place != loyalty_texts_shipped()->templates[message->locale]
                                                    [message->text])
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "message \"%V\" is duplicate: a language has one",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    template = ngx_palloc(cf->pool, sizeof(loyalty_template_t));
    if (template == NULL) {
        return NGX_CONF_ERROR;
    }

    fault = loyalty_text_parse(message->text,
                               ngx_http_loyalty_text(&value[2]), template,
                               &wrong);

    if (fault != LOYALTY_TEMPLATE_GOOD) {
        return ngx_http_loyalty_message_wrong(cf, message, fault, &wrong);
    }

    *place = template;

    return NGX_CONF_OK;
}


/* The program's own texts are the shipped ones until one is replaced. */

static char *
ngx_http_loyalty_message_own(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    if (program->texts != NULL) {
        return NGX_CONF_OK;
    }

    program->texts = ngx_palloc(cf->pool, sizeof(loyalty_texts_t));
    if (program->texts == NULL) {
        return NGX_CONF_ERROR;
    }

    *program->texts = *loyalty_texts_shipped();

    program->rules.texts = program->texts;

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_message_wrong(ngx_conf_t *cf,
    ngx_http_loyalty_message_t *message, loyalty_template_e fault,
    loyalty_str_t *wrong)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    switch (fault) {

    case LOYALTY_TEMPLATE_UNKNOWN:
        return ngx_http_loyalty_message_variable(cf, message, wrong);

    case LOYALTY_TEMPLATE_LONG:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "message \"%V\" has too many variables and braces: "
                           "it takes %d", &value[1],
                           LOYALTY_TEMPLATE_PIECES - 1);
        return NGX_CONF_ERROR;

    default: /* LOYALTY_TEMPLATE_UNBALANCED */
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a brace without its other in message \"%V\", at "
                           "\"%*s\": write \"{points}\" for a variable, and "
                           "\"{{\" or \"}}\" for a brace", &value[1],
                           wrong->len, wrong->data);
        return NGX_CONF_ERROR;
    }
}


/* The list is longer than what nginx has room for in such a message. */

static char *
ngx_http_loyalty_message_unknown(ngx_conf_t *cf)
{
    int             i;
    u_char          buf[NGX_MAX_ERROR_STR], *p, *last;
    ngx_str_t      *value;
    loyalty_str_t   id;

    value = cf->args->elts;

    p = buf;
    last = buf + NGX_MAX_ERROR_STR;

    for (i = 0; i < LOYALTY_TEXTS; i++) {
        id = loyalty_text_id(i);

        if (i != 0) {
            p = ngx_slprintf(p, last, "%s",
                             (i + 1 < LOYALTY_TEXTS) ? ", " : " and ");
        }

        p = ngx_slprintf(p, last, "%*s", id.len, id.data);
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "unknown message \"%V\", there are %*s in %s:%ui",
                  &value[1], (size_t) (p - buf), buf,
                  cf->conf_file->file.name.data, cf->conf_file->line);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_loyalty_message_variable(ngx_conf_t *cf,
    ngx_http_loyalty_message_t *message, loyalty_str_t *wrong)
{
    int         i;
    u_char      buf[NGX_MAX_CONF_ERRSTR], *p, *last;
    uint64_t    variables;
    ngx_str_t  *value;

    value = cf->args->elts;

    p = buf;
    last = buf + NGX_MAX_CONF_ERRSTR;

    variables = loyalty_text_variables(message->text);

    for (i = 0; i < LOYALTY_VARIABLES; i++) {

        if (variables & (UINT64_C(1) << i)) {
            p = ngx_slprintf(p, last, " {%*s}", loyalty_variables[i].len,
                             loyalty_variables[i].data);
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown variable \"{%*s}\" in message \"%V\", which "
                       "takes%*s", wrong->len, wrong->data, &value[1],
                       (p != buf) ? (size_t) (p - buf) : sizeof(" none") - 1,
                       (p != buf) ? buf : (u_char *) " none");

    return NGX_CONF_ERROR;
}
