
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_answer.h>

#include <jansson.h>
#include <stdio.h>


/* 2026-12-22T10:00:00Z */

#define CHRISTMAS  INT64_C(1797933600)


static const loyalty_reward_t  rewards[] = {
    { .id = loyalty_string("hanky"),
      .name = loyalty_string("Free handkerchief"),
      .url = loyalty_string("https://shop.example/r/hanky"),
      .product = loyalty_string("HANKY-1"), .cost = 200 },
    { .id = loyalty_string("apron"), .name = loyalty_string("Free \"apron\""),
      .cost = 400 }
};


static loyalty_earn_t     earn;
static loyalty_program_t  program;
static loyalty_store_t    store;
static loyalty_result_t   result;
static loyalty_json_t     answer;
static json_t            *parsed;


/* The shopper of the interface's example, whatever the outcome. */

static int
configure(void **state)
{
    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));

    program.name = text("shop");
    program.currency = text("USD");
    program.exponent = 2;
    program.earns = &earn;
    program.nearns = 1;
    program.stores = &store;
    program.nstores = 1;
    program.rewards = rewards;
    program.nrewards = elements_of(rewards);

    memset(&earn, 0, sizeof(loyalty_earn_t));

    earn.kind = LOYALTY_EARN_PER_AMOUNT;
    earn.points = 1;
    earn.per = 100;

    memset(&store, 0, sizeof(loyalty_store_t));
    memset(&result, 0, sizeof(loyalty_result_t));

    result.outcome = LOYALTY_CLAIMED;
    strcpy(result.member, "m_5Qk...");
    strcpy(result.referral, "ADA12345");
    result.email = text("ada@example.com");
    result.order = text("1001");
    result.points = 110;
    result.earned = 60;
    result.lifetime = 110;

    loyalty_json_init(&answer);
    parsed = NULL;

    return 0;
}


static int
cleanup(void **state)
{
    (void) state;

    json_decref(parsed);
    loyalty_json_free(&answer);

    return 0;
}


static void
render(void)
{
    json_decref(parsed);
    parsed = NULL;

    loyalty_json_free(&answer);

    assert_int_equal(loyalty_answer_render(&program, &result, &answer),
                     LOYALTY_OK);

    parsed = json_loadb(answer.data, answer.len, JSON_REJECT_DUPLICATES,
                        NULL);

    assert_non_null(parsed);
}


static void
expect_text(const char *key, const char *expected)
{
    json_t  *value;

    value = json_object_get(parsed, key);

    if (!json_is_string(value)) {
        fail_msg("%s is not a string", key);
    }

    assert_string_equal(json_string_value(value), expected);
}


static void
expect_integer(const char *key, int64_t expected)
{
    json_t  *value;

    value = json_object_get(parsed, key);

    if (!json_is_integer(value)) {
        fail_msg("%s is not an integer", key);
    }

    assert_int_equal(json_integer_value(value), expected);
}


static void
expect_message(const char *expected)
{
    render();
    expect_text("message", expected);
}


static void
expect_detail(const char *expected)
{
    render();
    expect_text("detail", expected);
}


static void
a_claim_is_answered_as_the_interface_shows(void **state)
{
    static const char  expected[] =
        "{\"result\":\"claimed\","
        "\"message\":\"Thank you! Order 1001 earned you 60 points.\","
        "\"member\":\"m_5Qk...\",\"email\":\"ada@example.com\","
        "\"order\":\"1001\","
        "\"points\":110,\"pending\":0,\"earned\":60,\"spent\":0,"
        "\"lifetime\":110,\"waiting\":0,\"tier\":\"\",\"tier_name\":\"\","
        "\"tier_perks\":\"\",\"next_tier\":\"\",\"next_tier_name\":\"\","
        "\"next_tier_missing\":0,\"membership\":\"\","
        "\"membership_name\":\"\",\"membership_perks\":\"\","
        "\"membership_until\":\"\",\"referral\":\"ADA12345\","
        "\"streak\":0,\"badges\":[],"
        "\"next_reward\":\"hanky\","
        "\"next_reward_name\":\"Free handkerchief\","
        "\"next_reward_cost\":200,\"next_reward_missing\":90,"
        "\"coupon\":\"\",\"coupon_expires\":\"\",\"coupon_url\":\"\","
        "\"rewards\":[{\"id\":\"hanky\",\"name\":\"Free handkerchief\","
        "\"cost\":200,\"affordable\":false,\"missing\":90,"
        "\"tier\":\"\",\"membership\":\"\"}]}";

    (void) state;

    program.nrewards = 1;

    render();

    assert_int_equal(answer.len, strlen(expected));
    assert_memory_equal(answer.data, expected, answer.len);
}


static void
every_answer_about_a_member_has_every_field(void **state)
{
    size_t              i, n;
    static const char  *texts[] = {
        "result", "message", "member", "email", "order", "tier", "coupon",
        "next_reward", "next_reward_name", "coupon_expires", "coupon_url",
        "tier_name", "tier_perks", "next_tier", "next_tier_name", "membership",
        "membership_name", "membership_perks", "membership_until", "referral"
    };
    static const char  *integers[] = {
        "points", "pending", "earned", "spent", "lifetime", "next_reward_cost",
        "next_reward_missing", "next_tier_missing", "streak", "waiting"
    };
    static const loyalty_outcome_e  about[] = {
        LOYALTY_SIGNED_UP, LOYALTY_ALREADY_MEMBER, LOYALTY_CLAIMED,
        LOYALTY_ALREADY_CLAIMED, LOYALTY_BALANCE, LOYALTY_REDEEMED,
        LOYALTY_REDEMPTION_PENDING, LOYALTY_REWARDED, LOYALTY_ALREADY_REWARDED,
        LOYALTY_CLAIM_PENDING
    };

    (void) state;

    for (i = 0; i < elements_of(about); i++) {

        /* a result that says nothing but what it is */

        memset(&result, 0, sizeof(loyalty_result_t));

        result.outcome = about[i];
        render();
        expect_text("result", loyalty_outcome_code(about[i]).data);

        for (n = 0; n < elements_of(texts); n++) {
            assert_true(json_is_string(json_object_get(parsed, texts[n])));
        }

        for (n = 0; n < elements_of(integers); n++) {
            assert_true(json_is_integer(json_object_get(parsed,
                                                        integers[n])));
        }

        assert_true(json_is_array(json_object_get(parsed, "badges")));
        assert_true(json_is_array(json_object_get(parsed, "rewards")));
        assert_int_equal(json_object_size(parsed),
                         elements_of(texts) + elements_of(integers) + 2);
    }
}


static void
every_fault_is_a_problem_that_says_what_to_do(void **state)
{
    char         type[64];
    size_t       i;
    const char  *detail, *message;

    (void) state;

    result.reward = &rewards[1];

    for (i = LOYALTY_BAD_REQUEST; i < LOYALTY_OUTCOMES; i++) {
        result.outcome = i;

        render();

        snprintf(type, sizeof(type), "urn:loyalty:problem:%s",
                 loyalty_outcome_code(i).data);

        expect_text("type", type);
        expect_integer("status", loyalty_outcome_status(i));
        expect_text("code", loyalty_outcome_code(i).data);

        assert_true(json_string_length(json_object_get(parsed, "title")) > 0);
        assert_int_equal(json_object_size(parsed), 6);

        /* what is wrong: what to do; and never who it was */

        detail = json_string_value(json_object_get(parsed, "detail"));

        assert_non_null(strchr(detail, ':'));
        assert_null(strstr(detail, "ada@example.com"));

        message = json_string_value(json_object_get(parsed, "message"));

        assert_true(message[0] >= 'A' && message[0] <= 'Z');
        assert_non_null(strpbrk(message + strlen(message) - 1, ".!"));
        assert_null(strstr(message, "ada@example.com"));
    }
}


static void
faults_have_their_fields_in_the_order_of_the_interface(void **state)
{
    static const char  expected[] =
        "{\"type\":\"urn:loyalty:problem:not_a_member\","
        "\"title\":\"Not a member\",\"status\":404,"
        "\"detail\":\"Nobody has signed up with this e-mail address: sign up "
        "first.\",\"code\":\"not_a_member\","
        "\"message\":\"Nobody has signed up with this e-mail address yet. "
        "Please sign up first.\"}";

    (void) state;

    result.outcome = LOYALTY_NOT_A_MEMBER;
    render();

    assert_int_equal(answer.len, strlen(expected));
    assert_memory_equal(answer.data, expected, answer.len);
}


static void
a_fault_needs_no_program(void **state)
{
    (void) state;

    result.outcome = LOYALTY_UNAUTHORIZED;

    assert_int_equal(loyalty_answer_render(NULL, &result, &answer),
                     LOYALTY_OK);
    assert_true(answer.len > 0);
}


static void
a_fault_may_bring_its_own_detail(void **state)
{
    (void) state;

    result.outcome = LOYALTY_BAD_REQUEST;
    result.detail = "The member \"email\" comes twice: send it once.";

    expect_detail("The member \"email\" comes twice: send it once.");
}


static void
too_few_points_are_told_with_what_is_missing(void **state)
{
    (void) state;

    result.outcome = LOYALTY_NOT_ENOUGH_POINTS;
    result.reward = &rewards[1];
    result.cost = 400;

    expect_detail("The reward \"apron\" costs 400 points: the member has 110 "
                  "and needs 290 more to redeem it. No points were spent.");

    result.reward = NULL;

    expect_detail("The reward costs more points than the member has: redeem "
                  "it when there are enough.");
}


static void
one_point_is_not_points(void **state)
{
    (void) state;

    result.earned = 1;

    expect_message("Thank you! Order 1001 earned you 1 point.");

    result.outcome = LOYALTY_BALANCE;
    result.points = 1;
    program.nrewards = 0;

    expect_message("You have 1 point.");

    result.points = 199;
    program.nrewards = 1;

    expect_message("You have 199 points. Your next reward, Free handkerchief, "
                   "is 1 point away.");
}


static void
a_balance_says_how_far_the_next_reward_is(void **state)
{
    (void) state;

    result.outcome = LOYALTY_BALANCE;

    expect_message("You have 110 points. Your next reward, Free handkerchief, "
                   "is 90 points away.");

    result.points = 250;

    expect_message("You have 250 points. Your next reward, Free \"apron\", is "
                   "150 points away.");

    result.points = 400;

    expect_message("You have 400 points. That is enough for any reward.");

    program.nrewards = 0;

    expect_message("You have 400 points.");
}


static void
members_are_welcomed(void **state)
{
    (void) state;

    result.outcome = LOYALTY_SIGNED_UP;
    result.points = 50;

    expect_message("Welcome! You have 50 points. Your next reward, Free "
                   "handkerchief, is 150 points away.");

    result.outcome = LOYALTY_ALREADY_MEMBER;
    result.points = 0;

    expect_message("Welcome back! You have 0 points. Your next reward, Free "
                   "handkerchief, is 200 points away.");
}


static void
a_repeated_claim_says_that_it_is_one(void **state)
{
    (void) state;

    result.outcome = LOYALTY_ALREADY_CLAIMED;
    result.earned = 0;

    expect_message("You have already claimed order 1001. You have 110 points. "
                   "Your next reward, Free handkerchief, is 90 points away.");
    expect_integer("earned", 0);
}


static void
a_claim_that_earned_nothing_says_why(void **state)
{
    (void) state;

    result.earned = 0;

    expect_message("Thank you! Order 1001 is noted, but earned no points: its "
                   "total is too low.");

    earn.kind = LOYALTY_EARN_PER_ORDER;
    earn.min = 2000;

    expect_message("Thank you! Order 1001 is noted, but earned no points: its "
                   "total is too low.");

    earn.limit = 1;

    expect_message("Thank you! Order 1001 is noted, but earned no points: its "
                   "total is too low, or you have reached the limit of orders "
                   "that count for now.");

    earn.min = 0;

    expect_message("Thank you! Order 1001 is noted, but earned no points: you "
                   "have reached the limit of orders that count for now.");

    earn.min = 2000;
    earn.limit = 0;
    store.lookup.refunds = text("/refunds");

    expect_message("Thank you! Order 1001 is noted, but earned no points: its "
                   "total less refunds is too low.");

    program.nearns = 0;

    expect_message("Thank you! Order 1001 is noted, but earned no points.");
}


static void
a_redemption_shows_its_coupon(void **state)
{
    (void) state;

    result.outcome = LOYALTY_REDEEMED;
    result.points = 10;
    result.earned = 0;
    result.spent = 200;
    result.reward = &rewards[0];
    result.coupon_expires = CHRISTMAS;
    strcpy(result.coupon, "0123456789ABCDEF");

    expect_message("Enjoy your reward! Free handkerchief: your coupon is "
                   "0123456789ABCDEF. You have 10 points.");
    expect_text("coupon", "0123456789ABCDEF");
    expect_text("coupon_expires", "2026-12-22T10:00:00Z");
    expect_text("coupon_url", "https://shop.example/r/hanky");
    expect_integer("spent", 200);
}


static void
a_coupon_may_last_for_ever_and_have_no_page(void **state)
{
    (void) state;

    result.outcome = LOYALTY_REDEEMED;
    result.reward = &rewards[1];
    strcpy(result.coupon, "0123456789ABCDEF");

    render();
    expect_text("coupon", "0123456789ABCDEF");
    expect_text("coupon_expires", "");
    expect_text("coupon_url", "");
}


static void
without_a_coupon_its_fields_are_empty(void **state)
{
    (void) state;

    result.outcome = LOYALTY_BALANCE;
    result.reward = &rewards[0];
    result.coupon_expires = CHRISTMAS;

    render();
    expect_text("coupon", "");
    expect_text("coupon_expires", "");
    expect_text("coupon_url", "");
}


static void
times_are_rfc_3339_in_utc(void **state)
{
    size_t  i;

    static const struct {
        int64_t      when;
        const char  *text;
    } cases[] = {
        { 1, "1970-01-01T00:00:01Z" },
        { 951782399, "2000-02-28T23:59:59Z" },
        { 951782400, "2000-02-29T00:00:00Z" },
        { 1798761599, "2026-12-31T23:59:59Z" },
        { 1798761600, "2027-01-01T00:00:00Z" },
        { INT64_C(4107542400), "2100-03-01T00:00:00Z" },
        { INT64_C(253402300799), "9999-12-31T23:59:59Z" },
        { INT64_MAX, "9999-12-31T23:59:59Z" }
    };

    (void) state;

    result.outcome = LOYALTY_REDEEMED;
    result.reward = &rewards[0];
    strcpy(result.coupon, "0123456789ABCDEF");

    for (i = 0; i < elements_of(cases); i++) {
        result.coupon_expires = cases[i].when;

        render();
        expect_text("coupon_expires", cases[i].text);
    }
}


static void
rewards_say_what_is_missing_to_them(void **state)
{
    json_t  *list, *first, *second;

    (void) state;

    result.outcome = LOYALTY_BALANCE;
    result.points = 200;

    render();

    list = json_object_get(parsed, "rewards");
    first = json_array_get(list, 0);
    second = json_array_get(list, 1);

    assert_int_equal(json_array_size(list), 2);

    assert_int_equal(json_object_size(first), 7);
    assert_string_equal(json_string_value(json_object_get(first, "id")),
                        "hanky");
    assert_true(json_is_true(json_object_get(first, "affordable")));
    assert_int_equal(json_integer_value(json_object_get(first, "missing")),
                     0);

    assert_string_equal(json_string_value(json_object_get(second, "name")),
                        "Free \"apron\"");
    assert_int_equal(json_integer_value(json_object_get(second, "cost")),
                     400);
    assert_true(json_is_false(json_object_get(second, "affordable")));
    assert_int_equal(json_integer_value(json_object_get(second, "missing")),
                     200);

    expect_text("next_reward", "apron");
    expect_integer("next_reward_missing", 200);
}


static void
nothing_is_next_when_all_is_within_reach(void **state)
{
    (void) state;

    result.outcome = LOYALTY_BALANCE;
    result.points = 1000;

    render();
    expect_text("next_reward", "");
    expect_text("next_reward_name", "");
    expect_integer("next_reward_cost", 0);
    expect_integer("next_reward_missing", 0);
}


static void
a_program_without_rewards_lists_none(void **state)
{
    (void) state;

    program.rewards = NULL;
    program.nrewards = 0;

    render();

    assert_int_equal(json_array_size(json_object_get(parsed, "rewards")), 0);
    expect_text("next_reward", "");
}


static void
points_not_yet_to_spend_are_pending(void **state)
{
    (void) state;

    result.outcome = LOYALTY_BALANCE;
    result.pending = 25;

    render();
    expect_integer("pending", 25);
    expect_integer("points", 110);
}


static void
without_memory_there_is_no_answer(void **state)
{
    (void) state;

    answer.failed = 1;

    assert_int_equal(loyalty_answer_render(&program, &result, &answer),
                     LOYALTY_ERROR);

    result.outcome = LOYALTY_NOT_A_MEMBER;

    assert_int_equal(loyalty_answer_render(&program, &result, &answer),
                     LOYALTY_ERROR);
}


#define answer_test(name)                                                     \
    cmocka_unit_test_setup_teardown(name, configure, cleanup)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        answer_test(a_claim_is_answered_as_the_interface_shows),
        answer_test(every_answer_about_a_member_has_every_field),
        answer_test(every_fault_is_a_problem_that_says_what_to_do),
        answer_test(faults_have_their_fields_in_the_order_of_the_interface),
        answer_test(a_fault_needs_no_program),
        answer_test(a_fault_may_bring_its_own_detail),
        answer_test(too_few_points_are_told_with_what_is_missing),
        answer_test(one_point_is_not_points),
        answer_test(a_balance_says_how_far_the_next_reward_is),
        answer_test(members_are_welcomed),
        answer_test(a_repeated_claim_says_that_it_is_one),
        answer_test(a_claim_that_earned_nothing_says_why),
        answer_test(a_redemption_shows_its_coupon),
        answer_test(a_coupon_may_last_for_ever_and_have_no_page),
        answer_test(without_a_coupon_its_fields_are_empty),
        answer_test(times_are_rfc_3339_in_utc),
        answer_test(rewards_say_what_is_missing_to_them),
        answer_test(nothing_is_next_when_all_is_within_reach),
        answer_test(a_program_without_rewards_lists_none),
        answer_test(points_not_yet_to_spend_are_pending),
        answer_test(without_memory_there_is_no_answer)
    };

    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
