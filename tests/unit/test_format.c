
/*
 * Copyright (C) ngx_loyalty contributors
 */


#define _GNU_SOURCE                              /* memmem() */

#include <loyalty_test.h>
#include <loyalty_chat.h>

#include <stdio.h>
#include <stdlib.h>


#define CHECK   "tests/unit/check-chat-formats"
#define BADGES  LOYALTY_BADGES_MAX
#define SHAPES  5

/* A report is for the owner, who does not chat. */

#define after(outcome)  ((outcome) + 1 + ((outcome) + 1 == LOYALTY_REPORT))

#define LONG_NAME                                                             \
    "A name of a good many words, as somebody gives it who has much to tell"


static const loyalty_tier_t  tiers[] = {
    { .id = loyalty_string("silver"), .name = loyalty_string("Silver"),
      .threshold = 100 },
    { .id = loyalty_string("gold"), .name = loyalty_string("Gold \"24\""),
      .threshold = 1000 }
};

static const loyalty_reward_t  rewards[] = {
    { .id = loyalty_string("sticker"), .name = loyalty_string("Sticker"),
      .cost = 30, .url = loyalty_string("https://shop.example/r/s") },
    { .id = loyalty_string("hanky"),
      .name = loyalty_string("Free \xe0\xb8\x9c\xe0\xb9\x89\xe0\xb8\xb2"),
      .cost = 200, .kind = LOYALTY_REWARD_MANUAL }
};

static const loyalty_link_secrets_t  secrets = {
    .secrets = {
        loyalty_string("a-secret-of-links-for-units-0123456789")
    },
    .nsecrets = 1
};

static loyalty_badge_t    badges[BADGES];
static loyalty_program_t  program;
static loyalty_result_t   result;
static loyalty_json_t     answer;
static json_t            *parsed;


static int
configure(void **state)
{
    int  i;

    (void) state;

    for (i = 0; i < BADGES; i++) {
        badges[i].id = text("fan");
        badges[i].name = text(LONG_NAME);
    }

    memset(&program, 0, sizeof(loyalty_program_t));

    program.name = text("shop");
    program.currency = text("USD");
    program.exponent = 2;
    program.rewards = rewards;
    program.nrewards = elements_of(rewards);
    program.ladder.tiers = tiers;
    program.ladder.ntiers = elements_of(tiers);
    program.badges = badges;
    program.nbadges = BADGES;

    memset(&result, 0, sizeof(loyalty_result_t));

    result.outcome = LOYALTY_CLAIMED;
    strcpy(result.member, "m_5QkabcdefghijklmnopqrS");
    strcpy(result.referral, "ADA12345");
    strcpy(result.coupon, "ABCDEFGHJKLMNPQR");
    result.coupon_expires = 1800000000;
    result.email = text("ada@example.com");
    result.order = text("1001");
    result.points = 110;
    result.earned = 60;
    result.lifetime = 110;
    result.by = text("lifetime");
    result.tier = &tiers[0];
    result.next_tier = &tiers[1];
    result.tier_missing = 890;
    result.reward = &rewards[1];
    result.cost = 200;

    loyalty_json_init(&answer);
    parsed = NULL;

    return 0;
}


static int
cleanup(void **state)
{
    (void) state;

    json_decref(parsed);
    parsed = NULL;

    loyalty_json_free(&answer);

    return 0;
}


#define format_test(name)                                                     \
    cmocka_unit_test_setup_teardown(name, configure, cleanup)


static void
render(loyalty_format_e format)
{
    json_decref(parsed);
    loyalty_json_free(&answer);

    assert_int_equal(loyalty_format_render(format, &program, &result,
                                           &answer),
                     LOYALTY_OK);

    parsed = json_loadb(answer.data, answer.len, JSON_REJECT_DUPLICATES,
                        NULL);

    assert_non_null(parsed);
}


/* Members of objects by name and of lists by number: "content.messages.0". */

static json_t *
at(const char *path)
{
    char     name[64];
    size_t   len;
    json_t  *value;

    for (value = parsed; *path != '\0'; path += (*path == '.')) {
        len = strcspn(path, ".");

        assert_true(len < sizeof(name));

        memcpy(name, path, len);
        name[len] = '\0';

        value = json_is_array(value)
                ? json_array_get(value, (size_t) atoi(name))
                : json_object_get(value, name);
        path += len;
    }

    return value;
}


static void
expect(const char *path, const char *expected)
{
    json_t  *value;

    value = at(path);

    if (!json_is_string(value)) {
        print_error("\"%s\" is no text\n", path);
        fail();
    }

    assert_string_equal(json_string_value(value), expected);
}


static void
formats_have_the_names_of_requests(void **state)
{
    size_t  i;

    static const char  *names[LOYALTY_FORMATS] = {
        "json", "manychat", "manychat-instagram", "manychat-whatsapp",
        "manychat-telegram", "chatfuel", "dialogflow-es", "dialogflow-cx"
    };

    (void) state;

    for (i = 0; i < LOYALTY_FORMATS; i++) {
        assert_int_equal(loyalty_format_find(text(names[i])), i);
        assert_true(loyalty_str_equal(loyalty_format_name(i),
                                      text(names[i])));
    }

    assert_int_equal(loyalty_format_find(text("")), LOYALTY_FORMATS);
    assert_int_equal(loyalty_format_find(text("many")), LOYALTY_FORMATS);
    assert_int_equal(loyalty_format_find(text("JSON")), LOYALTY_FORMATS);
}


static void
our_own_json_stays_as_it_is(void **state)
{
    size_t          i;
    loyalty_json_t  plain;

    (void) state;

    for (i = LOYALTY_SIGNED_UP; i < LOYALTY_OUTCOMES; i = after(i)) {
        result.outcome = i;
        render(LOYALTY_FORMAT_JSON);

        loyalty_json_init(&plain);
        loyalty_answer_render(&program, &result, &plain);

        assert_int_equal(plain.len, answer.len);
        assert_memory_equal(plain.data, answer.data, plain.len);

        loyalty_json_free(&plain);

        assert_int_equal(loyalty_format_status(LOYALTY_FORMAT_JSON, i),
                         loyalty_outcome_status(i));
    }
}


/* Of what a shopper, the store or the database may cause. */

static void
only_a_developers_mistakes_have_another_status_than_200(void **state)
{
    size_t  i;

    (void) state;

    for (i = LOYALTY_SIGNED_UP; i < LOYALTY_OUTCOMES; i = after(i)) {

        switch (loyalty_outcome_status(i)) {

        case 401:
        case 405:
        case 413:
        case 415:
            break;

        case 403:
            if (i == LOYALTY_FORBIDDEN) {
                break;
            }

            /* fall through */

        default:
            assert_int_equal(
                loyalty_format_status(LOYALTY_FORMAT_MANYCHAT, i), 200);
            continue;
        }

        assert_int_equal(loyalty_format_status(LOYALTY_FORMAT_MANYCHAT, i),
                         loyalty_outcome_status(i));
    }
}


/*
 * Somebody of whom all is known, one with nothing, one of long stories with
 * buttons, one with all that one can buy, and one of long stories without.
 */

static void
shape(int n)
{
    void  *none = NULL;

    (void) configure(&none);

    switch (n) {

    case 1:
        result.tier = NULL;
        result.next_tier = NULL;
        result.earned = 0;
        result.points = -5;
        program.ladder.ntiers = 0;
        program.nrewards = 0;
        break;

    case 2:
        program.site = text("https://shop.example/loyalty");
        program.link_secrets = &secrets;
        result.points = 30;
        result.badges = UINT64_MAX;
        result.new_badges = UINT64_MAX;
        break;

    case 3:
        program.site = text("https://shop.example/loyalty");
        program.link_secrets = &secrets;
        result.now = 1800000000;
        result.points = INT64_MAX;
        break;

    case 4:
        result.badges = UINT64_MAX;
        result.new_badges = UINT64_MAX;
        result.points = INT64_MAX;
        break;

    default:
        break;
    }
}


static void
write_answers(FILE *out, loyalty_format_e format)
{
    int     n;
    size_t  i, locale;

    for (n = 0; n < SHAPES; n++) {
        for (locale = 0; locale < LOYALTY_LOCALES; locale++) {
            for (i = LOYALTY_SIGNED_UP; i < LOYALTY_OUTCOMES; i = after(i)) {
                shape(n);

                result.locale = locale;
                result.outcome = i;
                result.session = text("projects/p/agent/sessions/1");

                render(format);

                fprintf(out, "%s\t%s in language %d of %d\t%.*s\n",
                        loyalty_format_name(format).data,
                        loyalty_outcome_code(i).data, (int) locale, n,
                        (int) answer.len, answer.data);

                (void) cleanup(NULL);
            }
        }
    }
}


static void
every_answer_is_one_that_the_platform_takes(void **state)
{
    FILE             *out;
    char              command[128];
    loyalty_format_e  format;

    (void) state;

    snprintf(command, sizeof(command), CHECK " %d",
             (LOYALTY_FORMATS - 1) * SHAPES * LOYALTY_LOCALES
             * (LOYALTY_OUTCOMES - 2));

    out = popen(command, "w");
    assert_non_null(out);

    for (format = LOYALTY_FORMAT_MANYCHAT; format < LOYALTY_FORMATS; format++)
    {
        write_answers(out, format);
    }

    assert_int_equal(pclose(out), 0);
}


static void
manychat_has_the_points_as_a_number_and_the_tier_as_a_tag(void **state)
{
    (void) state;

    render(LOYALTY_FORMAT_MANYCHAT);

    expect("version", "v2");
    assert_null(at("content.type"));
    expect("content.actions.0.field_name", "loyalty_result");
    expect("content.actions.0.value", "claimed");
    expect("content.actions.1.field_name", "loyalty_points");
    assert_int_equal(json_integer_value(at("content.actions.1.value")), 110);
    expect("content.actions.2.field_name", "loyalty_tier");
    expect("content.actions.2.value", "silver");
    expect("content.actions.3.tag_name", "loyalty_member");
    expect("content.actions.4.tag_name", "loyalty_silver");
}


static void
manychat_has_the_coupon_in_place_of_the_tag(void **state)
{
    (void) state;

    result.outcome = LOYALTY_REDEEMED;
    render(LOYALTY_FORMAT_MANYCHAT_WHATSAPP);

    expect("content.type", "whatsapp");
    expect("content.actions.4.field_name", "loyalty_coupon");
    expect("content.actions.4.value", "ABCDEFGHJKLMNPQR");
    assert_null(at("content.actions.5"));
}


static void
manychat_clears_the_tier_of_who_has_none(void **state)
{
    (void) state;

    result.tier = NULL;
    render(LOYALTY_FORMAT_MANYCHAT);

    expect("content.actions.2.action", "unset_field_value");
    expect("content.actions.2.field_name", "loyalty_tier");
    assert_null(at("content.actions.4"));
}


/* What is not to be seen in our JSON is not to be seen here. */

static void
nobody_learns_whose_coupon_it_is(void **state)
{
    loyalty_format_e  format;

    (void) state;

    result.outcome = LOYALTY_COUPON_GOOD;

    for (format = LOYALTY_FORMAT_MANYCHAT; format < LOYALTY_FORMATS; format++)
    {
        render(format);

        assert_null(memmem(answer.data, answer.len, "ada@", 4));
        assert_null(memmem(answer.data, answer.len, "m_5Qk", 5));
        assert_null(memmem(answer.data, answer.len, "loyalty_points", 14));
    }
}


static void
a_fault_tells_its_code_and_in_a_friendly_way(void **state)
{
    (void) state;

    result.outcome = LOYALTY_ORDER_NOT_FOUND;
    result.detail = "for developers";

    render(LOYALTY_FORMAT_DIALOGFLOW_CX);

    expect("session_info.parameters.loyalty_result", "order_not_found");
    assert_int_equal(json_object_size(at("session_info.parameters")), 1);
    assert_null(memmem(answer.data, answer.len, "for developers", 14));
}


static void
chatfuel_has_texts_and_dialogflow_has_numbers(void **state)
{
    (void) state;

    render(LOYALTY_FORMAT_CHATFUEL);
    expect("set_attributes.loyalty_points", "110");
    expect("set_attributes.loyalty_tier", "silver");

    render(LOYALTY_FORMAT_DIALOGFLOW_CX);
    assert_int_equal(
        json_integer_value(at("session_info.parameters.loyalty_points")),
        110);
}


static void
dialogflow_es_has_no_context_without_a_session(void **state)
{
    (void) state;

    render(LOYALTY_FORMAT_DIALOGFLOW_ES);
    assert_null(at("outputContexts"));

    result.session = text("projects/p/agent/sessions/1");

    render(LOYALTY_FORMAT_DIALOGFLOW_ES);
    expect("outputContexts.0.name",
           "projects/p/agent/sessions/1/contexts/loyalty");
}


static void
buttons_lead_to_the_site(void **state)
{
    (void) state;

    program.site = text("https://shop.example/loyalty");

    render(LOYALTY_FORMAT_MANYCHAT_TELEGRAM);
    expect("content.messages.0.buttons.0.caption", "See rewards");
    expect("content.messages.0.buttons.0.url",
           "https://shop.example/loyalty/#rewards");
    expect("content.messages.0.buttons.1.caption", "Claim another");
    expect("content.messages.0.buttons.1.url",
           "https://shop.example/loyalty/");

    render(LOYALTY_FORMAT_CHATFUEL);
    expect("messages.0.attachment.payload.buttons.0.url",
           "https://shop.example/loyalty/#rewards");

    program.nrewards = 0;

    render(LOYALTY_FORMAT_MANYCHAT_TELEGRAM);
    expect("content.messages.0.buttons.0.caption", "Claim another");
    assert_null(at("content.messages.0.buttons.1"));
}


static void
without_a_site_there_are_no_buttons(void **state)
{
    (void) state;

    program.link_secrets = &secrets;

    render(LOYALTY_FORMAT_MANYCHAT);
    assert_null(at("content.messages.0.buttons"));
    assert_null(at("content.quick_replies"));
}


static void
a_reward_is_fetched_by_a_link_that_is_signed(void **state)
{
    loyalty_link_t  link = {
        .purpose = loyalty_string("redeem"),
        .program = loyalty_string("shop"),
        .expires = loyalty_string("1800086400"),
        .email = loyalty_string("ada@example.com"),
        .reward = loyalty_string("sticker")
    };

    (void) state;

    program.site = text("https://shop.example/loyalty");
    program.link_secrets = &secrets;
    result.now = 1800000000;

    render(LOYALTY_FORMAT_MANYCHAT);

    expect("content.quick_replies.0.caption", "Redeem");
    expect("content.quick_replies.0.url",
           "https://shop.example/loyalty/redeem?format=manychat");
    expect("content.quick_replies.0.payload.email", "ada@example.com");
    expect("content.quick_replies.0.payload.reward", "sticker");
    expect("content.quick_replies.0.payload.expires", "1800086400");
    assert_null(at("content.quick_replies.1"));

    assert_int_equal(
        loyalty_link_verify(&secrets, &link, text(json_string_value(
                            at("content.quick_replies.0.payload.sig"))),
                            1800000000),
        LOYALTY_LINK_GOOD);
}


static void
several_rewards_are_told_apart_by_their_names(void **state)
{
    (void) state;

    program.site = text("https://shop.example/loyalty");
    program.link_secrets = &secrets;
    result.points = 200;

    render(LOYALTY_FORMAT_MANYCHAT);

    expect("content.quick_replies.0.caption", "Sticker");
    assert_non_null(at("content.quick_replies.1"));
}


static void
only_messenger_over_tls_fetches_rewards(void **state)
{
    (void) state;

    program.link_secrets = &secrets;
    program.site = text("http://shop.example/loyalty");

    render(LOYALTY_FORMAT_MANYCHAT);
    assert_null(at("content.quick_replies"));

    program.site = text("https://shop.example/loyalty");

    render(LOYALTY_FORMAT_MANYCHAT_INSTAGRAM);
    assert_null(at("content.quick_replies"));
}


static void
without_memory_there_is_no_answer(void **state)
{
    loyalty_format_e  format;

    (void) state;

    loyalty_json_fail(&answer);

    for (format = 0; format < LOYALTY_FORMATS; format++) {
        assert_int_equal(loyalty_format_render(format, &program, &result,
                                               &answer),
                         LOYALTY_ERROR);
        assert_null(answer.data);
    }
}


static void
long_texts_are_cut_at_a_blank(void **state)
{
    loyalty_str_t               rest, part;
    const loyalty_chat_limit_t  limit = { 10, 0 };

    (void) state;

    rest = text("One two three four");

    part = loyalty_chat_cut(&rest, limit);
    assert_true(loyalty_str_equal(part, text("One two")));

    part = loyalty_chat_cut(&rest, limit);
    assert_true(loyalty_str_equal(part, text("three four")));
    assert_int_equal(rest.len, 0);

    rest = text("Onetwothreefour");
    part = loyalty_chat_cut(&rest, limit);
    assert_true(loyalty_str_equal(part, text("Onetwothre")));
    assert_true(loyalty_str_equal(rest, text("efour")));
}


/* "ไ" has three bytes, and a party popper two units of UTF-16. */

static void
characters_stay_whole_and_count_as_the_platform_counts(void **state)
{
    loyalty_str_t               rest, part;
    const loyalty_chat_limit_t  units = { 3, 0 }, bytes = { 4, 1 };

    (void) state;

    rest = text("\xf0\x9f\x8e\x89\xf0\x9f\x8e\x89");
    part = loyalty_chat_cut(&rest, units);
    assert_int_equal(part.len, 4);

    rest = text("\xe0\xb9\x84\xe0\xb9\x84\xe0\xb9\x84\xe0\xb9\x84");
    part = loyalty_chat_cut(&rest, units);
    assert_int_equal(part.len, 9);

    rest = text("\xe0\xb9\x84\xe0\xb9\x84");
    part = loyalty_chat_cut(&rest, bytes);
    assert_int_equal(part.len, 3);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(formats_have_the_names_of_requests),
        format_test(our_own_json_stays_as_it_is),
        cmocka_unit_test(
            only_a_developers_mistakes_have_another_status_than_200),
        format_test(every_answer_is_one_that_the_platform_takes),
        format_test(
            manychat_has_the_points_as_a_number_and_the_tier_as_a_tag),
        format_test(manychat_has_the_coupon_in_place_of_the_tag),
        format_test(manychat_clears_the_tier_of_who_has_none),
        format_test(nobody_learns_whose_coupon_it_is),
        format_test(a_fault_tells_its_code_and_in_a_friendly_way),
        format_test(chatfuel_has_texts_and_dialogflow_has_numbers),
        format_test(dialogflow_es_has_no_context_without_a_session),
        format_test(buttons_lead_to_the_site),
        format_test(without_a_site_there_are_no_buttons),
        format_test(a_reward_is_fetched_by_a_link_that_is_signed),
        format_test(several_rewards_are_told_apart_by_their_names),
        format_test(only_messenger_over_tls_fetches_rewards),
        format_test(without_memory_there_is_no_answer),
        cmocka_unit_test(long_texts_are_cut_at_a_blank),
        cmocka_unit_test(
            characters_stay_whole_and_count_as_the_platform_counts)
    };

    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
