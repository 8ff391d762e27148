
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_utf8.h>


size_t
loyalty_utf8_next(const char *text, size_t len, uint32_t *code)
{
    size_t                i, n;
    uint32_t              value, least;
    const unsigned char  *p;

    p = (const unsigned char *) text;

    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }

    if (p[0] < 0xc2 || p[0] > 0xf4) {
        return 0;
    }

    if (p[0] < 0xe0) {
        n = 2;
        least = 0x80;

    } else if (p[0] < 0xf0) {
        n = 3;
        least = 0x800;

    } else {
        n = 4;
        least = 0x10000;
    }

    if (n > len) {
        return 0;
    }

    value = p[0] & (0x7f >> n);

    for (i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }

        value = (value << 6) | (p[i] & 0x3f);
    }

    if (value < least || value > 0x10ffff
        || (value >= 0xd800 && value <= 0xdfff))
    {
        return 0;
    }

    *code = value;

    return n;
}


int
loyalty_utf8_valid(loyalty_str_t text)
{
    size_t    i, n;
    uint32_t  code;

    for (i = 0; i < text.len; i += n) {
        n = loyalty_utf8_next(text.data + i, text.len - i, &code);

        if (n == 0) {
            return 0;
        }
    }

    return 1;
}


int
loyalty_utf8_printable(loyalty_str_t text)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < text.len; i++) {
        c = (unsigned char) text.data[i];

        if (c < ' ' || c == 0x7f) {
            return 0;
        }
    }

    return loyalty_utf8_valid(text);
}
