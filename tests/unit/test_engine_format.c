
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <held_fixture.h>


#define SESSION  "projects/p/agent/sessions/1"


static loyalty_command_t *
in(loyalty_format_e format, loyalty_command_t *c)
{
    c->format = format;

    if (format == LOYALTY_FORMAT_DIALOGFLOW_ES) {
        c->session = text(SESSION);
    }

    return c;
}


static loyalty_command_t *
redeem(shop_t *shop, loyalty_format_e format)
{
    return in(format, with_key(shop_redeem(shop, ADA, "hanky"), "bot", "k"));
}


static void
the_engine_answers_in_the_format(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = in(LOYALTY_FORMAT_CHATFUEL, shop_balance(shop, ADA));
    shop_expect(shop, c, LOYALTY_BALANCE);

    assert_true(answer_says(c, "\"set_attributes\":"));
    assert_true(answer_says(c, "\"loyalty_points\":\"250\""));
}


static void
a_fault_has_the_status_of_the_format(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = in(LOYALTY_FORMAT_MANYCHAT, shop_balance(shop, BOB));
    shop_expect(shop, c, LOYALTY_NOT_A_MEMBER);

    assert_int_equal(c->status, 200);
}


static void
a_chat_is_answered_again_byte_for_byte(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    first = in(LOYALTY_FORMAT_MANYCHAT,
               with_key(shop_claim(shop, ADA, "1001", 6099), "bot", "k"));
    shop_expect(shop, first, LOYALTY_CLAIMED);

    shop_expect(shop, shop_claim(shop, ADA, "1002", 50000), LOYALTY_CLAIMED);

    again = in(LOYALTY_FORMAT_MANYCHAT,
               with_key(shop_claim(shop, ADA, "1001", 6099), "bot", "k"));
    shop_expect(shop, again, LOYALTY_CLAIMED);

    assert_true(again->replayed);
    assert_same_answer(first, again);
}


static void
a_refusal_in_a_chat_is_stored_as_it_was_sent(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    first = in(LOYALTY_FORMAT_CHATFUEL,
               with_key(shop_redeem(shop, BOB, "hanky"), "bot", "k"));
    shop_expect(shop, first, LOYALTY_NOT_A_MEMBER);

    again = in(LOYALTY_FORMAT_CHATFUEL,
               with_key(shop_redeem(shop, BOB, "hanky"), "bot", "k"));
    shop_expect(shop, again, LOYALTY_NOT_A_MEMBER);

    assert_true(again->replayed);
    assert_int_equal(again->status, 200);
    assert_same_answer(first, again);
}


/* They have the status 200, too, but it may go better next time. */

static void
faults_of_the_store_are_not_stored(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = in(LOYALTY_FORMAT_CHATFUEL,
           with_key(shop_claim_fault(shop, ADA, "1001",
                                     LOYALTY_STORE_BAD_ANSWER), "bot", "k"));
    shop_expect(shop, c, LOYALTY_STORE_BAD_ANSWER);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"), 0);
}


static void
the_same_key_in_another_format_gets_the_same_in_that(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again, *plain;

    static const struct {
        loyalty_format_e   first;
        loyalty_format_e   then;
        const char        *says;
    } cases[] = {
        { LOYALTY_FORMAT_MANYCHAT, LOYALTY_FORMAT_JSON,
          "{\"result\":\"redeemed\"" },
        { LOYALTY_FORMAT_JSON, LOYALTY_FORMAT_MANYCHAT_TELEGRAM,
          "\"type\":\"telegram\"" },
        { LOYALTY_FORMAT_CHATFUEL, LOYALTY_FORMAT_DIALOGFLOW_ES,
          "\"" SESSION "/contexts/loyalty\"" }
    };

    shop->rewards[HANKY].coupon = LOYALTY_COUPON_LOCAL;
    shop->rewards[HANKY].cost = 10;

    for (i = 0; i < elements_of(cases); i++) {
        (void) shop_sql(shop, "DELETE FROM answer");

        first = redeem(shop, cases[i].first);
        shop_expect(shop, first, LOYALTY_REDEEMED);

        again = redeem(shop, cases[i].then);
        shop_expect(shop, again, LOYALTY_REDEEMED);

        assert_true(again->replayed);
        assert_int_equal(again->status, 200);
        assert_true(answer_says(again, cases[i].says));
        assert_true(answer_says(again, first->result.coupon));

        plain = redeem(shop, cases[i].first);
        shop_expect(shop, plain, LOYALTY_REDEEMED);
        assert_same_answer(first, plain);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 3);
}


static void
a_refusal_has_the_status_of_the_format_asked_now(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *again;

    shop_expect(shop, in(LOYALTY_FORMAT_CHATFUEL,
                         with_key(shop_redeem(shop, BOB, "hanky"), "bot",
                                  "k")),
                LOYALTY_NOT_A_MEMBER);

    again = with_key(shop_redeem(shop, BOB, "hanky"), "bot", "k");
    shop_expect(shop, again, LOYALTY_NOT_A_MEMBER);

    assert_true(again->replayed);
    assert_int_equal(again->status, 404);
    assert_true(answer_says(again, "\"code\":\"not_a_member\""));
}


/* Its JSON has no field for the points, a chat has. */

static void
who_has_too_few_points_is_told_the_same_again(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop->rewards[HANKY].cost = 1000;

    first = redeem(shop, LOYALTY_FORMAT_MANYCHAT);
    shop_expect(shop, first, LOYALTY_NOT_ENOUGH_POINTS);

    shop_expect(shop, shop_claim(shop, ADA, "1002", 50000), LOYALTY_CLAIMED);

    again = redeem(shop, LOYALTY_FORMAT_MANYCHAT);
    shop_expect(shop, again, LOYALTY_NOT_ENOUGH_POINTS);

    assert_true(answer_says(again, "\"value\":250"));
    assert_same_answer(first, again);
}


/* The links of its buttons end when they would have. */

static void
a_chat_with_buttons_is_answered_again_byte_for_byte(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    static const loyalty_link_secrets_t  secrets = {
        .secrets = { loyalty_string("a-secret-of-links-for-units-01234567") },
        .nsecrets = 1
    };

    shop->program.site = text("https://shop.example/loyalty");
    shop->program.link_secrets = &secrets;

    first = in(LOYALTY_FORMAT_MANYCHAT,
               with_key(shop_claim(shop, ADA, "1001", 6099), "bot", "k"));
    first->locale = text("tr");
    shop_expect(shop, first, LOYALTY_CLAIMED);

    assert_true(answer_says(first, "dynamic_block_callback"));

    shop->now += 100;

    again = in(LOYALTY_FORMAT_MANYCHAT,
               with_key(shop_claim(shop, ADA, "1001", 6099), "bot", "k"));
    shop_expect(shop, again, LOYALTY_CLAIMED);

    assert_true(again->replayed);
    assert_same_answer(first, again);
}


static void
the_same_key_in_another_session_is_answered_there(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *other;

    shop_expect(shop, redeem(shop, LOYALTY_FORMAT_DIALOGFLOW_ES),
                LOYALTY_REDEMPTION_PENDING);

    other = redeem(shop, LOYALTY_FORMAT_DIALOGFLOW_ES);
    other->session = text("projects/p/agent/sessions/2");

    shop_expect(shop, other, LOYALTY_REDEMPTION_PENDING);

    assert_true(other->replayed);
    assert_true(answer_says(other, "sessions/2/contexts/loyalty"));
}


static void
what_an_errand_settles_is_told_in_any_format(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *again;

    static const struct {
        loyalty_format_e   format;
        const char        *says;
    } cases[] = {
        { LOYALTY_FORMAT_JSON, "{\"result\":\"redeemed\"" },
        { LOYALTY_FORMAT_MANYCHAT_TELEGRAM, "\"type\":\"telegram\"" },
        { LOYALTY_FORMAT_DIALOGFLOW_ES, "\"" SESSION "/contexts/loyalty\"" }
    };

    shop_expect(shop, redeem(shop, LOYALTY_FORMAT_MANYCHAT),
                LOYALTY_REDEMPTION_PENDING);

    shop->now += RETRY;

    shop_expect(shop, concluding(shop, find(shop), LOYALTY_COUPON_THERE),
                LOYALTY_REDEEMED);

    for (i = 0; i < elements_of(cases); i++) {
        again = redeem(shop, cases[i].format);
        shop_expect(shop, again, LOYALTY_REDEEMED);

        assert_true(again->replayed);
        assert_true(answer_says(again, cases[i].says));
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        held_test(the_engine_answers_in_the_format),
        held_test(a_fault_has_the_status_of_the_format),
        held_test(a_chat_is_answered_again_byte_for_byte),
        held_test(a_refusal_in_a_chat_is_stored_as_it_was_sent),
        held_test(faults_of_the_store_are_not_stored),
        held_test(the_same_key_in_another_format_gets_the_same_in_that),
        held_test(a_refusal_has_the_status_of_the_format_asked_now),
        held_test(who_has_too_few_points_is_told_the_same_again),
        held_test(a_chat_with_buttons_is_answered_again_byte_for_byte),
        held_test(the_same_key_in_another_session_is_answered_there),
        held_test(what_an_errand_settles_is_told_in_any_format)
    };

    return cmocka_run_group_tests_name("engine_format", tests, NULL, NULL);
}
