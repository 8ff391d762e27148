
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


/* Somebody who is in the database at the same time, with a tool. */

#define SOON  200                                /* ms to wait for a lock */


static void
impatient(shop_t *shop)
{
    shop_member(shop, ADA, 0);

    shop->conf.timeout = SOON;
    shop_reload(shop);
}


static void
a_foreign_writer_is_waited_for_only_so_long(void **state)
{
    void    *held;
    shop_t  *shop = *state;

    impatient(shop);

    held = shop_sql_hold(shop, on_postgresql()
                         ? "BEGIN; SELECT * FROM member FOR UPDATE"
                         : "BEGIN IMMEDIATE");

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099),
                LOYALTY_DATABASE_UNAVAILABLE);
    assert_non_null(strstr(loyalty_engine_error(shop->engine),
                           on_postgresql() ? "lock timeout" : "locked"));

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);

    shop_sql_release(shop, held);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);
}


static void
foreign_readers_do_not_hinder_writers(void **state)
{
    void    *held;
    shop_t  *shop = *state;

    impatient(shop);

    held = shop_sql_hold(shop, "BEGIN; SELECT email FROM member");

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    shop_sql_release(shop, held);
}


static void
foreign_changes_count_at_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 0);

    (void) shop_sql(shop, "UPDATE member SET code = 'm_new'");

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_string_equal(c->result.member, "m_new");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_foreign_writer_is_waited_for_only_so_long),
        shop_test(foreign_readers_do_not_hinder_writers),
        shop_test(foreign_changes_count_at_once)
    };

    return cmocka_run_group_tests_name("others", tests, NULL, NULL);
}
