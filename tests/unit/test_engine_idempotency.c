
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


#define BOT  "chatbot"


static loyalty_command_t *
signup(shop_t *shop, const char *email, const char *caller, const char *key)
{
    return with_key(shop_signup(shop, email), caller, key);
}


static loyalty_command_t *
redeem(shop_t *shop, const char *reward, const char *key)
{
    return with_key(shop_redeem(shop, ADA, reward), BOT, key);
}


static loyalty_command_t *
fault(shop_t *shop, loyalty_outcome_e outcome, const char *key)
{
    return with_key(shop_claim_fault(shop, ADA, "1001", outcome), BOT, key);
}


static void
a_sign_up_is_answered_again_byte_for_byte(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    first = shop_expect(shop, signup(shop, ADA, BOT, "k"), LOYALTY_SIGNED_UP);
    shop_expect(shop, shop_claim(shop, ADA, "1", 9900), LOYALTY_CLAIMED);
    again = shop_expect(shop, signup(shop, ADA, BOT, "k"), LOYALTY_SIGNED_UP);

    assert_false(first->replayed);
    assert_true(again->replayed);
    assert_int_equal(again->status, 201);
    assert_same_answer(first, again);
}


static void
a_claim_is_answered_again_byte_for_byte(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 0);

    first = with_key(shop_claim(shop, ADA, "1001", 6099), BOT, "k");
    shop_expect(shop, first, LOYALTY_CLAIMED);

    shop_expect(shop, shop_claim(shop, ADA, "1002", 50000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    again = with_key(shop_claim(shop, ADA, "1001", 6099), BOT, "k");
    shop_expect(shop, again, LOYALTY_CLAIMED);

    assert_true(again->replayed);
    assert_same_answer(first, again);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 360);
}


/* Then the store need not be asked. */

static void
admission_replays(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 0);

    first = with_key(shop_claim(shop, ADA, "1001", 6099), BOT, "k");
    shop_expect(shop, first, LOYALTY_CLAIMED);

    again = with_key(shop_admission(shop, ADA, "1001"), BOT, "k");
    shop_expect(shop, again, LOYALTY_CLAIMED);

    assert_true(again->replayed);
    assert_same_answer(first, again);
}


static void
a_redemption_is_answered_again_and_costs_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 1000);

    first = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "apron"), LOYALTY_REDEEMED);
    shop->now += HOUR;
    again = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    assert_same_answer(first, again);
    assert_true(answer_says(again, first->result.coupon));
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 400);
}


static void
a_balance_is_answered_again_as_it_was(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 10);

    first = with_key(shop_balance(shop, ADA), BOT, "k");
    shop_expect(shop, first, LOYALTY_BALANCE);

    shop_expect(shop, shop_claim(shop, ADA, "1", 9900), LOYALTY_CLAIMED);

    again = with_key(shop_balance(shop, ADA), BOT, "k");
    shop_expect(shop, again, LOYALTY_BALANCE);

    assert_true(answer_says(again, "\"points\":10,"));
    assert_same_answer(first, again);
}


static void
stored_answers_survive_a_restart(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 1000);

    first = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);
    shop_reload(shop);
    again = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    assert_same_answer(first, again);
}


static void
stored_answers_do_not_ask_the_rules_of_today(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 1000);

    first = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    shop->program.nrewards = 0;
    shop_reload(shop);

    again = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    assert_same_answer(first, again);
}


static void
another_request_with_the_key_is_refused(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *c, *others[7];

    shop_member(shop, ADA, 1000);

    c = with_key(shop_claim(shop, ADA, "1001", 6099), BOT, "k");
    shop_expect(shop, c, LOYALTY_CLAIMED);

    others[0] = shop_claim(shop, BOB, "1001", 6099);
    others[1] = shop_claim(shop, ADA, "1002", 6099);
    others[2] = shop_balance(shop, ADA);
    others[3] = shop_redeem(shop, ADA, "hanky");
    others[4] = shop_admission(shop, ADA, "1002");

    others[5] = shop_signup(shop, ADA);
    others[6] = shop_signup(shop, ADA);
    others[6]->source = text("spring");

    for (i = 0; i < elements_of(others); i++) {
        with_key(others[i], BOT, "k");
    }

    for (i = 0; i < elements_of(others); i++) {
        shop_expect(shop, others[i], LOYALTY_IDEMPOTENCY_KEY_REUSED);

        assert_int_equal(others[i]->status, 422);
        assert_true(answer_says(others[i], "idempotency_key_reused"));
    }

    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 1060);
}


static void
a_request_differs_in_its_optional_parts_too(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = signup(shop, ADA, BOT, "k");
    c->source = text("spring");
    shop_expect(shop, c, LOYALTY_SIGNED_UP);

    shop_expect(shop, signup(shop, ADA, BOT, "k"),
                LOYALTY_IDEMPOTENCY_KEY_REUSED);

    c = signup(shop, ADA, BOT, "k");
    c->locale = text("spring");
    shop_expect(shop, c, LOYALTY_IDEMPOTENCY_KEY_REUSED);

    c = signup(shop, ADA, BOT, "k");
    c->source = text("spring");
    shop_expect(shop, c, LOYALTY_SIGNED_UP);
}


static void
a_refusal_leaves_the_stored_answer_alone(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 1000);

    first = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);
    shop_expect(shop, redeem(shop, "apron", "k"),
                LOYALTY_IDEMPOTENCY_KEY_REUSED);
    again = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    assert_same_answer(first, again);
}


static void
faults_are_answered_again(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 0);

    first = shop_expect(shop, redeem(shop, "hanky", "k"),
                        LOYALTY_NOT_ENOUGH_POINTS);

    shop_expect(shop, shop_claim(shop, ADA, "1", 50000), LOYALTY_CLAIMED);

    again = shop_expect(shop, redeem(shop, "hanky", "k"),
                        LOYALTY_NOT_ENOUGH_POINTS);

    assert_int_equal(again->status, 409);
    assert_same_answer(first, again);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 500);
}


static void
faults_of_an_order_are_answered_again(void **state)
{
    size_t              i;
    char                key[2] = "a";
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    static const loyalty_outcome_e  faults[] = {
        LOYALTY_ORDER_NOT_FOUND, LOYALTY_ORDER_NOT_PAID,
        LOYALTY_WRONG_CURRENCY
    };

    shop_member(shop, ADA, 0);

    for (i = 0; i < elements_of(faults); i++) {
        key[0]++;

        first = shop_expect(shop, fault(shop, faults[i], key), faults[i]);

        again = with_key(shop_claim(shop, ADA, "1001", 6099), BOT, key);
        shop_expect(shop, again, faults[i]);

        assert_same_answer(first, again);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
}


/* As when admission has said so: what it decided is only stored afterwards. */

static void
what_admission_decided_is_stored_with_the_key(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    first = shop_expect(shop, fault(shop, LOYALTY_ALREADY_CLAIMED, "k"),
                        LOYALTY_ALREADY_CLAIMED);

    shop_expect(shop, shop_claim(shop, ADA, "1002", 6099), LOYALTY_CLAIMED);

    again = with_key(shop_admission(shop, ADA, "1001"), BOT, "k");
    shop_expect(shop, again, LOYALTY_ALREADY_CLAIMED);

    assert_int_equal(first->result.points, 60);
    assert_same_answer(first, again);
}


static void
a_stranger_gets_the_same_answer_after_signing_up(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    first = shop_expect(shop, fault(shop, LOYALTY_NOT_A_MEMBER, "k"),
                        LOYALTY_NOT_A_MEMBER);

    shop_member(shop, ADA, 0);

    again = with_key(shop_admission(shop, ADA, "1001"), BOT, "k");
    shop_expect(shop, again, LOYALTY_NOT_A_MEMBER);

    assert_same_answer(first, again);
}


static void
faults_of_the_store_are_not_stored(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    static const loyalty_outcome_e  faults[] = {
        LOYALTY_STORE_BAD_ANSWER, LOYALTY_STORE_UNAVAILABLE,
        LOYALTY_STORE_TIMEOUT
    };

    shop_member(shop, ADA, 0);

    for (i = 0; i < elements_of(faults); i++) {
        c = shop_expect(shop, fault(shop, faults[i], "k"), faults[i]);
        assert_false(c->replayed);
        assert_true(c->json.len > 0);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"), 0);

    c = with_key(shop_claim(shop, ADA, "1001", 6099), BOT, "k");
    shop_expect(shop, c, LOYALTY_CLAIMED);
    assert_false(c->replayed);
}


static void
callers_have_keys_of_their_own(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_expect(shop, signup(shop, ADA, "chatbot", "k"), LOYALTY_SIGNED_UP);

    c = shop_expect(shop, signup(shop, ADA, "till", "k"),
                    LOYALTY_ALREADY_MEMBER);
    assert_false(c->replayed);

    shop_expect(shop, signup(shop, BOB, "", "k"), LOYALTY_SIGNED_UP);
    shop_expect(shop, signup(shop, BOB, "", "k"), LOYALTY_SIGNED_UP);
}


static void
keys_are_compared_exactly(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, signup(shop, ADA, BOT, "k"), LOYALTY_SIGNED_UP);
    shop_expect(shop, signup(shop, ADA, BOT, "K"), LOYALTY_ALREADY_MEMBER);
    shop_expect(shop, signup(shop, ADA, BOT, "k "), LOYALTY_ALREADY_MEMBER);
    shop_expect(shop, signup(shop, ADA, BOT, "kk"), LOYALTY_ALREADY_MEMBER);
}


static void
without_a_key_nothing_is_stored(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1000);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"), 0);
}


static void
answers_are_kept_for_two_days(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop_member(shop, ADA, 1000);

    first = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    shop->now += 2 * DAY;
    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);

    again = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    assert_same_answer(first, again);
}


static void
answers_are_forgotten_after_two_days(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 1000);
    shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    shop->now += 2 * DAY + 1;
    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"), 0);

    c = shop_expect(shop, redeem(shop, "hanky", "k"), LOYALTY_REDEEMED);

    assert_false(c->replayed);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 2);
}


static void
only_old_answers_are_forgotten(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1000);

    shop_expect(shop, redeem(shop, "hanky", "old"), LOYALTY_REDEEMED);
    shop->now += DAY;
    shop_expect(shop, redeem(shop, "hanky", "new"), LOYALTY_REDEEMED);
    shop->now += DAY + 1;
    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"), 1);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer "
                                    "WHERE key = 'new'"), 1);
}


/* Those of a busy day must not pile up: more go with a batch than come. */

static void
many_old_answers_are_forgotten(void **state)
{
    int      round;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    (void) shop_sql(shop, "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL "
                          "SELECT n + 1 FROM n WHERE n < 5000) "
                          "INSERT INTO answer (caller, key, request, status, "
                          "result, body, at) SELECT 'chatbot', "
                          "CAST(n AS TEXT), '', 200, 'balance', '{}', 1000 "
                          "FROM n");

    shop->now += HOUR;

    for (round = 0; round < 5000 / 64; round++) {
        shop_expect(shop, shop_signup(shop, ADA), LOYALTY_ALREADY_MEMBER);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_sign_up_is_answered_again_byte_for_byte),
        shop_test(a_claim_is_answered_again_byte_for_byte),
        shop_test(admission_replays),
        shop_test(a_redemption_is_answered_again_and_costs_once),
        shop_test(a_balance_is_answered_again_as_it_was),
        shop_test(stored_answers_survive_a_restart),
        shop_test(stored_answers_do_not_ask_the_rules_of_today),
        shop_test(another_request_with_the_key_is_refused),
        shop_test(a_request_differs_in_its_optional_parts_too),
        shop_test(a_refusal_leaves_the_stored_answer_alone),
        shop_test(faults_are_answered_again),
        shop_test(faults_of_an_order_are_answered_again),
        shop_test(what_admission_decided_is_stored_with_the_key),
        shop_test(a_stranger_gets_the_same_answer_after_signing_up),
        shop_test(faults_of_the_store_are_not_stored),
        shop_test(callers_have_keys_of_their_own),
        shop_test(keys_are_compared_exactly),
        shop_test(without_a_key_nothing_is_stored),
        shop_test(answers_are_kept_for_two_days),
        shop_test(answers_are_forgotten_after_two_days),
        shop_test(only_old_answers_are_forgotten),
        shop_test(many_old_answers_are_forgotten)
    };

    return cmocka_run_group_tests_name("idempotency", tests, NULL, NULL);
}
