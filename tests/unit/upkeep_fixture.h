
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _UPKEEP_FIXTURE_H_INCLUDED_
#define _UPKEEP_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>


/*
 * What the worker that comes first does, unasked, step by step until nothing
 * is left: they return how many steps it took.
 */

typedef int (*upkeep_pt)(loyalty_engine_t *engine, int64_t now, int *more);


static inline int
upkeep(shop_t *shop, upkeep_pt step)
{
    int  more, steps;

    for (more = 1, steps = 0; more; steps++) {
        assert_true(steps < 1000);
        assert_int_equal(step(shop->engine, shop->now, &more), LOYALTY_OK);
    }

    return steps;
}


/* Looks at all members, and adds up the days. */

static inline int
sweep(shop_t *shop)
{
    return upkeep(shop, loyalty_engine_settle);
}


static inline int
make_leaders(shop_t *shop)
{
    return upkeep(shop, loyalty_engine_leaders);
}


#endif /* _UPKEEP_FIXTURE_H_INCLUDED_ */
