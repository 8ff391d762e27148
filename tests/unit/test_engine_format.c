
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
the_same_key_in_another_format_is_another_request(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, redeem(shop, LOYALTY_FORMAT_JSON),
                LOYALTY_REDEMPTION_PENDING);
    shop_expect(shop, redeem(shop, LOYALTY_FORMAT_MANYCHAT),
                LOYALTY_IDEMPOTENCY_KEY_REUSED);
}


static void
the_same_key_in_another_session_is_another_request(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *other;

    shop_expect(shop, redeem(shop, LOYALTY_FORMAT_DIALOGFLOW_ES),
                LOYALTY_REDEMPTION_PENDING);

    other = redeem(shop, LOYALTY_FORMAT_DIALOGFLOW_ES);
    other->session = text("projects/p/agent/sessions/2");

    shop_expect(shop, other, LOYALTY_IDEMPOTENCY_KEY_REUSED);
}


static void
an_errand_settles_in_the_format_of_who_redeemed(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *settled, *again;

    static const struct {
        loyalty_format_e   format;
        const char        *says;
    } cases[] = {
        { LOYALTY_FORMAT_JSON, "{\"result\":\"redeemed\"" },
        { LOYALTY_FORMAT_MANYCHAT_TELEGRAM, "\"type\":\"telegram\"" },
        { LOYALTY_FORMAT_DIALOGFLOW_ES, "\"" SESSION "/contexts/loyalty\"" }
    };

    shop->rewards[HANKY].cost = 50;

    for (i = 0; i < elements_of(cases); i++) {
        (void) shop_sql(shop, "DELETE FROM answer");

        shop_expect(shop, redeem(shop, cases[i].format),
                    LOYALTY_REDEMPTION_PENDING);

        shop->now += RETRY;

        settled = shop_expect(shop, concluding(shop, find(shop),
                                               LOYALTY_COUPON_THERE),
                              LOYALTY_REDEEMED);

        again = redeem(shop, cases[i].format);
        shop_expect(shop, again, LOYALTY_REDEEMED);

        assert_true(again->replayed);
        assert_same_answer(settled, again);
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
        held_test(the_same_key_in_another_format_is_another_request),
        held_test(the_same_key_in_another_session_is_another_request),
        held_test(an_errand_settles_in_the_format_of_who_redeemed)
    };

    return cmocka_run_group_tests_name("engine_format", tests, NULL, NULL);
}
