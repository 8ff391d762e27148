
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_EARN_H_INCLUDED_
#define _LOYALTY_EARN_H_INCLUDED_


#include <loyalty_types.h>


/* As many rules of earning has a program at most. */

#define LOYALTY_EARNS_MAX  16

/* What does not count of an order's total, by bit; refunds never do. */

#define LOYALTY_MINUS_TAX       0x01
#define LOYALTY_MINUS_SHIPPING  0x02
#define LOYALTY_MINUS_REFUNDS   0x04


typedef enum {
    LOYALTY_EARN_PER_AMOUNT = 0,
    LOYALTY_EARN_PER_ORDER,
    LOYALTY_EARN_PER_ITEM
} loyalty_earn_e;


/* A rule of what an order earns; those of a program add up. */

typedef struct {
    loyalty_earn_e           kind;
    int64_t                  points;
    int64_t                  per;          /* minor units, PER_AMOUNT only */
    unsigned                 minus;        /* of PER_AMOUNT's basis */
    int64_t                  min;          /* an order's total, minor units */
    int64_t                  limit;        /* PER_ORDER: orders a window, */
    int64_t                  window;       /* of seconds; 0: no limit */
    const loyalty_str_t     *skus;         /* PER_ITEM: of these, ... */
    size_t                   nskus;
    const loyalty_str_t     *categories;   /* ... or in these; */
    size_t                   ncategories;  /* neither: any */
} loyalty_earn_t;


#endif /* _LOYALTY_EARN_H_INCLUDED_ */
