
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_utf8.h>


static void
equal_texts_have_the_same_bytes(void **state)
{
    (void) state;

    assert_true(loyalty_str_equal(text("order"), text("order")));
    assert_false(loyalty_str_equal(text("order"), text("Order")));
    assert_false(loyalty_str_equal(text("order"), text("orders")));
    assert_false(loyalty_str_equal(text("orders"), text("order")));
}


static void
equal_texts_may_be_absent(void **state)
{
    (void) state;

    assert_true(loyalty_str_equal(text(NULL), text(NULL)));
    assert_true(loyalty_str_equal(text(NULL), text("")));
    assert_false(loyalty_str_equal(text(NULL), text("a")));
}


static void
texts_come_in_the_order_of_their_bytes(void **state)
{
    int                  i, j, order;
    static const char   *sorted[] = {
        NULL, "Z", "a", "a+b", "a.b", "ab", "b", "caf\xc3\xa9"
    };

    (void) state;

    for (i = 0; i < (int) elements_of(sorted); i++) {

        for (j = 0; j < (int) elements_of(sorted); j++) {
            order = loyalty_str_compare(text(sorted[i]), text(sorted[j]));

            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}


static void
texts_are_trimmed_at_both_ends(void **state)
{
    (void) state;

    assert_true(loyalty_str_equal(loyalty_str_trim(text(" \t\r\na b\v\f ")),
                                  text("a b")));
    assert_true(loyalty_str_equal(loyalty_str_trim(text("a")), text("a")));
    assert_int_equal(loyalty_str_trim(text(" \n ")).len, 0);
    assert_int_equal(loyalty_str_trim(text("")).len, 0);
    assert_int_equal(loyalty_str_trim(text(NULL)).len, 0);
}


static void
utf8_characters_of_each_length_are_read(void **state)
{
    size_t    i;
    uint32_t  code;

    static const struct {
        const char  *text;
        size_t       len;
        uint32_t     code;
    } cases[] = {
        { "\x01", 1, 0x01 },
        { "A", 1, 'A' },
        { "\x7f", 1, 0x7f },
        { "\xc2\x80", 2, 0x80 },
        { "\xc3\xa9", 2, 0xe9 },
        { "\xdf\xbf", 2, 0x7ff },
        { "\xe0\xa0\x80", 3, 0x800 },
        { "\xed\x9f\xbf", 3, 0xd7ff },
        { "\xee\x80\x80", 3, 0xe000 },
        { "\xef\xbf\xbf", 3, 0xffff },
        { "\xf0\x90\x80\x80", 4, 0x10000 },
        { "\xf4\x8f\xbf\xbf", 4, 0x10ffff }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(loyalty_utf8_next(cases[i].text, cases[i].len,
                                           &code),
                         cases[i].len);
        assert_int_equal(code, cases[i].code);
    }
}


static void
utf8_that_is_ill_formed_is_refused(void **state)
{
    size_t  i;

    static const char  *cases[] = {
        "\x80",                          /* a continuation alone */
        "\xbf",
        "\xc0\x80",                      /* longer than need be */
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80",                  /* surrogates */
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80",              /* past U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3",                          /* cut short */
        "\xe2\x82",
        "\xf0\x9f\x98",
        "\xc3(",                         /* not continued */
        "\xe2\x82(",
        "good \xc3\xa9 and bad \xe9"
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        if (loyalty_utf8_valid(text(cases[i]))) {
            fail_msg("case %zu is taken as UTF-8", i);
        }
    }
}


static void
utf8_text_is_checked_to_its_end(void **state)
{
    (void) state;

    assert_true(loyalty_utf8_valid(text("")));
    assert_true(loyalty_utf8_valid(text(NULL)));
    assert_true(loyalty_utf8_valid(text("plain")));
    assert_true(loyalty_utf8_valid(text("caf\xc3\xa9 \xe2\x82\xac 5 "
                                        "\xf0\x9f\x98\x80")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(equal_texts_have_the_same_bytes),
        cmocka_unit_test(equal_texts_may_be_absent),
        cmocka_unit_test(texts_come_in_the_order_of_their_bytes),
        cmocka_unit_test(texts_are_trimmed_at_both_ends),
        cmocka_unit_test(utf8_characters_of_each_length_are_read),
        cmocka_unit_test(utf8_that_is_ill_formed_is_refused),
        cmocka_unit_test(utf8_text_is_checked_to_its_end)
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
