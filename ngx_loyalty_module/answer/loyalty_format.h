
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_FORMAT_H_INCLUDED_
#define _LOYALTY_FORMAT_H_INCLUDED_


#include <loyalty_answer.h>


/*
 * In what form an answer is: our own JSON, or what a chat platform takes as
 * it is.  ManyChat's differs by the channel that the shopper writes in.
 */

typedef enum {
    LOYALTY_FORMAT_JSON = 0,
    LOYALTY_FORMAT_MANYCHAT,             /* in Messenger */
    LOYALTY_FORMAT_MANYCHAT_INSTAGRAM,
    LOYALTY_FORMAT_MANYCHAT_WHATSAPP,
    LOYALTY_FORMAT_MANYCHAT_TELEGRAM,
    LOYALTY_FORMAT_CHATFUEL,
    LOYALTY_FORMAT_DIALOGFLOW_ES,
    LOYALTY_FORMAT_DIALOGFLOW_CX,

    LOYALTY_FORMATS
} loyalty_format_e;


/* "json", "manychat", "manychat-instagram", ... */
loyalty_str_t loyalty_format_name(loyalty_format_e format);

/* LOYALTY_FORMATS if there is none of this name. */
loyalty_format_e loyalty_format_find(loyalty_str_t name);

/*
 * The HTTP status of an outcome.  A chat platform takes any but 200 for a
 * step that is broken, so that is left to the developer's mistakes.
 */
unsigned loyalty_format_status(loyalty_format_e format,
    loyalty_outcome_e outcome);

/*
 * Writes the answer, as loyalty_answer_render() does.  A chat format needs the
 * program for faults, too.
 */
int loyalty_format_render(loyalty_format_e format,
    const loyalty_program_t *program, const loyalty_result_t *result,
    loyalty_json_t *out);

/*
 * Writes an answer in a chat format that was rendered as LOYALTY_FORMAT_JSON
 * before.  Of the result it wants the outcome, the locale, "now", the session,
 * and who asks; also points and tier, which a refusal does not show.
 */
int loyalty_format_convert(loyalty_format_e format,
    const loyalty_program_t *program, const loyalty_result_t *result,
    loyalty_str_t answer, loyalty_json_t *out);


#endif /* _LOYALTY_FORMAT_H_INCLUDED_ */
