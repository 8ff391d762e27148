
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_answer.h>


static const struct {
    unsigned     status;
    const char  *code;
} outcomes[LOYALTY_OUTCOMES] = {
    [LOYALTY_SIGNED_UP] = { 201, "signed_up" },
    [LOYALTY_ALREADY_MEMBER] = { 200, "already_member" },
    [LOYALTY_CLAIMED] = { 200, "claimed" },
    [LOYALTY_ALREADY_CLAIMED] = { 200, "already_claimed" },
    [LOYALTY_CLAIM_PENDING] = { 202, "claim_pending" },
    [LOYALTY_BALANCE] = { 200, "balance" },
    [LOYALTY_REDEEMED] = { 200, "redeemed" },
    [LOYALTY_REDEMPTION_PENDING] = { 202, "redemption_pending" },
    [LOYALTY_REWARDED] = { 200, "rewarded" },
    [LOYALTY_ALREADY_REWARDED] = { 200, "already_rewarded" },
    [LOYALTY_HISTORY] = { 200, "history" },
    [LOYALTY_COUPON_GOOD] = { 200, "coupon_good" },
    [LOYALTY_COUPON_TAKEN] = { 200, "coupon_used" },
    [LOYALTY_CANCELLED] = { 200, "cancelled" },
    [LOYALTY_ALREADY_CANCELLED] = { 200, "already_cancelled" },
    [LOYALTY_NOTHING_TO_DO] = { 200, "nothing_to_do" },
    [LOYALTY_ORDER_NOTED] = { 200, "noted" },
    [LOYALTY_LEADERBOARD] = { 200, "leaderboard" },
    [LOYALTY_REPORT] = { 200, "report" },
    [LOYALTY_BAD_REQUEST] = { 400, "bad_request" },
    [LOYALTY_BAD_EMAIL] = { 400, "bad_email" },
    [LOYALTY_BAD_ORDER] = { 400, "bad_order" },
    [LOYALTY_BAD_REWARD] = { 400, "bad_reward" },
    [LOYALTY_BAD_ACTION] = { 400, "bad_action" },
    [LOYALTY_BAD_COUPON] = { 400, "bad_coupon" },
    [LOYALTY_BAD_SIGNATURE] = { 401, "bad_signature" },
    [LOYALTY_UNAUTHORIZED] = { 401, "unauthorized" },
    [LOYALTY_FORBIDDEN] = { 403, "forbidden" },
    [LOYALTY_BAD_LINK] = { 403, "bad_link" },
    [LOYALTY_LINK_EXPIRED] = { 403, "link_expired" },
    [LOYALTY_NOT_A_MEMBER] = { 404, "not_a_member" },
    [LOYALTY_ORDER_NOT_FOUND] = { 404, "order_not_found" },
    [LOYALTY_REWARD_NOT_FOUND] = { 404, "reward_not_found" },
    [LOYALTY_ACTION_NOT_FOUND] = { 404, "action_not_found" },
    [LOYALTY_COUPON_NOT_FOUND] = { 404, "coupon_not_found" },
    [LOYALTY_METHOD_NOT_ALLOWED] = { 405, "method_not_allowed" },
    [LOYALTY_TOO_LARGE] = { 413, "too_large" },
    [LOYALTY_UNSUPPORTED_MEDIA_TYPE] = { 415, "unsupported_media_type" },
    [LOYALTY_NOT_ENOUGH_POINTS] = { 409, "not_enough_points" },
    [LOYALTY_OUT_OF_STOCK] = { 409, "out_of_stock" },
    [LOYALTY_REWARD_LIMIT] = { 409, "reward_limit" },
    [LOYALTY_REWARD_NOT_OFFERED] = { 409, "reward_not_offered" },
    [LOYALTY_ACTION_LIMIT] = { 409, "action_limit" },
    [LOYALTY_ACTION_ALREADY_REWARDED] = { 409, "action_already_rewarded" },
    [LOYALTY_COUPON_USED] = { 409, "coupon_used_before" },
    [LOYALTY_COUPON_EXPIRED] = { 409, "coupon_expired" },
    [LOYALTY_COUPON_CANCELLED] = { 409, "coupon_cancelled" },
    [LOYALTY_COUPON_REFUSED] = { 409, "coupon_refused" },
    [LOYALTY_COUPON_NOT_OURS] = { 409, "coupon_not_cancellable" },
    [LOYALTY_ORDER_NOT_PAID] = { 409, "order_not_paid" },
    [LOYALTY_ORDER_ALREADY_CLAIMED] = { 409, "order_already_claimed" },
    [LOYALTY_IDEMPOTENCY_KEY_REUSED] = { 422, "idempotency_key_reused" },
    [LOYALTY_WRONG_CURRENCY] = { 422, "wrong_currency" },
    [LOYALTY_STORE_BAD_ANSWER] = { 502, "store_bad_answer" },
    [LOYALTY_STORE_UNAVAILABLE] = { 503, "store_unavailable" },
    [LOYALTY_STORE_TIMEOUT] = { 504, "store_timeout" },
    [LOYALTY_DATABASE_UNAVAILABLE] = { 503, "database_unavailable" }
};


static void
every_outcome_has_its_status_and_code(void **state)
{
    size_t         i;
    loyalty_str_t  code;

    (void) state;

    for (i = LOYALTY_SIGNED_UP; i < LOYALTY_OUTCOMES; i++) {
        assert_int_equal(loyalty_outcome_status(i), outcomes[i].status);

        code = loyalty_outcome_code(i);

        assert_int_equal(code.len, strlen(outcomes[i].code));
        assert_memory_equal(code.data, outcomes[i].code, code.len);
    }
}


/* Stored answers are known again by it. */

static void
no_two_outcomes_have_the_same_code(void **state)
{
    size_t  i, n;

    (void) state;

    for (i = LOYALTY_SIGNED_UP; i < LOYALTY_OUTCOMES; i++) {

        for (n = LOYALTY_SIGNED_UP; n < i; n++) {
            assert_false(loyalty_str_equal(loyalty_outcome_code(i),
                                           loyalty_outcome_code(n)));
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(every_outcome_has_its_status_and_code),
        cmocka_unit_test(no_two_outcomes_have_the_same_code)
    };

    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
