
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


#define RETRY    120
#define SESSION  "projects/p/agent/sessions/1"


static loyalty_errand_t  found;


/* The store makes the coupon of a handkerchief, which somebody can pay. */

static int
start(void **state)
{
    shop_t  *shop;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->program.coupon_retry = RETRY;
    shop->rewards[HANKY].coupon = LOYALTY_COUPON_STORE;

    shop_member(shop, ADA, 250);

    return 0;
}


#define format_test(name)                                                     \
    cmocka_unit_test_setup_teardown(name, start, shop_close)


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


static loyalty_command_t *
errand(shop_t *shop)
{
    loyalty_command_t  *c;

    c = shop_balance(shop, "");

    c->kind = LOYALTY_COMMAND_ERRAND;
    c->errand = &found;

    return shop_expect(shop, c, LOYALTY_REDEMPTION_PENDING);
}


static loyalty_command_t *
concluding(shop_t *shop, loyalty_command_t *first)
{
    loyalty_command_t  *c;

    c = shop_balance(shop, ADA);

    c->kind = LOYALTY_COMMAND_CONCLUDE;
    c->redemption = first->redemption;
    c->verdict = LOYALTY_COUPON_THERE;

    return shop_expect(shop, c, LOYALTY_REDEEMED);
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

        settled = concluding(shop, errand(shop));

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
        format_test(the_engine_answers_in_the_format),
        format_test(a_fault_has_the_status_of_the_format),
        format_test(a_chat_is_answered_again_byte_for_byte),
        format_test(a_refusal_in_a_chat_is_stored_as_it_was_sent),
        format_test(faults_of_the_store_are_not_stored),
        format_test(the_same_key_in_another_format_is_another_request),
        format_test(the_same_key_in_another_session_is_another_request),
        format_test(an_errand_settles_in_the_format_of_who_redeemed)
    };

    return cmocka_run_group_tests_name("engine_format", tests, NULL, NULL);
}
