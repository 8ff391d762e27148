
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_money.h>
#include <loyalty_shopper.h>


/*
 * It is the store that asks: what the coupon is worth is its business, whose
 * it is and what else he has is not.
 */

void
loyalty_answer_coupon(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    char                           text[LOYALTY_MONEY_SIZE];
    loyalty_str_t                  kind = loyalty_string("");
    loyalty_str_t                  value = loyalty_string("");
    static const loyalty_reward_t  gone;
    const loyalty_reward_t        *reward;

    reward = &gone;

    if (result->reward != NULL) {
        reward = result->reward;
        kind = loyalty_reward_kind(reward);
        value = loyalty_reward_worth(program, reward, text);
    }

    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "result", loyalty_outcome_code(result->outcome));

    loyalty_answer_message(program, result, out);

    loyalty_answer_string(out, "coupon", result->coupon);
    loyalty_answer_when(out, "coupon_expires", result->coupon_expires);
    loyalty_answer_text(out, "order", result->order);

    loyalty_answer_string(out, "reward", result->reward_id);
    loyalty_answer_text(out, "reward_name", reward->name);
    loyalty_answer_text(out, "kind", kind);

    loyalty_answer_text(out, "value", value);

    loyalty_answer_text(out, "currency", program->currency);
    loyalty_answer_text(out, "product", reward->product);
    loyalty_answer_text(out, "store", reward->store);

    loyalty_json_close(out, '}');
}
