
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <webhook_fixture.h>

#include <openssl/evp.h>
#include <stdlib.h>


void
add_key(scene_t *scene, const char *secret)
{
    char    *key;
    size_t   n;

    n = scene->webhook.nkeys++;
    key = scene->keys[n];

    assert_true(n < LOYALTY_WEBHOOK_KEYS && strlen(secret) <= 64);
    assert_int_equal(loyalty_webhook_key(scene->webhook.format, text(secret),
                                         key, &scene->webhook.keys[n].len),
                     LOYALTY_OK);

    scene->webhook.keys[n].data = key;
}


void
set_up(scene_t *scene, const char *format, const char *secret)
{
    memset(scene, 0, sizeof(scene_t));

    scene->webhook.format = loyalty_webhook_format_find(text(format));
    assert_non_null(scene->webhook.format);

    scene->webhook.number = scene->webhook.format->number;
    scene->webhook.email = scene->webhook.format->email;
    scene->request.now = STANDARD_TIME;

    add_key(scene, secret);
}


void
set_up_woocommerce(scene_t *scene)
{
    set_up(scene, "woocommerce", WOO_SECRET);

    scene->request.headers[0] = text(WOO_SIGNATURE);
    scene->request.body = text(WOO_BODY);
}


void
set_up_standard(scene_t *scene)
{
    set_up(scene, "standard", STANDARD_SECRET);

    scene->webhook.number = text("/test");
    scene->request.headers[0] = text(STANDARD_ID);
    scene->request.headers[1] = text(STANDARD_TIMESTAMP);
    scene->request.headers[2] = text(STANDARD_SIGNATURE);
    scene->request.body = text(STANDARD_BODY);
}


void
sign(scene_t *scene, loyalty_str_t signed_text, const char *prefix)
{
    size_t          len;
    loyalty_str_t   key;
    unsigned char   digest[EVP_MAX_MD_SIZE];

    key = scene->webhook.keys[0];

    assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key.data,
                              key.len,
                              (const unsigned char *) signed_text.data,
                              signed_text.len, digest, sizeof(digest), &len));

    strcpy(scene->signature, prefix);
    EVP_EncodeBlock((unsigned char *) scene->signature + strlen(prefix),
                    digest, (int) len);
}


void
send_signed(scene_t *scene, const char *format, loyalty_str_t body)
{
    set_up(scene, format, WOO_SECRET);
    sign(scene, body, "");

    scene->request.headers[0] = text(scene->signature);
    scene->request.body = body;
}


/* What is read, as long as it is, so that a sanitizer sees its ends. */

static loyalty_str_t
copy_exactly(loyalty_str_t str)
{
    char           *data;
    loyalty_str_t   copy;

    copy.data = NULL;
    copy.len = str.len;

    if (str.data != NULL) {
        data = malloc(str.len);
        assert_true(data != NULL || str.len == 0);

        if (str.len > 0) {
            memcpy(data, str.data, str.len);
        }

        copy.data = data;
    }

    return copy;
}


loyalty_webhook_e
read_event(scene_t *scene)
{
    size_t                     i;
    loyalty_webhook_e          rc;
    loyalty_webhook_request_t  exact;

    exact = scene->request;
    exact.body = copy_exactly(scene->request.body);

    for (i = 0; i < LOYALTY_WEBHOOK_HEADERS; i++) {
        exact.headers[i] = copy_exactly(scene->request.headers[i]);
    }

    memset(&scene->event, 0x55, sizeof(loyalty_webhook_event_t));

    rc = loyalty_webhook_read(&scene->webhook, &exact, &scene->event);

    free((char *) exact.body.data);

    for (i = 0; i < LOYALTY_WEBHOOK_HEADERS; i++) {
        free((char *) exact.headers[i].data);
    }

    return rc;
}


void
expect(scene_t *scene, loyalty_webhook_e expected)
{
    loyalty_webhook_e  rc;

    rc = read_event(scene);

    if (rc != expected) {
        fail_msg("%d instead of %d for \"%.*s\": %s", rc, expected,
                 (int) scene->request.body.len, scene->request.body.data,
                 scene->event.why ? scene->event.why : "");
    }

    if (rc != LOYALTY_WEBHOOK_GOOD) {
        assert_int_equal(scene->event.number_len, 0);
        assert_int_equal(scene->event.email_len, 0);
    }

    assert_int_equal(scene->event.why == NULL, rc == LOYALTY_WEBHOOK_GOOD
                                               || rc == LOYALTY_WEBHOOK_PING);
}


void
expect_event(scene_t *scene, const char *number, const char *email)
{
    loyalty_str_t  is;

    expect(scene, LOYALTY_WEBHOOK_GOOD);

    is.data = scene->event.number;
    is.len = scene->event.number_len;
    assert_true(loyalty_str_equal(is, text(number)));

    is.data = scene->event.email;
    is.len = scene->event.email_len;
    assert_true(loyalty_str_equal(is, text(email)));
}
