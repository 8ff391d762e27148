
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_link.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>


#define LOYALTY_LINK_VERSION  "loyalty-link-1"

/* All that is signed: no text that we take is longer. */

#define LOYALTY_LINK_SIZE     1024

#define LOYALTY_LINK_DIGEST   32
#define LOYALTY_LINK_BASE64   44         /* with one "=" at the end */


static loyalty_str_t loyalty_link_line(loyalty_str_t *text);
static int loyalty_link_text(const loyalty_link_t *link, char *text,
    size_t *len);
static int loyalty_link_sign_by(loyalty_str_t secret, const char *text,
    size_t len, char *sig);
static int loyalty_link_time(loyalty_str_t text, int64_t *time);
static char *loyalty_link_param(char *out, const char *name,
    loyalty_str_t value);


const char *
loyalty_link_secrets(loyalty_str_t text, loyalty_link_secrets_t *secrets)
{
    loyalty_str_t  secret;

    secrets->nsecrets = 0;

    while (text.len != 0) {
        secret = loyalty_link_line(&text);

        if (secret.len == 0) {
            continue;
        }

        if (secret.len < LOYALTY_LINK_SECRET_MIN) {
            return "a secret in it has less than 32 bytes";
        }

        if (secrets->nsecrets == LOYALTY_LINK_SECRETS) {
            return "it has more than 4 lines";
        }

        secrets->secrets[secrets->nsecrets++] = secret;
    }

    return (secrets->nsecrets != 0) ? NULL : "it is empty";
}


/* Takes a line off the text, without the blanks that editors leave. */

static loyalty_str_t
loyalty_link_line(loyalty_str_t *text)
{
    size_t         len;
    const char    *end;
    loyalty_str_t  line;

    end = memchr(text->data, '\n', text->len);
    len = (end != NULL) ? (size_t) (end - text->data) : text->len;

    line.data = text->data;
    line.len = len;

    text->data += len + (end != NULL);
    text->len -= len + (end != NULL);

    while (line.len != 0 && (unsigned char) line.data[line.len - 1] <= ' ') {
        line.len--;
    }

    while (line.len != 0 && (unsigned char) line.data[0] <= ' ') {
        line.data++;
        line.len--;
    }

    return line;
}


int
loyalty_link_sign(const loyalty_link_secrets_t *secrets,
    const loyalty_link_t *link, char *sig)
{
    char    text[LOYALTY_LINK_SIZE];
    size_t  len;

    if (loyalty_link_text(link, text, &len) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return loyalty_link_sign_by(secrets->secrets[0], text, len, sig);
}


loyalty_link_e
loyalty_link_verify(const loyalty_link_secrets_t *secrets,
    const loyalty_link_t *link, loyalty_str_t sig, int64_t now)
{
    int      good;
    char     text[LOYALTY_LINK_SIZE], given[LOYALTY_LINK_SIG_SIZE];
    char     expected[LOYALTY_LINK_SIG_SIZE];
    size_t   i, len;
    int64_t  expires;

    if (sig.len != LOYALTY_LINK_SIG_LEN
        || loyalty_link_text(link, text, &len) != LOYALTY_OK
        || loyalty_link_time(link->expires, &expires) != LOYALTY_OK)
    {
        return LOYALTY_LINK_BAD;
    }

    memcpy(given, sig.data, LOYALTY_LINK_SIG_LEN);

    good = 0;

    for (i = 0; i < secrets->nsecrets; i++) {

        if (loyalty_link_sign_by(secrets->secrets[i], text, len, expected)
            != LOYALTY_OK)
        {
            return LOYALTY_LINK_BAD;
        }

        good |= (CRYPTO_memcmp(given, expected, LOYALTY_LINK_SIG_LEN) == 0);
    }

    if (!good) {
        return LOYALTY_LINK_BAD;
    }

    return (now < expires) ? LOYALTY_LINK_GOOD : LOYALTY_LINK_LATE;
}


/*
 * A line for each text.  None may have a line feed in it, so that no two
 * links have the same text.
 */

static int
loyalty_link_text(const loyalty_link_t *link, char *text, size_t *len)
{
    char                 *p, *last;
    size_t                i;
    const loyalty_str_t   version = loyalty_string(LOYALTY_LINK_VERSION);
    const loyalty_str_t  *parts[] = {
        &version, &link->purpose, &link->program, &link->expires,
        &link->email, &link->order, &link->store, &link->reward
    };

    p = text;
    last = text + LOYALTY_LINK_SIZE;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {

        if (i != 0) {
            *p++ = '\n';
        }

        if (parts[i]->len == 0) {
            continue;
        }

        /* leaving room for the line feeds that are yet to come */

        if (parts[i]->len + sizeof(parts) / sizeof(parts[0])
            > (size_t) (last - p)
            || memchr(parts[i]->data, '\n', parts[i]->len) != NULL)
        {
            return LOYALTY_ERROR;
        }

        memcpy(p, parts[i]->data, parts[i]->len);
        p += parts[i]->len;
    }

    *len = (size_t) (p - text);

    return LOYALTY_OK;
}


/* base64url (RFC 4648, 5) without padding */

static int
loyalty_link_sign_by(loyalty_str_t secret, const char *text, size_t len,
    char *sig)
{
    size_t         i;
    unsigned char  digest[EVP_MAX_MD_SIZE], base64[LOYALTY_LINK_BASE64 + 1];

    if (HMAC(EVP_sha256(), secret.data, (int) secret.len,
             (const unsigned char *) text, len, digest, NULL)
        == NULL)
    {
        return LOYALTY_ERROR;
    }

    EVP_EncodeBlock(base64, digest, LOYALTY_LINK_DIGEST);

    for (i = 0; i < LOYALTY_LINK_SIG_LEN; i++) {
        sig[i] = (base64[i] == '+') ? '-'
                 : (base64[i] == '/') ? '_' : (char) base64[i];
    }

    sig[i] = '\0';

    return LOYALTY_OK;
}


static int
loyalty_link_time(loyalty_str_t text, int64_t *time)
{
    size_t  i;

    if (text.len == 0 || text.len > LOYALTY_LINK_EXPIRES_MAX) {
        return LOYALTY_ERROR;
    }

    *time = 0;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return LOYALTY_ERROR;
        }

        *time = *time * 10 + (text.data[i] - '0');
    }

    return LOYALTY_OK;
}


int
loyalty_link_query(const loyalty_link_secrets_t *secrets,
    const loyalty_link_t *link, char *out)
{
    char           sig[LOYALTY_LINK_SIG_SIZE], *p;
    int64_t        expires;
    loyalty_str_t  text = { LOYALTY_LINK_SIG_LEN, sig };

    if (link->email.len > LOYALTY_EMAIL_MAX || link->order.len > LOYALTY_ID_MAX
        || link->store.len > LOYALTY_ID_MAX
        || link->reward.len > LOYALTY_ID_MAX
        || loyalty_link_time(link->expires, &expires) != LOYALTY_OK
        || loyalty_link_sign(secrets, link, sig) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    p = loyalty_link_param(out, "email=", link->email);
    p = loyalty_link_param(p, "&order=", link->order);
    p = loyalty_link_param(p, "&store=", link->store);
    p = loyalty_link_param(p, "&reward=", link->reward);
    p = loyalty_link_param(p, "&expires=", link->expires);
    p = loyalty_link_param(p, "&sig=", text);

    *p = '\0';

    return LOYALTY_OK;
}


/* Escapes all but the unreserved characters of RFC 3986. */

static char *
loyalty_link_param(char *out, const char *name, loyalty_str_t value)
{
    char               c;
    size_t             i;
    static const char  hex[] = "0123456789ABCDEF";

    if (value.len == 0) {
        return out;
    }

    out = stpcpy(out, name);

    for (i = 0; i < value.len; i++) {
        c = value.data[i];

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || (c >= '0' && c <= '9')
            || c == '-' || c == '.' || c == '_' || c == '~')
        {
            *out++ = c;
            continue;
        }

        *out++ = '%';
        *out++ = hex[(unsigned char) c >> 4];
        *out++ = hex[(unsigned char) c & 0xf];
    }

    return out;
}
