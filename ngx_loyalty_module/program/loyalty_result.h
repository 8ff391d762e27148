
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_RESULT_H_INCLUDED_
#define _LOYALTY_RESULT_H_INCLUDED_


#include <loyalty_program.h>


/* "m_", 22 letters and digits (128 random bits and more), and a NUL */

#define LOYALTY_MEMBER_SIZE  25


/*
 * What a request came to.  Successes come first: everything from
 * LOYALTY_BAD_REQUEST on is a fault.
 */

typedef enum {
    LOYALTY_NO_FAULT = 0,                /* not decided yet, go on */

    LOYALTY_SIGNED_UP,
    LOYALTY_ALREADY_MEMBER,
    LOYALTY_CLAIMED,
    LOYALTY_ALREADY_CLAIMED,
    LOYALTY_BALANCE,
    LOYALTY_REDEEMED,

    LOYALTY_BAD_REQUEST,
    LOYALTY_BAD_EMAIL,
    LOYALTY_BAD_ORDER,
    LOYALTY_BAD_REWARD,
    LOYALTY_UNAUTHORIZED,
    LOYALTY_FORBIDDEN,
    LOYALTY_NOT_A_MEMBER,
    LOYALTY_ORDER_NOT_FOUND,
    LOYALTY_REWARD_NOT_FOUND,
    LOYALTY_METHOD_NOT_ALLOWED,
    LOYALTY_TOO_LARGE,
    LOYALTY_UNSUPPORTED_MEDIA_TYPE,
    LOYALTY_NOT_ENOUGH_POINTS,
    LOYALTY_OUT_OF_STOCK,
    LOYALTY_REWARD_LIMIT,
    LOYALTY_ORDER_NOT_PAID,
    LOYALTY_ORDER_ALREADY_CLAIMED,
    LOYALTY_IDEMPOTENCY_KEY_REUSED,
    LOYALTY_WRONG_CURRENCY,
    LOYALTY_STORE_BAD_ANSWER,
    LOYALTY_STORE_UNAVAILABLE,
    LOYALTY_STORE_TIMEOUT,
    LOYALTY_DATABASE_UNAVAILABLE,

    LOYALTY_OUTCOMES
} loyalty_outcome_e;


/*
 * The facts that an answer shows.  Zeroed, it says nothing: every field has
 * a meaning of "none" in its zero.
 */

typedef struct {
    loyalty_outcome_e        outcome;
    char                     member[LOYALTY_MEMBER_SIZE];

    int64_t                  points;          /* to spend, after this */
    int64_t                  pending;
    int64_t                  earned;          /* by this request */
    int64_t                  spent;           /* by this request */
    int64_t                  lifetime;        /* earned ever */

    loyalty_str_t            email;           /* normalised */
    loyalty_str_t            order;

    const loyalty_reward_t  *reward;          /* asked for, if there is one */
    char                     coupon[LOYALTY_COUPON_SIZE];
    int64_t                  coupon_expires;  /* Unix time, 0: never */

    const char              *detail;          /* of a fault, NULL: its own */
} loyalty_result_t;


#endif /* _LOYALTY_RESULT_H_INCLUDED_ */
