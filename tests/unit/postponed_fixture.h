
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _POSTPONED_FIXTURE_H_INCLUDED_
#define _POSTPONED_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>


#define POSTPONE  (3 * DAY)


/* A shop with Ada, who has 100 points, and Bob, who has none. */
int postponed_open(void **state);

#define postponed_test(name)                                                  \
    cmocka_unit_test_setup_teardown(name, postponed_open, shop_close)

/* A claim that the store has not answered. */
loyalty_command_t *unanswered(shop_t *shop, const char *email,
    const char *order);

/* The same, run. */
loyalty_command_t *postpone(shop_t *shop, const char *email,
    const char *order);

/* A look for one that is due, and what is found. */
loyalty_command_t *errand(shop_t *shop);
loyalty_command_t *find(shop_t *shop);
void nothing_to_do(shop_t *shop);

/* What the store then says: the order is good, or why it is not. */
loyalty_command_t *confirmed(shop_t *shop, const loyalty_command_t *errand,
    const char *email, const char *order, int64_t total);
loyalty_command_t *refused(shop_t *shop, const loyalty_command_t *errand,
    const char *order, loyalty_outcome_e fault);

/* A member's points, and how many claims are waiting, all of them theirs. */
void stands(shop_t *shop, const char *email, int64_t points,
    int64_t waiting);


#endif /* _POSTPONED_FIXTURE_H_INCLUDED_ */
