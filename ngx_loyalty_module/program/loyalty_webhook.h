
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_WEBHOOK_H_INCLUDED_
#define _LOYALTY_WEBHOOK_H_INCLUDED_


#include <loyalty_email.h>
#include <loyalty_id.h>


#define LOYALTY_WEBHOOK_HEADERS    3
#define LOYALTY_WEBHOOK_KEYS       2     /* the new one and the old one */
#define LOYALTY_WEBHOOK_TOLERANCE  300   /* seconds, either way */


typedef enum {
    LOYALTY_WEBHOOK_GOOD = 0,
    LOYALTY_WEBHOOK_PING,                /* unsigned, means nothing */
    LOYALTY_WEBHOOK_IGNORED,             /* signed, about no order of ours */
    LOYALTY_WEBHOOK_UNSIGNED,
    LOYALTY_WEBHOOK_BAD_SIGNATURE,
    LOYALTY_WEBHOOK_BAD_BODY,            /* signed, and cannot be read */
    LOYALTY_WEBHOOK_FAILED               /* no memory: may be sent again */
} loyalty_webhook_e;


/*
 * What a store sent.  The headers are those that the format names, in its
 * order; data == NULL for one that did not come, or came twice.  The body is
 * byte for byte what came, and "now" is seconds since 1970.
 */

typedef struct {
    loyalty_str_t      headers[LOYALTY_WEBHOOK_HEADERS];
    loyalty_str_t      body;
    int64_t            now;
} loyalty_webhook_request_t;


typedef struct loyalty_webhook_s  loyalty_webhook_t;


/*
 * A way to sign and to write about orders; the table of them ends with an
 * empty name.  Names of headers are in lower case, unused ones have
 * data == NULL.  The pointers are what "number" and "email" of a webhook are
 * unless configured; data == NULL if the format has no usual place for it.
 */

typedef struct {
    loyalty_str_t      name;
    loyalty_str_t      headers[LOYALTY_WEBHOOK_HEADERS];
    loyalty_str_t      number;
    loyalty_str_t      email;

    /* what the secret's text starts with if base64 follows, or "" */
    loyalty_str_t      encoded;

    /* GOOD, PING, UNSIGNED, BAD_SIGNATURE, FAILED */
    loyalty_webhook_e (*verify)(const loyalty_webhook_t *webhook,
                          const loyalty_webhook_request_t *request,
                          const char **why);
} loyalty_webhook_format_t;


/*
 * What is configured for a store: the keys that its events may be signed
 * with, and JSON pointers to the order's number and e-mail in them.  Without
 * a place for the e-mail, email.data == NULL.
 */

struct loyalty_webhook_s {
    const loyalty_webhook_format_t  *format;
    loyalty_str_t                    keys[LOYALTY_WEBHOOK_KEYS];
    size_t                           nkeys;
    loyalty_str_t                    number;
    loyalty_str_t                    email;
};


/*
 * What an event is about.  The number is valid (loyalty_id_valid()); the
 * e-mail is normalised, and empty if there is none, or none that is good.
 * "why" is a text for the log, without anything personal in it, where there
 * is something to say.
 */

typedef struct {
    char               number[LOYALTY_ID_MAX];
    size_t             number_len;
    char               email[LOYALTY_EMAIL_MAX];
    size_t             email_len;
    const char        *why;
} loyalty_webhook_event_t;


extern const loyalty_webhook_format_t  loyalty_webhook_formats[];

/* The format with this name, or NULL. */
const loyalty_webhook_format_t *loyalty_webhook_format_find(
    loyalty_str_t name);

/*
 * Makes the key from a secret as the store shows it.  "out" takes at least
 * secret.len bytes.  LOYALTY_ERROR if nothing is left, or if what should be
 * base64 is not exactly that.
 */
int loyalty_webhook_key(const loyalty_webhook_format_t *format,
    loyalty_str_t secret, char *out, size_t *len);

/*
 * Verifies the signature, and only then reads the body.  *event is filled for
 * LOYALTY_WEBHOOK_GOOD; otherwise it has nothing but "why", which is NULL for
 * LOYALTY_WEBHOOK_PING.
 *
 * An event says that something happened to an order, and no more: it may
 * come late, twice or before an earlier one.  What is true of the order now,
 * the store is to be asked for.
 */
loyalty_webhook_e loyalty_webhook_read(const loyalty_webhook_t *webhook,
    const loyalty_webhook_request_t *request, loyalty_webhook_event_t *event);


#endif /* _LOYALTY_WEBHOOK_H_INCLUDED_ */
