
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_message.h>

#include <string.h>


#define loyalty_say(out, words)                                               \
    loyalty_json_piece(out, (loyalty_str_t) loyalty_string(words))


static void loyalty_message_claimed(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_message_nothing_earned(const loyalty_program_t *program,
    loyalty_json_t *out);
static int loyalty_message_knows_refunds(const loyalty_program_t *program);
static void loyalty_message_badges(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_message_rewarded(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static void loyalty_message_redeemed(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_message_cancelled(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_message_have(const loyalty_result_t *result,
    loyalty_json_t *out);
static void loyalty_message_outlook(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out);
static int loyalty_message_offers(const loyalty_program_t *program,
    const loyalty_shopper_t *shopper);
static void loyalty_message_text(const char *text, loyalty_json_t *out);


void
loyalty_message(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    switch (result->outcome) {

    case LOYALTY_SIGNED_UP:
        loyalty_say(out, "Welcome! ");
        break;

    case LOYALTY_ALREADY_MEMBER:
        loyalty_say(out, "Welcome back! ");
        break;

    case LOYALTY_CLAIMED:
        loyalty_message_claimed(program, result, out);
        return;

    case LOYALTY_ALREADY_CLAIMED:
        loyalty_say(out, "You have already claimed order ");
        loyalty_json_piece(out, result->order);
        loyalty_say(out, ". ");
        break;

    case LOYALTY_REWARDED:
        loyalty_message_rewarded(program, result, out);
        return;

    case LOYALTY_ALREADY_REWARDED:
        loyalty_say(out, "You have already had your points for this. ");
        break;

    case LOYALTY_REDEMPTION_PENDING:
        loyalty_say(out, "Your coupon is being made: look for it here in a "
                         "few minutes. ");
        break;

    case LOYALTY_REDEEMED:
        loyalty_message_redeemed(result, out);
        return;

    case LOYALTY_ORDER_NOTED:
        loyalty_say(out, "Noted.");
        return;

    case LOYALTY_CANCELLED:
    case LOYALTY_ALREADY_CANCELLED:
        loyalty_message_cancelled(result, out);
        break;

    default: /* LOYALTY_BALANCE */
        break;
    }

    loyalty_message_have(result, out);
    loyalty_message_outlook(program, result, out);
}


static void
loyalty_message_claimed(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_say(out, "Thank you! Order ");
    loyalty_json_piece(out, result->order);

    if (result->earned == 0) {
        loyalty_message_nothing_earned(program, out);
        return;
    }

    loyalty_say(out, " earned you ");
    loyalty_message_points(out, result->earned);
    loyalty_say(out, ".");

    loyalty_message_badges(program, result, out);
}


/* Why, as far as the rules tell. */

static void
loyalty_message_nothing_earned(const loyalty_program_t *program,
    loyalty_json_t *out)
{
    int                    low, often;
    size_t                 i;
    const loyalty_earn_t  *earn;

    low = 0;
    often = 0;

    for (i = 0; i < program->nearns; i++) {
        earn = &program->earns[i];

        low |= (earn->kind == LOYALTY_EARN_PER_AMOUNT || earn->min > 0);
        often |= (earn->kind == LOYALTY_EARN_PER_ORDER && earn->limit > 0);
    }

    loyalty_say(out, " is noted, but earned no points");

    if (low) {
        loyalty_say(out, ": its total");

        if (loyalty_message_knows_refunds(program)) {
            loyalty_say(out, " less refunds");
        }

        loyalty_say(out, " is too low");
    }

    if (often) {
        if (low) {
            loyalty_say(out, ", or ");

        } else {
            loyalty_say(out, ": ");
        }

        loyalty_say(out, "you have reached the limit of orders that "
                         "count for now");
    }

    loyalty_say(out, ".");
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


static void
loyalty_message_badges(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    size_t  i;

    for (i = 0; i < program->nbadges; i++) {

        if (result->new_badges & (UINT64_C(1) << i)) {
            loyalty_say(out, " You have a new badge: ");
            loyalty_json_piece(out, program->badges[i].name);
            loyalty_say(out, ".");
        }
    }
}


static void
loyalty_message_rewarded(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_say(out, "Thank you! ");

    if (result->action != NULL && result->action->name.len != 0) {
        loyalty_json_piece(out, result->action->name);

    } else {
        loyalty_say(out, "This");
    }

    loyalty_say(out, " earned you ");
    loyalty_message_points(out, result->earned);
    loyalty_say(out, ".");

    loyalty_message_badges(program, result, out);
}


static void
loyalty_message_redeemed(const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_say(out, "Enjoy your reward! ");

    if (result->reward != NULL
        && result->reward->kind == LOYALTY_REWARD_MANUAL)
    {
        loyalty_json_piece(out, result->reward->name);
        loyalty_say(out, ": whoever hands it over asks for this code: ");

    } else if (result->reward != NULL) {
        loyalty_json_piece(out, result->reward->name);
        loyalty_say(out, ": your coupon is ");

    } else {
        loyalty_say(out, "Your coupon is ");
    }

    loyalty_message_text(result->coupon, out);
    loyalty_say(out, ". ");
    loyalty_message_have(result, out);
}


static void
loyalty_message_cancelled(const loyalty_result_t *result,
    loyalty_json_t *out)
{
    loyalty_say(out, "Your coupon ");
    loyalty_message_text(result->coupon, out);

    if (result->outcome == LOYALTY_CANCELLED) {
        loyalty_say(out, " is cancelled, and its points are yours again. ");

    } else {
        loyalty_say(out, " was cancelled before. ");
    }
}


static void
loyalty_message_have(const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_say(out, "You have ");
    loyalty_message_points(out, result->points);

    if (result->pending > 0) {
        loyalty_say(out, ", and ");
        loyalty_json_piece_integer(out, result->pending);
        loyalty_say(out, " more on their way");
    }

    loyalty_say(out, ".");
}


static void
loyalty_message_outlook(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    loyalty_shopper_t        shopper;
    const loyalty_reward_t  *next;

    loyalty_message_shopper(result, &shopper);

    next = loyalty_shopper_next(program, &shopper);

    if (next != NULL) {
        loyalty_say(out, " Your next reward, ");
        loyalty_json_piece(out, next->name);
        loyalty_say(out, ", is ");
        loyalty_message_points(out, loyalty_shopper_cost(program, &shopper,
                                                         next)
                                    - result->points);
        loyalty_say(out, " away.");

    } else if (loyalty_message_offers(program, &shopper)) {
        loyalty_say(out, " That is enough for any reward.");
    }

    if (result->next_tier != NULL) {
        loyalty_say(out, " ");
        loyalty_message_points(out, result->tier_missing);
        loyalty_say(out, " more make you ");
        loyalty_json_piece(out, result->next_tier->name);
        loyalty_say(out, ".");
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
loyalty_message_shopper(const loyalty_result_t *result,
    loyalty_shopper_t *shopper)
{
    shopper->points = result->points;
    shopper->tier = result->tier;
    shopper->memberships = result->memberships;
    shopper->now = result->now;
}


void
loyalty_message_points(loyalty_json_t *out, int64_t points)
{
    loyalty_json_piece_integer(out, points);

    if (points == 1) {
        loyalty_say(out, " point");

    } else {
        loyalty_say(out, " points");
    }
}


static void
loyalty_message_text(const char *text, loyalty_json_t *out)
{
    loyalty_str_t  piece = { strlen(text), text };

    loyalty_json_piece(out, piece);
}
