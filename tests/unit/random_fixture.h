
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _RANDOM_FIXTURE_H_INCLUDED_
#define _RANDOM_FIXTURE_H_INCLUDED_


#include <loyalty_test.h>


/* xorshift: from the seed that a test sets, the same numbers in each run */

static uint64_t  seed;


static inline int64_t
some(int64_t max)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) ((seed >> 1) % ((uint64_t) max + 1));
}


#endif /* _RANDOM_FIXTURE_H_INCLUDED_ */
