
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOTS_FIXTURE_H_INCLUDED_
#define _LOTS_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>


/* What is left of the lots, of all members, in the order of their ids. */

static inline void
expect_lots(shop_t *shop, const char *remaining)
{
    char  lots[128];

    shop_sql_text(shop, "SELECT remaining FROM lot ORDER BY id", lots,
                  sizeof(lots));

    assert_string_equal(lots, remaining);
}


/* What can be spent and what is on its way, as a balance says. */

static inline void
expect_balance(shop_t *shop, int64_t points, int64_t pending)
{
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);

    assert_int_equal(c->result.points, points);
    assert_int_equal(c->result.pending, pending);
}


static inline loyalty_command_t *
claim(shop_t *shop, const char *order, int64_t points)
{
    return shop_expect(shop, shop_claim(shop, ADA, order, 100 * points),
                       LOYALTY_CLAIMED);
}


#endif /* _LOTS_FIXTURE_H_INCLUDED_ */
