
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_REFERRAL_H_INCLUDED_
#define _LOYALTY_REFERRAL_H_INCLUDED_


#include <loyalty_types.h>


/* What both sides get when a friend comes; points 0: there is no referral. */

typedef struct {
    int64_t                  points;       /* for who has referred */
    int64_t                  friend;       /* for who has come, 0: none */
    int64_t                  min;          /* the first order, minor units */
    int64_t                  cap;          /* friends, 0: any number, */
    int64_t                  window;       /* in so many seconds, 0: ever */
    unsigned                 on_signup:1;  /* otherwise on the first order */
} loyalty_referral_t;


#endif /* _LOYALTY_REFERRAL_H_INCLUDED_ */
