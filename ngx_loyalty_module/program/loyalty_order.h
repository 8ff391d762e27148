
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ORDER_H_INCLUDED_
#define _LOYALTY_ORDER_H_INCLUDED_


#include <loyalty_email.h>
#include <loyalty_json_pointer.h>
#include <loyalty_program.h>


/*
 * An order has so many items at most, and so many categories of all of them
 * together; a store's answer is not that long.
 */

#define LOYALTY_ITEMS_MAX          1000
#define LOYALTY_CATEGORIES_MAX     10000
#define LOYALTY_ITEM_QUANTITY_MAX  1000000000

/* No amount goes past this; sums of all of an order's stay in int64_t. */

#define LOYALTY_ORDER_AMOUNT_MAX   INT64_C(1000000000000000000)


typedef struct {
    loyalty_str_t        sku;
    int64_t              quantity;
    const loyalty_str_t *categories;
    size_t               ncategories;
} loyalty_item_t;


/*
 * The facts of an order.  Amounts are minor units of the program's currency,
 * never negative; what the store's look-up does not have is 0.  The items are
 * one block of memory with their categories, and with the texts of what the
 * store has as integers; texts that it has as such belong to "root".
 */

typedef struct {
    char                 email[LOYALTY_EMAIL_MAX];
    size_t               email_len;      /* normalised */
    unsigned             paid:1;
    unsigned             voided:1;       /* taken back as a whole */
    int64_t              total;
    int64_t              tax;
    int64_t              shipping;
    int64_t              refunded;
    int64_t              refunded_there; /* the store's minor units */
    loyalty_item_t      *items;
    size_t               nitems;
    struct json_t       *root;           /* jansson's, or NULL */
} loyalty_order_t;


typedef enum {
    LOYALTY_VERDICT_GOOD = 0,
    LOYALTY_VERDICT_NOT_FOUND,           /* or another's: same to callers */
    LOYALTY_VERDICT_NOT_PAID,
    LOYALTY_VERDICT_WRONG_CURRENCY,
    LOYALTY_VERDICT_BAD_ANSWER
} loyalty_order_verdict_e;


#define LOYALTY_ORDER_WHY_SIZE  160


/*
 * Judges the store's answer to the question about one order.  The order is
 * good when its number equals the asked one exactly, its e-mail, normalised,
 * equals "email" (normalised by the caller; "": whosever it is), its status is
 * a paid one, and its currency, where a pointer to it is configured, is the
 * store's (in any case of letters).  Then, and also if it is only not paid,
 * *order has its facts, and is to be given to loyalty_order_free(); otherwise
 * it is zeroed.
 *
 * What is null, or stands in an array that is too short, is a fact that the
 * store does not have: no such order, or for the status, not paid; for tax,
 * shipping, refunds and items, none.  What a pointer finds no place for is a
 * bad answer, and so is null where the answer reports errors beside it, as
 * GraphQL does.
 *
 * For LOYALTY_VERDICT_BAD_ANSWER "why" gets one line for the log without
 * anything personal in it, at most LOYALTY_ORDER_WHY_SIZE bytes with its
 * NUL; otherwise it is made empty.
 */
loyalty_order_verdict_e loyalty_order_read(const loyalty_store_t *store,
    const loyalty_program_t *program, loyalty_str_t number,
    loyalty_str_t email, loyalty_str_t body, loyalty_order_t *order,
    char *why);

/*
 * What was refunded of an order by the store's rate of another day, as far as
 * there are such amounts.
 */
int64_t loyalty_order_refunded(const loyalty_store_t *store,
    const loyalty_program_t *program, const loyalty_order_t *order,
    int64_t rate);

/* Lets go of what an order holds, and zeroes it. */
void loyalty_order_free(loyalty_order_t *order);


#endif /* _LOYALTY_ORDER_H_INCLUDED_ */
