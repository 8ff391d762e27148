
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>

#include <loyalty_accept.h>


static void
browsers_want_the_page(void **state)
{
    size_t  i;

    static const char  *headers[] = {
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html",
        " TEXT/HTML ; q=1.0 , */*",
        "text/html;charset=utf-8;q=0.2",
        "text/html;q=0.001",
        "application/json;q=0.5, text/html;q=0.6",
        "application/json;q=0, text/html;q=0.1",
        "text/html;q=x"
    };

    (void) state;

    for (i = 0; i < elements_of(headers); i++) {
        assert_true(loyalty_accept_page(text(headers[i])));
    }
}


static void
programs_want_json(void **state)
{
    size_t  i;

    static const char  *headers[] = {
        "", "*/*", "application/json", "application/json, text/plain, */*",
        "text/html, application/json", "application/json,text/html;q=0.9",
        "text/html;q=0", "text/html;q=0.000, */*", "text/*", "text/htmlx",
        "text/html+xml", ",,;;,", "application/problem+json"
    };

    (void) state;

    for (i = 0; i < elements_of(headers); i++) {
        assert_false(loyalty_accept_page(text(headers[i])));
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(browsers_want_the_page),
        cmocka_unit_test(programs_want_json)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
