
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <lots_fixture.h>


/* Points that are taken back, as from a refunded order, and given back. */

typedef struct {
    int64_t  points;
    int64_t  entry;       /* the lot, or the debit of which they are */
    int64_t  earned;
    int64_t  earned_at;
    int64_t  taken;
    int64_t  written;     /* the entry that was made, 0: none */
} move_t;


static int
take(loyalty_transaction_t *tx, loyalty_member_t *member, void *data)
{
    move_t           *move = data;
    loyalty_entry_t   entry = {
        loyalty_string("refund"), loyalty_string("1001"), loyalty_string(""),
        move->points
    };

    return loyalty_ledger_take_back(tx, member, &entry, move->entry,
                                    move->earned, move->earned_at,
                                    &move->taken, &move->written);
}


static int
give(loyalty_transaction_t *tx, loyalty_member_t *member, void *data)
{
    int                        rc;
    move_t                    *move = data;
    loyalty_lots_t             lots;
    loyalty_entry_t            entry = {
        loyalty_string("return"), loyalty_string("1001"), loyalty_string(""),
        move->points
    };
    const loyalty_db_value_t   debit[] = { loyalty_db_int(move->entry) };

    rc = loyalty_lots_load_taken(tx, LOYALTY_SQL_REDEMPTION_LOTS, debit, 1,
                                 &lots);

    if (rc == LOYALTY_OK) {
        rc = loyalty_ledger_give_back(tx, member, &entry, &lots,
                                      move->earned, move->earned_at,
                                      &move->written);
    }

    loyalty_lots_free(&lots);

    return rc;
}


/* Takes so many points back of a lot; returns the debit. */

static int64_t
take_back(shop_t *shop, int64_t lot, int64_t points, int64_t expected)
{
    move_t  move = { points, lot, expected, shop->now, -1, -1 };

    shop_transact(shop, ADA, take, &move);

    assert_int_equal(move.taken, expected);

    return move.written;
}


static void
give_back(shop_t *shop, int64_t debit, int64_t points, int64_t earned_at)
{
    move_t  move = {
        points, debit, (earned_at != 0) ? points : 0, earned_at, 0, 0
    };

    shop_transact(shop, ADA, give, &move);
}


/* 100, 100 and 50 points, as entries 1, 2 and 3. */

static void
earn_three_lots(shop_t *shop)
{
    shop_member(shop, ADA, 100);
    (void) claim(shop, "1", 100);
    (void) claim(shop, "2", 50);
}


static void
points_are_taken_back_from_their_own_lot(void **state)
{
    shop_t  *shop = *state;

    earn_three_lots(shop);

    (void) take_back(shop, 2, 60, 60);

    expect_lots(shop, "100 40 50");
    assert_int_equal(shop_sql(shop, "SELECT lifetime FROM member"), 190);
}


static void
points_that_are_spent_are_taken_back_from_other_lots(void **state)
{
    shop_t  *shop = *state;

    earn_three_lots(shop);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 0 50");

    (void) take_back(shop, 2, 30, 30);
    expect_lots(shop, "0 0 20");
}


static void
pending_points_are_taken_back_too(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;
    earn_three_lots(shop);
    expect_balance(shop, 100, 150);

    (void) take_back(shop, 2, 100, 100);

    expect_balance(shop, 100, 50);
}


static void
nothing_is_owed_unless_balances_may_be_negative(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 30);

    assert_int_not_equal(take_back(shop, 1, 100, 30), 0);
    expect_balance(shop, 0, 0);

    assert_int_equal(take_back(shop, 1, 70, 0), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger"), 2);
}


static void
what_is_missing_is_owed_if_balances_may_be_negative(void **state)
{
    shop_t  *shop = *state;

    shop->program.negative = 1;

    shop_member(shop, ADA, 250);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    (void) take_back(shop, 1, 250, 250);

    expect_balance(shop, -200, 0);
    expect_lots(shop, "0");
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_NOT_ENOUGH_POINTS);
}


/* Ada has spent the 200 points that are taken back: she owes them. */

static int64_t
owe_200(shop_t *shop)
{
    shop->program.negative = 1;

    shop_member(shop, ADA, 200);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    return take_back(shop, 1, 200, 200);
}


static void
what_is_owed_is_paid_by_what_is_earned(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    (void) owe_200(shop);

    c = claim(shop, "1", 150);
    assert_int_equal(c->result.earned, 150);
    assert_int_equal(c->result.points, -50);
    expect_lots(shop, "0 0");

    (void) claim(shop, "2", 80);
    expect_lots(shop, "0 0 30");

    (void) claim(shop, "3", 170);
    expect_balance(shop, 200, 0);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
}


static void
the_oldest_debt_is_paid_first(void **state)
{
    char     paid[64];
    shop_t  *shop = *state;

    shop->program.negative = 1;
    shop->rewards[HANKY].cost = 260;

    shop_member(shop, ADA, 200);
    (void) claim(shop, "1", 60);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    (void) take_back(shop, 1, 200, 200);
    (void) take_back(shop, 2, 60, 60);

    (void) claim(shop, "2", 220);
    (void) claim(shop, "3", 100);

    shop_sql_text(shop, "SELECT entry || ':' || points FROM spending "
                        "WHERE entry > 3 ORDER BY entry, lot",
                  paid, sizeof(paid));

    assert_string_equal(paid, "4:200 5:20 5:40");
    expect_lots(shop, "0 0 0 60");
}


static void
what_is_pending_pays_what_is_owed_at_once(void **state)
{
    shop_t  *shop = *state;

    (void) owe_200(shop);

    shop->program.pending = 14 * DAY;
    (void) claim(shop, "1", 250);

    expect_balance(shop, 0, 50);

    shop->now += 14 * DAY;
    expect_balance(shop, 50, 0);
}


static void
debts_are_paid_also_when_there_are_no_new_ones(void **state)
{
    shop_t  *shop = *state;

    (void) owe_200(shop);

    shop->program.negative = 0;

    assert_int_equal(take_back(shop, 1, 10, 0), 0);

    (void) claim(shop, "1", 250);
    expect_balance(shop, 50, 0);
}


static void
points_go_back_into_their_lots(void **state)
{
    int64_t  debit;
    shop_t  *shop = *state;

    earn_three_lots(shop);
    debit = take_back(shop, 1, 220, 220);
    expect_lots(shop, "0 0 30");

    give_back(shop, debit, 150, CHRISTMAS);

    expect_lots(shop, "100 50 30");
    assert_int_equal(shop_sql(shop, "SELECT lifetime FROM member"), 180);

    shop->rewards[HANKY].cost = 180;
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
}


static void
points_that_go_back_may_be_pending_still(void **state)
{
    int64_t  debit;
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;
    earn_three_lots(shop);
    debit = take_back(shop, 2, 100, 100);

    give_back(shop, debit, 100, CHRISTMAS);
    expect_balance(shop, 100, 150);
}


static void
points_that_go_back_may_have_expired(void **state)
{
    int64_t  debit;
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 250);
    debit = take_back(shop, 1, 200, 200);

    shop->now += 30 * DAY;
    give_back(shop, debit, 200, 0);

    expect_balance(shop, 0, 0);
    expect_lots(shop, "0");
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM ledger "
                                    "WHERE kind = 'expiry'"), -250);
}


static void
points_that_go_back_pay_first_what_is_owed(void **state)
{
    int64_t  debit;
    shop_t  *shop = *state;

    shop->program.negative = 1;
    shop->rewards[HANKY].cost = 60;

    shop_member(shop, ADA, 160);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    debit = take_back(shop, 1, 160, 160);
    expect_balance(shop, -60, 0);

    give_back(shop, debit, 40, CHRISTMAS);
    expect_balance(shop, -20, 0);
    expect_lots(shop, "0 0");

    give_back(shop, debit, 120, CHRISTMAS);
    expect_balance(shop, 100, 0);
    expect_lots(shop, "100 0 0");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(points_are_taken_back_from_their_own_lot),
        shop_test(points_that_are_spent_are_taken_back_from_other_lots),
        shop_test(pending_points_are_taken_back_too),
        shop_test(nothing_is_owed_unless_balances_may_be_negative),
        shop_test(what_is_missing_is_owed_if_balances_may_be_negative),
        shop_test(what_is_owed_is_paid_by_what_is_earned),
        shop_test(the_oldest_debt_is_paid_first),
        shop_test(what_is_pending_pays_what_is_owed_at_once),
        shop_test(debts_are_paid_also_when_there_are_no_new_ones),
        shop_test(points_go_back_into_their_lots),
        shop_test(points_that_go_back_may_be_pending_still),
        shop_test(points_that_go_back_may_have_expired),
        shop_test(points_that_go_back_pay_first_what_is_owed)
    };

    return cmocka_run_group_tests_name("debts", tests, NULL, NULL);
}
