
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


#define TOTAL   6099             /* minor units: 60 points */
#define POINTS  60

#define RACERS  6
#define STEPS   12


/* What the store says of an order of Ada's, a second later. */

static loyalty_command_t *
noted(shop_t *shop, const char *order, int64_t refunded)
{
    shop->now++;

    return shop_expect(shop, shop_event(shop, ADA, order, TOTAL, refunded,
                                        "paid"),
                       LOYALTY_ORDER_NOTED);
}


static void
an_order_of_a_member_is_credited(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *event;

    shop_member(shop, ADA, 50);

    event = noted(shop, "1", 0);
    assert_int_equal(event->result.earned, POINTS);
    assert_int_equal(points_of(shop, ADA), 50 + POINTS);

    event = noted(shop, "1", 0);
    assert_int_equal(event->result.earned, 0);

    shop_expect(shop, shop_claim(shop, ADA, "1", TOTAL),
                LOYALTY_ALREADY_CLAIMED);
    assert_int_equal(points_of(shop, ADA), 50 + POINTS);
}


static void
events_that_concern_no_member_are_noted(void **state)
{
    size_t              i;
    shop_t             *shop = *state;
    loyalty_command_t  *event;

    static const loyalty_outcome_e  faults[] = {
        LOYALTY_ORDER_NOT_FOUND, LOYALTY_WRONG_CURRENCY
    };

    shop_member(shop, ADA, 50);

    shop_expect(shop, shop_event(shop, BOB, "1", TOTAL, 0, "paid"),
                LOYALTY_ORDER_NOTED);
    shop_expect(shop, shop_event(shop, ADA, "1", TOTAL, 0, "pending"),
                LOYALTY_ORDER_NOTED);
    shop_expect(shop, shop_event(shop, ADA, "1", TOTAL, 0, "void"),
                LOYALTY_ORDER_NOTED);

    event = shop_event(shop, ADA, "1", TOTAL, 0, "paid");
    event->order = text("2");
    shop_expect(shop, event, LOYALTY_ORDER_NOTED);

    for (i = 0; i < elements_of(faults); i++) {
        event = shop_event(shop, ADA, "1", TOTAL, 0, "paid");
        event->order_fault = faults[i];
        shop_expect(shop, event, LOYALTY_ORDER_NOTED);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
}


static void
a_bad_answer_is_not_noted(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *event;

    shop_member(shop, ADA, 50);

    event = shop_event(shop, ADA, "1", TOTAL, 0, "paid");
    event->order_body = text("{\"number\":\"1\"}");

    shop_expect(shop, event, LOYALTY_STORE_BAD_ANSWER);
}


static void
the_answer_does_not_say_whose_order_it_is(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *event;

    shop_member(shop, ADA, 50);

    event = shop_event(shop, ADA, "1", TOTAL, 0, "paid");
    event->email = text(ADA);
    shop_expect(shop, event, LOYALTY_ORDER_NOTED);

    assert_false(answer_says(event, "ada@"));
    assert_true(answer_says(event, "\"member\":\"\""));
    assert_true(answer_says(event, "\"points\":0"));

    event = shop_event(shop, ADA, "2", TOTAL, 0, "paid");
    event->email = text(ADA);
    event->order_fault = LOYALTY_ORDER_NOT_FOUND;
    shop_expect(shop, event, LOYALTY_ORDER_NOTED);

    assert_false(answer_says(event, "ada@"));
}


static void
the_order_counts_for_who_has_claimed_it(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    shop_member(shop, BOB, 50);
    shop_expect(shop, shop_claim(shop, ADA, "1", TOTAL), LOYALTY_CLAIMED);

    shop->now++;
    shop_expect(shop, shop_event(shop, BOB, "1", TOTAL, TOTAL, "paid"),
                LOYALTY_ORDER_NOTED);

    assert_int_equal(points_of(shop, ADA), 50);
    assert_int_equal(points_of(shop, BOB), 50);
}


/*
 * The same order's events come to all at the same time, the refund growing;
 * only what the store may have said before may be refused.
 */

static int
tells_all(void *data, int number)
{
    int                 i;
    shop_t             *shop = data;
    loyalty_command_t  *event;

    processes_wait(&shop->processes);

    for (i = 0; i <= STEPS; i++) {
        shop->now = CHRISTMAS + i;

        event = shop_event(shop, ADA, "1", TOTAL, TOTAL * i / STEPS, "paid");
        shop_run(shop);

        if (event->result.outcome != LOYALTY_ORDER_NOTED
            && event->result.outcome != LOYALTY_STORE_UNAVAILABLE)
        {
            return number + 1;
        }
    }

    return 0;
}


static void
events_at_the_same_time_count_once(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    shop_race(shop, RACERS, tells_all, shop);

    assert_int_equal(points_of(shop, ADA), 50);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 1);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM ledger "
                              "WHERE kind = 'reversal'"), -POINTS);
}


/*
 * A claim whose look-up was before a refund, and whose booking is after its
 * webhook.
 */

static loyalty_command_t *
claim_asked(shop_t *shop, int64_t asked_at)
{
    loyalty_command_t  *claim;

    claim = shop_claim(shop, ADA, "1", 6099);
    claim->asked_at = 1000 * shop->now + asked_at;

    return claim;
}


static void
a_claim_does_not_miss_that_its_order_is_void(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *late, *again;

    shop_member(shop, ADA, 50);

    shop_expect(shop, shop_event(shop, ADA, "1", 6099, 0, "void"),
                LOYALTY_ORDER_NOTED);

    late = shop_expect(shop, claim_asked(shop, -1),
                       LOYALTY_STORE_UNAVAILABLE);
    assert_true(answer_says(late, "send this again"));

    shop_expect(shop, claim_asked(shop, 0), LOYALTY_STORE_UNAVAILABLE);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);

    /* it was paid once more */

    again = shop_expect(shop, claim_asked(shop, 1), LOYALTY_CLAIMED);
    assert_int_equal(again->result.earned, 60);
}


static void
an_event_that_is_older_than_a_refund_is_sent_again(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *late;

    shop_member(shop, ADA, 50);

    shop_expect(shop, shop_event(shop, ADA, "1", 6099, 0, "void"),
                LOYALTY_ORDER_NOTED);

    late = shop_event(shop, ADA, "1", 6099, 0, "paid");
    late->asked_at--;
    shop_expect(shop, late, LOYALTY_STORE_UNAVAILABLE);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM claim"), 0);
}


/* What the store says of Ada's order "1", a second later. */

static void
says(shop_t *shop, int64_t refunded, int64_t points)
{
    shop->now++;

    shop_expect(shop, shop_event(shop, ADA, "1", 6099, refunded, "paid"),
                LOYALTY_ORDER_NOTED);
    assert_int_equal(shop_expect(shop, shop_balance(shop, ADA),
                                 LOYALTY_BALANCE)->result.points, points);
}


/* What it has said just before, to whom it comes only now. */

static void
has_said(shop_t *shop, int64_t refunded, const char *status)
{
    loyalty_command_t  *late;

    late = shop_event(shop, ADA, "1", 6099, refunded, status);
    late->asked_at--;
    shop_expect(shop, late, LOYALTY_STORE_UNAVAILABLE);
}


/* Also of what was said later, and had been so before. */

static void
what_the_store_has_confirmed_since_does_not_count(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    shop_expect(shop, shop_claim(shop, ADA, "1", 6099), LOYALTY_CLAIMED);

    says(shop, 0, 110);
    has_said(shop, 6099, "paid");

    says(shop, 6099, 50);
    says(shop, 6099, 50);
    has_said(shop, 0, "paid");

    says(shop, 0, 110);
}


/* As of an order that was not paid before. */

static void
what_the_store_said_before_the_claim_does_not_count(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    shop_expect(shop, shop_claim(shop, ADA, "1", 6099), LOYALTY_CLAIMED);

    has_said(shop, 0, "void");
    says(shop, 0, 110);
}


static void
what_changed_nothing_is_forgotten_in_time(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 50);
    shop_expect(shop, shop_claim(shop, ADA, "1", 6099), LOYALTY_CLAIMED);

    shop->now += HOUR;
    shop_expect(shop, shop_event(shop, ADA, "1", 6099, 0, "paid"),
                LOYALTY_ORDER_NOTED);
    shop_expect(shop, shop_event(shop, ADA, "2", 6099, 0, "void"),
                LOYALTY_ORDER_NOTED);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM recall"), 2);

    shop->now += HOUR;
    shop_expect(shop, shop_event(shop, ADA, "3", 6099, 0, "void"),
                LOYALTY_ORDER_NOTED);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM recall"), 3);

    shop->now += MINUTE;
    shop_expect(shop, shop_event(shop, ADA, "4", 6099, 0, "void"),
                LOYALTY_ORDER_NOTED);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM recall"), 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(an_order_of_a_member_is_credited),
        shop_test(events_that_concern_no_member_are_noted),
        shop_test(a_bad_answer_is_not_noted),
        shop_test(the_answer_does_not_say_whose_order_it_is),
        shop_test(the_order_counts_for_who_has_claimed_it),
        shop_test(events_at_the_same_time_count_once),
        shop_test(a_claim_does_not_miss_that_its_order_is_void),
        shop_test(an_event_that_is_older_than_a_refund_is_sent_again),
        shop_test(what_the_store_has_confirmed_since_does_not_count),
        shop_test(what_the_store_said_before_the_claim_does_not_count),
        shop_test(what_changed_nothing_is_forgotten_in_time)
    };

    return run_shop_tests("order_event", tests, 0);
}
