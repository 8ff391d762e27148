
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_chat.h>


/* The context of ES that keeps the facts, and for how many turns it does. */

#define LOYALTY_DIALOGFLOW_CONTEXT   "/contexts/loyalty"
#define LOYALTY_DIALOGFLOW_LIFESPAN  5


static void loyalty_dialogflow_context(const loyalty_chat_t *chat,
    loyalty_json_t *out);
static void loyalty_dialogflow_messages(const loyalty_chat_t *chat,
    loyalty_json_t *out);
static void loyalty_dialogflow_parameters(const loyalty_chat_t *chat,
    loyalty_json_t *out);


void
loyalty_format_dialogflow_es(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "fulfillmentText", chat->text);

    loyalty_json_key(out, "fulfillmentMessages");
    loyalty_dialogflow_messages(chat, out);

    /* its name has the session in it */

    if (chat->result->session.len != 0) {
        loyalty_dialogflow_context(chat, out);
    }

    loyalty_json_close(out, '}');
}


static void
loyalty_dialogflow_context(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_json_key(out, "outputContexts");
    loyalty_json_open(out, '[');
    loyalty_json_open(out, '{');

    loyalty_json_key(out, "name");
    loyalty_json_text_begin(out);
    loyalty_json_piece(out, chat->result->session);
    loyalty_answer_say(out, LOYALTY_DIALOGFLOW_CONTEXT);
    loyalty_json_text_end(out);

    loyalty_answer_integer(out, "lifespanCount",
                           LOYALTY_DIALOGFLOW_LIFESPAN);

    loyalty_dialogflow_parameters(chat, out);

    loyalty_json_close(out, '}');
    loyalty_json_close(out, ']');
}


void
loyalty_format_dialogflow_cx(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_json_open(out, '{');

    loyalty_json_key(out, "fulfillment_response");
    loyalty_json_open(out, '{');
    loyalty_json_key(out, "messages");
    loyalty_dialogflow_messages(chat, out);
    loyalty_json_close(out, '}');

    loyalty_json_key(out, "session_info");
    loyalty_json_open(out, '{');
    loyalty_dialogflow_parameters(chat, out);
    loyalty_json_close(out, '}');

    loyalty_json_close(out, '}');
}


/* Each text is a list of such that mean the same, to choose one from. */

static void
loyalty_dialogflow_messages(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_json_open(out, '[');
    loyalty_json_open(out, '{');
    loyalty_json_key(out, "text");
    loyalty_json_open(out, '{');
    loyalty_json_key(out, "text");
    loyalty_json_open(out, '[');
    loyalty_json_text(out, chat->text);
    loyalty_json_close(out, ']');
    loyalty_json_close(out, '}');
    loyalty_json_close(out, '}');
    loyalty_json_close(out, ']');
}


static void
loyalty_dialogflow_parameters(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_json_key(out, "parameters");
    loyalty_json_open(out, '{');
    loyalty_chat_facts(chat, 0, out);
    loyalty_json_close(out, '}');
}
