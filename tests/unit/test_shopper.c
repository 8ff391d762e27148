
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_shopper.h>


#define NOW       INT64_C(1796428800)

#define PLUS      0x01
#define CLUB      0x02
#define NEWS      0x04

/* The first bit that no membership has. */

#define REMOVED   0x08


static const loyalty_tier_t  tiers[] = {
    { loyalty_string("silver"), loyalty_string("Silver"),
      loyalty_string(""), 500, 0 },
    { loyalty_string("gold"), loyalty_string("Gold"),
      loyalty_string(""), 1000, 0 }
};


static const loyalty_membership_t  memberships[] = {
    { .id = loyalty_string("plus"), .multiplier = 1500, .discount = 10 },
    { .id = loyalty_string("club"), .multiplier = 2000, .discount = 25 },
    { .id = loyalty_string("news") }
};


static loyalty_program_t
program_with(const loyalty_reward_t *rewards, size_t n)
{
    loyalty_program_t  program;

    memset(&program, 0, sizeof(loyalty_program_t));

    program.ladder.tiers = tiers;
    program.ladder.ntiers = elements_of(tiers);
    program.memberships = memberships;
    program.nmemberships = elements_of(memberships);
    program.rewards = rewards;
    program.nrewards = n;

    return program;
}


static loyalty_shopper_t
shopper_with(int64_t points, uint32_t held)
{
    loyalty_shopper_t  shopper;

    shopper.points = points;
    shopper.tier = NULL;
    shopper.memberships = held;
    shopper.now = NOW;

    return shopper;
}


static int64_t
cost_of(int64_t cost, uint32_t held)
{
    loyalty_reward_t   reward;
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    memset(&reward, 0, sizeof(loyalty_reward_t));

    reward.cost = cost;

    program = program_with(&reward, 1);
    shopper = shopper_with(0, held);

    return loyalty_shopper_cost(&program, &shopper, &reward);
}


static void
without_a_membership_nothing_is_off(void **state)
{
    (void) state;

    assert_int_equal(cost_of(200, 0), 200);
    assert_int_equal(cost_of(200, NEWS), 200);
    assert_int_equal(cost_of(200, REMOVED), 200);
    assert_int_equal(cost_of(LOYALTY_POINTS_MAX, 0), LOYALTY_POINTS_MAX);
}


static void
the_best_discount_counts(void **state)
{
    (void) state;

    assert_int_equal(cost_of(200, PLUS), 180);
    assert_int_equal(cost_of(200, CLUB), 150);
    assert_int_equal(cost_of(200, PLUS | CLUB | NEWS | REMOVED), 150);
    assert_int_equal(cost_of(LOYALTY_POINTS_MAX, CLUB),
                     LOYALTY_POINTS_MAX / 4 * 3);
}


static void
a_lowered_cost_is_rounded_up(void **state)
{
    (void) state;

    assert_int_equal(cost_of(9, PLUS), 9);
    assert_int_equal(cost_of(10, PLUS), 9);
    assert_int_equal(cost_of(11, PLUS), 10);
    assert_int_equal(cost_of(19, PLUS), 18);
    assert_int_equal(cost_of(1, CLUB), 1);
}


static void
a_reward_costs_a_point_at_least(void **state)
{
    loyalty_reward_t      reward;
    loyalty_program_t     program;
    loyalty_shopper_t     shopper;
    loyalty_membership_t  all;

    (void) state;

    memset(&reward, 0, sizeof(loyalty_reward_t));
    memset(&all, 0, sizeof(loyalty_membership_t));

    reward.cost = 200;
    all.discount = 100;

    program = program_with(&reward, 1);
    program.memberships = &all;
    program.nmemberships = 1;

    shopper = shopper_with(0, 1);

    assert_int_equal(loyalty_shopper_cost(&program, &shopper, &reward), 1);
}


static void
a_reward_is_to_be_had_in_its_time(void **state)
{
    loyalty_reward_t  reward;

    (void) state;

    memset(&reward, 0, sizeof(loyalty_reward_t));

    assert_true(loyalty_reward_on_time(&reward, NOW));

    reward.from = NOW;

    assert_false(loyalty_reward_on_time(&reward, NOW - 1));
    assert_true(loyalty_reward_on_time(&reward, NOW));

    reward.until = NOW + 60;

    assert_true(loyalty_reward_on_time(&reward, NOW + 59));
    assert_false(loyalty_reward_on_time(&reward, NOW + 60));

    reward.from = 0;

    assert_true(loyalty_reward_on_time(&reward, 1));
    assert_false(loyalty_reward_on_time(&reward, NOW + 60));
}


static void
a_reward_without_conditions_is_for_anybody(void **state)
{
    loyalty_reward_t   reward;
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    (void) state;

    memset(&reward, 0, sizeof(loyalty_reward_t));

    program = program_with(&reward, 1);
    shopper = shopper_with(0, 0);

    assert_true(loyalty_shopper_may(&program, &shopper, &reward));
}


static void
a_tiers_reward_is_for_it_and_those_above(void **state)
{
    loyalty_reward_t   reward;
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    (void) state;

    memset(&reward, 0, sizeof(loyalty_reward_t));

    reward.tier = text("silver");

    program = program_with(&reward, 1);
    shopper = shopper_with(0, 0);

    assert_false(loyalty_shopper_may(&program, &shopper, &reward));

    shopper.tier = &tiers[0];

    assert_true(loyalty_shopper_may(&program, &shopper, &reward));

    shopper.tier = &tiers[1];

    assert_true(loyalty_shopper_may(&program, &shopper, &reward));

    shopper.tier = &tiers[0];
    reward.tier = text("gold");

    assert_false(loyalty_shopper_may(&program, &shopper, &reward));
}


static void
a_memberships_reward_is_for_its_members(void **state)
{
    loyalty_reward_t   reward;
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    (void) state;

    memset(&reward, 0, sizeof(loyalty_reward_t));

    reward.membership = text("club");

    program = program_with(&reward, 1);

    shopper = shopper_with(0, PLUS | NEWS | REMOVED);

    assert_false(loyalty_shopper_may(&program, &shopper, &reward));

    shopper = shopper_with(0, CLUB);

    assert_true(loyalty_shopper_may(&program, &shopper, &reward));

    shopper = shopper_with(0, UINT32_MAX);
    reward.membership = text("ended");

    assert_false(loyalty_shopper_may(&program, &shopper, &reward));
}


static void
tier_and_membership_are_both_needed(void **state)
{
    loyalty_reward_t   reward;
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    (void) state;

    memset(&reward, 0, sizeof(loyalty_reward_t));

    reward.tier = text("gold");
    reward.membership = text("plus");

    program = program_with(&reward, 1);

    shopper = shopper_with(0, PLUS);

    assert_false(loyalty_shopper_may(&program, &shopper, &reward));

    shopper.tier = &tiers[1];

    assert_true(loyalty_shopper_may(&program, &shopper, &reward));

    shopper.memberships = 0;

    assert_false(loyalty_shopper_may(&program, &shopper, &reward));
}


static void
the_32nd_membership_has_the_highest_bit(void **state)
{
    size_t                i;
    loyalty_reward_t      reward;
    loyalty_program_t     program;
    loyalty_shopper_t     shopper;
    loyalty_membership_t  many[LOYALTY_MEMBERSHIPS_MAX];

    (void) state;

    memset(&reward, 0, sizeof(loyalty_reward_t));
    memset(many, 0, sizeof(many));

    for (i = 0; i < elements_of(many); i++) {
        many[i].id = text("other");
    }

    many[31].id = text("last");
    many[31].multiplier = 3000;

    reward.membership = text("last");

    program = program_with(&reward, 1);
    program.memberships = many;
    program.nmemberships = elements_of(many);

    shopper = shopper_with(0, 0x80000000u);

    assert_true(loyalty_shopper_may(&program, &shopper, &reward));
    assert_int_equal(loyalty_memberships_multiplier(&program, 0x80000000u),
                     3000);
    assert_int_equal(loyalty_memberships_multiplier(&program, 0x7fffffffu),
                     0);
}


static void
the_next_reward_is_the_cheapest_out_of_reach(void **state)
{
    size_t             i;
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    static const loyalty_reward_t  rewards[] = {
        { .id = loyalty_string("apron"), .cost = 400 },
        { .id = loyalty_string("hanky"), .cost = 200 },
        { .id = loyalty_string("scarf"), .cost = 200 }
    };

    static const struct {
        int64_t                  points;
        const loyalty_reward_t  *next;
    } cases[] = {
        { -50, &rewards[1] },
        { 0, &rewards[1] },
        { 199, &rewards[1] },
        { 200, &rewards[0] },
        { 399, &rewards[0] },
        { 400, NULL }
    };

    (void) state;

    program = program_with(rewards, elements_of(rewards));

    for (i = 0; i < elements_of(cases); i++) {
        shopper = shopper_with(cases[i].points, 0);

        assert_ptr_equal(loyalty_shopper_next(&program, &shopper),
                         cases[i].next);
    }

    program = program_with(NULL, 0);
    shopper = shopper_with(0, 0);

    assert_null(loyalty_shopper_next(&program, &shopper));
}


static void
the_next_reward_is_one_that_the_shopper_may_have(void **state)
{
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    static const loyalty_reward_t  rewards[] = {
        { .cost = 10, .tier = loyalty_string("gold") },
        { .cost = 20, .membership = loyalty_string("club") },
        { .cost = 30, .until = NOW },
        { .cost = 40, .from = NOW + 1 },
        { .cost = 50 }
    };

    (void) state;

    program = program_with(rewards, elements_of(rewards));
    shopper = shopper_with(0, 0);

    assert_ptr_equal(loyalty_shopper_next(&program, &shopper), &rewards[4]);

    shopper.now = NOW - 1;

    assert_ptr_equal(loyalty_shopper_next(&program, &shopper), &rewards[2]);

    shopper.now = NOW + 1;

    assert_ptr_equal(loyalty_shopper_next(&program, &shopper), &rewards[3]);

    shopper.memberships = CLUB;

    assert_ptr_equal(loyalty_shopper_next(&program, &shopper), &rewards[1]);

    shopper.tier = &tiers[1];

    assert_ptr_equal(loyalty_shopper_next(&program, &shopper), &rewards[0]);
}


static void
the_next_reward_is_reckoned_at_members_costs(void **state)
{
    loyalty_program_t  program;
    loyalty_shopper_t  shopper;

    static const loyalty_reward_t  rewards[] = {
        { .cost = 200 },
        { .cost = 400 }
    };

    (void) state;

    program = program_with(rewards, elements_of(rewards));

    shopper = shopper_with(150, PLUS);

    assert_ptr_equal(loyalty_shopper_next(&program, &shopper), &rewards[0]);

    shopper = shopper_with(150, CLUB);

    assert_ptr_equal(loyalty_shopper_next(&program, &shopper), &rewards[1]);
}


static void
the_best_multiplier_counts(void **state)
{
    loyalty_program_t  program;

    (void) state;

    program = program_with(NULL, 0);

    assert_int_equal(loyalty_memberships_multiplier(&program, 0), 0);
    assert_int_equal(loyalty_memberships_multiplier(&program, NEWS), 0);
    assert_int_equal(loyalty_memberships_multiplier(&program, REMOVED), 0);
    assert_int_equal(loyalty_memberships_multiplier(&program, PLUS), 1500);
    assert_int_equal(loyalty_memberships_multiplier(&program, PLUS | NEWS),
                     1500);
    assert_int_equal(loyalty_memberships_multiplier(&program, PLUS | CLUB),
                     2000);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(without_a_membership_nothing_is_off),
        cmocka_unit_test(the_best_discount_counts),
        cmocka_unit_test(a_lowered_cost_is_rounded_up),
        cmocka_unit_test(a_reward_costs_a_point_at_least),
        cmocka_unit_test(a_reward_is_to_be_had_in_its_time),
        cmocka_unit_test(a_reward_without_conditions_is_for_anybody),
        cmocka_unit_test(a_tiers_reward_is_for_it_and_those_above),
        cmocka_unit_test(a_memberships_reward_is_for_its_members),
        cmocka_unit_test(tier_and_membership_are_both_needed),
        cmocka_unit_test(the_32nd_membership_has_the_highest_bit),
        cmocka_unit_test(the_next_reward_is_the_cheapest_out_of_reach),
        cmocka_unit_test(the_next_reward_is_one_that_the_shopper_may_have),
        cmocka_unit_test(the_next_reward_is_reckoned_at_members_costs),
        cmocka_unit_test(the_best_multiplier_counts)
    };

    return cmocka_run_group_tests_name("shopper", tests, NULL, NULL);
}
