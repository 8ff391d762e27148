
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_email.h>
#include <loyalty_order_case.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* So much of a pointer is shown in a line for the log. */

#define LOYALTY_POINTER_SHOWN  64


static json_t *loyalty_order_parse(loyalty_str_t body, char *why);
static const char *loyalty_order_fault(const json_error_t *error);
static loyalty_order_verdict_e loyalty_order_judge(loyalty_order_case_t *oc,
    loyalty_order_t *order);
static loyalty_order_verdict_e loyalty_order_pick(loyalty_order_case_t *oc);
static loyalty_order_verdict_e loyalty_order_number(loyalty_order_case_t *oc);
static loyalty_order_verdict_e loyalty_order_email(loyalty_order_case_t *oc,
    loyalty_order_t *order);
static loyalty_order_verdict_e loyalty_order_status(loyalty_order_case_t *oc,
    loyalty_order_t *order);
static int loyalty_order_text_among(const json_t *value,
    const loyalty_str_t *words, size_t n);
static int loyalty_order_text_is(const json_t *value, loyalty_str_t text);
static int loyalty_order_integer_is(json_int_t value, loyalty_str_t text);
static loyalty_order_verdict_e loyalty_order_worth(loyalty_order_case_t *oc,
    loyalty_order_t *order);
static loyalty_order_verdict_e loyalty_order_currency(
    loyalty_order_case_t *oc);
static int loyalty_order_code_is(loyalty_str_t theirs, loyalty_str_t ours);


loyalty_order_verdict_e
loyalty_order_read(const loyalty_store_t *store,
    const loyalty_program_t *program, loyalty_str_t number,
    loyalty_str_t email, loyalty_str_t body, loyalty_order_t *order, char *why)
{
    loyalty_order_case_t     oc;
    loyalty_order_verdict_e  verdict;

    memset(order, 0, sizeof(loyalty_order_t));

    why[0] = '\0';

    oc.store = store;
    oc.program = program;
    oc.number = number;
    oc.email = email;
    oc.body = body;
    oc.why = why;

    oc.root = loyalty_order_parse(body, why);

    if (oc.root == NULL) {
        return LOYALTY_VERDICT_BAD_ANSWER;
    }

    verdict = loyalty_order_judge(&oc, order);

    if (order->nitems != 0) {
        order->root = oc.root;

    } else {
        json_decref(oc.root);
    }

    if (verdict != LOYALTY_VERDICT_GOOD && verdict != LOYALTY_VERDICT_NOT_PAID)
    {
        loyalty_order_free(order);
    }

    return verdict;
}


void
loyalty_order_free(loyalty_order_t *order)
{
    free(order->items);
    json_decref(order->root);

    memset(order, 0, sizeof(loyalty_order_t));
}


static json_t *
loyalty_order_parse(loyalty_str_t body, char *why)
{
    json_t        *root;
    json_error_t   error;

    root = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, &error);

    if (root == NULL) {

        /* jansson's own words quote the answer, which may be personal */

        snprintf(why, LOYALTY_ORDER_WHY_SIZE, "%s at byte %d of %lu",
                 loyalty_order_fault(&error), error.position,
                 (unsigned long) body.len);
    }

    return root;
}


static const char *
loyalty_order_fault(const json_error_t *error)
{
    switch (json_error_code(error)) {

    case json_error_out_of_memory:
        return "no memory to read the answer";

    case json_error_stack_overflow:
        return "the answer is nested too deep";

    case json_error_invalid_utf8:
        return "the answer is not UTF-8";

    case json_error_premature_end_of_input:
        return "the answer is cut short";

    case json_error_end_of_input_expected:
        return "the answer goes on after its JSON value";

    case json_error_duplicate_key:
        return "the answer has a member twice";

    case json_error_numeric_overflow:
        return "the answer has a number that is too large";

    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "the answer has a text with a null character";

    default:
        return "the answer is not a JSON object or array";
    }
}


/*
 * The order's number and e-mail come first: who does not know both must not
 * learn anything else about it.
 */

static loyalty_order_verdict_e
loyalty_order_judge(loyalty_order_case_t *oc, loyalty_order_t *order)
{
    loyalty_order_verdict_e  verdict;

    verdict = loyalty_order_pick(oc);

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_email(oc, order);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_status(oc, order);
    }

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    verdict = loyalty_order_worth(oc, order);

    if (order->paid) {
        return verdict;
    }

    /* an order that is not paid may not have its amounts yet */

    if (verdict != LOYALTY_VERDICT_GOOD) {
        order->total = 0;
        order->tax = 0;
        order->shipping = 0;
        order->refunded = 0;

        oc->why[0] = '\0';
    }

    return LOYALTY_VERDICT_NOT_PAID;
}


static loyalty_order_verdict_e
loyalty_order_pick(loyalty_order_case_t *oc)
{
    size_t                    i, n;
    json_t                   *list;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict, all;

    pointer = oc->store->lookup.list;

    if (pointer.data == NULL) {
        oc->order = oc->root;
        return loyalty_order_number(oc);
    }

    verdict = loyalty_order_fact(oc, oc->root, "list", pointer, &list);

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    if (list == NULL) {
        return LOYALTY_VERDICT_NOT_FOUND;
    }

    if (!json_is_array(list)) {
        return loyalty_order_bad(oc, "list", pointer, "is not an array");
    }

    all = LOYALTY_VERDICT_NOT_FOUND;
    n = json_array_size(list);

    for (i = 0; i < n; i++) {
        oc->order = json_array_get(list, i);

        verdict = loyalty_order_number(oc);

        if (verdict == LOYALTY_VERDICT_GOOD) {
            oc->why[0] = '\0';
            return LOYALTY_VERDICT_GOOD;
        }

        if (verdict == LOYALTY_VERDICT_BAD_ANSWER) {
            all = verdict;
        }
    }

    return all;
}


static loyalty_order_verdict_e
loyalty_order_number(loyalty_order_case_t *oc)
{
    json_t                   *value;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    pointer = oc->store->lookup.number;

    verdict = loyalty_order_fact(oc, oc->order, "number", pointer, &value);

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    if (value == NULL) {
        return LOYALTY_VERDICT_NOT_FOUND;
    }

    if (!json_is_string(value) && !json_is_integer(value)) {
        return loyalty_order_bad(oc, "number", pointer,
                                 "is neither a string nor an integer");
    }

    if (!loyalty_order_text_is(value, oc->number)) {
        return LOYALTY_VERDICT_NOT_FOUND;
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_email(loyalty_order_case_t *oc, loyalty_order_t *order)
{
    json_t                   *value;
    loyalty_str_t             pointer, normal;
    loyalty_order_verdict_e   verdict;

    pointer = oc->store->lookup.email;

    verdict = loyalty_order_fact(oc, oc->order, "email", pointer, &value);

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    if (value == NULL) {
        return LOYALTY_VERDICT_NOT_FOUND;
    }

    if (!json_is_string(value)) {
        return loyalty_order_bad(oc, "email", pointer, "is not a string");
    }

    if (loyalty_email_normalize(loyalty_order_string(value), order->email,
                                &order->email_len)
        != LOYALTY_OK)
    {
        return LOYALTY_VERDICT_NOT_FOUND;
    }

    normal.data = order->email;
    normal.len = order->email_len;

    if (oc->email.len != 0 && !loyalty_str_equal(normal, oc->email)) {
        return LOYALTY_VERDICT_NOT_FOUND;
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_status(loyalty_order_case_t *oc, loyalty_order_t *order)
{
    json_t                        *value;
    loyalty_str_t                  pointer;
    loyalty_order_verdict_e        verdict;
    const loyalty_order_lookup_t  *lookup = &oc->store->lookup;

    pointer = lookup->status;

    if (pointer.data == NULL) {
        order->paid = 1;
        return LOYALTY_VERDICT_GOOD;
    }

    verdict = loyalty_order_fact(oc, oc->order, "status", pointer, &value);

    if (verdict != LOYALTY_VERDICT_GOOD || value == NULL) {
        return verdict;
    }

    if (!json_is_string(value) && !json_is_integer(value)
        && !json_is_boolean(value))
    {
        return loyalty_order_bad(oc, "status", pointer,
                                 "is not a string, an integer or a boolean");
    }

    order->voided = loyalty_order_text_among(value, lookup->voided,
                                             lookup->nvoided);

    order->paid = !order->voided
                  && loyalty_order_text_among(value, lookup->paid,
                                              lookup->npaid);

    return LOYALTY_VERDICT_GOOD;
}


static int
loyalty_order_text_among(const json_t *value, const loyalty_str_t *words,
    size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (loyalty_order_text_is(value, words[i])) {
            return 1;
        }
    }

    return 0;
}


static int
loyalty_order_text_is(const json_t *value, loyalty_str_t text)
{
    static const loyalty_str_t  yes = loyalty_string("true");
    static const loyalty_str_t  no = loyalty_string("false");

    switch (json_typeof(value)) {

    case JSON_STRING:
        return loyalty_str_equal(loyalty_order_string(value), text);

    case JSON_INTEGER:
        return loyalty_order_integer_is(json_integer_value(value), text);

    case JSON_TRUE:
        return loyalty_str_equal(yes, text);

    default: /* JSON_FALSE */
        return loyalty_str_equal(no, text);
    }
}


/* Compares digit by digit from the last one on; no negative is ever asked. */

static int
loyalty_order_integer_is(json_int_t value, loyalty_str_t text)
{
    size_t  i;

    if (value < 0) {
        return 0;
    }

    i = text.len;

    do {
        if (i == 0 || text.data[--i] != '0' + value % 10) {
            return 0;
        }

        value /= 10;

    } while (value > 0);

    return i == 0;
}


static loyalty_order_verdict_e
loyalty_order_worth(loyalty_order_case_t *oc, loyalty_order_t *order)
{
    loyalty_order_verdict_e  verdict;

    verdict = loyalty_order_currency(oc);

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_amounts(oc, order);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_items(oc, order);
    }

    return verdict;
}


static loyalty_order_verdict_e
loyalty_order_currency(loyalty_order_case_t *oc)
{
    json_t                   *value;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    pointer = oc->store->lookup.currency;

    if (pointer.data == NULL) {
        return LOYALTY_VERDICT_GOOD;
    }

    verdict = loyalty_order_fact(oc, oc->order, "currency", pointer, &value);

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    if (value == NULL) {
        return loyalty_order_bad(oc, "currency", pointer, "leads to nothing");
    }

    if (!json_is_string(value)) {
        return loyalty_order_bad(oc, "currency", pointer, "is not a string");
    }

    if (!loyalty_order_code_is(loyalty_order_string(value),
                               oc->store->currency))
    {
        return LOYALTY_VERDICT_WRONG_CURRENCY;
    }

    return LOYALTY_VERDICT_GOOD;
}


/* Ours is in capitals. */

static int
loyalty_order_code_is(loyalty_str_t theirs, loyalty_str_t ours)
{
    size_t  i;

    if (theirs.len != ours.len) {
        return 0;
    }

    for (i = 0; i < ours.len; i++) {
        if (theirs.data[i] != ours.data[i]
            && theirs.data[i] != (ours.data[i] | 0x20))
        {
            return 0;
        }
    }

    return 1;
}


loyalty_order_verdict_e
loyalty_order_fact(loyalty_order_case_t *oc, json_t *from, const char *name,
    loyalty_str_t pointer, json_t **value)
{
    json_t             *errors;
    loyalty_pointer_e   found;

    *value = NULL;

    if (pointer.data == NULL) {
        return LOYALTY_VERDICT_GOOD;
    }

    found = loyalty_json_pointer_resolve(from, pointer, value);

    if (found == LOYALTY_POINTER_MISSING) {
        return loyalty_order_bad(oc, name, pointer, "leads nowhere");
    }

    /*
     * GraphQL has null both for what does not exist and for what could not be
     * looked up; only the latter comes with errors.
     */

    if (found == LOYALTY_POINTER_NULL) {
        errors = json_object_get(oc->root, "errors");

        if (json_array_size(errors) > 0) {
            return loyalty_order_bad(oc, name, pointer,
                                     "is null, and the store reports errors");
        }
    }

    return LOYALTY_VERDICT_GOOD;
}


loyalty_order_verdict_e
loyalty_order_bad(loyalty_order_case_t *oc, const char *name,
    loyalty_str_t pointer, const char *problem)
{
    int  len;

    len = (pointer.len < LOYALTY_POINTER_SHOWN) ? (int) pointer.len
                                                : LOYALTY_POINTER_SHOWN;

    snprintf(oc->why, LOYALTY_ORDER_WHY_SIZE, "%s=%.*s of the answer %s",
             name, len, pointer.data, problem);

    return LOYALTY_VERDICT_BAD_ANSWER;
}


loyalty_str_t
loyalty_order_string(const json_t *value)
{
    loyalty_str_t  text;

    text.data = json_string_value(value);
    text.len = json_string_length(value);

    return text;
}
