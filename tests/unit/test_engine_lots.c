
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <lots_fixture.h>


static void
an_order_is_pending_first(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.pending = 14 * DAY;

    shop_member(shop, ADA, 10);
    c = claim(shop, "1001", 100);

    assert_int_equal(c->result.earned, 100);
    assert_int_equal(c->result.points, 10);
    assert_int_equal(c->result.pending, 100);
    assert_int_equal(c->result.lifetime, 110);
}


static void
pending_points_become_usable_at_the_second(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;

    shop_member(shop, ADA, 10);
    (void) claim(shop, "1001", 100);

    shop->now += 14 * DAY - 1;
    expect_balance(shop, 10, 100);

    shop->now++;
    expect_balance(shop, 110, 0);
}


static void
each_lot_is_pending_for_itself(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;

    shop_member(shop, ADA, 0);
    (void) claim(shop, "1", 100);
    shop->now += DAY;
    (void) claim(shop, "2", 30);

    shop->now = CHRISTMAS + 14 * DAY;
    expect_balance(shop, 100, 30);

    (void) claim(shop, "3", 5);
    expect_balance(shop, 100, 35);

    shop->now += DAY;
    expect_balance(shop, 130, 5);
}


static void
pending_points_buy_nothing(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;

    shop_member(shop, ADA, 100);
    (void) claim(shop, "1001", 500);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_NOT_ENOUGH_POINTS);

    shop->now += 14 * DAY;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 400");
}


static void
spending_passes_over_pending_lots(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;

    shop_member(shop, ADA, 150);
    (void) claim(shop, "1", 100);

    shop->program.pending = 0;
    (void) claim(shop, "2", 100);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    expect_lots(shop, "0 100 50");
    expect_balance(shop, 50, 100);
}


/* Of two nodes, or of two workers at the turn of a second, one is behind. */

static void
points_of_a_clock_that_is_ahead_can_be_spent(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 150);

    shop->now++;
    (void) claim(shop, "1", 100);
    shop->now--;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 50");

    shop->now++;
    expect_balance(shop, 50, 0);
}


static void
points_that_a_clock_ahead_found_usable_can_be_spent(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;

    shop_member(shop, ADA, 150);
    (void) claim(shop, "1", 100);
    (void) claim(shop, "2", 100);

    shop->now += 14 * DAY;
    (void) claim(shop, "3", 10);
    shop->now--;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    expect_lots(shop, "0 50 100 10");
}


static void
a_balance_reckons_with_what_is_due_and_writes_nothing(void **state)
{
    int64_t  written;
    shop_t  *shop = *state;

    shop->program.pending = DAY;
    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 10);
    (void) claim(shop, "1001", 100);
    written = shop_written(shop);

    shop->now += 30 * DAY;
    expect_balance(shop, 0, 0);

    assert_int_equal(shop_written(shop), written);
    assert_int_equal(shop_sql(shop, "SELECT pending FROM member"), 100);
}


static void
who_is_changed_is_settled(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = DAY;

    shop_member(shop, ADA, 10);
    (void) claim(shop, "1001", 100);

    assert_int_equal(shop_sql(shop, "SELECT due_at FROM member"),
                     CHRISTMAS + DAY);

    shop->now += DAY;
    shop_expect(shop, shop_redeem(shop, ADA, "apron"),
                LOYALTY_NOT_ENOUGH_POINTS);

    assert_int_equal(shop_sql(shop, "SELECT pending FROM member"), 0);
    assert_int_equal(shop_sql(shop, "SELECT due_at FROM member"), 0);
}


static void
a_lot_expires_at_the_second(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 10);
    shop->now += DAY;
    (void) claim(shop, "1001", 100);

    shop->now = CHRISTMAS + 30 * DAY - 1;
    expect_balance(shop, 110, 0);

    shop->now++;
    expect_balance(shop, 100, 0);

    shop->now += DAY;
    expect_balance(shop, 0, 0);
}


static void
what_has_expired_is_an_entry_of_the_ledger(void **state)
{
    char                ledger[128];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 10);
    shop->now += DAY;
    (void) claim(shop, "1", 100);
    shop->now += 30 * DAY;
    c = claim(shop, "2", 5);

    assert_int_equal(c->result.points, 5);
    assert_int_equal(c->result.earned, 5);
    assert_int_equal(c->result.spent, 0);
    assert_int_equal(c->result.lifetime, 115);

    shop_sql_text(shop, "SELECT kind || points || '/' || earned FROM ledger "
                        "ORDER BY id", ledger, sizeof(ledger));

    assert_string_equal(ledger, "signup10/10 claim100/100 expiry-110/0 "
                                "claim5/5");
    expect_lots(shop, "0 0 5");
}


static void
only_what_is_left_of_a_lot_expires(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 250);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop->now += DAY;
    (void) claim(shop, "1", 100);

    shop->now = CHRISTMAS + 30 * DAY;
    (void) claim(shop, "2", 1);

    assert_int_equal(shop_sql(shop, "SELECT points FROM ledger "
                                    "WHERE kind = 'expiry'"), -50);
    expect_balance(shop, 101, 0);
}


static void
expired_points_buy_nothing(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;

    shop_member(shop, ADA, 250);
    shop->now += 30 * DAY;

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_NOT_ENOUGH_POINTS);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 0);
}


static void
points_may_expire_before_they_are_usable(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 30 * DAY;
    shop->program.points_expire = 10 * DAY;

    shop_member(shop, ADA, 0);
    (void) claim(shop, "1", 100);

    shop->now += 10 * DAY;
    expect_balance(shop, 0, 0);

    (void) claim(shop, "2", 5);
    expect_balance(shop, 0, 5);
    expect_lots(shop, "0 5");
}


static void
points_keep_the_date_that_they_were_earned_with(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 10);

    shop->program.points_expire = 30 * DAY;
    (void) claim(shop, "1", 100);

    shop->program.points_expire = 0;
    (void) claim(shop, "2", 1000);

    shop->now += 3650 * DAY;
    expect_balance(shop, 1010, 0);
}


/* Everything a shopper does counts, but not to look at the balance. */

static void
points_expire_after_inactivity(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;
    shop->program.inactivity = 1;

    shop_member(shop, ADA, 250);
    shop->now += 20 * DAY;
    (void) claim(shop, "1", 100);
    shop->now += 20 * DAY;
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    shop->now += 20 * DAY;
    shop_expect(shop, shop_claim(shop, ADA, "2", 0), LOYALTY_CLAIMED);

    shop->now += 30 * DAY - 1;
    expect_balance(shop, 150, 0);

    shop->now++;
    expect_balance(shop, 0, 0);
}


static void
who_comes_back_too_late_begins_anew(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.points_expire = 30 * DAY;
    shop->program.inactivity = 1;

    shop_member(shop, ADA, 250);
    (void) claim(shop, "1", 100);
    shop->now += 30 * DAY;
    c = claim(shop, "2", 7);

    assert_int_equal(c->result.points, 7);
    assert_int_equal(c->result.lifetime, 357);
    expect_lots(shop, "0 0 7");

    shop->now += 29 * DAY;
    expect_balance(shop, 7, 0);
}


static void
pending_points_expire_after_inactivity_as_well(void **state)
{
    shop_t  *shop = *state;

    shop->program.pending = 30 * DAY;
    shop->program.points_expire = 10 * DAY;
    shop->program.inactivity = 1;

    shop_member(shop, ADA, 0);
    (void) claim(shop, "1", 100);

    shop->now += 10 * DAY - 1;
    expect_balance(shop, 0, 100);

    shop->now++;
    expect_balance(shop, 0, 0);
}


/* As loyaltyctl, which does not know the rules, leaves a member. */

static int
give(loyalty_transaction_t *tx, loyalty_member_t *member, void *data)
{
    loyalty_entry_t  gift = {
        loyalty_string("adjustment"), loyalty_string("gift"),
        loyalty_string(""), *(int64_t *) data
    };

    if (loyalty_ledger_add(tx, member, &gift, 0, tx->now, 0) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    member->due_at = tx->now + 1;

    return loyalty_member_note(tx, member);
}


static void
what_is_given_stays_for_the_whole_time_as_well(void **state)
{
    shop_t   *shop = *state;
    int64_t   points = 500;

    shop->program.points_expire = 30 * DAY;
    shop->program.inactivity = 1;

    shop_member(shop, ADA, 0);
    shop->now += 300 * DAY;
    shop_transact(shop, ADA, give, &points);

    shop->now += 30 * DAY - 1;
    expect_balance(shop, 500, 0);

    shop->now++;
    expect_balance(shop, 0, 0);
}


static void
who_has_never_been_active_has_been_since_joining(void **state)
{
    shop_t   *shop = *state;
    int64_t   points = 500;

    shop->program.points_expire = 30 * DAY;
    shop->program.inactivity = 1;

    shop_member(shop, ADA, 0);
    shop_transact(shop, ADA, give, &points);
    (void) shop_sql(shop, "UPDATE member SET active_at = 0");

    shop->now += 30 * DAY - 1;
    expect_balance(shop, 500, 0);

    shop->now++;
    expect_balance(shop, 0, 0);
}


static void
inactivity_reaches_those_who_came_before_the_rule(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 250);

    shop->program.points_expire = 30 * DAY;
    shop->program.inactivity = 1;

    shop->now += 30 * DAY - 1;
    expect_balance(shop, 250, 0);

    shop->now++;
    expect_balance(shop, 0, 0);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                LOYALTY_NOT_ENOUGH_POINTS);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 0);
    expect_lots(shop, "0");
}


static void
a_shorter_time_holds_at_once(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 365 * DAY;
    shop->program.inactivity = 1;

    shop_member(shop, ADA, 250);
    shop->program.points_expire = 30 * DAY;

    shop->now += 30 * DAY;
    expect_balance(shop, 0, 0);
}


static void
a_longer_time_holds_at_once(void **state)
{
    shop_t  *shop = *state;

    shop->program.points_expire = 30 * DAY;
    shop->program.inactivity = 1;

    shop_member(shop, ADA, 250);
    shop->program.points_expire = 365 * DAY;

    shop->now += 365 * DAY - 1;
    expect_balance(shop, 250, 0);

    shop->now++;
    expect_balance(shop, 0, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(an_order_is_pending_first),
        shop_test(pending_points_become_usable_at_the_second),
        shop_test(each_lot_is_pending_for_itself),
        shop_test(pending_points_buy_nothing),
        shop_test(spending_passes_over_pending_lots),
        shop_test(points_of_a_clock_that_is_ahead_can_be_spent),
        shop_test(points_that_a_clock_ahead_found_usable_can_be_spent),
        shop_test(a_balance_reckons_with_what_is_due_and_writes_nothing),
        shop_test(who_is_changed_is_settled),
        shop_test(a_lot_expires_at_the_second),
        shop_test(what_has_expired_is_an_entry_of_the_ledger),
        shop_test(only_what_is_left_of_a_lot_expires),
        shop_test(expired_points_buy_nothing),
        shop_test(points_may_expire_before_they_are_usable),
        shop_test(points_keep_the_date_that_they_were_earned_with),
        shop_test(points_expire_after_inactivity),
        shop_test(who_comes_back_too_late_begins_anew),
        shop_test(pending_points_expire_after_inactivity_as_well),
        shop_test(what_is_given_stays_for_the_whole_time_as_well),
        shop_test(who_has_never_been_active_has_been_since_joining),
        shop_test(inactivity_reaches_those_who_came_before_the_rule),
        shop_test(a_shorter_time_holds_at_once),
        shop_test(a_longer_time_holds_at_once)
    };

    return cmocka_run_group_tests_name("lots", tests, NULL, NULL);
}
