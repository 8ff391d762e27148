
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_points.h>
#include <loyalty_tier.h>


#define DAY     86400
#define LENGTH  (INT64_C(365) * DAY)
#define GRACE   (30 * DAY)

#define JOINED  INT64_C(1700000000)

/* The first seconds of years. */

#define Y2025   INT64_C(1735689600)
#define Y2026   INT64_C(1767225600)
#define Y2027   INT64_C(1798761600)
#define Y2028   INT64_C(1830297600)


static const loyalty_tier_t  tiers[] = {
    { loyalty_string("bronze"), loyalty_string("Bronze"),
      loyalty_string(""), 100, 0 },
    { loyalty_string("silver"), loyalty_string("Silver"),
      loyalty_string(""), 500, 1250 },
    { loyalty_string("gold"), loyalty_string("Gold"),
      loyalty_string("lounge"), 1000, 1500 }
};

static const loyalty_tier_t  *bronze = &tiers[0];
static const loyalty_tier_t  *silver = &tiers[1];
static const loyalty_tier_t  *gold = &tiers[2];


static loyalty_ladder_t
ladder_of(loyalty_window_e window)
{
    loyalty_ladder_t  ladder;

    ladder.tiers = tiers;
    ladder.ntiers = elements_of(tiers);
    ladder.window = window;
    ladder.length = (window == LOYALTY_WINDOW_TIME) ? LENGTH : 0;
    ladder.grace = 0;

    return ladder;
}


static loyalty_standing_t
standing_of(int64_t at, int64_t points, int64_t before, int64_t earlier)
{
    loyalty_standing_t  standing;

    standing.at = at;
    standing.points = points;
    standing.before = before;
    standing.earlier = earlier;

    return standing;
}


/* What was ever earned counts in a lifetime only. */

static void
advance(const loyalty_ladder_t *ladder, loyalty_standing_t *standing,
    int64_t now)
{
    loyalty_standing_advance(ladder, JOINED, 123456, standing, now);
}


static void
expect_standing(const loyalty_standing_t *standing, int64_t at,
    int64_t points, int64_t before, int64_t earlier)
{
    assert_int_equal(standing->at, at);
    assert_int_equal(standing->points, points);
    assert_int_equal(standing->before, before);
    assert_int_equal(standing->earlier, earlier);
}


static void
windows_of_time_begin_with_joining(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED, 700, 0, 0);

    advance(&ladder, &standing, JOINED);
    expect_standing(&standing, JOINED, 700, 0, 0);

    advance(&ladder, &standing, JOINED + LENGTH - 1);
    expect_standing(&standing, JOINED + LENGTH - 1, 700, 0, 0);

    advance(&ladder, &standing, JOINED + LENGTH);
    expect_standing(&standing, JOINED + LENGTH, 0, 700, 0);

    advance(&ladder, &standing, JOINED + 2 * LENGTH - 1);
    expect_standing(&standing, JOINED + 2 * LENGTH - 1, 0, 700, 0);

    advance(&ladder, &standing, JOINED + 2 * LENGTH);
    expect_standing(&standing, JOINED + 2 * LENGTH, 0, 0, 700);

    advance(&ladder, &standing, JOINED + 3 * LENGTH);
    expect_standing(&standing, JOINED + 3 * LENGTH, 0, 0, 0);
}


static void
windows_of_years_are_the_calendars(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_YEAR);
    standing = standing_of(Y2026, 700, 20, 3);

    advance(&ladder, &standing, Y2027 - 1);
    expect_standing(&standing, Y2027 - 1, 700, 20, 3);

    advance(&ladder, &standing, Y2027);
    expect_standing(&standing, Y2027, 0, 700, 20);

    advance(&ladder, &standing, Y2028);
    expect_standing(&standing, Y2028, 0, 0, 700);
}


static void
a_new_standing_is_moved_to_this_year(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_YEAR);
    standing = standing_of(0, 0, 0, 0);

    advance(&ladder, &standing, Y2026 + DAY);

    expect_standing(&standing, Y2026 + DAY, 0, 0, 0);
}


static void
a_lifetime_has_all_that_was_ever_earned(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_LIFETIME);
    standing = standing_of(Y2025, 1, 20, 300);

    loyalty_standing_advance(&ladder, JOINED, 4000, &standing, Y2027);
    expect_standing(&standing, Y2027, 4000, 0, 0);

    loyalty_standing_advance(&ladder, JOINED, 5000, &standing, Y2026);
    expect_standing(&standing, Y2027, 5000, 0, 0);

    memset(&ladder, 0, sizeof(loyalty_ladder_t));

    loyalty_standing_advance(&ladder, JOINED, 6000, &standing, Y2028);
    expect_standing(&standing, Y2028, 6000, 0, 0);
}


/* each change of the configuration goes both ways, and no tier stands still */

static void
changed_windows_go_on_from_the_same_day(void **state)
{
    loyalty_ladder_t    time, year, lifetime;
    loyalty_standing_t  standing;

    (void) state;

    time = ladder_of(LOYALTY_WINDOW_TIME);
    year = ladder_of(LOYALTY_WINDOW_YEAR);
    lifetime = ladder_of(LOYALTY_WINDOW_LIFETIME);

    standing = standing_of(JOINED + LENGTH, 700, 20, 3);

    advance(&year, &standing, Y2025 - 1);
    expect_standing(&standing, Y2025 - 1, 700, 20, 3);

    advance(&year, &standing, Y2025);
    expect_standing(&standing, Y2025, 0, 700, 20);

    advance(&time, &standing, JOINED + 2 * LENGTH - 1);
    expect_standing(&standing, JOINED + 2 * LENGTH - 1, 0, 700, 20);

    advance(&time, &standing, JOINED + 2 * LENGTH);
    expect_standing(&standing, JOINED + 2 * LENGTH, 0, 0, 700);

    loyalty_standing_advance(&lifetime, JOINED, 5000, &standing, Y2026);
    expect_standing(&standing, Y2026, 5000, 0, 0);

    advance(&year, &standing, Y2027);
    expect_standing(&standing, Y2027, 0, 5000, 0);
}


static void
a_changed_length_counts_from_joining(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    ladder.length = 90 * DAY;

    standing = standing_of(JOINED + 59 * DAY, 700, 20, 3);

    advance(&ladder, &standing, JOINED + 90 * DAY - 1);
    expect_standing(&standing, JOINED + 90 * DAY - 1, 700, 20, 3);

    ladder.length = 30 * DAY;

    advance(&ladder, &standing, JOINED + 90 * DAY);
    expect_standing(&standing, JOINED + 90 * DAY, 0, 700, 20);
}


/* as if moved on one window at a time, however many there were */

static void
windows_without_a_visit_are_left_behind(void **state)
{
    int64_t             windows, i;
    loyalty_ladder_t    ladder;
    loyalty_standing_t  at_once, by_steps;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    ladder.length = 1;

    for (windows = 0; windows < 8; windows++) {
        at_once = standing_of(JOINED, 1000, 200, 30);
        by_steps = at_once;

        advance(&ladder, &at_once, JOINED + windows);

        for (i = 0; i <= windows; i++) {
            advance(&ladder, &by_steps, JOINED + i);
        }

        expect_standing(&at_once, by_steps.at, by_steps.points,
                        by_steps.before, by_steps.earlier);
    }

    at_once = standing_of(JOINED, 1000, 200, 30);

    advance(&ladder, &at_once, JOINED + INT64_C(1000000000000));

    expect_standing(&at_once, JOINED + INT64_C(1000000000000), 0, 0, 0);
}


static void
a_clock_put_back_moves_nothing(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED + 2 * LENGTH, 700, 20, 3);

    advance(&ladder, &standing, JOINED + LENGTH);
    expect_standing(&standing, JOINED + 2 * LENGTH, 700, 20, 3);

    advance(&ladder, &standing, JOINED - 1);
    expect_standing(&standing, JOINED + 2 * LENGTH, 700, 20, 3);

    advance(&ladder, &standing, JOINED + 3 * LENGTH);
    expect_standing(&standing, JOINED + 3 * LENGTH, 0, 700, 20);
}


static void
points_count_in_the_window_they_were_earned_in(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED + 3 * LENGTH + DAY, 0, 0, 0);

    loyalty_standing_count(&ladder, JOINED, &standing, 1,
                           JOINED + 3 * LENGTH);
    loyalty_standing_count(&ladder, JOINED, &standing, 20,
                           JOINED + 3 * LENGTH - 1);
    loyalty_standing_count(&ladder, JOINED, &standing, 300,
                           JOINED + LENGTH);
    expect_standing(&standing, JOINED + 3 * LENGTH + DAY, 1, 20, 300);

    loyalty_standing_count(&ladder, JOINED, &standing, 4000,
                           JOINED + LENGTH - 1);
    expect_standing(&standing, JOINED + 3 * LENGTH + DAY, 1, 20, 300);
}


static void
points_from_before_joining_are_of_the_first_window(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED, 0, 0, 0);

    loyalty_standing_count(&ladder, JOINED, &standing, 50, JOINED - LENGTH);
    expect_standing(&standing, JOINED, 50, 0, 0);

    standing = standing_of(JOINED + LENGTH, 0, 0, 0);

    loyalty_standing_count(&ladder, JOINED, &standing, 50, JOINED - 1);
    expect_standing(&standing, JOINED + LENGTH, 0, 50, 0);
}


static void
points_of_a_lifetime_all_count(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_LIFETIME);
    standing = standing_of(0, 10, 0, 0);

    loyalty_standing_count(&ladder, JOINED, &standing, 50, JOINED);
    loyalty_standing_count(&ladder, JOINED, &standing, 50,
                           JOINED + 100 * LENGTH);

    expect_standing(&standing, 0, 110, 0, 0);
}


static void
points_taken_back_leave_none_at_least(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_YEAR);
    standing = standing_of(Y2027, 100, 200, 300);

    loyalty_standing_count(&ladder, JOINED, &standing, -30, Y2027);
    loyalty_standing_count(&ladder, JOINED, &standing, -200, Y2026);
    loyalty_standing_count(&ladder, JOINED, &standing, -301, Y2025);
    expect_standing(&standing, Y2027, 70, 0, 0);

    loyalty_standing_count(&ladder, JOINED, &standing, INT64_MIN, Y2027);
    expect_standing(&standing, Y2027, 0, 0, 0);
}


static void
sums_of_standings_stop_at_the_most(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_LIFETIME);
    standing = standing_of(0, LOYALTY_POINTS_MAX - 1, 0, 0);

    loyalty_standing_count(&ladder, JOINED, &standing, LOYALTY_POINTS_MAX,
                           JOINED);

    expect_standing(&standing, 0, LOYALTY_POINTS_MAX, 0, 0);
}


static void
a_tier_is_reached_with_its_threshold(void **state)
{
    size_t              i;
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    const struct {
        int64_t                points;
        const loyalty_tier_t  *tier;
    } cases[] = {
        { 0, NULL },
        { 99, NULL },
        { 100, bronze },
        { 499, bronze },
        { 500, silver },
        { 999, silver },
        { 1000, gold },
        { LOYALTY_POINTS_MAX, gold }
    };

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_LIFETIME);

    for (i = 0; i < elements_of(cases); i++) {
        standing = standing_of(0, cases[i].points, 0, 0);

        assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing, JOINED),
                         cases[i].tier);
    }
}


static void
without_tiers_nobody_has_one(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    memset(&ladder, 0, sizeof(loyalty_ladder_t));

    standing = standing_of(0, LOYALTY_POINTS_MAX, 0, 0);

    assert_null(loyalty_tier_of(&ladder, JOINED, &standing, JOINED));
}


static void
a_tier_holds_for_all_of_the_next_window(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED + LENGTH, 120, 1000, 0);

    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     JOINED + LENGTH), gold);
    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     JOINED + 2 * LENGTH - 1), gold);

    advance(&ladder, &standing, JOINED + 2 * LENGTH);

    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     JOINED + 2 * LENGTH), bronze);
}


static void
a_higher_tier_holds_at_once(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED + LENGTH, 499, 100, 0);

    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     JOINED + LENGTH), bronze);

    loyalty_standing_count(&ladder, JOINED, &standing, 1, JOINED + LENGTH);

    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     JOINED + LENGTH), silver);
}


static void
grace_keeps_a_tier_after_the_end_of_its_window(void **state)
{
    int64_t             start;
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    ladder.grace = GRACE;

    standing = standing_of(JOINED + 2 * LENGTH, 0, 120, 1000);
    start = JOINED + 2 * LENGTH;

    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing, start),
                     gold);
    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     start + GRACE - 1), gold);
    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     start + GRACE), bronze);
}


static void
grace_begins_with_the_calendar_year(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_YEAR);
    ladder.grace = GRACE;

    standing = standing_of(Y2027, 0, 0, 500);

    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing, Y2027),
                     silver);
    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing,
                                     Y2027 + GRACE - 1), silver);
    assert_null(loyalty_tier_of(&ladder, JOINED, &standing, Y2027 + GRACE));
}


static void
without_grace_a_tier_ends_with_its_window(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_YEAR);
    standing = standing_of(Y2027, 0, 0, 500);

    assert_null(loyalty_tier_of(&ladder, JOINED, &standing, Y2027));
}


static void
grace_lowers_nobody(void **state)
{
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_YEAR);
    ladder.grace = GRACE;

    standing = standing_of(Y2027, 0, 1000, 500);

    assert_ptr_equal(loyalty_tier_of(&ladder, JOINED, &standing, Y2027),
                     gold);
}


static void
the_next_tier_counts_from_this_window(void **state)
{
    int64_t             missing;
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED + LENGTH, 120, 500, 0);

    assert_ptr_equal(loyalty_tier_next(&ladder, NULL, &standing, &missing),
                     bronze);
    assert_int_equal(missing, 0);

    assert_ptr_equal(loyalty_tier_next(&ladder, bronze, &standing, &missing),
                     silver);
    assert_int_equal(missing, 380);

    assert_ptr_equal(loyalty_tier_next(&ladder, silver, &standing, &missing),
                     gold);
    assert_int_equal(missing, 880);
}


static void
above_the_highest_tier_there_is_none(void **state)
{
    int64_t             missing;
    loyalty_ladder_t    ladder;
    loyalty_standing_t  standing;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_TIME);
    standing = standing_of(JOINED + LENGTH, 120, 1000, 0);
    missing = 77;

    assert_null(loyalty_tier_next(&ladder, gold, &standing, &missing));
    assert_int_equal(missing, 0);

    memset(&ladder, 0, sizeof(loyalty_ladder_t));

    missing = 77;

    assert_null(loyalty_tier_next(&ladder, NULL, &standing, &missing));
    assert_int_equal(missing, 0);
}


static void
tiers_are_found_by_their_exact_id(void **state)
{
    loyalty_ladder_t  ladder;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_LIFETIME);

    assert_ptr_equal(loyalty_tier_find(&ladder, text("silver")), silver);
    assert_null(loyalty_tier_find(&ladder, text("Silver")));
    assert_null(loyalty_tier_find(&ladder, text("silve")));
    assert_null(loyalty_tier_find(&ladder, text("")));
}


static void
a_tier_reaches_itself_and_those_below(void **state)
{
    loyalty_ladder_t  ladder;

    (void) state;

    ladder = ladder_of(LOYALTY_WINDOW_LIFETIME);

    assert_true(loyalty_tier_reaches(&ladder, gold, text("silver")));
    assert_true(loyalty_tier_reaches(&ladder, silver, text("silver")));
    assert_false(loyalty_tier_reaches(&ladder, bronze, text("silver")));
    assert_false(loyalty_tier_reaches(&ladder, NULL, text("bronze")));
    assert_false(loyalty_tier_reaches(&ladder, gold, text("platinum")));
    assert_false(loyalty_tier_reaches(&ladder, NULL, text("platinum")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(windows_of_time_begin_with_joining),
        cmocka_unit_test(windows_of_years_are_the_calendars),
        cmocka_unit_test(a_new_standing_is_moved_to_this_year),
        cmocka_unit_test(a_lifetime_has_all_that_was_ever_earned),
        cmocka_unit_test(changed_windows_go_on_from_the_same_day),
        cmocka_unit_test(a_changed_length_counts_from_joining),
        cmocka_unit_test(windows_without_a_visit_are_left_behind),
        cmocka_unit_test(a_clock_put_back_moves_nothing),
        cmocka_unit_test(points_count_in_the_window_they_were_earned_in),
        cmocka_unit_test(points_from_before_joining_are_of_the_first_window),
        cmocka_unit_test(points_of_a_lifetime_all_count),
        cmocka_unit_test(points_taken_back_leave_none_at_least),
        cmocka_unit_test(sums_of_standings_stop_at_the_most),
        cmocka_unit_test(a_tier_is_reached_with_its_threshold),
        cmocka_unit_test(without_tiers_nobody_has_one),
        cmocka_unit_test(a_tier_holds_for_all_of_the_next_window),
        cmocka_unit_test(a_higher_tier_holds_at_once),
        cmocka_unit_test(grace_keeps_a_tier_after_the_end_of_its_window),
        cmocka_unit_test(grace_begins_with_the_calendar_year),
        cmocka_unit_test(without_grace_a_tier_ends_with_its_window),
        cmocka_unit_test(grace_lowers_nobody),
        cmocka_unit_test(the_next_tier_counts_from_this_window),
        cmocka_unit_test(above_the_highest_tier_there_is_none),
        cmocka_unit_test(tiers_are_found_by_their_exact_id),
        cmocka_unit_test(a_tier_reaches_itself_and_those_below)
    };

    return cmocka_run_group_tests_name("tier", tests, NULL, NULL);
}
