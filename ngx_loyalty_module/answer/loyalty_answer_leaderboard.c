
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>


static void loyalty_answer_rank(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_leader(const loyalty_leader_t *leader,
    loyalty_json_t *out);


/* Everybody may see it: no e-mails. */

void
loyalty_answer_leaderboard(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    size_t  i;

    (void) program;

    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "result", loyalty_outcome_code(result->outcome));

    loyalty_json_key(out, "message");
    loyalty_json_text_begin(out);
    loyalty_answer_rank(result, out);
    loyalty_json_text_end(out);

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
loyalty_answer_rank(const loyalty_result_t *result, loyalty_json_t *out)
{
    if (result->you.rank != 0) {
        loyalty_answer_say(out, "You are number ");
        loyalty_json_piece_integer(out, result->you.rank);
        loyalty_answer_say(out, ".");

    } else if (result->nleaders == 0) {
        loyalty_answer_say(out, "Nobody is on the leaderboard yet.");

    } else {
        loyalty_answer_say(out, "These are the best.");
    }
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
