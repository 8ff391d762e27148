
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <webhook_fixture.h>

#include <stdio.h>


static void
woocommerce_signature_is_verified(void **state)
{
    scene_t  scene;

    (void) state;

    set_up_woocommerce(&scene);
    expect_event(&scene, "727", "");
}


static void
shopify_signature_is_verified(void **state)
{
    scene_t  scene;

    (void) state;

    set_up(&scene, "shopify", SHOPIFY_SECRET);
    scene.request.headers[0] = text(SHOPIFY_SIGNATURE);
    scene.request.body = text(SHOPIFY_BODY);

    expect_event(&scene, "#1001", "jon@example.com");
}


static void
standard_signature_is_verified(void **state)
{
    scene_t  scene;

    (void) state;

    set_up_standard(&scene);
    expect_event(&scene, "2432232314", "");
}


static void
standard_secret_without_prefix_is_the_key_itself(void **state)
{
    scene_t              scene;
    static const char    secret[] = "bigcommerce-client-secret";
    static const char    body[] = "{\"data\":{\"type\":\"order\",\"id\":42}}";
    const char          *content;

    (void) state;

    set_up(&scene, "standard", secret);
    content = "evt-1." STANDARD_TIMESTAMP
              ".{\"data\":{\"type\":\"order\",\"id\":42}}";
    sign(&scene, text(content), "v1,");

    scene.webhook.number = text("/data/id");
    scene.request.headers[0] = text("evt-1");
    scene.request.headers[1] = text(STANDARD_TIMESTAMP);
    scene.request.headers[2] = text(scene.signature);
    scene.request.body = text(body);

    expect_event(&scene, "42", "");
}


static void
each_of_two_secrets_is_good_during_rotation(void **state)
{
    scene_t  scene;

    (void) state;

    set_up_woocommerce(&scene);
    add_key(&scene, "the old secret");
    expect(&scene, LOYALTY_WEBHOOK_GOOD);

    set_up(&scene, "woocommerce", "the new secret");
    add_key(&scene, WOO_SECRET);
    scene.request.headers[0] = text(WOO_SIGNATURE);
    scene.request.body = text(WOO_BODY);
    expect(&scene, LOYALTY_WEBHOOK_GOOD);
}


static void
another_secret_is_refused(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *secrets[] = {
        "wc_secreT", "wc_secre", "wc_secret ", "wc_secret\n", "x"
    };

    (void) state;

    for (i = 0; i < elements_of(secrets); i++) {
        set_up(&scene, "woocommerce", secrets[i]);
        add_key(&scene, "neither this");
        scene.request.headers[0] = text(WOO_SIGNATURE);
        scene.request.body = text(WOO_BODY);

        expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);
    }
}


static void
a_signature_is_good_for_its_body_only(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *bodies[] = {
        "", "{}", WOO_BODY " ", WOO_BODY "\n", " " WOO_BODY,
        "{\"id\":728}"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        set_up_woocommerce(&scene);
        scene.request.body = text(bodies[i]);

        expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);
    }

    /* nor for a part of it */

    set_up_woocommerce(&scene);
    scene.request.body.len--;
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);
}


static void
a_signature_is_taken_as_it_is_written_only(void **state)
{
    size_t   i;
    scene_t  scene;

    /*
     * cut short, without padding, padded twice, with bits behind its end,
     * with blanks, in the alphabet of URLs, in hexadecimal, twice
     */

    static const char  *signatures[] = {
        "", "=", "AYtw", "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+==",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E==",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+F=",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+G=",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+H=",
        " AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E=",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E= ",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E=\n",
        "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB-E=",
        "aytw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E=",
        "v1,AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E=",
        "018b70d40a27cdf1dde257657915aa4ba91f7e773b30207ae1e8f248ab6907e1",
        WOO_SIGNATURE WOO_SIGNATURE, WOO_SIGNATURE " " WOO_SIGNATURE
    };

    (void) state;

    for (i = 0; i < elements_of(signatures); i++) {
        set_up_woocommerce(&scene);
        scene.request.headers[0] = text(signatures[i]);

        if (read_event(&scene) != LOYALTY_WEBHOOK_BAD_SIGNATURE) {
            fail_msg("\"%s\" is taken", signatures[i]);
        }
    }
}


static void
every_changed_character_of_a_signature_counts(void **state)
{
    char     signature[] = WOO_SIGNATURE;
    size_t   i;
    scene_t  scene;

    (void) state;

    for (i = 0; i < sizeof(signature) - 1; i++) {
        set_up_woocommerce(&scene);
        scene.request.headers[0] = text(signature);

        signature[i] ^= 1;
        expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);

        signature[i] ^= 1;
        expect(&scene, LOYALTY_WEBHOOK_GOOD);
    }
}


static void
without_its_header_an_event_is_unsigned(void **state)
{
    size_t   i;
    scene_t  scene;

    (void) state;

    set_up_woocommerce(&scene);
    scene.request.headers[0] = text(NULL);

    /* where another format has it */

    scene.request.headers[2] = text(WOO_SIGNATURE);
    expect(&scene, LOYALTY_WEBHOOK_UNSIGNED);

    for (i = 0; i < LOYALTY_WEBHOOK_HEADERS; i++) {
        set_up_standard(&scene);
        scene.request.headers[i] = text(NULL);
        expect(&scene, LOYALTY_WEBHOOK_UNSIGNED);
    }
}


static void
standard_time_may_be_five_minutes_off(void **state)
{
    size_t   i;
    scene_t  scene;

    static const struct {
        int                offset;
        loyalty_webhook_e  expected;
    } cases[] = {
        { 0, LOYALTY_WEBHOOK_GOOD },
        { 300, LOYALTY_WEBHOOK_GOOD },
        { -300, LOYALTY_WEBHOOK_GOOD },
        { 301, LOYALTY_WEBHOOK_BAD_SIGNATURE },
        { -301, LOYALTY_WEBHOOK_BAD_SIGNATURE },
        { 86400, LOYALTY_WEBHOOK_BAD_SIGNATURE },
        { -86400, LOYALTY_WEBHOOK_BAD_SIGNATURE }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        set_up_standard(&scene);
        scene.request.now = STANDARD_TIME + cases[i].offset;

        expect(&scene, cases[i].expected);
    }
}


static void
standard_id_and_time_are_signed(void **state)
{
    scene_t  scene;

    (void) state;

    set_up_standard(&scene);
    scene.request.headers[0] = text("msg_p5jXN8AQM9LWM0D4loKWxJel");
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);

    set_up_standard(&scene);
    scene.request.headers[1] = text("1614265331");
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);

    set_up_standard(&scene);
    scene.request.headers[1] = text("01614265330");
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);
}


static void
standard_time_is_digits(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *times[] = {
        "", " ", "now", "-1614265330", "+1614265330", "1614265330.0",
        "1614265330 ", "0x60379fb2", "1.61e9", "9223372036854775808",
        "99999999999999999999999999999999"
    };

    (void) state;

    for (i = 0; i < elements_of(times); i++) {
        set_up_standard(&scene);
        scene.request.headers[1] = text(times[i]);

        expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);
    }
}


/* "a.1614265330.{...}" of id "a" is also time "1614265330" of id "a.1". */

static void
standard_content_is_cut_in_one_way_only(void **state)
{
    scene_t  scene;

    (void) state;

    set_up(&scene, "standard", STANDARD_SECRET);
    sign(&scene, text("a.5.1614265330.[7]"), "v1,");

    scene.webhook.number = text("/0");
    scene.request.headers[0] = text("a.5");
    scene.request.headers[1] = text(STANDARD_TIMESTAMP);
    scene.request.headers[2] = text(scene.signature);
    scene.request.body = text("[7]");
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);

    sign(&scene, text(".1614265330.[7]"), "v1,");
    scene.request.headers[0] = text("");
    expect(&scene, LOYALTY_WEBHOOK_BAD_SIGNATURE);

    sign(&scene, text("a.1614265330.[7]"), "v1,");
    scene.request.headers[0] = text("a");
    expect_event(&scene, "7", "");
}


static void
standard_signature_may_be_anywhere_in_the_list(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  other[] =
        "v1,AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E=";

    static const char  *formats[] = {
        "%1$s %2$s", "%2$s %1$s", "%2$s %1$s %2$s", " %1$s", "%1$s ",
        "%2$s  %1$s", "v1 %1$s", "v1, %1$s", "v1a,hnO3f9T8Ytu9 %1$s",
        "v2,x v3 %1$s"
    };

    char  list[256];

    (void) state;

    for (i = 0; i < elements_of(formats); i++) {
        snprintf(list, sizeof(list), formats[i], STANDARD_SIGNATURE, other);

        set_up_standard(&scene);
        scene.request.headers[2] = text(list);

        if (read_event(&scene) != LOYALTY_WEBHOOK_GOOD) {
            fail_msg("\"%s\" is refused", list);
        }
    }
}


static void
standard_signature_of_another_version_is_refused(void **state)
{
    size_t   i;
    scene_t  scene;

    static const char  *lists[] = {
        "", " ", "v1", "v1,", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1=g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1, g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=,v1a,x"
    };

    (void) state;

    for (i = 0; i < elements_of(lists); i++) {
        set_up_standard(&scene);
        scene.request.headers[2] = text(lists[i]);

        if (read_event(&scene) != LOYALTY_WEBHOOK_BAD_SIGNATURE) {
            fail_msg("\"%s\" is taken", lists[i]);
        }
    }
}


static void
encoded_secrets_are_decoded(void **state)
{
    size_t                           i, len;
    char                             key[64];
    const loyalty_webhook_format_t  *format;

    static const struct {
        const char  *secret;
        const char  *key;
    } cases[] = {
        { "whsec_MDEyMzQ1Njc4OWFiY2RlZg==", "0123456789abcdef" },
        { "whsec_MDEyMzQ1Njc4OWFiY2RlZmc=", "0123456789abcdefg" },
        { "whsec_MDEyMzQ1Njc4OWFiY2RlZmdo", "0123456789abcdefgh" },
        { "MDEyMzQ1Njc4OWFiY2RlZg==", "MDEyMzQ1Njc4OWFiY2RlZg==" },
        { "WHSEC_MDEy", "WHSEC_MDEy" },
        { "whsec", "whsec" }
    };

    (void) state;

    format = loyalty_webhook_format_find(text("standard"));

    for (i = 0; i < elements_of(cases); i++) {
        assert_int_equal(loyalty_webhook_key(format, text(cases[i].secret),
                                             key, &len),
                         LOYALTY_OK);
        assert_int_equal(len, strlen(cases[i].key));
        assert_memory_equal(key, cases[i].key, len);
    }
}


static void
encoded_secrets_must_be_exact_base64(void **state)
{
    size_t                           i, len;
    char                             key[64];
    const loyalty_webhook_format_t  *format;

    static const char  *secrets[] = {
        "", "whsec_", "whsec_M", "whsec_MDE", "whsec_====", "whsec_M===",
        "whsec_MDEyMzQ1Njc4OWFiY2RlZh==", "whsec_MDEyMzQ1Njc4OWFiY2RlZmd=",
        "whsec_ MDEyMzQ1Njc4OWFiY2RlZg==", "whsec_MDEyMzQ1Njc4OWFiY2RlZg==\n",
        "whsec_MDEy ", "whsec_MDEy    ", "whsec_    MDEy", "whsec_MDE=MDEy",
        "whsec_MD==MDEy", "whsec_MDE-", "whsec_MDE_", "whsec_MDE\xc3",
        "whsec_=DEy", "whsec_MDEyM===", "whsec_MDEy----"
    };

    (void) state;

    format = loyalty_webhook_format_find(text("standard"));

    for (i = 0; i < elements_of(secrets); i++) {
        if (loyalty_webhook_key(format, text(secrets[i]), key, &len)
            != LOYALTY_ERROR)
        {
            fail_msg("\"%s\" is taken", secrets[i]);
        }
    }
}


static void
secrets_of_other_formats_are_never_decoded(void **state)
{
    size_t                           len;
    char                             key[64];
    const loyalty_webhook_format_t  *format;

    (void) state;

    format = loyalty_webhook_format_find(text("shopify"));

    assert_int_equal(loyalty_webhook_key(format, text(STANDARD_SECRET), key,
                                         &len),
                     LOYALTY_OK);
    assert_int_equal(len, strlen(STANDARD_SECRET));
    assert_memory_equal(key, STANDARD_SECRET, len);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(woocommerce_signature_is_verified),
        cmocka_unit_test(shopify_signature_is_verified),
        cmocka_unit_test(standard_signature_is_verified),
        cmocka_unit_test(standard_secret_without_prefix_is_the_key_itself),
        cmocka_unit_test(each_of_two_secrets_is_good_during_rotation),
        cmocka_unit_test(another_secret_is_refused),
        cmocka_unit_test(a_signature_is_good_for_its_body_only),
        cmocka_unit_test(a_signature_is_taken_as_it_is_written_only),
        cmocka_unit_test(every_changed_character_of_a_signature_counts),
        cmocka_unit_test(without_its_header_an_event_is_unsigned),
        cmocka_unit_test(standard_time_may_be_five_minutes_off),
        cmocka_unit_test(standard_id_and_time_are_signed),
        cmocka_unit_test(standard_time_is_digits),
        cmocka_unit_test(standard_content_is_cut_in_one_way_only),
        cmocka_unit_test(standard_signature_may_be_anywhere_in_the_list),
        cmocka_unit_test(standard_signature_of_another_version_is_refused),
        cmocka_unit_test(encoded_secrets_are_decoded),
        cmocka_unit_test(encoded_secrets_must_be_exact_base64),
        cmocka_unit_test(secrets_of_other_formats_are_never_decoded)
    };

    return cmocka_run_group_tests_name("webhook_signature", tests, NULL, NULL);
}
