
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_LINK_H_INCLUDED_
#define _LOYALTY_LINK_H_INCLUDED_


#include <loyalty_email.h>
#include <loyalty_id.h>


/*
 * Links that whoever knows a program's secret makes, and that work for what
 * they were made for, for one e-mail, until they expire.
 */

#define LOYALTY_LINK_SECRETS      4      /* the first one signs, all verify */
#define LOYALTY_LINK_SECRET_MIN   32     /* bytes */

#define LOYALTY_LINK_SIG_LEN      43     /* base64url of HMAC-SHA256 */
#define LOYALTY_LINK_SIG_SIZE     (LOYALTY_LINK_SIG_LEN + 1)

#define LOYALTY_LINK_EXPIRES_MAX  12     /* digits of a Unix time */

/* Every byte of every value may need three, as "%2B" does. */

#define LOYALTY_LINK_QUERY_SIZE                                               \
    (sizeof("email=&order=&store=&reward=&expires=&sig=")                     \
     + 3 * (LOYALTY_EMAIL_MAX + 3 * LOYALTY_ID_MAX)                           \
     + LOYALTY_LINK_EXPIRES_MAX + LOYALTY_LINK_SIG_LEN)


typedef struct {
    loyalty_str_t        secrets[LOYALTY_LINK_SECRETS];
    size_t               nsecrets;
} loyalty_link_secrets_t;


/* What is signed; texts are "" where a purpose has no such thing. */

typedef struct {
    loyalty_str_t        purpose;        /* "claim", "balance", ... */
    loyalty_str_t        program;
    loyalty_str_t        expires;        /* Unix time, decimal */
    loyalty_str_t        email;          /* normalised */
    loyalty_str_t        order;
    loyalty_str_t        store;
    loyalty_str_t        reward;
} loyalty_link_t;


typedef enum {
    LOYALTY_LINK_GOOD = 0,
    LOYALTY_LINK_BAD,
    LOYALTY_LINK_LATE                    /* signed by us, but too old */
} loyalty_link_e;


/*
 * Takes the secrets, one a line, from a text that outlives them.  Returns
 * NULL, or what is wrong, as a sentence without an end.
 */
const char *loyalty_link_secrets(loyalty_str_t text,
    loyalty_link_secrets_t *secrets);

/*
 * Writes the signature by the first secret, and a NUL.  LOYALTY_ERROR if a
 * text has a line feed or is longer than any can be.
 */
int loyalty_link_sign(const loyalty_link_secrets_t *secrets,
    const loyalty_link_t *link, char *sig);

/*
 * Takes the same time wherever a signature is wrong, and whichever of the
 * secrets it is of.  "now" is the Unix time.
 */
loyalty_link_e loyalty_link_verify(const loyalty_link_secrets_t *secrets,
    const loyalty_link_t *link, loyalty_str_t sig, int64_t now);

/*
 * Writes the parameters of the link with its signature, as they stand behind
 * the "?", and a NUL.  "out" has LOYALTY_LINK_QUERY_SIZE bytes.  LOYALTY_ERROR
 * also for a time that is none.
 */
int loyalty_link_query(const loyalty_link_secrets_t *secrets,
    const loyalty_link_t *link, char *out);


#endif /* _LOYALTY_LINK_H_INCLUDED_ */
