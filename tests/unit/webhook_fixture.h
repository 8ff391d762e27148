
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _WEBHOOK_FIXTURE_H_INCLUDED_
#define _WEBHOOK_FIXTURE_H_INCLUDED_


#include <loyalty_test.h>
#include <loyalty_webhook.h>


#define WOO_SECRET      "wc_secret"
#define WOO_BODY                                                              \
    "{\"id\":727,\"number\":\"727\",\"status\":\"processing\","               \
    "\"total\":\"29.35\"}"
#define WOO_SIGNATURE   "AYtw1AonzfHd4ldleRWqS6kffnc7MCB64ejySKtpB+E="

#define SHOPIFY_SECRET  "hush_hush_hush_hush"
#define SHOPIFY_BODY                                                          \
    "{\"id\":820982911946154508,\"name\":\"#1001\","                          \
    "\"email\":\"Jon@Example.com\"}"
#define SHOPIFY_SIGNATURE  "Og5gdhfc4imM6Ts/5sBYW1VPjyT+zC1gCrETljggj40="

/* the example of the reference libraries of Standard Webhooks */

#define STANDARD_SECRET     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define STANDARD_ID         "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define STANDARD_TIMESTAMP  "1614265330"
#define STANDARD_TIME       1614265330
#define STANDARD_BODY       "{\"test\": 2432232314}"
#define STANDARD_SIGNATURE  "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


/* A store's webhook, what came for it, and what was read. */

typedef struct {
    loyalty_webhook_t          webhook;
    loyalty_webhook_request_t  request;
    loyalty_webhook_event_t    event;
    char                       keys[LOYALTY_WEBHOOK_KEYS][64];
    char                       signature[64];
} scene_t;


/* A webhook of the format with this one secret; no request yet. */
void set_up(scene_t *scene, const char *format, const char *secret);

/* The published examples, with all that makes them good. */
void set_up_woocommerce(scene_t *scene);
void set_up_standard(scene_t *scene);

/* One more secret that is good. */
void add_key(scene_t *scene, const char *secret);

/*
 * Puts the text's signature, of the first key, into scene->signature, behind
 * the prefix: made by another function than that of the code under test.
 */
void sign(scene_t *scene, loyalty_str_t signed_text, const char *prefix);

/* A webhook of the format that got a body with a good signature. */
void send_signed(scene_t *scene, const char *format, loyalty_str_t body);

/* Reads into scene->event. */
loyalty_webhook_e read_event(scene_t *scene);

/* Reads, and fails the test unless it comes to this. */
void expect(scene_t *scene, loyalty_webhook_e expected);
void expect_event(scene_t *scene, const char *number, const char *email);


#endif /* _WEBHOOK_FIXTURE_H_INCLUDED_ */
