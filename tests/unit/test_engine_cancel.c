
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>

#include <stdio.h>


typedef char coupon_t[LOYALTY_COUPON_MAX + 1];


static void
redeem(shop_t *shop, const char *email, const char *reward, coupon_t coupon)
{
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_redeem(shop, email, reward),
                    LOYALTY_REDEEMED);

    (void) snprintf(coupon, sizeof(coupon_t), "%s", c->result.coupon);
}


static void
a_cancelled_redemption_gives_its_points_back(void **state)
{
    shop_t             *shop = *state;
    coupon_t            coupon;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    shop->now += HOUR;

    c = shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.points, 250);
    assert_int_equal(c->result.lifetime, 250);
    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.spent, 0);
    assert_true(answer_says(c, "\"result\":\"cancelled\""));
    assert_true(answer_says(c, coupon));

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption "
                                    "WHERE state = 'cancelled'"), 1);
    assert_int_equal(shop_sql(shop, "SELECT changed_at FROM redemption"),
                     CHRISTMAS + HOUR);
}


static void
a_cancellation_is_a_ledger_entry(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop->rewards[HANKY].store = text("north");

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);

    assert_int_equal(shop_sql(shop, "SELECT points FROM ledger "
                                    "WHERE kind = 'cancellation' "
                                    "AND reference = 'hanky' "
                                    "AND store = 'north'"), HANKY_COST);
}


static void
points_return_to_the_lots_they_came_from(void **state)
{
    shop_t    *shop = *state;
    coupon_t   first, second;

    shop_member(shop, ADA, 150);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 10000), LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim(shop, ADA, "1002", 20000), LOYALTY_CLAIMED);

    redeem(shop, ADA, "hanky", first);
    redeem(shop, ADA, "hanky", second);

    /* of 150, 100 and 200 the first has taken 150 and 50 */

    shop_expect(shop, shop_cancel(shop, ADA, first), LOYALTY_CANCELLED);

    assert_int_equal(shop_sql(shop, "SELECT remaining FROM lot "
                                    "ORDER BY id LIMIT 1"), 150);
    assert_int_equal(shop_sql(shop, "SELECT remaining FROM lot "
                                    "ORDER BY id LIMIT 1 OFFSET 1"), 50);
    assert_int_equal(shop_sql(shop, "SELECT remaining FROM lot "
                                    "ORDER BY id LIMIT 1 OFFSET 2"), 50);
}


static void
points_that_were_given_back_can_be_spent(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop_member(shop, ADA, HANKY_COST);

    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);
    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);
}


static void
cancelling_again_moves_nothing(void **state)
{
    shop_t             *shop = *state;
    coupon_t            coupon;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);

    c = shop_expect(shop, shop_cancel(shop, ADA, coupon),
                    LOYALTY_ALREADY_CANCELLED);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.points, 250);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger"), 3);
}


static void
of_two_cancellations_in_one_batch_one_moves_points(void **state)
{
    shop_t             *shop = *state;
    coupon_t            coupon;
    loyalty_command_t  *a, *b;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    a = shop_cancel(shop, ADA, coupon);
    b = shop_cancel(shop, ADA, coupon);
    shop_run(shop);

    shop_expect(shop, a, LOYALTY_CANCELLED);
    shop_expect(shop, b, LOYALTY_ALREADY_CANCELLED);
}


static void
the_stock_is_one_more_again(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop->rewards[HANKY].stock = 1;

    shop_member(shop, ADA, 1000);
    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_OUT_OF_STOCK);

    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);
    shop_expect(shop, shop_cancel(shop, ADA, coupon),
                LOYALTY_ALREADY_CANCELLED);

    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_OUT_OF_STOCK);
}


static void
the_limit_per_member_forgets_it(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop->rewards[HANKY].per_member = 1;

    shop_member(shop, ADA, 1000);
    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REWARD_LIMIT);
    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);
    redeem(shop, ADA, "hanky", coupon);
}


static void
what_was_used_stays(void **state)
{
    shop_t             *shop = *state;
    coupon_t            coupon;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_use(shop, coupon, "1001"), LOYALTY_COUPON_TAKEN);

    c = shop_expect(shop, shop_cancel(shop, ADA, coupon),
                    LOYALTY_COUPON_USED);

    assert_int_equal(c->status, 409);
    assert_int_equal(c->result.points, 50);
}


static void
what_was_cancelled_cannot_be_used(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);
    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);

    shop_expect(shop, shop_coupon(shop, coupon, ""),
                LOYALTY_COUPON_CANCELLED);
    shop_expect(shop, shop_use(shop, coupon, "1001"),
                LOYALTY_COUPON_CANCELLED);
}


static void
another_members_coupon_and_none_are_alike(void **state)
{
    shop_t             *shop = *state;
    coupon_t            coupon;
    loyalty_command_t  *others, *none;

    shop_member(shop, ADA, 250);
    shop_member(shop, BOB, 250);
    redeem(shop, ADA, "hanky", coupon);

    others = shop_expect(shop, shop_cancel(shop, BOB, coupon),
                         LOYALTY_COUPON_NOT_FOUND);
    none = shop_expect(shop, shop_cancel(shop, BOB, "NOSUCHCODE"),
                       LOYALTY_COUPON_NOT_FOUND);

    assert_same_answer(others, none);
    assert_string_equal(others->result.coupon, "");
    assert_null(others->result.reward);
    shop_expect(shop, shop_coupon(shop, coupon, ""), LOYALTY_COUPON_GOOD);
}


static void
strangers_cancel_nothing(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    shop_expect(shop, shop_cancel(shop, BOB, coupon), LOYALTY_NOT_A_MEMBER);
}


static void
what_has_expired_stays(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    shop->now += 30 * DAY;

    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_COUPON_EXPIRED);
}


static void
what_the_store_knows_more_about_stays(void **state)
{
    shop_t             *shop = *state;
    coupon_t            coupon;
    loyalty_command_t  *c;

    shop->rewards[HANKY].coupon = LOYALTY_COUPON_POOL;

    shop_member(shop, ADA, 250);
    (void) shop_sql(shop, "INSERT INTO pool (reward, coupon) "
                          "VALUES ('hanky', 'Spring-1')");
    redeem(shop, ADA, "hanky", coupon);

    c = shop_expect(shop, shop_cancel(shop, ADA, "Spring-1"),
                    LOYALTY_COUPON_NOT_OURS);

    assert_int_equal(c->status, 409);
    assert_true(answer_says(c, "\"code\":\"coupon_not_cancellable\""));

    (void) shop_sql(shop, "UPDATE redemption SET source = 'store'");

    shop_expect(shop, shop_cancel(shop, ADA, "Spring-1"),
                LOYALTY_COUPON_NOT_OURS);
}


static void
the_source_is_that_of_the_redemption(void **state)
{
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    shop->rewards[HANKY].coupon = LOYALTY_COUPON_POOL;

    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);
}


static void
what_waits_can_be_cancelled_until_it_is_handed_over(void **state)
{
    shop_t    *shop = *state;
    coupon_t   one, other;

    shop->rewards[HANKY].kind = LOYALTY_REWARD_MANUAL;

    shop_member(shop, ADA, 400);
    redeem(shop, ADA, "hanky", one);
    redeem(shop, ADA, "hanky", other);

    shop_expect(shop, shop_use(shop, other, ""), LOYALTY_COUPON_TAKEN);
    shop_expect(shop, shop_cancel(shop, ADA, one), LOYALTY_CANCELLED);
    shop_expect(shop, shop_cancel(shop, ADA, other), LOYALTY_COUPON_USED);
}


static void
points_that_expired_meanwhile_expire_at_once(void **state)
{
    shop_t             *shop = *state;
    coupon_t            coupon;
    loyalty_command_t  *c;

    shop->program.points_expire = 10 * DAY;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    shop->now += 11 * DAY;

    c = shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);

    assert_int_equal(c->result.points, 0);
    assert_int_equal(shop_sql(shop, "SELECT -sum(points) FROM ledger "
                                    "WHERE kind = 'expiry'"), 250);
}


static void
a_code_in_lower_case_is_cancelled_too(void **state)
{
    size_t     i;
    shop_t    *shop = *state;
    coupon_t   coupon;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", coupon);

    for (i = 0; coupon[i] != '\0'; i++) {

        if (coupon[i] >= 'A') {
            coupon[i] |= 0x20;
        }
    }

    shop_expect(shop, shop_cancel(shop, ADA, coupon), LOYALTY_CANCELLED);
}


typedef struct {
    shop_t    *shop;
    coupon_t   coupon;
} canceller_t;


static int
cancel(void *data, int number)
{
    shop_t             *shop;
    canceller_t        *canceller = data;
    loyalty_command_t  *c;

    shop = canceller->shop;

    (void) number;

    processes_wait(&shop->processes);

    c = shop_cancel(shop, ADA, canceller->coupon);
    shop_run(shop);
    loyalty_engine_destroy(shop->engine);

    return c->result.outcome != LOYALTY_CANCELLED
           && c->result.outcome != LOYALTY_ALREADY_CANCELLED;
}


static void
cancellations_at_the_same_time_give_back_once(void **state)
{
    shop_t       *shop = *state;
    canceller_t   canceller;

    canceller.shop = shop;

    shop_member(shop, ADA, 250);
    redeem(shop, ADA, "hanky", canceller.coupon);
    shop_race(shop, 6, cancel, &canceller);

    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 250);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_cancelled_redemption_gives_its_points_back),
        shop_test(a_cancellation_is_a_ledger_entry),
        shop_test(points_return_to_the_lots_they_came_from),
        shop_test(points_that_were_given_back_can_be_spent),
        shop_test(cancelling_again_moves_nothing),
        shop_test(of_two_cancellations_in_one_batch_one_moves_points),
        shop_test(cancellations_at_the_same_time_give_back_once),
        shop_test(the_stock_is_one_more_again),
        shop_test(the_limit_per_member_forgets_it),
        shop_test(what_was_used_stays),
        shop_test(what_was_cancelled_cannot_be_used),
        shop_test(another_members_coupon_and_none_are_alike),
        shop_test(strangers_cancel_nothing),
        shop_test(what_has_expired_stays),
        shop_test(what_the_store_knows_more_about_stays),
        shop_test(the_source_is_that_of_the_redemption),
        shop_test(what_waits_can_be_cancelled_until_it_is_handed_over),
        shop_test(points_that_expired_meanwhile_expire_at_once),
        shop_test(a_code_in_lower_case_is_cancelled_too)
    };

    return cmocka_run_group_tests_name("cancellation", tests, NULL, NULL);
}
