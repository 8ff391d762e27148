
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_MESSAGE_H_INCLUDED_
#define _LOYALTY_MESSAGE_H_INCLUDED_


#include <loyalty_json.h>
#include <loyalty_result.h>
#include <loyalty_shopper.h>
#include <loyalty_text.h>


/*
 * What a shopper is told about any outcome, a fault's too, in the language of
 * the result: as pieces of a text that has begun.  Faults need no program
 * (NULL will do).
 */
void loyalty_message(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);

/* One text for the same shopper, such as the caption of a button. */
void loyalty_message_text(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_text_e text, loyalty_json_t *out);

/* The result's member as somebody who looks at the rewards. */
void loyalty_message_shopper(const loyalty_result_t *result,
    loyalty_shopper_t *shopper);


#endif /* _LOYALTY_MESSAGE_H_INCLUDED_ */
