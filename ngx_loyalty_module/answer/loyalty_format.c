
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_chat.h>


typedef struct {
    loyalty_str_t            name;
    loyalty_chat_layout_pt   layout;       /* NULL: our own */
} loyalty_format_t;


static int loyalty_format_developers(loyalty_outcome_e outcome);
static int loyalty_format_chat(loyalty_chat_t *chat, loyalty_json_t *out);
static void loyalty_format_text(loyalty_chat_t *chat);


static const loyalty_format_t  loyalty_formats[LOYALTY_FORMATS] = {

    [LOYALTY_FORMAT_JSON] = {
      loyalty_string("json"), NULL },

    [LOYALTY_FORMAT_MANYCHAT] = {
      loyalty_string("manychat"), loyalty_format_manychat },

    [LOYALTY_FORMAT_MANYCHAT_INSTAGRAM] = {
      loyalty_string("manychat-instagram"), loyalty_format_manychat },

    [LOYALTY_FORMAT_MANYCHAT_WHATSAPP] = {
      loyalty_string("manychat-whatsapp"), loyalty_format_manychat },

    [LOYALTY_FORMAT_MANYCHAT_TELEGRAM] = {
      loyalty_string("manychat-telegram"), loyalty_format_manychat },

    [LOYALTY_FORMAT_CHATFUEL] = {
      loyalty_string("chatfuel"), loyalty_format_chatfuel },

    [LOYALTY_FORMAT_DIALOGFLOW_ES] = {
      loyalty_string("dialogflow-es"), loyalty_format_dialogflow_es },

    [LOYALTY_FORMAT_DIALOGFLOW_CX] = {
      loyalty_string("dialogflow-cx"), loyalty_format_dialogflow_cx }
};


loyalty_str_t
loyalty_format_name(loyalty_format_e format)
{
    return loyalty_formats[format].name;
}


loyalty_format_e
loyalty_format_find(loyalty_str_t name)
{
    loyalty_format_e  format;

    for (format = 0; format < LOYALTY_FORMATS; format++) {

        if (loyalty_str_equal(loyalty_formats[format].name, name)) {
            break;
        }
    }

    return format;
}


unsigned
loyalty_format_status(loyalty_format_e format, loyalty_outcome_e outcome)
{
    return (format == LOYALTY_FORMAT_JSON
            || loyalty_format_developers(outcome))
           ? loyalty_outcome_status(outcome) : 200;
}


/* What no shopper can cause, but who sets the platform up. */

static int
loyalty_format_developers(loyalty_outcome_e outcome)
{
    switch (outcome) {

    case LOYALTY_BAD_SIGNATURE:
    case LOYALTY_UNAUTHORIZED:
    case LOYALTY_FORBIDDEN:
    case LOYALTY_METHOD_NOT_ALLOWED:
    case LOYALTY_TOO_LARGE:
    case LOYALTY_UNSUPPORTED_MEDIA_TYPE:
        return 1;

    default:
        return 0;
    }
}


int
loyalty_format_render(loyalty_format_e format,
    const loyalty_program_t *program, const loyalty_result_t *result,
    loyalty_json_t *out)
{
    int             rc;
    loyalty_str_t   answer;
    loyalty_json_t  plain;

    if (format == LOYALTY_FORMAT_JSON) {
        return loyalty_answer_render(program, result, out);
    }

    loyalty_json_init(&plain);

    (void) loyalty_answer_render(program, result, &plain);

    answer.data = plain.data;
    answer.len = plain.failed ? 0 : plain.len;

    rc = loyalty_format_convert(format, program, result, answer, out);

    loyalty_json_free(&plain);

    return rc;
}


int
loyalty_format_convert(loyalty_format_e format,
    const loyalty_program_t *program, const loyalty_result_t *result,
    loyalty_str_t answer, loyalty_json_t *out)
{
    int             rc;
    loyalty_chat_t  chat = { format, program, result, NULL, { 0, NULL } };

    if (answer.len != 0) {
        chat.answer = json_loadb(answer.data, answer.len, JSON_ALLOW_NUL,
                                 NULL);
    }

    rc = loyalty_format_chat(&chat, out);

    json_decref(chat.answer);

    return rc;
}


static int
loyalty_format_chat(loyalty_chat_t *chat, loyalty_json_t *out)
{
    if (chat->answer == NULL) {
        loyalty_json_fail(out);
        return LOYALTY_ERROR;
    }

    loyalty_format_text(chat);

    loyalty_formats[chat->format].layout(chat, out);

    return out->failed ? LOYALTY_ERROR : LOYALTY_OK;
}


static void
loyalty_format_text(loyalty_chat_t *chat)
{
    const char  *key = "message";

    if (json_object_get(chat->answer, key) == NULL) {
        key = "detail";
    }

    chat->text = loyalty_chat_value(chat->answer, key);
}
