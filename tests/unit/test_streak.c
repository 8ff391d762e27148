
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_badge.h>


#define HOUR  3600
#define DAY   86400
#define WEEK  (7 * DAY)

/* 2026-11-23T00:00:00Z, a Monday */

#define MONDAY  INT64_C(1795392000)


static void
nobody_new_has_a_streak(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    assert_int_equal(loyalty_streak_length(&streak, WEEK, MONDAY), 0);
    assert_int_equal(loyalty_streak_length(&streak, WEEK, 0), 0);
}


static void
the_first_order_begins_a_streak(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, MONDAY);

    assert_int_equal(streak.length, 1);
    assert_int_equal(streak.at, MONDAY);
    assert_int_equal(loyalty_streak_length(&streak, WEEK, MONDAY), 1);
}


static void
also_the_first_period_of_all_counts(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, 0);

    assert_int_equal(streak.length, 1);
    assert_int_equal(loyalty_streak_length(&streak, WEEK, 0), 1);
}


static void
a_period_counts_once(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, MONDAY);
    loyalty_streak_count(&streak, WEEK, MONDAY);
    loyalty_streak_count(&streak, WEEK, MONDAY + WEEK - 1);

    assert_int_equal(streak.length, 1);
    assert_int_equal(streak.at, MONDAY + WEEK - 1);
}


static void
each_period_in_a_row_adds_one(void **state)
{
    int64_t           i;
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    for (i = 0; i < 100; i++) {
        loyalty_streak_count(&streak, WEEK, MONDAY + i * WEEK + i * HOUR);

        assert_int_equal(streak.length, i + 1);
    }
}


static void
a_period_left_out_begins_anew(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, MONDAY);
    loyalty_streak_count(&streak, WEEK, MONDAY + WEEK);
    loyalty_streak_count(&streak, WEEK, MONDAY + 3 * WEEK);

    assert_int_equal(streak.length, 1);
}


static void
a_streak_holds_until_a_whole_period_has_passed(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, MONDAY);
    loyalty_streak_count(&streak, WEEK, MONDAY + WEEK);

    assert_int_equal(loyalty_streak_length(&streak, WEEK,
                                           MONDAY + 3 * WEEK - 1), 2);
    assert_int_equal(loyalty_streak_length(&streak, WEEK,
                                           MONDAY + 3 * WEEK), 0);
}


static void
weeks_begin_on_mondays(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, MONDAY - 1);
    loyalty_streak_count(&streak, WEEK, MONDAY);

    assert_int_equal(streak.length, 2);
}


static void
days_begin_at_midnight(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, DAY, MONDAY + 3 * DAY);
    loyalty_streak_count(&streak, DAY, MONDAY + 4 * DAY - 1);

    assert_int_equal(streak.length, 1);

    loyalty_streak_count(&streak, DAY, MONDAY + 4 * DAY);

    assert_int_equal(streak.length, 2);
}


static void
a_clock_put_back_changes_nothing(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, MONDAY);
    loyalty_streak_count(&streak, WEEK, MONDAY + WEEK);
    loyalty_streak_count(&streak, WEEK, MONDAY - WEEK);

    assert_int_equal(streak.length, 2);
    assert_int_equal(streak.at, MONDAY + WEEK);
    assert_int_equal(loyalty_streak_length(&streak, WEEK, MONDAY - WEEK), 2);
    assert_int_equal(loyalty_streak_length(&streak, WEEK,
                                           MONDAY + 2 * WEEK), 2);
}


static void
without_a_period_nothing_is_counted(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, 0, MONDAY);

    assert_int_equal(streak.length, 0);
    assert_int_equal(loyalty_streak_length(&streak, 0, MONDAY), 0);

    streak.at = MONDAY;
    streak.length = 5;

    assert_int_equal(loyalty_streak_length(&streak, 0, MONDAY), 0);
}


/* from weeks to days and back: what counts is the day of the last order */

static void
a_changed_period_goes_on_from_the_last_order(void **state)
{
    loyalty_streak_t  streak;

    (void) state;

    memset(&streak, 0, sizeof(loyalty_streak_t));

    loyalty_streak_count(&streak, WEEK, MONDAY);
    loyalty_streak_count(&streak, WEEK, MONDAY + 2 * DAY);

    assert_int_equal(loyalty_streak_length(&streak, DAY, MONDAY + 3 * DAY),
                     1);
    assert_int_equal(loyalty_streak_length(&streak, DAY, MONDAY + 4 * DAY),
                     0);

    loyalty_streak_count(&streak, DAY, MONDAY + 3 * DAY);

    assert_int_equal(streak.length, 2);

    loyalty_streak_count(&streak, WEEK, MONDAY + 4 * DAY);

    assert_int_equal(streak.length, 2);

    loyalty_streak_count(&streak, WEEK, MONDAY + WEEK);

    assert_int_equal(streak.length, 3);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(nobody_new_has_a_streak),
        cmocka_unit_test(the_first_order_begins_a_streak),
        cmocka_unit_test(also_the_first_period_of_all_counts),
        cmocka_unit_test(a_period_counts_once),
        cmocka_unit_test(each_period_in_a_row_adds_one),
        cmocka_unit_test(a_period_left_out_begins_anew),
        cmocka_unit_test(a_streak_holds_until_a_whole_period_has_passed),
        cmocka_unit_test(weeks_begin_on_mondays),
        cmocka_unit_test(days_begin_at_midnight),
        cmocka_unit_test(a_clock_put_back_changes_nothing),
        cmocka_unit_test(without_a_period_nothing_is_counted),
        cmocka_unit_test(a_changed_period_goes_on_from_the_last_order)
    };

    return cmocka_run_group_tests_name("streak", tests, NULL, NULL);
}
