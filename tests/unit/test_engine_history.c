
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <json_fixture.h>

#include <stdio.h>


static json_t *
page(shop_t *shop, const char *before, const char *limit)
{
    return answer_to(shop, shop_history(shop, ADA, before, limit),
                     LOYALTY_HISTORY);
}


static json_t *
entry(json_t *json, size_t n)
{
    return nth(json, "entries", n);
}


static size_t
entries(json_t *json)
{
    return length(json, "entries");
}


static int64_t
points(json_t *object)
{
    return number(object, "points");
}


/* So many orders of 1.00, 2.00, ...; between them, those of another member. */

static void
claim_orders(shop_t *shop, int n)
{
    int   i;
    char  order[16];

    for (i = 1; i <= n; i++) {
        (void) snprintf(order, sizeof(order), "A%d", i);
        shop_expect(shop, shop_claim(shop, ADA, order, 100 * i),
                    LOYALTY_CLAIMED);

        (void) snprintf(order, sizeof(order), "B%d", i);
        shop_expect(shop, shop_claim(shop, BOB, order, 7700),
                    LOYALTY_CLAIMED);
    }
}


static void
a_history_shows_the_newest_first(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1000);

    shop->now += HOUR;

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    json = page(shop, "", "");

    assert_int_equal(entries(json), 3);
    assert_string_equal(word(json, "next"), "");
    assert_int_equal(points(json), 860);

    assert_string_equal(word(entry(json, 0), "kind"), "redemption");
    assert_string_equal(word(entry(json, 0), "reference"), "hanky");
    assert_int_equal(points(entry(json, 0)), -HANKY_COST);

    assert_string_equal(word(entry(json, 1), "kind"), "claim");
    assert_string_equal(word(entry(json, 1), "reference"), "1001");
    assert_string_equal(word(entry(json, 1), "at"), "2026-12-22T11:00:00Z");
    assert_int_equal(points(entry(json, 1)), 60);

    assert_string_equal(word(entry(json, 2), "kind"), "signup");
    assert_string_equal(word(entry(json, 2), "at"), "2026-12-22T10:00:00Z");

    json_decref(json);
}


static void
a_redemption_has_its_coupon_and_what_became_of_it(void **state)
{
    json_t             *json;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 1000);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    json = page(shop, "", "");
    assert_string_equal(word(entry(json, 0), "coupon"), c->result.coupon);
    assert_string_equal(word(entry(json, 0), "coupon_state"), "issued");
    assert_string_equal(word(entry(json, 0), "coupon_expires"),
                        "2027-01-21T10:00:00Z");
    assert_string_equal(word(entry(json, 1), "coupon"), "");
    assert_string_equal(word(entry(json, 1), "coupon_state"), "");
    assert_string_equal(word(entry(json, 1), "coupon_expires"), "");
    json_decref(json);

    shop_expect(shop, shop_cancel(shop, ADA, c->result.coupon),
                LOYALTY_CANCELLED);

    json = page(shop, "", "");
    assert_string_equal(word(entry(json, 0), "kind"), "cancellation");
    assert_int_equal(points(entry(json, 0)), HANKY_COST);
    assert_string_equal(word(entry(json, 1), "coupon_state"), "cancelled");
    json_decref(json);
}


static void
a_coupon_that_the_store_has_not_made_is_not_shown(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1000);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    (void) shop_sql(shop, "UPDATE redemption SET state = 'held'");

    json = page(shop, "", "");
    assert_string_equal(word(entry(json, 0), "coupon"), "");
    assert_string_equal(word(entry(json, 0), "coupon_state"), "held");
    json_decref(json);
}


static void
lots_show_when_they_can_be_used_and_until_when(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop->program.pending = 14 * DAY;
    shop->program.points_expire = 365 * DAY;

    shop_member(shop, ADA, 0);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 6099), LOYALTY_CLAIMED);

    json = page(shop, "", "");

    assert_int_equal(entries(json), 1);
    assert_int_equal(points(json), 0);
    assert_int_equal(json_integer_value(json_object_get(json, "pending")),
                     60);
    assert_string_equal(word(entry(json, 0), "usable_at"),
                        "2027-01-05T10:00:00Z");
    assert_string_equal(word(entry(json, 0), "expires_at"),
                        "2027-12-22T10:00:00Z");

    json_decref(json);
}


static void
pages_follow_each_other_without_gaps(void **state)
{
    int      n;
    char     next[32];
    size_t   i;
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);
    claim_orders(shop, 7);

    next[0] = '\0';
    n = 7;

    do {
        json = page(shop, next, "3");

        for (i = 0; i < entries(json); i++) {
            assert_int_equal(points(entry(json, i)), n--);
        }

        (void) snprintf(next, sizeof(next), "%s", word(json, "next"));
        json_decref(json);

    } while (next[0] != '\0');

    assert_int_equal(n, 0);
}


static void
the_last_page_may_be_full(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);
    claim_orders(shop, 3);

    json = page(shop, "", "3");

    assert_int_equal(entries(json), 3);
    assert_string_equal(word(json, "next"), "");

    json_decref(json);
}


static void
twenty_are_shown_and_a_hundred_at_most(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);
    claim_orders(shop, 21);

    json = page(shop, "", "");
    assert_int_equal(entries(json), 20);
    assert_string_not_equal(word(json, "next"), "");
    json_decref(json);

    json = page(shop, "", "100");
    assert_int_equal(entries(json), 21);
    json_decref(json);

    shop_expect(shop, shop_history(shop, ADA, "", "101"),
                LOYALTY_BAD_REQUEST);
}


static void
what_is_no_number_is_no_limit(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 100);

    shop_expect(shop, shop_history(shop, ADA, "", "0"), LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_history(shop, ADA, "", "-1"),
                LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_history(shop, ADA, "", "5x"),
                LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_history(shop, ADA, "", "99999999999999999999999"),
                LOYALTY_BAD_REQUEST);

    c = shop_expect(shop, shop_history(shop, ADA, "", "many"),
                    LOYALTY_BAD_REQUEST);

    assert_true(answer_says(c, "limit"));
}


static void
a_cursor_is_an_entry_of_the_member(void **state)
{
    char                others[32];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 100);
    shop_member(shop, BOB, 100);

    shop_sql_text(shop, "SELECT last_entry FROM member "
                        "WHERE email = '" BOB "'", others, sizeof(others));

    shop_expect(shop, shop_history(shop, ADA, others, ""),
                LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_history(shop, ADA, "999999", ""),
                LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_history(shop, ADA, "0", ""), LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_history(shop, ADA, "1 OR 1=1", ""),
                LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_history(shop, ADA, "99999999999999999999", ""),
                LOYALTY_BAD_REQUEST);

    c = shop_expect(shop, shop_history(shop, ADA, "-1", ""),
                    LOYALTY_BAD_REQUEST);

    assert_true(answer_says(c, "before"));
}


static void
before_the_first_entry_there_is_nothing(void **state)
{
    char     first[32];
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);
    shop_sql_text(shop, "SELECT last_entry FROM member", first,
                  sizeof(first));

    json = page(shop, first, "");

    assert_int_equal(entries(json), 0);
    assert_string_equal(word(json, "next"), "");

    json_decref(json);
}


static void
who_has_no_points_has_an_empty_history(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);

    json = page(shop, "", "");

    assert_int_equal(entries(json), 0);
    assert_string_equal(word(json, "next"), "");

    json_decref(json);
}


static void
strangers_have_no_history(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_history(shop, ADA, "", ""), LOYALTY_NOT_A_MEMBER);
}


static void
with_another_cursor_a_key_is_reused(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *a, *b;

    shop_member(shop, ADA, 100);

    a = shop_expect(shop, with_key(shop_history(shop, ADA, "", "5"),
                                   "chatbot", "k1"), LOYALTY_HISTORY);
    b = shop_expect(shop, with_key(shop_history(shop, ADA, "", "5"),
                                   "chatbot", "k1"), LOYALTY_HISTORY);

    assert_same_answer(a, b);
    shop_expect(shop, with_key(shop_history(shop, ADA, "", "6"),
                               "chatbot", "k1"),
                LOYALTY_IDEMPOTENCY_KEY_REUSED);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_history_shows_the_newest_first),
        shop_test(a_redemption_has_its_coupon_and_what_became_of_it),
        shop_test(a_coupon_that_the_store_has_not_made_is_not_shown),
        shop_test(lots_show_when_they_can_be_used_and_until_when),
        shop_test(pages_follow_each_other_without_gaps),
        shop_test(the_last_page_may_be_full),
        shop_test(twenty_are_shown_and_a_hundred_at_most),
        shop_test(what_is_no_number_is_no_limit),
        shop_test(a_cursor_is_an_entry_of_the_member),
        shop_test(before_the_first_entry_there_is_nothing),
        shop_test(who_has_no_points_has_an_empty_history),
        shop_test(strangers_have_no_history),
        shop_test(with_another_cursor_a_key_is_reused)
    };

    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
