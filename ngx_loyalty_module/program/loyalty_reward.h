
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_REWARD_H_INCLUDED_
#define _LOYALTY_REWARD_H_INCLUDED_


#include <loyalty_types.h>


/* What the coupon is worth; the store is told. */

typedef enum {
    LOYALTY_REWARD_PRODUCT = 0,
    LOYALTY_REWARD_PERCENTAGE,
    LOYALTY_REWARD_AMOUNT,
    LOYALTY_REWARD_SHIPPING,
    LOYALTY_REWARD_MANUAL                  /* somebody hands it over */
} loyalty_reward_e;


/* Where the coupon comes from. */

typedef enum {
    LOYALTY_COUPON_LOCAL = 0,              /* made and checked here */
    LOYALTY_COUPON_POOL,                   /* imported */
    LOYALTY_COUPON_STORE                   /* made there */
} loyalty_coupon_e;


typedef struct {
    loyalty_str_t            id;
    loyalty_str_t            name;
    loyalty_str_t            url;
    loyalty_str_t            product;
    loyalty_reward_e         kind;
    int64_t                  value;       /* percent, or minor units */
    loyalty_coupon_e         coupon;
    int64_t                  cost;
    int64_t                  stock;       /* 0: as many as there are takers */
    int64_t                  per_member;  /* 0: as often as one likes */
    int64_t                  from;        /* Unix time, 0: ever since */
    int64_t                  until;       /* exclusive, 0: for ever */
    loyalty_str_t            tier;        /* and those above it; "": any */
    loyalty_str_t            membership;  /* its members only; "": anybody */
    loyalty_str_t            store;       /* that honours it; "": any */
} loyalty_reward_t;


#endif /* _LOYALTY_REWARD_H_INCLUDED_ */
