
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_chat.h>
#include <loyalty_link.h>
#include <loyalty_message.h>

#include <stdio.h>
#include <string.h>


/* So long may the reward be fetched by a button: as long as a chat is open. */

#define LOYALTY_CHAT_REDEEM_EXPIRES  86400

#define LOYALTY_CHAT_CLAIM           0x01
#define LOYALTY_CHAT_REWARDS         0x02
#define LOYALTY_CHAT_REDEEM          0x04


static unsigned loyalty_chat_offers(const loyalty_chat_t *chat);
static int loyalty_chat_sign(const loyalty_chat_t *chat,
    const loyalty_reward_t *reward, char *expires, char *sig);


/* The captions of all platforms; a program may have longer ones. */

static const loyalty_chat_limit_t  loyalty_chat_caption_limit = { 20, 0 };


/* The pages, in the order of their bits: what matters most comes first. */

static const struct {
    unsigned               bit;
    loyalty_chat_button_t  button;
} loyalty_chat_pages[LOYALTY_CHAT_BUTTONS] = {
    { LOYALTY_CHAT_REWARDS, { LOYALTY_TEXT_BUTTON_REWARDS, "/#rewards" } },
    { LOYALTY_CHAT_CLAIM, { LOYALTY_TEXT_BUTTON_CLAIM, "/" } }
};


/* What somebody may want to do next. */

static const unsigned char  loyalty_chat_next[LOYALTY_OUTCOMES] = {
    [LOYALTY_SIGNED_UP] =
        LOYALTY_CHAT_CLAIM|LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_ALREADY_MEMBER] =
        LOYALTY_CHAT_CLAIM|LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_CLAIMED] =
        LOYALTY_CHAT_CLAIM|LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_ALREADY_CLAIMED] =
        LOYALTY_CHAT_CLAIM|LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_BALANCE] =
        LOYALTY_CHAT_CLAIM|LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_REWARDED] = LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_ALREADY_REWARDED] = LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_CANCELLED] = LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM,
    [LOYALTY_REDEEMED] = LOYALTY_CHAT_REWARDS,
    [LOYALTY_REWARD_NOT_FOUND] = LOYALTY_CHAT_REWARDS,
    [LOYALTY_NOT_ENOUGH_POINTS] = LOYALTY_CHAT_CLAIM|LOYALTY_CHAT_REWARDS,
    [LOYALTY_OUT_OF_STOCK] = LOYALTY_CHAT_REWARDS,
    [LOYALTY_REWARD_LIMIT] = LOYALTY_CHAT_REWARDS,
    [LOYALTY_REWARD_NOT_OFFERED] = LOYALTY_CHAT_REWARDS,
    [LOYALTY_COUPON_REFUSED] = LOYALTY_CHAT_REWARDS,
    [LOYALTY_ORDER_NOT_FOUND] = LOYALTY_CHAT_CLAIM,
    [LOYALTY_ORDER_ALREADY_CLAIMED] = LOYALTY_CHAT_CLAIM
};


size_t
loyalty_chat_buttons(const loyalty_chat_t *chat, size_t max,
    loyalty_chat_button_t *buttons)
{
    size_t    i, n;
    unsigned  offers;

    n = 0;
    offers = loyalty_chat_offers(chat);

    for (i = 0; i < LOYALTY_CHAT_BUTTONS && n < max; i++) {

        if (offers & loyalty_chat_pages[i].bit) {
            buttons[n++] = loyalty_chat_pages[i].button;
        }
    }

    return n;
}


static unsigned
loyalty_chat_offers(const loyalty_chat_t *chat)
{
    unsigned  offers;

    if (chat->program->site.len == 0) {
        return 0;
    }

    offers = loyalty_chat_next[chat->result->outcome];

    if (chat->program->nrewards == 0) {
        offers &= ~(LOYALTY_CHAT_REWARDS|LOYALTY_CHAT_REDEEM);
    }

    /* who only knows an e-mail gets no link that redeems */

    if (chat->program->link_secrets == NULL || chat->result->anonymous
        || loyalty_chat_value(chat->answer, "email").len == 0)
    {
        offers &= ~LOYALTY_CHAT_REDEEM;
    }

    return offers;
}


void
loyalty_chat_url(const loyalty_chat_t *chat,
    const loyalty_chat_button_t *button, loyalty_json_t *out)
{
    loyalty_str_t  path = { strlen(button->path), button->path };

    loyalty_json_text_begin(out);
    loyalty_json_piece(out, chat->program->site);
    loyalty_json_piece(out, path);
    loyalty_json_text_end(out);
}


void
loyalty_chat_caption(const loyalty_chat_t *chat, loyalty_text_e text,
    loyalty_json_t *out)
{
    json_t          *caption;
    loyalty_str_t    rest;
    loyalty_json_t   whole;

    loyalty_json_init(&whole);

    loyalty_json_text_begin(&whole);
    loyalty_message_text(chat->program, chat->result, text, &whole);
    loyalty_json_text_end(&whole);

    caption = json_loadb(whole.data, whole.len, JSON_DECODE_ANY, NULL);

    loyalty_json_free(&whole);

    if (caption == NULL) {
        loyalty_json_fail(out);
        return;
    }

    rest.data = json_string_value(caption);
    rest.len = json_string_length(caption);

    loyalty_chat_short(rest, out);

    json_decref(caption);
}


void
loyalty_chat_short(loyalty_str_t text, loyalty_json_t *out)
{
    loyalty_json_text(out, loyalty_chat_cut(&text,
                                            loyalty_chat_caption_limit));
}


size_t
loyalty_chat_redeemable(const loyalty_chat_t *chat, size_t max,
    const loyalty_reward_t **rewards)
{
    size_t                   i, n;
    json_t                  *told;
    const loyalty_reward_t  *reward;

    if (!(loyalty_chat_offers(chat) & LOYALTY_CHAT_REDEEM)) {
        return 0;
    }

    n = 0;

    json_array_foreach(json_object_get(chat->answer, "rewards"), i, told) {
        reward = loyalty_reward_find(chat->program,
                                     loyalty_chat_value(told, "id"));

        /* one of a stored answer may be there no more */

        if (n < max && reward != NULL
            && json_is_true(json_object_get(told, "affordable")))
        {
            rewards[n++] = reward;
        }
    }

    return n;
}


/* Never a key: with this, one may fetch one reward for one member. */

void
loyalty_chat_redeem_link(const loyalty_chat_t *chat,
    const loyalty_reward_t *reward, loyalty_json_t *out)
{
    char  sig[LOYALTY_LINK_SIG_SIZE], expires[LOYALTY_LINK_EXPIRES_MAX + 1];

    if (loyalty_chat_sign(chat, reward, expires, sig) != LOYALTY_OK) {
        loyalty_json_fail(out);
        return;
    }

    loyalty_json_open(out, '{');
    loyalty_answer_text(out, "email",
                        loyalty_chat_value(chat->answer, "email"));
    loyalty_answer_text(out, "reward", reward->id);
    loyalty_answer_string(out, "expires", expires);
    loyalty_answer_string(out, "sig", sig);
    loyalty_json_close(out, '}');
}


static int
loyalty_chat_sign(const loyalty_chat_t *chat, const loyalty_reward_t *reward,
    char *expires, char *sig)
{
    loyalty_link_t  link = {
        .purpose = loyalty_string("redeem"),
        .program = chat->program->name,
        .email = loyalty_chat_value(chat->answer, "email"),
        .reward = reward->id
    };

    link.expires.data = expires;
    link.expires.len = (size_t) snprintf(expires,
                                         LOYALTY_LINK_EXPIRES_MAX + 1, "%lld",
                                         (long long) chat->result->now
                                         + LOYALTY_CHAT_REDEEM_EXPIRES);

    return loyalty_link_sign(chat->program->link_secrets, &link, sig);
}
