
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <postponed_fixture.h>

#include <stdio.h>


#define MOST             10
#define MOST_OF_ANYBODY   3


static void
a_claim_that_is_not_answered_is_kept(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = postpone(shop, ADA, "1001");

    assert_int_equal(c->status, 202);
    assert_int_equal(c->result.waiting, 1);
    assert_int_equal(c->result.earned, 0);
    assert_true(answer_says(c, "order 1001 is noted"));

    c = shop_claim_fault(shop, ADA, "1002", LOYALTY_STORE_UNAVAILABLE);
    c->postpone = POSTPONE;

    assert_int_equal(shop_expect(shop, c,
                                 LOYALTY_CLAIM_PENDING)->result.waiting, 2);
    stands(shop, ADA, 100, 2);
}


static void
without_postponing_nothing_is_kept(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_claim_fault(shop, ADA, "1001",
                                       LOYALTY_STORE_TIMEOUT),
                LOYALTY_STORE_TIMEOUT);
    shop_expect(shop, shop_claim_fault(shop, ADA, "1001",
                                       LOYALTY_STORE_UNAVAILABLE),
                LOYALTY_STORE_UNAVAILABLE);
    stands(shop, ADA, 100, 0);
}


static void
what_the_store_says_is_not_postponed(void **state)
{
    size_t                          i;
    shop_t                         *shop = *state;
    loyalty_command_t              *c;
    static const loyalty_outcome_e  words[] = {
        LOYALTY_ORDER_NOT_FOUND, LOYALTY_ORDER_NOT_PAID,
        LOYALTY_WRONG_CURRENCY, LOYALTY_STORE_BAD_ANSWER
    };

    for (i = 0; i < elements_of(words); i++) {
        c = shop_claim_fault(shop, ADA, "1001", words[i]);
        c->postpone = POSTPONE;

        shop_expect(shop, c, words[i]);
    }

    stands(shop, ADA, 100, 0);
}


static void
nobody_else_than_a_member_has_claims_postponed(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, unanswered(shop, "eve@example.com", "1001"),
                LOYALTY_NOT_A_MEMBER);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM postponed"), 0);
}


static void
an_errand_completes_it(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c, *done;

    (void) postpone(shop, ADA, "1001");

    shop->now += MINUTE - 1;
    nothing_to_do(shop);

    shop->now += 1;
    c = find(shop);

    assert_int_equal(c->email.len, strlen(ADA));
    assert_memory_equal(c->email.data, ADA, strlen(ADA));
    assert_int_equal(c->order.len, 4);
    assert_memory_equal(c->order.data, "1001", 4);
    assert_int_equal(c->store.len, 7);
    assert_memory_equal(c->store.data, "default", 7);

    /* it is leased */

    nothing_to_do(shop);

    done = shop_expect(shop, confirmed(shop, c, ADA, "1001", 6000),
                       LOYALTY_CLAIMED);

    assert_true(done->ended);
    assert_int_equal(done->result.earned, 60);
    assert_int_equal(done->result.waiting, 0);

    stands(shop, ADA, 160, 0);

    shop->now += DAY;
    nothing_to_do(shop);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6000),
                LOYALTY_ALREADY_CLAIMED);
}


static void
an_order_without_points_completes_it_too(void **state)
{
    shop_t  *shop = *state;

    (void) postpone(shop, ADA, "1001");

    shop->now += MINUTE;
    shop_expect(shop, confirmed(shop, find(shop), ADA, "1001", 10),
                LOYALTY_CLAIMED);
    stands(shop, ADA, 100, 0);
}


/* Somebody may have been stopped for long, and another have completed it. */

static void
it_is_completed_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *second;

    (void) postpone(shop, ADA, "1001");

    shop->now += MINUTE;
    first = find(shop);

    shop->now += DAY;
    second = find(shop);

    assert_int_equal(first->postponed, second->postponed);

    shop_expect(shop, confirmed(shop, second, ADA, "1001", 6000),
                LOYALTY_CLAIMED);
    shop_expect(shop, confirmed(shop, first, ADA, "1001", 6000),
                LOYALTY_NOTHING_TO_DO);
    stands(shop, ADA, 160, 0);
}


static void
the_store_may_decide_against_it(void **state)
{
    size_t                          i;
    shop_t                         *shop = *state;
    loyalty_command_t              *c;
    static const loyalty_outcome_e  words[] = {
        LOYALTY_ORDER_NOT_FOUND, LOYALTY_WRONG_CURRENCY
    };

    for (i = 0; i < elements_of(words); i++) {
        (void) postpone(shop, ADA, "1001");
        shop->now += MINUTE;

        c = shop_expect(shop, refused(shop, find(shop), "1001", words[i]),
                        words[i]);

        assert_true(c->ended);
        stands(shop, ADA, 100, 0);
    }
}


static void
somebody_elses_order_ends_it(void **state)
{
    shop_t  *shop = *state;

    (void) postpone(shop, ADA, "1001");
    shop_expect(shop, shop_claim(shop, BOB, "1001", 6000), LOYALTY_CLAIMED);

    /* nothing is told before the store has answered */

    (void) postpone(shop, ADA, "1001");

    shop->now += MINUTE;
    shop_expect(shop, confirmed(shop, find(shop), ADA, "1001", 6000),
                LOYALTY_ORDER_ALREADY_CLAIMED);
    stands(shop, ADA, 100, 0);
}


/* 1 minute, 2, 4, ... and then an hour at a time, up to the end. */

static void
each_time_the_next_is_twice_as_far_until_time_is_over(void **state)
{
    size_t                          i;
    int64_t                         end, pause;
    shop_t                         *shop = *state;
    loyalty_command_t              *c;
    static const loyalty_outcome_e  words[] = {
        LOYALTY_STORE_TIMEOUT, LOYALTY_STORE_UNAVAILABLE,
        LOYALTY_ORDER_NOT_PAID, LOYALTY_STORE_BAD_ANSWER
    };

    (void) postpone(shop, ADA, "1001");

    end = shop->now + POSTPONE;
    pause = MINUTE;

    for (i = 0; shop->now + pause < end; i++) {
        shop->now += pause - 1;
        nothing_to_do(shop);

        shop->now += 1;
        c = find(shop);

        if (i > 0 && pause < HOUR) {
            pause *= 2;
        }

        if (pause > HOUR) {
            pause = HOUR;
        }

        assert_int_equal(c->lease, (shop->now + pause < end)
                                   ? shop->now + pause : end);

        shop_expect(shop, refused(shop, c, "1001",
                                  words[i % elements_of(words)]),
                    LOYALTY_CLAIM_PENDING);
        stands(shop, ADA, 100, 1);
    }

    /* the last time, it is asked once more */

    shop->now = end;

    shop_expect(shop, refused(shop, find(shop), "1001",
                              LOYALTY_ORDER_NOT_PAID),
                LOYALTY_ORDER_NOT_PAID);
    stands(shop, ADA, 100, 0);
}


static void
after_its_time_the_store_has_one_more_chance(void **state)
{
    shop_t  *shop = *state;

    (void) postpone(shop, ADA, "1001");
    (void) postpone(shop, ADA, "1002");

    shop->now += 30 * DAY;

    shop_expect(shop, confirmed(shop, find(shop), ADA, "1001", 6000),
                LOYALTY_CLAIMED);
    shop_expect(shop, refused(shop, find(shop), "1002",
                              LOYALTY_STORE_TIMEOUT),
                LOYALTY_STORE_TIMEOUT);
    stands(shop, ADA, 160, 0);
}


static void
the_longest_due_is_first(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *second;

    first = postpone(shop, ADA, "1001");
    shop->now += 1;
    second = postpone(shop, ADA, "1002");

    shop->now += MINUTE;

    assert_int_equal(find(shop)->postponed, first->postponed);
    assert_int_equal(find(shop)->postponed, second->postponed);
    nothing_to_do(shop);
}


static void
a_member_has_only_so_many(void **state)
{
    int      i;
    char     orders[MOST][16];
    shop_t  *shop = *state;

    for (i = 0; i < MOST; i++) {
        (void) snprintf(orders[i], sizeof(orders[i]), "2%03d", i);
        (void) postpone(shop, ADA, orders[i]);
    }

    shop_expect(shop, unanswered(shop, ADA, "1001"), LOYALTY_STORE_TIMEOUT);
    stands(shop, ADA, 100, MOST);

    (void) postpone(shop, ADA, "2005");

    shop_expect(shop, shop_claim(shop, ADA, "2000", 100), LOYALTY_CLAIMED);
    (void) postpone(shop, ADA, "1001");
    stands(shop, ADA, 101, MOST);
}


/* Who knows an e-mail does not use up what is there for who has it. */

static loyalty_command_t *
by_anybody(shop_t *shop, const char *email, const char *order)
{
    loyalty_command_t  *c;

    c = unanswered(shop, email, order);
    c->caller.len = 0;

    return c;
}


static void
a_stranger_leaves_places_for_the_member(void **state)
{
    int      i;
    char     orders[MOST][16];
    shop_t  *shop = *state;

    for (i = 0; i < MOST; i++) {
        (void) snprintf(orders[i], sizeof(orders[i]), "2%03d", i);
        shop_expect(shop, by_anybody(shop, ADA, orders[i]),
                    (i < MOST_OF_ANYBODY) ? LOYALTY_CLAIM_PENDING
                                          : LOYALTY_STORE_TIMEOUT);
    }

    stands(shop, ADA, 100, MOST_OF_ANYBODY);

    for (i = MOST_OF_ANYBODY; i < MOST; i++) {
        (void) postpone(shop, ADA, orders[i]);
    }

    stands(shop, ADA, 100, MOST);

    shop_expect(shop, by_anybody(shop, ADA, "2009"), LOYALTY_CLAIM_PENDING);
    shop_expect(shop, by_anybody(shop, ADA, "1001"), LOYALTY_STORE_TIMEOUT);
}


static void
a_stranger_finds_no_place_where_the_member_has_more(void **state)
{
    int      i;
    char     orders[MOST_OF_ANYBODY][16];
    shop_t  *shop = *state;

    for (i = 0; i < MOST_OF_ANYBODY; i++) {
        (void) snprintf(orders[i], sizeof(orders[i]), "2%03d", i);
        (void) postpone(shop, ADA, orders[i]);
    }

    shop_expect(shop, by_anybody(shop, ADA, "1001"), LOYALTY_STORE_TIMEOUT);
    shop_expect(shop, by_anybody(shop, BOB, "1001"), LOYALTY_CLAIM_PENDING);
}


/* It is who had claimed that gets the points, whatever the e-mail is now. */

static void
a_new_email_is_no_other_member(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    (void) postpone(shop, ADA, "1001");

    (void) shop_sql(shop, "UPDATE member SET email = 'eve@example.com' "
                          "WHERE email = '" ADA "'");

    shop->now += MINUTE;
    c = find(shop);

    assert_memory_equal(c->email.data, ADA, strlen(ADA));

    shop_expect(shop, confirmed(shop, c, ADA, "1001", 6000),
                LOYALTY_CLAIMED);
    stands(shop, "eve@example.com", 160, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        postponed_test(a_claim_that_is_not_answered_is_kept),
        postponed_test(without_postponing_nothing_is_kept),
        postponed_test(what_the_store_says_is_not_postponed),
        postponed_test(nobody_else_than_a_member_has_claims_postponed),
        postponed_test(an_errand_completes_it),
        postponed_test(an_order_without_points_completes_it_too),
        postponed_test(it_is_completed_once),
        postponed_test(the_store_may_decide_against_it),
        postponed_test(somebody_elses_order_ends_it),
        postponed_test(each_time_the_next_is_twice_as_far_until_time_is_over),
        postponed_test(after_its_time_the_store_has_one_more_chance),
        postponed_test(the_longest_due_is_first),
        postponed_test(a_member_has_only_so_many),
        postponed_test(a_stranger_leaves_places_for_the_member),
        postponed_test(a_stranger_finds_no_place_where_the_member_has_more),
        postponed_test(a_new_email_is_no_other_member)
    };

    return cmocka_run_group_tests_name("postponed claims", tests, NULL, NULL);
}
