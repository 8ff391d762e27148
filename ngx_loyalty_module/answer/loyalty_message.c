
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_message.h>
#include <loyalty_time.h>

#include <string.h>


/* "2026-12-22" of a time */

#define LOYALTY_MESSAGE_DAY_LEN  10


typedef struct {
    const loyalty_program_t          *program;
    const loyalty_result_t           *result;
    const loyalty_template_t *const  *texts;     /* in the language */
    loyalty_json_t                   *out;
    unsigned                          begun:1;   /* not the first sentence */

    /* what the sentence is about that comes next */

    loyalty_str_t                     reward;    /* names */
    loyalty_str_t                     tier;
    loyalty_str_t                     badge;

    /* by the variables that are amounts of points, and of the unit */

    int64_t                           amounts[LOYALTY_VARIABLE_ORDER / 2];
    int64_t                           number;
} loyalty_message_t;


#define loyalty_message_amount(message, variable)                             \
    ((message)->amounts[LOYALTY_VARIABLE_##variable / 2])


static void loyalty_message_init(loyalty_message_t *message,
    const loyalty_program_t *program, const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_message_member(loyalty_message_t *message);
static loyalty_text_e loyalty_message_claimed(
    const loyalty_program_t *program, const loyalty_result_t *result);
static int loyalty_message_knows_refunds(const loyalty_program_t *program);
static loyalty_text_e loyalty_message_rewarded(
    const loyalty_result_t *result);
static loyalty_text_e loyalty_message_redeemed(
    const loyalty_result_t *result);
static loyalty_text_e loyalty_message_rank(const loyalty_result_t *result);
static void loyalty_message_badges(loyalty_message_t *message);
static void loyalty_message_have(loyalty_message_t *message);
static void loyalty_message_outlook(loyalty_message_t *message);
static void loyalty_message_reward(loyalty_message_t *message);
static int loyalty_message_offers(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper);
static void loyalty_message_say(loyalty_message_t *message,
    loyalty_text_e text);
static void loyalty_message_fill(loyalty_message_t *message,
    loyalty_text_e text);
static void loyalty_message_variable(loyalty_message_t *message,
    int variable);
static void loyalty_message_figure(loyalty_message_t *message, int variable);
static void loyalty_message_day(loyalty_json_t *out, int64_t when);
static void loyalty_message_string(loyalty_json_t *out, const char *text);


void
loyalty_message(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_message_t  message;

    loyalty_message_init(&message, program, result, out);

    if (result->outcome >= LOYALTY_BAD_REQUEST) {
        loyalty_message_say(&message,
                            loyalty_text_of_fault(result->outcome));
        return;
    }

    switch (result->outcome) {

    case LOYALTY_CLAIMED:
        loyalty_message_say(&message,
                            loyalty_message_claimed(program, result));
        loyalty_message_badges(&message);
        return;

    case LOYALTY_REWARDED:
        loyalty_message_say(&message, loyalty_message_rewarded(result));
        loyalty_message_badges(&message);
        return;

    case LOYALTY_REDEEMED:
        loyalty_message_say(&message, loyalty_message_redeemed(result));
        loyalty_message_have(&message);
        return;

    case LOYALTY_ORDER_NOTED:
        loyalty_message_say(&message, LOYALTY_TEXT_NOTED);
        return;

    case LOYALTY_COUPON_GOOD:
        loyalty_message_say(&message, LOYALTY_TEXT_COUPON_GOOD);
        return;

    case LOYALTY_COUPON_TAKEN:
        loyalty_message_say(&message, (result->order.len != 0)
                                      ? LOYALTY_TEXT_COUPON_USED_FOR
                                      : LOYALTY_TEXT_COUPON_USED);
        return;

    case LOYALTY_LEADERBOARD:
        loyalty_message_say(&message, loyalty_message_rank(result));
        return;

    default:
        loyalty_message_member(&message);
    }
}


static void
loyalty_message_init(loyalty_message_t *message,
    const loyalty_program_t *program, const loyalty_result_t *result,
    loyalty_json_t *out)
{
    static const loyalty_str_t  none = loyalty_string("");

    message->program = program;
    message->result = result;
    message->texts = loyalty_texts_of(program, result->locale);
    message->out = out;
    message->begun = 0;

    message->reward = (result->reward != NULL) ? result->reward->name : none;
    message->tier = (result->tier != NULL) ? result->tier->name : none;
    message->badge = none;

    loyalty_message_amount(message, POINTS) = result->points;
    loyalty_message_amount(message, PENDING) = result->pending;
    loyalty_message_amount(message, EARNED) = result->earned;
    loyalty_message_amount(message, SPENT) = result->spent;
    loyalty_message_amount(message, LIFETIME) = result->lifetime;
    loyalty_message_amount(message, COST) = result->cost;
    loyalty_message_amount(message, MISSING) = result->cost - result->points;
    message->number = 0;
}


/* What ends with the balance, and what there is to be had. */

static void
loyalty_message_member(loyalty_message_t *message)
{
    switch (message->result->outcome) {

    case LOYALTY_SIGNED_UP:
        loyalty_message_say(message, LOYALTY_TEXT_SIGNED_UP);
        break;

    case LOYALTY_ALREADY_MEMBER:
        loyalty_message_say(message, LOYALTY_TEXT_ALREADY_MEMBER);
        break;

    case LOYALTY_ALREADY_CLAIMED:
        loyalty_message_say(message, LOYALTY_TEXT_ALREADY_CLAIMED);
        break;

    case LOYALTY_CLAIM_PENDING:
        loyalty_message_say(message, LOYALTY_TEXT_CLAIM_PENDING);
        break;

    case LOYALTY_ALREADY_REWARDED:
        loyalty_message_say(message, LOYALTY_TEXT_ALREADY_REWARDED);
        break;

    case LOYALTY_REDEMPTION_PENDING:
        loyalty_message_say(message, LOYALTY_TEXT_REDEMPTION_PENDING);
        break;

    case LOYALTY_CANCELLED:
        loyalty_message_say(message, LOYALTY_TEXT_CANCELLED);
        break;

    case LOYALTY_ALREADY_CANCELLED:
        loyalty_message_say(message, LOYALTY_TEXT_ALREADY_CANCELLED);
        break;

    default: /* LOYALTY_BALANCE, LOYALTY_HISTORY */
        break;
    }

    if (!message->result->discreet) {
        loyalty_message_have(message);
        loyalty_message_outlook(message);
    }
}


/* If it has earned nothing, why, as far as the rules tell. */

static loyalty_text_e
loyalty_message_claimed(const loyalty_program_t *program,
    const loyalty_result_t *result)
{
    int                    low, often;
    size_t                 i;
    const loyalty_earn_t  *earn;

    if (result->earned != 0) {
        return LOYALTY_TEXT_CLAIMED;
    }

    low = 0;
    often = 0;

    for (i = 0; i < program->nearns; i++) {
        earn = &program->earns[i];

        low |= (earn->kind == LOYALTY_EARN_PER_AMOUNT || earn->min > 0);
        often |= (earn->kind == LOYALTY_EARN_PER_ORDER && earn->limit > 0);
    }

    if (low && loyalty_message_knows_refunds(program)) {
        return often ? LOYALTY_TEXT_CLAIMED_REFUNDED_OR_LIMIT
                     : LOYALTY_TEXT_CLAIMED_REFUNDED;
    }

    if (low) {
        return often ? LOYALTY_TEXT_CLAIMED_TOO_LOW_OR_LIMIT
                     : LOYALTY_TEXT_CLAIMED_TOO_LOW;
    }

    return often ? LOYALTY_TEXT_CLAIMED_LIMIT : LOYALTY_TEXT_CLAIMED_NOTHING;
}


static int
loyalty_message_knows_refunds(const loyalty_program_t *program)
{
    size_t  i;

    for (i = 0; i < program->nstores; i++) {

        if (program->stores[i].lookup.refunds.len != 0) {
            return 1;
        }
    }

    return 0;
}


static loyalty_text_e
loyalty_message_rewarded(const loyalty_result_t *result)
{
    return (result->action != NULL && result->action->name.len != 0)
           ? LOYALTY_TEXT_REWARDED : LOYALTY_TEXT_REWARDED_UNNAMED;
}


static loyalty_text_e
loyalty_message_redeemed(const loyalty_result_t *result)
{
    if (result->reward == NULL) {
        return LOYALTY_TEXT_REDEEMED_UNNAMED;
    }

    return (result->reward->kind == LOYALTY_REWARD_MANUAL)
           ? LOYALTY_TEXT_REDEEMED_MANUAL : LOYALTY_TEXT_REDEEMED;
}


static loyalty_text_e
loyalty_message_rank(const loyalty_result_t *result)
{
    if (result->you.rank != 0) {
        return LOYALTY_TEXT_RANK;
    }

    return (result->nleaders != 0) ? LOYALTY_TEXT_LEADERS
                                   : LOYALTY_TEXT_NO_LEADERS;
}


static void
loyalty_message_badges(loyalty_message_t *message)
{
    size_t                    i;
    const loyalty_program_t  *program = message->program;

    for (i = 0; i < program->nbadges; i++) {

        if (message->result->new_badges & (UINT64_C(1) << i)) {
            message->badge = program->badges[i].name;
            loyalty_message_say(message, LOYALTY_TEXT_NEW_BADGE);
        }
    }
}


static void
loyalty_message_have(loyalty_message_t *message)
{
    loyalty_message_say(message, (message->result->pending > 0)
                                 ? LOYALTY_TEXT_BALANCE_PENDING
                                 : LOYALTY_TEXT_BALANCE);
}


static void
loyalty_message_outlook(loyalty_message_t *message)
{
    const loyalty_result_t  *result = message->result;

    loyalty_message_reward(message);

    if (result->next_tier != NULL) {
        message->tier = result->next_tier->name;
        loyalty_message_amount(message, MISSING) = result->tier_missing;

        loyalty_message_say(message, LOYALTY_TEXT_NEXT_TIER);
    }
}


static void
loyalty_message_reward(loyalty_message_t *message)
{
    int64_t                  cost;
    loyalty_shopper_t        shopper;
    const loyalty_reward_t  *next;

    loyalty_message_shopper(message->result, &shopper);

    next = loyalty_shopper_next(message->program, &shopper);

    if (next != NULL) {
        cost = loyalty_shopper_cost(message->program, &shopper, next);

        message->reward = next->name;
        loyalty_message_amount(message, COST) = cost;
        loyalty_message_amount(message, MISSING) = cost - shopper.points;

        loyalty_message_say(message, LOYALTY_TEXT_NEXT_REWARD);

    } else if (loyalty_message_offers(message->program, &shopper)) {
        loyalty_message_say(message, LOYALTY_TEXT_ANY_REWARD);
    }
}


static int
loyalty_message_offers(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper)
{
    size_t  i;

    for (i = 0; i < program->nrewards; i++) {

        if (loyalty_reward_on_time(&program->rewards[i], shopper->now)
            && loyalty_shopper_may(program, shopper, &program->rewards[i]))
        {
            return 1;
        }
    }

    return 0;
}


void
loyalty_message_text(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_text_e text, loyalty_json_t *out)
{
    loyalty_message_t  message;

    loyalty_message_init(&message, program, result, out);
    loyalty_message_say(&message, text);
}


/* A sentence after the others. */

static void
loyalty_message_say(loyalty_message_t *message, loyalty_text_e text)
{
    if (message->begun) {
        loyalty_json_piece(message->out, (loyalty_str_t) loyalty_string(" "));
    }

    message->begun = 1;

    loyalty_message_fill(message, text);
}


static void
loyalty_message_fill(loyalty_message_t *message, loyalty_text_e text)
{
    const loyalty_piece_t     *piece, *last;
    const loyalty_template_t  *template;

    template = message->texts[text];
    last = template->pieces + template->npieces;

    for (piece = template->pieces; piece < last; piece++) {
        loyalty_json_piece(message->out, piece->literal);

        if (piece->variable != LOYALTY_TEMPLATE_END) {
            loyalty_message_variable(message, piece->variable);
        }
    }
}


static void
loyalty_message_variable(loyalty_message_t *message, int variable)
{
    loyalty_json_t          *out = message->out;
    const loyalty_result_t  *result = message->result;

    switch (variable) {

    case LOYALTY_VARIABLE_ORDER:
        loyalty_json_piece(out, result->order);
        return;

    case LOYALTY_VARIABLE_REWARD:
        loyalty_json_piece(out, message->reward);
        return;

    case LOYALTY_VARIABLE_TIER:
        loyalty_json_piece(out, message->tier);
        return;

    case LOYALTY_VARIABLE_BADGE:
        loyalty_json_piece(out, message->badge);
        return;

    case LOYALTY_VARIABLE_ACTION:
        loyalty_json_piece(out, result->action->name);
        return;

    case LOYALTY_VARIABLE_COUPON:
        loyalty_message_string(out, result->coupon);
        return;

    case LOYALTY_VARIABLE_EXPIRES:
        loyalty_message_day(out, result->coupon_expires);
        return;

    case LOYALTY_VARIABLE_REFERRAL:
        loyalty_message_string(out, result->referral);
        return;

    case LOYALTY_VARIABLE_RANK:
        loyalty_json_piece_integer(out, result->you.rank);
        return;

    case LOYALTY_VARIABLE_NUMBER:
        loyalty_json_piece_integer(out, message->number);
        return;

    default:
        loyalty_message_figure(message, variable);
    }
}


/* With its unit, or, where the variable is the odd one of two, without. */

static void
loyalty_message_figure(loyalty_message_t *message, int variable)
{
    int64_t  amount;

    amount = message->amounts[variable / 2];

    if (variable % 2 == 1) {
        loyalty_json_piece_integer(message->out, amount);
        return;
    }

    message->number = amount;

    loyalty_message_fill(message, (amount == 1) ? LOYALTY_TEXT_POINT
                                                : LOYALTY_TEXT_POINTS);
}


static void
loyalty_message_day(loyalty_json_t *out, int64_t when)
{
    char           text[LOYALTY_TIME_LEN];
    loyalty_str_t  day = { LOYALTY_MESSAGE_DAY_LEN, text };

    if (when != 0) {
        loyalty_time_write(when, text);
        loyalty_json_piece(out, day);
    }
}


static void
loyalty_message_string(loyalty_json_t *out, const char *text)
{
    loyalty_str_t  piece = { strlen(text), text };

    loyalty_json_piece(out, piece);
}


void
loyalty_message_shopper(const loyalty_result_t *result,
    loyalty_shopper_t *shopper)
{
    shopper->points = result->points;
    shopper->tier = result->tier;
    shopper->memberships = result->memberships;
    shopper->now = result->now;
}
