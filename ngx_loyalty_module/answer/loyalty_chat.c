
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_chat.h>
#include <loyalty_utf8.h>

#include <stdio.h>
#include <string.h>


/* "loyalty_", and longer than any key of an answer */

#define LOYALTY_CHAT_KEY_SIZE  64


static size_t loyalty_chat_count(loyalty_str_t text, size_t i,
    loyalty_chat_limit_t limit, size_t *bytes);
static loyalty_str_t loyalty_chat_trim(loyalty_str_t text);
static void loyalty_chat_fact(const char *key, json_t *value, int quoted,
    loyalty_json_t *out);
static void loyalty_chat_integer(const char *name, int64_t value, int quoted,
    loyalty_json_t *out);


loyalty_str_t
loyalty_chat_cut(loyalty_str_t *text, loyalty_chat_limit_t limit)
{
    size_t         i, n, bytes, used, blank;
    loyalty_str_t  part;

    used = 0;
    blank = 0;

    for (i = 0; i < text->len; i += bytes) {
        n = loyalty_chat_count(*text, i, limit, &bytes);

        if (used + n > limit.max) {
            break;
        }

        used += n;

        if (text->data[i] == ' ' || text->data[i] == '\n') {
            blank = i;
        }
    }

    if (i < text->len && blank != 0) {
        i = blank;
    }

    part.data = text->data;
    part.len = i;

    text->data += i;
    text->len -= i;

    *text = loyalty_chat_trim(*text);

    return part;
}


/* What the character at this place counts, and how many bytes it has. */

static size_t
loyalty_chat_count(loyalty_str_t text, size_t i, loyalty_chat_limit_t limit,
    size_t *bytes)
{
    uint32_t  code;

    *bytes = loyalty_utf8_next(text.data + i, text.len - i, &code);

    if (*bytes == 0) {
        *bytes = 1;
    }

    if (limit.bytes) {
        return *bytes;
    }

    return (*bytes == 4) ? 2 : 1;
}


static loyalty_str_t
loyalty_chat_trim(loyalty_str_t text)
{
    while (text.len != 0 && (text.data[0] == ' ' || text.data[0] == '\n')) {
        text.data++;
        text.len--;
    }

    return text;
}


void
loyalty_chat_facts(const loyalty_chat_t *chat, int quoted,
    loyalty_json_t *out)
{
    json_t      *value;
    const char  *key;

    if (chat->result->outcome >= LOYALTY_BAD_REQUEST) {

        /* the rest of a fault is for developers */

        loyalty_answer_text(out, "loyalty_result",
                            loyalty_outcome_code(chat->result->outcome));

        if (loyalty_chat_of_member(chat)) {
            loyalty_chat_integer("loyalty_points", chat->result->points,
                                 quoted, out);
        }

        return;
    }

    json_object_foreach(chat->answer, key, value) {

        if (strcmp(key, "message") != 0) {
            loyalty_chat_fact(key, value, quoted, out);
        }
    }
}


static void
loyalty_chat_fact(const char *key, json_t *value, int quoted,
    loyalty_json_t *out)
{
    char           name[LOYALTY_CHAT_KEY_SIZE];
    loyalty_str_t  text;

    (void) snprintf(name, LOYALTY_CHAT_KEY_SIZE, "loyalty_%s", key);

    if (json_is_string(value)) {
        text.data = json_string_value(value);
        text.len = json_string_length(value);

        loyalty_answer_text(out, name, text);

    } else if (json_is_integer(value)) {
        loyalty_chat_integer(name, json_integer_value(value), quoted, out);
    }
}


static void
loyalty_chat_integer(const char *name, int64_t value, int quoted,
    loyalty_json_t *out)
{
    if (!quoted) {
        loyalty_answer_integer(out, name, value);
        return;
    }

    loyalty_json_key(out, name);
    loyalty_json_text_begin(out);
    loyalty_json_piece_integer(out, value);
    loyalty_json_text_end(out);
}


int
loyalty_chat_of_member(const loyalty_chat_t *chat)
{
    if (chat->result->outcome >= LOYALTY_BAD_REQUEST) {
        return chat->result->outcome == LOYALTY_NOT_ENOUGH_POINTS;
    }

    return json_object_get(chat->answer, "member") != NULL;
}


loyalty_str_t
loyalty_chat_value(const json_t *object, const char *key)
{
    json_t         *value;
    loyalty_str_t   text;

    value = json_object_get(object, key);

    text.data = json_string_value(value);
    text.len = json_string_length(value);

    return text;
}
