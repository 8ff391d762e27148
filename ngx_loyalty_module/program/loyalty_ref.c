
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ref.h>

#include <string.h>


#define LOYALTY_REF_ESCAPE  3               /* "_", and two digits */


typedef struct {
    char         c;
    const char  *escape;
} loyalty_ref_escape_t;


static const char *loyalty_ref_escape(char c);
static int loyalty_ref_unescape(const char *text, char *c);


static const loyalty_str_t  loyalty_ref_order = loyalty_string("o-");

static const loyalty_ref_escape_t  loyalty_ref_escapes[] = {
    { '.', "_2e" },
    { '_', "_5f" },
    { '#', "_23" },
    { '\0', NULL }
};


int
loyalty_ref_write(loyalty_str_t number, char *ref, size_t *len)
{
    size_t       i, n, size;
    const char  *text;

    if (!loyalty_id_valid(number)) {
        return LOYALTY_ERROR;
    }

    memcpy(ref, loyalty_ref_order.data, loyalty_ref_order.len);
    n = loyalty_ref_order.len;

    for (i = 0; i < number.len; i++) {
        text = loyalty_ref_escape(number.data[i]);
        size = LOYALTY_REF_ESCAPE;

        if (text == NULL) {
            text = &number.data[i];
            size = 1;
        }

        if (size > LOYALTY_REF_MAX - n) {
            return LOYALTY_ERROR;
        }

        memcpy(ref + n, text, size);
        n += size;
    }

    *len = n;

    return LOYALTY_OK;
}


/* NULL: the character stands for itself. */

static const char *
loyalty_ref_escape(char c)
{
    const loyalty_ref_escape_t  *escape;

    for (escape = loyalty_ref_escapes; escape->escape != NULL; escape++) {

        if (escape->c == c) {
            return escape->escape;
        }
    }

    return NULL;
}


int
loyalty_ref_read(loyalty_str_t ref, char *number, size_t *len)
{
    char           c;
    size_t         i, n;
    loyalty_str_t  read;

    if (ref.len > LOYALTY_REF_MAX || ref.len < loyalty_ref_order.len
        || memcmp(ref.data, loyalty_ref_order.data, loyalty_ref_order.len)
           != 0)
    {
        return LOYALTY_ERROR;
    }

    n = 0;

    for (i = loyalty_ref_order.len; i < ref.len; i++) {
        c = ref.data[i];

        if (c == '_') {

            if (ref.len - i < LOYALTY_REF_ESCAPE
                || loyalty_ref_unescape(&ref.data[i], &c) != LOYALTY_OK)
            {
                return LOYALTY_ERROR;
            }

            i += LOYALTY_REF_ESCAPE - 1;

        } else if (loyalty_ref_escape(c) != NULL) {
            return LOYALTY_ERROR;
        }

        number[n++] = c;
    }

    read.data = number;
    read.len = n;

    *len = n;

    return loyalty_id_valid(read) ? LOYALTY_OK : LOYALTY_ERROR;
}


static int
loyalty_ref_unescape(const char *text, char *c)
{
    const loyalty_ref_escape_t  *escape;

    for (escape = loyalty_ref_escapes; escape->escape != NULL; escape++) {

        if (memcmp(escape->escape, text, LOYALTY_REF_ESCAPE) == 0) {
            *c = escape->c;
            return LOYALTY_OK;
        }
    }

    return LOYALTY_ERROR;
}
