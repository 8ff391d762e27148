
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_CHAT_H_INCLUDED_
#define _LOYALTY_CHAT_H_INCLUDED_


/* What the files that write chat formats share; for nobody else. */

#include <loyalty_format.h>
#include <loyalty_text.h>

#include <jansson.h>


/* An answer on its way into a chat: it says what our JSON says. */

typedef struct {
    loyalty_format_e          format;
    const loyalty_program_t  *program;
    const loyalty_result_t   *result;        /* see loyalty_format_convert() */
    json_t                   *answer;        /* as LOYALTY_FORMAT_JSON */
    loyalty_str_t             text;          /* for the shopper */
} loyalty_chat_t;


typedef void (*loyalty_chat_layout_pt)(const loyalty_chat_t *chat,
    loyalty_json_t *out);

void loyalty_format_manychat(const loyalty_chat_t *chat, loyalty_json_t *out);
void loyalty_format_chatfuel(const loyalty_chat_t *chat, loyalty_json_t *out);
void loyalty_format_dialogflow_es(const loyalty_chat_t *chat,
    loyalty_json_t *out);
void loyalty_format_dialogflow_cx(const loyalty_chat_t *chat,
    loyalty_json_t *out);


/*
 * How much a text may have: characters as JavaScript counts them, beyond the
 * Basic Multilingual Plane two each, or bytes.
 */

typedef struct {
    size_t    max;
    unsigned  bytes:1;
} loyalty_chat_limit_t;

/*
 * Takes as much of the text from its start as fits, up to a blank if there is
 * one; the rest begins after it.
 */
loyalty_str_t loyalty_chat_cut(loyalty_str_t *text,
    loyalty_chat_limit_t limit);

/*
 * What the platform remembers of the shopper, as members of an object that is
 * open: "loyalty_result", of a success also all that stands in the answer's
 * own object but the text.  "quoted": integers as texts.
 */
void loyalty_chat_facts(const loyalty_chat_t *chat, int quoted,
    loyalty_json_t *out);

/*
 * loyalty_chat_buttons.c: what somebody may want to do next, at most "max" of
 * LOYALTY_CHAT_BUTTONS, each on a page below the program's "site"; without one
 * there are none.
 */

#define LOYALTY_CHAT_BUTTONS  2

typedef struct {
    loyalty_text_e            caption;
    const char               *path;
} loyalty_chat_button_t;

size_t loyalty_chat_buttons(const loyalty_chat_t *chat, size_t max,
    loyalty_chat_button_t *buttons);
void loyalty_chat_url(const loyalty_chat_t *chat,
    const loyalty_chat_button_t *button, loyalty_json_t *out);

/* A text that is as long as a caption may be. */
void loyalty_chat_caption(const loyalty_chat_t *chat, loyalty_text_e text,
    loyalty_json_t *out);
void loyalty_chat_short(loyalty_str_t text, loyalty_json_t *out);

/*
 * At most "max" rewards that the member may have at once, where the program
 * signs links, and the parameters of such a link to redeem one.
 */
size_t loyalty_chat_redeemable(const loyalty_chat_t *chat, size_t max,
    const loyalty_reward_t **rewards);
void loyalty_chat_redeem_link(const loyalty_chat_t *chat,
    const loyalty_reward_t *reward, loyalty_json_t *out);

/* A text of an object of our JSON; "" if it is not there. */
loyalty_str_t loyalty_chat_value(const json_t *object, const char *key);

/* Whether our JSON tells of a member, and of the points. */
int loyalty_chat_of_member(const loyalty_chat_t *chat);


#endif /* _LOYALTY_CHAT_H_INCLUDED_ */
