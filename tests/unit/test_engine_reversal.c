
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <random_fixture.h>
#include <refund_fixture.h>

#include <inttypes.h>
#include <stdio.h>


#define TOTAL   6099             /* minor units: 60 points */
#define POINTS  60


static void
claimed(shop_t *shop, const char *order, int64_t total)
{
    shop_expect(shop, shop_claim(shop, ADA, order, total), LOYALTY_CLAIMED);
}


static int64_t
left_of(shop_t *shop, const char *order)
{
    char  sql[160];

    (void) snprintf(sql, sizeof(sql), "SELECT remaining FROM lot JOIN ledger "
                    "ON ledger.id = lot.id WHERE kind = 'claim' "
                    "AND reference = '%s'", order);

    return shop_sql(shop, sql);
}


static void
a_part_takes_back_its_share(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *balance;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", TOTAL);
    noted(shop, "1", TOTAL, TOTAL / 2);

    balance = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);

    assert_int_equal(balance->result.points, 50 + POINTS - 29);
    assert_int_equal(balance->result.lifetime, 50 + POINTS - 29);
    assert_int_equal(left_of(shop, "1"), POINTS - 29);
}


static void
parts_add_up_to_the_whole(void **state)
{
    int      i;
    char     order[16];
    int64_t  refunded;
    shop_t  *shop = *state;

    seed = 4;

    shop_member(shop, ADA, 50);

    for (i = 0; i < 20; i++) {
        (void) snprintf(order, sizeof(order), "%d", i);
        claimed(shop, order, TOTAL);

        for (refunded = 0; refunded < TOTAL; refunded += 1 + some(2000)) {
            noted(shop, order, TOTAL, refunded);

            assert_int_equal(points_of(shop, ADA),
                             50 + POINTS - POINTS * refunded / TOTAL);
        }

        noted(shop, order, TOTAL, TOTAL);
        assert_int_equal(points_of(shop, ADA), 50);
        assert_int_equal(left_of(shop, order), 0);
    }
}


static void
an_event_that_comes_again_changes_nothing(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", TOTAL);

    noted(shop, "1", TOTAL, 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM reversal"), 0);

    noted(shop, "1", TOTAL, 3000);
    noted(shop, "1", TOTAL, 3000);

    assert_int_equal(points_of(shop, ADA), 50 + POINTS - 29);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM reversal"), 1);
}


static void
what_the_store_said_before_does_not_count(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *late;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", TOTAL);

    noted(shop, "1", TOTAL, TOTAL);

    late = shop_event(shop, ADA, "1", TOTAL, 0, "paid");
    late->asked_at--;
    shop_expect(shop, late, LOYALTY_STORE_UNAVAILABLE);

    assert_int_equal(points_of(shop, ADA), 50);

    /* of the same moment, nobody knows */

    late = shop_event(shop, ADA, "1", TOTAL, 0, "paid");
    shop_expect(shop, late, LOYALTY_STORE_UNAVAILABLE);

    assert_int_equal(points_of(shop, ADA), 50);
}


static void
a_refund_may_be_cancelled_within_the_second(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *soon;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", TOTAL);

    noted(shop, "1", TOTAL, TOTAL);

    soon = shop_event(shop, ADA, "1", TOTAL, 0, "paid");
    soon->asked_at++;
    shop_expect(shop, soon, LOYALTY_ORDER_NOTED);

    assert_int_equal(points_of(shop, ADA), 50 + POINTS);
}


static void
refunds_of_one_moment_all_count(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", TOTAL);
    noted(shop, "1", TOTAL, 1000);

    shop_expect(shop, shop_event(shop, ADA, "1", TOTAL, 2000, "paid"),
                LOYALTY_ORDER_NOTED);

    assert_int_equal(points_of(shop, ADA), 50 + POINTS - 19);
}


static void
a_cancelled_refund_gives_back(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", TOTAL);

    noted(shop, "1", TOTAL, TOTAL);
    noted(shop, "1", TOTAL, 1000);
    assert_int_equal(points_of(shop, ADA), 50 + POINTS - 9);

    noted(shop, "1", TOTAL, 0);
    assert_int_equal(points_of(shop, ADA), 50 + POINTS);
    assert_int_equal(left_of(shop, "1"), POINTS);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger "
                              "WHERE kind = 'restoration'"), 2);

    noted(shop, "1", TOTAL, TOTAL);
    assert_int_equal(points_of(shop, ADA), 50);
}


static void
a_void_order_is_taken_back_as_a_whole(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", TOTAL);

    shop->now++;
    shop_expect(shop, shop_event(shop, ADA, "1", TOTAL, 0, "void"),
                LOYALTY_ORDER_NOTED);
    assert_int_equal(points_of(shop, ADA), 50);

    /* not paid, but not void any more: nobody has said what was refunded */

    shop->now++;
    shop_expect(shop, shop_event(shop, ADA, "1", TOTAL, 0, "pending"),
                LOYALTY_ORDER_NOTED);
    assert_int_equal(points_of(shop, ADA), 50);

    noted(shop, "1", TOTAL, 0);
    assert_int_equal(points_of(shop, ADA), 50 + POINTS);
}


static void
a_void_order_of_nothing_takes_its_points(void **state)
{
    shop_t  *shop = *state;

    shop->earns[0].kind = LOYALTY_EARN_PER_ORDER;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", 0);
    assert_int_equal(points_of(shop, ADA), 51);

    shop->now++;
    shop_expect(shop, shop_event(shop, ADA, "1", 0, 0, "void"),
                LOYALTY_ORDER_NOTED);
    assert_int_equal(points_of(shop, ADA), 50);

    noted(shop, "1", 0, 0);
    noted(shop, "1", 0, 0);
    assert_int_equal(points_of(shop, ADA), 51);
}


static void
spent_points_are_taken_from_other_lots(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 150);
    claimed(shop, "1", 6000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    claimed(shop, "2", 10000);
    claimed(shop, "3", 10000);
    assert_int_equal(left_of(shop, "1"), 10);

    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), 150);
    assert_int_equal(left_of(shop, "1"), 0);
    assert_int_equal(left_of(shop, "2"), 50);
    assert_int_equal(left_of(shop, "3"), 100);

    noted(shop, "1", 6000, 0);
    assert_int_equal(points_of(shop, ADA), 210);
    assert_int_equal(left_of(shop, "1"), 10);
    assert_int_equal(left_of(shop, "2"), 100);
}


static void
what_comes_back_goes_to_the_newest_lot_first(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 150);
    claimed(shop, "1", 6000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    claimed(shop, "2", 10000);

    noted(shop, "1", 6000, 6000);
    noted(shop, "1", 6000, 3000);

    assert_int_equal(left_of(shop, "1"), 0);
    assert_int_equal(left_of(shop, "2"), 80);
}


static void
missing_points_are_forgiven(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 150);
    claimed(shop, "1", 6000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), 0);

    claimed(shop, "2", 10000);
    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), 100);

    /* only what was taken comes back */

    noted(shop, "1", 6000, 3000);
    assert_int_equal(points_of(shop, ADA), 100);

    noted(shop, "1", 6000, 0);
    assert_int_equal(points_of(shop, ADA), 110);
    assert_int_equal(left_of(shop, "1"), 10);
}


static void
what_was_forgiven_is_not_taken_with_the_next_part(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 150);
    claimed(shop, "1", 6000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    noted(shop, "1", 6000, 3000);
    assert_int_equal(points_of(shop, ADA), 0);

    claimed(shop, "2", 10000);
    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), 70);
}


static void
missing_points_are_owed_where_balances_may_be_negative(void **state)
{
    shop_t  *shop = *state;

    shop->program.negative = 1;

    shop_member(shop, ADA, 150);
    claimed(shop, "1", 6000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), -50);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_NOT_ENOUGH_POINTS);

    noted(shop, "1", 6000, 3000);
    assert_int_equal(points_of(shop, ADA), -20);

    claimed(shop, "2", 10000);
    assert_int_equal(points_of(shop, ADA), 80);

    noted(shop, "1", 6000, 0);
    assert_int_equal(points_of(shop, ADA), 110);
    assert_int_equal(left_of(shop, "1") + left_of(shop, "2"), 110);
}


/* What one order owes, another one's points may have paid. */

static void
debts_of_several_orders_are_given_back_in_any_order(void **state)
{
    shop_t  *shop = *state;

    shop->program.negative = 1;

    shop_member(shop, ADA, 140);
    claimed(shop, "1", 10000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    claimed(shop, "2", 10000);
    claimed(shop, "4", 6000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    assert_int_equal(points_of(shop, ADA), 0);

    noted(shop, "1", 10000, 10000);
    noted(shop, "2", 10000, 10000);
    claimed(shop, "3", 14000);
    assert_int_equal(points_of(shop, ADA), -60);

    noted(shop, "1", 10000, 0);
    assert_int_equal(points_of(shop, ADA), 40);

    noted(shop, "2", 10000, 0);
    assert_int_equal(points_of(shop, ADA), 140);

    noted(shop, "2", 10000, 10000);
    noted(shop, "1", 10000, 10000);
    noted(shop, "2", 10000, 0);
    noted(shop, "1", 10000, 0);
    assert_int_equal(points_of(shop, ADA), 140);
}


/*
 * Orders are claimed, refunded in parts, refunds are cancelled, and points are
 * spent, all of it at random; *earned gets the points of all orders less those
 * of the rewards.
 */

static void
live(shop_t *shop, int64_t *earned)
{
    int                 i, n;
    char                order[16];
    int64_t             points;
    loyalty_command_t  *command;

    *earned = 0;

    for (i = 0, n = 0; i < 200; i++) {
        points = some(200);
        shop->now += some(2) * DAY;

        if (n < 8 && some(3) == 0) {
            (void) snprintf(order, sizeof(order), "%d", n++);
            claimed(shop, order, 10000);
            *earned += 100;

        } else if (some(4) == 0) {
            command = shop_redeem(shop, ADA, "hanky");
            shop_run(shop);

            if (command->result.outcome == LOYALTY_REDEEMED) {
                *earned -= HANKY_COST;
            }

        } else if (n != 0) {
            (void) snprintf(order, sizeof(order), "%d", (int) some(n - 1));
            noted(shop, order, 10000, (points > 100) ? 0 : points * 100);
        }
    }

    while (n != 0) {
        (void) snprintf(order, sizeof(order), "%d", --n);
        noted(shop, order, 10000, 0);
    }
}


static void
when_all_refunds_are_cancelled_nothing_is_missing(void **state)
{
    shop_t   *shop = *state;
    int64_t   earned;

    seed = 5;

    shop->program.negative = 1;

    shop_member(shop, ADA, 150);
    live(shop, &earned);

    assert_int_equal(points_of(shop, ADA), 150 + earned);
}


static void
what_was_forgiven_stays_so(void **state)
{
    shop_t   *shop = *state;
    int64_t   earned;

    seed = 6;

    shop_member(shop, ADA, 150);
    live(shop, &earned);

    assert_true(points_of(shop, ADA) >= 150 + earned);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM reversal "
                              "WHERE taken > points"), 0);
}


static void
the_books_balance_while_points_expire(void **state)
{
    shop_t   *shop = *state;
    int64_t   earned;

    seed = 7;

    shop->program.negative = 1;
    shop->program.points_expire = 20 * DAY;
    shop->program.pending = DAY;

    shop_member(shop, ADA, 150);
    live(shop, &earned);

    assert_true(points_of(shop, ADA) <= 150 + earned);

    shop->now += 30 * DAY;
    assert_int_equal(points_of(shop, ADA), 0);
}


static void
points_expire_after_a_debt(void **state)
{
    shop_t  *shop = *state;

    shop->program.negative = 1;
    shop->program.points_expire = 10 * DAY;

    shop_member(shop, ADA, 150);
    claimed(shop, "1", 6000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), -50);

    shop->now += 5 * DAY;
    claimed(shop, "2", 10000);

    shop->now += 6 * DAY;
    assert_int_equal(points_of(shop, ADA), 50);

    /* what comes back into a lot that has expired goes with it */

    noted(shop, "1", 6000, 0);
    assert_int_equal(points_of(shop, ADA), 100);

    shop->now += 4 * DAY;
    assert_int_equal(points_of(shop, ADA), 0);
}


static void
pending_points_are_taken_back(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *balance;

    shop->program.pending = 14 * DAY;

    shop_member(shop, ADA, 50);
    claimed(shop, "1", 6000);
    noted(shop, "1", 6000, 4000);

    balance = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);

    assert_int_equal(balance->result.points, 50);
    assert_int_equal(balance->result.pending, 20);

    noted(shop, "1", 6000, 0);
    balance = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_int_equal(balance->result.pending, 60);

    shop->now += 15 * DAY;
    assert_int_equal(points_of(shop, ADA), 110);
}


static void
an_order_that_was_refunded_before_is_credited_in_part(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);

    noted(shop, "1", TOTAL, TOTAL / 2);
    assert_int_equal(points_of(shop, ADA), 50 + POINTS - 29);
    noted(shop, "1", TOTAL, TOTAL / 2);
    assert_int_equal(points_of(shop, ADA), 50 + POINTS - 29);
}


static void
a_refund_that_has_lowered_the_award_is_not_taken_back(void **state)
{
    shop_t  *shop = *state;

    shop->earns[0].minus = LOYALTY_MINUS_REFUNDS;

    shop_member(shop, ADA, 50);

    noted(shop, "1", 6000, 2000);
    assert_int_equal(points_of(shop, ADA), 90);
    noted(shop, "1", 6000, 2000);
    assert_int_equal(points_of(shop, ADA), 90);
    noted(shop, "1", 6000, 4000);
    assert_int_equal(points_of(shop, ADA), 70);
    noted(shop, "1", 6000, 6000);
    assert_int_equal(points_of(shop, ADA), 50);
}


static void
a_membership_ends_with_its_order(void **state)
{
    shop_t  *shop = *state;

    shop->memberships[0].id = text("club");
    shop->memberships[0].sku = text("CLUB");
    shop->memberships[0].lasts = 30 * DAY;
    shop->program.nmemberships = 1;

    shop_member(shop, ADA, 50);
    shop_expect(shop, shop_claim_items(shop, ADA, "1", TOTAL,
                                       "[{\"sku\":\"CLUB\",\"quantity\":1}]"),
                LOYALTY_CLAIMED);

    noted(shop, "1", TOTAL, TOTAL - 1);
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.memberships, 1);

    noted(shop, "1", TOTAL, TOTAL);
    noted(shop, "1", TOTAL, TOTAL);
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.memberships, 0);

    noted(shop, "1", TOTAL, 0);
    noted(shop, "1", TOTAL, 0);
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.memberships, 1);
    assert_int_equal(shop_sql(shop, "SELECT until_at FROM membership"),
                     CHRISTMAS + 30 * DAY);
}


static void
all_memberships_of_an_order_end_with_it(void **state)
{
    shop_t  *shop = *state;

    shop->memberships[0].id = text("club");
    shop->memberships[0].sku = text("CLUB");
    shop->memberships[0].lasts = 30 * DAY;
    shop->memberships[1].id = text("plus");
    shop->memberships[1].sku = text("PLUS");
    shop->memberships[1].lasts = 7 * DAY;
    shop->program.nmemberships = 2;

    shop_member(shop, ADA, 50);
    shop_expect(shop, shop_claim_items(shop, ADA, "1", TOTAL,
                                       "[{\"sku\":\"PLUS\",\"quantity\":2},"
                                       "{\"sku\":\"CLUB\",\"quantity\":1}]"),
                LOYALTY_CLAIMED);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim "
                              "WHERE memberships = 'club=2592000@1800525600 "
                              "plus=1209600@1799143200'"), 1);

    noted(shop, "1", TOTAL, TOTAL);
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.memberships, 0);

    /* what is no rule any more is given back all the same */

    shop->program.nmemberships = 1;

    noted(shop, "1", TOTAL, 0);
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.memberships, 1);
    assert_int_equal(shop_sql(shop, "SELECT until_at FROM membership "
                              "WHERE id = 'club'"), CHRISTMAS + 30 * DAY);
    assert_int_equal(shop_sql(shop, "SELECT until_at FROM membership "
                              "WHERE id = 'plus'"), CHRISTMAS + 14 * DAY);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_part_takes_back_its_share),
        shop_test(parts_add_up_to_the_whole),
        shop_test(an_event_that_comes_again_changes_nothing),
        shop_test(what_the_store_said_before_does_not_count),
        shop_test(a_refund_may_be_cancelled_within_the_second),
        shop_test(refunds_of_one_moment_all_count),
        shop_test(a_cancelled_refund_gives_back),
        shop_test(a_void_order_is_taken_back_as_a_whole),
        shop_test(a_void_order_of_nothing_takes_its_points),
        shop_test(spent_points_are_taken_from_other_lots),
        shop_test(what_comes_back_goes_to_the_newest_lot_first),
        shop_test(missing_points_are_forgiven),
        shop_test(what_was_forgiven_is_not_taken_with_the_next_part),
        shop_test(missing_points_are_owed_where_balances_may_be_negative),
        shop_test(debts_of_several_orders_are_given_back_in_any_order),
        shop_test(when_all_refunds_are_cancelled_nothing_is_missing),
        shop_test(what_was_forgiven_stays_so),
        shop_test(the_books_balance_while_points_expire),
        shop_test(points_expire_after_a_debt),
        shop_test(pending_points_are_taken_back),
        shop_test(an_order_that_was_refunded_before_is_credited_in_part),
        shop_test(a_refund_that_has_lowered_the_award_is_not_taken_back),
        shop_test(a_membership_ends_with_its_order),
        shop_test(all_memberships_of_an_order_end_with_it)
    };

    return run_shop_tests("engine_reversal", tests, 0);
}
