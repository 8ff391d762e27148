
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ANSWER_H_INCLUDED_
#define _LOYALTY_ANSWER_H_INCLUDED_


#include <loyalty_json.h>
#include <loyalty_result.h>


/* The HTTP status of an outcome, such as 201. */
unsigned loyalty_outcome_status(loyalty_outcome_e outcome);

/*
 * The word for an outcome, such as "signed_up": "result" in an answer, "code"
 * in a fault.
 */
loyalty_str_t loyalty_outcome_code(loyalty_outcome_e outcome);

/* Of a fault: what it is, and what is wrong and what to do about it. */
loyalty_str_t loyalty_outcome_title(loyalty_outcome_e outcome);
loyalty_str_t loyalty_outcome_detail(loyalty_outcome_e outcome);

/*
 * Writes the answer: for a success the flat JSON object of docs/api.md, for
 * a fault an RFC 9457 problem, which needs no program (NULL will do).  "out"
 * is initialised by the caller.  LOYALTY_ERROR if memory ran out.  The same
 * program and result always make the same bytes.
 */
int loyalty_answer_render(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);


#endif /* _LOYALTY_ANSWER_H_INCLUDED_ */
