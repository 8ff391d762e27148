
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_PROGRAM_H_INCLUDED_
#define _LOYALTY_PROGRAM_H_INCLUDED_


#include <loyalty_types.h>


/* The longest texts that a sign-up may carry, in bytes. */

#define LOYALTY_SOURCE_MAX  64
#define LOYALTY_LOCALE_MAX  35      /* BCP 47 tags: RFC 5646, 4.4.1 */

/* A coupon code, without look-alikes, and its terminating NUL. */

#define LOYALTY_COUPON_LEN   16
#define LOYALTY_COUPON_SIZE  (LOYALTY_COUPON_LEN + 1)

/* No rule, balance or price goes past this; sums of two stay in int64_t. */

#define LOYALTY_POINTS_MAX  INT64_C(1000000000000000)


typedef enum {
    LOYALTY_EARN_NOTHING = 0,
    LOYALTY_EARN_PER_AMOUNT,
    LOYALTY_EARN_PER_ORDER
} loyalty_earn_e;


typedef struct {
    loyalty_earn_e           kind;
    int64_t                  points;
    int64_t                  per;       /* minor units, PER_AMOUNT only */
    int64_t                  min;       /* minor units, PER_ORDER only */
    int64_t                  limit;     /* orders a window, 0: no limit */
    int64_t                  window;    /* seconds */
} loyalty_earn_t;


typedef struct {
    loyalty_str_t            id;
    loyalty_str_t            name;
    loyalty_str_t            url;
    loyalty_str_t            product;
    int64_t                  cost;
    int64_t                  stock;       /* 0: as many as there are takers */
    int64_t                  per_member;  /* 0: as often as one likes */
} loyalty_reward_t;


/* The rules of a program; constant while requests are served. */

typedef struct {
    loyalty_str_t            name;
    loyalty_str_t            currency;        /* ISO 4217 code */
    int                      exponent;
    loyalty_earn_t           earn;
    int64_t                  signup_bonus;
    int64_t                  coupon_expires;  /* seconds, 0: never */
    const loyalty_reward_t  *rewards;         /* as configured */
    size_t                   nrewards;
} loyalty_program_t;


/*
 * The points that an order of "total" minor units earns.  "earlier" is how
 * many orders of this member already counted in the rule's window; it only
 * matters where the rule has a limit.  Never more than LOYALTY_POINTS_MAX.
 */
int64_t loyalty_earn_points(const loyalty_earn_t *earn, int64_t total,
    int64_t earlier);

/* The reward with this id, or NULL. */
const loyalty_reward_t *loyalty_reward_find(const loyalty_program_t *program,
    loyalty_str_t id);

/*
 * The cheapest reward that costs more than "points" (the first of equals);
 * NULL when every reward is within reach.
 */
const loyalty_reward_t *loyalty_reward_next(const loyalty_program_t *program,
    int64_t points);

/*
 * Writes a coupon code and its NUL from LOYALTY_COUPON_LEN random bytes.
 * The 32 letters and digits are Crockford's base 32, which leaves out
 * I, L, O and U, so 16 of them carry 80 bits.
 */
void loyalty_coupon_code(const uint8_t *random, char *code);


#endif /* _LOYALTY_PROGRAM_H_INCLUDED_ */
