
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>

#include <stdio.h>


#define RACERS  6
#define DRAWS   5


static void
stock_pool(shop_t *shop, const char *codes)
{
    char  sql[512];

    shop->rewards[HANKY].coupon = LOYALTY_COUPON_POOL;

    shop_expect(shop, shop_balance(shop, BOB), LOYALTY_NOT_A_MEMBER);

    (void) snprintf(sql, sizeof(sql),
                    "INSERT INTO pool (reward, coupon) VALUES %s", codes);
    (void) shop_sql(shop, sql);
}


static void
codes_come_from_the_pool_each_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *a, *b, *c;

    stock_pool(shop, "('hanky', 'Spring-1'), ('hanky', 'Spring-2'), "
                     "('apron', 'Other')");
    shop_member(shop, ADA, 1000);

    a = shop_redeem(shop, ADA, "hanky");
    b = shop_redeem(shop, ADA, "hanky");
    c = shop_redeem(shop, ADA, "hanky");
    shop_run(shop);

    shop_expect(shop, a, LOYALTY_REDEEMED);
    shop_expect(shop, b, LOYALTY_REDEEMED);
    shop_expect(shop, c, LOYALTY_OUT_OF_STOCK);

    assert_string_equal(a->result.coupon, "Spring-1");
    assert_string_equal(b->result.coupon, "Spring-2");
    assert_int_equal(a->result.pool_left, 1);
    assert_int_equal(b->result.pool_left, 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM pool AS p "
                                    "JOIN redemption AS r "
                                    "ON r.id = p.redemption "
                                    "AND r.coupon = p.coupon "
                                    "AND r.source = 'pool'"), 2);
}


static void
an_empty_pool_costs_nothing(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->rewards[HANKY].stock = 5;

    stock_pool(shop, "('apron', 'Other')");
    shop_member(shop, ADA, 1000);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                    LOYALTY_OUT_OF_STOCK);

    assert_int_equal(c->result.points, 1000);
    assert_int_equal(c->result.spent, 0);
    assert_string_equal(c->result.coupon, "");
    assert_int_equal(shop_sql(shop, "SELECT sum(redeemed) FROM reward"), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption"), 0);
}


static void
an_empty_pool_leaves_the_others_of_a_batch(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *empty, *good;

    stock_pool(shop, "('apron', 'Other')");
    shop_member(shop, ADA, 1000);

    empty = shop_redeem(shop, ADA, "hanky");
    good = shop_redeem(shop, ADA, "apron");
    shop_run(shop);

    shop_expect(shop, empty, LOYALTY_OUT_OF_STOCK);
    shop_expect(shop, good, LOYALTY_REDEEMED);
}


static void
a_full_pool_is_not_worth_a_warning(void **state)
{
    int                 i;
    char                sql[128];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    stock_pool(shop, "('hanky', 'A')");

    for (i = 0; i < LOYALTY_POOL_LOW + 1; i++) {
        (void) snprintf(sql, sizeof(sql), "INSERT INTO pool (reward, coupon) "
                        "VALUES ('hanky', 'C%d')", i);
        (void) shop_sql(shop, sql);
    }

    shop_member(shop, ADA, 1000);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    assert_int_equal(c->result.pool_left, -1);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    assert_int_equal(c->result.pool_left, LOYALTY_POOL_LOW);

    c = shop_expect(shop, shop_redeem(shop, ADA, "apron"), LOYALTY_REDEEMED);
    assert_int_equal(c->result.pool_left, -1);
}


static void
a_code_that_is_out_already_is_passed_over(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    stock_pool(shop, "('hanky', 'A'), ('hanky', 'B'), ('apron', 'A')");
    shop->rewards[APRON].coupon = LOYALTY_COUPON_POOL;

    shop_member(shop, ADA, 1000);

    c = shop_expect(shop, shop_redeem(shop, ADA, "apron"), LOYALTY_REDEEMED);
    assert_string_equal(c->result.coupon, "A");

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    assert_string_equal(c->result.coupon, "B");
}


static void
codes_of_the_pool_are_found_as_they_are(void **state)
{
    shop_t  *shop = *state;

    stock_pool(shop, "('hanky', 'Spring-1'), ('hanky', 'WINTER-1')");
    shop_member(shop, ADA, 1000);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    shop_expect(shop, shop_coupon(shop, "Spring-1", ""),
                LOYALTY_COUPON_GOOD);
    shop_expect(shop, shop_coupon(shop, "spring-1", ""),
                LOYALTY_COUPON_NOT_FOUND);
    shop_expect(shop, shop_use(shop, "winter-1", "1001"),
                LOYALTY_COUPON_TAKEN);
}


static int
draw(void *data, int number)
{
    int                 i;
    char                email[32];
    shop_t             *shop = data;
    loyalty_command_t  *c;

    (void) snprintf(email, sizeof(email), "%d@example.com", number);

    processes_wait(&shop->processes);

    for (i = 0; i < DRAWS; i++) {
        c = shop_redeem(shop, email, "hanky");
        shop_run(shop);

        if (c->result.outcome != LOYALTY_REDEEMED) {
            print_error("%s\n", loyalty_engine_error(shop->engine));
            return 1;
        }
    }

    loyalty_engine_destroy(shop->engine);

    return 0;
}


static void
those_who_draw_at_the_same_time_get_different_codes(void **state)
{
    int      i;
    char     sql[128];
    shop_t  *shop = *state;

    stock_pool(shop, "('apron', 'Other')");

    for (i = 0; i < RACERS * DRAWS; i++) {
        (void) snprintf(sql, sizeof(sql), "INSERT INTO pool (reward, coupon) "
                        "VALUES ('hanky', 'C%d')", i);
        (void) shop_sql(shop, sql);
    }

    for (i = 0; i < RACERS; i++) {
        (void) snprintf(sql, sizeof(sql), "%d@example.com", i);
        shop_member(shop, sql, DRAWS * HANKY_COST);
    }

    shop_race(shop, RACERS, draw, shop);

    assert_int_equal(shop_sql(shop, "SELECT count(DISTINCT coupon) "
                                    "FROM redemption"), RACERS * DRAWS);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM pool "
                                    "WHERE redemption = 0"), 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(codes_come_from_the_pool_each_once),
        shop_test(an_empty_pool_costs_nothing),
        shop_test(an_empty_pool_leaves_the_others_of_a_batch),
        shop_test(a_full_pool_is_not_worth_a_warning),
        shop_test(a_code_that_is_out_already_is_passed_over),
        shop_test(codes_of_the_pool_are_found_as_they_are),
        shop_test(those_who_draw_at_the_same_time_get_different_codes)
    };

    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
