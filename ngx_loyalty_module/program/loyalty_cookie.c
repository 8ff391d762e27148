
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_cookie.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>


#define LOYALTY_COOKIE_VERSION  "1"

#define LOYALTY_COOKIE_INTEGER  21             /* any, and a NUL */


static loyalty_link_t loyalty_cookie_link(loyalty_str_t program,
    loyalty_str_t member, loyalty_str_t expires);
static loyalty_str_t loyalty_cookie_part(loyalty_str_t *value);


int
loyalty_cookie_make(const loyalty_link_secrets_t *secrets,
    loyalty_str_t program, loyalty_str_t member, int64_t expires, char *out)
{
    char            time[LOYALTY_COOKIE_INTEGER];
    char            sig[LOYALTY_LINK_SIG_SIZE];
    loyalty_str_t   until;
    loyalty_link_t  link;

    until.len = (size_t) snprintf(time, sizeof(time), "%" PRId64, expires);
    until.data = time;

    link = loyalty_cookie_link(program, member, until);

    if (member.len >= LOYALTY_MEMBER_SIZE
        || until.len > LOYALTY_LINK_EXPIRES_MAX
        || loyalty_link_sign(secrets, &link, sig) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    (void) snprintf(out, LOYALTY_COOKIE_SIZE, LOYALTY_COOKIE_VERSION
                    ".%s.%.*s.%s", time, (int) member.len, member.data, sig);

    return LOYALTY_OK;
}


static loyalty_link_t
loyalty_cookie_link(loyalty_str_t program, loyalty_str_t member,
    loyalty_str_t expires)
{
    loyalty_link_t              link;
    static const loyalty_str_t  session = loyalty_string("session");

    memset(&link, 0, sizeof(loyalty_link_t));

    link.purpose = session;
    link.program = program;
    link.expires = expires;
    link.email = member;

    return link;
}


int
loyalty_cookie_read(const loyalty_link_secrets_t *secrets,
    loyalty_str_t program, loyalty_str_t value, int64_t now,
    loyalty_str_t *member)
{
    loyalty_str_t               version, expires, sig;
    loyalty_link_t              link;
    static const loyalty_str_t  known = loyalty_string(LOYALTY_COOKIE_VERSION);

    version = loyalty_cookie_part(&value);
    expires = loyalty_cookie_part(&value);
    *member = loyalty_cookie_part(&value);
    sig = value;

    link = loyalty_cookie_link(program, *member, expires);

    return (loyalty_str_equal(version, known) && member->len != 0
            && member->len < LOYALTY_MEMBER_SIZE
            && loyalty_link_verify(secrets, &link, sig, now)
               == LOYALTY_LINK_GOOD)
           ? LOYALTY_OK : LOYALTY_ERROR;
}


/* Takes what is before the next dot, or all that is left. */

static loyalty_str_t
loyalty_cookie_part(loyalty_str_t *value)
{
    const char     *dot;
    loyalty_str_t   part;

    part = *value;
    value->len = 0;

    dot = (part.len != 0) ? memchr(part.data, '.', part.len) : NULL;

    if (dot != NULL) {
        value->data = dot + 1;
        value->len = (size_t) (part.data + part.len - value->data);
        part.len = (size_t) (dot - part.data);
    }

    return part;
}
