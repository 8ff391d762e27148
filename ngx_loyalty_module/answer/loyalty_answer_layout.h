
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ANSWER_LAYOUT_H_INCLUDED_
#define _LOYALTY_ANSWER_LAYOUT_H_INCLUDED_


/* What the files that lay answers out share; for nobody else. */

#include <loyalty_answer.h>


/* Layouts of successes: each writes the whole object, one file each. */

typedef void (*loyalty_answer_layout_pt)(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);

void loyalty_answer_coupon(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
void loyalty_answer_history(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
void loyalty_answer_leaderboard(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
void loyalty_answer_report(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);


/* "message", in all answers */

void loyalty_answer_message(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);


/* Members of an object; a time of 0 is "". */

void loyalty_answer_text(loyalty_json_t *out, const char *key,
    loyalty_str_t text);
void loyalty_answer_string(loyalty_json_t *out, const char *key,
    const char *text);
void loyalty_answer_when(loyalty_json_t *out, const char *key, int64_t when);
void loyalty_answer_integer(loyalty_json_t *out, const char *key,
    int64_t value);


#define loyalty_answer_say(out, words)                                        \
    loyalty_json_piece(out, (loyalty_str_t) loyalty_string(words))


#endif /* _LOYALTY_ANSWER_LAYOUT_H_INCLUDED_ */
