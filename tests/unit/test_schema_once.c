
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <schema_fixture.h>


/* A row like those that the engine writes, kept from all changes. */

static void
change_refused(shop_t *shop, const char *insert, const char *table,
    const char *column, const char *words)
{
    char  sql[512];

    if (insert != NULL) {
        (void) shop_sql(shop, insert);
    }

    (void) snprintf(sql, sizeof(sql), "UPDATE %s SET %s = %s", table, column,
                    column);
    shop_sql_refused(shop, sql, words);

    (void) snprintf(sql, sizeof(sql), "DELETE FROM %s", table);
    shop_sql_refused(shop, sql, words);
}


static void
an_order_is_one_claim(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "claim", "member = 2",
                    says(CLAIM_ORDER));
}


static void
a_coupon_is_one_redemption(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    (void) shop_sql(shop, "INSERT INTO ledger SELECT 99, member, previous, "
                    "kind, reference, store, points, earned, usable_at, "
                    "until_at, at FROM ledger WHERE id = 4");
    (void) shop_sql(shop, "INSERT INTO spending VALUES (99, 2, 10)");

    forgery_refused(shop, "redemption", "id = 99, cost = 10", says(COUPON));
}


static void
a_redemption_is_a_ledger_entry(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "redemption", "id = 99, coupon = 'X'",
                    "a redemption is paid by lots");
}


static void
a_key_is_one_answer(void **state)
{
    shop_t  *shop = *state;

    forgery_refused(shop, "answer", "id = 99, request = ''",
                    says(ANSWER_KEY));
}


static void
claims_are_kept(void **state)
{
    change_refused(*state, NULL, "claim", "points",
                   "an order is claimed once");
}


static void
reversals_are_kept_and_come_once_a_step(void **state)
{
    shop_t  *shop = *state;

    change_refused(shop, "INSERT INTO reversal VALUES "
                   "('default', '1001', 1, 0, 100, 0, 0, 0, 1)", "reversal",
                   "points", "reversals are kept");

    forgery_refused(shop, "reversal", "points = 2", says(REVERSAL_STEP));
}


static void
events_are_kept_and_count_once(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    change_refused(shop, "INSERT INTO event VALUES "
                   "('review', 'r1', 1, 5, 1)", "event", "points",
                   "an event counts once");

    forgery_refused(shop, "event", "member = 2", says(EVENT));
}


static void
a_member_and_a_mailbox_are_a_friend_once(void **state)
{
    shop_t  *shop = *state;

    (void) shop_sql(shop, "INSERT INTO friend "
                    "(member, referrer, mailbox, points, rewarded_at) "
                    "VALUES (1, 2, 'a@x', 0, 0)");

    forgery_refused(shop, "friend", "mailbox = 'b@x', referrer = 3",
                    says(FRIEND));
    forgery_refused(shop, "friend", "member = 3", says(MAILBOX));
}


static void
nobody_is_a_friend_of_himself(void **state)
{
    shop_sql_refused(*state, "INSERT INTO friend "
                     "(member, referrer, mailbox, points, rewarded_at) "
                     "VALUES (1, 1, 'a@x', 0, 0)", says(CHECK));
}


static void
redemptions_are_kept_as_they_were_paid(void **state)
{
    size_t   i;
    char     sql[128];
    shop_t  *shop = *state;

    static const char *const  changes[] = {
        "id = id + 1", "member = 2", "reward = 'apron'", "cost = cost - 1",
        "coupon = 'FORGED'"
    };

    for (i = 0; i < elements_of(changes); i++) {
        (void) snprintf(sql, sizeof(sql), "UPDATE redemption SET %s",
                        changes[i]);
        shop_sql_refused(shop, sql, "a coupon is used once");
    }

    shop_sql_refused(shop, "DELETE FROM redemption", "redemptions are kept");
}


static void
a_redemption_that_is_over_stays_over(void **state)
{
    size_t   i;
    char     sql[128];
    shop_t  *shop = *state;

    static const char *const  ends[] = {
        "used", "done", "cancelled", "refused"
    };

    shop->damaged = 1;

    for (i = 0; i < elements_of(ends); i++) {
        (void) snprintf(sql, sizeof(sql), "BEGIN; UPDATE redemption "
                        "SET state = '%s'; UPDATE redemption "
                        "SET state = 'issued'", ends[i]);
        shop_sql_refused(shop, sql, "a coupon is used once");
    }
}


static void
a_coupon_of_a_pool_is_given_away_once(void **state)
{
    shop_t  *shop = *state;

    shop->damaged = 1;

    (void) shop_sql(shop, "INSERT INTO pool VALUES ('hanky', 'C1', 0)");
    forgery_refused(shop, "pool", "redemption = 0", says(POOL));

    (void) shop_sql(shop, "UPDATE pool SET redemption = 4");
    change_refused(shop, NULL, "pool", "redemption",
                   "a coupon is given away once");
}


static void
a_coupon_of_a_pool_may_be_taken_out_before(void **state)
{
    shop_t  *shop = *state;

    (void) shop_sql(shop, "INSERT INTO pool VALUES ('hanky', 'C1', 0)");
    (void) shop_sql(shop, "DELETE FROM pool");

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM pool"), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        data_test(an_order_is_one_claim),
        data_test(a_coupon_is_one_redemption),
        data_test(a_redemption_is_a_ledger_entry),
        data_test(a_key_is_one_answer),
        data_test(claims_are_kept),
        data_test(reversals_are_kept_and_come_once_a_step),
        data_test(events_are_kept_and_count_once),
        data_test(a_member_and_a_mailbox_are_a_friend_once),
        data_test(nobody_is_a_friend_of_himself),
        data_test(redemptions_are_kept_as_they_were_paid),
        data_test(a_redemption_that_is_over_stays_over),
        data_test(a_coupon_of_a_pool_is_given_away_once),
        data_test(a_coupon_of_a_pool_may_be_taken_out_before)
    };

    return cmocka_run_group_tests_name("once", tests, NULL, NULL);
}
