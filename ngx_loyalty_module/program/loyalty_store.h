
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_STORE_H_INCLUDED_
#define _LOYALTY_STORE_H_INCLUDED_


#include <loyalty_types.h>


/*
 * Where the facts stand in the store's answer: JSON pointers (RFC 6901).
 * With "list", which points to an array of orders, the others start at the
 * first element whose number is the asked one.  Pointers that were not
 * configured have data == NULL; "email", "total" and "number" always are.
 * Without "status" every order is a paid one.
 *
 * "refunds" points to an amount, or to an array of them, or of objects in
 * which "refund" points to it; "items" to an array of objects, in which the
 * item pointers start.  A category may be a text or an array of them.
 */

typedef struct {
    loyalty_str_t            list;
    loyalty_str_t            number;
    loyalty_str_t            email;
    loyalty_str_t            total;
    loyalty_str_t            tax;
    loyalty_str_t            shipping;
    loyalty_str_t            refunds;
    loyalty_str_t            refund;
    loyalty_str_t            currency;
    loyalty_str_t            status;
    loyalty_str_t            items;
    loyalty_str_t            item_sku;
    loyalty_str_t            item_quantity;
    loyalty_str_t            item_category;
    const loyalty_str_t     *paid;          /* statuses that mean "paid" */
    size_t                   npaid;
    const loyalty_str_t     *voided;        /* that mean "taken back" */
    size_t                   nvoided;
    unsigned                 minor:1;       /* amounts are minor units */
} loyalty_order_lookup_t;


/*
 * A store of a program.  Its amounts are worth "rate" millionths of the
 * program's currency: both in whole units, rounded down to minor ones.
 */

typedef struct {
    loyalty_str_t            id;
    loyalty_str_t            currency;      /* ISO 4217 code */
    int                      exponent;
    int64_t                  rate;          /* millionths, 1000000: 1 : 1 */
    loyalty_order_lookup_t   lookup;
} loyalty_store_t;


#define LOYALTY_RATE_ONE     1000000
#define LOYALTY_STORE_ALONE  "default"      /* the id where there is one */


#endif /* _LOYALTY_STORE_H_INCLUDED_ */
