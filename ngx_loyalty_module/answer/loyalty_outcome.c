
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer.h>


typedef struct {
    unsigned        status;
    loyalty_str_t   code;
    loyalty_str_t   title;               /* of a fault, as is the detail */
    loyalty_str_t   detail;
} loyalty_outcome_t;


static const loyalty_outcome_t  loyalty_outcomes[LOYALTY_OUTCOMES] = {

    [LOYALTY_SIGNED_UP] = {
      .status = 201, .code = loyalty_string("signed_up") },

    [LOYALTY_ALREADY_MEMBER] = {
      .status = 200, .code = loyalty_string("already_member") },

    [LOYALTY_CLAIMED] = {
      .status = 200, .code = loyalty_string("claimed") },

    [LOYALTY_ALREADY_CLAIMED] = {
      .status = 200, .code = loyalty_string("already_claimed") },

    [LOYALTY_CLAIM_PENDING] = {
      .status = 202, .code = loyalty_string("claim_pending") },

    [LOYALTY_BALANCE] = {
      .status = 200, .code = loyalty_string("balance") },

    [LOYALTY_REDEMPTION_PENDING] = {
      .status = 202, .code = loyalty_string("redemption_pending") },

    [LOYALTY_NOTHING_TO_DO] = {
      .status = 200, .code = loyalty_string("nothing_to_do") },

    [LOYALTY_REDEEMED] = {
      .status = 200, .code = loyalty_string("redeemed") },

    [LOYALTY_REWARDED] = {
      .status = 200, .code = loyalty_string("rewarded") },

    [LOYALTY_ALREADY_REWARDED] = {
      .status = 200, .code = loyalty_string("already_rewarded") },

    [LOYALTY_HISTORY] = {
      .status = 200, .code = loyalty_string("history") },

    [LOYALTY_COUPON_GOOD] = {
      .status = 200, .code = loyalty_string("coupon_good") },

    [LOYALTY_COUPON_TAKEN] = {
      .status = 200, .code = loyalty_string("coupon_used") },

    [LOYALTY_CANCELLED] = {
      .status = 200, .code = loyalty_string("cancelled") },

    [LOYALTY_ALREADY_CANCELLED] = {
      .status = 200, .code = loyalty_string("already_cancelled") },

    [LOYALTY_ORDER_NOTED] = {
      .status = 200, .code = loyalty_string("noted") },

    [LOYALTY_LEADERBOARD] = {
      .status = 200, .code = loyalty_string("leaderboard") },

    [LOYALTY_REPORT] = {
      .status = 200, .code = loyalty_string("report") },

    [LOYALTY_BAD_REQUEST] = {
      400,
      loyalty_string("bad_request"),
      loyalty_string("Bad request"),
      loyalty_string("The request could not be read: send its parameters as "
                     "a query string, a form or a flat JSON object.") },

    [LOYALTY_BAD_EMAIL] = {
      400,
      loyalty_string("bad_email"),
      loyalty_string("Bad e-mail address"),
      loyalty_string("The parameter \"email\" is missing or is not an e-mail "
                     "address: send one of 3 to 254 bytes with one @.") },

    [LOYALTY_BAD_ORDER] = {
      400,
      loyalty_string("bad_order"),
      loyalty_string("Bad order number"),
      loyalty_string("The parameter \"order\" is missing or is not an order "
                     "number: send 1 to 64 of A-Z a-z 0-9 . _ # - and "
                     "nothing else.") },

    [LOYALTY_BAD_REWARD] = {
      400,
      loyalty_string("bad_reward"),
      loyalty_string("Bad reward"),
      loyalty_string("The parameter \"reward\" is missing or is not the id "
                     "of a reward: send an id from \"rewards\" in the "
                     "balance.") },

    [LOYALTY_BAD_ACTION] = {
      400,
      loyalty_string("bad_action"),
      loyalty_string("Bad action"),
      loyalty_string("The parameter \"action\" or \"ref\" is missing or is"
                     " no good: send the id of an action, and as \"ref\""
                     " what tells this event from any other, each 1 to"
                     " 64 of A-Z a-z 0-9 . _ # -.") },

    [LOYALTY_BAD_COUPON] = {
      400,
      loyalty_string("bad_coupon"),
      loyalty_string("Bad coupon"),
      loyalty_string("The parameter \"coupon\" is missing or is not a "
                     "coupon code: send 1 to 64 letters, digits and other "
                     "printable ASCII characters.") },

    [LOYALTY_BAD_SIGNATURE] = {
      401,
      loyalty_string("bad_signature"),
      loyalty_string("Bad signature"),
      loyalty_string("The signature of the webhook is missing or "
                     "wrong: give the store the secret that stands in "
                     "\"order_event\".") },

    [LOYALTY_UNAUTHORIZED] = {
      401,
      loyalty_string("unauthorized"),
      loyalty_string("Not authorized"),
      loyalty_string("The API key is missing or wrong: send the header "
                     "\"Authorization: Bearer KEY\" with a key of this "
                     "program, or use a signed link where those are taken.") },

    [LOYALTY_FORBIDDEN] = {
      403,
      loyalty_string("forbidden"),
      loyalty_string("Key of another program"),
      loyalty_string("The API key belongs to another program: use a key of "
                     "the program that is asked here.") },

    [LOYALTY_BAD_LINK] = {
      403,
      loyalty_string("bad_link"),
      loyalty_string("Bad link"),
      loyalty_string("The link is not one of this program's, or not for this "
                     "address, or was changed on its way: open it as it was "
                     "sent, or ask the shop.") },

    [LOYALTY_LINK_EXPIRED] = {
      403,
      loyalty_string("link_expired"),
      loyalty_string("Link expired"),
      loyalty_string("The link was good until a while ago: ask the shop for "
                     "a new one.") },

    [LOYALTY_NOT_A_MEMBER] = {
      404,
      loyalty_string("not_a_member"),
      loyalty_string("Not a member"),
      loyalty_string("Nobody has signed up with this e-mail address: sign up "
                     "first.") },

    [LOYALTY_ORDER_NOT_FOUND] = {
      404,
      loyalty_string("order_not_found"),
      loyalty_string("Order not found"),
      loyalty_string("There is no such order with this e-mail address: check "
                     "the number, and use the address that the order was "
                     "placed with.") },

    [LOYALTY_REWARD_NOT_FOUND] = {
      404,
      loyalty_string("reward_not_found"),
      loyalty_string("Reward not found"),
      loyalty_string("There is no reward with this id: send an id from "
                     "\"rewards\" in the balance.") },

    [LOYALTY_ACTION_NOT_FOUND] = {
      404,
      loyalty_string("action_not_found"),
      loyalty_string("Action not found"),
      loyalty_string("There is no action with this id: send one that "
                     "the program has.") },

    [LOYALTY_COUPON_NOT_FOUND] = {
      404,
      loyalty_string("coupon_not_found"),
      loyalty_string("Coupon not found"),
      loyalty_string("There is no such coupon: check the code.") },

    [LOYALTY_METHOD_NOT_ALLOWED] = {
      405,
      loyalty_string("method_not_allowed"),
      loyalty_string("Method not allowed"),
      loyalty_string("This address does not take the method: use one of "
                     "those in the header \"Allow\".") },

    [LOYALTY_TOO_LARGE] = {
      413,
      loyalty_string("too_large"),
      loyalty_string("Request too large"),
      loyalty_string("The request body is too large: send the parameters "
                     "and nothing else.") },

    [LOYALTY_UNSUPPORTED_MEDIA_TYPE] = {
      415,
      loyalty_string("unsupported_media_type"),
      loyalty_string("Unsupported media type"),
      loyalty_string("The type of the request body is not understood: send "
                     "application/json or "
                     "application/x-www-form-urlencoded.") },

    [LOYALTY_NOT_ENOUGH_POINTS] = {
      409,
      loyalty_string("not_enough_points"),
      loyalty_string("Not enough points"),
      loyalty_string("The reward costs more points than the member has: "
                     "redeem it when there are enough.") },

    [LOYALTY_OUT_OF_STOCK] = {
      409,
      loyalty_string("out_of_stock"),
      loyalty_string("Out of stock"),
      loyalty_string("None of this reward is left: choose another one. No "
                     "points were spent.") },

    [LOYALTY_REWARD_LIMIT] = {
      409,
      loyalty_string("reward_limit"),
      loyalty_string("Reward limit reached"),
      loyalty_string("The member has had this reward as often as one may: "
                     "choose another one. No points were spent.") },

    [LOYALTY_REWARD_NOT_OFFERED] = {
      409,
      loyalty_string("reward_not_offered"),
      loyalty_string("Reward not offered"),
      loyalty_string("This reward is not to be had now, or not by this"
                     " member: choose another one from \"rewards\" in "
                     "the balance. No points were spent.") },

    [LOYALTY_ACTION_LIMIT] = {
      409,
      loyalty_string("action_limit"),
      loyalty_string("Action limit reached"),
      loyalty_string("The member has had points for this action as often "
                     "as one may for now: send it again later. No points "
                     "were earned.") },

    [LOYALTY_ACTION_ALREADY_REWARDED] = {
      409,
      loyalty_string("action_already_rewarded"),
      loyalty_string("Event already counted"),
      loyalty_string("Another member has had points for this event, "
                     "and an event counts once: send another \"ref\".") },

    [LOYALTY_COUPON_USED] = {
      409,
      loyalty_string("coupon_used_before"),
      loyalty_string("Coupon used"),
      loyalty_string("This coupon was used before, and is good once: "
                     "refuse it.") },

    [LOYALTY_COUPON_EXPIRED] = {
      409,
      loyalty_string("coupon_expired"),
      loyalty_string("Coupon expired"),
      loyalty_string("This coupon has expired: refuse it.") },

    [LOYALTY_COUPON_CANCELLED] = {
      409,
      loyalty_string("coupon_cancelled"),
      loyalty_string("Coupon cancelled"),
      loyalty_string("This coupon was cancelled, and its points given "
                     "back: refuse it.") },

    [LOYALTY_COUPON_REFUSED] = {
      409,
      loyalty_string("coupon_refused"),
      loyalty_string("Coupon refused"),
      loyalty_string("The store does not make this coupon: choose another "
                     "reward, or have somebody ask the store. The points were "
                     "given back.") },

    [LOYALTY_COUPON_NOT_OURS] = {
      409,
      loyalty_string("coupon_not_cancellable"),
      loyalty_string("Coupon not cancellable"),
      loyalty_string("The shop knows whether this coupon was used, and "
                     "alone can take it back: ask the shop. No points were "
                     "given back.") },

    [LOYALTY_ORDER_NOT_PAID] = {
      409,
      loyalty_string("order_not_paid"),
      loyalty_string("Order not paid"),
      loyalty_string("The store does not have this order as paid: claim it "
                     "again when it is.") },

    [LOYALTY_ORDER_ALREADY_CLAIMED] = {
      409,
      loyalty_string("order_already_claimed"),
      loyalty_string("Order already claimed"),
      loyalty_string("Another member has claimed this order, and an order "
                     "counts once: claim another one, or ask the store.") },

    [LOYALTY_IDEMPOTENCY_KEY_REUSED] = {
      422,
      loyalty_string("idempotency_key_reused"),
      loyalty_string("Idempotency key reused"),
      loyalty_string("This Idempotency-Key came with another request before: "
                     "make a new key for each new request.") },

    [LOYALTY_WRONG_CURRENCY] = {
      422,
      loyalty_string("wrong_currency"),
      loyalty_string("Wrong currency"),
      loyalty_string("The order is in another currency than the program's "
                     "and cannot earn points: claim an order in the "
                     "program's currency.") },

    [LOYALTY_STORE_BAD_ANSWER] = {
      502,
      loyalty_string("store_bad_answer"),
      loyalty_string("Bad answer from the store"),
      loyalty_string("The store's answer about the order could not be used, "
                     "and nothing was credited: have somebody look into the "
                     "error log of the loyalty server.") },

    [LOYALTY_STORE_UNAVAILABLE] = {
      503,
      loyalty_string("store_unavailable"),
      loyalty_string("Store unavailable"),
      loyalty_string("The store cannot be asked about the order just now, "
                     "and nothing was credited: claim it again later.") },

    [LOYALTY_STORE_TIMEOUT] = {
      504,
      loyalty_string("store_timeout"),
      loyalty_string("Store timeout"),
      loyalty_string("The store took too long to answer about the order, "
                     "and nothing was credited: claim it again later.") },

    [LOYALTY_DATABASE_UNAVAILABLE] = {
      503,
      loyalty_string("database_unavailable"),
      loyalty_string("Database unavailable"),
      loyalty_string("The points cannot be read or written just now: send "
                     "the same request again later.") }
};


unsigned
loyalty_outcome_status(loyalty_outcome_e outcome)
{
    return loyalty_outcomes[outcome].status;
}


loyalty_str_t
loyalty_outcome_code(loyalty_outcome_e outcome)
{
    return loyalty_outcomes[outcome].code;
}


loyalty_str_t
loyalty_outcome_title(loyalty_outcome_e outcome)
{
    return loyalty_outcomes[outcome].title;
}


loyalty_str_t
loyalty_outcome_detail(loyalty_outcome_e outcome)
{
    return loyalty_outcomes[outcome].detail;
}
