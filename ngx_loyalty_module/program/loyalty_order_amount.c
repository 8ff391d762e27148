
/*
 * Copyright (C) ngx_loyalty contributors
 */


/* memmem() */
#define _GNU_SOURCE

#include <loyalty_money.h>
#include <loyalty_order_case.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOYALTY_DIGITS       "0123456789"
#define LOYALTY_NUMBER       LOYALTY_DIGITS ".+-eE"

/* "%.15g" is the longest that a double surely keeps: 0.29 stays 0.29. */

#define LOYALTY_REAL_FORMAT  "%.15g"
#define LOYALTY_REAL_SIZE    32


static loyalty_order_verdict_e loyalty_order_total(loyalty_order_case_t *oc,
    int64_t *total);
static loyalty_order_verdict_e loyalty_order_part(loyalty_order_case_t *oc,
    const char *name, loyalty_str_t pointer, int64_t *amount);
static loyalty_order_verdict_e loyalty_order_refunds(
    loyalty_order_case_t *oc, loyalty_order_t *order);
static loyalty_order_verdict_e loyalty_order_refund_list(
    loyalty_order_case_t *oc, json_t *list, int64_t *sum);
static loyalty_order_verdict_e loyalty_order_refund(loyalty_order_case_t *oc,
    json_t *element, int64_t *sum);
static loyalty_order_verdict_e loyalty_order_amount(loyalty_order_case_t *oc,
    const json_t *value, const char *name, loyalty_str_t pointer,
    loyalty_sign_e sign, int64_t *amount);
static int loyalty_order_minor(const loyalty_order_case_t *oc,
    const json_t *value, loyalty_sign_e sign, int64_t *amount);
static loyalty_str_t loyalty_order_unsigned(loyalty_str_t text,
    loyalty_sign_e sign);
static int loyalty_order_real(loyalty_str_t body, double value, int exponent,
    loyalty_sign_e sign, int64_t *minor);
static int loyalty_order_written(loyalty_str_t body, loyalty_str_t decimal);
static loyalty_order_verdict_e loyalty_order_convert(
    loyalty_order_case_t *oc, const char *name, loyalty_str_t pointer,
    int64_t theirs, int64_t *ours);
static int loyalty_order_worth(const loyalty_store_t *store,
    const loyalty_program_t *program, int64_t theirs, int64_t rate,
    int64_t *ours);
static int loyalty_order_exchange(int64_t amount, int64_t rate,
    int64_t *whole, int64_t *millionths);
static int loyalty_order_rescale(int64_t whole, int64_t millionths, int places,
    int64_t *amount);


loyalty_order_verdict_e
loyalty_order_amounts(loyalty_order_case_t *oc, loyalty_order_t *order)
{
    loyalty_order_verdict_e        verdict;
    const loyalty_order_lookup_t  *lookup = &oc->store->lookup;

    verdict = loyalty_order_total(oc, &order->total);

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_part(oc, "tax", lookup->tax, &order->tax);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_part(oc, "shipping", lookup->shipping,
                                     &order->shipping);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_refunds(oc, order);
    }

    return verdict;
}


static loyalty_order_verdict_e
loyalty_order_total(loyalty_order_case_t *oc, int64_t *total)
{
    json_t                   *value;
    int64_t                   theirs;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    theirs = 0;
    pointer = oc->store->lookup.total;

    verdict = loyalty_order_fact(oc, oc->order, "total", pointer, &value);

    if (verdict == LOYALTY_VERDICT_GOOD && value == NULL) {
        verdict = loyalty_order_bad(oc, "total", pointer, "leads to nothing");
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_amount(oc, value, "total", pointer,
                                       LOYALTY_SIGN_COUNTS, &theirs);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_convert(oc, "total", pointer, theirs, total);
    }

    return verdict;
}


/* A part of the total that an order need not have. */

static loyalty_order_verdict_e
loyalty_order_part(loyalty_order_case_t *oc, const char *name,
    loyalty_str_t pointer, int64_t *amount)
{
    json_t                   *value;
    int64_t                   theirs;
    loyalty_order_verdict_e   verdict;

    verdict = loyalty_order_fact(oc, oc->order, name, pointer, &value);

    if (verdict != LOYALTY_VERDICT_GOOD || value == NULL) {
        return verdict;
    }

    verdict = loyalty_order_amount(oc, value, name, pointer,
                                   LOYALTY_SIGN_COUNTS, &theirs);

    if (verdict == LOYALTY_VERDICT_GOOD) {
        verdict = loyalty_order_convert(oc, name, pointer, theirs, amount);
    }

    return verdict;
}


/*
 * The refunds are added up in the store's currency and converted once: those
 * of the whole order come to just its total, whatever is rounded.
 */

static loyalty_order_verdict_e
loyalty_order_refunds(loyalty_order_case_t *oc, loyalty_order_t *order)
{
    json_t                   *value;
    int64_t                   sum;
    loyalty_str_t             pointer;
    loyalty_order_verdict_e   verdict;

    sum = 0;
    pointer = oc->store->lookup.refunds;

    verdict = loyalty_order_fact(oc, oc->order, "refunds", pointer, &value);

    if (verdict != LOYALTY_VERDICT_GOOD || value == NULL) {
        return verdict;
    }

    if (json_is_array(value)) {
        verdict = loyalty_order_refund_list(oc, value, &sum);

    } else if (oc->store->lookup.refund.data != NULL) {
        verdict = loyalty_order_bad(oc, "refunds", pointer,
                                    "is not an array");

    } else {
        verdict = loyalty_order_amount(oc, value, "refunds", pointer,
                                       LOYALTY_SIGN_IGNORED, &sum);
    }

    if (verdict == LOYALTY_VERDICT_GOOD) {
        order->refunded_there = sum;

        verdict = loyalty_order_convert(oc, "refunds", pointer, sum,
                                        &order->refunded);
    }

    return verdict;
}


static loyalty_order_verdict_e
loyalty_order_refund_list(loyalty_order_case_t *oc, json_t *list, int64_t *sum)
{
    size_t                   i;
    loyalty_order_verdict_e  verdict;

    *sum = 0;

    for (i = 0; i < json_array_size(list); i++) {
        verdict = loyalty_order_refund(oc, json_array_get(list, i), sum);

        if (verdict != LOYALTY_VERDICT_GOOD) {
            return verdict;
        }
    }

    return LOYALTY_VERDICT_GOOD;
}


static loyalty_order_verdict_e
loyalty_order_refund(loyalty_order_case_t *oc, json_t *element, int64_t *sum)
{
    json_t                        *value;
    int64_t                        amount;
    const char                    *name;
    loyalty_str_t                  pointer;
    loyalty_order_verdict_e        verdict;
    const loyalty_order_lookup_t  *lookup = &oc->store->lookup;

    name = "refunds";
    pointer = lookup->refunds;
    value = element;

    if (lookup->refund.data != NULL) {
        name = "refund";
        pointer = lookup->refund;

        verdict = loyalty_order_fact(oc, element, name, pointer, &value);

        if (verdict != LOYALTY_VERDICT_GOOD || value == NULL) {
            return verdict;
        }
    }

    verdict = loyalty_order_amount(oc, value, name, pointer,
                                   LOYALTY_SIGN_IGNORED, &amount);

    if (verdict != LOYALTY_VERDICT_GOOD) {
        return verdict;
    }

    if (amount > INT64_MAX - *sum) {
        return loyalty_order_bad(oc, name, pointer, "adds up to too much");
    }

    *sum += amount;

    return LOYALTY_VERDICT_GOOD;
}


/* *amount gets minor units of the store's currency. */

static loyalty_order_verdict_e
loyalty_order_amount(loyalty_order_case_t *oc, const json_t *value,
    const char *name, loyalty_str_t pointer, loyalty_sign_e sign,
    int64_t *amount)
{
    int  rc, minor;

    minor = oc->store->lookup.minor;

    rc = minor ? loyalty_order_minor(oc, value, sign, amount)
               : loyalty_order_decimal(oc, value, oc->store->exponent, sign,
                                       amount);

    if (rc != LOYALTY_OK) {
        return loyalty_order_bad(oc, name, pointer,
                                 minor ? "is not a number of minor units"
                                       : "is not an amount of the currency");
    }

    return LOYALTY_VERDICT_GOOD;
}


static int
loyalty_order_minor(const loyalty_order_case_t *oc, const json_t *value,
    loyalty_sign_e sign, int64_t *amount)
{
    loyalty_str_t  text;

    /* "12.00" minor units are more likely to be a store's major ones */

    if (json_is_real(value)) {
        return LOYALTY_ERROR;
    }

    if (json_is_string(value)) {
        text = loyalty_order_string(value);

        if (memchr(text.data, '.', text.len) != NULL) {
            return LOYALTY_ERROR;
        }
    }

    return loyalty_order_decimal(oc, value, 0, sign, amount);
}


int
loyalty_order_decimal(const loyalty_order_case_t *oc, const json_t *value,
    int exponent, loyalty_sign_e sign, int64_t *minor)
{
    int64_t        integer;
    loyalty_str_t  text;

    switch (json_typeof(value)) {

    case JSON_STRING:
        text = loyalty_order_unsigned(loyalty_order_string(value), sign);

        return loyalty_money_parse(text, exponent, minor);

    case JSON_INTEGER:
        integer = json_integer_value(value);

        if (sign == LOYALTY_SIGN_IGNORED && integer < 0
            && integer >= -INT64_MAX)
        {
            integer = -integer;
        }

        return loyalty_money_scale(integer, exponent, minor);

    case JSON_REAL:
        return loyalty_order_real(oc->body, json_real_value(value), exponent,
                                  sign, minor);

    default:
        return LOYALTY_ERROR;
    }
}


static loyalty_str_t
loyalty_order_unsigned(loyalty_str_t text, loyalty_sign_e sign)
{
    if (sign == LOYALTY_SIGN_IGNORED && text.len > 0 && text.data[0] == '-') {
        text.data++;
        text.len--;
    }

    return text;
}


/*
 * A JSON number comes as a double.  Nothing is computed with it: it is
 * written back in decimal, and that text counts if it means the same double
 * and is what the store wrote.
 */

static int
loyalty_order_real(loyalty_str_t body, double value, int exponent,
    loyalty_sign_e sign, int64_t *minor)
{
    char           *p, *places, text[LOYALTY_REAL_SIZE];
    loyalty_str_t   decimal;

    snprintf(text, LOYALTY_REAL_SIZE, LOYALTY_REAL_FORMAT, value);

    if (strtod(text, NULL) != value || strchr(text, 'e') != NULL) {
        return LOYALTY_ERROR;
    }

    /* what stands between the digits is the point, as the locale has it */

    p = text + (text[0] == '-');
    p += strspn(p, LOYALTY_DIGITS);

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

    return loyalty_money_parse(loyalty_order_unsigned(decimal, sign),
                               exponent, minor);
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
loyalty_order_convert(loyalty_order_case_t *oc, const char *name,
    loyalty_str_t pointer, int64_t theirs, int64_t *ours)
{
    return (loyalty_order_worth(oc->store, oc->program, theirs,
                                oc->store->rate, ours)
            == LOYALTY_OK)
           ? LOYALTY_VERDICT_GOOD
           : loyalty_order_bad(oc, name, pointer, "is too large an amount");
}


int64_t
loyalty_order_refunded(const loyalty_store_t *store,
    const loyalty_program_t *program, const loyalty_order_t *order,
    int64_t rate)
{
    int64_t  refunded;

    return (loyalty_order_worth(store, program, order->refunded_there, rate,
                                &refunded)
            == LOYALTY_OK)
           ? refunded : LOYALTY_ORDER_AMOUNT_MAX;
}


static int
loyalty_order_worth(const loyalty_store_t *store,
    const loyalty_program_t *program, int64_t theirs, int64_t rate,
    int64_t *ours)
{
    int64_t  whole, millionths, amount;

    if (loyalty_order_exchange(theirs, rate, &whole, &millionths)
        != LOYALTY_OK
        || loyalty_order_rescale(whole, millionths,
                                 program->exponent - store->exponent, &amount)
           != LOYALTY_OK
        || amount > LOYALTY_ORDER_AMOUNT_MAX)
    {
        return LOYALTY_ERROR;
    }

    *ours = amount;

    return LOYALTY_OK;
}


/*
 * The amount times the rate, as a whole number and the millionths that are
 * left.  Both are taken apart at the millions, so that no product on the way
 * is larger than the result.
 */

static int
loyalty_order_exchange(int64_t amount, int64_t rate, int64_t *whole,
    int64_t *millionths)
{
    int64_t  units, parts, rest;

    units = rate / LOYALTY_RATE_ONE;
    parts = rate % LOYALTY_RATE_ONE;

    if (units != 0 && amount > INT64_MAX / units) {
        return LOYALTY_ERROR;
    }

    rest = amount % LOYALTY_RATE_ONE * parts;

    *whole = amount / LOYALTY_RATE_ONE * parts + rest / LOYALTY_RATE_ONE;
    *millionths = rest % LOYALTY_RATE_ONE;

    if (*whole > INT64_MAX - amount * units) {
        return LOYALTY_ERROR;
    }

    *whole += amount * units;

    return LOYALTY_OK;
}


/*
 * Moves the point by as many places as the currencies differ in; what is
 * behind it in the end does not count.
 */

static int
loyalty_order_rescale(int64_t whole, int64_t millionths, int places,
    int64_t *amount)
{
    for ( /* void */ ; places < 0; places++) {
        whole /= 10;
    }

    for ( /* void */ ; places > 0; places--) {
        millionths *= 10;

        if (whole > (INT64_MAX - 9) / 10) {
            return LOYALTY_ERROR;
        }

        whole = whole * 10 + millionths / LOYALTY_RATE_ONE;
        millionths %= LOYALTY_RATE_ONE;
    }

    *amount = whole;

    return LOYALTY_OK;
}
