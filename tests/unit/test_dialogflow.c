
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_dialogflow.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>


static void
expect(const char *request, loyalty_dialogflow_e edition,
    const char *expected)
{
    char    *got;
    json_t  *body, *parameters;

    body = json_loads(request, 0, NULL);
    assert_non_null(body);

    parameters = loyalty_dialogflow_parameters(body, edition);
    assert_non_null(parameters);

    got = json_dumps(parameters, JSON_COMPACT);
    assert_string_equal(got, expected);

    free(got);
    json_decref(parameters);
    json_decref(body);
}


#define es(request, expected)  expect(request, LOYALTY_DIALOGFLOW_ES, expected)
#define cx(request, expected)  expect(request, LOYALTY_DIALOGFLOW_CX, expected)


static void
each_edition_has_its_place_for_parameters(void **state)
{
    (void) state;

    es("{\"queryResult\":{\"parameters\":{\"email\":\"a@b.c\"}},"
       "\"email\":\"x\",\"sessionInfo\":{\"parameters\":{\"order\":\"1\"}}}",
       "{\"email\":\"a@b.c\"}");

    cx("{\"sessionInfo\":{\"parameters\":{\"email\":\"a@b.c\"}},"
       "\"email\":\"x\",\"queryResult\":{\"parameters\":{\"order\":\"1\"}}}",
       "{\"email\":\"a@b.c\"}");
}


static void
a_body_without_them_has_none(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        "{}",
        "{\"queryResult\":null,\"sessionInfo\":7}",
        "{\"queryResult\":{},\"sessionInfo\":{}}",
        "{\"queryResult\":{\"parameters\":[1]}}",
        "{\"sessionInfo\":{\"parameters\":\"x\"}}"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        es(bodies[i], "{}");
        cx(bodies[i], "{}");
    }
}


static void
what_is_not_filled_in_is_absent(void **state)
{
    (void) state;

    es("{\"queryResult\":{\"parameters\":{\"email\":\"\",\"order\":\" \"}}}",
       "{\"order\":\" \"}");
}


static void
whole_numbers_are_integers(void **state)
{
    (void) state;

    cx("{\"sessionInfo\":{\"parameters\":{\"a\":1001.0,\"b\":7,"
       "\"c\":9007199254740992.0,\"d\":0.0}}}",
       "{\"a\":1001,\"b\":7,\"c\":9007199254740992,\"d\":0}");
}


static void
other_numbers_stay_what_they_are(void **state)
{
    (void) state;

    cx("{\"sessionInfo\":{\"parameters\":{\"a\":1.5,\"b\":-2.0,"
       "\"c\":9007199254740994.0}}}",
       "{\"a\":1.5,\"b\":-2.0,\"c\":9007199254740994.0}");
}


static void
the_language_of_the_talk_is_the_locale(void **state)
{
    (void) state;

    es("{\"queryResult\":{\"languageCode\":\"tr\"}}",
       "{\"locale\":\"tr\"}");
    cx("{\"languageCode\":\"th\"}", "{\"locale\":\"th\"}");
    cx("{\"languageCode\":7}", "{}");
}


static void
a_locale_among_the_parameters_goes_first(void **state)
{
    (void) state;

    cx("{\"languageCode\":\"en\","
       "\"sessionInfo\":{\"parameters\":{\"locale\":\"tr\"}}}",
       "{\"locale\":\"tr\"}");
}


static void
expect_session(const char *request, size_t len)
{
    json_t  *body;

    body = json_loads(request, JSON_ALLOW_NUL, NULL);
    assert_non_null(body);

    assert_int_equal(loyalty_dialogflow_session(body).len, len);

    json_decref(body);
}


static void
a_session_has_a_name_that_a_context_can_have(void **state)
{
    char  request[512], name[LOYALTY_SESSION_MAX + 2];

    (void) state;

    expect_session("{\"session\":\"projects/p/agent/sessions/1\"}", 27);
    expect_session("{\"session\":\"\"}", 0);
    expect_session("{\"session\":{}}", 0);
    expect_session("{}", 0);
    expect_session("{\"session\":\"a b\"}", 0);
    expect_session("{\"session\":\"a\\nb\"}", 0);
    expect_session("{\"session\":\"a\\u0000b\"}", 0);
    expect_session("{\"session\":\"a\\u00e9\"}", 0);

    memset(name, 'a', sizeof(name));
    name[LOYALTY_SESSION_MAX] = '\0';
    snprintf(request, sizeof(request), "{\"session\":\"%s\"}", name);
    expect_session(request, LOYALTY_SESSION_MAX);

    name[LOYALTY_SESSION_MAX] = 'a';
    name[LOYALTY_SESSION_MAX + 1] = '\0';
    snprintf(request, sizeof(request), "{\"session\":\"%s\"}", name);
    expect_session(request, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(each_edition_has_its_place_for_parameters),
        cmocka_unit_test(a_body_without_them_has_none),
        cmocka_unit_test(what_is_not_filled_in_is_absent),
        cmocka_unit_test(whole_numbers_are_integers),
        cmocka_unit_test(other_numbers_stay_what_they_are),
        cmocka_unit_test(the_language_of_the_talk_is_the_locale),
        cmocka_unit_test(a_locale_among_the_parameters_goes_first),
        cmocka_unit_test(a_session_has_a_name_that_a_context_can_have)
    };

    return cmocka_run_group_tests_name("dialogflow", tests, NULL, NULL);
}
