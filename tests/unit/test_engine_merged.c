
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <loyaltyctl.h>
#include <postponed_fixture.h>

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>


#define CYD    "cyd@example.com"

#define TOTAL  10000             /* minor units: 100 points */


/* The tool has the clock of the machine: what was before a merge is past. */

static int
before_a_merge(void **state)
{
    shop_t  *shop;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->now = time(NULL) - 31 * DAY;

    return 0;
}


#define merge_test(name)                                                      \
    cmocka_unit_test_setup_teardown(name, before_a_merge, shop_close)


static void
merge(shop_t *shop, char *from, char *into)
{
    int                 out, null;
    char                command[] = "merge", option[] = "-d";
    char               *argv[] = { command, option, shop->uri, from, into };
    loyaltyctl_exit_e   status;

    shop->now = time(NULL);

    /* what it says on standard output is not the test's */

    (void) fflush(stdout);

    out = dup(STDOUT_FILENO);
    null = open("/dev/null", O_WRONLY);
    assert_true(out != -1 && null != -1);
    assert_int_not_equal(dup2(null, STDOUT_FILENO), -1);

    status = loyaltyctl_member_merge(elements_of(argv), argv);

    (void) fflush(stdout);
    (void) dup2(out, STDOUT_FILENO);
    (void) close(null);
    (void) close(out);

    assert_int_equal(status, LOYALTYCTL_DONE);
}


static void
signs_up(shop_t *shop, const char *email)
{
    shop_expect(shop, shop_signup(shop, email), LOYALTY_SIGNED_UP);
}


static void
buys(shop_t *shop, const char *email, const char *order)
{
    shop_expect(shop, shop_claim(shop, email, order, TOTAL),
                LOYALTY_CLAIMED);
}


/* What the store says of an order, a second later. */

static void
noted(shop_t *shop, const char *order, int64_t refunded)
{
    shop->now++;

    shop_expect(shop, shop_event(shop, ADA, order, TOTAL, refunded, "paid"),
                LOYALTY_ORDER_NOTED);
}


static void
expect_points(shop_t *shop, const char *email, int64_t points)
{
    assert_int_equal(shop_expect(shop, shop_balance(shop, email),
                                 LOYALTY_BALANCE)->result.points, points);
}


static void
points_that_expired_before_a_merge_are_not_taken_from_others(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    signs_up(shop, ADA);
    buys(shop, ADA, "1");

    shop->now += 31 * DAY;
    shop_expect(shop, shop_claim(shop, ADA, "2", 0), LOYALTY_CLAIMED);
    shop_member(shop, BOB, 70);

    merge(shop, ADA, BOB);

    noted(shop, "1", TOTAL);
    expect_points(shop, BOB, 70);
}


static void
points_that_expired_after_a_merge_are_not_taken_from_others(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 60 * DAY;

    signs_up(shop, ADA);
    signs_up(shop, BOB);
    signs_up(shop, CYD);
    buys(shop, ADA, "1");

    merge(shop, ADA, BOB);
    merge(shop, BOB, CYD);

    shop->now += 31 * DAY;
    buys(shop, CYD, "2");

    noted(shop, "1", TOTAL);
    expect_points(shop, CYD, 100);
}


static void
a_refund_takes_what_its_order_has_earned_also_after_a_merge(void **state)
{
    shop_t   *shop = *state;
    int64_t   until;

    shop->program.points_expire = 60 * DAY;

    signs_up(shop, BOB);
    buys(shop, BOB, "1");
    until = shop->now + 60 * DAY;

    shop->now += DAY;
    signs_up(shop, ADA);
    buys(shop, ADA, "2");

    merge(shop, ADA, BOB);

    noted(shop, "2", TOTAL);
    expect_points(shop, BOB, 100);
    assert_int_equal(shop_sql(shop, "SELECT until_at FROM lot "
                              "WHERE remaining > 0"), until);
}


/* What came back is what was taken. */

static void
points_that_came_back_after_a_merge_expire_as_the_order_s(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 60 * DAY;

    signs_up(shop, ADA);
    signs_up(shop, BOB);
    buys(shop, ADA, "1");
    noted(shop, "1", TOTAL / 2);

    merge(shop, ADA, BOB);

    noted(shop, "1", 0);
    expect_points(shop, BOB, 100);

    shop->now += 31 * DAY;
    buys(shop, BOB, "2");
    expect_points(shop, BOB, 100);

    noted(shop, "1", TOTAL);
    expect_points(shop, BOB, 100);
}


/* To the member who is left, as to who bought it. */

static void
points_come_back_with_their_dates_after_a_merge(void **state)
{
    shop_t             *shop = *state;
    int64_t             start;
    loyalty_command_t  *c;

    shop->now = start = time(NULL);
    shop->program.pending = 14 * DAY;
    shop->program.points_expire = 30 * DAY;

    signs_up(shop, ADA);
    signs_up(shop, BOB);
    buys(shop, ADA, "1");
    noted(shop, "1", TOTAL - 100);

    merge(shop, ADA, BOB);

    shop->now = start + 13 * DAY;
    noted(shop, "1", TOTAL / 2);
    noted(shop, "1", 0);

    c = shop_expect(shop, shop_balance(shop, BOB), LOYALTY_BALANCE);
    assert_int_equal(c->result.points, 0);
    assert_int_equal(c->result.pending, 100);
    assert_int_equal(c->result.lifetime, 100);

    shop->now = start + 14 * DAY;
    expect_points(shop, BOB, 100);

    /* what is taken again goes back to where it was */

    noted(shop, "1", TOTAL - 100);
    expect_points(shop, BOB, 1);
    noted(shop, "1", 0);
    expect_points(shop, BOB, 100);

    shop->now = start + 30 * DAY - 1;
    expect_points(shop, BOB, 100);
    shop->now++;
    expect_points(shop, BOB, 0);
}


/* Bob has come by Cyd, and turns out to be Ada. */

static void
with_friend(shop_t *shop, const char *friend)
{
    loyalty_command_t  *c;

    shop->program.referral.points = 30;
    shop->program.referral.friend = 10;

    c = shop_expect(shop, shop_signup(shop, CYD), LOYALTY_SIGNED_UP);

    shop_expect(shop, shop_signup_referred(shop, friend, c->result.referral),
                LOYALTY_SIGNED_UP);
}


static void
a_referral_passes_to_an_order_of_before_the_merge(void **state)
{
    shop_t  *shop = *state;

    with_friend(shop, ADA);
    signs_up(shop, BOB);
    buys(shop, ADA, "1");
    buys(shop, ADA, "2");

    merge(shop, ADA, BOB);

    noted(shop, "1", TOTAL);
    expect_points(shop, CYD, 30);
    expect_points(shop, BOB, 110);

    noted(shop, "2", TOTAL);
    expect_points(shop, CYD, 0);
    expect_points(shop, BOB, 0);
}


static void
a_referral_passes_to_an_order_of_who_was_merged(void **state)
{
    shop_t  *shop = *state;

    with_friend(shop, BOB);
    signs_up(shop, ADA);
    buys(shop, BOB, "1");
    buys(shop, ADA, "2");

    merge(shop, ADA, BOB);

    noted(shop, "1", TOTAL);
    expect_points(shop, CYD, 30);
    expect_points(shop, BOB, 110);
}


static void
points_of_a_friend_that_expired_after_a_merge_are_gone(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 60 * DAY;
    shop->actions[0].id = text("walk");
    shop->actions[0].points = 70;
    shop->program.nactions = 1;

    with_friend(shop, ADA);
    signs_up(shop, BOB);
    buys(shop, ADA, "1");

    merge(shop, ADA, BOB);

    shop->now += 31 * DAY;
    shop_expect(shop, shop_action(shop, BOB, "walk", "1"), LOYALTY_REWARDED);

    noted(shop, "1", TOTAL);
    expect_points(shop, BOB, 70);
}


/* Both wait for the same order: what it comes to is the answer to both. */

static void
an_answer_awaits_the_claim_that_a_merge_has_kept(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *done, *again;

    shop->now = time(NULL);

    signs_up(shop, ADA);
    signs_up(shop, BOB);

    shop_expect(shop, with_key(unanswered(shop, ADA, "1"), "chatbot", "a"),
                LOYALTY_CLAIM_PENDING);
    shop_expect(shop, with_key(unanswered(shop, BOB, "1"), "chatbot", "b"),
                LOYALTY_CLAIM_PENDING);
    shop_expect(shop, with_key(unanswered(shop, ADA, "2"), "chatbot", "c"),
                LOYALTY_CLAIM_PENDING);

    merge(shop, ADA, BOB);

    done = shop_expect(shop, shop_claim(shop, BOB, "1", TOTAL),
                       LOYALTY_CLAIMED);

    again = shop_expect(shop, with_key(shop_admission(shop, ADA, "1"),
                                       "chatbot", "a"), LOYALTY_CLAIMED);
    assert_true(again->replayed);
    assert_same_answer(done, again);

    again = shop_expect(shop, with_key(shop_admission(shop, BOB, "1"),
                                       "chatbot", "b"), LOYALTY_CLAIMED);
    assert_same_answer(done, again);

    shop_expect(shop, with_key(shop_admission(shop, ADA, "2"), "chatbot",
                               "c"), LOYALTY_CLAIM_PENDING);
}


static void
joins_the_club(shop_t *shop, const char *email, const char *order)
{
    signs_up(shop, email);
    shop_expect(shop, shop_claim_items(shop, email, order, TOTAL,
                                       "[{\"sku\":\"CLUB\",\"quantity\":1}]"),
                LOYALTY_CLAIMED);
}


static void
expect_membership(shop_t *shop, int64_t at, uint32_t memberships)
{
    shop->now = at;

    assert_int_equal(shop_expect(shop, shop_balance(shop, BOB),
                                 LOYALTY_BALANCE)->result.memberships,
                     memberships);
}


static void
a_refund_of_a_membership_leaves_what_the_other_one_bought(void **state)
{
    shop_t   *shop = *state;
    int64_t   start, until;

    shop->memberships[0].id = text("club");
    shop->memberships[0].sku = text("CLUB");
    shop->memberships[0].lasts = 60 * DAY;
    shop->program.nmemberships = 1;

    start = shop->now;
    joins_the_club(shop, ADA, "1");

    shop->now += DAY;
    joins_the_club(shop, BOB, "2");
    until = shop->now + 60 * DAY;

    merge(shop, ADA, BOB);
    expect_membership(shop, start + 89 * DAY, 1);
    expect_membership(shop, start + 91 * DAY, 0);

    shop->now = start + 40 * DAY;
    noted(shop, "1", TOTAL);
    expect_membership(shop, until - 1, 1);

    shop->now = start + 40 * DAY + HOUR;
    noted(shop, "1", 0);
    expect_membership(shop, start + 89 * DAY, 1);

    shop->now = start + 41 * DAY;
    noted(shop, "2", TOTAL);
    expect_membership(shop, start + 60 * DAY - 1, 1);
}


/* A merge leaves it to whoever knows the rules to count. */

static void
a_merge_brings_nobody_back_into_an_ended_window(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->tiers[0].id = text("gold");
    shop->tiers[0].threshold = 200;
    shop->program.ladder.ntiers = 1;
    shop->program.ladder.window = LOYALTY_WINDOW_YEAR;

    shop->now -= 5 * 365 * DAY;
    signs_up(shop, BOB);
    shop_expect(shop, shop_claim(shop, BOB, "1", 2 * TOTAL),
                LOYALTY_CLAIMED);

    shop->now = time(NULL);
    signs_up(shop, ADA);
    buys(shop, ADA, "2");
    signs_up(shop, CYD);
    buys(shop, CYD, "3");

    merge(shop, BOB, ADA);

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_null(c->result.tier);
    assert_int_equal(c->result.tier_missing, 100);

    merge(shop, CYD, ADA);

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_non_null(c->result.tier);
}


static void
what_was_earned_for_a_tier_is_joined_once(void **state)
{
    shop_t  *shop = *state;

    shop->tiers[0].id = text("gold");
    shop->tiers[0].threshold = 1000;
    shop->program.ladder.ntiers = 1;
    shop->program.ladder.window = LOYALTY_WINDOW_YEAR;
    shop->now = time(NULL);

    signs_up(shop, ADA);
    signs_up(shop, BOB);
    signs_up(shop, CYD);
    buys(shop, ADA, "1");
    buys(shop, BOB, "2");
    buys(shop, CYD, "3");

    merge(shop, CYD, BOB);
    buys(shop, BOB, "4");
    assert_int_equal(shop_expect(shop, shop_balance(shop, BOB),
                                 LOYALTY_BALANCE)->result.tier_missing, 700);

    merge(shop, BOB, ADA);
    buys(shop, ADA, "5");
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.tier_missing, 500);

    signs_up(shop, "dee@example.com");
    merge(shop, "dee@example.com", ADA);
    buys(shop, ADA, "6");
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.tier_missing, 400);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        merge_test(
            points_that_expired_before_a_merge_are_not_taken_from_others),
        merge_test(
            points_that_expired_after_a_merge_are_not_taken_from_others),
        merge_test(
            a_refund_takes_what_its_order_has_earned_also_after_a_merge),
        merge_test(points_that_came_back_after_a_merge_expire_as_the_order_s),
        merge_test(points_come_back_with_their_dates_after_a_merge),
        merge_test(a_referral_passes_to_an_order_of_before_the_merge),
        merge_test(a_referral_passes_to_an_order_of_who_was_merged),
        merge_test(points_of_a_friend_that_expired_after_a_merge_are_gone),
        merge_test(an_answer_awaits_the_claim_that_a_merge_has_kept),
        merge_test(a_refund_of_a_membership_leaves_what_the_other_one_bought),
        merge_test(a_merge_brings_nobody_back_into_an_ended_window),
        merge_test(what_was_earned_for_a_tier_is_joined_once)
    };

    return run_shop_tests("engine_merged", tests, 0);
}
