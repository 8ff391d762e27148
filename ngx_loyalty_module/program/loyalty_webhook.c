
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_json_pointer.h>
#include <loyalty_webhook.h>

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* An HMAC-SHA256 in base64. */

#define LOYALTY_SIGNATURE_LEN     44
#define LOYALTY_SIGNATURE_SIZE    (LOYALTY_SIGNATURE_LEN + 1)

/* No time that long overflows. */

#define LOYALTY_TIMESTAMP_LEN     18

#define LOYALTY_INTEGER_SIZE      21    /* "-9223372036854775808" */

#define LOYALTY_STANDARD_VERSION  "v1,"


/* The headers of Standard Webhooks, in the order of the table. */

enum {
    LOYALTY_STANDARD_ID = 0,
    LOYALTY_STANDARD_TIMESTAMP,
    LOYALTY_STANDARD_SIGNATURE
};


/* Whether a header has a signature in it. */

typedef int (*loyalty_webhook_match_pt)(loyalty_str_t header,
    const char *signature);


static int loyalty_webhook_decode(loyalty_str_t text, char *out, size_t *len);
static loyalty_webhook_e loyalty_webhook_body(
    const loyalty_webhook_t *webhook, const loyalty_webhook_request_t *request,
    const char **why);
static loyalty_webhook_e loyalty_webhook_woocommerce(
    const loyalty_webhook_t *webhook, const loyalty_webhook_request_t *request,
    const char **why);
static int loyalty_webhook_is_ping(loyalty_str_t body);
static loyalty_webhook_e loyalty_webhook_standard(
    const loyalty_webhook_t *webhook, const loyalty_webhook_request_t *request,
    const char **why);
static int loyalty_webhook_time(loyalty_str_t text, int64_t *time);
static loyalty_webhook_e loyalty_webhook_content(
    const loyalty_webhook_t *webhook, const loyalty_webhook_request_t *request,
    const char **why);
static loyalty_webhook_e loyalty_webhook_compare(
    const loyalty_webhook_t *webhook, loyalty_str_t text, loyalty_str_t header,
    loyalty_webhook_match_pt match, const char **why);
static int loyalty_webhook_sign(loyalty_str_t key, loyalty_str_t text,
    char *signature);
static int loyalty_webhook_equal(loyalty_str_t given, const char *signature);
static int loyalty_webhook_listed(loyalty_str_t list, const char *signature);
static loyalty_webhook_e loyalty_webhook_parse(
    const loyalty_webhook_t *webhook, loyalty_str_t body,
    loyalty_webhook_event_t *event);
static loyalty_webhook_e loyalty_webhook_number(
    const loyalty_webhook_t *webhook, json_t *root,
    loyalty_webhook_event_t *event);
static void loyalty_webhook_email(const loyalty_webhook_t *webhook,
    json_t *root, loyalty_webhook_event_t *event);


const loyalty_webhook_format_t  loyalty_webhook_formats[] = {

    { loyalty_string("woocommerce"),
      { loyalty_string("x-wc-webhook-signature"), { 0, NULL }, { 0, NULL } },
      loyalty_string("/number"),
      loyalty_string("/billing/email"),
      loyalty_string(""),
      loyalty_webhook_woocommerce },

    { loyalty_string("shopify"),
      { loyalty_string("x-shopify-hmac-sha256"), { 0, NULL }, { 0, NULL } },
      loyalty_string("/name"),
      loyalty_string("/email"),
      loyalty_string(""),
      loyalty_webhook_body },

    { loyalty_string("standard"),
      { loyalty_string("webhook-id"),
        loyalty_string("webhook-timestamp"),
        loyalty_string("webhook-signature") },
      { 0, NULL },
      { 0, NULL },
      loyalty_string("whsec_"),
      loyalty_webhook_standard },

    { { 0, NULL }, { { 0, NULL }, { 0, NULL }, { 0, NULL } }, { 0, NULL },
      { 0, NULL }, { 0, NULL }, NULL }
};


const loyalty_webhook_format_t *
loyalty_webhook_format_find(loyalty_str_t name)
{
    const loyalty_webhook_format_t  *format;

    for (format = loyalty_webhook_formats; format->name.len != 0; format++) {
        if (loyalty_str_equal(format->name, name)) {
            return format;
        }
    }

    return NULL;
}


int
loyalty_webhook_key(const loyalty_webhook_format_t *format,
    loyalty_str_t secret, char *out, size_t *len)
{
    loyalty_str_t  encoded;

    encoded = format->encoded;

    if (encoded.len != 0 && secret.len >= encoded.len
        && memcmp(secret.data, encoded.data, encoded.len) == 0)
    {
        secret.data += encoded.len;
        secret.len -= encoded.len;

        return loyalty_webhook_decode(secret, out, len);
    }

    if (secret.len == 0) {
        return LOYALTY_ERROR;
    }

    memcpy(out, secret.data, secret.len);
    *len = secret.len;

    return LOYALTY_OK;
}


/*
 * The library overlooks blanks around base64, padding inside of it and bits
 * that do not count: so what was decoded is encoded again and compared.
 */

static int
loyalty_webhook_decode(loyalty_str_t text, char *out, size_t *len)
{
    int            n;
    size_t         i, pad, size;
    unsigned char  group[5], *bytes;

    if (text.len == 0 || text.len % 4 != 0) {
        return LOYALTY_ERROR;
    }

    bytes = (unsigned char *) out;
    size = text.len / 4 * 3;

    n = EVP_DecodeBlock(bytes, (const unsigned char *) text.data,
                        (int) text.len);

    if (n < 0 || (size_t) n != size) {
        return LOYALTY_ERROR;
    }

    pad = (text.data[text.len - 1] == '=') + (text.data[text.len - 2] == '=');
    size -= pad;

    for (i = 0; i * 3 < size; i++) {
        n = (size - i * 3 < 3) ? (int) (size - i * 3) : 3;

        EVP_EncodeBlock(group, bytes + i * 3, n);

        if (memcmp(group, text.data + i * 4, 4) != 0) {
            return LOYALTY_ERROR;
        }
    }

    *len = size;

    return LOYALTY_OK;
}


loyalty_webhook_e
loyalty_webhook_read(const loyalty_webhook_t *webhook,
    const loyalty_webhook_request_t *request, loyalty_webhook_event_t *event)
{
    loyalty_webhook_e  rc;

    memset(event, 0, sizeof(loyalty_webhook_event_t));

    rc = webhook->format->verify(webhook, request, &event->why);

    if (rc != LOYALTY_WEBHOOK_GOOD) {
        return rc;
    }

    return loyalty_webhook_parse(webhook, request->body, event);
}


/* The one header has the signature of the body. */

static loyalty_webhook_e
loyalty_webhook_body(const loyalty_webhook_t *webhook,
    const loyalty_webhook_request_t *request, const char **why)
{
    if (request->headers[0].data == NULL) {
        *why = "the header with the signature is missing or there twice";
        return LOYALTY_WEBHOOK_UNSIGNED;
    }

    return loyalty_webhook_compare(webhook, request->body,
                                   request->headers[0], loyalty_webhook_equal,
                                   why);
}


/* A new webhook is tried by an unsigned form, which must get a 200. */

static loyalty_webhook_e
loyalty_webhook_woocommerce(const loyalty_webhook_t *webhook,
    const loyalty_webhook_request_t *request, const char **why)
{
    if (request->headers[0].data == NULL
        && loyalty_webhook_is_ping(request->body))
    {
        return LOYALTY_WEBHOOK_PING;
    }

    return loyalty_webhook_body(webhook, request, why);
}


static int
loyalty_webhook_is_ping(loyalty_str_t body)
{
    size_t                      i;
    static const loyalty_str_t  name = loyalty_string("webhook_id=");

    if (body.len <= name.len || body.len > name.len + LOYALTY_INTEGER_SIZE
        || memcmp(body.data, name.data, name.len) != 0)
    {
        return 0;
    }

    for (i = name.len; i < body.len; i++) {
        if (body.data[i] < '0' || body.data[i] > '9') {
            return 0;
        }
    }

    return 1;
}


/*
 * Standard Webhooks 1.0.0.  With a full stop in the id, one signature would
 * fit several ways to cut what was signed into id, time and body.
 */

static loyalty_webhook_e
loyalty_webhook_standard(const loyalty_webhook_t *webhook,
    const loyalty_webhook_request_t *request, const char **why)
{
    int64_t        time;
    loyalty_str_t  id, timestamp;

    id = request->headers[LOYALTY_STANDARD_ID];
    timestamp = request->headers[LOYALTY_STANDARD_TIMESTAMP];

    if (id.data == NULL || timestamp.data == NULL
        || request->headers[LOYALTY_STANDARD_SIGNATURE].data == NULL)
    {
        *why = "webhook-id, webhook-timestamp or webhook-signature is "
               "missing or there twice";
        return LOYALTY_WEBHOOK_UNSIGNED;
    }

    if (id.len == 0 || memchr(id.data, '.', id.len) != NULL
        || loyalty_webhook_time(timestamp, &time) != LOYALTY_OK)
    {
        *why = "webhook-id is empty or has a full stop, or "
               "webhook-timestamp is no number of seconds";
        return LOYALTY_WEBHOOK_BAD_SIGNATURE;
    }

    if (time < request->now - LOYALTY_WEBHOOK_TOLERANCE
        || time > request->now + LOYALTY_WEBHOOK_TOLERANCE)
    {
        *why = "webhook-timestamp is more than 5 minutes off this machine's "
               "clock";
        return LOYALTY_WEBHOOK_BAD_SIGNATURE;
    }

    return loyalty_webhook_content(webhook, request, why);
}


static int
loyalty_webhook_time(loyalty_str_t text, int64_t *time)
{
    size_t   i;
    int64_t  seconds;

    if (text.len == 0 || text.len > LOYALTY_TIMESTAMP_LEN) {
        return LOYALTY_ERROR;
    }

    seconds = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return LOYALTY_ERROR;
        }

        seconds = seconds * 10 + (text.data[i] - '0');
    }

    *time = seconds;

    return LOYALTY_OK;
}


/* What is signed is "id.timestamp.body". */

static loyalty_webhook_e
loyalty_webhook_content(const loyalty_webhook_t *webhook,
    const loyalty_webhook_request_t *request, const char **why)
{
    char               *p, *content;
    size_t              i;
    loyalty_str_t       text, parts[3];
    loyalty_webhook_e   rc;

    parts[0] = request->headers[LOYALTY_STANDARD_ID];
    parts[1] = request->headers[LOYALTY_STANDARD_TIMESTAMP];
    parts[2] = request->body;

    text.len = parts[0].len + 1 + parts[1].len + 1 + parts[2].len;

    content = malloc(text.len);

    if (content == NULL) {
        *why = "no memory";
        return LOYALTY_WEBHOOK_FAILED;
    }

    p = content;

    for (i = 0; i < 3; i++) {

        if (i > 0) {
            *p++ = '.';
        }

        if (parts[i].len > 0) {
            memcpy(p, parts[i].data, parts[i].len);
            p += parts[i].len;
        }
    }

    text.data = content;

    rc = loyalty_webhook_compare(webhook, text,
                                 request->headers[LOYALTY_STANDARD_SIGNATURE],
                                 loyalty_webhook_listed, why);
    free(content);

    return rc;
}


static loyalty_webhook_e
loyalty_webhook_compare(const loyalty_webhook_t *webhook, loyalty_str_t text,
    loyalty_str_t header, loyalty_webhook_match_pt match, const char **why)
{
    int     matches;
    char    signature[LOYALTY_SIGNATURE_SIZE];
    size_t  i;

    matches = 0;

    for (i = 0; i < webhook->nkeys; i++) {

        if (loyalty_webhook_sign(webhook->keys[i], text, signature)
            != LOYALTY_OK)
        {
            *why = "the signature could not be computed";
            return LOYALTY_WEBHOOK_FAILED;
        }

        /* all keys are tried, so that the time does not tell which fits */

        matches |= match(header, signature);
    }

    if (!matches) {
        *why = "the signature is not one of our secret, or of this body";
        return LOYALTY_WEBHOOK_BAD_SIGNATURE;
    }

    return LOYALTY_WEBHOOK_GOOD;
}


static int
loyalty_webhook_sign(loyalty_str_t key, loyalty_str_t text, char *signature)
{
    unsigned int   len;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (HMAC(EVP_sha256(), key.data, (int) key.len,
             (const unsigned char *) text.data, text.len, digest, &len)
        == NULL)
    {
        return LOYALTY_ERROR;
    }

    EVP_EncodeBlock((unsigned char *) signature, digest, (int) len);

    return LOYALTY_OK;
}


/*
 * Compares texts: what was given is never decoded, and so has to be exactly
 * the base64 that there is for these bytes.
 */

static int
loyalty_webhook_equal(loyalty_str_t given, const char *signature)
{
    return given.len == LOYALTY_SIGNATURE_LEN
           && CRYPTO_memcmp(given.data, signature, LOYALTY_SIGNATURE_LEN) == 0;
}


/* "v1,BASE64 v1,BASE64"; other versions are for others. */

static int
loyalty_webhook_listed(loyalty_str_t list, const char *signature)
{
    int                         matches;
    const char                 *p, *last, *end;
    loyalty_str_t               given;
    static const loyalty_str_t  version =
                                    loyalty_string(LOYALTY_STANDARD_VERSION);

    matches = 0;
    p = list.data;
    last = list.data + list.len;

    while (p < last) {
        end = memchr(p, ' ', last - p);

        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) > version.len
            && memcmp(p, version.data, version.len) == 0)
        {
            given.data = p + version.len;
            given.len = end - given.data;

            matches |= loyalty_webhook_equal(given, signature);
        }

        p = (end < last) ? end + 1 : last;
    }

    return matches;
}


static loyalty_webhook_e
loyalty_webhook_parse(const loyalty_webhook_t *webhook, loyalty_str_t body,
    loyalty_webhook_event_t *event)
{
    json_t             *root;
    json_error_t        error;
    loyalty_webhook_e   rc;

    /*
     * A NUL that a shopper put into some text must not keep the event out:
     * stores end a webhook that fails too often.
     */

    root = json_loadb(body.data, body.len,
                      JSON_REJECT_DUPLICATES|JSON_ALLOW_NUL, &error);

    if (root == NULL) {

        if (json_error_code(&error) == json_error_out_of_memory) {
            event->why = "no memory to read the body";
            return LOYALTY_WEBHOOK_FAILED;
        }

        event->why = "the body is not a JSON object or array with each name "
                     "once";
        return LOYALTY_WEBHOOK_BAD_BODY;
    }

    rc = loyalty_webhook_number(webhook, root, event);

    if (rc == LOYALTY_WEBHOOK_GOOD) {
        loyalty_webhook_email(webhook, root, event);
    }

    json_decref(root);

    return rc;
}


/* Only the id is left of what was deleted; other events have no number. */

static loyalty_webhook_e
loyalty_webhook_number(const loyalty_webhook_t *webhook, json_t *root,
    loyalty_webhook_event_t *event)
{
    char           integer[LOYALTY_INTEGER_SIZE];
    json_t        *value;
    loyalty_str_t  number;

    if (loyalty_json_pointer_resolve(root, webhook->number, &value)
        != LOYALTY_POINTER_FOUND)
    {
        event->why = "the body has nothing where number= points";
        return LOYALTY_WEBHOOK_IGNORED;
    }

    number.data = NULL;
    number.len = 0;

    if (json_is_string(value)) {
        number.data = json_string_value(value);
        number.len = json_string_length(value);

    } else if (json_is_integer(value) && json_integer_value(value) >= 0) {
        number.data = integer;
        number.len = snprintf(integer, LOYALTY_INTEGER_SIZE,
                              "%" JSON_INTEGER_FORMAT,
                              json_integer_value(value));
    }

    if (!loyalty_id_valid(number)) {
        event->why = "what number= points to is not 1 to 64 of the "
                     "characters A-Z a-z 0-9 . _ # -";
        return LOYALTY_WEBHOOK_IGNORED;
    }

    memcpy(event->number, number.data, number.len);
    event->number_len = number.len;

    return LOYALTY_WEBHOOK_GOOD;
}


static void
loyalty_webhook_email(const loyalty_webhook_t *webhook, json_t *root,
    loyalty_webhook_event_t *event)
{
    json_t        *value;
    loyalty_str_t  email;

    if (webhook->email.data == NULL
        || loyalty_json_pointer_resolve(root, webhook->email, &value)
           != LOYALTY_POINTER_FOUND
        || !json_is_string(value))
    {
        return;
    }

    email.data = json_string_value(value);
    email.len = json_string_length(value);

    if (loyalty_email_normalize(email, event->email, &event->email_len)
        != LOYALTY_OK)
    {
        /* a part of it may be there */

        memset(event->email, 0, LOYALTY_EMAIL_MAX);
    }
}
