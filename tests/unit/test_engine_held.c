
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <held_fixture.h>

#include <stdio.h>


#define TRIES   12
#define RACERS  6


/* What processes that look for the same coupon have found. */

typedef struct {
    int64_t  found[RACERS];
} finds_t;


static finds_t  *finds;


static loyalty_command_t *
hold(shop_t *shop)
{
    return shop_expect(shop, shop_redeem(shop, ADA, "hanky"),
                       LOYALTY_REDEMPTION_PENDING);
}


static void
nothing_to_do(shop_t *shop)
{
    shop_run(shop);
    (void) shop_expect(shop, errand(shop), LOYALTY_NOTHING_TO_DO);
}


static void
points_are(shop_t *shop, int64_t points)
{
    assert_int_equal(points_of(shop, ADA), points);
}


static void
state_is(shop_t *shop, const char *state)
{
    char  buffer[64];

    shop_sql_text(shop, "SELECT state FROM redemption ORDER BY id", buffer,
                  sizeof(buffer));
    assert_string_equal(buffer, state);
}


static void
points_are_taken_and_the_code_is_written_first(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = hold(shop);

    assert_int_equal(c->status, 202);
    assert_int_equal(c->result.points, 50);
    assert_int_equal(c->result.spent, HANKY_COST);
    assert_int_equal(c->lease, CHRISTMAS + RETRY);
    assert_true(answer_says(c, "\"coupon\":\"\""));
    assert_false(answer_says(c, c->result.coupon));

    assert_int_equal(strlen(c->result.coupon), LOYALTY_COUPON_LEN);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption "
                                    "WHERE state = 'held' "
                                    "AND source = 'store'"), 1);
    points_are(shop, 50);
}


static void
what_the_store_has_is_issued(void **state)
{
    char                coupon[LOYALTY_COUPON_MAX + 1];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = hold(shop);
    (void) snprintf(coupon, sizeof(coupon), "%s", c->result.coupon);

    c = shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                    LOYALTY_REDEEMED);

    assert_int_equal(c->result.points, 50);
    assert_int_equal(c->result.spent, HANKY_COST);
    assert_int_equal(c->result.coupon_expires, CHRISTMAS + 30 * DAY);
    assert_string_equal(c->result.coupon, coupon);
    assert_true(answer_says(c, coupon));

    state_is(shop, "issued");
    points_are(shop, 50);
}


static void
what_it_refuses_is_given_back(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->rewards[HANKY].stock = 1;

    c = shop_expect(shop, concluding(shop, hold(shop),
                                     LOYALTY_COUPON_ABSENT),
                    LOYALTY_COUPON_REFUSED);

    assert_int_equal(c->status, 409);

    state_is(shop, "refused");
    points_are(shop, 250);

    assert_int_equal(shop_sql(shop, "SELECT redeemed FROM reward"), 0);
    assert_int_equal(shop_sql(shop, "SELECT lifetime FROM member"), 250);
}


static void
what_is_held_counts_for_stock_and_limit(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->rewards[HANKY].stock = 1;
    shop->rewards[HANKY].per_member = 1;
    shop->rewards[HANKY].cost = 100;
    shop_member(shop, BOB, 250);

    c = hold(shop);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REWARD_LIMIT);
    shop_expect(shop, shop_redeem(shop, BOB, "hanky"), LOYALTY_OUT_OF_STOCK);

    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_ABSENT),
                LOYALTY_COUPON_REFUSED);

    shop_expect(shop, shop_redeem(shop, BOB, "hanky"),
                LOYALTY_REDEMPTION_PENDING);
}


static void
what_is_unclear_stays_held(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_expect(shop, concluding(shop, hold(shop),
                                     LOYALTY_COUPON_UNCLEAR),
                    LOYALTY_REDEMPTION_PENDING);

    assert_int_equal(c->status, 202);
    assert_string_equal(c->result.coupon, "");
    assert_true(answer_says(c, "\"coupon\":\"\""));

    state_is(shop, "held");
    points_are(shop, 50);
}


/* Two may have asked the store: the first word is the last. */

static void
what_was_settled_stays_so(void **state)
{
    size_t                    i;
    shop_t                   *shop = *state;
    loyalty_command_t        *c, *again;
    loyalty_coupon_verdict_e  verdicts[] = {
        LOYALTY_COUPON_THERE, LOYALTY_COUPON_ABSENT, LOYALTY_COUPON_UNCLEAR
    };

    shop->rewards[HANKY].cost = 100;

    c = hold(shop);
    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                LOYALTY_REDEEMED);

    for (i = 0; i < elements_of(verdicts); i++) {
        again = shop_expect(shop, concluding(shop, c, verdicts[i]),
                            LOYALTY_REDEEMED);
        assert_string_equal(again->result.coupon, c->result.coupon);
    }

    c = hold(shop);
    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_ABSENT),
                LOYALTY_COUPON_REFUSED);

    for (i = 0; i < elements_of(verdicts); i++) {
        shop_expect(shop, concluding(shop, c, verdicts[i]),
                    LOYALTY_COUPON_REFUSED);
    }

    state_is(shop, "issued refused");
    points_are(shop, 150);
}


/* Somebody may have looked up the code in the database, and cancelled it. */

static void
what_is_held_is_nobodys_to_see_use_or_cancel(void **state)
{
    char                coupon[LOYALTY_COUPON_MAX + 1];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = hold(shop);
    (void) snprintf(coupon, sizeof(coupon), "%s", c->result.coupon);

    shop_expect(shop, shop_coupon(shop, coupon, ""),
                LOYALTY_COUPON_NOT_FOUND);
    shop_expect(shop, shop_use(shop, coupon, "1"), LOYALTY_COUPON_NOT_FOUND);
    shop_expect(shop, shop_cancel(shop, ADA, coupon),
                LOYALTY_COUPON_NOT_FOUND);

    state_is(shop, "held");
}


static void
what_was_cancelled_by_hand_is_not_issued(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = hold(shop);
    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                LOYALTY_REDEEMED);

    shop->damaged = 1;
    (void) shop_sql(shop, "UPDATE redemption SET state = 'cancelled'");

    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                LOYALTY_COUPON_REFUSED);
}


static void
a_new_email_does_not_matter(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = hold(shop);
    (void) shop_sql(shop, "UPDATE member SET email = 'ada@new.example.com'");

    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                LOYALTY_REDEEMED);
    state_is(shop, "issued");
}


static void
a_coupon_that_has_expired_meanwhile_is_given_back(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.coupon_expires = HOUR;

    c = hold(shop);
    shop->now += HOUR;

    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                LOYALTY_COUPON_REFUSED);
    points_are(shop, 250);
}


static void
a_key_gets_the_first_part_until_there_is_the_second(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again, *second;

    first = shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                       "chatbot", "k"),
                        LOYALTY_REDEMPTION_PENDING);

    shop_expect(shop, concluding(shop, first, LOYALTY_COUPON_UNCLEAR),
                LOYALTY_REDEMPTION_PENDING);

    again = shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                       "chatbot", "k"),
                        LOYALTY_REDEMPTION_PENDING);

    assert_true(again->replayed);
    assert_same_answer(first, again);

    second = shop_expect(shop, concluding(shop, first, LOYALTY_COUPON_THERE),
                         LOYALTY_REDEEMED);

    again = shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                       "chatbot", "k"), LOYALTY_REDEEMED);

    assert_true(again->replayed);
    assert_same_answer(second, again);
    points_are(shop, 50);
}


static void
a_key_gets_what_an_errand_has_settled(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *second, *again;

    shop->rewards[HANKY].cost = 100;

    (void) shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                      "chatbot", "a"),
                       LOYALTY_REDEMPTION_PENDING);
    (void) shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                      "chatbot", "b"),
                       LOYALTY_REDEMPTION_PENDING);

    shop->now += RETRY;

    second = shop_expect(shop, concluding(shop, find(shop),
                                          LOYALTY_COUPON_ABSENT),
                         LOYALTY_COUPON_REFUSED);

    again = shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                       "chatbot", "a"),
                        LOYALTY_COUPON_REFUSED);
    assert_same_answer(second, again);

    (void) shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                      "chatbot", "b"),
                       LOYALTY_REDEMPTION_PENDING);
}


/* The request that was first may hear from the store after an errand. */

static void
an_answer_that_may_have_been_given_stays(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *settled, *again;

    first = shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                       "chatbot", "k"),
                        LOYALTY_REDEMPTION_PENDING);

    shop->now += RETRY;

    settled = shop_expect(shop, concluding(shop, find(shop),
                                           LOYALTY_COUPON_THERE),
                          LOYALTY_REDEEMED);

    shop_expect(shop, shop_claim(shop, ADA, "1", 1000), LOYALTY_CLAIMED);

    shop_expect(shop, concluding(shop, first, LOYALTY_COUPON_THERE),
                LOYALTY_REDEEMED);

    again = shop_expect(shop, with_key(shop_redeem(shop, ADA, "hanky"),
                                       "chatbot", "k"), LOYALTY_REDEEMED);

    assert_true(again->replayed);
    assert_same_answer(settled, again);
}


static void
an_errand_finds_what_was_left(void **state)
{
    char                coupon[LOYALTY_COUPON_MAX + 1];
    shop_t             *shop = *state;
    loyalty_command_t  *first, *c;

    nothing_to_do(shop);

    first = hold(shop);
    (void) snprintf(coupon, sizeof(coupon), "%s", first->result.coupon);

    shop->now += RETRY - 1;
    nothing_to_do(shop);

    shop->now += 1;
    c = find(shop);

    assert_int_equal(c->redemption, first->redemption);
    assert_string_equal(c->result.coupon, coupon);
    assert_int_equal(c->result.coupon_expires, CHRISTMAS + 30 * DAY);
    assert_ptr_equal(c->result.reward, &shop->rewards[HANKY]);
    assert_int_equal(c->email.len, strlen(ADA));
    assert_memory_equal(c->email.data, ADA, strlen(ADA));
    assert_int_equal(c->lease, shop->now + RETRY);

    /* it is leased */

    nothing_to_do(shop);

    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                LOYALTY_REDEEMED);

    shop->now += DAY;
    nothing_to_do(shop);
}


static void
a_reward_that_is_gone_is_found_without_it(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    (void) hold(shop);

    shop->program.rewards++;
    shop->program.nrewards--;
    shop->now += RETRY;

    c = find(shop);

    assert_null(c->result.reward);
    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_ABSENT),
                LOYALTY_COUPON_REFUSED);
    points_are(shop, 250);
}


static void
the_longest_left_is_first(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *second;

    shop->rewards[HANKY].cost = 100;

    first = hold(shop);
    shop->now += 1;
    second = hold(shop);

    shop->now += RETRY;

    assert_int_equal(find(shop)->redemption, first->redemption);
    assert_int_equal(find(shop)->redemption, second->redemption);
    nothing_to_do(shop);
}


/* 2 minutes, 4, 8, ... and then a day at a time. */

static void
each_time_the_next_is_twice_as_far_until_points_return(void **state)
{
    int                 tries;
    int64_t             pause;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    (void) hold(shop);

    pause = RETRY;

    for (tries = 1; tries <= TRIES; tries++) {
        shop->now += pause - 1;
        nothing_to_do(shop);

        shop->now += 1;
        c = find(shop);

        if (tries > 1) {
            pause *= 2;
        }

        if (pause > DAY) {
            pause = DAY;
        }

        assert_int_equal(c->lease, shop->now + pause);
        points_are(shop, 50);

        shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_UNCLEAR),
                    (tries < TRIES) ? LOYALTY_REDEMPTION_PENDING
                                    : LOYALTY_COUPON_REFUSED);
    }

    state_is(shop, "refused");
    points_are(shop, 250);
}


static void
somebody_who_is_always_killed_gets_further_chances(void **state)
{
    int                 i;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    (void) hold(shop);

    for (i = 0; i < 70; i++) {
        shop->now += DAY;
        c = find(shop);
        assert_in_range(c->lease - shop->now, RETRY, DAY);
    }

    shop->program.coupon_expires = 0;
    shop->now = CHRISTMAS + 5 * DAY;

    shop_expect(shop, concluding(shop, c, LOYALTY_COUPON_THERE),
                LOYALTY_REDEEMED);
}


static int
look(void *data, int number)
{
    shop_t             *shop = data;
    loyalty_command_t  *c;

    c = errand(shop);

    processes_wait(&shop->processes);
    shop_run(shop);

    if (c->result.outcome == LOYALTY_REDEMPTION_PENDING) {
        finds->found[number] = c->redemption;
    }

    loyalty_engine_destroy(shop->engine);

    return c->result.outcome != LOYALTY_REDEMPTION_PENDING
           && c->result.outcome != LOYALTY_NOTHING_TO_DO;
}


static void
of_many_who_look_one_finds_it(void **state)
{
    int                 i, n, round;
    shop_t             *shop = *state;
    loyalty_command_t  *first;

    first = hold(shop);
    finds = shared_memory(sizeof(finds_t));

    for (n = 0, round = 0; round < 5; round++) {
        shop->now += DAY;
        memset(finds, 0, sizeof(finds_t));

        shop_race(shop, RACERS, look, shop);

        for (n = 0, i = 0; i < RACERS; i++) {
            n += (finds->found[i] == first->redemption);
        }

        assert_int_equal(n, 1);
        assert_int_equal(shop_sql(shop, "SELECT tries FROM redemption"),
                         round + 1);
    }

    release_shared_memory(finds, sizeof(finds_t));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        held_test(points_are_taken_and_the_code_is_written_first),
        held_test(what_the_store_has_is_issued),
        held_test(what_it_refuses_is_given_back),
        held_test(what_is_held_counts_for_stock_and_limit),
        held_test(what_is_unclear_stays_held),
        held_test(what_was_settled_stays_so),
        held_test(what_is_held_is_nobodys_to_see_use_or_cancel),
        held_test(what_was_cancelled_by_hand_is_not_issued),
        held_test(a_new_email_does_not_matter),
        held_test(a_coupon_that_has_expired_meanwhile_is_given_back),
        held_test(a_key_gets_the_first_part_until_there_is_the_second),
        held_test(a_key_gets_what_an_errand_has_settled),
        held_test(an_answer_that_may_have_been_given_stays),
        held_test(an_errand_finds_what_was_left),
        held_test(a_reward_that_is_gone_is_found_without_it),
        held_test(the_longest_left_is_first),
        held_test(each_time_the_next_is_twice_as_far_until_points_return),
        held_test(somebody_who_is_always_killed_gets_further_chances),
        held_test(of_many_who_look_one_finds_it)
    };

    return cmocka_run_group_tests_name("coupons of the store", tests, NULL,
                                       NULL);
}
