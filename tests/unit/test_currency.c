
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_money.h>


#define CURRENCIES  165


static void
common_currencies_have_two_places(void **state)
{
    size_t  i;

    static const char  *codes[] = {
        "USD", "EUR", "GBP", "CHF", "CAD", "AUD", "CNY", "INR", "BRL", "MXN",
        "PLN", "CZK", "HUF", "SEK", "NOK", "DKK", "TRY", "ZAR", "ILS", "SGD",
        "HKD", "NZD", "THB", "PHP", "MYR", "IDR", "AED", "SAR", "UAH", "NGN",
        "EGP", "XCD", "XCG", "ZWG", "SLE", "VES", "COP", "TWD"
    };

    (void) state;

    for (i = 0; i < elements_of(codes); i++) {
        if (loyalty_currency_exponent(text(codes[i])) != 2) {
            fail_msg("%s does not have two places", codes[i]);
        }
    }
}


static void
other_currencies_have_their_own_places(void **state)
{
    size_t  i;

    static const struct {
        const char  *code;
        int          exponent;
    } cases[] = {
        { "BIF", 0 }, { "CLP", 0 }, { "DJF", 0 }, { "GNF", 0 }, { "ISK", 0 },
        { "JPY", 0 }, { "KMF", 0 }, { "KRW", 0 }, { "PYG", 0 }, { "RWF", 0 },
        { "UGX", 0 }, { "UYI", 0 }, { "VND", 0 }, { "VUV", 0 }, { "XAF", 0 },
        { "XOF", 0 }, { "XPF", 0 }, { "BHD", 3 }, { "IQD", 3 }, { "JOD", 3 },
        { "KWD", 3 }, { "LYD", 3 }, { "OMR", 3 }, { "TND", 3 }, { "CLF", 4 },
        { "UYW", 4 }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        if (loyalty_currency_exponent(text(cases[i].code))
            != cases[i].exponent)
        {
            fail_msg("%s does not have %d places", cases[i].code,
                     cases[i].exponent);
        }
    }
}


static void
codes_out_of_use_or_without_minor_units_are_unknown(void **state)
{
    size_t  i;

    static const char  *codes[] = {
        "DEM", "FRF", "HRK", "BGN", "ANG", "CUC", "ZWL", "SLL",
        "XAU", "XAG", "XDR", "XTS", "XXX", "ABC", "AAA", "ZZZ"
    };

    (void) state;

    for (i = 0; i < elements_of(codes); i++) {
        if (loyalty_currency_exponent(text(codes[i])) != LOYALTY_ERROR) {
            fail_msg("%s is taken", codes[i]);
        }
    }
}


static void
what_is_no_code_is_refused(void **state)
{
    size_t  i;

    static const char  *codes[] = {
        NULL, "", "U", "US", "USDX", "USD2", "usd", "Usd", "US$", "   "
    };

    (void) state;

    for (i = 0; i < elements_of(codes); i++) {
        assert_int_equal(loyalty_currency_exponent(text(codes[i])),
                         LOYALTY_ERROR);
    }
}


/* An entry out of order would hide itself or others from the search. */

static void
every_currency_is_found(void **state)
{
    int   found;
    char  code[4];

    (void) state;

    found = 0;
    code[3] = '\0';

    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++) {
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
            for (code[2] = 'A'; code[2] <= 'Z'; code[2]++) {
                if (loyalty_currency_exponent(text(code)) >= 0) {
                    found++;
                }
            }
        }
    }

    assert_int_equal(found, CURRENCIES);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(common_currencies_have_two_places),
        cmocka_unit_test(other_currencies_have_their_own_places),
        cmocka_unit_test(codes_out_of_use_or_without_minor_units_are_unknown),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(every_currency_is_found)
    };

    return cmocka_run_group_tests_name("currency", tests, NULL, NULL);
}
