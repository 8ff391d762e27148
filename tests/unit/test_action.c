
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_action.h>


#define UNTOUCHED  77


static void
expect_window(const char *time, int64_t seconds)
{
    char              limits[64];
    loyalty_action_t  action;

    memset(&action, 0, sizeof(loyalty_action_t));

    strcpy(limits, "1/");
    strcat(limits, time);

    if (loyalty_action_limits(&action, text(limits)) != LOYALTY_OK) {
        fail_msg("\"%s\" is refused", limits);
    }

    assert_int_equal(action.nlimits, 1);
    assert_int_equal(action.limits[0].count, 1);
    assert_int_equal(action.limits[0].window, seconds);
}


static void
expect_refused(const char *const *cases, size_t n)
{
    size_t            i;
    loyalty_action_t  action, before;

    memset(&action, UNTOUCHED, sizeof(loyalty_action_t));

    before = action;

    for (i = 0; i < n; i++) {
        if (loyalty_action_limits(&action, text(cases[i])) != LOYALTY_ERROR) {
            fail_msg("\"%s\" is taken", cases[i]);
        }

        assert_memory_equal(&action, &before, sizeof(loyalty_action_t));
    }
}


static void
limits_are_read_in_their_order(void **state)
{
    loyalty_action_t  action;

    (void) state;

    memset(&action, 0, sizeof(loyalty_action_t));

    assert_int_equal(loyalty_action_limits(&action,
                                           text("1/1d,3/7d,10/ever")),
                     LOYALTY_OK);

    assert_int_equal(action.nlimits, 3);
    assert_int_equal(action.limits[0].count, 1);
    assert_int_equal(action.limits[0].window, 86400);
    assert_int_equal(action.limits[1].count, 3);
    assert_int_equal(action.limits[1].window, 7 * 86400);
    assert_int_equal(action.limits[2].count, 10);
    assert_int_equal(action.limits[2].window, 0);
}


static void
ever_may_come_first(void **state)
{
    loyalty_action_t  action;

    (void) state;

    memset(&action, 0, sizeof(loyalty_action_t));

    assert_int_equal(loyalty_action_limits(&action, text("5/ever,1/1h")),
                     LOYALTY_OK);

    assert_int_equal(action.nlimits, 2);
    assert_int_equal(action.limits[0].count, 5);
    assert_int_equal(action.limits[0].window, 0);
    assert_int_equal(action.limits[1].window, 3600);
}


static void
units_are_those_of_nginx(void **state)
{
    (void) state;

    expect_window("1s", 1);
    expect_window("1m", 60);
    expect_window("1h", 3600);
    expect_window("1d", 86400);
    expect_window("1w", 604800);
    expect_window("1M", 2592000);
    expect_window("1y", 31536000);
    expect_window("90", 90);
}


static void
units_may_follow_each_other_from_large_to_small(void **state)
{
    static const char *const  wrong[] = {
        "1/12h1d", "1/1d1d", "1/1s1m", "1/1s30", "1/30s30", "1/1w1M"
    };

    (void) state;

    expect_window("1d12h", 129600);
    expect_window("1y2w3d4h5m6s", 33019506);
    expect_window("1y1M1w", 34732800);
    expect_window("1m30", 90);

    expect_refused(wrong, elements_of(wrong));
}


static void
four_limits_are_the_most(void **state)
{
    loyalty_action_t          action;
    static const char *const  five[] = { "1/1h,2/1d,3/1w,4/1y,5/ever" };

    (void) state;

    assert_int_equal(loyalty_action_limits(&action,
                                           text("1/1h,2/1d,3/1w,4/1y")),
                     LOYALTY_OK);
    assert_int_equal(action.nlimits, LOYALTY_ACTION_LIMITS);
    assert_int_equal(action.limits[3].count, 4);

    expect_refused(five, elements_of(five));
}


static void
what_is_no_limit_is_refused(void **state)
{
    static const char *const  cases[] = {
        "", ",", "/", "1", "1d", "ever", "/1d", "1/", "/ever", "1/1d,",
        ",1/1d", "1/1d,,2/7d", "1/1d;2/7d", "1/1d 2/7d", "1 /1d", "1/ 1d",
        "1/1d/2", "1//1d", "-1/1d", "+1/1d", "1/-1d", "1.5/1d", "1/1.5d",
        "a/1d", "1/d", "1/1x", "1/1D", "1/1ms", "1/1H", "1/Ever", "1/eve",
        "1/everx", "1/ever1", "1/1dever", "1/1d,x"
    };

    (void) state;

    expect_refused(cases, elements_of(cases));
}


static void
none_and_no_time_are_no_limits(void **state)
{
    static const char *const  cases[] = {
        "0/1d", "0/ever", "1/0", "1/0d", "1/0d0h", "1/1d,0/7d"
    };

    (void) state;

    expect_refused(cases, elements_of(cases));
}


static void
numbers_that_do_not_fit_are_refused(void **state)
{
    static const char *const  cases[] = {
        "1000000000000001/1d",
        "99999999999999999999999999/1d",
        "18446744073709551617/1d",
        "1/1000000000000001",
        "1/1000000000000001s",
        "1/31709792y",
        "1/999999999999999y",
        "1/31709791y999999999999s",
        "1/99999999999999999999999999y"
    };

    (void) state;

    expect_window("1000000000000000", INT64_C(1000000000000000));
    expect_window("31709791y", INT64_C(999999968976000));
    expect_window("31709791y31024000", INT64_C(1000000000000000));

    expect_refused(cases, elements_of(cases));
}


static void
limits_end_where_their_length_says(void **state)
{
    loyalty_str_t     limits;
    loyalty_action_t  action;

    (void) state;

    limits.data = "1/12hx";
    limits.len = 5;

    assert_int_equal(loyalty_action_limits(&action, limits), LOYALTY_OK);
    assert_int_equal(action.limits[0].window, 43200);

    limits.len = 3;

    assert_int_equal(loyalty_action_limits(&action, limits), LOYALTY_OK);
    assert_int_equal(action.limits[0].window, 1);

    limits.len = 2;

    assert_int_equal(loyalty_action_limits(&action, limits), LOYALTY_ERROR);

    limits.data = "1/ever";
    limits.len = 5;

    assert_int_equal(loyalty_action_limits(&action, limits), LOYALTY_ERROR);
    assert_int_equal(loyalty_action_limits(&action, text(NULL)),
                     LOYALTY_ERROR);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(limits_are_read_in_their_order),
        cmocka_unit_test(ever_may_come_first),
        cmocka_unit_test(units_are_those_of_nginx),
        cmocka_unit_test(units_may_follow_each_other_from_large_to_small),
        cmocka_unit_test(four_limits_are_the_most),
        cmocka_unit_test(what_is_no_limit_is_refused),
        cmocka_unit_test(none_and_no_time_are_no_limits),
        cmocka_unit_test(numbers_that_do_not_fit_are_refused),
        cmocka_unit_test(limits_end_where_their_length_says)
    };

    return cmocka_run_group_tests_name("action", tests, NULL, NULL);
}
