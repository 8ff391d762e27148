
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_money.h>


#define UNTOUCHED  INT64_C(-77)


typedef struct {
    const char  *text;
    int          exponent;
    int64_t      minor;
} amount_t;


typedef struct {
    const char  *text;
    int          exponent;
} refused_t;


static void
expect_amounts(const amount_t *cases, size_t n)
{
    size_t   i;
    int64_t  minor;

    for (i = 0; i < n; i++) {
        minor = UNTOUCHED;

        if (loyalty_money_parse(text(cases[i].text), cases[i].exponent,
                                &minor)
            != LOYALTY_OK
            || minor != cases[i].minor)
        {
            fail_msg("\"%s\" with exponent %d gives %lld", cases[i].text,
                     cases[i].exponent, (long long) minor);
        }
    }
}


static void
expect_refused(const refused_t *cases, size_t n)
{
    size_t   i;
    int64_t  minor;

    for (i = 0; i < n; i++) {
        minor = UNTOUCHED;

        if (loyalty_money_parse(text(cases[i].text), cases[i].exponent,
                                &minor)
            != LOYALTY_ERROR)
        {
            fail_msg("\"%s\" with exponent %d is taken", cases[i].text,
                     cases[i].exponent);
        }

        assert_int_equal(minor, UNTOUCHED);
    }
}


static void
amounts_become_minor_units_exactly(void **state)
{
    static const amount_t  cases[] = {
        { "0", 2, 0 },
        { "0.00", 2, 0 },
        { "0.01", 2, 1 },
        { "0.29", 2, 29 },
        { "0.3", 2, 30 },
        { "1.15", 2, 115 },
        { "60.99", 2, 6099 },
        { "120.5", 2, 12050 },
        { "1200", 2, 120000 },
        { "007.50", 2, 750 },
        { "4.35", 2, 435 }
    };

    (void) state;

    expect_amounts(cases, elements_of(cases));
}


static void
exponents_other_than_two_are_kept(void **state)
{
    static const amount_t  cases[] = {
        { "1500", 0, 1500 },
        { "1500.00", 0, 1500 },
        { "1.234", 3, 1234 },
        { "1.2", 3, 1200 },
        { "1.2340", 3, 1234 },
        { "1", 3, 1000 },
        { "0.0001", 4, 1 }
    };

    (void) state;

    expect_amounts(cases, elements_of(cases));
}


static void
digits_past_the_exponent_must_be_zero(void **state)
{
    static const amount_t  zero[] = {
        { "60.990", 2, 6099 },
        { "60.990000", 2, 6099 }
    };

    static const refused_t  other[] = {
        { "60.999", 2 },
        { "60.9901", 2 },
        { "1500.50", 0 },
        { "1500.01", 0 },
        { "1.2345", 3 }
    };

    (void) state;

    expect_amounts(zero, elements_of(zero));
    expect_refused(other, elements_of(other));
}


static void
eighteen_digits_are_the_most(void **state)
{
    static const amount_t  most[] = {
        { "999999999999999999", 0, INT64_C(999999999999999999) },
        { "9999999999999999.99", 2, INT64_C(999999999999999999) },
        { "000000000000000001", 0, 1 }
    };

    static const refused_t  more[] = {
        { "1000000000000000000", 0 },
        { "0000000000000000001", 0 },
        { "10000000000000000.00", 2 }
    };

    (void) state;

    expect_amounts(most, elements_of(most));
    expect_refused(more, elements_of(more));
}


static void
amounts_that_do_not_fit_are_refused(void **state)
{
    static const amount_t  fitting[] = {
        { "92233720368547758", 2, INT64_C(9223372036854775800) }
    };

    static const refused_t  cases[] = {
        { "92233720368547759", 2 },
        { "999999999999999999", 2 },
        { "999999999999999999", 4 }
    };

    (void) state;

    expect_amounts(fitting, elements_of(fitting));
    expect_refused(cases, elements_of(cases));
}


static void
what_is_no_plain_decimal_is_refused(void **state)
{
    static const refused_t  cases[] = {
        { "", 2 },
        { ".", 2 },
        { ".5", 2 },
        { "5.", 2 },
        { "5.", 0 },
        { "+1", 2 },
        { "-1", 2 },
        { "-0.01", 2 },
        { "1e2", 2 },
        { "1E2", 2 },
        { " 1", 2 },
        { "1 ", 2 },
        { "1 000", 2 },
        { "1,50", 2 },
        { "1,000.00", 2 },
        { "1.2.3", 2 },
        { "1..2", 2 },
        { "0x10", 2 },
        { "$5", 2 },
        { "NaN", 2 },
        { "Infinity", 2 },
        { "1/2", 2 },
        { "1:2", 2 },
        { "\xd9\xa3", 2 }                /* an Arabic digit */
    };

    (void) state;

    expect_refused(cases, elements_of(cases));
}


static void
an_amount_ends_where_its_length_says(void **state)
{
    int64_t        minor;
    loyalty_str_t  amount;

    (void) state;

    amount.data = "60.99abc";
    amount.len = 5;

    assert_int_equal(loyalty_money_parse(amount, 2, &minor), LOYALTY_OK);
    assert_int_equal(minor, 6099);

    amount.data = "60\0" "99";
    amount.len = 5;

    assert_int_equal(loyalty_money_parse(amount, 2, &minor), LOYALTY_ERROR);
}


static void
whole_units_are_scaled_or_refused(void **state)
{
    int64_t  minor;

    (void) state;

    assert_int_equal(loyalty_money_scale(60, 2, &minor), LOYALTY_OK);
    assert_int_equal(minor, 6000);

    assert_int_equal(loyalty_money_scale(INT64_MAX, 0, &minor), LOYALTY_OK);
    assert_int_equal(minor, INT64_MAX);

    minor = UNTOUCHED;

    assert_int_equal(loyalty_money_scale(-1, 2, &minor), LOYALTY_ERROR);
    assert_int_equal(loyalty_money_scale(INT64_MIN, 0, &minor),
                     LOYALTY_ERROR);
    assert_int_equal(loyalty_money_scale(INT64_MAX / 10 + 1, 1, &minor),
                     LOYALTY_ERROR);
    assert_int_equal(minor, UNTOUCHED);
}


static void
expect_written(int64_t minor, int exponent, const char *expected)
{
    char    text[LOYALTY_MONEY_SIZE + 1];
    size_t  len;

    len = loyalty_money_write(minor, exponent, text);

    assert_in_range(len, 1, LOYALTY_MONEY_SIZE);
    text[len] = '\0';

    assert_string_equal(text, expected);
}


static void
minor_units_are_written_as_decimals(void **state)
{
    (void) state;

    expect_written(6099, 2, "60.99");
    expect_written(500, 2, "5.00");
    expect_written(5, 2, "0.05");
    expect_written(0, 2, "0.00");
    expect_written(1500, 0, "1500");
    expect_written(0, 0, "0");
    expect_written(1, 3, "0.001");
    expect_written(12345, 4, "1.2345");
    expect_written(INT64_MAX, 0, "9223372036854775807");
    expect_written(INT64_MAX, 2, "92233720368547758.07");
}


static void
what_is_written_can_be_read_again(void **state)
{
    char           buffer[LOYALTY_MONEY_SIZE];
    int            exponent;
    int64_t        minor, again;
    loyalty_str_t  written;

    (void) state;

    for (exponent = 0; exponent <= 4; exponent++) {

        for (minor = 0; minor < INT64_C(100000000000000); minor = minor * 7
                                                                  + 3)
        {
            written.data = buffer;
            written.len = loyalty_money_write(minor, exponent, buffer);

            assert_int_equal(loyalty_money_parse(written, exponent, &again),
                             LOYALTY_OK);
            assert_int_equal(again, minor);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(amounts_become_minor_units_exactly),
        cmocka_unit_test(exponents_other_than_two_are_kept),
        cmocka_unit_test(digits_past_the_exponent_must_be_zero),
        cmocka_unit_test(eighteen_digits_are_the_most),
        cmocka_unit_test(amounts_that_do_not_fit_are_refused),
        cmocka_unit_test(what_is_no_plain_decimal_is_refused),
        cmocka_unit_test(an_amount_ends_where_its_length_says),
        cmocka_unit_test(whole_units_are_scaled_or_refused),
        cmocka_unit_test(minor_units_are_written_as_decimals),
        cmocka_unit_test(what_is_written_can_be_read_again)
    };

    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
