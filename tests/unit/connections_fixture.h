
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _CONNECTIONS_FIXTURE_H_INCLUDED_
#define _CONNECTIONS_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>


/* A shop's database and two connections of the driver, yet to be opened. */

static shop_t        *shop;
static loyalty_db_t  *db;
static loyalty_db_t  *other;


static inline int
connections_open(void **state, int timeout,
    const loyalty_db_statement_t *statements, unsigned n)
{
    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;
    db = shop_database(shop, timeout, statements, n);
    other = shop_database(shop, timeout, statements, n);

    return 0;
}


static inline int
connections_close(void **state)
{
    loyalty_db_destroy(db);
    loyalty_db_destroy(other);

    return shop_close(state);
}


#endif /* _CONNECTIONS_FIXTURE_H_INCLUDED_ */
