
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_answer.h>

#include <stdio.h>


/* 2026-12-22T10:00:00Z */

#define CHRISTMAS  INT64_C(1797933600)


static const loyalty_tier_t  tiers[] = {
    { .id = loyalty_string("silver"), .name = loyalty_string("Silver"),
      .perks = loyalty_string("Free wrapping"), .threshold = 100 },
    { .id = loyalty_string("gold"), .name = loyalty_string("Gold"),
      .threshold = 500 }
};


static const loyalty_membership_t  memberships[] = {
    { .id = loyalty_string("basic"), .discount = 10 },
    { .id = loyalty_string("plus"), .name = loyalty_string("Plus"),
      .perks = loyalty_string("Fast delivery"), .discount = 25 }
};


static const loyalty_badge_t  badges[] = {
    { .id = loyalty_string("first"), .name = loyalty_string("First order") },
    { .id = loyalty_string("weekly"), .name = loyalty_string("Every week") },
    { .id = loyalty_string("critic"), .name = loyalty_string("Critic") }
};


static const loyalty_reward_t  rewards[] = {
    { .id = loyalty_string("hanky"), .name = loyalty_string("A handkerchief"),
      .cost = 200 },
    { .id = loyalty_string("apron"), .name = loyalty_string("An apron"),
      .cost = 50, .tier = loyalty_string("gold") },
    { .id = loyalty_string("tea"), .name = loyalty_string("Tea"),
      .cost = 60, .membership = loyalty_string("plus") },
    { .id = loyalty_string("card"), .name = loyalty_string("A card"),
      .cost = 10, .until = CHRISTMAS }
};


static const loyalty_action_t  review = {
    .id = loyalty_string("review"), .name = loyalty_string("Your review")
};


static loyalty_program_t  program;
static loyalty_result_t   result;
static loyalty_json_t     answer;


/* The balance of somebody who has nothing but points. */

static int
configure(void **state)
{
    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));
    memset(&result, 0, sizeof(loyalty_result_t));

    program.ladder.tiers = tiers;
    program.ladder.ntiers = elements_of(tiers);
    program.memberships = memberships;
    program.nmemberships = elements_of(memberships);
    program.badges = badges;
    program.nbadges = elements_of(badges);
    program.rewards = rewards;

    result.outcome = LOYALTY_BALANCE;
    result.points = 110;
    result.now = CHRISTMAS;

    loyalty_json_init(&answer);

    return 0;
}


static int
cleanup(void **state)
{
    (void) state;

    loyalty_json_free(&answer);

    return 0;
}


static void
expect(const char *words)
{
    char  json[4096];

    loyalty_json_free(&answer);

    assert_int_equal(loyalty_answer_render(&program, &result, &answer),
                     LOYALTY_OK);

    (void) snprintf(json, sizeof(json), "%.*s", (int) answer.len,
                    answer.data);

    if (strstr(json, words) == NULL) {
        fail_msg("%s is not in %s", words, json);
    }
}


static void
a_tier_is_told_with_its_perks_and_the_next_one(void **state)
{
    (void) state;

    result.tier = &tiers[0];
    result.next_tier = &tiers[1];
    result.tier_missing = 390;

    expect("\"tier\":\"silver\",\"tier_name\":\"Silver\","
           "\"tier_perks\":\"Free wrapping\",\"next_tier\":\"gold\","
           "\"next_tier_name\":\"Gold\",\"next_tier_missing\":390,");
    expect("\"message\":\"You have 110 points. 390 points more make you "
           "Gold.\"");
}


static void
nothing_is_above_the_highest_tier(void **state)
{
    (void) state;

    result.tier = &tiers[1];

    expect("\"tier\":\"gold\",\"tier_name\":\"Gold\",\"tier_perks\":\"\","
           "\"next_tier\":\"\",\"next_tier_name\":\"\","
           "\"next_tier_missing\":0,");
    expect("\"message\":\"You have 110 points.\"");
}


static void
a_membership_is_told_with_its_end(void **state)
{
    (void) state;

    result.memberships = 0x2;
    result.membership_until = CHRISTMAS;

    expect("\"membership\":\"plus\",\"membership_name\":\"Plus\","
           "\"membership_perks\":\"Fast delivery\","
           "\"membership_until\":\"2026-12-22T10:00:00Z\",");
}


static void
of_several_memberships_the_first_is_told(void **state)
{
    (void) state;

    result.memberships = 0x3;

    expect("\"membership\":\"basic\",");
}


static void
badges_tell_which_are_new(void **state)
{
    (void) state;

    result.badges = 0x5;
    result.new_badges = 0x4;

    expect("\"badges\":[{\"id\":\"first\",\"name\":\"First order\","
           "\"new\":false},{\"id\":\"critic\",\"name\":\"Critic\","
           "\"new\":true}]");
}


static void
a_claim_tells_of_new_badges(void **state)
{
    (void) state;

    result.outcome = LOYALTY_CLAIMED;
    result.order = text("1001");
    result.earned = 60;
    result.badges = 0x7;
    result.new_badges = 0x3;

    expect("\"message\":\"Thank you! Order 1001 earned you 60 points. You "
           "have a new badge: First order. You have a new badge: Every "
           "week.\"");
}


static void
an_action_is_thanked_for_by_its_name(void **state)
{
    static const loyalty_action_t  nameless = {
        .id = loyalty_string("follow")
    };

    (void) state;

    result.outcome = LOYALTY_REWARDED;
    result.earned = 20;
    result.action = &review;

    expect("\"message\":\"Thank you! Your review earned you 20 points.\"");

    result.action = &nameless;

    expect("\"message\":\"Thank you! This earned you 20 points.\"");
}


static void
points_on_their_way_are_told(void **state)
{
    (void) state;

    result.pending = 25;

    expect("\"message\":\"You have 110 points, and 25 more on their way.\"");
}


static void
what_is_owed_is_told(void **state)
{
    (void) state;

    result.points = -40;
    program.nrewards = 1;

    expect("\"message\":\"You have -40 points. Your next reward, A "
           "handkerchief, is 240 points away.\"");
    expect("\"affordable\":false,\"missing\":240,");
}


static void
a_streak_is_told(void **state)
{
    (void) state;

    result.streak = 4;

    expect("\"streak\":4,");
}


static void
a_discount_makes_rewards_cost_less(void **state)
{
    (void) state;

    program.nrewards = 1;
    result.memberships = 0x3;

    expect("\"next_reward_cost\":150,\"next_reward_missing\":40,");
    expect("\"cost\":150,\"affordable\":false,\"missing\":40,");
}


static void
rewards_for_others_are_listed_but_not_to_be_had(void **state)
{
    (void) state;

    program.nrewards = 3;
    result.tier = &tiers[0];

    expect("{\"id\":\"apron\",\"name\":\"An apron\",\"cost\":50,"
           "\"affordable\":false,\"missing\":0,\"tier\":\"gold\","
           "\"membership\":\"\"},{\"id\":\"tea\",\"name\":\"Tea\","
           "\"cost\":60,\"affordable\":false,\"missing\":0,\"tier\":\"\","
           "\"membership\":\"plus\"}]");

    result.tier = &tiers[1];
    result.memberships = 0x2;

    expect("\"id\":\"apron\",\"name\":\"An apron\",\"cost\":38,"
           "\"affordable\":true");
    expect("\"id\":\"tea\",\"name\":\"Tea\",\"cost\":45,"
           "\"affordable\":true");
}


static void
rewards_of_another_time_are_not_listed(void **state)
{
    (void) state;

    program.rewards = &rewards[3];
    program.nrewards = 1;

    expect("\"rewards\":[]");

    result.now = CHRISTMAS - 1;

    expect("\"rewards\":[{\"id\":\"card\",");
}


#define standing_test(name)                                                   \
    cmocka_unit_test_setup_teardown(name, configure, cleanup)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        standing_test(a_tier_is_told_with_its_perks_and_the_next_one),
        standing_test(nothing_is_above_the_highest_tier),
        standing_test(a_membership_is_told_with_its_end),
        standing_test(of_several_memberships_the_first_is_told),
        standing_test(badges_tell_which_are_new),
        standing_test(a_claim_tells_of_new_badges),
        standing_test(an_action_is_thanked_for_by_its_name),
        standing_test(points_on_their_way_are_told),
        standing_test(what_is_owed_is_told),
        standing_test(a_streak_is_told),
        standing_test(a_discount_makes_rewards_cost_less),
        standing_test(rewards_for_others_are_listed_but_not_to_be_had),
        standing_test(rewards_of_another_time_are_not_listed)
    };

    return cmocka_run_group_tests_name("standing", tests, NULL, NULL);
}
