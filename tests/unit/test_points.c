
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <random_fixture.h>
#include <loyalty_points.h>


#define UNTOUCHED   INT64_C(-77)
#define MONEY_MAX   INT64_C(999999999999999999)
#define ROUNDS      200000


/* A product of two numbers of 63 bits, in parts of 32 bits, lowest first. */

typedef struct {
    uint32_t  parts[4];
} product_t;


/* numbers of all sizes, the small ones as often as the large ones */

static int64_t
some_size(int64_t max)
{
    int64_t  number;

    number = some(INT64_MAX) >> some(62);

    return (number <= max) ? number : max - number % (max / 2);
}


static product_t
multiply(int64_t a, int64_t b)
{
    int        i, k;
    uint64_t   carry;
    uint32_t   x[2], y[2];
    product_t  product;

    memset(&product, 0, sizeof(product_t));

    x[0] = (uint32_t) a;
    x[1] = (uint32_t) ((uint64_t) a >> 32);
    y[0] = (uint32_t) b;
    y[1] = (uint32_t) ((uint64_t) b >> 32);

    for (i = 0; i < 2; i++) {
        carry = 0;

        for (k = 0; k < 2; k++) {
            carry += (uint64_t) x[i] * y[k] + product.parts[i + k];
            product.parts[i + k] = (uint32_t) carry;
            carry >>= 32;
        }

        product.parts[i + 2] = (uint32_t) carry;
    }

    return product;
}


static int
compare(product_t a, product_t b)
{
    int  i;

    for (i = 3; i >= 0; i--) {
        if (a.parts[i] != b.parts[i]) {
            return (a.parts[i] < b.parts[i]) ? -1 : 1;
        }
    }

    return 0;
}


/* whether "result" is a * b / divisor, rounded down */

static int
is_quotient(int64_t result, int64_t a, int64_t b, int64_t divisor)
{
    return compare(multiply(result, divisor), multiply(a, b)) <= 0
           && compare(multiply(result + 1, divisor), multiply(a, b)) > 0;
}


static void
a_multiplier_adds_what_is_past_one(void **state)
{
    size_t  i;

    static const struct {
        int64_t  points;
        int64_t  multiplier;
        int64_t  extra;
    } cases[] = {
        { 60, 1500, 30 },
        { 61, 1500, 30 },
        { 1, 1999, 0 },
        { 1, 2000, 1 },
        { 999, 1001, 0 },
        { 1000, 1001, 1 },
        { 7, 1333, 2 },
        { 100, 1000000, 99900 },
        { 0, 1500, 0 }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(loyalty_points_extra(cases[i].points,
                                              cases[i].multiplier),
                         cases[i].extra);
    }
}


static void
no_multiplier_adds_nothing(void **state)
{
    (void) state;

    assert_int_equal(loyalty_points_extra(1000, 0), 0);
    assert_int_equal(loyalty_points_extra(1000, LOYALTY_MULTIPLIER_ONE), 0);
    assert_int_equal(loyalty_points_extra(LOYALTY_POINTS_MAX, 0), 0);
}


static void
what_a_multiplier_adds_is_exact_up_to_the_most(void **state)
{
    int      i;
    int64_t  points, multiplier, extra;

    (void) state;

    seed = 20260101;

    for (i = 0; i < ROUNDS; i++) {
        points = some_size(LOYALTY_POINTS_MAX);
        multiplier = LOYALTY_MULTIPLIER_ONE
                     + some(LOYALTY_MULTIPLIER_MAX - LOYALTY_MULTIPLIER_ONE);

        extra = loyalty_points_extra(points, multiplier);

        if (extra == LOYALTY_POINTS_MAX) {
            assert_true(compare(multiply(extra, 1000),
                                multiply(points, multiplier - 1000)) <= 0);
            continue;
        }

        if (!is_quotient(extra, points, multiplier - 1000, 1000)) {
            fail_msg("%lld points times %lld / 1000 add %lld",
                     (long long) points, (long long) multiplier,
                     (long long) extra);
        }
    }

    assert_int_equal(loyalty_points_extra(LOYALTY_POINTS_MAX, 2000),
                     LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_points_extra(LOYALTY_POINTS_MAX - 1, 2000),
                     LOYALTY_POINTS_MAX - 1);
    assert_int_equal(loyalty_points_extra(LOYALTY_POINTS_MAX,
                                          LOYALTY_MULTIPLIER_MAX),
                     LOYALTY_POINTS_MAX);
}


static void
a_share_is_rounded_down(void **state)
{
    size_t  i;

    static const struct {
        int64_t  points;
        int64_t  part;
        int64_t  whole;
        int64_t  share;
    } cases[] = {
        { 60, 3000, 6000, 30 },
        { 60, 0, 6000, 0 },
        { 0, 3000, 6000, 0 },
        { 10, 1, 3, 3 },
        { 10, 2, 3, 6 },
        { 1, 5999, 6000, 0 },
        { 60, 99, 6000, 0 },
        { 60, 100, 6000, 1 },
        { LOYALTY_POINTS_MAX, MONEY_MAX - 1, MONEY_MAX,
          LOYALTY_POINTS_MAX - 1 },
        { LOYALTY_POINTS_MAX, 1, MONEY_MAX, 0 },
        { INT64_MAX, INT64_MAX - 1, INT64_MAX, INT64_MAX - 1 }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(loyalty_points_share(cases[i].points, cases[i].part,
                                              cases[i].whole),
                         cases[i].share);
    }
}


static void
a_share_of_the_whole_or_more_is_all(void **state)
{
    (void) state;

    assert_int_equal(loyalty_points_share(60, 6000, 6000), 60);
    assert_int_equal(loyalty_points_share(60, 6001, 6000), 60);
    assert_int_equal(loyalty_points_share(60, INT64_MAX, 1), 60);
    assert_int_equal(loyalty_points_share(LOYALTY_POINTS_MAX, MONEY_MAX,
                                          MONEY_MAX),
                     LOYALTY_POINTS_MAX);
}


static void
shares_are_exact_whatever_the_amounts(void **state)
{
    int      i;
    int64_t  points, part, whole, share;

    (void) state;

    seed = 20260102;

    for (i = 0; i < ROUNDS; i++) {
        points = some_size(i % 2 ? LOYALTY_POINTS_MAX : INT64_MAX - 1);
        whole = 1 + some_size(i % 3 ? MONEY_MAX : INT64_MAX - 1);
        part = some(whole - 1);

        share = loyalty_points_share(points, part, whole);

        if (!is_quotient(share, points, part, whole)) {
            fail_msg("%lld of %lld give %lld of %lld points",
                     (long long) part, (long long) whole, (long long) share,
                     (long long) points);
        }
    }
}


static void
sums_stop_at_the_most(void **state)
{
    (void) state;

    assert_int_equal(loyalty_points_add(0, 0), 0);
    assert_int_equal(loyalty_points_add(60, 50), 110);
    assert_int_equal(loyalty_points_add(LOYALTY_POINTS_MAX - 1, 1),
                     LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_points_add(LOYALTY_POINTS_MAX, 1),
                     LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_points_add(1, LOYALTY_POINTS_MAX),
                     LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_points_add(INT64_MAX, INT64_MAX),
                     LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_points_add(0, INT64_MAX), LOYALTY_POINTS_MAX);
}


static void
multipliers_are_read_as_thousandths(void **state)
{
    size_t   i;
    int64_t  multiplier;

    static const struct {
        const char  *text;
        int64_t      multiplier;
    } cases[] = {
        { "2", 2000 },
        { "1.5", 1500 },
        { "1.25", 1250 },
        { "1.001", 1001 },
        { "2.000", 2000 },
        { "999.999", 999999 },
        { "1000", LOYALTY_MULTIPLIER_MAX },
        { "1000.000", LOYALTY_MULTIPLIER_MAX }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(loyalty_multiplier_parse(text(cases[i].text),
                                                  &multiplier),
                         LOYALTY_OK);
        assert_int_equal(multiplier, cases[i].multiplier);
    }
}


static void
what_is_no_multiplier_is_refused(void **state)
{
    size_t   i;
    int64_t  multiplier;

    static const char *const  cases[] = {
        "", "1", "1.0", "1.000", "0", "0.5", "0.999", "1000.001", "1001",
        "1.5001", "1.5000", "2.0000", "1.", ".5", "-2", "+2", "2x", "1,5",
        " 2", "1.5.0", "1e3", "999999999999999999", "9999999999999999999"
    };

    (void) state;

    multiplier = UNTOUCHED;

    for (i = 0; i < elements_of(cases); i++) {
        if (loyalty_multiplier_parse(text(cases[i]), &multiplier)
            != LOYALTY_ERROR)
        {
            fail_msg("\"%s\" is taken", cases[i]);
        }

        assert_int_equal(multiplier, UNTOUCHED);
    }

    assert_int_equal(loyalty_multiplier_parse(text(NULL), &multiplier),
                     LOYALTY_ERROR);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_multiplier_adds_what_is_past_one),
        cmocka_unit_test(no_multiplier_adds_nothing),
        cmocka_unit_test(what_a_multiplier_adds_is_exact_up_to_the_most),
        cmocka_unit_test(a_share_is_rounded_down),
        cmocka_unit_test(a_share_of_the_whole_or_more_is_all),
        cmocka_unit_test(shares_are_exact_whatever_the_amounts),
        cmocka_unit_test(sums_stop_at_the_most),
        cmocka_unit_test(multipliers_are_read_as_thousandths),
        cmocka_unit_test(what_is_no_multiplier_is_refused)
    };

    return cmocka_run_group_tests_name("points", tests, NULL, NULL);
}
