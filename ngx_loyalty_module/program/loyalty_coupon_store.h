
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_COUPON_STORE_H_INCLUDED_
#define _LOYALTY_COUPON_STORE_H_INCLUDED_


#include <loyalty_json_pointer.h>


/*
 * How a store says what has become of a coupon that it was asked to make:
 * JSON pointers (RFC 6901).  "made" leads to its code in the answer to that,
 * "code" to it in the answer to the question whether there is one, where with
 * "list" it starts at each element of an array.
 */

typedef struct {
    loyalty_str_t     store;             /* its id */
    loyalty_str_t     made;
    loyalty_str_t     list;              /* data == NULL: none */
    loyalty_str_t     code;
} loyalty_coupon_store_t;


typedef enum {
    LOYALTY_COUPON_THERE = 0,
    LOYALTY_COUPON_ABSENT,               /* the store says so */
    LOYALTY_COUPON_UNCLEAR               /* it may be there, or come to be */
} loyalty_coupon_verdict_e;


/*
 * Judges the store's answer to the wish to make a coupon, or to the question
 * for it.  Codes are compared without regard to the case of ASCII letters,
 * which WooCommerce makes lower.
 *
 * JSON without the code is a "no" to the wish.  To the question it is one only
 * if there is another code, null or the end of an array where the code should
 * be, and no errors are reported beside it, as GraphQL does; all else may be a
 * list that is kept from us.  What is no JSON is unclear.
 */
loyalty_coupon_verdict_e loyalty_coupon_made(
    const loyalty_coupon_store_t *store, loyalty_str_t coupon,
    loyalty_str_t body);
loyalty_coupon_verdict_e loyalty_coupon_found(
    const loyalty_coupon_store_t *store, loyalty_str_t coupon,
    loyalty_str_t body);


#endif /* _LOYALTY_COUPON_STORE_H_INCLUDED_ */
