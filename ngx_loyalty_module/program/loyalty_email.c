
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_email.h>
#include <loyalty_utf8.h>

#include <string.h>


static int loyalty_email_refuses(uint32_t code);
static int loyalty_email_is_google(loyalty_str_t domain);


int
loyalty_email_normalize(loyalty_str_t in, char *out, size_t *len)
{
    size_t    i, n, at;
    uint32_t  code;

    in = loyalty_str_trim(in);

    if (in.len < LOYALTY_EMAIL_MIN || in.len > LOYALTY_EMAIL_MAX) {
        return LOYALTY_ERROR;
    }

    /* nothing is shortened from here on: "at" is right for both texts */

    at = 0;

    for (i = 0; i < in.len; i += n) {
        n = loyalty_utf8_next(in.data + i, in.len - i, &code);

        if (n == 0 || loyalty_email_refuses(code)) {
            return LOYALTY_ERROR;
        }

        if (code == '@') {
            if (at != 0 || i == 0 || i + 1 == in.len) {
                return LOYALTY_ERROR;
            }

            at = i;
        }

        if (code >= 'A' && code <= 'Z') {
            out[i] = (char) (code | 0x20);

        } else {
            memcpy(out + i, in.data + i, n);
        }
    }

    if (at == 0) {
        return LOYALTY_ERROR;
    }

    *len = in.len;

    return LOYALTY_OK;
}


static int
loyalty_email_refuses(uint32_t code)
{
    if (code < 0x80) {
        return code <= ' ' || code == 0x7f || code == '"' || code == '\\'
               || code == '<' || code == '>' || code == ',';
    }

    /* the second row of controls, and Unicode's property White_Space */

    return code <= 0xa0
           || code == 0x1680
           || (code >= 0x2000 && code <= 0x200a)
           || code == 0x2028 || code == 0x2029 || code == 0x202f
           || code == 0x205f
           || code == 0x3000;
}


loyalty_str_t
loyalty_mailbox(loyalty_str_t email, char *out)
{
    int            google;
    size_t         i, at;
    loyalty_str_t  domain, mailbox;

    for (at = 0; at < email.len && email.data[at] != '@'; at++) { /* void */ }

    domain.data = email.data + at;
    domain.len = email.len - at;

    google = loyalty_email_is_google(domain);

    mailbox.data = out;
    mailbox.len = 0;

    /* an address that begins with "+" has no other name */

    for (i = 0; i < at && (email.data[i] != '+' || i == 0); i++) {

        if (!google || email.data[i] != '.') {
            out[mailbox.len++] = email.data[i];
        }
    }

    if (google) {
        domain.data = "@gmail.com";
        domain.len = sizeof("@gmail.com") - 1;
    }

    memcpy(out + mailbox.len, domain.data, domain.len);
    mailbox.len += domain.len;

    return mailbox;
}


static int
loyalty_email_is_google(loyalty_str_t domain)
{
    static const loyalty_str_t  gmail = loyalty_string("@gmail.com");
    static const loyalty_str_t  googlemail = loyalty_string("@googlemail.com");

    return loyalty_str_equal(domain, gmail)
           || loyalty_str_equal(domain, googlemail);
}
