
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_coupon_store.h>

#include <jansson.h>


static loyalty_coupon_verdict_e loyalty_coupon_in(json_t *root,
    loyalty_str_t list, loyalty_str_t pointer, loyalty_str_t coupon);
static loyalty_coupon_verdict_e loyalty_coupon_in_list(json_t *list,
    loyalty_str_t pointer, loyalty_str_t coupon);
static loyalty_coupon_verdict_e loyalty_coupon_at(json_t *root,
    loyalty_str_t pointer, loyalty_str_t coupon);
static int loyalty_coupon_equal(const json_t *value, loyalty_str_t coupon);
static char loyalty_coupon_upper(char c);


loyalty_coupon_verdict_e
loyalty_coupon_made(const loyalty_coupon_store_t *store,
    loyalty_str_t coupon, loyalty_str_t body)
{
    json_t                    *root;
    loyalty_coupon_verdict_e   verdict;

    root = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);

    if (root == NULL) {
        return LOYALTY_COUPON_UNCLEAR;
    }

    /* whatever else it has said, it was not that it has made this one */

    verdict = (loyalty_coupon_at(root, store->made, coupon)
               == LOYALTY_COUPON_THERE)
              ? LOYALTY_COUPON_THERE : LOYALTY_COUPON_ABSENT;

    json_decref(root);

    return verdict;
}


loyalty_coupon_verdict_e
loyalty_coupon_found(const loyalty_coupon_store_t *store,
    loyalty_str_t coupon, loyalty_str_t body)
{
    json_t                    *root, *errors;
    loyalty_coupon_verdict_e   verdict;

    root = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);

    if (root == NULL) {
        return LOYALTY_COUPON_UNCLEAR;
    }

    verdict = loyalty_coupon_in(root, store->list, store->code, coupon);

    errors = json_object_get(root, "errors");

    if (verdict == LOYALTY_COUPON_ABSENT && json_array_size(errors) != 0) {
        verdict = LOYALTY_COUPON_UNCLEAR;
    }

    json_decref(root);

    return verdict;
}


static loyalty_coupon_verdict_e
loyalty_coupon_in(json_t *root, loyalty_str_t list, loyalty_str_t pointer,
    loyalty_str_t coupon)
{
    json_t  *value;

    if (list.data == NULL) {
        return loyalty_coupon_at(root, pointer, coupon);
    }

    switch (loyalty_json_pointer_resolve(root, list, &value)) {

    case LOYALTY_POINTER_FOUND:
        return loyalty_coupon_in_list(value, pointer, coupon);

    case LOYALTY_POINTER_NULL:
    case LOYALTY_POINTER_PAST_END:
        return LOYALTY_COUPON_ABSENT;

    default: /* LOYALTY_POINTER_MISSING */
        return LOYALTY_COUPON_UNCLEAR;
    }
}


/*
 * A list of others is none of this one: stores search as they like.  With one
 * in it that has no code where they should be, we do not understand the list.
 */

static loyalty_coupon_verdict_e
loyalty_coupon_in_list(json_t *list, loyalty_str_t pointer,
    loyalty_str_t coupon)
{
    size_t                    i;
    loyalty_coupon_verdict_e  verdict, one;

    if (!json_is_array(list)) {
        return LOYALTY_COUPON_UNCLEAR;
    }

    verdict = LOYALTY_COUPON_ABSENT;

    for (i = 0; i < json_array_size(list); i++) {
        one = loyalty_coupon_at(json_array_get(list, i), pointer, coupon);

        if (one == LOYALTY_COUPON_THERE) {
            return LOYALTY_COUPON_THERE;
        }

        if (one == LOYALTY_COUPON_UNCLEAR) {
            verdict = LOYALTY_COUPON_UNCLEAR;
        }
    }

    return verdict;
}


static loyalty_coupon_verdict_e
loyalty_coupon_at(json_t *root, loyalty_str_t pointer, loyalty_str_t coupon)
{
    json_t  *value;

    switch (loyalty_json_pointer_resolve(root, pointer, &value)) {

    case LOYALTY_POINTER_FOUND:

        if (!json_is_string(value)) {
            return LOYALTY_COUPON_UNCLEAR;
        }

        return loyalty_coupon_equal(value, coupon) ? LOYALTY_COUPON_THERE
                                                   : LOYALTY_COUPON_ABSENT;

    case LOYALTY_POINTER_NULL:
    case LOYALTY_POINTER_PAST_END:
        return LOYALTY_COUPON_ABSENT;

    default: /* LOYALTY_POINTER_MISSING */
        return LOYALTY_COUPON_UNCLEAR;
    }
}


static int
loyalty_coupon_equal(const json_t *value, loyalty_str_t coupon)
{
    size_t       i;
    const char  *text;

    if (json_string_length(value) != coupon.len) {
        return 0;
    }

    text = json_string_value(value);

    for (i = 0; i < coupon.len; i++) {

        if (loyalty_coupon_upper(text[i])
            != loyalty_coupon_upper(coupon.data[i]))
        {
            return 0;
        }
    }

    return 1;
}


static char
loyalty_coupon_upper(char c)
{
    return (c >= 'a' && c <= 'z') ? (char) (c - 'a' + 'A') : c;
}
