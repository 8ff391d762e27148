
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ORDER_H_INCLUDED_
#define _LOYALTY_ORDER_H_INCLUDED_


#include <loyalty_json_pointer.h>
#include <loyalty_program.h>


/*
 * Where the facts stand in the store's answer: JSON pointers (RFC 6901).
 * With "list", which points to an array of orders, the others start at the
 * first element whose number is the asked one.  Pointers that were not
 * configured have data == NULL; "email", "total" and "number" always are.
 * Without "status" every order is a paid one.
 */

typedef struct {
    loyalty_str_t         list;
    loyalty_str_t         number;
    loyalty_str_t         email;
    loyalty_str_t         total;
    loyalty_str_t         currency;
    loyalty_str_t         status;
    const loyalty_str_t  *paid;          /* statuses that mean "paid" */
    size_t                npaid;
    unsigned              minor:1;       /* totals are integer minor units */
} loyalty_order_lookup_t;


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
 * equals "email" (normalised by the caller), its status is a paid one, and
 * its currency, where a pointer to it is configured, is the program's (in
 * any case of letters).  Then *total is set, in minor units, never negative.
 *
 * What is null, or stands in an array that is too short, is a fact that the
 * store does not have: no such order, or for the status, not paid.  What a
 * pointer finds no place for is a bad answer, and so is null where the
 * answer reports errors beside it, as GraphQL does.
 *
 * For LOYALTY_VERDICT_BAD_ANSWER "why" gets one line for the log without
 * anything personal in it, at most LOYALTY_ORDER_WHY_SIZE bytes with its
 * NUL; otherwise it is made empty.
 */
loyalty_order_verdict_e loyalty_order_check(
    const loyalty_order_lookup_t *lookup, const loyalty_program_t *program,
    loyalty_str_t number, loyalty_str_t email, loyalty_str_t body,
    int64_t *total, char *why);


#endif /* _LOYALTY_ORDER_H_INCLUDED_ */
