
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_program.h>


static void
rewards_are_found_by_their_exact_id(void **state)
{
    loyalty_program_t  program;

    static const loyalty_reward_t  rewards[] = {
        { .id = loyalty_string("apron") },
        { .id = loyalty_string("hanky") }
    };

    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));

    assert_null(loyalty_reward_find(&program, text("hanky")));

    program.rewards = rewards;
    program.nrewards = elements_of(rewards);

    assert_ptr_equal(loyalty_reward_find(&program, text("hanky")),
                     &rewards[1]);
    assert_null(loyalty_reward_find(&program, text("Hanky")));
    assert_null(loyalty_reward_find(&program, text("hank")));
    assert_null(loyalty_reward_find(&program, text("")));
}


static void
actions_are_found_by_their_exact_id(void **state)
{
    loyalty_program_t  program;

    static const loyalty_action_t  actions[] = {
        { .id = loyalty_string("review") },
        { .id = loyalty_string("birthday") }
    };

    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));

    assert_null(loyalty_action_find(&program, text("birthday")));

    program.actions = actions;
    program.nactions = elements_of(actions);

    assert_ptr_equal(loyalty_action_find(&program, text("birthday")),
                     &actions[1]);
    assert_null(loyalty_action_find(&program, text("Birthday")));
    assert_null(loyalty_action_find(&program, text("birthdays")));
    assert_null(loyalty_action_find(&program, text("")));
}


static void
memberships_are_found_by_their_exact_id(void **state)
{
    loyalty_program_t  program;

    static const loyalty_membership_t  memberships[] = {
        { .id = loyalty_string("plus"), .sku = loyalty_string("SKU-1") },
        { .id = loyalty_string("club"), .sku = loyalty_string("SKU-2") }
    };

    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));

    assert_null(loyalty_membership_find(&program, text("club")));

    program.memberships = memberships;
    program.nmemberships = elements_of(memberships);

    assert_ptr_equal(loyalty_membership_find(&program, text("club")),
                     &memberships[1]);
    assert_null(loyalty_membership_find(&program, text("Club")));
    assert_null(loyalty_membership_find(&program, text("SKU-2")));
    assert_null(loyalty_membership_find(&program, text("")));
}


static void
stores_are_found_by_their_exact_id(void **state)
{
    loyalty_program_t  program;

    static const loyalty_store_t  stores[] = {
        { .id = loyalty_string("harbour") },
        { .id = loyalty_string("hill") }
    };

    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));

    assert_null(loyalty_store_find(&program, text("hill")));

    program.stores = stores;
    program.nstores = elements_of(stores);

    assert_ptr_equal(loyalty_store_find(&program, text("hill")), &stores[1]);
    assert_null(loyalty_store_find(&program, text("Hill")));
    assert_null(loyalty_store_find(&program, text("hil")));
}


static void
the_only_store_needs_no_id(void **state)
{
    loyalty_program_t  program;

    static const loyalty_store_t  stores[] = {
        { .id = loyalty_string("harbour") },
        { .id = loyalty_string("hill") }
    };

    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));

    assert_null(loyalty_store_find(&program, text("")));

    program.stores = stores;
    program.nstores = 1;

    assert_ptr_equal(loyalty_store_find(&program, text("")), &stores[0]);
    assert_ptr_equal(loyalty_store_find(&program, text(NULL)), &stores[0]);
    assert_ptr_equal(loyalty_store_find(&program, text("harbour")),
                     &stores[0]);

    program.nstores = 2;

    assert_null(loyalty_store_find(&program, text("")));
}


static void
codes_use_each_letter_alike(void **state)
{
    int      i, n, seen[256];
    char     code[LOYALTY_COUPON_LEN + 1];
    uint8_t  random[LOYALTY_COUPON_LEN];

    (void) state;

    memset(seen, 0, sizeof(seen));

    for (i = 0; i < 256; i++) {
        memset(random, i, sizeof(random));

        loyalty_random_code(random, LOYALTY_COUPON_LEN, code);

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
codes_keep_the_order_of_the_bytes(void **state)
{
    char  code[LOYALTY_COUPON_LEN + 1];

    static const uint8_t  random[LOYALTY_COUPON_LEN] = {
        0, 1, 9, 10, 17, 18, 19, 20, 21, 22, 26, 27, 31, 32, 254, 255
    };

    (void) state;

    loyalty_random_code(random, LOYALTY_COUPON_LEN, code);

    assert_string_equal(code, "019AHJKMNPTVZ0YZ");
}


static void
codes_are_as_long_as_asked_for(void **state)
{
    char  code[LOYALTY_REFERRAL_SIZE + 1];

    static const uint8_t  random[LOYALTY_REFERRAL_LEN] = {
        0, 1, 2, 3, 28, 29, 30, 31
    };

    (void) state;

    memset(code, '#', sizeof(code));

    loyalty_random_code(random, LOYALTY_REFERRAL_LEN, code);

    assert_string_equal(code, "0123WXYZ");
    assert_int_equal(code[LOYALTY_REFERRAL_SIZE], '#');
}


static void
a_code_is_read_as_people_type_it(void **state)
{
    char           code[16];
    loyalty_str_t  typed;

    (void) state;

    typed = loyalty_code_typed(text(" ab1o -Lix "), code);

    assert_int_equal(typed.len, 8);
    assert_memory_equal(typed.data, "AB10-11X", 8);

    assert_int_equal(loyalty_code_typed(text(""), code).len, 0);
}


static void
what_points_are_worth_is_exact(void **state)
{
    loyalty_program_t  program;

    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));

    assert_int_equal(loyalty_program_worth(&program, 100), 0);

    program.value = 500;
    program.value_per = 100;

    assert_int_equal(loyalty_program_worth(&program, 0), 0);
    assert_int_equal(loyalty_program_worth(&program, 1), 5);
    assert_int_equal(loyalty_program_worth(&program, 250), 1250);

    program.value = 1;

    assert_int_equal(loyalty_program_worth(&program, 199), 1);

    program.value = INT64_C(1000000000000000000);
    program.value_per = LOYALTY_POINTS_MAX;

    assert_int_equal(loyalty_program_worth(&program, 10), 10000);
    assert_int_equal(loyalty_program_worth(&program, LOYALTY_POINTS_MAX - 1),
                     program.value - 1000);

    program.value_per = 1;

    assert_int_equal(loyalty_program_worth(&program, 10), INT64_MAX);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_code_is_read_as_people_type_it),
        cmocka_unit_test(rewards_are_found_by_their_exact_id),
        cmocka_unit_test(actions_are_found_by_their_exact_id),
        cmocka_unit_test(memberships_are_found_by_their_exact_id),
        cmocka_unit_test(stores_are_found_by_their_exact_id),
        cmocka_unit_test(the_only_store_needs_no_id),
        cmocka_unit_test(codes_use_each_letter_alike),
        cmocka_unit_test(codes_keep_the_order_of_the_bytes),
        cmocka_unit_test(codes_are_as_long_as_asked_for),
        cmocka_unit_test(what_points_are_worth_is_exact)
    };

    return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
