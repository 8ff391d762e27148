
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_membership.h>

#include <stdio.h>


#define YEAR  (INT64_C(365) * 86400)
#define END   INT64_C(1829469600)


static int
begin(void **state)
{
    static loyalty_bought_t  bought;

    memset(&bought, 0, sizeof(loyalty_bought_t));

    *state = &bought;

    return 0;
}


static loyalty_str_t
text_of(const loyalty_bought_t *bought)
{
    loyalty_str_t  all = { bought->len, bought->text };

    return all;
}


static void
expect_next(loyalty_str_t *rest, const char *id, int64_t seconds)
{
    int64_t        got, until;
    loyalty_str_t  name;

    assert_int_equal(loyalty_bought_next(rest, &name, &got, &until),
                     LOYALTY_OK);
    assert_true(loyalty_str_equal(name, text(id)));
    assert_int_equal(got, seconds);
    assert_int_equal(until, END);
}


static void
each_item_lasts_as_long(void **state)
{
    loyalty_membership_t  month = { .lasts = 30 * 86400 };

    (void) state;

    assert_int_equal(loyalty_membership_seconds(&month, 0), 0);
    assert_int_equal(loyalty_membership_seconds(&month, 1), 2592000);
    assert_int_equal(loyalty_membership_seconds(&month, 12), 31104000);
}


static void
nobody_buys_more_than_a_hundred_years(void **state)
{
    loyalty_membership_t  year = { .lasts = YEAR };
    loyalty_membership_t  odd = { .lasts = 7 };
    loyalty_membership_t  century = { .lasts = 100 * YEAR };
    loyalty_membership_t  longer = { .lasts = INT64_MAX };

    (void) state;

    assert_int_equal(loyalty_membership_seconds(&year, 99), 99 * YEAR);
    assert_int_equal(loyalty_membership_seconds(&year, 100), 100 * YEAR);
    assert_int_equal(loyalty_membership_seconds(&year, 101), 100 * YEAR);
    assert_int_equal(loyalty_membership_seconds(&year, INT64_MAX),
                     100 * YEAR);
    assert_int_equal(loyalty_membership_seconds(&odd, 450514285),
                     INT64_C(3153599995));
    assert_int_equal(loyalty_membership_seconds(&odd, 450514286),
                     100 * YEAR);
    assert_int_equal(loyalty_membership_seconds(&century, 1), 100 * YEAR);
    assert_int_equal(loyalty_membership_seconds(&longer, 1), 100 * YEAR);
}


static void
what_was_bought_is_text(void **state)
{
    loyalty_bought_t  *bought = *state;

    loyalty_bought_add(bought, text("plus"), YEAR, END);

    assert_string_equal(bought->text, "plus=31536000@1829469600");

    loyalty_bought_add(bought, text("gold"), 2592000, END);

    assert_string_equal(bought->text, "plus=31536000@1829469600 "
                        "gold=2592000@1829469600");
    assert_int_equal(bought->len, strlen(bought->text));
}


static void
what_was_bought_is_read_in_the_same_order(void **state)
{
    loyalty_str_t      rest;
    loyalty_bought_t  *bought = *state;

    loyalty_bought_add(bought, text("plus"), YEAR, END);
    loyalty_bought_add(bought, text("gold"), 2592000, END);
    loyalty_bought_add(bought, text("a#b-c_d.e"), 1, END);

    rest = text_of(bought);

    expect_next(&rest, "plus", YEAR);
    expect_next(&rest, "gold", 2592000);
    expect_next(&rest, "a#b-c_d.e", 1);

    assert_int_equal(rest.len, 0);
}


static void
all_that_a_program_has_fits(void **state)
{
    size_t             i;
    char               id[LOYALTY_ID_MAX + 1];
    loyalty_str_t      rest;
    loyalty_bought_t  *bought = *state;

    for (i = 0; i < LOYALTY_MEMBERSHIPS_MAX; i++) {
        snprintf(id, sizeof(id), "%0*zu", LOYALTY_ID_MAX, i);

        loyalty_bought_add(bought, text(id), LOYALTY_MEMBERSHIP_SECONDS_MAX,
                           END);
    }

    rest = text_of(bought);

    for (i = 0; i < LOYALTY_MEMBERSHIPS_MAX; i++) {
        snprintf(id, sizeof(id), "%0*zu", LOYALTY_ID_MAX, i);

        expect_next(&rest, id, LOYALTY_MEMBERSHIP_SECONDS_MAX);
    }

    assert_int_equal(rest.len, 0);
}


static void
what_does_not_fit_is_left_out(void **state)
{
    size_t             i, len;
    loyalty_str_t      rest;
    loyalty_bought_t  *bought = *state;

    len = 0;

    for (i = 0; i < LOYALTY_BOUGHT_SIZE; i++) {
        len = bought->len;

        loyalty_bought_add(bought, text("plus"), YEAR, END);
    }

    assert_int_equal(bought->len, len);
    assert_true(len < LOYALTY_BOUGHT_SIZE);
    assert_int_equal(strlen(bought->text), len);

    for (rest = text_of(bought); rest.len != 0; /* void */) {
        expect_next(&rest, "plus", YEAR);
    }
}


static void
other_texts_are_refused(void **state)
{
    size_t         i;
    int64_t        seconds, until;
    loyalty_str_t  rest, id;

    static const char *const  cases[] = {
        " ", "plus", "plus=", "=1@2", "plus=0@2", "plus=-1@2", "plus=+1@2",
        "plus=1s@2", "plus=1.5@2", "plus=1=2@2", "plus= 1@2", "plus =1@2",
        " plus=1@2", "plus=1@2 ", "plus=1@2  gold=2@2", "pl/us=1@2",
        "..=1@2", "plus=3153600001@2", "plus=99999999999999999999@2",
        "plus=1", "plus=1@", "plus=1@0", "plus=1@-2", "plus=1@2s", "plus@2",
        "plus=@2", "plus=1@2@3", "plus=1@9223372036854775808"
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        rest = text(cases[i]);

        while (loyalty_bought_next(&rest, &id, &seconds, &until)
               == LOYALTY_OK) {

            if (rest.len == 0) {
                fail_msg("\"%s\" is taken", cases[i]);
            }
        }
    }
}


static void
a_text_ends_where_its_length_says(void **state)
{
    loyalty_str_t  id, rest = { 8, "plus=1@23 gold=2@3" };
    int64_t        seconds, until;

    (void) state;

    assert_int_equal(loyalty_bought_next(&rest, &id, &seconds, &until),
                     LOYALTY_OK);
    assert_int_equal(until, 2);
    assert_int_equal(rest.len, 0);
}


static void
what_is_left_is_what_is_yet_to_come(void **state)
{
    (void) state;

    assert_int_equal(loyalty_membership_left(100, 1000, 800), 100);
    assert_int_equal(loyalty_membership_left(100, 1000, 900), 100);
    assert_int_equal(loyalty_membership_left(100, 1000, 901), 99);
    assert_int_equal(loyalty_membership_left(100, 1000, 999), 1);
    assert_int_equal(loyalty_membership_left(100, 1000, 1000), 0);
    assert_int_equal(loyalty_membership_left(100, 1000, 2000), 0);
}


#define membership_test(name)  cmocka_unit_test_setup(name, begin)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        membership_test(each_item_lasts_as_long),
        membership_test(nobody_buys_more_than_a_hundred_years),
        membership_test(what_was_bought_is_text),
        membership_test(what_was_bought_is_read_in_the_same_order),
        membership_test(all_that_a_program_has_fits),
        membership_test(what_does_not_fit_is_left_out),
        membership_test(other_texts_are_refused),
        membership_test(a_text_ends_where_its_length_says),
        membership_test(what_is_left_is_what_is_yet_to_come)
    };

    return cmocka_run_group_tests_name("membership", tests, NULL, NULL);
}
