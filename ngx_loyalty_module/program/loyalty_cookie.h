
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_COOKIE_H_INCLUDED_
#define _LOYALTY_COOKIE_H_INCLUDED_


#include <loyalty_link.h>
#include <loyalty_result.h>


/*
 * By which a browser is known as a member's: "1.EXPIRES.CODE.SIG", signed as
 * links are, for a purpose that no link has.
 */

#define LOYALTY_COOKIE_SIZE                                                   \
    (sizeof("1...") + LOYALTY_LINK_EXPIRES_MAX + LOYALTY_MEMBER_SIZE          \
     + LOYALTY_LINK_SIG_SIZE)


/*
 * Writes the value of a cookie, and a NUL.  "out" has LOYALTY_COOKIE_SIZE
 * bytes.  LOYALTY_ERROR if a text is longer than any can be.
 */
int loyalty_cookie_make(const loyalty_link_secrets_t *secrets,
    loyalty_str_t program, loyalty_str_t member, int64_t expires, char *out);

/*
 * LOYALTY_OK if the value is good now; *member is then the code of whom it was
 * made for, inside of it.
 */
int loyalty_cookie_read(const loyalty_link_secrets_t *secrets,
    loyalty_str_t program, loyalty_str_t value, int64_t now,
    loyalty_str_t *member);


#endif /* _LOYALTY_COOKIE_H_INCLUDED_ */
