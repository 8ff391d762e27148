
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


/* Ada's code, for who comes by her. */

static char  code[LOYALTY_REFERRAL_SIZE];


/* 100 points for who has referred and 30 for the friend, on its order. */

static int
with_referral(void **state)
{
    shop_t             *shop;
    loyalty_command_t  *c;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->program.referral.points = 100;
    shop->program.referral.friend = 30;

    c = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
    memcpy(code, c->result.referral, sizeof(code));

    return 0;
}


#define referral_test(name)                                                   \
    cmocka_unit_test_setup_teardown(name, with_referral, shop_close)


static loyalty_command_t *
join(shop_t *shop, const char *email)
{
    return shop_expect(shop, shop_signup_referred(shop, email, code),
                       LOYALTY_SIGNED_UP);
}


static int64_t
earned(shop_t *shop, const char *email, const char *order, int64_t total)
{
    return shop_expect(shop, shop_claim(shop, email, order, total),
                       LOYALTY_CLAIMED)->result.earned;
}


static void
expect_points(shop_t *shop, const char *email, int64_t points)
{
    assert_int_equal(points_of(shop, email), points);
}


static void
everybody_has_a_code_of_his_own(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);

    assert_int_equal(strlen(code), LOYALTY_REFERRAL_LEN);
    assert_int_equal(strlen(c->result.referral), LOYALTY_REFERRAL_LEN);
    assert_string_not_equal(c->result.referral, code);

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_string_equal(c->result.referral, code);
}


static void
both_sides_are_rewarded_at_the_first_order(void **state)
{
    shop_t  *shop = *state;

    join(shop, BOB);
    expect_points(shop, ADA, 0);

    assert_int_equal(earned(shop, BOB, "1", 6000), 90);
    expect_points(shop, ADA, 100);
    expect_points(shop, BOB, 90);
}


static void
the_second_order_brings_nothing_more(void **state)
{
    shop_t  *shop = *state;

    join(shop, BOB);
    (void) earned(shop, BOB, "1", 6000);

    assert_int_equal(earned(shop, BOB, "2", 6000), 60);
    expect_points(shop, ADA, 100);
}


static void
both_sides_may_be_rewarded_at_the_sign_up(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.referral.on_signup = 1;

    c = join(shop, BOB);
    assert_int_equal(c->result.earned, 30);
    expect_points(shop, ADA, 100);

    assert_int_equal(earned(shop, BOB, "1", 6000), 60);
    expect_points(shop, ADA, 100);
}


static void
the_friend_need_not_get_anything(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.friend = 0;

    join(shop, BOB);

    assert_int_equal(earned(shop, BOB, "1", 6000), 60);
    expect_points(shop, ADA, 100);
}


/* Only the first order counts: otherwise it would not have to be large. */

static void
a_first_order_below_the_minimum_ends_it(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.min = 5000;

    join(shop, BOB);

    assert_int_equal(earned(shop, BOB, "1", 4999), 49);
    assert_int_equal(earned(shop, BOB, "2", 5000), 50);
    expect_points(shop, ADA, 0);
}


static void
a_first_order_of_the_minimum_suffices(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.min = 5000;

    join(shop, BOB);

    assert_int_equal(earned(shop, BOB, "1", 5000), 80);
    expect_points(shop, ADA, 100);
}


static void
points_of_a_referral_are_pending_like_the_order(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.pending = 14 * DAY;

    join(shop, BOB);
    (void) earned(shop, BOB, "1", 6000);

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_int_equal(c->result.points, 0);
    assert_int_equal(c->result.pending, 100);

    shop->now += 14 * DAY;
    expect_points(shop, ADA, 100);
}


static void
beyond_the_cap_only_friends_are_rewarded(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.cap = 1;

    join(shop, BOB);
    join(shop, CAROL);
    (void) earned(shop, BOB, "1", 6000);

    assert_int_equal(earned(shop, CAROL, "2", 6000), 90);
    expect_points(shop, ADA, 100);
}


static void
the_cap_may_be_for_a_time(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.cap = 1;
    shop->program.referral.window = 30 * DAY;

    join(shop, BOB);
    join(shop, CAROL);
    join(shop, "dave@example.com");

    (void) earned(shop, BOB, "1", 6000);
    shop->now += 30 * DAY - 1;
    (void) earned(shop, CAROL, "2", 6000);
    expect_points(shop, ADA, 100);

    shop->now++;
    (void) earned(shop, "dave@example.com", "3", 6000);
    expect_points(shop, ADA, 200);
}


static void
a_code_of_nobody_brings_nothing(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_signup_referred(shop, BOB, "NOBODYS1"),
                LOYALTY_SIGNED_UP);

    assert_int_equal(earned(shop, BOB, "1", 6000), 60);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM friend"), 0);
}


static void
nobody_refers_himself_by_an_alias(void **state)
{
    shop_t  *shop = *state;

    join(shop, "ada+friend@example.com");

    assert_int_equal(earned(shop, "ada+friend@example.com", "1", 6000), 60);
    expect_points(shop, ADA, 0);
}


static void
a_mailbox_is_a_friend_once(void **state)
{
    shop_t  *shop = *state;

    join(shop, "b.o.b@gmail.com");
    join(shop, "bob+2@googlemail.com");

    assert_int_equal(earned(shop, "bob+2@googlemail.com", "1", 6000), 60);
    assert_int_equal(earned(shop, "b.o.b@gmail.com", "2", 6000), 90);
    expect_points(shop, ADA, 100);
}


static void
who_is_a_member_already_is_no_friend(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);
    shop_expect(shop, shop_signup_referred(shop, BOB, code),
                LOYALTY_ALREADY_MEMBER);

    assert_int_equal(earned(shop, BOB, "1", 6000), 60);
    expect_points(shop, ADA, 0);
}


static void
nor_is_who_is_one_by_the_name_of_his_mailbox(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_signup(shop, "bob@gmail.com"), LOYALTY_SIGNED_UP);
    join(shop, "b.ob+x@googlemail.com");

    assert_int_equal(earned(shop, "b.ob+x@googlemail.com", "1", 6000), 60);
    expect_points(shop, ADA, 0);
}


static void
without_the_rule_a_code_means_nothing(void **state)
{
    shop_t  *shop = *state;

    shop->program.referral.points = 0;

    join(shop, BOB);

    assert_int_equal(earned(shop, BOB, "1", 6000), 60);
    expect_points(shop, ADA, 0);
}


/* Ada's claim in the same batch must not undo what Bob's has given her. */

static void
a_friend_and_who_referred_may_claim_together(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *ada, *bob, *again;

    join(shop, BOB);

    ada = shop_claim(shop, ADA, "1", 1000);
    bob = shop_claim(shop, BOB, "2", 6000);
    again = shop_claim(shop, ADA, "3", 1000);

    shop_expect(shop, ada, LOYALTY_CLAIMED);
    shop_expect(shop, bob, LOYALTY_CLAIMED);
    shop_expect(shop, again, LOYALTY_CLAIMED);

    expect_points(shop, ADA, 120);
    expect_points(shop, BOB, 90);
}


/* The code of a member that was merged into Ada is Ada's. */

static void
the_cap_counts_friends_by_a_merged_members_code(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.referral.cap = 2;
    shop->program.referral.on_signup = 1;

    join(shop, "dave@example.com");

    c = shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);
    memcpy(code, c->result.referral, sizeof(code));

    (void) shop_sql(shop, "UPDATE member SET merged_into = "
                          "(SELECT id FROM member WHERE email = '" ADA "') "
                          "WHERE email = '" BOB "'");

    join(shop, CAROL);
    expect_points(shop, ADA, 200);

    join(shop, "eve@example.com");
    expect_points(shop, ADA, 200);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM friend "
                                    "JOIN member ON member.id = "
                                    "friend.referrer "
                                    "WHERE email = '" ADA "'"), 3);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        referral_test(everybody_has_a_code_of_his_own),
        referral_test(both_sides_are_rewarded_at_the_first_order),
        referral_test(the_second_order_brings_nothing_more),
        referral_test(both_sides_may_be_rewarded_at_the_sign_up),
        referral_test(the_friend_need_not_get_anything),
        referral_test(a_first_order_below_the_minimum_ends_it),
        referral_test(a_first_order_of_the_minimum_suffices),
        referral_test(points_of_a_referral_are_pending_like_the_order),
        referral_test(beyond_the_cap_only_friends_are_rewarded),
        referral_test(the_cap_may_be_for_a_time),
        referral_test(a_code_of_nobody_brings_nothing),
        referral_test(nobody_refers_himself_by_an_alias),
        referral_test(a_mailbox_is_a_friend_once),
        referral_test(who_is_a_member_already_is_no_friend),
        referral_test(nor_is_who_is_one_by_the_name_of_his_mailbox),
        referral_test(without_the_rule_a_code_means_nothing),
        referral_test(a_friend_and_who_referred_may_claim_together),
        referral_test(the_cap_counts_friends_by_a_merged_members_code)
    };

    return cmocka_run_group_tests_name("referrals", tests, NULL, NULL);
}
