
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_MESSAGE_H_INCLUDED_
#define _LOYALTY_MESSAGE_H_INCLUDED_


#include <loyalty_json.h>
#include <loyalty_result.h>
#include <loyalty_shopper.h>


/* The sentences for the member, as pieces of a text that has begun. */
void loyalty_message(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);

/* The result's member as somebody who looks at the rewards. */
void loyalty_message_shopper(const loyalty_result_t *result,
    loyalty_shopper_t *shopper);

/* "1 point", "2 points" */
void loyalty_message_points(loyalty_json_t *out, int64_t points);


#endif /* _LOYALTY_MESSAGE_H_INCLUDED_ */
