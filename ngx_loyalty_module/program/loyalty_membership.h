
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_MEMBERSHIP_H_INCLUDED_
#define _LOYALTY_MEMBERSHIP_H_INCLUDED_


#include <loyalty_id.h>


/* As many has a program at most: members hold them by bit. */

#define LOYALTY_MEMBERSHIPS_MAX  32

/* No order extends one by more than 100 years. */

#define LOYALTY_MEMBERSHIP_SECONDS_MAX  (INT64_C(100) * 365 * 86400)

/* "plus=31536000@1829469600 gold=..." of as many as there are, with a NUL */

#define LOYALTY_BOUGHT_SIZE                                                  \
    (LOYALTY_MEMBERSHIPS_MAX                                                 \
     * (LOYALTY_ID_MAX + sizeof("=3153600000@9223372036854775807")))


/* Bought in the store as an item; another one of it extends it. */

typedef struct {
    loyalty_str_t            id;
    loyalty_str_t            name;
    loyalty_str_t            perks;        /* what people read, or "" */
    loyalty_str_t            sku;
    int64_t                  lasts;        /* seconds, of one item */
    int64_t                  multiplier;   /* thousandths, 0: none */
    int64_t                  discount;     /* percent off a reward's cost */
} loyalty_membership_t;


/*
 * What an order has bought, and when that ends, as text: a refund must find
 * it, also when the rules are others by then.
 */

typedef struct {
    char                     text[LOYALTY_BOUGHT_SIZE];
    size_t                   len;          /* 0: nothing */
} loyalty_bought_t;


/* How long so many of one last, LOYALTY_MEMBERSHIP_SECONDS_MAX at most. */
int64_t loyalty_membership_seconds(const loyalty_membership_t *membership,
    int64_t count);

/* Adds one; what has none yet has the length 0. */
void loyalty_bought_add(loyalty_bought_t *bought, loyalty_str_t id,
    int64_t seconds, int64_t until_at);

/*
 * Reads the first one off the text, which is not empty, and leaves the rest
 * of it.  LOYALTY_ERROR if it is none, or more than any order can buy.
 */
int loyalty_bought_next(loyalty_str_t *text, loyalty_str_t *id,
    int64_t *seconds, int64_t *until_at);

/* How much of the time that an order gave, up to its end, is yet to come. */
int64_t loyalty_membership_left(int64_t seconds, int64_t until_at,
    int64_t now);


#endif /* _LOYALTY_MEMBERSHIP_H_INCLUDED_ */
