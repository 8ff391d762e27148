
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <order_fixture.h>

#include <locale.h>
#include <stdio.h>


static void
totals_may_be_strings_and_numbers(void **state)
{
    static const answer_t  answers[] = {
        { TOTAL("\"0.29\""), GOOD, 29 },
        { TOTAL("\"60.990\""), GOOD, 6099 },
        { TOTAL("\"0.00\""), GOOD, 0 },
        { TOTAL("0.29"), GOOD, 29 },
        { TOTAL("60.99"), GOOD, 6099 },
        { TOTAL("120.5"), GOOD, 12050 },
        { TOTAL("120.50"), GOOD, 12050 },
        { TOTAL("4.35"), GOOD, 435 },
        { TOTAL("1.15"), GOOD, 115 },
        { TOTAL("0.0"), GOOD, 0 },
        { TOTAL("100.0"), GOOD, 10000 },
        { TOTAL("60.9900"), GOOD, 6099 },
        { TOTAL("100.000"), GOOD, 10000 },
        { TOTAL("9999999999999.99"), GOOD, INT64_C(999999999999999) },
        { TOTAL("60"), GOOD, 6000 },
        { TOTAL("0"), GOOD, 0 },
        { TOTAL("\"9999999999999999.99\""), GOOD,
          INT64_C(999999999999999999) },
        { TOTAL("10000000000000000"), GOOD, INT64_C(1000000000000000000) }
    };

    (void) state;

    expect_all(answers, elements_of(answers));
}


static void
totals_that_are_no_amounts_are_bad_answers(void **state)
{
    static const answer_t  answers[] = {
        { TOTAL("\"\""), BAD_ANSWER, 0 },
        { TOTAL("\"60.999\""), BAD_ANSWER, 0 },
        { TOTAL("\"-1.00\""), BAD_ANSWER, 0 },
        { TOTAL("\"1,00\""), BAD_ANSWER, 0 },
        { TOTAL("\" 60.99\""), BAD_ANSWER, 0 },
        { TOTAL("\"60.99 USD\""), BAD_ANSWER, 0 },
        { TOTAL("\"1e2\""), BAD_ANSWER, 0 },
        { TOTAL("\"1000000000000000000\""), BAD_ANSWER, 0 },
        { TOTAL("60.999"), BAD_ANSWER, 0 },
        { TOTAL("0.28999999999999999999"), BAD_ANSWER, 0 },
        { TOTAL("60.990000000000000001"), BAD_ANSWER, 0 },
        { TOTAL("1.2e2"), BAD_ANSWER, 0 },
        { TOTAL("0.001"), BAD_ANSWER, 0 },
        { TOTAL("-0.29"), BAD_ANSWER, 0 },
        { TOTAL("-5.0"), BAD_ANSWER, 0 },
        { TOTAL("-0.0"), BAD_ANSWER, 0 },
        { TOTAL("0.00001"), BAD_ANSWER, 0 },
        { TOTAL("1e15"), BAD_ANSWER, 0 },
        { TOTAL("1.5e300"), BAD_ANSWER, 0 },
        { TOTAL("0.12345678901234567"), BAD_ANSWER, 0 },
        { TOTAL("-1"), BAD_ANSWER, 0 },
        { TOTAL("10000000000000001"), BAD_ANSWER, 0 },
        { TOTAL("92233720368547758"), BAD_ANSWER, 0 },
        { TOTAL("92233720368547759"), BAD_ANSWER, 0 },
        { TOTAL("9223372036854775807"), BAD_ANSWER, 0 },
        { TOTAL("9223372036854775808"), BAD_ANSWER, 0 },
        { TOTAL("null"), BAD_ANSWER, 0 },
        { TOTAL("true"), BAD_ANSWER, 0 },
        { TOTAL("[60.99]"), BAD_ANSWER, 0 },
        { TOTAL("{\"amount\":60.99}"), BAD_ANSWER, 0 }
    };

    (void) state;

    expect_all(answers, elements_of(answers));
}


static void
every_cent_survives_as_a_json_number(void **state)
{
    int   cents;
    char  body[sizeof(TOTAL("%d.%02d")) + 16];

    (void) state;

    for (cents = 0; cents < 1000000; cents += 7) {
        snprintf(body, sizeof(body), TOTAL("%d.%02d"), cents / 100,
                 cents % 100);
        expect(body, GOOD, cents);
    }
}


static void
totals_follow_the_currencys_exponent(void **state)
{
    (void) state;

    program.exponent = 0;
    store.exponent = 0;

    expect(TOTAL("1500"), GOOD, 1500);
    expect(TOTAL("1500.0"), GOOD, 1500);
    expect(TOTAL("\"1500.00\""), GOOD, 1500);
    expect(TOTAL("1500.5"), BAD_ANSWER, 0);
    expect(TOTAL("\"1500.50\""), BAD_ANSWER, 0);

    program.exponent = 3;
    store.exponent = 3;

    expect(TOTAL("1.234"), GOOD, 1234);
    expect(TOTAL("\"1.2\""), GOOD, 1200);
    expect(TOTAL("1"), GOOD, 1000);
}


static void
minor_units_are_taken_as_they_are(void **state)
{
    static const answer_t  answers[] = {
        { TOTAL("6099"), GOOD, 6099 },
        { TOTAL("\"6099\""), GOOD, 6099 },
        { TOTAL("0"), GOOD, 0 },
        { TOTAL("1000000000000000000"), GOOD,
          INT64_C(1000000000000000000) },
        { TOTAL("1000000000000000001"), BAD_ANSWER, 0 },
        { TOTAL("9223372036854775807"), BAD_ANSWER, 0 },
        { TOTAL("60.99"), BAD_ANSWER, 0 },
        { TOTAL("6099.0"), BAD_ANSWER, 0 },
        { TOTAL("\"6099.00\""), BAD_ANSWER, 0 },
        { TOTAL("\"60.99\""), BAD_ANSWER, 0 },
        { TOTAL("-1"), BAD_ANSWER, 0 },
        { TOTAL("\"-1\""), BAD_ANSWER, 0 },
        { TOTAL("\"\""), BAD_ANSWER, 0 },
        { TOTAL("null"), BAD_ANSWER, 0 },
        { TOTAL("false"), BAD_ANSWER, 0 }
    };

    (void) state;

    store.lookup.minor = 1;

    expect_all(answers, elements_of(answers));
}


static void
totals_are_the_same_in_every_locale_at_hand(void **state)
{
    size_t  i;

    static const char  *locales[] = {
        "C", "de_DE.UTF-8", "fr_FR.UTF-8", "pl_PL.UTF-8"
    };

    (void) state;

    for (i = 0; i < elements_of(locales); i++) {
        if (setlocale(LC_NUMERIC, locales[i]) == NULL) {
            continue;
        }

        expect(TOTAL("60.99"), GOOD, 6099);
        expect(TOTAL("0.29"), GOOD, 29);
        expect(TOTAL("\"60.99\""), GOOD, 6099);
        expect(TOTAL("60.999"), BAD_ANSWER, 0);
    }
}


static int
restore_locale(void **state)
{
    forget(state);

    return (setlocale(LC_NUMERIC, "C") == NULL) ? -1 : 0;
}


#define order_test(name)                                                      \
    cmocka_unit_test_setup_teardown(name, configure, restore_locale)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        order_test(totals_may_be_strings_and_numbers),
        order_test(totals_that_are_no_amounts_are_bad_answers),
        order_test(every_cent_survives_as_a_json_number),
        order_test(totals_follow_the_currencys_exponent),
        order_test(minor_units_are_taken_as_they_are),
        order_test(totals_are_the_same_in_every_locale_at_hand)
    };

    return cmocka_run_group_tests_name("order_total", tests, NULL, NULL);
}
