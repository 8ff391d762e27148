
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <random_fixture.h>
#include <loyalty_award.h>


#define MONEY_MAX  INT64_C(999999999999999999)
#define ROUNDS     2000


static void
a_refund_takes_back_its_share(void **state)
{
    size_t  i;

    static const struct {
        int64_t  points;
        int64_t  total;
        int64_t  refunded;
        int64_t  taken;
    } cases[] = {
        { 60, 6000, 0, 0 },
        { 60, 6000, 99, 0 },
        { 60, 6000, 100, 1 },
        { 60, 6000, 3000, 30 },
        { 60, 6000, 5999, 59 },
        { 60, 6000, 6000, 60 },
        { 60, 6000, 9000, 60 },
        { 0, 6000, 6000, 0 },
        { 10, 0, 0, 0 },
        { 10, 0, 1, 10 },
        { LOYALTY_POINTS_MAX, MONEY_MAX, MONEY_MAX - 1,
          LOYALTY_POINTS_MAX - 1 }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(loyalty_award_reversal(cases[i].points,
                                                cases[i].total,
                                                cases[i].refunded),
                         cases[i].taken);
    }
}


/* whatever the parts, each takes back some, and together they take all */

static void
parts_of_a_refund_add_up_to_the_whole(void **state)
{
    int      i;
    int64_t  points, total, refunded, taken, now, sum;

    (void) state;

    seed = 20260104;

    for (i = 0; i < ROUNDS; i++) {
        points = some(LOYALTY_POINTS_MAX) >> some(49);
        total = 1 + (some(MONEY_MAX - 1) >> some(59));

        refunded = 0;
        taken = 0;
        sum = 0;

        while (refunded < total) {
            refunded += 1 + some(total - refunded - 1) / (1 + some(9));

            now = loyalty_award_reversal(points, total, refunded);

            assert_true(now >= taken);
            assert_true(now <= points);

            sum += now - taken;
            taken = now;
        }

        assert_int_equal(sum, points);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_refund_takes_back_its_share),
        cmocka_unit_test(parts_of_a_refund_add_up_to_the_whole)
    };

    return cmocka_run_group_tests_name("reversal", tests, NULL, NULL);
}
