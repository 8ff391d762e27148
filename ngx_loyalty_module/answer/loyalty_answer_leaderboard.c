
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>


static void loyalty_answer_leader(const loyalty_leader_t *leader,
    loyalty_json_t *out);


/* Everybody may see it: no e-mails. */

void
loyalty_answer_leaderboard(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    size_t  i;

    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "result", loyalty_outcome_code(result->outcome));

    loyalty_answer_message(program, result, out);

    loyalty_answer_text(out, "by", result->by);
    loyalty_answer_when(out, "at", result->leaders_at);

    loyalty_json_key(out, "leaders");
    loyalty_json_open(out, '[');

    for (i = 0; i < result->nleaders; i++) {
        loyalty_answer_leader(&result->leaders[i], out);
    }

    loyalty_json_close(out, ']');

    loyalty_json_key(out, "you");
    loyalty_answer_leader(&result->you, out);

    loyalty_json_close(out, '}');
}


static void
loyalty_answer_leader(const loyalty_leader_t *leader, loyalty_json_t *out)
{
    static const loyalty_tier_t  none;
    const loyalty_tier_t        *tier;

    tier = (leader->tier != NULL) ? leader->tier : &none;

    loyalty_json_open(out, '{');
    loyalty_answer_integer(out, "rank", leader->rank);
    loyalty_answer_string(out, "member", leader->member);
    loyalty_answer_integer(out, "points", leader->points);
    loyalty_answer_text(out, "tier", tier->id);
    loyalty_answer_text(out, "tier_name", tier->name);
    loyalty_answer_integer(out, "badges", leader->badges);
    loyalty_json_close(out, '}');
}
