
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_PROMOTION_H_INCLUDED_
#define _LOYALTY_PROMOTION_H_INCLUDED_


#include <loyalty_types.h>


/* For a time, orders earn more. */

typedef struct {
    loyalty_str_t            id;
    int64_t                  from;         /* Unix time, 0: ever since */
    int64_t                  until;        /* exclusive, 0: for ever */
    int64_t                  multiplier;   /* thousandths, 0: none */
    int64_t                  bonus;        /* points, 0: none */
    int64_t                  min;          /* an order's total, minor units */
    loyalty_str_t            tier;         /* and those above it; "": any */
    loyalty_str_t            store;        /* "": any */
    unsigned                 first_order:1;
} loyalty_promotion_t;


#endif /* _LOYALTY_PROMOTION_H_INCLUDED_ */
