
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ORDER_CASE_H_INCLUDED_
#define _LOYALTY_ORDER_CASE_H_INCLUDED_


/* What the files that read an order share; for nobody else. */

#include <loyalty_order.h>

#include <jansson.h>


/* One question with its answer, and the store's words on one order in it. */

typedef struct {
    const loyalty_store_t         *store;
    const loyalty_program_t       *program;
    loyalty_str_t                  number;
    loyalty_str_t                  email;
    loyalty_str_t                  body;
    json_t                        *root;
    json_t                        *order;
    char                          *why;
} loyalty_order_case_t;


typedef enum {
    LOYALTY_SIGN_COUNTS = 0,             /* a minus is no amount */
    LOYALTY_SIGN_IGNORED
} loyalty_sign_e;


/* loyalty_order.c */

/*
 * Follows a pointer from "from"; *value is NULL if there is no pointer, or the
 * store does not have what it points to.
 */
loyalty_order_verdict_e loyalty_order_fact(loyalty_order_case_t *oc,
    json_t *from, const char *name, loyalty_str_t pointer, json_t **value);

/* Says why, and returns LOYALTY_VERDICT_BAD_ANSWER. */
loyalty_order_verdict_e loyalty_order_bad(loyalty_order_case_t *oc,
    const char *name, loyalty_str_t pointer, const char *problem);

loyalty_str_t loyalty_order_string(const json_t *value);

/* loyalty_order_amount.c */

loyalty_order_verdict_e loyalty_order_amounts(loyalty_order_case_t *oc,
    loyalty_order_t *order);

/*
 * Reads a decimal, be it a JSON string or a number, exactly; see
 * loyalty_money_parse().
 */
int loyalty_order_decimal(const loyalty_order_case_t *oc, const json_t *value,
    int exponent, loyalty_sign_e sign, int64_t *minor);

/* loyalty_order_items.c */

loyalty_order_verdict_e loyalty_order_items(loyalty_order_case_t *oc,
    loyalty_order_t *order);


#endif /* _LOYALTY_ORDER_CASE_H_INCLUDED_ */
