
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _REFUND_FIXTURE_H_INCLUDED_
#define _REFUND_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>


/* What the store says of an order of Ada's, a second later. */

static inline loyalty_command_t *
noted(shop_t *shop, const char *order, int64_t total, int64_t refunded)
{
    shop->now++;

    return shop_expect(shop, shop_event(shop, ADA, order, total, refunded,
                                        "paid"),
                       LOYALTY_ORDER_NOTED);
}


#endif /* _REFUND_FIXTURE_H_INCLUDED_ */
