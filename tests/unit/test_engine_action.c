
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


#define REVIEW  0
#define FOLLOW  1


/* 20 points for a review and 5 for following, as often as one likes. */

static int
with_actions(void **state)
{
    shop_t  *shop;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop->actions[REVIEW].id = text("review");
    shop->actions[REVIEW].name = text("Your review");
    shop->actions[REVIEW].points = 20;
    shop->actions[FOLLOW].id = text("follow");
    shop->actions[FOLLOW].points = 5;
    shop->program.nactions = 2;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);

    return 0;
}


#define action_test(name)                                                     \
    cmocka_unit_test_setup_teardown(name, with_actions, shop_close)


static loyalty_command_t *
review(shop_t *shop, const char *ref, loyalty_outcome_e outcome)
{
    return shop_expect(shop, shop_action(shop, ADA, "review", ref), outcome);
}


static void
limit(shop_t *shop, size_t n, int64_t count, int64_t window)
{
    shop->actions[REVIEW].limits[n].count = count;
    shop->actions[REVIEW].limits[n].window = window;
    shop->actions[REVIEW].nlimits = n + 1;
}


static void
an_action_earns_its_points(void **state)
{
    char                ledger[64];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.pending = 14 * DAY;

    c = review(shop, "r1", LOYALTY_REWARDED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.earned, 20);
    assert_int_equal(c->result.points, 20);
    assert_int_equal(c->result.pending, 0);
    assert_true(answer_says(c, "Your review earned you 20 points."));

    shop_sql_text(shop, "SELECT kind || ' ' || reference || ' ' || points "
                        "FROM ledger", ledger, sizeof(ledger));
    assert_string_equal(ledger, "action review 20");
}


static void
the_same_event_counts_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    review(shop, "r1", LOYALTY_REWARDED);
    c = review(shop, "r1", LOYALTY_ALREADY_REWARDED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.points, 20);
}


static void
an_event_is_of_one_member(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    review(shop, "r1", LOYALTY_REWARDED);

    c = shop_expect(shop, shop_action(shop, BOB, "review", "r1"),
                    LOYALTY_ACTION_ALREADY_REWARDED);

    assert_int_equal(c->status, 409);
    assert_int_equal(c->result.points, 0);
}


static void
of_two_equal_events_in_a_batch_the_first_counts(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *one, *two;

    one = shop_action(shop, ADA, "review", "r1");
    two = shop_action(shop, ADA, "review", "r1");

    shop_expect(shop, one, LOYALTY_REWARDED);
    shop_expect(shop, two, LOYALTY_ALREADY_REWARDED);
}


static void
each_action_has_events_of_its_own(void **state)
{
    shop_t  *shop = *state;

    review(shop, "1", LOYALTY_REWARDED);
    review(shop, "2", LOYALTY_REWARDED);
    shop_expect(shop, shop_action(shop, ADA, "follow", "1"),
                LOYALTY_REWARDED);

    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM event"), 45);
}


static void
an_unknown_action_is_not_found(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_action(shop, ADA, "juggle", "1"),
                LOYALTY_ACTION_NOT_FOUND);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM event"), 0);
}


static void
a_stranger_is_not_rewarded(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_action(shop, "eve@example.com", "review", "1"),
                LOYALTY_NOT_A_MEMBER);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM event"), 0);
}


static void
a_limit_counts_for_its_time(void **state)
{
    shop_t  *shop = *state;

    limit(shop, 0, 2, DAY);

    review(shop, "1", LOYALTY_REWARDED);
    shop->now += HOUR;
    review(shop, "2", LOYALTY_REWARDED);
    review(shop, "3", LOYALTY_ACTION_LIMIT);

    shop->now = CHRISTMAS + DAY - 1;
    review(shop, "3", LOYALTY_ACTION_LIMIT);
    shop->now = CHRISTMAS + DAY;
    review(shop, "3", LOYALTY_REWARDED);
    review(shop, "4", LOYALTY_ACTION_LIMIT);
}


static void
all_limits_hold(void **state)
{
    shop_t  *shop = *state;

    limit(shop, 0, 1, DAY);
    limit(shop, 1, 2, 7 * DAY);
    limit(shop, 2, 3, 0);

    review(shop, "1", LOYALTY_REWARDED);
    review(shop, "x", LOYALTY_ACTION_LIMIT);
    shop->now += DAY;
    review(shop, "2", LOYALTY_REWARDED);
    shop->now += DAY;
    review(shop, "x", LOYALTY_ACTION_LIMIT);
    shop->now += 5 * DAY;
    review(shop, "3", LOYALTY_REWARDED);
    shop->now += 3650 * DAY;
    review(shop, "x", LOYALTY_ACTION_LIMIT);
}


static void
a_limit_is_of_one_member_and_action(void **state)
{
    shop_t  *shop = *state;

    limit(shop, 0, 1, 0);

    review(shop, "1", LOYALTY_REWARDED);
    shop_expect(shop, shop_action(shop, BOB, "review", "2"),
                LOYALTY_REWARDED);
    shop_expect(shop, shop_action(shop, ADA, "follow", "1"),
                LOYALTY_REWARDED);
}


static void
what_has_counted_is_known_also_at_the_limit(void **state)
{
    shop_t  *shop = *state;

    limit(shop, 0, 1, 0);

    review(shop, "1", LOYALTY_REWARDED);
    review(shop, "1", LOYALTY_ALREADY_REWARDED);
}


static void
a_limited_event_may_come_again_later(void **state)
{
    shop_t  *shop = *state;

    limit(shop, 0, 1, DAY);

    review(shop, "1", LOYALTY_REWARDED);
    review(shop, "2", LOYALTY_ACTION_LIMIT);
    shop->now += DAY;
    review(shop, "2", LOYALTY_REWARDED);
}


static void
actions_bring_a_badge(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->badges[0].id = text("critic");
    shop->badges[0].name = text("Critic");
    shop->badges[0].kind = LOYALTY_BADGE_ACTIONS;
    shop->badges[0].action = text("review");
    shop->badges[0].count = 2;
    shop->badges[0].bonus = 100;
    shop->badges[1] = shop->badges[0];
    shop->badges[1].id = text("busy");
    shop->badges[1].action = text("");
    shop->badges[1].count = 3;
    shop->badges[1].window = DAY;
    shop->program.nbadges = 2;

    review(shop, "1", LOYALTY_REWARDED);
    shop_expect(shop, shop_claim(shop, ADA, "1", 100), LOYALTY_CLAIMED);
    c = shop_expect(shop, shop_action(shop, ADA, "follow", "1"),
                    LOYALTY_REWARDED);
    assert_int_equal(c->result.badges, 0);

    c = review(shop, "2", LOYALTY_REWARDED);
    assert_int_equal(c->result.new_badges, 3);
    assert_int_equal(c->result.earned, 220);
}


static void
actions_for_a_badge_may_have_to_be_close(void **state)
{
    shop_t  *shop = *state;

    shop->badges[0].id = text("critic");
    shop->badges[0].kind = LOYALTY_BADGE_ACTIONS;
    shop->badges[0].action = text("review");
    shop->badges[0].count = 2;
    shop->badges[0].window = DAY;
    shop->badges[1] = shop->badges[0];
    shop->badges[1].id = text("busy");
    shop->badges[1].action = text("");
    shop->program.nbadges = 2;

    review(shop, "1", LOYALTY_REWARDED);
    shop->now += DAY;
    assert_int_equal(review(shop, "2", LOYALTY_REWARDED)->result.badges, 0);
    shop->now += DAY - 1;
    assert_int_equal(review(shop, "3", LOYALTY_REWARDED)->result.badges, 3);
}


static void
actions_count_for_the_tier(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->tiers[0].id = text("silver");
    shop->tiers[0].threshold = 20;
    shop->program.ladder.ntiers = 1;

    c = review(shop, "1", LOYALTY_REWARDED);

    assert_ptr_equal(c->result.tier, &shop->tiers[0]);
}


static void
an_action_stops_at_the_largest_number(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->damaged = 1;              /* the event says what it was worth */

    shop->actions[REVIEW].points = LOYALTY_POINTS_MAX;

    review(shop, "1", LOYALTY_REWARDED);
    c = review(shop, "2", LOYALTY_REWARDED);

    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.points, LOYALTY_POINTS_MAX);
    shop_expect(shop, shop_claim(shop, ADA, "1", 100), LOYALTY_CLAIMED);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        action_test(an_action_earns_its_points),
        action_test(the_same_event_counts_once),
        action_test(an_event_is_of_one_member),
        action_test(of_two_equal_events_in_a_batch_the_first_counts),
        action_test(each_action_has_events_of_its_own),
        action_test(an_unknown_action_is_not_found),
        action_test(a_stranger_is_not_rewarded),
        action_test(a_limit_counts_for_its_time),
        action_test(all_limits_hold),
        action_test(a_limit_is_of_one_member_and_action),
        action_test(what_has_counted_is_known_also_at_the_limit),
        action_test(a_limited_event_may_come_again_later),
        action_test(actions_bring_a_badge),
        action_test(actions_for_a_badge_may_have_to_be_close),
        action_test(actions_count_for_the_tier),
        action_test(an_action_stops_at_the_largest_number)
    };

    return cmocka_run_group_tests_name("actions", tests, NULL, NULL);
}
