
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>


static void loyalty_answer_past(const loyalty_past_t *past,
    loyalty_json_t *out);


void
loyalty_answer_history(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    const loyalty_past_t  *past;

    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "result", loyalty_outcome_code(result->outcome));

    loyalty_answer_message(program, result, out);

    loyalty_answer_string(out, "member", result->member);
    loyalty_answer_text(out, "email", result->email);
    loyalty_answer_integer(out, "points", result->points);
    loyalty_answer_integer(out, "pending", result->pending);
    loyalty_answer_integer(out, "lifetime", result->lifetime);

    loyalty_json_key(out, "entries");
    loyalty_json_open(out, '[');

    for (past = result->history; past != NULL; past = past->next) {
        loyalty_answer_past(past, out);
    }

    loyalty_json_close(out, ']');

    /* a text, as what comes back as a parameter is one */

    loyalty_json_key(out, "next");
    loyalty_json_text_begin(out);

    if (result->older != 0) {
        loyalty_json_piece_integer(out, result->older);
    }

    loyalty_json_text_end(out);

    loyalty_json_close(out, '}');
}


static void
loyalty_answer_past(const loyalty_past_t *past, loyalty_json_t *out)
{
    loyalty_json_open(out, '{');

    loyalty_json_key(out, "id");
    loyalty_json_text_begin(out);
    loyalty_json_piece_integer(out, past->id);
    loyalty_json_text_end(out);

    loyalty_answer_when(out, "at", past->at);
    loyalty_answer_text(out, "kind", past->kind);
    loyalty_answer_text(out, "reference", past->reference);
    loyalty_answer_text(out, "store", past->store);
    loyalty_answer_integer(out, "points", past->points);
    loyalty_answer_when(out, "usable_at", past->usable_at);
    loyalty_answer_when(out, "expires_at", past->expires_at);
    loyalty_answer_text(out, "coupon", past->coupon);
    loyalty_answer_text(out, "coupon_state", past->state);
    loyalty_answer_when(out, "coupon_expires", past->coupon_expires);

    loyalty_json_close(out, '}');
}
