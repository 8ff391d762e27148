
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_time.h>

#include <stdio.h>
#include <time.h>


#define UNTOUCHED  INT64_C(-77)
#define DAY        86400

/* Where the years 0 and 9999 begin, and where the latter ends. */

#define YEAR_0     INT64_C(-62167219200)
#define YEAR_9999  INT64_C(253370764800)
#define LAST       INT64_C(253402300799)


static int64_t
parsed(const char *data)
{
    int64_t  when;

    when = UNTOUCHED;

    if (loyalty_time_parse(text(data), &when) != LOYALTY_OK) {
        fail_msg("\"%s\" is refused", data);
    }

    return when;
}


static const char *
written(int64_t when)
{
    static char  buffer[LOYALTY_TIME_LEN + 2];

    memset(buffer, '#', sizeof(buffer));

    loyalty_time_write(when, buffer);

    assert_int_equal(buffer[LOYALTY_TIME_LEN], '#');

    buffer[LOYALTY_TIME_LEN] = '\0';

    return buffer;
}


static void
expect_refused(const char *const *cases, size_t n)
{
    size_t   i;
    int64_t  when;

    when = UNTOUCHED;

    for (i = 0; i < n; i++) {
        if (loyalty_time_parse(text(cases[i]), &when) != LOYALTY_ERROR) {
            fail_msg("\"%s\" is taken", cases[i]);
        }

        assert_int_equal(when, UNTOUCHED);
    }
}


static void
times_are_read_as_unix_time(void **state)
{
    (void) state;

    assert_int_equal(parsed("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(parsed("1970-01-01T00:00:01Z"), 1);
    assert_int_equal(parsed("1969-12-31T23:59:59Z"), -1);
    assert_int_equal(parsed("2026-12-05T00:00:00Z"), INT64_C(1796428800));
    assert_int_equal(parsed("2000-02-29T12:34:56Z"), INT64_C(951827696));
    assert_int_equal(parsed("2038-01-19T03:14:08Z"), INT64_C(2147483648));
    assert_int_equal(parsed("9999-12-31T23:59:59Z"), LAST);
    assert_int_equal(parsed("0000-01-01T00:00:00Z"), YEAR_0);
}


static void
an_offset_is_how_far_the_clocks_are_ahead(void **state)
{
    int64_t  utc;

    (void) state;

    utc = parsed("2026-12-05T00:00:00Z");

    assert_int_equal(parsed("2026-12-05T00:00:00+00:00"), utc);
    assert_int_equal(parsed("2026-12-05T00:00:00-00:00"), utc);
    assert_int_equal(parsed("2026-12-05T00:00:00+01:00"), utc - 3600);
    assert_int_equal(parsed("2026-12-05T00:00:00-01:00"), utc + 3600);
    assert_int_equal(parsed("2026-12-05T05:45:00+05:45"), utc);
    assert_int_equal(parsed("2026-12-04T20:30:00-03:30"), utc);
    assert_int_equal(parsed("2026-12-05T23:59:00+23:59"), utc);
}


static void
t_and_z_may_be_small_letters(void **state)
{
    (void) state;

    assert_int_equal(parsed("1970-01-02t00:00:00z"), DAY);
    assert_int_equal(parsed("1970-01-02t00:00:00Z"), DAY);
    assert_int_equal(parsed("1970-01-02t00:00:00+01:00"), DAY - 3600);
}


static void
days_that_no_calendar_has_are_refused(void **state)
{
    static const char *const  cases[] = {
        "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
        "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-06-31T00:00:00Z",
        "2026-09-31T00:00:00Z", "2026-11-31T00:00:00Z",
        "2026-12-32T00:00:00Z"
    };

    (void) state;

    expect_refused(cases, elements_of(cases));

    assert_int_equal(parsed("2024-02-29T00:00:00Z") + DAY,
                     parsed("2024-03-01T00:00:00Z"));
    assert_int_equal(parsed("2000-02-29T00:00:00Z") + DAY,
                     parsed("2000-03-01T00:00:00Z"));
    assert_int_equal(parsed("2026-12-31T00:00:00Z") + DAY,
                     parsed("2027-01-01T00:00:00Z"));
}


static void
times_that_no_clock_shows_are_refused(void **state)
{
    static const char *const  cases[] = {
        "2026-12-05T24:00:00Z", "2026-12-05T00:60:00Z",
        "2026-12-31T23:59:60Z", "2026-12-05T00:00:61Z",
        "2026-12-05T00:00:00+24:00", "2026-12-05T00:00:00-24:00",
        "2026-12-05T00:00:00+00:60"
    };

    (void) state;

    expect_refused(cases, elements_of(cases));
}


static void
what_has_another_form_is_refused(void **state)
{
    static const char *const  cases[] = {
        "", "Z", "now", "1796428800", "2026-12-05", "2026-12-05T00:00Z",
        "2026-12-05T00:00:00", "2026-12-05 00:00:00Z",
        "2026-12-05T00:00:00.5Z", "2026-12-05T00:00:00.000+01:00",
        "2026-12-05T00:00:00,5Z", "2026-12-05T00:00:00+01",
        "2026-12-05T00:00:00+0100", "2026-12-05T00:00:00+1:00",
        "2026-12-05T00:00:00+01:00Z", "2026-12-05T00:00:00Z+01:00",
        "2026-12-05T00:00:00 01:00", "2026-12-05T00:00:00+01.00",
        "2026-12-05T00:00:00 Z", " 2026-12-05T00:00:00Z",
        "2026-12-05T00:00:00Z ", "2026-12-05T00:00:00UTC",
        "026-12-05T00:00:00Z", "+2026-12-05T00:00:00Z",
        "12026-12-05T00:00:00Z", "2026-1-05T00:00:00Z",
        "2026/12/05T00:00:00Z", "2026-12-05T00.00.00Z",
        "2026-12-05T-1:00:00Z", "2026-12-+5T00:00:00Z",
        "2026-12-05X00:00:00Z", "2026-12-05T0a:00:00Z",
        "2026-12-0\xd9\xa3T00:00:00Z", "2026-12-05T0t:00:00Z",
        "2026-12-05T0z:00:00Z", "2026-12-05T00:00:0-Z",
        "2026-12-05T00:00:00tZ", "2026+12+05T00:00:00Z"
    };

    (void) state;

    expect_refused(cases, elements_of(cases));
}


static void
a_time_ends_where_its_length_says(void **state)
{
    int64_t        when;
    loyalty_str_t  time;

    (void) state;

    time.data = "1970-01-01T00:00:07Z+01:00";
    time.len = LOYALTY_TIME_LEN;

    assert_int_equal(loyalty_time_parse(time, &when), LOYALTY_OK);
    assert_int_equal(when, 7);

    time.len--;

    assert_int_equal(loyalty_time_parse(time, &when), LOYALTY_ERROR);
    assert_int_equal(loyalty_time_parse(text(NULL), &when), LOYALTY_ERROR);
}


static void
times_are_written_in_utc(void **state)
{
    (void) state;

    assert_string_equal(written(0), "1970-01-01T00:00:00Z");
    assert_string_equal(written(-1), "1969-12-31T23:59:59Z");
    assert_string_equal(written(INT64_C(1797933600)),
                        "2026-12-22T10:00:00Z");
    assert_string_equal(written(INT64_C(951827696)), "2000-02-29T12:34:56Z");
    assert_string_equal(written(INT64_C(4107542399)),
                        "2100-02-28T23:59:59Z");
    assert_string_equal(written(INT64_C(4107542400)),
                        "2100-03-01T00:00:00Z");
}


static void
years_are_written_with_four_digits(void **state)
{
    (void) state;

    assert_string_equal(written(YEAR_0), "0000-01-01T00:00:00Z");
    assert_string_equal(written(YEAR_0 - 1), "0000-01-01T00:00:00Z");
    assert_string_equal(written(INT64_MIN), "0000-01-01T00:00:00Z");
    assert_string_equal(written(LAST), "9999-12-31T23:59:59Z");
    assert_string_equal(written(LAST + 1), "9999-12-31T23:59:59Z");
    assert_string_equal(written(INT64_MAX), "9999-12-31T23:59:59Z");
}


/* each day of 10000 years, at another second each */

static void
what_was_written_is_read_again(void **state)
{
    int64_t  day, when;

    (void) state;

    for (day = YEAR_0; day <= LAST; day += DAY) {
        when = day + (day / DAY * 7919 % DAY + DAY) % DAY;

        if (parsed(written(when)) != when) {
            fail_msg("%lld is written as %s", (long long) when,
                     written(when));
        }
    }
}


/* every 13th hour until 2038, where 32 bits of time_t end */

static void
times_are_those_of_the_c_library(void **state)
{
    time_t     when;
    char       expected[LOYALTY_TIME_LEN + 1];
    struct tm  tm;

    (void) state;

    for (when = -1000000000; when < 2147000000; when += 13 * 3600 + 7) {
        (void) gmtime_r(&when, &tm);

        (void) strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ",
                        &tm);

        assert_string_equal(written(when), expected);
    }
}


static void
a_year_lasts_from_its_first_second_to_its_last(void **state)
{
    char     first[32];
    int64_t  year, start;

    (void) state;

    for (year = 0; year <= 9999; year++) {
        start = loyalty_time_year_start(year);

        (void) snprintf(first, sizeof(first), "%04d-01-01T00:00:00Z",
                        (int) year);

        assert_int_equal(start, parsed(first));
        assert_int_equal(loyalty_time_year(start), year);

        if (year > 0) {
            assert_int_equal(loyalty_time_year(start - 1), year - 1);
        }
    }

    assert_int_equal(loyalty_time_year(LAST), 9999);
}


static void
times_past_the_years_are_in_the_nearest_one(void **state)
{
    (void) state;

    assert_int_equal(loyalty_time_year(INT64_MIN), 0);
    assert_int_equal(loyalty_time_year(INT64_MAX), 9999);
    assert_int_equal(loyalty_time_year_start(9999), YEAR_9999);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(times_are_read_as_unix_time),
        cmocka_unit_test(an_offset_is_how_far_the_clocks_are_ahead),
        cmocka_unit_test(t_and_z_may_be_small_letters),
        cmocka_unit_test(days_that_no_calendar_has_are_refused),
        cmocka_unit_test(times_that_no_clock_shows_are_refused),
        cmocka_unit_test(what_has_another_form_is_refused),
        cmocka_unit_test(a_time_ends_where_its_length_says),
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(years_are_written_with_four_digits),
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(times_are_those_of_the_c_library),
        cmocka_unit_test(a_year_lasts_from_its_first_second_to_its_last),
        cmocka_unit_test(times_past_the_years_are_in_the_nearest_one)
    };

    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
