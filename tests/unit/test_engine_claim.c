
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


#define BODY(number, email, status, currency, total)                          \
    "{\"number\":" number ",\"email\":" email ",\"status\":" status           \
    ",\"currency\":" currency ",\"total\":" total "}"


static void
a_claim_of_a_member_is_admitted(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 10);

    c = shop_admission(shop, ADA, "1001");
    shop_run(shop);

    assert_false(c->decided);
    assert_null(c->json.data);
    assert_string_equal(loyalty_engine_error(shop->engine), "");
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
}


static void
a_claim_of_a_stranger_is_not_admitted(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_admission(shop, ADA, "1001"),
                    LOYALTY_NOT_A_MEMBER);

    assert_int_equal(c->status, 404);
    assert_true(answer_says(c, "\"code\":\"not_a_member\""));
}


static void
a_claim_again_is_decided_by_admission(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 10);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    c = shop_expect(shop, shop_admission(shop, ADA, "1001"),
                    LOYALTY_ALREADY_CLAIMED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.points, 70);
}


/* Whose it is, is only said when the store has confirmed that it is ours. */

static void
admission_does_not_tell_of_a_claim_by_another(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 10);
    shop_member(shop, BOB, 10);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    c = shop_admission(shop, BOB, "1001");
    shop_run(shop);

    assert_false(c->decided);
}


static void
admission_writes_nothing(void **state)
{
    int64_t  written;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 10);

    written = shop_written(shop);

    with_key(shop_admission(shop, ADA, "1001"), "chatbot", "a key");
    with_key(shop_admission(shop, BOB, "1001"), "chatbot", "another");
    shop_run(shop);

    assert_true(written > 0);
    assert_int_equal(shop_written(shop), written);
}


static void
a_claim_is_credited(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 50);

    c = shop_expect(shop, shop_claim(shop, ADA, "1001", 6099),
                    LOYALTY_CLAIMED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.earned, 60);
    assert_int_equal(c->result.points, 110);
    assert_int_equal(c->result.lifetime, 110);
    assert_true(answer_says(c, "\"order\":\"1001\""));
    assert_true(answer_says(c, "\"earned\":60"));

    assert_int_equal(shop_sql(shop, "SELECT points FROM ledger WHERE "
                                    "kind = 'claim' AND reference = '1001'"),
                     60);
}


static void
one_command_can_go_both_parts(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 0);

    c = shop_admission(shop, ADA, "1001");
    shop_run(shop);
    assert_false(c->decided);

    c->admission = 0;
    c->order_fault = LOYALTY_NO_FAULT;
    c->order_body = text(BODY("\"1001\"", "\"" ADA "\"", "\"paid\"",
                              "\"USD\"", "6099"));

    loyalty_engine_run(shop->engine, c, shop->now);

    shop_expect(shop, c, LOYALTY_CLAIMED);
    assert_int_equal(c->result.points, 60);
}


static void
the_facts_of_the_award_are_kept(void **state)
{
    char     buffer[128];
    shop_t  *shop = *state;

    shop->earns[0].points = 3;
    shop->earns[0].per = 250;

    shop_member(shop, ADA, 0);
    shop->now += HOUR;
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    shop_sql_text(shop, "SELECT store || ' ' || number || ' ' || currency "
                        "|| ' ' || total || ' ' || points || ' ' "
                        "|| facts || ' ' || claimed_at FROM claim",
                  buffer, sizeof(buffer));

    assert_string_equal(buffer,
                        "default 1001 USD 6099 72 base=72 1797937200");
}


static void
the_same_member_claims_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 0);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    c = shop_expect(shop, shop_claim(shop, ADA, "1001", 9900),
                    LOYALTY_ALREADY_CLAIMED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.points, 60);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger"), 1);
}


static void
another_member_is_refused(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    c = shop_expect(shop, shop_claim(shop, BOB, "1001", 6099),
                    LOYALTY_ORDER_ALREADY_CLAIMED);

    assert_int_equal(c->status, 409);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member "
                                    "WHERE email = '" BOB "'"), 0);
}


static void
order_numbers_are_compared_exactly(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    shop_expect(shop, shop_claim(shop, ADA, "a1", 100), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "A1", 100), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "01", 100), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "1", 100), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "1.0", 100), LOYALTY_CLAIMED);

    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 5);
}


static void
a_stranger_claims_nothing(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099),
                LOYALTY_NOT_A_MEMBER);
    shop_expect(shop, shop_claim_fault(shop, ADA, "1001",
                                       LOYALTY_STORE_BAD_ANSWER),
                LOYALTY_NOT_A_MEMBER);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
}


static void
what_the_store_answers_is_judged(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    static const struct {
        const char         *body;
        loyalty_outcome_e   outcome;
    } cases[] = {
        { BODY("\"1002\"", "\"" ADA "\"", "\"paid\"", "\"USD\"", "6099"),
          LOYALTY_ORDER_NOT_FOUND },
        { BODY("\"1001\"", "\"" BOB "\"", "\"paid\"", "\"USD\"", "6099"),
          LOYALTY_ORDER_NOT_FOUND },
        { BODY("\"1001\"", "\"" ADA "\"", "\"new\"", "\"USD\"", "6099"),
          LOYALTY_ORDER_NOT_PAID },
        { BODY("\"1001\"", "\"" ADA "\"", "\"paid\"", "\"EUR\"", "6099"),
          LOYALTY_WRONG_CURRENCY },
        { BODY("\"1001\"", "\"" ADA "\"", "\"paid\"", "\"USD\"", "[]"),
          LOYALTY_STORE_BAD_ANSWER },
        { "", LOYALTY_STORE_BAD_ANSWER },
        { "<html>", LOYALTY_STORE_BAD_ANSWER }
    };

    shop_member(shop, ADA, 0);

    for (i = 0; i < elements_of(cases); i++) {
        c = shop_expect(shop, shop_claim_answered(shop, ADA, "1001",
                                                  cases[i].body),
                        cases[i].outcome);

        assert_int_equal(c->why[0] != '\0',
                         cases[i].outcome == LOYALTY_STORE_BAD_ANSWER);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);
}


static void
faults_of_the_caller_are_the_outcome(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    static const loyalty_outcome_e  faults[] = {
        LOYALTY_ORDER_NOT_FOUND, LOYALTY_ORDER_NOT_PAID,
        LOYALTY_WRONG_CURRENCY, LOYALTY_STORE_BAD_ANSWER,
        LOYALTY_STORE_UNAVAILABLE, LOYALTY_STORE_TIMEOUT
    };

    shop_member(shop, ADA, 0);

    for (i = 0; i < elements_of(faults); i++) {
        c = shop_claim(shop, ADA, "1001", 6099);
        c->order_fault = faults[i];

        shop_expect(shop, c, faults[i]);
        assert_int_equal(c->result.earned, 0);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);
}


static void
another_e_mail_and_no_such_order_are_answered_alike(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *wrong, *unknown, *missing;

    shop_member(shop, ADA, 0);

    wrong = shop_claim_answered(shop, ADA, "1001",
                                BODY("\"1001\"", "\"" BOB "\"", "\"paid\"",
                                     "\"USD\"", "6099"));
    unknown = shop_claim_fault(shop, ADA, "1001", LOYALTY_ORDER_NOT_FOUND);
    missing = shop_claim_answered(shop, ADA, "1001",
                                  BODY("null", "null", "null", "null",
                                       "null"));

    shop_expect(shop, wrong, LOYALTY_ORDER_NOT_FOUND);
    shop_expect(shop, unknown, LOYALTY_ORDER_NOT_FOUND);
    shop_expect(shop, missing, LOYALTY_ORDER_NOT_FOUND);

    assert_same_answer(wrong, unknown);
    assert_same_answer(wrong, missing);
}


static void
an_order_that_earns_nothing_is_claimed_all_the_same(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 10);

    c = shop_expect(shop, shop_claim(shop, ADA, "1001", 99),
                    LOYALTY_CLAIMED);

    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.points, 10);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim "
                                    "WHERE points = 0"), 1);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger "
                                    "WHERE kind = 'claim'"), 0);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 9900),
                LOYALTY_ALREADY_CLAIMED);
}


static void
a_program_may_earn_nothing_at_all(void **state)
{
    char     buffer[32];
    shop_t  *shop = *state;

    shop->program.nearns = 0;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 9900), LOYALTY_CLAIMED);

    shop_sql_text(shop, "SELECT facts || ' ' || points FROM claim", buffer,
                  sizeof(buffer));

    assert_string_equal(buffer, "base=0 0");
}


static void
per_order(shop_t *shop, int64_t min, int64_t limit, int64_t window)
{
    loyalty_earn_t  *earn = &shop->earns[0];

    earn->kind = LOYALTY_EARN_PER_ORDER;
    earn->points = 10;
    earn->per = 0;
    earn->min = min;
    earn->limit = limit;
    earn->window = window;
}


static int64_t
earned(shop_t *shop, const char *order, int64_t total, int64_t when)
{
    shop->now = CHRISTMAS + when;

    return shop_expect(shop, shop_claim(shop, ADA, order, total),
                       LOYALTY_CLAIMED)->result.earned;
}


static void
an_order_earns_from_the_minimum_on(void **state)
{
    shop_t  *shop = *state;

    per_order(shop, 2000, 0, 0);
    shop_member(shop, ADA, 0);

    assert_int_equal(earned(shop, "1", 1999, 0), 0);
    assert_int_equal(earned(shop, "2", 2000, 0), 10);
    assert_int_equal(earned(shop, "3", 900000, 0), 10);
}


static void
orders_earn_up_to_the_limit(void **state)
{
    shop_t  *shop = *state;

    per_order(shop, 0, 2, DAY);
    shop_member(shop, ADA, 0);

    assert_int_equal(earned(shop, "1", 500, 0), 10);
    assert_int_equal(earned(shop, "2", 500, 0), 10);
    assert_int_equal(earned(shop, "3", 500, 0), 0);
}


static void
the_window_ends_at_the_second(void **state)
{
    shop_t  *shop = *state;

    per_order(shop, 0, 1, DAY);
    shop_member(shop, ADA, 0);

    assert_int_equal(earned(shop, "1", 500, 0), 10);
    assert_int_equal(earned(shop, "2", 500, DAY - 1), 0);
    assert_int_equal(earned(shop, "3", 500, DAY), 10);
    assert_int_equal(earned(shop, "4", 500, 2 * DAY - 1), 0);
    assert_int_equal(earned(shop, "5", 500, 2 * DAY), 10);
}


static void
the_window_moves_with_each_order(void **state)
{
    shop_t  *shop = *state;

    per_order(shop, 0, 2, DAY);
    shop_member(shop, ADA, 0);

    assert_int_equal(earned(shop, "1", 500, 0), 10);
    assert_int_equal(earned(shop, "2", 500, HOUR), 10);
    assert_int_equal(earned(shop, "3", 500, DAY), 10);
    assert_int_equal(earned(shop, "4", 500, DAY + HOUR - 1), 0);
    assert_int_equal(earned(shop, "5", 500, DAY + HOUR), 10);
}


static void
orders_that_earned_nothing_do_not_count(void **state)
{
    shop_t  *shop = *state;

    per_order(shop, 2000, 1, DAY);
    shop_member(shop, ADA, 0);

    assert_int_equal(earned(shop, "1", 1999, 0), 0);
    assert_int_equal(earned(shop, "2", 2000, 0), 10);
    assert_int_equal(earned(shop, "3", 2000, 0), 0);
}


static void
only_own_orders_count_for_the_limit(void **state)
{
    shop_t  *shop = *state;

    per_order(shop, 0, 1, DAY);
    shop->program.signup_bonus = 5;

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);
    shop_expect(shop, shop_claim(shop, BOB, "1", 500), LOYALTY_CLAIMED);

    assert_int_equal(earned(shop, "2", 500, 0), 10);
}


static void
the_largest_total_is_credited_in_full(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->earns[0].per = 1;

    shop_member(shop, ADA, 0);

    c = shop_expect(shop, shop_claim(shop, ADA, "1", LOYALTY_POINTS_MAX),
                    LOYALTY_CLAIMED);

    assert_int_equal(c->result.points, LOYALTY_POINTS_MAX);
}


static void
a_balance_stops_at_the_largest_number(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->earns[0].per = 1;

    shop_member(shop, ADA, 5);

    c = shop_expect(shop, shop_claim(shop, ADA, "1", LOYALTY_POINTS_MAX),
                    LOYALTY_CLAIMED);

    assert_int_equal(c->result.earned, LOYALTY_POINTS_MAX - 5);
    assert_int_equal(c->result.points, LOYALTY_POINTS_MAX);

    c = shop_expect(shop, shop_claim(shop, ADA, "2", 100), LOYALTY_CLAIMED);

    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.points, LOYALTY_POINTS_MAX);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_claim_of_a_member_is_admitted),
        shop_test(a_claim_of_a_stranger_is_not_admitted),
        shop_test(a_claim_again_is_decided_by_admission),
        shop_test(admission_does_not_tell_of_a_claim_by_another),
        shop_test(admission_writes_nothing),
        shop_test(a_claim_is_credited),
        shop_test(one_command_can_go_both_parts),
        shop_test(the_facts_of_the_award_are_kept),
        shop_test(the_same_member_claims_once),
        shop_test(another_member_is_refused),
        shop_test(order_numbers_are_compared_exactly),
        shop_test(a_stranger_claims_nothing),
        shop_test(what_the_store_answers_is_judged),
        shop_test(faults_of_the_caller_are_the_outcome),
        shop_test(another_e_mail_and_no_such_order_are_answered_alike),
        shop_test(an_order_that_earns_nothing_is_claimed_all_the_same),
        shop_test(a_program_may_earn_nothing_at_all),
        shop_test(an_order_earns_from_the_minimum_on),
        shop_test(orders_earn_up_to_the_limit),
        shop_test(the_window_ends_at_the_second),
        shop_test(the_window_moves_with_each_order),
        shop_test(orders_that_earned_nothing_do_not_count),
        shop_test(only_own_orders_count_for_the_limit),
        shop_test(the_largest_total_is_credited_in_full),
        shop_test(a_balance_stops_at_the_largest_number)
    };

    return cmocka_run_group_tests_name("claim", tests, NULL, NULL);
}
