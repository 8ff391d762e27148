
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_EMAIL_H_INCLUDED_
#define _LOYALTY_EMAIL_H_INCLUDED_


#include <loyalty_types.h>


#define LOYALTY_EMAIL_MIN  3
#define LOYALTY_EMAIL_MAX  254

/* What the e-mail of a member ends with whom somebody has erased. */

#define LOYALTY_ERASED_AT  "@erased.invalid"


/*
 * Brings an e-mail address into the form that is stored and compared: ASCII
 * white space at both ends trimmed, ASCII letters in lower case.  "out" takes
 * at least LOYALTY_EMAIL_MAX bytes; the result is not NUL-terminated.
 *
 * LOYALTY_ERROR unless the result has 3 to 254 bytes of valid UTF-8, exactly
 * one "@" with something on both sides, and no control character, white
 * space (also Unicode's), double quote, backslash, angle bracket or comma, so
 * that it can be put into a header or a JSON string as it is.
 */
int loyalty_email_normalize(loyalty_str_t in, char *out, size_t *len);

/*
 * The mailbox that a normalised address most likely leads to: without a
 * "+tag", and at Google's (gmail.com, googlemail.com) without dots.  For
 * telling whether two addresses are one person's, not for sending mail.  "out"
 * takes LOYALTY_EMAIL_MAX bytes and gets the text that is returned.
 */
loyalty_str_t loyalty_mailbox(loyalty_str_t email, char *out);


#endif /* _LOYALTY_EMAIL_H_INCLUDED_ */
