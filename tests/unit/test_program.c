
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_program.h>


static const loyalty_reward_t  rewards[] = {
    { loyalty_string("apron"), loyalty_string("Free apron"),
      loyalty_string(""), loyalty_string(""), 400, 100, 1 },
    { loyalty_string("hanky"), loyalty_string("Free handkerchief"),
      loyalty_string(""), loyalty_string("HANKY-1"), 200, 0, 0 },
    { loyalty_string("scarf"), loyalty_string("Free scarf"),
      loyalty_string(""), loyalty_string(""), 200, 0, 0 }
};


static loyalty_program_t
program_with_rewards(size_t n)
{
    loyalty_program_t  program;

    memset(&program, 0, sizeof(loyalty_program_t));

    program.rewards = rewards;
    program.nrewards = n;

    return program;
}


static void
nothing_is_earned_without_a_rule(void **state)
{
    loyalty_earn_t  earn;

    (void) state;

    memset(&earn, 0, sizeof(loyalty_earn_t));

    assert_int_equal(loyalty_earn_points(&earn, 100000, 0), 0);
}


static void
points_per_amount_count_whole_amounts(void **state)
{
    size_t  i;

    static const struct {
        int64_t  points;
        int64_t  per;
        int64_t  total;
        int64_t  earned;
    } cases[] = {
        { 1, 100, 0, 0 },
        { 1, 100, 99, 0 },
        { 1, 100, 100, 1 },
        { 1, 100, 6099, 60 },
        { 1, 1, 6099, 6099 },
        { 5, 1000, 6099, 30 },
        { 3, 250, 749, 6 },
        { 1, 100, -500, 0 }
    };

    loyalty_earn_t  earn;

    (void) state;

    memset(&earn, 0, sizeof(loyalty_earn_t));

    earn.kind = LOYALTY_EARN_PER_AMOUNT;

    for (i = 0; i < elements_of(cases); i++) {
        earn.points = cases[i].points;
        earn.per = cases[i].per;

        assert_int_equal(loyalty_earn_points(&earn, cases[i].total, 0),
                         cases[i].earned);
    }
}


static void
points_never_pass_their_maximum(void **state)
{
    loyalty_earn_t  earn;

    (void) state;

    memset(&earn, 0, sizeof(loyalty_earn_t));

    earn.kind = LOYALTY_EARN_PER_AMOUNT;
    earn.points = 1;
    earn.per = 1;

    assert_int_equal(loyalty_earn_points(&earn, LOYALTY_POINTS_MAX, 0),
                     LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_earn_points(&earn, LOYALTY_POINTS_MAX + 1, 0),
                     LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_earn_points(&earn, INT64_MAX, 0),
                     LOYALTY_POINTS_MAX);

    earn.points = LOYALTY_POINTS_MAX;

    assert_int_equal(loyalty_earn_points(&earn, 1, 0), LOYALTY_POINTS_MAX);
    assert_int_equal(loyalty_earn_points(&earn, INT64_MAX, 0),
                     LOYALTY_POINTS_MAX);
}


static void
a_punch_counts_from_the_minimum_on(void **state)
{
    loyalty_earn_t  earn;

    (void) state;

    memset(&earn, 0, sizeof(loyalty_earn_t));

    earn.kind = LOYALTY_EARN_PER_ORDER;
    earn.points = 10;

    assert_int_equal(loyalty_earn_points(&earn, 0, 0), 10);
    assert_int_equal(loyalty_earn_points(&earn, 999999, 5), 10);

    earn.min = 2000;

    assert_int_equal(loyalty_earn_points(&earn, 1999, 0), 0);
    assert_int_equal(loyalty_earn_points(&earn, 2000, 0), 10);
}


static void
a_punch_counts_up_to_the_limit(void **state)
{
    loyalty_earn_t  earn;

    (void) state;

    memset(&earn, 0, sizeof(loyalty_earn_t));

    earn.kind = LOYALTY_EARN_PER_ORDER;
    earn.points = 10;
    earn.limit = 2;
    earn.window = 86400;

    assert_int_equal(loyalty_earn_points(&earn, 500, 0), 10);
    assert_int_equal(loyalty_earn_points(&earn, 500, 1), 10);
    assert_int_equal(loyalty_earn_points(&earn, 500, 2), 0);
    assert_int_equal(loyalty_earn_points(&earn, 500, 3), 0);
}


static void
rewards_are_found_by_their_exact_id(void **state)
{
    loyalty_program_t  program;

    (void) state;

    program = program_with_rewards(elements_of(rewards));

    assert_ptr_equal(loyalty_reward_find(&program, text("hanky")),
                     &rewards[1]);
    assert_null(loyalty_reward_find(&program, text("Hanky")));
    assert_null(loyalty_reward_find(&program, text("hank")));
    assert_null(loyalty_reward_find(&program, text("")));

    program = program_with_rewards(0);

    assert_null(loyalty_reward_find(&program, text("hanky")));
}


static void
the_next_reward_is_the_cheapest_out_of_reach(void **state)
{
    loyalty_program_t  program;

    (void) state;

    program = program_with_rewards(elements_of(rewards));

    assert_ptr_equal(loyalty_reward_next(&program, 0), &rewards[1]);
    assert_ptr_equal(loyalty_reward_next(&program, 199), &rewards[1]);
    assert_ptr_equal(loyalty_reward_next(&program, 200), &rewards[0]);
    assert_ptr_equal(loyalty_reward_next(&program, 399), &rewards[0]);
    assert_null(loyalty_reward_next(&program, 400));

    program = program_with_rewards(0);

    assert_null(loyalty_reward_next(&program, 0));
}


static void
coupon_codes_use_each_letter_alike(void **state)
{
    int      i, n, seen[256];
    char     code[LOYALTY_COUPON_SIZE];
    uint8_t  random[LOYALTY_COUPON_LEN];

    (void) state;

    memset(seen, 0, sizeof(seen));

    for (i = 0; i < 256; i++) {
        memset(random, i, sizeof(random));

        loyalty_coupon_code(random, code);

        assert_int_equal(strlen(code), LOYALTY_COUPON_LEN);

        for (n = 1; n < LOYALTY_COUPON_LEN; n++) {
            assert_int_equal(code[n], code[0]);
        }

        seen[(unsigned char) code[0]]++;
    }

    for (i = 0; i < 256; i++) {
        if (i != 0 && strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", i) != NULL) {
            assert_int_equal(seen[i], 8);

        } else {
            assert_int_equal(seen[i], 0);
        }
    }
}


static void
coupon_codes_keep_the_order_of_the_bytes(void **state)
{
    char  code[LOYALTY_COUPON_SIZE];

    static const uint8_t  random[LOYALTY_COUPON_LEN] = {
        0, 1, 9, 10, 17, 18, 19, 20, 21, 22, 26, 27, 31, 32, 254, 255
    };

    (void) state;

    loyalty_coupon_code(random, code);

    assert_string_equal(code, "019AHJKMNPTVZ0YZ");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(nothing_is_earned_without_a_rule),
        cmocka_unit_test(points_per_amount_count_whole_amounts),
        cmocka_unit_test(points_never_pass_their_maximum),
        cmocka_unit_test(a_punch_counts_from_the_minimum_on),
        cmocka_unit_test(a_punch_counts_up_to_the_limit),
        cmocka_unit_test(rewards_are_found_by_their_exact_id),
        cmocka_unit_test(the_next_reward_is_the_cheapest_out_of_reach),
        cmocka_unit_test(coupon_codes_use_each_letter_alike),
        cmocka_unit_test(coupon_codes_keep_the_order_of_the_bytes)
    };

    return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
