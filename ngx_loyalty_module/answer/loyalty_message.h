
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_MESSAGE_H_INCLUDED_
#define _LOYALTY_MESSAGE_H_INCLUDED_


#include <loyalty_json.h>
#include <loyalty_result.h>
#include <loyalty_shopper.h>


/*
 * The sentences for the member, as pieces of a text that the caller has begun;
 * "next" is the reward that comes next, NULL if none, "missing" the points to
 * it.
 */
void loyalty_message(const loyalty_program_t *program,
    const loyalty_result_t *result, const loyalty_reward_t *next,
    int64_t missing, loyalty_json_t *out);

/* "1 point", "2 points" */
void loyalty_message_points(loyalty_json_t *out, int64_t points);


#endif /* _LOYALTY_MESSAGE_H_INCLUDED_ */
