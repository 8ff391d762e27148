
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <order_fixture.h>

#include <stdio.h>


#define CENTS                                                                 \
    ORDER("1001", "\"ada@example.com\"", "\"completed\"", "\"EUR\"", "%lld")


static int
configure_rate(void **state)
{
    configure(state);

    store.currency = text("EUR");
    store.lookup.minor = 1;

    return 0;
}


static void
expect_worth(int64_t theirs, int64_t rate, int exponent, int64_t ours)
{
    char  body[256];

    store.rate = rate;
    store.exponent = exponent;

    snprintf(body, sizeof(body), CENTS, (long long) theirs);

    if (ours == -1) {
        expect_why(body, "too large");
        return;
    }

    read_order(body);

    if (order.total != ours) {
        fail_msg("%lld at %lld: %lld instead of %lld", (long long) theirs,
                 (long long) rate, (long long) order.total,
                 (long long) ours);
    }
}


static void
amounts_are_worth_the_rate_of_the_store(void **state)
{
    (void) state;

    expect_worth(10000, 1000000, 2, 10000);
    expect_worth(10000, 1085000, 2, 10850);
    expect_worth(10000, 500000, 2, 5000);
    expect_worth(10000, 2000000, 2, 20000);
    expect_worth(0, 1085000, 2, 0);
}


static void
what_an_amount_is_worth_is_rounded_down(void **state)
{
    (void) state;

    expect_worth(1, 999999, 2, 0);
    expect_worth(99, 1085000, 2, 107);
    expect_worth(100, 1085000, 2, 108);
    expect_worth(3, 333333, 2, 0);
    expect_worth(1000000, 1, 2, 1);
    expect_worth(999999, 1, 2, 0);
}


static void
currencies_may_have_other_minor_units(void **state)
{
    (void) state;

    /* JPY 1500 at 0.0067 USD; KWD 12.345 at 3.25 USD */

    expect_worth(1500, 6700, 0, 1005);
    expect_worth(149, 6700, 0, 99);
    expect_worth(12345, 3250000, 3, 4012);

    program.exponent = 0;

    /* USD 10.05 at 149.253731 JPY */

    expect_worth(1005, 149253731, 2, 1499);

    program.exponent = 3;

    expect_worth(1, 1, 0, 0);
    expect_worth(1, 1000, 0, 1);
    expect_worth(1, 1999, 0, 1);
    expect_worth(1, 123456789, 0, 123456);
}


static void
worth_that_does_not_fit_is_a_bad_answer(void **state)
{
    const int64_t  max = LOYALTY_ORDER_AMOUNT_MAX;

    (void) state;

    expect_worth(max, 1000000, 2, max);
    expect_worth(max, 1000001, 2, -1);
    expect_worth(max / 2, 2000000, 2, max);
    expect_worth(max / 2 + 1, 2000000, 2, -1);
    expect_worth(max, 999999, 2, max / 1000000 * 999999);
    expect_worth(max, INT64_MAX, 2, -1);
    expect_worth(INT64_C(1) << 62, 4000000, 2, -1);
    expect_worth(INT64_C(184467440737095517), 1000000, 0, -1);
    expect_worth(INT64_MAX, 1, 2, INT64_MAX / 1000000);
    expect_worth(INT64_MAX, 999999, 2, -1);
    expect_worth(INT64_MAX, 1999999, 2, -1);
    expect_worth(INT64_MAX, 100000, 2, INT64_MAX / 10);
    expect_worth(1, INT64_MAX, 2, INT64_MAX / 1000000);
    expect_worth(max, 1000000, 0, -1);
    expect_worth(INT64_MAX, 1000000, 3, INT64_MAX / 10);
    expect_worth(INT64_MAX, 10000000, 4, -1);
}


#ifdef __SIZEOF_INT128__

__extension__ typedef unsigned __int128  wide_t;


static void
worth_is_exact_for_any_amount_and_rate(void **state)
{
    int       places;
    wide_t    worth;
    int64_t   i, theirs, rate;
    uint64_t  seed;

    (void) state;

    seed = 20261205;

    for (i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        theirs = (int64_t) (seed >> (24 + i % 30));
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        rate = (int64_t) (seed >> (30 + i % 33)) + 1;

        program.exponent = i % 4;
        store.exponent = i / 4 % 4;

        worth = (wide_t) theirs * (wide_t) rate;

        for (places = 0; places < program.exponent; places++) {
            worth *= 10;
        }

        for (places = 0; places < store.exponent; places++) {
            worth /= 10;
        }

        worth /= LOYALTY_RATE_ONE;

        expect_worth(theirs, rate, store.exponent,
                     (worth > (wide_t) LOYALTY_ORDER_AMOUNT_MAX)
                     ? -1 : (int64_t) worth);
    }
}

#endif


static void
all_amounts_are_converted(void **state)
{
    (void) state;

    store.rate = 500000;
    store.lookup.minor = 0;
    store.lookup.tax = text("/tax");
    store.lookup.shipping = text("/shipping");
    store.lookup.refunds = text("/refunds");

    read_order(ORDER("1001", "\"ada@example.com\"", "\"completed\"",
                     "\"EUR\"", "\"60.99\",\"tax\":10,\"shipping\":4.9,"
                     "\"refunds\":\"-20.00\""));

    assert_int_equal(order.total, 3049);
    assert_int_equal(order.tax, 500);
    assert_int_equal(order.shipping, 245);
    assert_int_equal(order.refunded, 1000);
}


static void
refunds_of_the_whole_are_worth_the_total(void **state)
{
    (void) state;

    store.rate = 333333;
    store.lookup.refunds = text("/refunds");

    read_order(ORDER("1001", "\"ada@example.com\"", "\"completed\"",
                     "\"EUR\"", "1000,\"refunds\":[333,333,334]"));

    assert_int_equal(order.total, 333);
    assert_int_equal(order.refunded, 333);
}


static void
amounts_have_the_places_of_the_stores_currency(void **state)
{
    (void) state;

    store.lookup.minor = 0;
    store.exponent = 3;

    read_order(ORDER("1001", "\"ada@example.com\"", "\"completed\"",
                     "\"EUR\"", "\"1.239\""));

    assert_int_equal(order.total, 123);

    store.exponent = 0;

    expect(ORDER("1001", "\"ada@example.com\"", "\"completed\"", "\"EUR\"",
                 "\"1.23\""),
           BAD_ANSWER, 0);
}


#define order_test(name)                                                      \
    cmocka_unit_test_setup_teardown(name, configure_rate, forget)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        order_test(amounts_are_worth_the_rate_of_the_store),
        order_test(what_an_amount_is_worth_is_rounded_down),
        order_test(currencies_may_have_other_minor_units),
        order_test(worth_that_does_not_fit_is_a_bad_answer),
#ifdef __SIZEOF_INT128__
        order_test(worth_is_exact_for_any_amount_and_rate),
#endif
        order_test(all_amounts_are_converted),
        order_test(refunds_of_the_whole_are_worth_the_total),
        order_test(amounts_have_the_places_of_the_stores_currency)
    };

    return cmocka_run_group_tests_name("order_rate", tests, NULL, NULL);
}
