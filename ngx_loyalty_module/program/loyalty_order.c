
/*
 * Copyright (C) ngx_loyalty contributors
 */


/* memmem() */
#define _GNU_SOURCE

#include <loyalty_email.h>
#include <loyalty_money.h>
#include <loyalty_order.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOYALTY_DIGITS       "0123456789"
#define LOYALTY_NUMBER       LOYALTY_DIGITS ".+-eE"

/* "%.15g" is the longest that a double surely keeps: 0.29 stays 0.29. */

#define LOYALTY_REAL_FORMAT  "%.15g"
#define LOYALTY_REAL_SIZE    32

/* So much of a pointer is shown in a line for the log. */

#define LOYALTY_POINTER_SHOWN  64


/* One question with its answer, and the store's words on one order in it. */

typedef struct {
    const loyalty_order_lookup_t  *lookup;
    const loyalty_program_t       *program;
    loyalty_str_t                  number;
    loyalty_str_t                  email;
    loyalty_str_t                  body;
    json_t                        *root;
    json_t                        *order;
    char                          *why;
} loyalty_order_case_t;


static json_t *loyalty_order_read(loyalty_str_t body, char *why);
static const char *loyalty_order_fault(const json_error_t *error);
static loyalty_order_verdict_e loyalty_order_judge(loyalty_order_case_t *oc,
    int64_t *total);
static loyalty_order_verdict_e loyalty_order_pick(loyalty_order_case_t *oc);
static loyalty_order_verdict_e loyalty_order_number(loyalty_order_case_t *oc);
static loyalty_order_verdict_e loyalty_order_email(loyalty_order_case_t *oc);
static loyalty_order_verdict_e loyalty_order_status(loyalty_order_case_t *oc);
static int loyalty_order_text_is(const json_t *value, loyalty_str_t text);
static int loyalty_order_integer_is(json_int_t value, loyalty_str_t text);
static loyalty_order_verdict_e loyalty_order_currency(
    loyalty_order_case_t *oc);
static loyalty_order_verdict_e loyalty_order_total(loyalty_order_case_t *oc,
    int64_t *total);
static int loyalty_order_minor(const json_t *value, int64_t *total);
static int loyalty_order_major(loyalty_order_case_t *oc, const json_t *value,
    int64_t *total);
static int loyalty_order_real(loyalty_str_t body, double value, int exponent,
    int64_t *total);
static int loyalty_order_written(loyalty_str_t body, loyalty_str_t decimal);
static loyalty_order_verdict_e loyalty_order_absent(loyalty_order_case_t *oc,
    loyalty_pointer_e found, const char *name, loyalty_str_t pointer);
static loyalty_order_verdict_e loyalty_order_bad(loyalty_order_case_t *oc,
    const char *name, loyalty_str_t pointer, const char *problem);
static loyalty_str_t loyalty_order_string(const json_t *value);


loyalty_order_verdict_e
loyalty_order_check(const loyalty_order_lookup_t *lookup,
    const loyalty_program_t *program, loyalty_str_t number,
    loyalty_str_t email, loyalty_str_t body, int64_t *total, char *why)
{
    loyalty_order_case_t     oc;
    loyalty_order_verdict_e  verdict;

    why[0] = '\0';

    oc.lookup = lookup;
    oc.program = program;
    oc.number = number;
    oc.email = email;
    oc.body = body;
    oc.why = why;

    oc.root = loyalty_order_read(body, why);

    if (oc.root == NULL) {
        return LOYALTY_VERDICT_BAD_ANSWER;
    }

    verdict = loyalty_order_judge(&oc, total);

    json_decref(oc.root);

    return verdict;
}


static json_t *
loyalty_order_read(loyalty_str_t body, char *why)
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
loyalty_order_judge(loyalty_order_case_t *oc, int64_t *total)
{
    loyalty_order_verdict_e  verdict;

    verdict = loyalty_order_pick(oc);

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_email(oc);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_status(oc);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_currency(oc);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_total(oc, total);
    }

    return verdict;
}


static loyalty_order_verdict_e
loyalty_order_pick(loyalty_order_case_t *oc)
{
    size_t                    i, n;
    json_t                   *list;
    loyalty_str_t             pointer;
    loyalty_pointer_e         found;
    loyalty_order_verdict_e   verdict, all;

    pointer = oc->lookup->list;

    if (pointer.data == NULL) {
        oc->order = oc->root;
        return loyalty_order_number(oc);
    }

    found = loyalty_json_pointer_resolve(oc->root, pointer, &list);

    if (found != LOYALTY_POINTER_FOUND) {
        return loyalty_order_absent(oc, found, "list", pointer);
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
    json_t             *value;
    loyalty_str_t       pointer;
    loyalty_pointer_e   found;

    pointer = oc->lookup->number;

    found = loyalty_json_pointer_resolve(oc->order, pointer, &value);

    if (found != LOYALTY_POINTER_FOUND) {
        return loyalty_order_absent(oc, found, "number", pointer);
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
loyalty_order_email(loyalty_order_case_t *oc)
{
    char                email[LOYALTY_EMAIL_MAX];
    json_t             *value;
    loyalty_str_t       pointer, normal;
    loyalty_pointer_e   found;

    pointer = oc->lookup->email;

    found = loyalty_json_pointer_resolve(oc->order, pointer, &value);

    if (found != LOYALTY_POINTER_FOUND) {
        return loyalty_order_absent(oc, found, "email", pointer);
    }

    if (!json_is_string(value)) {
        return loyalty_order_bad(oc, "email", pointer, "is not a string");
    }

    normal.data = email;

    if (loyalty_email_normalize(loyalty_order_string(value), email,
                                &normal.len)
        != LOYALTY_OK
        || !loyalty_str_equal(normal, oc->email))
    {
        return LOYALTY_VERDICT_NOT_FOUND;
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_status(loyalty_order_case_t *oc)
{
    size_t              i;
    json_t             *value;
    loyalty_str_t       pointer;
    loyalty_pointer_e   found;

    pointer = oc->lookup->status;

    if (pointer.data == NULL) {
        return LOYALTY_VERDICT_GOOD;
    }

    found = loyalty_json_pointer_resolve(oc->order, pointer, &value);

    if (found == LOYALTY_POINTER_MISSING) {
        return loyalty_order_bad(oc, "status", pointer, "leads nowhere");
    }

    if (found != LOYALTY_POINTER_FOUND) {
        return LOYALTY_VERDICT_NOT_PAID;
    }

    if (!json_is_string(value) && !json_is_integer(value)
        && !json_is_boolean(value))
    {
        return loyalty_order_bad(oc, "status", pointer,
                                 "is not a string, an integer or a boolean");
    }

    for (i = 0; i < oc->lookup->npaid; i++) {
        if (loyalty_order_text_is(value, oc->lookup->paid[i])) {
            return LOYALTY_VERDICT_GOOD;
        }
    }

    return LOYALTY_VERDICT_NOT_PAID;
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
loyalty_order_currency(loyalty_order_case_t *oc)
{
    size_t              i;
    json_t             *value;
    loyalty_str_t       pointer, theirs, ours;
    loyalty_pointer_e   found;

    pointer = oc->lookup->currency;

    if (pointer.data == NULL) {
        return LOYALTY_VERDICT_GOOD;
    }

    found = loyalty_json_pointer_resolve(oc->order, pointer, &value);

    if (found != LOYALTY_POINTER_FOUND) {
        return loyalty_order_bad(oc, "currency", pointer,
                                 "leads nowhere or to null");
    }

    if (!json_is_string(value)) {
        return loyalty_order_bad(oc, "currency", pointer, "is not a string");
    }

    theirs = loyalty_order_string(value);
    ours = oc->program->currency;

    if (theirs.len != ours.len) {
        return LOYALTY_VERDICT_WRONG_CURRENCY;
    }

    for (i = 0; i < ours.len; i++) {
        if (theirs.data[i] != ours.data[i]
            && theirs.data[i] != (ours.data[i] | 0x20))
        {
            return LOYALTY_VERDICT_WRONG_CURRENCY;
        }
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_total(loyalty_order_case_t *oc, int64_t *total)
{
    int                 rc;
    json_t             *value;
    loyalty_str_t       pointer;
    loyalty_pointer_e   found;

    pointer = oc->lookup->total;

    found = loyalty_json_pointer_resolve(oc->order, pointer, &value);

    if (found != LOYALTY_POINTER_FOUND) {
        return loyalty_order_bad(oc, "total", pointer,
                                 "leads nowhere or to null");
    }

    if (oc->lookup->minor) {
        rc = loyalty_order_minor(value, total);

    } else {
        rc = loyalty_order_major(oc, value, total);
    }

    if (rc != LOYALTY_OK) {
        return loyalty_order_bad(oc, "total", pointer,
                                 oc->lookup->minor
                                 ? "is not a number of minor units"
                                 : "is not an amount of the currency");
    }

    return LOYALTY_VERDICT_GOOD;
}


static int
loyalty_order_minor(const json_t *value, int64_t *total)
{
    loyalty_str_t  text;

    if (json_is_integer(value)) {
        return loyalty_money_scale(json_integer_value(value), 0, total);
    }

    if (!json_is_string(value)) {
        return LOYALTY_ERROR;
    }

    text = loyalty_order_string(value);

    /* "12.00" minor units are more likely to be a store's major ones */

    if (memchr(text.data, '.', text.len) != NULL) {
        return LOYALTY_ERROR;
    }

    return loyalty_money_parse(text, 0, total);
}


static int
loyalty_order_major(loyalty_order_case_t *oc, const json_t *value,
    int64_t *total)
{
    int  exponent = oc->program->exponent;

    switch (json_typeof(value)) {

    case JSON_STRING:
        return loyalty_money_parse(loyalty_order_string(value), exponent,
                                   total);

    case JSON_INTEGER:
        return loyalty_money_scale(json_integer_value(value), exponent,
                                   total);

    case JSON_REAL:
        return loyalty_order_real(oc->body, json_real_value(value), exponent,
                                  total);

    default:
        return LOYALTY_ERROR;
    }
}


/*
 * A JSON number comes as a double.  Nothing is computed with it: it is
 * written back in decimal, and that text counts if it means the same double
 * and is what the store wrote.
 */

static int
loyalty_order_real(loyalty_str_t body, double value, int exponent,
    int64_t *total)
{
    char           *p, *places, text[LOYALTY_REAL_SIZE];
    loyalty_str_t   decimal;

    snprintf(text, LOYALTY_REAL_SIZE, LOYALTY_REAL_FORMAT, value);

    if (strtod(text, NULL) != value || text[0] == '-'
        || strchr(text, 'e') != NULL)
    {
        return LOYALTY_ERROR;
    }

    /* what stands between the digits is the point, as the locale has it */

    p = text + strspn(text, LOYALTY_DIGITS);

    if (*p != '\0') {
        places = p + strcspn(p, LOYALTY_DIGITS);
        *p++ = '.';
        memmove(p, places, strlen(places) + 1);
    }

    decimal.data = text;
    decimal.len = strlen(text);

    if (!loyalty_order_written(body, decimal)) {
        return LOYALTY_ERROR;
    }

    return loyalty_money_parse(decimal, exponent, total);
}


/*
 * Whether the number stands in the answer like this, but for zeros at its
 * end.  0.28999999999999999999 is the same double as 0.29, and not the same
 * money.
 */

static int
loyalty_order_written(loyalty_str_t body, loyalty_str_t decimal)
{
    int          whole, point;
    const char  *p, *q, *last;

    whole = (memchr(decimal.data, '.', decimal.len) == NULL);
    last = body.data + body.len;

    for (p = body.data; /* void */ ; p++) {
        p = memmem(p, last - p, decimal.data, decimal.len);

        if (p == NULL) {
            return 0;
        }

        q = p + decimal.len;
        point = !whole;

        if (whole && q < last && *q == '.') {
            point = 1;
            q++;
        }

        while (point && q < last && *q == '0') {
            q++;
        }

        if ((p == body.data || strchr(LOYALTY_NUMBER, p[-1]) == NULL)
            && (q == last || strchr(LOYALTY_NUMBER, *q) == NULL))
        {
            return 1;
        }
    }
}


static loyalty_order_verdict_e
loyalty_order_absent(loyalty_order_case_t *oc, loyalty_pointer_e found,
    const char *name, loyalty_str_t pointer)
{
    json_t  *errors;

    if (found == LOYALTY_POINTER_MISSING) {
        return loyalty_order_bad(oc, name, pointer, "leads nowhere");
    }

    /*
     * GraphQL has null both for an order that does not exist and for one
     * that could not be looked up; only the latter comes with errors.
     */

    if (found == LOYALTY_POINTER_NULL) {
        errors = json_object_get(oc->root, "errors");

        if (json_array_size(errors) > 0) {
            return loyalty_order_bad(oc, name, pointer,
                                     "is null, and the store reports errors");
        }
    }

    return LOYALTY_VERDICT_NOT_FOUND;
}


static loyalty_order_verdict_e
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


static loyalty_str_t
loyalty_order_string(const json_t *value)
{
    loyalty_str_t  text;

    text.data = json_string_value(value);
    text.len = json_string_length(value);

    return text;
}
