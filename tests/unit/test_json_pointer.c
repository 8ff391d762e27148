
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_json_pointer.h>

#include <jansson.h>


/* RFC 6901, section 5 */

static const char  rfc_document[] =
    "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, "
    "\"e^f\": 3, \"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, "
    "\"m~n\": 8}";

static const char  order_document[] =
    "{\"order\": {\"email\": null, \"total\": 5, \"lines\": [{\"sku\": 1}, "
    "null], \"none\": []}, \"~1\": \"tilde one\", \"data\": null}";


static int
load(void **state, const char *document)
{
    *state = json_loads(document, 0, NULL);

    return (*state == NULL) ? -1 : 0;
}


static int
load_rfc_document(void **state)
{
    return load(state, rfc_document);
}


static int
load_order_document(void **state)
{
    return load(state, order_document);
}


static int
unload(void **state)
{
    json_decref(*state);

    return 0;
}


static void
expect(json_t *root, const char *pointer, loyalty_pointer_e expected)
{
    json_t             *value;
    loyalty_pointer_e   found;

    value = NULL;

    found = loyalty_json_pointer_resolve(root, text(pointer), &value);

    if (found != expected) {
        fail_msg("\"%s\" gives %d instead of %d", pointer, found, expected);
    }

    assert_int_equal(value != NULL, expected == LOYALTY_POINTER_FOUND);
}


static void
pointers_are_checked_for_their_form(void **state)
{
    size_t  i;

    static const char  *good[] = {
        "", "/", "/a", "/a/b", "//", "/~0", "/~1", "/~01", "/a~1b/0", "/ "
    };

    static const char  *bad[] = {
        "a", "a/b", "#/a", "~0", "/~", "/a~", "/~2", "/a~/b", "/~~0", " /a"
    };

    (void) state;

    for (i = 0; i < elements_of(good); i++) {
        if (loyalty_json_pointer_check(text(good[i])) != LOYALTY_OK) {
            fail_msg("\"%s\" is refused", good[i]);
        }
    }

    for (i = 0; i < elements_of(bad); i++) {
        if (loyalty_json_pointer_check(text(bad[i])) != LOYALTY_ERROR) {
            fail_msg("\"%s\" is taken", bad[i]);
        }
    }
}


static void
examples_of_the_rfc_resolve(void **state)
{
    size_t   i;
    json_t  *value;

    static const struct {
        const char  *pointer;
        int          value;
    } cases[] = {
        { "/", 0 }, { "/a~1b", 1 }, { "/c%d", 2 }, { "/e^f", 3 },
        { "/g|h", 4 }, { "/i\\j", 5 }, { "/k\"l", 6 }, { "/ ", 7 },
        { "/m~0n", 8 }
    };

    for (i = 0; i < elements_of(cases); i++) {
        value = NULL;

        assert_int_equal(loyalty_json_pointer_resolve(*state,
                                                      text(cases[i].pointer),
                                                      &value),
                         LOYALTY_POINTER_FOUND);
        assert_true(json_is_integer(value));
        assert_int_equal(json_integer_value(value), cases[i].value);
    }
}


static void
the_empty_pointer_is_the_whole_document(void **state)
{
    json_t  *value;

    value = NULL;

    assert_int_equal(loyalty_json_pointer_resolve(*state, text(""), &value),
                     LOYALTY_POINTER_FOUND);
    assert_ptr_equal(value, *state);
}


static void
array_elements_go_by_their_index(void **state)
{
    json_t  *value;

    value = NULL;

    assert_int_equal(loyalty_json_pointer_resolve(*state, text("/foo/0"),
                                                  &value),
                     LOYALTY_POINTER_FOUND);
    assert_string_equal(json_string_value(value), "bar");

    assert_int_equal(loyalty_json_pointer_resolve(*state, text("/foo/1"),
                                                  &value),
                     LOYALTY_POINTER_FOUND);
    assert_string_equal(json_string_value(value), "baz");

    expect(*state, "/foo", LOYALTY_POINTER_FOUND);
}


static void
an_escaped_tilde_starts_no_other_escape(void **state)
{
    json_t  *value;

    value = NULL;

    assert_int_equal(loyalty_json_pointer_resolve(*state, text("/~01"),
                                                  &value),
                     LOYALTY_POINTER_FOUND);
    assert_string_equal(json_string_value(value), "tilde one");

    expect(*state, "/~1", LOYALTY_POINTER_MISSING);
    expect(*state, "/~0", LOYALTY_POINTER_MISSING);
    expect(*state, "/~011", LOYALTY_POINTER_MISSING);
}


static void
a_pointer_that_leads_nowhere_is_missing(void **state)
{
    size_t  i;

    static const char  *pointers[] = {
        "/orders", "/order/mail", "/order/", "/order/total/0",
        "/order/total/x", "/order/lines/0/sku/deep", "/order/lines/0/id",
        "/order/lines/x", "/order/lines/-", "/order/lines/", "/order/lines/-1",
        "/order/lines/00", "/order/lines/01", "/order/lines/1e0",
        "/order/lines/99999999999999999999x"
    };

    for (i = 0; i < elements_of(pointers); i++) {
        expect(*state, pointers[i], LOYALTY_POINTER_MISSING);
    }
}


static void
an_index_past_the_end_is_told_from_missing(void **state)
{
    size_t  i;

    static const char  *pointers[] = {
        "/order/lines/2", "/order/lines/2/sku", "/order/none/0",
        "/order/none/0/sku", "/order/lines/999999999",
        "/order/lines/4294967296", "/order/lines/18446744073709551616",
        "/order/lines/99999999999999999999999999999999"
    };

    for (i = 0; i < elements_of(pointers); i++) {
        expect(*state, pointers[i], LOYALTY_POINTER_PAST_END);
    }
}


static void
null_is_told_from_missing(void **state)
{
    size_t  i;

    static const char  *pointers[] = {
        "/order/email", "/order/email/address", "/order/email/0",
        "/order/lines/1", "/order/lines/1/sku", "/data", "/data/order/email"
    };

    for (i = 0; i < elements_of(pointers); i++) {
        expect(*state, pointers[i], LOYALTY_POINTER_NULL);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(pointers_are_checked_for_their_form),
        cmocka_unit_test_setup_teardown(examples_of_the_rfc_resolve,
                                        load_rfc_document, unload),
        cmocka_unit_test_setup_teardown(
            the_empty_pointer_is_the_whole_document, load_rfc_document,
            unload),
        cmocka_unit_test_setup_teardown(array_elements_go_by_their_index,
                                        load_rfc_document, unload),
        cmocka_unit_test_setup_teardown(
            an_escaped_tilde_starts_no_other_escape, load_order_document,
            unload),
        cmocka_unit_test_setup_teardown(
            a_pointer_that_leads_nowhere_is_missing, load_order_document,
            unload),
        cmocka_unit_test_setup_teardown(
            an_index_past_the_end_is_told_from_missing, load_order_document,
            unload),
        cmocka_unit_test_setup_teardown(null_is_told_from_missing,
                                        load_order_document, unload)
    };

    return cmocka_run_group_tests_name("json_pointer", tests, NULL, NULL);
}
