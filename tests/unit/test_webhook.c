
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <webhook_fixture.h>


#define DIGITS  "0123456789"


static void
formats_are_found_by_their_names(void **state)
{
    size_t  i;

    static const char  *names[] = { "woocommerce", "shopify", "standard" };
    static const char  *others[] = { "", "woo", "Shopify", "standard " };

    (void) state;

    for (i = 0; i < elements_of(names); i++) {
        assert_non_null(loyalty_webhook_format_find(text(names[i])));
    }

    for (i = 0; i < elements_of(others); i++) {
        assert_null(loyalty_webhook_format_find(text(others[i])));
    }
}


static void
ping_of_woocommerce_needs_no_signature(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *pings[] = {
        "webhook_id=1", "webhook_id=0", "webhook_id=9223372036854775807"
    };

    (void) state;

    for (i = 0; i < elements_of(pings); i++) {
        set_up_woocommerce(&scene);
        scene.request.headers[0] = text(NULL);
        scene.request.body = text(pings[i]);

        expect(&scene, LOYALTY_WEBHOOK_PING);
    }
}


static void
nothing_else_passes_for_a_ping(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *bodies[] = {
        "", "webhook_id", "webhook_id=", "webhook_id=-1", "webhook_id=1 ",
        "webhook_id=1&number=727", "webhook_id=1x", "webhook_ids=1",
        "WEBHOOK_ID=1", " webhook_id=1", "webhook_id=%31", "{}", WOO_BODY,
        "webhook_id=11111111111111111111111111111111111111111111111111"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        set_up_woocommerce(&scene);
        scene.request.headers[0] = text(NULL);
        scene.request.body = text(bodies[i]);

        expect(&scene, LOYALTY_WEBHOOK_UNSIGNED);
    }

    /* nor does a wrong signature, or another format's event */

    set_up_woocommerce(&scene);
    scene.request.body = text("webhook_id=1");
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);

    set_up(&scene, "shopify", SHOPIFY_SECRET);
    scene.request.body = text("webhook_id=1");
    expect(&scene, LOYALTY_WEBHOOK_UNSIGNED);
}


static void
order_numbers_are_texts_or_integers(void **state)
{
    size_t   i;
    scene_t  scene;

    static const struct {
        const char  *body;
        const char  *number;
    } cases[] = {
        { "{\"number\":\"727\"}", "727" },
        { "{\"number\":727}", "727" },
        { "{\"number\":0}", "0" },
        { "{\"number\":\"0727\"}", "0727" },
        { "{\"number\":\"SHOP-1_a.b\"}", "SHOP-1_a.b" },
        { "{\"number\":9223372036854775807}", "9223372036854775807" },
        { "{\"number\":\"99999999999999999999999999999999\"}",
          "99999999999999999999999999999999" },
        { "{\"number\":\"" DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS "0123\"}",
          DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS "0123" }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        send_signed(&scene, "woocommerce", text(cases[i].body));
        expect_event(&scene, cases[i].number, "");
    }
}


static void
what_has_no_order_number_is_ignored(void **state)
{
    size_t   i;
    scene_t  scene;

    /* a deleted order, a product, and what can be no number */

    static const char  *bodies[] = {
        "{\"id\":727}", "{\"id\":5,\"name\":\"Scarf\",\"price\":\"9.00\"}",
        "{}", "[]", "[{\"number\":\"727\"}]", "{\"number\":null}",
        "{\"number\":\"\"}", "{\"number\":-1}", "{\"number\":7.5}",
        "{\"number\":7e2}", "{\"number\":true}", "{\"number\":[727]}",
        "{\"number\":{\"id\":727}}", "{\"number\":\"72 7\"}",
        "{\"number\":\"727\\n\"}", "{\"number\":\"727\\u0000\"}",
        "{\"number\":\"..\"}", "{\"number\":\"../../users\"}",
        "{\"number\":\"\\u0667\"}",
        "{\"number\":\"" DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS "01234\"}"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        send_signed(&scene, "woocommerce", text(bodies[i]));
        expect(&scene, LOYALTY_WEBHOOK_IGNORED);
    }
}


static void
emails_are_normalised(void **state)
{
    scene_t  scene;

    (void) state;

    send_signed(&scene, "woocommerce",
                text("{\"number\":\"1\",\"billing\":"
                     "{\"email\":\" Ann.LEE@Example.COM \"}}"));
    expect_event(&scene, "1", "ann.lee@example.com");
}


static void
an_event_without_a_good_email_is_good(void **state)
{
    size_t   i, j;
    scene_t  scene;

    static const char  *bodies[] = {
        "{\"number\":\"1\"}", "{\"number\":\"1\",\"billing\":null}",
        "{\"number\":\"1\",\"billing\":{}}",
        "{\"number\":\"1\",\"billing\":{\"email\":null}}",
        "{\"number\":\"1\",\"billing\":{\"email\":\"\"}}",
        "{\"number\":\"1\",\"billing\":{\"email\":7}}",
        "{\"number\":\"1\",\"billing\":{\"email\":[\"a@b\"]}}",
        "{\"number\":\"1\",\"billing\":{\"email\":\"abcdefgh@b,c\"}}",
        "{\"number\":\"1\",\"billing\":{\"email\":\"a@b.c\\u0000\"}}"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        send_signed(&scene, "woocommerce", text(bodies[i]));
        expect_event(&scene, "1", "");

        for (j = 0; j < LOYALTY_EMAIL_MAX; j++) {
            assert_int_equal(scene.event.email[j], 0);
        }
    }
}


static void
pointers_that_are_configured_count(void **state)
{
    scene_t      scene;
    const char  *body = "{\"number\":\"1\",\"email\":\"a@b.c\",\"order\":"
                        "{\"ref\":\"A-7\",\"buyers\":[\"d@e.f\"]}}";

    (void) state;

    send_signed(&scene, "woocommerce", text(body));
    scene.webhook.number = text("/order/ref");
    scene.webhook.email = text("/order/buyers/0");
    expect_event(&scene, "A-7", "d@e.f");

    scene.webhook.email = text(NULL);
    expect_event(&scene, "A-7", "");
}


static void
what_is_signed_and_no_json_is_a_bad_body(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *bodies[] = {
        "", " ", "null", "7", "\"727\"", "{", "{\"number\":\"727\"",
        "{\"number\":\"727\"} x", "{\"number\":\"727\",}", "{number:727}",
        "{'number':'727'}", "<order><number>727</number></order>",
        "webhook_id=1", "{\"number\":\"\xff\"}", "\xef\xbb\xbf{}",
        "{\"number\":99999999999999999999}", "{\"number\":1e999}"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        send_signed(&scene, "woocommerce", text(bodies[i]));
        expect(&scene, LOYALTY_WEBHOOK_BAD_BODY);
    }
}


static void
a_body_with_a_name_twice_is_bad(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *bodies[] = {
        "{\"number\":\"1\",\"number\":\"2\"}",
        "{\"number\":\"1\",\"numb\\u0065r\":\"1\"}",
        "{\"number\":\"1\",\"billing\":{\"email\":\"a@b\",\"email\":\"c@d\"}}"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        send_signed(&scene, "woocommerce", text(bodies[i]));
        expect(&scene, LOYALTY_WEBHOOK_BAD_BODY);
    }
}


/* Or any shopper could have a store end its webhook. */

static void
a_nul_in_some_text_does_not_spoil_an_event(void **state)
{
    scene_t  scene;

    (void) state;

    send_signed(&scene, "woocommerce",
                text("{\"number\":\"1\",\"customer_note\":\"x\\u0000\"}"));
    expect_event(&scene, "1", "");
}


static void
a_body_nested_too_deep_is_bad(void **state)
{
    char           body[20000];
    scene_t        scene;
    loyalty_str_t  nested;

    (void) state;

    memset(body, '[', sizeof(body));
    nested.data = body;
    nested.len = sizeof(body);

    send_signed(&scene, "woocommerce", nested);

    assert_int_equal(read_event(&scene), LOYALTY_WEBHOOK_BAD_BODY);
}


static void
an_unsigned_body_is_not_even_read(void **state)
{
    scene_t  scene;

    (void) state;

    set_up_woocommerce(&scene);
    scene.request.body = text("{");
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);

    scene.request.headers[0] = text(NULL);
    expect(&scene, LOYALTY_WEBHOOK_UNSIGNED);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(formats_are_found_by_their_names),
        cmocka_unit_test(ping_of_woocommerce_needs_no_signature),
        cmocka_unit_test(nothing_else_passes_for_a_ping),
        cmocka_unit_test(order_numbers_are_texts_or_integers),
        cmocka_unit_test(what_has_no_order_number_is_ignored),
        cmocka_unit_test(emails_are_normalised),
        cmocka_unit_test(an_event_without_a_good_email_is_good),
        cmocka_unit_test(pointers_that_are_configured_count),
        cmocka_unit_test(what_is_signed_and_no_json_is_a_bad_body),
        cmocka_unit_test(a_body_with_a_name_twice_is_bad),
        cmocka_unit_test(a_nul_in_some_text_does_not_spoil_an_event),
        cmocka_unit_test(a_body_nested_too_deep_is_bad),
        cmocka_unit_test(an_unsigned_body_is_not_even_read)
    };

    return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}
