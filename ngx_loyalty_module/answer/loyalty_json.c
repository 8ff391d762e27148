
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_json.h>

#include <stdlib.h>
#include <string.h>


/* Most answers fit into the first piece of memory. */

#define LOYALTY_JSON_SIZE          1024

#define LOYALTY_JSON_WORD          sizeof(uint64_t)
#define LOYALTY_JSON_INTEGER_SIZE  20   /* "-9223372036854775808" */
#define LOYALTY_JSON_ESCAPE_SIZE   6    /* "\u001f" */


static int loyalty_json_reserve(loyalty_json_t *json, size_t len);
static int loyalty_json_grow(loyalty_json_t *json, size_t len);
static void loyalty_json_value(loyalty_json_t *json);
static size_t loyalty_json_plain(const char *data, size_t len);
static int loyalty_json_escaped_word(const char *data);
static void loyalty_json_append(loyalty_json_t *json, const char *data,
    size_t len);
static void loyalty_json_escape(loyalty_json_t *json, unsigned char c);


/* What RFC 8259 wants escaped: the letter after "\", or "u" for a number. */

static const char  loyalty_json_escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    'u', 'u', 'u', 'u', 0, 0, '"', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\\', 0
};


void
loyalty_json_init(loyalty_json_t *json)
{
    memset(json, 0, sizeof(loyalty_json_t));
}


void
loyalty_json_free(loyalty_json_t *json)
{
    free(json->data);
    loyalty_json_init(json);
}


void
loyalty_json_fail(loyalty_json_t *json)
{
    /* without any size, all that follows asks for more and is refused */

    loyalty_json_free(json);
    json->failed = 1;
}


void
loyalty_json_open(loyalty_json_t *json, char bracket)
{
    loyalty_json_value(json);
    loyalty_json_append(json, &bracket, 1);

    json->comma = 0;
}


void
loyalty_json_close(loyalty_json_t *json, char bracket)
{
    loyalty_json_append(json, &bracket, 1);

    json->comma = 1;
}


void
loyalty_json_key(loyalty_json_t *json, const char *key)
{
    char    *p;
    size_t   len;

    len = strlen(key);

    if (loyalty_json_reserve(json, len + sizeof(",\"\":") - 1) != LOYALTY_OK) {
        return;
    }

    p = json->data + json->len;

    if (json->comma) {
        *p++ = ',';
    }

    *p++ = '"';
    memcpy(p, key, len);
    p += len;
    *p++ = '"';
    *p++ = ':';

    json->len = p - json->data;
    json->comma = 0;
}


void
loyalty_json_text(loyalty_json_t *json, loyalty_str_t text)
{
    loyalty_json_text_begin(json);
    loyalty_json_piece(json, text);
    loyalty_json_text_end(json);
}


void
loyalty_json_integer(loyalty_json_t *json, int64_t value)
{
    loyalty_json_value(json);
    loyalty_json_piece_integer(json, value);
}


void
loyalty_json_bool(loyalty_json_t *json, int value)
{
    loyalty_json_value(json);

    if (value) {
        loyalty_json_append(json, "true", 4);

    } else {
        loyalty_json_append(json, "false", 5);
    }
}


void
loyalty_json_raw(loyalty_json_t *json, loyalty_str_t text)
{
    loyalty_json_append(json, text.data, text.len);
}


void
loyalty_json_text_begin(loyalty_json_t *json)
{
    loyalty_json_value(json);
    loyalty_json_append(json, "\"", 1);
}


void
loyalty_json_piece(loyalty_json_t *json, loyalty_str_t text)
{
    size_t  plain;

    while (text.len != 0) {
        plain = loyalty_json_plain(text.data, text.len);

        if (plain != 0) {
            loyalty_json_append(json, text.data, plain);
        }

        if (plain == text.len) {
            break;
        }

        loyalty_json_escape(json, text.data[plain]);

        text.data += plain + 1;
        text.len -= plain + 1;
    }
}


/* How many of the bytes come before the first that is to be escaped. */

static size_t
loyalty_json_plain(const char *data, size_t len)
{
    size_t  i;

    for (i = 0; len - i >= LOYALTY_JSON_WORD; i += LOYALTY_JSON_WORD) {

        if (loyalty_json_escaped_word(data + i)) {
            break;
        }
    }

    while (i < len && loyalty_json_escapes[(unsigned char) data[i]] == 0) {
        i++;
    }

    return i;
}


/*
 * Whether one of eight bytes is to be escaped: below a blank, or one of the
 * two characters.  Of a byte that is zero after the exclusive or, or below
 * what is taken off, the borrow sets the highest bit, which it did not have.
 */

static int
loyalty_json_escaped_word(const char *data)
{
    uint64_t               word, quote, backslash;
    static const uint64_t  ones = UINT64_C(0x0101010101010101);

    memcpy(&word, data, LOYALTY_JSON_WORD);

    quote = word ^ (ones * '"');
    backslash = word ^ (ones * '\\');

    return ((((word - ones * ' ') & ~word)
             | ((quote - ones) & ~quote)
             | ((backslash - ones) & ~backslash))
            & (ones * 0x80)) != 0;
}


void
loyalty_json_piece_integer(loyalty_json_t *json, int64_t value)
{
    char      *p, digits[LOYALTY_JSON_INTEGER_SIZE];
    uint64_t   left;

    /* the least integer has no positive counterpart */

    left = (value < 0) ? 0 - (uint64_t) value : (uint64_t) value;

    p = digits + LOYALTY_JSON_INTEGER_SIZE;

    do {
        *--p = (char) ('0' + left % 10);
        left /= 10;
    } while (left > 0);

    if (value < 0) {
        *--p = '-';
    }

    loyalty_json_append(json, p, digits + LOYALTY_JSON_INTEGER_SIZE - p);
}


void
loyalty_json_text_end(loyalty_json_t *json)
{
    loyalty_json_append(json, "\"", 1);
}


static int
loyalty_json_reserve(loyalty_json_t *json, size_t len)
{
    if (json->size - json->len >= len) {
        return LOYALTY_OK;
    }

    return loyalty_json_grow(json, len);
}


static int
loyalty_json_grow(loyalty_json_t *json, size_t len)
{
    char    *data;
    size_t   size;

    if (json->failed) {
        return LOYALTY_ERROR;
    }

    size = (json->size == 0) ? LOYALTY_JSON_SIZE : json->size * 2;

    if (size - json->len < len) {
        size = json->len + len;
    }

    data = realloc(json->data, size);

    if (data == NULL) {
        loyalty_json_fail(json);
        return LOYALTY_ERROR;
    }

    json->data = data;
    json->size = size;

    return LOYALTY_OK;
}


/* Before each value: a comma if it needs one, as the next one will. */

static void
loyalty_json_value(loyalty_json_t *json)
{
    if (json->comma) {
        loyalty_json_append(json, ",", 1);
    }

    json->comma = 1;
}


static void
loyalty_json_append(loyalty_json_t *json, const char *data, size_t len)
{
    if (loyalty_json_reserve(json, len) != LOYALTY_OK) {
        return;
    }

    memcpy(json->data + json->len, data, len);
    json->len += len;
}


static void
loyalty_json_escape(loyalty_json_t *json, unsigned char c)
{
    static const char  hex[] = "0123456789abcdef";

    char    escape[LOYALTY_JSON_ESCAPE_SIZE];
    size_t  len;

    escape[0] = '\\';
    escape[1] = loyalty_json_escapes[c];
    len = 2;

    if (escape[1] == 'u') {
        escape[2] = '0';
        escape[3] = '0';
        escape[4] = hex[c >> 4];
        escape[5] = hex[c & 0xf];
        len = LOYALTY_JSON_ESCAPE_SIZE;
    }

    loyalty_json_append(json, escape, len);
}
