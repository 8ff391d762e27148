
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_text.h>


/*
 * The tone: short, friendly, and what to do next.  The other languages have
 * the same variables.
 */

const char *const  loyalty_text_en[LOYALTY_TEXTS] = {

    [LOYALTY_TEXT_SIGNED_UP] =
        "Welcome!",

    [LOYALTY_TEXT_ALREADY_MEMBER] =
        "Welcome back!",

    [LOYALTY_TEXT_CLAIMED] =
        "Thank you! Order {order} earned you {earned}.",

    [LOYALTY_TEXT_CLAIMED_NOTHING] =
        "Thank you! Order {order} is noted, but earned no points.",

    [LOYALTY_TEXT_CLAIMED_TOO_LOW] =
        "Thank you! Order {order} is noted, but earned no points: its total "
        "is too low.",

    [LOYALTY_TEXT_CLAIMED_LIMIT] =
        "Thank you! Order {order} is noted, but earned no points: you have "
        "reached the limit of orders that count for now.",

    [LOYALTY_TEXT_CLAIMED_TOO_LOW_OR_LIMIT] =
        "Thank you! Order {order} is noted, but earned no points: its total "
        "is too low, or you have reached the limit of orders that count for "
        "now.",

    [LOYALTY_TEXT_CLAIMED_REFUNDED] =
        "Thank you! Order {order} is noted, but earned no points: its total "
        "less refunds is too low.",

    [LOYALTY_TEXT_CLAIMED_REFUNDED_OR_LIMIT] =
        "Thank you! Order {order} is noted, but earned no points: its total "
        "less refunds is too low, or you have reached the limit of orders "
        "that count for now.",

    [LOYALTY_TEXT_ALREADY_CLAIMED] =
        "You have already claimed order {order}.",

    [LOYALTY_TEXT_CLAIM_PENDING] =
        "The shop does not answer just now, but your order {order} is noted: "
        "its points come by themselves as soon as the shop confirms it.",

    [LOYALTY_TEXT_REWARDED] =
        "Thank you! {action} earned you {earned}.",

    [LOYALTY_TEXT_REWARDED_UNNAMED] =
        "Thank you! This earned you {earned}.",

    [LOYALTY_TEXT_ALREADY_REWARDED] =
        "You have already had your points for this.",

    [LOYALTY_TEXT_NEW_BADGE] =
        "You have a new badge: {badge}.",

    [LOYALTY_TEXT_REDEEMED] =
        "Enjoy your reward! {reward}: your coupon is {coupon}.",

    [LOYALTY_TEXT_REDEEMED_MANUAL] =
        "Enjoy your reward! {reward}: whoever hands it over asks for this "
        "code: {coupon}.",

    [LOYALTY_TEXT_REDEEMED_UNNAMED] =
        "Enjoy your reward! Your coupon is {coupon}.",

    [LOYALTY_TEXT_REDEMPTION_PENDING] =
        "Your coupon is being made: look for it here in a few minutes.",

    [LOYALTY_TEXT_CANCELLED] =
        "Your coupon {coupon} is cancelled, and its points are yours again.",

    [LOYALTY_TEXT_ALREADY_CANCELLED] =
        "Your coupon {coupon} was cancelled before.",

    [LOYALTY_TEXT_NOTED] =
        "Noted.",

    [LOYALTY_TEXT_BALANCE] =
        "You have {points}.",

    [LOYALTY_TEXT_BALANCE_PENDING] =
        "You have {points}, and {pending.number} more on their way.",

    [LOYALTY_TEXT_NEXT_REWARD] =
        "Your next reward, {reward}, is {missing} away.",

    [LOYALTY_TEXT_ANY_REWARD] =
        "That is enough for any reward.",

    [LOYALTY_TEXT_NEXT_TIER] =
        "{missing} more make you {tier}.",

    [LOYALTY_TEXT_COUPON_GOOD] =
        "The coupon is good.",

    [LOYALTY_TEXT_COUPON_USED] =
        "The coupon is used.",

    [LOYALTY_TEXT_COUPON_USED_FOR] =
        "The coupon is used for order {order}.",

    [LOYALTY_TEXT_RANK] =
        "You are number {rank}.",

    [LOYALTY_TEXT_LEADERS] =
        "These are the best.",

    [LOYALTY_TEXT_NO_LEADERS] =
        "Nobody is on the leaderboard yet.",

    [LOYALTY_TEXT_BUTTON_CLAIM] =
        "Claim another",

    [LOYALTY_TEXT_BUTTON_REWARDS] =
        "See rewards",

    [LOYALTY_TEXT_BUTTON_REDEEM] =
        "Redeem",

    [LOYALTY_TEXT_POINT] =
        "{number} point",

    [LOYALTY_TEXT_POINTS] =
        "{number} points",

    [loyalty_text_of_fault(LOYALTY_BAD_REQUEST)] =
        "Sorry, we did not understand that. Please try again.",

    [loyalty_text_of_fault(LOYALTY_BAD_EMAIL)] =
        "That does not look like an e-mail address. Please check it and try "
        "again.",

    [loyalty_text_of_fault(LOYALTY_BAD_ORDER)] =
        "That does not look like an order number. Please check it and try "
        "again.",

    [loyalty_text_of_fault(LOYALTY_BAD_REWARD)] =
        "Please choose one of the rewards.",

    [loyalty_text_of_fault(LOYALTY_BAD_ACTION)] =
        "Sorry, we could not tell what this was for. Please try again.",

    [loyalty_text_of_fault(LOYALTY_BAD_COUPON)] =
        "That does not look like a coupon code. Please check it and try "
        "again.",

    [loyalty_text_of_fault(LOYALTY_BAD_SIGNATURE)] =
        "Sorry, this does not work right now. Please tell the shop about it.",

    [loyalty_text_of_fault(LOYALTY_UNAUTHORIZED)] =
        "Sorry, this does not work right now. Please tell the shop about it.",

    [loyalty_text_of_fault(LOYALTY_FORBIDDEN)] =
        "Sorry, this does not work right now. Please tell the shop about it.",

    [loyalty_text_of_fault(LOYALTY_BAD_LINK)] =
        "This link does not work. Please open the one that you were sent "
        "once more, or ask the shop for a new one.",

    [loyalty_text_of_fault(LOYALTY_LINK_EXPIRED)] =
        "This link has expired. Please ask the shop for a new one.",

    [loyalty_text_of_fault(LOYALTY_NOT_A_MEMBER)] =
        "Nobody has signed up with this e-mail address yet. Please sign up "
        "first.",

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_FOUND)] =
        "We could not find order {order} with this e-mail address. Please "
        "check the number, and use the address that you ordered with.",

    [loyalty_text_of_fault(LOYALTY_REWARD_NOT_FOUND)] =
        "We could not find this reward. Please choose another one.",

    [loyalty_text_of_fault(LOYALTY_ACTION_NOT_FOUND)] =
        "Sorry, there are no points for this.",

    [loyalty_text_of_fault(LOYALTY_COUPON_NOT_FOUND)] =
        "We could not find this coupon. Please check the code.",

    [loyalty_text_of_fault(LOYALTY_METHOD_NOT_ALLOWED)] =
        "Sorry, this does not work right now. Please tell the shop about it.",

    [loyalty_text_of_fault(LOYALTY_TOO_LARGE)] =
        "Sorry, this does not work right now. Please tell the shop about it.",

    [loyalty_text_of_fault(LOYALTY_UNSUPPORTED_MEDIA_TYPE)] =
        "Sorry, this does not work right now. Please tell the shop about it.",

    [loyalty_text_of_fault(LOYALTY_NOT_ENOUGH_POINTS)] =
        "{reward} costs {cost}, and you have {points.number}: "
        "{missing.number} more to go!",

    [loyalty_text_of_fault(LOYALTY_OUT_OF_STOCK)] =
        "Sorry, {reward} is out of stock. Your points are still yours: "
        "please choose another reward.",

    [loyalty_text_of_fault(LOYALTY_REWARD_LIMIT)] =
        "You have had {reward} as often as possible. Your points are still "
        "yours: please choose another reward.",

    [loyalty_text_of_fault(LOYALTY_REWARD_NOT_OFFERED)] =
        "Sorry, {reward} is not available to you right now. Your points are "
        "still yours: please choose another reward.",

    [loyalty_text_of_fault(LOYALTY_ACTION_LIMIT)] =
        "You have had all the points for this that there are for now. "
        "Please come back later!",

    [loyalty_text_of_fault(LOYALTY_ACTION_ALREADY_REWARDED)] =
        "Somebody else has already had the points for this.",

    [loyalty_text_of_fault(LOYALTY_COUPON_USED)] =
        "This coupon has already been used.",

    [loyalty_text_of_fault(LOYALTY_COUPON_EXPIRED)] =
        "Sorry, this coupon has expired.",

    [loyalty_text_of_fault(LOYALTY_COUPON_CANCELLED)] =
        "This coupon was cancelled, and its points were given back.",

    [loyalty_text_of_fault(LOYALTY_COUPON_REFUSED)] =
        "Sorry, the shop cannot make this coupon. Your points are back: "
        "please choose another reward, or ask the shop.",

    [loyalty_text_of_fault(LOYALTY_COUPON_NOT_OURS)] =
        "Only the shop can take this coupon back. Please ask the shop.",

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_PAID)] =
        "Order {order} is not paid yet. Please try again when it is.",

    [loyalty_text_of_fault(LOYALTY_ORDER_ALREADY_CLAIMED)] =
        "Somebody else has already had the points for order {order}. If it "
        "is yours, please ask the shop.",

    [loyalty_text_of_fault(LOYALTY_IDEMPOTENCY_KEY_REUSED)] =
        "Sorry, this does not work right now. Please tell the shop about it.",

    [loyalty_text_of_fault(LOYALTY_WRONG_CURRENCY)] =
        "Sorry, order {order} is in a currency that earns no points here.",

    [loyalty_text_of_fault(LOYALTY_STORE_BAD_ANSWER)] =
        "Sorry, we could not check your order with the shop. Please tell "
        "the shop about it.",

    [loyalty_text_of_fault(LOYALTY_STORE_UNAVAILABLE)] =
        "Sorry, the shop cannot be reached right now. Please try again in a "
        "few minutes.",

    [loyalty_text_of_fault(LOYALTY_STORE_TIMEOUT)] =
        "Sorry, the shop is taking too long to answer. Please try again in "
        "a few minutes.",

    [loyalty_text_of_fault(LOYALTY_DATABASE_UNAVAILABLE)] =
        "Sorry, we cannot get at your points right now. Please try again in "
        "a few minutes."
};
