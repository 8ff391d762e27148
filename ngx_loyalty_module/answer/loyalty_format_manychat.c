
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_chat.h>

#include <string.h>


/*
 * "Dynamic Block" of version 2.  ManyChat takes 10 messages and 5 actions, and
 * refuses the whole of a block that has more.
 */

#define LOYALTY_MANYCHAT_MESSAGES  10
#define LOYALTY_MANYCHAT_REPLIES   11


typedef struct {
    const char            *type;         /* NULL: Messenger has none */
    loyalty_chat_limit_t   text;
    loyalty_chat_limit_t   with_buttons; /* likewise */
    size_t                 buttons;      /* of a text */
} loyalty_manychat_channel_t;


static void loyalty_manychat_messages(const loyalty_chat_t *chat,
    const loyalty_manychat_channel_t *channel, loyalty_json_t *out);
static void loyalty_manychat_buttons(const loyalty_chat_t *chat,
    const loyalty_chat_button_t *buttons, size_t n, loyalty_json_t *out);
static void loyalty_manychat_replies(const loyalty_chat_t *chat,
    loyalty_json_t *out);
static void loyalty_manychat_reply(const loyalty_chat_t *chat,
    const loyalty_reward_t *reward, int named, loyalty_json_t *out);
static void loyalty_manychat_actions(const loyalty_chat_t *chat,
    loyalty_json_t *out);
static void loyalty_manychat_member(const loyalty_chat_t *chat,
    loyalty_json_t *out);
static void loyalty_manychat_field(const char *name, loyalty_str_t value,
    loyalty_json_t *out);
static void loyalty_manychat_tag(loyalty_str_t tag, loyalty_json_t *out);


static const loyalty_manychat_channel_t  loyalty_manychat_channels[] = {

    [LOYALTY_FORMAT_MANYCHAT] = {
      NULL, { 2000, 0 }, { 640, 0 }, 3 },

    [LOYALTY_FORMAT_MANYCHAT_INSTAGRAM] = {
      "instagram", { 1000, 1 }, { 640, 1 }, 3 },

    [LOYALTY_FORMAT_MANYCHAT_WHATSAPP] = {
      "whatsapp", { 4096, 0 }, { 1024, 0 }, 1 },

    [LOYALTY_FORMAT_MANYCHAT_TELEGRAM] = {
      "telegram", { 4096, 0 }, { 4096, 0 }, 3 }
};


void
loyalty_format_manychat(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    const loyalty_manychat_channel_t  *channel;

    channel = &loyalty_manychat_channels[chat->format];

    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "version", "v2");

    loyalty_json_key(out, "content");
    loyalty_json_open(out, '{');

    if (channel->type != NULL) {
        loyalty_answer_string(out, "type", channel->type);
    }

    loyalty_manychat_messages(chat, channel, out);
    loyalty_manychat_actions(chat, out);

    /* of the channels, Messenger alone has some that call back */

    if (channel->type == NULL) {
        loyalty_manychat_replies(chat, out);
    }

    loyalty_json_close(out, '}');
    loyalty_json_close(out, '}');
}


/* Buttons are at the last one. */

static void
loyalty_manychat_messages(const loyalty_chat_t *chat,
    const loyalty_manychat_channel_t *channel, loyalty_json_t *out)
{
    int                    i;
    size_t                 n;
    loyalty_str_t          rest;
    loyalty_chat_limit_t   limit;
    loyalty_chat_button_t  buttons[LOYALTY_CHAT_BUTTONS];

    n = loyalty_chat_buttons(chat, channel->buttons, buttons);

    rest = chat->text;
    limit = (n != 0) ? channel->with_buttons : channel->text;

    loyalty_json_key(out, "messages");
    loyalty_json_open(out, '[');

    for (i = 0; i < LOYALTY_MANYCHAT_MESSAGES && rest.len != 0; i++) {
        loyalty_json_open(out, '{');
        loyalty_answer_string(out, "type", "text");
        loyalty_answer_text(out, "text", loyalty_chat_cut(&rest, limit));

        if (n != 0
            && (rest.len == 0 || i == LOYALTY_MANYCHAT_MESSAGES - 1))
        {
            loyalty_manychat_buttons(chat, buttons, n, out);
        }

        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');
}


static void
loyalty_manychat_buttons(const loyalty_chat_t *chat,
    const loyalty_chat_button_t *buttons, size_t n, loyalty_json_t *out)
{
    size_t  i;

    loyalty_json_key(out, "buttons");
    loyalty_json_open(out, '[');

    for (i = 0; i < n; i++) {
        loyalty_json_open(out, '{');
        loyalty_answer_string(out, "type", "url");

        loyalty_json_key(out, "caption");
        loyalty_chat_caption(chat, buttons[i].caption, out);

        loyalty_json_key(out, "url");
        loyalty_chat_url(chat, &buttons[i], out);

        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');
}


/* One for each reward that there are points for.  ManyChat calls TLS only. */

static void
loyalty_manychat_replies(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    size_t                        i, n;
    const loyalty_str_t          *site = &chat->program->site;
    const loyalty_reward_t       *rewards[LOYALTY_MANYCHAT_REPLIES];
    static const loyalty_str_t    tls = loyalty_string("https://");

    if (site->len < tls.len || memcmp(site->data, tls.data, tls.len) != 0) {
        return;
    }

    n = loyalty_chat_redeemable(chat, LOYALTY_MANYCHAT_REPLIES, rewards);

    if (n == 0) {
        return;
    }

    loyalty_json_key(out, "quick_replies");
    loyalty_json_open(out, '[');

    for (i = 0; i < n; i++) {
        loyalty_manychat_reply(chat, rewards[i], n > 1, out);
    }

    loyalty_json_close(out, ']');
}


static void
loyalty_manychat_reply(const loyalty_chat_t *chat,
    const loyalty_reward_t *reward, int named, loyalty_json_t *out)
{
    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "type", "dynamic_block_callback");

    loyalty_json_key(out, "caption");

    if (named) {
        loyalty_chat_short(reward->name, out);

    } else {
        loyalty_chat_caption(chat, LOYALTY_TEXT_BUTTON_REDEEM, out);
    }

    loyalty_json_key(out, "url");
    loyalty_json_text_begin(out);
    loyalty_json_piece(out, chat->program->site);
    loyalty_answer_say(out, "/redeem?format=manychat");
    loyalty_json_text_end(out);

    loyalty_answer_string(out, "method", "post");

    loyalty_json_key(out, "payload");
    loyalty_chat_redeem_link(chat, reward, out);

    loyalty_json_close(out, '}');
}


/*
 * Five at most: what came of it, the points, the tier, that this is a member,
 * and the coupon if there is one, or else a tag to send gold members something
 * by.  Fields and tags must be there in ManyChat.
 */

static void
loyalty_manychat_actions(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    loyalty_json_key(out, "actions");
    loyalty_json_open(out, '[');

    loyalty_manychat_field("loyalty_result",
                           loyalty_outcome_code(chat->result->outcome), out);

    if (loyalty_chat_of_member(chat)) {
        loyalty_manychat_member(chat, out);
    }

    loyalty_json_close(out, ']');
}


static void
loyalty_manychat_member(const loyalty_chat_t *chat, loyalty_json_t *out)
{
    const loyalty_result_t  *result = chat->result;

    static const loyalty_str_t  none;
    static const loyalty_str_t  member = loyalty_string("member");

    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "action", "set_field_value");
    loyalty_answer_string(out, "field_name", "loyalty_points");
    loyalty_answer_integer(out, "value", result->points);
    loyalty_json_close(out, '}');

    if (chat->program->ladder.ntiers != 0) {
        loyalty_manychat_field("loyalty_tier",
                               (result->tier != NULL) ? result->tier->id
                                                      : none,
                               out);
    }

    loyalty_manychat_tag(member, out);

    if (result->outcome == LOYALTY_REDEEMED) {
        loyalty_manychat_field("loyalty_coupon",
                               loyalty_chat_value(chat->answer, "coupon"),
                               out);

    } else if (result->tier != NULL) {
        loyalty_manychat_tag(result->tier->id, out);
    }
}


/* A field takes no empty text: it is cleared instead. */

static void
loyalty_manychat_field(const char *name, loyalty_str_t value,
    loyalty_json_t *out)
{
    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "action",
                          (value.len != 0) ? "set_field_value"
                                           : "unset_field_value");
    loyalty_answer_string(out, "field_name", name);

    if (value.len != 0) {
        loyalty_answer_text(out, "value", value);
    }

    loyalty_json_close(out, '}');
}


static void
loyalty_manychat_tag(loyalty_str_t tag, loyalty_json_t *out)
{
    loyalty_json_open(out, '{');
    loyalty_answer_string(out, "action", "add_tag");

    loyalty_json_key(out, "tag_name");
    loyalty_json_text_begin(out);
    loyalty_answer_say(out, "loyalty_");
    loyalty_json_piece(out, tag);
    loyalty_json_text_end(out);

    loyalty_json_close(out, '}');
}
