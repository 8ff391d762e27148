
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <order_fixture.h>


typedef struct {
    const char  *body;
    int64_t      refunded;       /* -1: a bad answer */
} refund_t;


static void
expect_refunds(const refund_t *refunds, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (refunds[i].refunded == -1) {
            expect(refunds[i].body, BAD_ANSWER, 0);
            continue;
        }

        read_order(refunds[i].body);

        if (order.refunded != refunds[i].refunded) {
            fail_msg("%s: %lld refunded", refunds[i].body,
                     (long long) order.refunded);
        }
    }
}


static void
what_the_store_does_not_have_is_nothing(void **state)
{
    (void) state;

    read_order(NUMBER("\"1001\""));

    assert_int_equal(order.tax, 0);
    assert_int_equal(order.shipping, 0);
    assert_int_equal(order.refunded, 0);

    store.lookup.tax = text("/tax");
    store.lookup.shipping = text("/methods/0/price");
    store.lookup.refunds = text("/refunds");

    read_order(WITH("\"tax\":null,\"methods\":[],\"refunds\":null"));

    assert_int_equal(order.tax, 0);
    assert_int_equal(order.shipping, 0);
    assert_int_equal(order.refunded, 0);
}


static void
tax_and_shipping_are_read_like_the_total(void **state)
{
    (void) state;

    store.lookup.tax = text("/tax");
    store.lookup.shipping = text("/methods/0/price");

    read_order(WITH("\"tax\":\"9.74\",\"methods\":[{\"price\":4.9}]"));

    assert_int_equal(order.total, 6099);
    assert_int_equal(order.tax, 974);
    assert_int_equal(order.shipping, 490);

    store.lookup.minor = 1;
    store.lookup.total = text("/cents");

    read_order(WITH("\"cents\":6099,\"tax\":974,"
                    "\"methods\":[{\"price\":490}]"));

    assert_int_equal(order.total, 6099);
    assert_int_equal(order.tax, 974);
    assert_int_equal(order.shipping, 490);
}


static void
parts_without_a_place_are_bad_answers(void **state)
{
    (void) state;

    store.lookup.tax = text("/tax");
    expect_why(WITH("\"x\":0"), "tax=/tax of the answer leads nowhere");
    store.lookup.tax = text(NULL);

    store.lookup.shipping = text("/shipping");
    expect_why(WITH("\"x\":0"), "shipping=/shipping");
    store.lookup.shipping = text(NULL);

    store.lookup.refunds = text("/refunds");
    expect_why(WITH("\"x\":0"), "refunds=/refunds");

    store.lookup.refund = text("/total");
    expect_why(WITH("\"refunds\":[{}]"), "refund=/total");
}


static void
parts_that_are_no_amounts_are_bad_answers(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        WITH("\"tax\":\"\""), WITH("\"tax\":\"-1.00\""), WITH("\"tax\":-1"),
        WITH("\"tax\":-0.5"), WITH("\"tax\":0.001"), WITH("\"tax\":true"),
        WITH("\"tax\":[]"), WITH("\"tax\":{}")
    };

    (void) state;

    store.lookup.tax = text("/tax");

    for (i = 0; i < elements_of(bodies); i++) {
        expect_why(bodies[i], "tax=/tax");
    }

    store.lookup.tax = text(NULL);
    store.lookup.shipping = text("/tax");

    for (i = 0; i < elements_of(bodies); i++) {
        expect_why(bodies[i], "shipping=/tax");
    }
}


static void
a_refund_may_be_one_amount(void **state)
{
    static const refund_t  refunds[] = {
        { WITH("\"refunds\":\"25.00\""), 2500 },
        { WITH("\"refunds\":25.5"), 2550 },
        { WITH("\"refunds\":25"), 2500 },
        { WITH("\"refunds\":\"0.00\""), 0 },
        { WITH("\"refunds\":0"), 0 },
        { WITH("\"refunds\":0.0"), 0 },
        { WITH("\"refunds\":{}"), -1 },
        { WITH("\"refunds\":\"\""), -1 },
        { WITH("\"refunds\":false"), -1 },
        { WITH("\"refunds\":0.125"), -1 }
    };

    (void) state;

    store.lookup.refunds = text("/refunds");

    expect_refunds(refunds, elements_of(refunds));
}


static void
the_sign_of_a_refund_does_not_count(void **state)
{
    static const refund_t  refunds[] = {
        { WITH("\"refunds\":\"-25.00\""), 2500 },
        { WITH("\"refunds\":-25.5"), 2550 },
        { WITH("\"refunds\":-25.50"), 2550 },
        { WITH("\"refunds\":-25"), 2500 },
        { WITH("\"refunds\":-0.0"), 0 },
        { WITH("\"refunds\":\"-0.00\""), 0 },
        { WITH("\"refunds\":[\"-25.00\",\"25.00\"]"), 5000 },
        { WITH("\"refunds\":\"--25.00\""), -1 },
        { WITH("\"refunds\":\"-\""), -1 },
        { WITH("\"refunds\":\"25.00-\""), -1 },
        { WITH("\"refunds\":-0.28999999999999999999"), -1 },
        { WITH("\"refunds\":-9223372036854775807"), -1 },
        { WITH("\"refunds\":-9223372036854775808"), -1 }
    };

    (void) state;

    store.lookup.refunds = text("/refunds");

    expect_refunds(refunds, elements_of(refunds));
}


static void
refunds_may_be_an_array_of_amounts(void **state)
{
    static const refund_t  refunds[] = {
        { WITH("\"refunds\":[]"), 0 },
        { WITH("\"refunds\":[\"25.00\"]"), 2500 },
        { WITH("\"refunds\":[\"25.00\",1.5,3]"), 2950 },
        { WITH("\"refunds\":[\"25.00\",null]"), -1 },
        { WITH("\"refunds\":[[\"25.00\"]]"), -1 },
        { WITH("\"refunds\":[{\"total\":\"25.00\"}]"), -1 },
        { WITH("\"refunds\":[\"25.00\",\"?\"]"), -1 }
    };

    (void) state;

    store.lookup.refunds = text("/refunds");

    expect_refunds(refunds, elements_of(refunds));
}


static void
refunds_may_be_an_array_of_objects(void **state)
{
    static const refund_t  refunds[] = {
        { WITH("\"refunds\":[]"), 0 },
        { WITH("\"refunds\":[{\"id\":7,\"total\":\"-25.00\"},"
               "{\"id\":8,\"total\":\"-10.99\"}]"), 3599 },
        { WITH("\"refunds\":[{\"total\":null},{\"total\":1}]"), 100 },
        { WITH("\"refunds\":[null,{\"total\":1}]"), 100 },
        { WITH("\"refunds\":null"), 0 },
        { WITH("\"refunds\":[{\"total\":{}}]"), -1 },
        { WITH("\"refunds\":[{\"amount\":1}]"), -1 },
        { WITH("\"refunds\":[25]"), -1 },
        { WITH("\"refunds\":\"25.00\""), -1 },
        { WITH("\"refunds\":{\"total\":\"25.00\"}"), -1 }
    };

    (void) state;

    store.lookup.refunds = text("/refunds");
    store.lookup.refund = text("/total");

    expect_refunds(refunds, elements_of(refunds));
}


static void
refunds_may_be_minor_units(void **state)
{
    static const refund_t  refunds[] = {
        { WITH("\"cents\":6099,\"refunds\":-2500"), 2500 },
        { WITH("\"cents\":6099,\"refunds\":\"-2500\""), 2500 },
        { WITH("\"cents\":6099,\"refunds\":[2500,99]"), 2599 },
        { WITH("\"cents\":6099,\"refunds\":-25.0"), -1 },
        { WITH("\"cents\":6099,\"refunds\":\"-25.00\""), -1 }
    };

    (void) state;

    store.lookup.minor = 1;
    store.lookup.total = text("/cents");
    store.lookup.refunds = text("/refunds");

    expect_refunds(refunds, elements_of(refunds));
}


static void
refunds_that_add_up_to_too_much_are_a_bad_answer(void **state)
{
    static const refund_t  refunds[] = {
        { WITH("\"refunds\":[5000000000000000,5000000000000000]"),
          LOYALTY_ORDER_AMOUNT_MAX },
        { WITH("\"refunds\":[5000000000000000,5000000000000000,0.01]"), -1 },
        { WITH("\"refunds\":[92233720368547758,0.08]"), -1 },
        { WITH("\"refunds\":[92233720368547758,92233720368547758]"), -1 },
        { WITH("\"refunds\":[92233720368547758,92233720368547758,0.32]"), -1 }
    };

    (void) state;

    store.lookup.refunds = text("/refunds");

    expect_refunds(refunds, elements_of(refunds));
}


static void
parts_start_at_the_order_of_a_list(void **state)
{
    (void) state;

    store.lookup.list = text("/orders");
    store.lookup.tax = text("/tax");
    store.lookup.refunds = text("/refunds");

    read_order("{\"orders\":["
               ORDER("\"1000\"", "\"ada@example.com\"", "\"completed\"",
                     "\"USD\"", "1,\"tax\":1,\"refunds\":1")
               "," WITH("\"tax\":2,\"refunds\":3") "]}");

    assert_int_equal(order.tax, 200);
    assert_int_equal(order.refunded, 300);
}


#define order_test(name)                                                      \
    cmocka_unit_test_setup_teardown(name, configure, forget)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        order_test(what_the_store_does_not_have_is_nothing),
        order_test(tax_and_shipping_are_read_like_the_total),
        order_test(parts_without_a_place_are_bad_answers),
        order_test(parts_that_are_no_amounts_are_bad_answers),
        order_test(a_refund_may_be_one_amount),
        order_test(the_sign_of_a_refund_does_not_count),
        order_test(refunds_may_be_an_array_of_amounts),
        order_test(refunds_may_be_an_array_of_objects),
        order_test(refunds_may_be_minor_units),
        order_test(refunds_that_add_up_to_too_much_are_a_bad_answer),
        order_test(parts_start_at_the_order_of_a_list)
    };

    return cmocka_run_group_tests_name("order_parts", tests, NULL, NULL);
}
