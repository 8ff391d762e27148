
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_chat.h>


/* What a text of Messenger may have, which is where most of its bots are. */

static const loyalty_chat_limit_t  loyalty_chatfuel_text = { 2000, 0 };


/* Of its "JSON API"; attributes are texts. */

void
loyalty_format_chatfuel(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_str_t  rest;

    rest = chat->text;

    loyalty_json_open(out, '{');

    loyalty_json_key(out, "messages");
    loyalty_json_open(out, '[');

    while (rest.len != 0) {
        loyalty_json_open(out, '{');
        loyalty_answer_text(out, "text",
                            loyalty_chat_cut(&rest, loyalty_chatfuel_text));
        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');

    loyalty_json_key(out, "set_attributes");
    loyalty_json_open(out, '{');
    loyalty_chat_facts(chat, 1, out);
    loyalty_json_close(out, '}');

    loyalty_json_close(out, '}');
}
