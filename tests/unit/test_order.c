
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <order_fixture.h>

#include <stdlib.h>


#define DEPTH  100000


static void
a_paid_order_of_the_member_is_good(void **state)
{
    (void) state;

    expect(NUMBER("\"1001\""), GOOD, 6099);
}


static void
the_number_must_be_the_asked_one(void **state)
{
    static const answer_t  answers[] = {
        { NUMBER("1001"), GOOD, 6099 },
        { NUMBER("\"1002\""), NOT_FOUND, 0 },
        { NUMBER("\"01001\""), NOT_FOUND, 0 },
        { NUMBER("\"#1001\""), NOT_FOUND, 0 },
        { NUMBER("\"1001 \""), NOT_FOUND, 0 },
        { NUMBER("\"10010\""), NOT_FOUND, 0 },
        { NUMBER("\"\""), NOT_FOUND, 0 },
        { NUMBER("1002"), NOT_FOUND, 0 },
        { NUMBER("100"), NOT_FOUND, 0 },
        { NUMBER("11001"), NOT_FOUND, 0 },
        { NUMBER("-1001"), NOT_FOUND, 0 },
        { NUMBER("0"), NOT_FOUND, 0 },
        { NUMBER("null"), NOT_FOUND, 0 },
        { NUMBER("1001.0"), BAD_ANSWER, 0 },
        { NUMBER("true"), BAD_ANSWER, 0 },
        { NUMBER("[1001]"), BAD_ANSWER, 0 },
        { NUMBER("{\"id\":1001}"), BAD_ANSWER, 0 }
    };

    (void) state;

    expect_all(answers, elements_of(answers));
}


static void
numbers_are_compared_as_text(void **state)
{
    (void) state;

    expect_of("01001", text(NUMBER("1001")), NOT_FOUND, 0);
    expect_of("#1001", text(NUMBER("\"#1001\"")), GOOD, 6099);
    expect_of("ab-C_1.2", text(NUMBER("\"ab-C_1.2\"")), GOOD, 6099);
    expect_of("AB-C_1.2", text(NUMBER("\"ab-C_1.2\"")), NOT_FOUND, 0);
    expect_of("0", text(NUMBER("0")), GOOD, 6099);
    expect_of("-1", text(NUMBER("-1")), NOT_FOUND, 0);
    expect_of("9223372036854775807", text(NUMBER("9223372036854775807")),
              GOOD, 6099);
}


static void
the_email_must_be_the_members(void **state)
{
    static const answer_t  answers[] = {
        { EMAIL("\" ADA@Example.COM \""), GOOD, 6099 },
        { EMAIL("\"ada\\u0040example.com\""), GOOD, 6099 },
        { EMAIL("\"bob@example.com\""), NOT_FOUND, 0 },
        { EMAIL("\"ada@example.com.au\""), NOT_FOUND, 0 },
        { EMAIL("\"\""), NOT_FOUND, 0 },
        { EMAIL("\"not an address\""), NOT_FOUND, 0 },
        { EMAIL("null"), NOT_FOUND, 0 },
        { EMAIL("5"), BAD_ANSWER, 0 },
        { EMAIL("true"), BAD_ANSWER, 0 },
        { EMAIL("[\"ada@example.com\"]"), BAD_ANSWER, 0 },
        { EMAIL("{}"), BAD_ANSWER, 0 },
        { "{\"number\":\"1001\",\"billing\":null}", NOT_FOUND, 0 },
        { "{\"number\":\"1001\",\"billing\":{}}", BAD_ANSWER, 0 },
        { "{\"number\":\"1001\",\"billing\":\"x\"}", BAD_ANSWER, 0 },
        { "{\"number\":\"1001\"}", BAD_ANSWER, 0 }
    };

    (void) state;

    expect_all(answers, elements_of(answers));
}


static void
the_orders_own_email_is_told_normalised(void **state)
{
    (void) state;

    read_order(EMAIL("\" ADA@Example.COM \""));

    assert_int_equal(order.email_len, strlen("ada@example.com"));
    assert_memory_equal(order.email, "ada@example.com", order.email_len);
}


static void
without_an_email_the_order_may_be_anybodys(void **state)
{
    loyalty_str_t  body;

    (void) state;

    body = text(EMAIL("\"Bob@example.com\""));

    expect_verdict(body, ask("1001", "", body), GOOD);

    assert_int_equal(order.total, 6099);
    assert_int_equal(order.email_len, strlen("bob@example.com"));
    assert_memory_equal(order.email, "bob@example.com", order.email_len);
}


static void
an_order_of_nobody_is_not_anybodys(void **state)
{
    size_t         i;
    loyalty_str_t  body;

    static const char  *bodies[] = {
        EMAIL("null"), EMAIL("\"\""), EMAIL("\"not an address\"")
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        body = text(bodies[i]);
        expect_verdict(body, ask("1001", "", body), NOT_FOUND);
    }
}


static void
the_status_must_be_a_paid_one(void **state)
{
    static const answer_t  answers[] = {
        { STATUS("\"processing\""), GOOD, 6099 },
        { STATUS("\"completed\""), GOOD, 6099 },
        { STATUS("2"), GOOD, 6099 },
        { STATUS("\"2\""), GOOD, 6099 },
        { STATUS("true"), GOOD, 6099 },
        { STATUS("\"pending\""), NOT_PAID, 0 },
        { STATUS("\"Completed\""), NOT_PAID, 0 },
        { STATUS("\"complete\""), NOT_PAID, 0 },
        { STATUS("\"\""), NOT_PAID, 0 },
        { STATUS("0"), NOT_PAID, 0 },
        { STATUS("-2"), NOT_PAID, 0 },
        { STATUS("22"), NOT_PAID, 0 },
        { STATUS("false"), NOT_PAID, 0 },
        { STATUS("null"), NOT_PAID, 0 },
        { STATUS("2.0"), BAD_ANSWER, 0 },
        { STATUS("[]"), BAD_ANSWER, 0 },
        { STATUS("{}"), BAD_ANSWER, 0 }
    };

    (void) state;

    expect_all(answers, elements_of(answers));
}


static void
a_status_without_a_place_is_a_bad_answer(void **state)
{
    (void) state;

    store.lookup.status = text("/state");

    expect_why(STATUS("\"completed\""), "status=/state");
}


static void
an_order_without_payments_is_not_paid(void **state)
{
    (void) state;

    store.lookup.status = text("/payments/0/state");

    expect("{\"number\":1001,\"billing\":{\"email\":\"ada@example.com\"},"
           "\"payments\":[]}", NOT_PAID, 0);
    expect("{\"number\":1001,\"billing\":{\"email\":\"ada@example.com\"},"
           "\"payments\":null}", NOT_PAID, 0);
}


static void
the_status_does_not_matter_without_a_pointer(void **state)
{
    (void) state;

    store.lookup.status = text(NULL);

    expect(STATUS("\"pending\""), GOOD, 6099);
    expect(STATUS("{}"), GOOD, 6099);
}


static void
a_void_order_is_not_paid(void **state)
{
    (void) state;

    expect(STATUS("\"cancelled\""), NOT_PAID, 0);
    assert_int_equal(order.voided, 1);

    expect(STATUS("\"refunded\""), NOT_PAID, 0);
    assert_int_equal(order.voided, 1);

    expect(STATUS("\"pending\""), NOT_PAID, 0);
    assert_int_equal(order.voided, 0);

    expect(STATUS("\"completed\""), GOOD, 6099);
    assert_int_equal(order.voided, 0);

    expect(STATUS("null"), NOT_PAID, 0);
    assert_int_equal(order.voided, 0);
}


static void
a_status_that_is_also_void_is_not_paid(void **state)
{
    (void) state;

    store.lookup.voided = paid;
    store.lookup.nvoided = elements_of(paid);

    expect(STATUS("\"completed\""), NOT_PAID, 0);
    assert_int_equal(order.voided, 1);
}


static void
an_order_that_is_not_paid_has_its_facts(void **state)
{
    (void) state;

    expect(STATUS("\"refunded\""), NOT_PAID, 0);

    assert_int_equal(order.total, 6099);
    assert_int_equal(order.email_len, strlen("ada@example.com"));
    assert_memory_equal(order.email, "ada@example.com", order.email_len);
}


static void
an_order_that_is_not_paid_may_have_no_amounts_yet(void **state)
{
    (void) state;

    store.lookup.tax = text("/tax");

    expect("{\"number\":1001,\"billing\":{\"email\":\"ada@example.com\"},"
           "\"status\":\"cancelled\",\"currency\":\"USD\","
           "\"total\":60.99,\"tax\":\"?\"}",
           NOT_PAID, 0);

    /* all of them or none */

    assert_int_equal(order.total, 0);
    assert_int_equal(order.voided, 1);
    assert_int_equal(order.email_len, strlen("ada@example.com"));
}


static void
nothing_is_paid_without_paid_statuses(void **state)
{
    (void) state;

    store.lookup.npaid = 0;

    expect(STATUS("\"completed\""), NOT_PAID, 0);
}


static void
the_currency_must_be_the_stores(void **state)
{
    static const answer_t  answers[] = {
        { CURRENCY("\"USD\""), GOOD, 6099 },
        { CURRENCY("\"usd\""), GOOD, 6099 },
        { CURRENCY("\"uSd\""), GOOD, 6099 },
        { CURRENCY("\"EUR\""), WRONG_CURRENCY, 0 },
        { CURRENCY("\"USDT\""), WRONG_CURRENCY, 0 },
        { CURRENCY("\"US\""), WRONG_CURRENCY, 0 },
        { CURRENCY("\"\""), WRONG_CURRENCY, 0 },
        { CURRENCY("null"), BAD_ANSWER, 0 },
        { CURRENCY("840"), BAD_ANSWER, 0 },
        { CURRENCY("{}"), BAD_ANSWER, 0 }
    };

    (void) state;

    expect_all(answers, elements_of(answers));

    store.lookup.currency = text("/money");

    expect_why(CURRENCY("\"USD\""), "currency=/money");
}


static void
a_store_may_have_another_currency_than_the_program(void **state)
{
    (void) state;

    store.currency = text("EUR");

    expect(CURRENCY("\"eur\""), GOOD, 6099);
    expect(CURRENCY("\"USD\""), WRONG_CURRENCY, 0);
}


static void
the_currency_does_not_matter_without_a_pointer(void **state)
{
    (void) state;

    store.lookup.currency = text(NULL);

    expect(CURRENCY("\"EUR\""), GOOD, 6099);
}


static void
what_the_asker_does_not_know_stays_hidden(void **state)
{
    (void) state;

    /* all else is wrong too, and must not show before number and e-mail */

    expect(ORDER("\"1002\"", "5", "{}", "{}", "{}"), NOT_FOUND, 0);
    expect(ORDER("\"1001\"", "\"bob@example.com\"", "\"pending\"", "\"EUR\"",
                 "\"\""),
           NOT_FOUND, 0);
    expect(ORDER("\"1001\"", "\"bob@example.com\"", "{}", "{}", "{}"),
           NOT_FOUND, 0);
}


static void
status_currency_and_total_are_judged_in_turn(void **state)
{
    (void) state;

    expect(ORDER("\"1001\"", "\"ada@example.com\"", "\"pending\"", "\"EUR\"",
                 "\"\""),
           NOT_PAID, 0);
    expect(ORDER("\"1001\"", "\"ada@example.com\"", "\"completed\"",
                 "\"EUR\"", "\"\""),
           WRONG_CURRENCY, 0);
}


static void
pointers_may_lead_deep(void **state)
{
    (void) state;

    store.lookup.number = text("/data/orders/0/code");
    store.lookup.email = text("/data/orders/0/customer/emailAddress");
    store.lookup.total = text("/data/orders/0/totalWithTax");
    store.lookup.currency = text(NULL);
    store.lookup.status = text(NULL);

    expect("{\"data\":{\"orders\":[{\"code\":\"1001\",\"customer\":"
           "{\"emailAddress\":\"ada@example.com\"},\"totalWithTax\":12.5}]}}",
           GOOD, 1250);
    expect("{\"data\":{\"orders\":[]}}", NOT_FOUND, 0);
    expect("{\"data\":{\"orders\":null}}", NOT_FOUND, 0);
    expect("{\"data\":null}", NOT_FOUND, 0);
    expect("{\"data\":{}}", BAD_ANSWER, 0);
    expect("{\"data\":{\"orders\":{}}}", BAD_ANSWER, 0);
}


static void
null_beside_reported_errors_is_a_bad_answer(void **state)
{
    (void) state;

    store.lookup.number = text("/data/order/code");

    expect("{\"errors\":[],\"data\":{\"order\":null}}", NOT_FOUND, 0);
    expect("{\"errors\":null,\"data\":{\"order\":null}}", NOT_FOUND, 0);
    expect_why("{\"errors\":[{\"message\":\"FORBIDDEN\"}],"
               "\"data\":{\"order\":null}}",
               "errors");
    expect_why("{\"errors\":[{\"message\":\"FORBIDDEN\"}],\"data\":null}",
               "errors");

    store.lookup.list = text("/data/orders");
    store.lookup.number = text("/code");

    expect("{\"data\":{\"orders\":null}}", NOT_FOUND, 0);
    expect_why("{\"errors\":[{}],\"data\":{\"orders\":null}}", "list=");
}


static void
an_optional_fact_is_no_less_bad_beside_reported_errors(void **state)
{
    (void) state;

    store.lookup.tax = text("/tax");

    expect(WITH("\"errors\":[],\"tax\":null"), GOOD, 6099);
    expect_why(WITH("\"errors\":[{}],\"tax\":null"), "tax=/tax");
}


static void
a_list_is_searched_for_the_number(void **state)
{
    (void) state;

    store.lookup.list = text("/orders");

    expect("{\"orders\":[" NUMBER("\"1000\"") "," NUMBER("\"1001\"") "]}",
           GOOD, 6099);
    expect("{\"orders\":[" NUMBER("null") "," NUMBER("1001") "]}",
           GOOD, 6099);
    expect("{\"orders\":[" NUMBER("\"1000\"") "," NUMBER("\"1002\"") "]}",
           NOT_FOUND, 0);
    expect("{\"orders\":[]}", NOT_FOUND, 0);
    expect("{\"orders\":null}", NOT_FOUND, 0);
}


static void
only_the_first_of_the_number_counts(void **state)
{
    (void) state;

    store.lookup.list = text("/orders");

    expect("{\"orders\":[" TOTAL("1") "," TOTAL("2") "]}", GOOD, 100);
    expect("{\"orders\":[" EMAIL("\"bob@example.com\"") ","
           NUMBER("\"1001\"") "]}",
           NOT_FOUND, 0);
}


static void
a_list_may_be_the_whole_answer(void **state)
{
    (void) state;

    store.lookup.list = text("");

    expect("[" NUMBER("\"1001\"") "]", GOOD, 6099);
    expect("[]", NOT_FOUND, 0);
    expect("{}", BAD_ANSWER, 0);
}


static void
a_list_must_be_an_array_of_orders(void **state)
{
    (void) state;

    store.lookup.list = text("/orders");

    expect_why("{}", "list=/orders");
    expect_why("{\"orders\":{}}", "list=/orders");
    expect_why("{\"orders\":\"\"}", "list=/orders");
    expect_why("{\"orders\":[5]}", "number=/number");
    expect_why("{\"orders\":[{}]}", "number=/number");
    expect_why("{\"orders\":[{\"number\":{}}," NUMBER("\"1\"") "]}",
               "number=/number");
}


static void
strange_elements_do_not_hide_the_order(void **state)
{
    (void) state;

    store.lookup.list = text("/orders");

    expect("{\"orders\":[5,{},null," NUMBER("\"1001\"") "]}", GOOD, 6099);
}


static void
what_is_not_one_json_value_is_a_bad_answer(void **state)
{
    static const struct {
        const char  *body;
        const char  *reason;
    } cases[] = {
        { "", "cut short" },
        { " ", "cut short" },
        { "{", "cut short" },
        { "{\"number\":\"1001\"", "cut short" },
        { NUMBER("\"1001\"") "x", "goes on" },
        { NUMBER("\"1001\"") NUMBER("\"1001\""), "goes on" },
        { "<html></html>", "not a JSON" },
        { "null", "not a JSON" },
        { "\"1001\"", "not a JSON" },
        { "1001", "not a JSON" },
        { "{'number':1}", "not a JSON" },
        { "{\"number\":1,}", "not a JSON" },
        { "{\"number\":NaN}", "not a JSON" },
        { "{\"number\":\"\xff\"}", "not UTF-8" },
        { "{\"number\":\"\\u0000\"}", "null character" },
        { "{\"number\":99999999999999999999}", "too large" },
        { "{\"number\":1e999}", "too large" }
    };

    size_t  i;

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        expect_why(cases[i].body, cases[i].reason);
    }
}


static void
an_answer_cut_short_anywhere_is_bad(void **state)
{
    size_t         i;
    loyalty_str_t  body;

    (void) state;

    body = text(NUMBER("\"1001\""));

    for (i = body.len; i > 0; i--) {
        body.len = i - 1;
        expect_of("1001", body, BAD_ANSWER, 0);
    }
}


static void
duplicate_members_are_bad_answers(void **state)
{
    (void) state;

    expect_why("{\"number\":\"1001\",\"number\":\"1001\"}", "twice");
    expect_why("{\"number\":\"1001\",\"x\":{\"a\":1,\"a\":1}}", "twice");
    expect_why("{\"number\":\"1001\",\"n\\u0075mber\":\"1\"}", "twice");
}


static void
nesting_too_deep_is_a_bad_answer(void **state)
{
    char           *data;
    loyalty_str_t   body;

    (void) state;

    data = malloc(2 * DEPTH);

    assert_non_null(data);

    memset(data, '[', DEPTH);
    memset(data + DEPTH, ']', DEPTH);

    body.data = data;
    body.len = 2 * DEPTH;

    expect_of("1001", body, BAD_ANSWER, 0);

    free(data);

    assert_non_null(strstr(why, "too deep"));
}


static void
the_reason_names_the_pointer(void **state)
{
    (void) state;

    expect_why("{}", "number=/number of the answer leads nowhere");
    expect_why("{\"number\":\"1001\"}", "email=/billing/email");
    expect_why(TOTAL("\"\""), "total=/total");
}


static void
the_reason_holds_nothing_of_the_answer(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        NUMBER("{\"secret\":1}"),
        EMAIL("[\"secret@example.com\"]"),
        STATUS("[\"secret\"]"),
        CURRENCY("[\"secret\"]"),
        TOTAL("\"secret\""),
        "{\"secret\":1,\"secret\":2}",
        "{\"number\":\"1001\"} secret",
        "secret",
        "{\"secret",
        "{\"number\": secret}"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        expect(bodies[i], BAD_ANSWER, 0);
        assert_null(strstr(why, "secret"));
    }
}


static void
the_reason_fits_whatever_the_pointer(void **state)
{
    char  pointer[4096];

    (void) state;

    memset(pointer, 'p', sizeof(pointer));

    pointer[0] = '/';
    pointer[sizeof(pointer) - 1] = '\0';

    store.lookup.number = text(pointer);

    expect_why("{}", "leads nowhere");
}


#define order_test(name)                                                      \
    cmocka_unit_test_setup_teardown(name, configure, forget)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        order_test(a_paid_order_of_the_member_is_good),
        order_test(the_number_must_be_the_asked_one),
        order_test(numbers_are_compared_as_text),
        order_test(the_email_must_be_the_members),
        order_test(the_orders_own_email_is_told_normalised),
        order_test(without_an_email_the_order_may_be_anybodys),
        order_test(an_order_of_nobody_is_not_anybodys),
        order_test(the_status_must_be_a_paid_one),
        order_test(a_status_without_a_place_is_a_bad_answer),
        order_test(an_order_without_payments_is_not_paid),
        order_test(the_status_does_not_matter_without_a_pointer),
        order_test(a_void_order_is_not_paid),
        order_test(a_status_that_is_also_void_is_not_paid),
        order_test(an_order_that_is_not_paid_has_its_facts),
        order_test(an_order_that_is_not_paid_may_have_no_amounts_yet),
        order_test(nothing_is_paid_without_paid_statuses),
        order_test(the_currency_must_be_the_stores),
        order_test(a_store_may_have_another_currency_than_the_program),
        order_test(the_currency_does_not_matter_without_a_pointer),
        order_test(what_the_asker_does_not_know_stays_hidden),
        order_test(status_currency_and_total_are_judged_in_turn),
        order_test(pointers_may_lead_deep),
        order_test(null_beside_reported_errors_is_a_bad_answer),
        order_test(an_optional_fact_is_no_less_bad_beside_reported_errors),
        order_test(a_list_is_searched_for_the_number),
        order_test(only_the_first_of_the_number_counts),
        order_test(a_list_may_be_the_whole_answer),
        order_test(a_list_must_be_an_array_of_orders),
        order_test(strange_elements_do_not_hide_the_order),
        order_test(what_is_not_one_json_value_is_a_bad_answer),
        order_test(an_answer_cut_short_anywhere_is_bad),
        order_test(duplicate_members_are_bad_answers),
        order_test(nesting_too_deep_is_a_bad_answer),
        order_test(the_reason_names_the_pointer),
        order_test(the_reason_holds_nothing_of_the_answer),
        order_test(the_reason_fits_whatever_the_pointer)
    };

    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
