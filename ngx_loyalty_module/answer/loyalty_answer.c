
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer.h>

#include <string.h>
#include <time.h>


#define LOYALTY_PROBLEM_TYPE  "urn:loyalty:problem:"

/* "2026-12-22T10:00:00Z", whose year has four digits */

#define LOYALTY_TIME_LEN      20
#define LOYALTY_TIME_MAX      INT64_C(253402300799)


#define loyalty_answer_say(out, words)                                        \
    loyalty_json_piece(out, (loyalty_str_t) loyalty_string(words))


static void loyalty_answer_problem(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_detail(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_shortfall(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_success(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_message(const loyalty_program_t *program,
    const loyalty_result_t *result, const loyalty_reward_t *next,
    loyalty_json_t *out);
static void loyalty_answer_claimed(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_nothing_earned(const loyalty_earn_t *earn,
    loyalty_json_t *out);
static void loyalty_answer_redeemed(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_have(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_outlook(const loyalty_program_t *program,
    const loyalty_result_t *result, const loyalty_reward_t *next,
    loyalty_json_t *out);
static void loyalty_answer_points(loyalty_json_t *out, int64_t points);
static void loyalty_answer_next(const loyalty_result_t *result,
    const loyalty_reward_t *next, loyalty_json_t *out);
static void loyalty_answer_coupon(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_answer_time(int64_t when, char *text);
static char *loyalty_answer_digits(char *p, int value, int width);
static void loyalty_answer_rewards(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_answer_text(loyalty_json_t *out, const char *key,
    loyalty_str_t text);
static void loyalty_answer_integer(loyalty_json_t *out, const char *key,
    int64_t value);


static const loyalty_str_t  loyalty_answer_none = loyalty_string("");


int
loyalty_answer_render(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    if (result->outcome >= LOYALTY_BAD_REQUEST) {
        loyalty_answer_problem(result, out);

    } else {
        loyalty_answer_success(program, result, out);
    }

    return out->failed ? LOYALTY_ERROR : LOYALTY_OK;
}


static void
loyalty_answer_problem(const loyalty_result_t *result, loyalty_json_t *out)
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
    loyalty_answer_points(out, result->reward->cost);
    loyalty_answer_say(out, ": the member has ");
    loyalty_json_piece_integer(out, result->points);
    loyalty_answer_say(out, " and needs ");
    loyalty_json_piece_integer(out, result->reward->cost - result->points);
    loyalty_answer_say(out, " more to redeem it. No points were spent.");
}


static void
loyalty_answer_success(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_str_t            member;
    const loyalty_reward_t  *next;

    next = loyalty_reward_next(program, result->points);

    member.data = result->member;
    member.len = strlen(result->member);

    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "result",
                        loyalty_outcome_code(result->outcome));

    loyalty_json_key(out, "message");
    loyalty_json_text_begin(out);
    loyalty_answer_message(program, result, next, out);
    loyalty_json_text_end(out);

    loyalty_answer_text(out, "member", member);
    loyalty_answer_text(out, "email", result->email);
    loyalty_answer_text(out, "order", result->order);

    loyalty_answer_integer(out, "points", result->points);
    loyalty_answer_integer(out, "pending", result->pending);
    loyalty_answer_integer(out, "earned", result->earned);
    loyalty_answer_integer(out, "spent", result->spent);
    loyalty_answer_integer(out, "lifetime", result->lifetime);
    loyalty_answer_text(out, "tier", loyalty_answer_none);

    loyalty_answer_next(result, next, out);
    loyalty_answer_coupon(result, out);
    loyalty_answer_rewards(program, result, out);

    loyalty_json_close(out, '}');
}


static void
loyalty_answer_message(const loyalty_program_t *program,
    const loyalty_result_t *result, const loyalty_reward_t *next,
    loyalty_json_t *out)
{
    switch (result->outcome) {

    case LOYALTY_SIGNED_UP:
        loyalty_answer_say(out, "Welcome! ");
        break;

    case LOYALTY_ALREADY_MEMBER:
        loyalty_answer_say(out, "Welcome back! ");
        break;

    case LOYALTY_CLAIMED:
        loyalty_answer_claimed(program, result, out);
        return;

    case LOYALTY_ALREADY_CLAIMED:
        loyalty_answer_say(out, "You have already claimed order ");
        loyalty_json_piece(out, result->order);
        loyalty_answer_say(out, ". ");
        break;

    case LOYALTY_REDEEMED:
        loyalty_answer_redeemed(result, out);
        return;

    default: /* LOYALTY_BALANCE */
        break;
    }

    loyalty_answer_have(result, out);
    loyalty_answer_outlook(program, result, next, out);
}


static void
loyalty_answer_claimed(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_answer_say(out, "Thank you! Order ");
    loyalty_json_piece(out, result->order);

    if (result->earned == 0) {
        loyalty_answer_nothing_earned(&program->earn, out);
        return;
    }

    loyalty_answer_say(out, " earned you ");
    loyalty_answer_points(out, result->earned);
    loyalty_answer_say(out, ".");
}


static void
loyalty_answer_nothing_earned(const loyalty_earn_t *earn, loyalty_json_t *out)
{
    int  low, often;

    low = earn->kind == LOYALTY_EARN_PER_AMOUNT
          || (earn->kind == LOYALTY_EARN_PER_ORDER && earn->min > 0);

    often = earn->kind == LOYALTY_EARN_PER_ORDER && earn->limit > 0;

    loyalty_answer_say(out, " is noted, but earned no points");

    if (low) {
        loyalty_answer_say(out, ": its total is too low");
    }

    if (often) {
        if (low) {
            loyalty_answer_say(out, ", or ");

        } else {
            loyalty_answer_say(out, ": ");
        }

        loyalty_answer_say(out, "you have reached the limit of orders that "
                                "count for now");
    }

    loyalty_answer_say(out, ".");
}


static void
loyalty_answer_redeemed(const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_str_t  coupon;

    coupon.data = result->coupon;
    coupon.len = strlen(result->coupon);

    loyalty_answer_say(out, "Enjoy your reward! ");

    if (result->reward != NULL) {
        loyalty_json_piece(out, result->reward->name);
        loyalty_answer_say(out, ": your coupon is ");

    } else {
        loyalty_answer_say(out, "Your coupon is ");
    }

    loyalty_json_piece(out, coupon);
    loyalty_answer_say(out, ". ");
    loyalty_answer_have(result, out);
}


static void
loyalty_answer_have(const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_answer_say(out, "You have ");
    loyalty_answer_points(out, result->points);
    loyalty_answer_say(out, ".");
}


static void
loyalty_answer_outlook(const loyalty_program_t *program,
    const loyalty_result_t *result, const loyalty_reward_t *next,
    loyalty_json_t *out)
{
    if (next != NULL) {
        loyalty_answer_say(out, " Your next reward, ");
        loyalty_json_piece(out, next->name);
        loyalty_answer_say(out, ", is ");
        loyalty_answer_points(out, next->cost - result->points);
        loyalty_answer_say(out, " away.");

    } else if (program->nrewards > 0) {
        loyalty_answer_say(out, " That is enough for any reward.");
    }
}


static void
loyalty_answer_points(loyalty_json_t *out, int64_t points)
{
    loyalty_json_piece_integer(out, points);

    if (points == 1) {
        loyalty_answer_say(out, " point");

    } else {
        loyalty_answer_say(out, " points");
    }
}


static void
loyalty_answer_next(const loyalty_result_t *result,
    const loyalty_reward_t *next, loyalty_json_t *out)
{
    static const loyalty_reward_t  none = {
        loyalty_string(""), loyalty_string(""), loyalty_string(""),
        loyalty_string(""), 0, 0, 0
    };

    int64_t  missing;

    if (next != NULL) {
        missing = next->cost - result->points;

    } else {
        next = &none;
        missing = 0;
    }

    loyalty_answer_text(out, "next_reward", next->id);
    loyalty_answer_text(out, "next_reward_name", next->name);
    loyalty_answer_integer(out, "next_reward_cost", next->cost);
    loyalty_answer_integer(out, "next_reward_missing", missing);
}


static void
loyalty_answer_coupon(const loyalty_result_t *result, loyalty_json_t *out)
{
    char           text[LOYALTY_TIME_LEN];
    loyalty_str_t  coupon, expires, url;

    coupon.data = result->coupon;
    coupon.len = strlen(result->coupon);

    expires = loyalty_answer_none;
    url = loyalty_answer_none;

    if (coupon.len > 0) {
        if (result->coupon_expires != 0) {
            loyalty_answer_time(result->coupon_expires, text);

            expires.data = text;
            expires.len = LOYALTY_TIME_LEN;
        }

        if (result->reward != NULL) {
            url = result->reward->url;
        }
    }

    loyalty_answer_text(out, "coupon", coupon);
    loyalty_answer_text(out, "coupon_expires", expires);
    loyalty_answer_text(out, "coupon_url", url);
}


static void
loyalty_answer_time(int64_t when, char *text)
{
    time_t      t;
    struct tm   tm;

    if (when > LOYALTY_TIME_MAX) {
        when = LOYALTY_TIME_MAX;
    }

    t = (time_t) when;

    gmtime_r(&t, &tm);

    text = loyalty_answer_digits(text, tm.tm_year + 1900, 4);
    *text++ = '-';
    text = loyalty_answer_digits(text, tm.tm_mon + 1, 2);
    *text++ = '-';
    text = loyalty_answer_digits(text, tm.tm_mday, 2);
    *text++ = 'T';
    text = loyalty_answer_digits(text, tm.tm_hour, 2);
    *text++ = ':';
    text = loyalty_answer_digits(text, tm.tm_min, 2);
    *text++ = ':';
    text = loyalty_answer_digits(text, tm.tm_sec, 2);
    *text = 'Z';
}


static char *
loyalty_answer_digits(char *p, int value, int width)
{
    int  i;

    for (i = width - 1; i >= 0; i--) {
        p[i] = (char) ('0' + value % 10);
        value /= 10;
    }

    return p + width;
}


static void
loyalty_answer_rewards(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    size_t                   i;
    int64_t                  missing;
    const loyalty_reward_t  *reward;

    loyalty_json_key(out, "rewards");
    loyalty_json_open(out, '[');

    for (i = 0; i < program->nrewards; i++) {
        reward = &program->rewards[i];

        missing = reward->cost - result->points;

        if (missing < 0) {
            missing = 0;
        }

        loyalty_json_open(out, '{');
        loyalty_answer_text(out, "id", reward->id);
        loyalty_answer_text(out, "name", reward->name);
        loyalty_answer_integer(out, "cost", reward->cost);
        loyalty_json_key(out, "affordable");
        loyalty_json_bool(out, missing == 0);
        loyalty_answer_integer(out, "missing", missing);
        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');
}


static void
loyalty_answer_text(loyalty_json_t *out, const char *key, loyalty_str_t text)
{
    loyalty_json_key(out, key);
    loyalty_json_text(out, text);
}


static void
loyalty_answer_integer(loyalty_json_t *out, const char *key, int64_t value)
{
    loyalty_json_key(out, key);
    loyalty_json_integer(out, value);
}
