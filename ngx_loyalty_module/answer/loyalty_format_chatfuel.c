
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_chat.h>


static void loyalty_chatfuel_messages(const loyalty_chat_t *chat,
    loyalty_json_t *out);
static void loyalty_chatfuel_template(const loyalty_chat_t *chat,
    loyalty_str_t text, const loyalty_chat_button_t *buttons, size_t n,
    loyalty_json_t *out);
static void loyalty_chatfuel_button(const loyalty_chat_t *chat,
    const loyalty_chat_button_t *button, loyalty_json_t *out);


#define LOYALTY_CHATFUEL_MESSAGES  10


/* What a text of Messenger may have, which is where most of its bots are. */

static const loyalty_chat_limit_t  loyalty_chatfuel_text = { 2000, 0 };
static const loyalty_chat_limit_t  loyalty_chatfuel_with_buttons = { 640, 0 };


/* Of its "JSON API"; attributes are texts. */

void
loyalty_format_chatfuel(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_json_open(out, '{');

    loyalty_json_key(out, "messages");
    loyalty_json_open(out, '[');
    loyalty_chatfuel_messages(chat, out);
    loyalty_json_close(out, ']');

    loyalty_json_key(out, "set_attributes");
    loyalty_json_open(out, '{');
    loyalty_chat_facts(chat, 1, out);
    loyalty_json_close(out, '}');

    loyalty_json_close(out, '}');
}


static void
loyalty_chatfuel_messages(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    int                    i;
    size_t                 n;
    loyalty_str_t          rest, text;
    loyalty_chat_button_t  buttons[LOYALTY_CHAT_BUTTONS];

    n = loyalty_chat_buttons(chat, LOYALTY_CHAT_BUTTONS, buttons);

    rest = chat->text;

    for (i = 0; i < LOYALTY_CHATFUEL_MESSAGES && rest.len != 0; i++) {
        text = loyalty_chat_cut(&rest, (n != 0)
                                       ? loyalty_chatfuel_with_buttons
                                       : loyalty_chatfuel_text);

        if (n != 0
            && (rest.len == 0 || i == LOYALTY_CHATFUEL_MESSAGES - 1))
        {
            loyalty_chatfuel_template(chat, text, buttons, n, out);
            continue;
        }

        loyalty_json_open(out, '{');
        loyalty_answer_text(out, "text", text);
        loyalty_json_close(out, '}');
    }
}


static void
loyalty_chatfuel_template(const loyalty_chat_t *chat, loyalty_str_t text,
    const loyalty_chat_button_t *buttons, size_t n, loyalty_json_t *out)
{
    size_t  i;

    loyalty_json_open(out, '{');
    loyalty_json_key(out, "attachment");
    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "type", "template");

    loyalty_json_key(out, "payload");
    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "template_type", "button");
    loyalty_answer_text(out, "text", text);

    loyalty_json_key(out, "buttons");
    loyalty_json_open(out, '[');

    for (i = 0; i < n; i++) {
        loyalty_chatfuel_button(chat, &buttons[i], out);
    }

    loyalty_json_close(out, ']');
    loyalty_json_close(out, '}');
    loyalty_json_close(out, '}');
    loyalty_json_close(out, '}');
}


static void
loyalty_chatfuel_button(const loyalty_chat_t *chat,
    const loyalty_chat_button_t *button, loyalty_json_t *out)
{
    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "type", "web_url");

    loyalty_json_key(out, "title");
    loyalty_chat_caption(chat, button->caption, out);

    loyalty_json_key(out, "url");
    loyalty_chat_url(chat, button, out);

    loyalty_json_close(out, '}');
}
