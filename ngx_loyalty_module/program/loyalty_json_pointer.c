
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_json_pointer.h>

#include <jansson.h>
#include <string.h>


/* No array that long fits into an answer, and no index that long overflows. */

#define LOYALTY_POINTER_INDEX_LEN  9


static loyalty_pointer_e loyalty_pointer_step(json_t *from,
    loyalty_str_t token, json_t **to);
static json_t *loyalty_pointer_member(json_t *object, loyalty_str_t token);
static int loyalty_pointer_names(loyalty_str_t token, const char *key);
static loyalty_pointer_e loyalty_pointer_element(json_t *array,
    loyalty_str_t token, json_t **to);


int
loyalty_json_pointer_check(loyalty_str_t pointer)
{
    size_t  i;

    if (pointer.len > 0 && pointer.data[0] != '/') {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < pointer.len; i++) {
        if (pointer.data[i] != '~') {
            continue;
        }

        i++;

        if (i == pointer.len
            || (pointer.data[i] != '0' && pointer.data[i] != '1'))
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


loyalty_pointer_e
loyalty_json_pointer_resolve(json_t *root, loyalty_str_t pointer,
    json_t **value)
{
    json_t             *at;
    const char         *p, *last, *end;
    loyalty_str_t       token;
    loyalty_pointer_e   found;

    at = root;
    p = pointer.data;
    last = pointer.data + pointer.len;

    while (p < last) {
        p++;                                    /* the slash */

        end = memchr(p, '/', last - p);

        if (end == NULL) {
            end = last;
        }

        token.data = p;
        token.len = end - p;

        found = loyalty_pointer_step(at, token, &at);

        if (found != LOYALTY_POINTER_FOUND) {
            return found;
        }

        p = end;
    }

    if (json_is_null(at)) {
        return LOYALTY_POINTER_NULL;
    }

    *value = at;

    return LOYALTY_POINTER_FOUND;
}


static loyalty_pointer_e
loyalty_pointer_step(json_t *from, loyalty_str_t token, json_t **to)
{
    json_t  *member;

    switch (json_typeof(from)) {

    case JSON_OBJECT:

        member = loyalty_pointer_member(from, token);

        if (member == NULL) {
            return LOYALTY_POINTER_MISSING;
        }

        *to = member;

        return LOYALTY_POINTER_FOUND;

    case JSON_ARRAY:

        return loyalty_pointer_element(from, token, to);

    case JSON_NULL:

        return LOYALTY_POINTER_NULL;

    default:

        return LOYALTY_POINTER_MISSING;
    }
}


static json_t *
loyalty_pointer_member(json_t *object, loyalty_str_t token)
{
    json_t      *value;
    const char  *key;

    if (memchr(token.data, '~', token.len) == NULL) {
        return json_object_getn(object, token.data, token.len);
    }

    /* escapes are rare: to look at every key spares unescaping the token */

    json_object_foreach(object, key, value) {
        if (loyalty_pointer_names(token, key)) {
            return value;
        }
    }

    return NULL;
}


static int
loyalty_pointer_names(loyalty_str_t token, const char *key)
{
    char    c;
    size_t  i;

    for (i = 0; i < token.len; i++, key++) {
        c = token.data[i];

        if (c == '~') {
            i++;
            c = (token.data[i] == '0') ? '~' : '/';
        }

        if (*key != c) {
            return 0;
        }
    }

    return *key == '\0';
}


static loyalty_pointer_e
loyalty_pointer_element(json_t *array, loyalty_str_t token, json_t **to)
{
    size_t   i, index;
    json_t  *element;

    if (token.len == 0 || (token.len > 1 && token.data[0] == '0')) {
        return LOYALTY_POINTER_MISSING;
    }

    index = 0;

    for (i = 0; i < token.len; i++) {
        if (token.data[i] < '0' || token.data[i] > '9') {
            return LOYALTY_POINTER_MISSING;
        }

        if (i < LOYALTY_POINTER_INDEX_LEN) {
            index = index * 10 + (token.data[i] - '0');
        }
    }

    if (token.len > LOYALTY_POINTER_INDEX_LEN) {
        return LOYALTY_POINTER_PAST_END;
    }

    element = json_array_get(array, index);

    if (element == NULL) {
        return LOYALTY_POINTER_PAST_END;
    }

    *to = element;

    return LOYALTY_POINTER_FOUND;
}
