
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_message.h>
#include <loyalty_time.h>

#include <string.h>


#define LOYALTY_PROBLEM_TYPE  "urn:loyalty:problem:"


static void loyalty_answer_problem(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_detail(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_shortfall(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_success(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_standing(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_memberships(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_badges(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_next(const loyalty_reward_t *next, int64_t cost,
    int64_t missing, loyalty_json_t *out);
static void loyalty_answer_redeemed(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_rewards(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper, loyalty_json_t *out);


static const loyalty_str_t  loyalty_answer_none = loyalty_string("");


/* Of those that do not show a member as a whole. */

static const loyalty_answer_layout_pt  loyalty_answer_layouts[] = {
    [LOYALTY_HISTORY] = loyalty_answer_history,
    [LOYALTY_COUPON_GOOD] = loyalty_answer_coupon,
    [LOYALTY_COUPON_TAKEN] = loyalty_answer_coupon,
    [LOYALTY_LEADERBOARD] = loyalty_answer_leaderboard,
    [LOYALTY_REPORT] = loyalty_answer_report,
    [LOYALTY_BAD_REQUEST] = NULL
};


int
loyalty_answer_render(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    if (result->outcome >= LOYALTY_BAD_REQUEST) {
        loyalty_answer_problem(program, result, out);

    } else if (loyalty_answer_layouts[result->outcome] != NULL) {
        loyalty_answer_layouts[result->outcome](program, result, out);

    } else {
        loyalty_answer_success(program, result, out);
    }

    return out->failed ? LOYALTY_ERROR : LOYALTY_OK;
}


/* Title and detail are for developers, the message is for the shopper. */

static void
loyalty_answer_problem(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_str_t  code;

    code = loyalty_outcome_code(result->outcome);

    loyalty_json_open(out, '{');

    loyalty_json_key(out, "type");
    loyalty_json_text_begin(out);
    loyalty_answer_say(out, LOYALTY_PROBLEM_TYPE);
    loyalty_json_piece(out, code);
    loyalty_json_text_end(out);

    loyalty_answer_text(out, "title",
                        loyalty_outcome_title(result->outcome));
    loyalty_answer_integer(out, "status",
                           loyalty_outcome_status(result->outcome));

    loyalty_json_key(out, "detail");
    loyalty_json_text_begin(out);
    loyalty_answer_detail(result, out);
    loyalty_json_text_end(out);

    loyalty_answer_text(out, "code", code);
    loyalty_answer_message(program, result, out);

    loyalty_json_close(out, '}');
}


static void
loyalty_answer_detail(const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_str_t  detail;

    if (result->detail != NULL) {
        detail.data = result->detail;
        detail.len = strlen(result->detail);

        loyalty_json_piece(out, detail);

        return;
    }

    if (result->outcome == LOYALTY_NOT_ENOUGH_POINTS
        && result->reward != NULL)
    {
        loyalty_answer_shortfall(result, out);
        return;
    }

    loyalty_json_piece(out, loyalty_outcome_detail(result->outcome));
}


static void
loyalty_answer_shortfall(const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_answer_say(out, "The reward \"");
    loyalty_json_piece(out, result->reward->id);
    loyalty_answer_say(out, "\" costs ");
    loyalty_json_piece_integer(out, result->cost);

    if (result->cost == 1) {
        loyalty_answer_say(out, " point");

    } else {
        loyalty_answer_say(out, " points");
    }

    loyalty_answer_say(out, ": the member has ");
    loyalty_json_piece_integer(out, result->points);
    loyalty_answer_say(out, " and needs ");
    loyalty_json_piece_integer(out, result->cost - result->points);
    loyalty_answer_say(out, " more to redeem it. No points were spent.");
}


static void
loyalty_answer_success(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    int64_t                  cost, missing;
    loyalty_shopper_t        shopper;
    const loyalty_reward_t  *next;

    loyalty_message_shopper(result, &shopper);

    next = loyalty_shopper_next(program, &shopper);

    cost = (next != NULL) ? loyalty_shopper_cost(program, &shopper, next) : 0;
    missing = (next != NULL) ? cost - result->points : 0;

    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "result",
                        loyalty_outcome_code(result->outcome));

    loyalty_answer_message(program, result, out);

    loyalty_answer_string(out, "member", result->member);
    loyalty_answer_text(out, "email", result->email);
    loyalty_answer_text(out, "order", result->order);

    loyalty_answer_integer(out, "points", result->points);
    loyalty_answer_integer(out, "pending", result->pending);
    loyalty_answer_integer(out, "earned", result->earned);
    loyalty_answer_integer(out, "spent", result->spent);
    loyalty_answer_integer(out, "lifetime", result->lifetime);
    loyalty_answer_integer(out, "waiting", result->waiting);

    loyalty_answer_standing(program, result, out);
    loyalty_answer_next(next, cost, missing, out);
    loyalty_answer_redeemed(result, out);
    loyalty_answer_rewards(program, &shopper, out);

    loyalty_json_close(out, '}');
}


static void
loyalty_answer_standing(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    static const loyalty_tier_t  none;

    const loyalty_tier_t  *tier, *next;

    tier = (result->tier != NULL) ? result->tier : &none;
    next = (result->next_tier != NULL) ? result->next_tier : &none;

    loyalty_answer_text(out, "tier", tier->id);
    loyalty_answer_text(out, "tier_name", tier->name);
    loyalty_answer_text(out, "tier_perks", tier->perks);
    loyalty_answer_text(out, "next_tier", next->id);
    loyalty_answer_text(out, "next_tier_name", next->name);
    loyalty_answer_integer(out, "next_tier_missing", result->tier_missing);

    loyalty_answer_memberships(program, result, out);

    loyalty_answer_string(out, "referral", result->referral);
    loyalty_answer_integer(out, "streak", result->streak);

    loyalty_answer_badges(program, result, out);
}


/* The first that is held, as they are configured; few have more than one. */

static void
loyalty_answer_memberships(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    size_t                             i;
    static const loyalty_membership_t  none;
    const loyalty_membership_t        *held;

    held = &none;

    for (i = 0; i < program->nmemberships; i++) {

        if (result->memberships & (UINT32_C(1) << i)) {
            held = &program->memberships[i];
            break;
        }
    }

    loyalty_answer_text(out, "membership", held->id);
    loyalty_answer_text(out, "membership_name", held->name);
    loyalty_answer_text(out, "membership_perks", held->perks);
    loyalty_answer_when(out, "membership_until", result->membership_until);
}


static void
loyalty_answer_badges(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    size_t    i;
    uint64_t  bit;

    loyalty_json_key(out, "badges");
    loyalty_json_open(out, '[');

    for (i = 0; i < program->nbadges; i++) {
        bit = UINT64_C(1) << i;

        if (result->badges & bit) {
            loyalty_json_open(out, '{');
            loyalty_answer_text(out, "id", program->badges[i].id);
            loyalty_answer_text(out, "name", program->badges[i].name);
            loyalty_json_key(out, "new");
            loyalty_json_bool(out, (result->new_badges & bit) != 0);
            loyalty_json_close(out, '}');
        }
    }

    loyalty_json_close(out, ']');
}


static void
loyalty_answer_next(const loyalty_reward_t *next, int64_t cost,
    int64_t missing, loyalty_json_t *out)
{
    static const loyalty_reward_t  none;

    if (next == NULL) {
        next = &none;
    }

    loyalty_answer_text(out, "next_reward", next->id);
    loyalty_answer_text(out, "next_reward_name", next->name);
    loyalty_answer_integer(out, "next_reward_cost", cost);
    loyalty_answer_integer(out, "next_reward_missing", missing);
}


static void
loyalty_answer_redeemed(const loyalty_result_t *result, loyalty_json_t *out)
{
    int  shown;

    /* one that the store may still refuse is nobody's yet */

    shown = (result->coupon[0] != '\0'
             && result->outcome != LOYALTY_REDEMPTION_PENDING);

    loyalty_answer_string(out, "coupon", shown ? result->coupon : "");
    loyalty_answer_when(out, "coupon_expires",
                        shown ? result->coupon_expires : 0);
    loyalty_answer_text(out, "coupon_url",
                        (shown && result->reward != NULL)
                        ? result->reward->url : loyalty_answer_none);
}


/* Those that are to be had now; some only by a tier or a membership. */

static void
loyalty_answer_rewards(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper, loyalty_json_t *out)
{
    int                      may;
    size_t                   i;
    int64_t                  cost, missing;
    const loyalty_reward_t  *reward;

    loyalty_json_key(out, "rewards");
    loyalty_json_open(out, '[');

    for (i = 0; i < program->nrewards; i++) {
        reward = &program->rewards[i];

        if (!loyalty_reward_on_time(reward, shopper->now)) {
            continue;
        }

        may = loyalty_shopper_may(program, shopper, reward);
        cost = loyalty_shopper_cost(program, shopper, reward);
        missing = (cost > shopper->points) ? cost - shopper->points : 0;

        loyalty_json_open(out, '{');
        loyalty_answer_text(out, "id", reward->id);
        loyalty_answer_text(out, "name", reward->name);
        loyalty_answer_integer(out, "cost", cost);
        loyalty_json_key(out, "affordable");
        loyalty_json_bool(out, may && missing == 0);
        loyalty_answer_integer(out, "missing", missing);
        loyalty_answer_text(out, "tier", reward->tier);
        loyalty_answer_text(out, "membership", reward->membership);
        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');
}


void
loyalty_answer_message(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_json_key(out, "message");
    loyalty_json_text_begin(out);
    loyalty_message(program, result, out);
    loyalty_json_text_end(out);
}


void
loyalty_answer_string(loyalty_json_t *out, const char *key, const char *text)
{
    loyalty_str_t  value = { strlen(text), text };

    loyalty_answer_text(out, key, value);
}


void
loyalty_answer_when(loyalty_json_t *out, const char *key, int64_t when)
{
    char           text[LOYALTY_TIME_LEN];
    loyalty_str_t  value = { LOYALTY_TIME_LEN, text };

    if (when == 0) {
        value.len = 0;

    } else {
        loyalty_time_write(when, text);
    }

    loyalty_answer_text(out, key, value);
}


void
loyalty_answer_text(loyalty_json_t *out, const char *key, loyalty_str_t text)
{
    loyalty_json_key(out, key);
    loyalty_json_text(out, text);
}


void
loyalty_answer_integer(loyalty_json_t *out, const char *key, int64_t value)
{
    loyalty_json_key(out, key);
    loyalty_json_integer(out, value);
}
