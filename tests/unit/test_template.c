
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_locale.h>
#include <loyalty_template.h>


static const loyalty_str_t  names[] = {
    loyalty_string("points"),
    loyalty_string("points.number"),
    loyalty_string("order"),
    loyalty_string("")
};


static loyalty_template_t  template;
static loyalty_str_t       wrong;


static loyalty_template_e
parse(const char *words)
{
    return loyalty_template_parse(&template, text(words), names, &wrong);
}


/* Literals as they are, variables by number: "{0}" */

static void
expect(const char *words, const char *expected)
{
    char    buffer[128];
    size_t  i, len;

    assert_int_equal(parse(words), LOYALTY_TEMPLATE_GOOD);

    len = 0;

    for (i = 0; i < template.npieces; i++) {
        memcpy(buffer + len, template.pieces[i].literal.data,
               template.pieces[i].literal.len);
        len += template.pieces[i].literal.len;

        if (template.pieces[i].variable != LOYALTY_TEMPLATE_END) {
            buffer[len++] = '<';
            buffer[len++] = (char) ('0' + template.pieces[i].variable);
            buffer[len++] = '>';
        }
    }

    buffer[len] = '\0';

    assert_string_equal(buffer, expected);
}


static void
a_text_without_variables_is_itself(void **state)
{
    (void) state;

    expect("Welcome!", "Welcome!");
    assert_int_equal(template.npieces, 1);

    expect("", "");
    assert_int_equal(template.npieces, 0);
}


static void
variables_are_found_wherever_they_are(void **state)
{
    (void) state;

    expect("You have {points}.", "You have <0>.");
    expect("{order}", "<2>");
    expect("{points}{points.number}: {order}!", "<0><1>: <2>!");
}


static void
doubled_braces_are_braces(void **state)
{
    (void) state;

    expect("{{points}}", "{points}");
    expect("{{{points}}}", "{<0>}");
    expect("a {{ b }} c", "a { b } c");
}


static void
unknown_variables_are_named(void **state)
{
    (void) state;

    assert_int_equal(parse("{points} of {pointz}."),
                     LOYALTY_TEMPLATE_UNKNOWN);
    assert_true(loyalty_str_equal(wrong, text("pointz")));

    assert_int_equal(parse("{}"), LOYALTY_TEMPLATE_UNKNOWN);
    assert_int_equal(parse("{Points}"), LOYALTY_TEMPLATE_UNKNOWN);
    assert_int_equal(parse("{ points }"), LOYALTY_TEMPLATE_UNKNOWN);
    assert_int_equal(parse("{point}"), LOYALTY_TEMPLATE_UNKNOWN);
}


static void
a_brace_alone_is_shown(void **state)
{
    size_t  i;

    static const struct {
        const char  *words;
        const char  *wrong;
    } cases[] = {
        { "a {points", "{points" },
        { "a {", "{" },
        { "a } b", "} b" },
        { "a }", "}" },
        { "{points {order}", "{points {order}" },
        { "{{points}", "}" },
        { "{points}}", "}" }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(parse(cases[i].words), LOYALTY_TEMPLATE_UNBALANCED);
        assert_true(loyalty_str_equal(wrong, text(cases[i].wrong)));
    }
}


static void
a_text_takes_so_many_pieces(void **state)
{
    char    words[LOYALTY_TEMPLATE_PIECES * 8 + 2];
    size_t  i;

    (void) state;

    words[0] = '\0';

    for (i = 0; i < LOYALTY_TEMPLATE_PIECES; i++) {
        strcat(words, "{points}");
    }

    assert_int_equal(parse(words), LOYALTY_TEMPLATE_GOOD);
    assert_int_equal(template.npieces, LOYALTY_TEMPLATE_PIECES);

    strcat(words, "!");

    assert_int_equal(parse(words), LOYALTY_TEMPLATE_LONG);
}


static void
the_first_part_of_a_tag_is_the_language(void **state)
{
    size_t  i;

    static const struct {
        const char        *tag;
        loyalty_locale_e   locale;
    } cases[] = {
        { "en", LOYALTY_LOCALE_EN },
        { "tr", LOYALTY_LOCALE_TR },
        { "th", LOYALTY_LOCALE_TH },
        { "TR", LOYALTY_LOCALE_TR },
        { "en-GB", LOYALTY_LOCALE_EN },
        { "th_TH", LOYALTY_LOCALE_TH },
        { "tr-Latn-TR", LOYALTY_LOCALE_TR },
        { "", LOYALTY_LOCALE_NONE },
        { NULL, LOYALTY_LOCALE_NONE },
        { "t", LOYALTY_LOCALE_NONE },
        { "de", LOYALTY_LOCALE_NONE },
        { "tru", LOYALTY_LOCALE_NONE },
        { "enx-GB", LOYALTY_LOCALE_NONE },
        { "-tr", LOYALTY_LOCALE_NONE },
        { "ku-TR", LOYALTY_LOCALE_NONE }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(loyalty_locale_of(text(cases[i].tag)),
                         cases[i].locale);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_text_without_variables_is_itself),
        cmocka_unit_test(variables_are_found_wherever_they_are),
        cmocka_unit_test(doubled_braces_are_braces),
        cmocka_unit_test(unknown_variables_are_named),
        cmocka_unit_test(a_brace_alone_is_shown),
        cmocka_unit_test(a_text_takes_so_many_pieces),
        cmocka_unit_test(the_first_part_of_a_tag_is_the_language)
    };

    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
