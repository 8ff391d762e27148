
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>

#include <ctype.h>
#include <stdio.h>


#define RACERS  6


/* Ada redeems the first reward: its coupon, and it in lower case. */

typedef struct {
    char  code[LOYALTY_COUPON_MAX + 1];
    char  lower[LOYALTY_COUPON_MAX + 1];
} bought_t;


static void
buy(shop_t *shop, bought_t *bought)
{
    size_t              i;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 1000);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    (void) snprintf(bought->code, sizeof(bought->code), "%s",
                    c->result.coupon);

    for (i = 0; i <= strlen(bought->code); i++) {
        bought->lower[i] = (char) tolower((unsigned char) bought->code[i]);
    }
}


static void
a_coupon_is_good_until_it_is_used(void **state)
{
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);

    shop_expect(shop, shop_coupon(shop, bought.code, ""),
                LOYALTY_COUPON_GOOD);
    shop_expect(shop, shop_coupon(shop, bought.code, ""),
                LOYALTY_COUPON_GOOD);
    shop_expect(shop, shop_use(shop, bought.code, "1001"),
                LOYALTY_COUPON_TAKEN);
    shop_expect(shop, shop_coupon(shop, bought.code, ""),
                LOYALTY_COUPON_USED);
}


static void
a_used_coupon_is_used_in_the_database(void **state)
{
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);

    shop->now += HOUR;

    shop_expect(shop, shop_use(shop, bought.code, "1001"),
                LOYALTY_COUPON_TAKEN);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption "
                                    "WHERE state = 'used' "
                                    "AND used_for = '1001'"), 1);
    assert_int_equal(shop_sql(shop, "SELECT changed_at FROM redemption"),
                     CHRISTMAS + HOUR);
}


static void
asking_changes_nothing(void **state)
{
    int64_t    written;
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);

    written = shop_written(shop);

    shop_expect(shop, shop_coupon(shop, bought.code, "1001"),
                LOYALTY_COUPON_GOOD);

    assert_int_equal(shop_written(shop), written);
}


static void
the_same_order_uses_it_again_and_again(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *first, *again;

    buy(shop, &bought);

    first = shop_expect(shop, shop_use(shop, bought.code, "1001"),
                        LOYALTY_COUPON_TAKEN);

    /* even when its time is over */

    shop->now += 31 * DAY;

    again = shop_expect(shop, shop_use(shop, bought.code, "1001"),
                        LOYALTY_COUPON_TAKEN);

    assert_same_answer(first, again);
    shop_expect(shop, shop_coupon(shop, bought.code, "1001"),
                LOYALTY_COUPON_GOOD);
}


static void
another_order_cannot_use_it(void **state)
{
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);

    shop_expect(shop, shop_use(shop, bought.code, "1001"),
                LOYALTY_COUPON_TAKEN);
    shop_expect(shop, shop_use(shop, bought.code, "1002"),
                LOYALTY_COUPON_USED);
    shop_expect(shop, shop_use(shop, bought.code, ""), LOYALTY_COUPON_USED);

    assert_int_equal(shop_sql(shop, "SELECT used_for FROM redemption"), 1001);
}


static void
without_an_order_it_is_used_once(void **state)
{
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);

    shop_expect(shop, shop_use(shop, bought.code, ""), LOYALTY_COUPON_TAKEN);
    shop_expect(shop, shop_use(shop, bought.code, ""), LOYALTY_COUPON_USED);
}


static void
of_two_uses_in_one_batch_one_wins(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *a, *b;

    buy(shop, &bought);

    a = shop_use(shop, bought.code, "1001");
    b = shop_use(shop, bought.code, "1002");
    shop_run(shop);

    shop_expect(shop, a, LOYALTY_COUPON_TAKEN);
    shop_expect(shop, b, LOYALTY_COUPON_USED);
}


static void
case_and_blanks_do_not_matter(void **state)
{
    char       spaced[LOYALTY_COUPON_MAX + 8];
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);

    (void) snprintf(spaced, sizeof(spaced), " \t%s\r\n", bought.lower);

    shop_expect(shop, shop_coupon(shop, bought.lower, ""),
                LOYALTY_COUPON_GOOD);
    shop_expect(shop, shop_use(shop, spaced, "1001"), LOYALTY_COUPON_TAKEN);
    shop_expect(shop, shop_use(shop, bought.code, "1002"),
                LOYALTY_COUPON_USED);
}


static void
unknown_coupons_are_not_found(void **state)
{
    char     longest[LOYALTY_COUPON_MAX + 2];
    shop_t  *shop = *state;

    memset(longest, 'A', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';

    shop_expect(shop, shop_coupon(shop, "NOSUCHCODE", ""),
                LOYALTY_COUPON_NOT_FOUND);
    shop_expect(shop, shop_use(shop, "NOSUCHCODE", "1001"),
                LOYALTY_COUPON_NOT_FOUND);
    shop_expect(shop, shop_coupon(shop, "", ""), LOYALTY_COUPON_NOT_FOUND);
    shop_expect(shop, shop_coupon(shop, " \t ", ""),
                LOYALTY_COUPON_NOT_FOUND);
    shop_expect(shop, shop_coupon(shop, longest, ""),
                LOYALTY_COUPON_NOT_FOUND);
}


static void
a_coupon_expires_at_its_second(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *c;

    buy(shop, &bought);

    shop->now = CHRISTMAS + 30 * DAY - 1;

    shop_expect(shop, shop_coupon(shop, bought.code, ""),
                LOYALTY_COUPON_GOOD);

    shop->now++;

    shop_expect(shop, shop_coupon(shop, bought.code, ""),
                LOYALTY_COUPON_EXPIRED);

    c = shop_expect(shop, shop_use(shop, bought.code, "1001"),
                    LOYALTY_COUPON_EXPIRED);

    assert_int_equal(c->status, 409);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption "
                                    "WHERE state = 'issued'"), 1);
}


static void
a_coupon_without_an_expiry_stays_good(void **state)
{
    shop_t    *shop = *state;
    bought_t   bought;

    shop->program.coupon_expires = 0;

    buy(shop, &bought);

    shop->now += 36500 * (int64_t) DAY;

    shop_expect(shop, shop_use(shop, bought.code, "1001"),
                LOYALTY_COUPON_TAKEN);
}


static void
what_the_store_has_not_made_is_not_found(void **state)
{
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);

    (void) shop_sql(shop, "UPDATE redemption SET state = 'held'");
    shop_expect(shop, shop_use(shop, bought.code, ""),
                LOYALTY_COUPON_NOT_FOUND);

    /* its points have not come back: no audit */

    shop->damaged = 1;

    (void) shop_sql(shop, "UPDATE redemption SET state = 'refused'");
    shop_expect(shop, shop_coupon(shop, bought.code, ""),
                LOYALTY_COUPON_NOT_FOUND);
}


static void
the_store_is_told_what_it_is_worth(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *c;

    shop->rewards[HANKY].kind = LOYALTY_REWARD_AMOUNT;
    shop->rewards[HANKY].value = 505;
    shop->rewards[HANKY].product = text("SKU-7");

    buy(shop, &bought);

    c = shop_expect(shop, shop_coupon(shop, bought.lower, "1001"),
                    LOYALTY_COUPON_GOOD);

    assert_true(answer_says(c, "\"result\":\"coupon_good\""));
    assert_true(answer_says(c, bought.code));
    assert_true(answer_says(c, "\"coupon_expires\":\"2027-01-21T10:00:00Z\""));
    assert_true(answer_says(c, "\"order\":\"1001\",\"reward\":\"hanky\","
                               "\"reward_name\":\"Free handkerchief\","
                               "\"kind\":\"amount\",\"value\":\"5.05\","
                               "\"currency\":\"USD\","
                               "\"product\":\"SKU-7\",\"store\":\"\"}"));
}


static void
the_store_is_not_told_whose_it_is(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *c;

    buy(shop, &bought);

    c = shop_expect(shop, shop_use(shop, bought.code, "1001"),
                    LOYALTY_COUPON_TAKEN);

    assert_false(answer_says(c, "ada"));
    assert_false(answer_says(c, "m_"));
    assert_false(answer_says(c, "points"));
}


static void
percentages_are_whole_numbers_and_the_rest_has_no_value(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *c;

    shop->rewards[HANKY].value = 15;

    buy(shop, &bought);

    shop->rewards[HANKY].kind = LOYALTY_REWARD_PERCENTAGE;
    c = shop_expect(shop, shop_coupon(shop, bought.code, ""),
                    LOYALTY_COUPON_GOOD);
    assert_true(answer_says(c, "\"kind\":\"percentage\",\"value\":\"15\""));

    shop->rewards[HANKY].kind = LOYALTY_REWARD_SHIPPING;
    c = shop_expect(shop, shop_coupon(shop, bought.code, ""),
                    LOYALTY_COUPON_GOOD);
    assert_true(answer_says(c, "\"kind\":\"shipping\",\"value\":\"\""));
}


static void
coupons_of_rewards_that_are_gone_are_good(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *c;

    buy(shop, &bought);

    shop->rewards[HANKY].id = text("towel");

    c = shop_expect(shop, shop_use(shop, bought.code, "1001"),
                    LOYALTY_COUPON_TAKEN);

    assert_true(answer_says(c, "\"reward\":\"hanky\",\"reward_name\":\"\","
                               "\"kind\":\"\",\"value\":\"\""));
}


static void
another_store_does_not_honour_it(void **state)
{
    shop_t             *shop = *state;
    bought_t            bought;
    loyalty_command_t  *c;

    shop->rewards[HANKY].store = text("north");

    buy(shop, &bought);

    c = shop_use(shop, bought.code, "1001");
    c->store = text("south");
    shop_expect(shop, c, LOYALTY_COUPON_NOT_FOUND);

    c = shop_use(shop, bought.code, "1001");
    c->store = text("north");
    shop_expect(shop, c, LOYALTY_COUPON_TAKEN);
}


static void
what_is_handed_over_waits_and_is_done(void **state)
{
    shop_t    *shop = *state;
    bought_t   bought;

    shop->rewards[HANKY].kind = LOYALTY_REWARD_MANUAL;

    buy(shop, &bought);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption "
                                    "WHERE state = 'waiting' "
                                    "AND source = 'manual'"), 1);

    shop_expect(shop, shop_coupon(shop, bought.code, ""),
                LOYALTY_COUPON_GOOD);
    shop_expect(shop, shop_use(shop, bought.code, ""), LOYALTY_COUPON_TAKEN);
    shop_expect(shop, shop_use(shop, bought.code, ""), LOYALTY_COUPON_USED);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM redemption "
                                    "WHERE state = 'done'"), 1);
}


typedef struct {
    shop_t             *shop;
    const char         *coupon;
    loyalty_outcome_e  *outcomes;
} race_t;


static int
use_for_an_own_order(void *data, int number)
{
    char                order[16];
    race_t             *race = data;
    loyalty_command_t  *c;

    (void) snprintf(order, sizeof(order), "%d", 1000 + number);

    processes_wait(&race->shop->processes);

    c = shop_use(race->shop, race->coupon, order);
    shop_run(race->shop);

    race->outcomes[number] = c->result.outcome;

    loyalty_engine_destroy(race->shop->engine);

    return 0;
}


static void
of_uses_at_the_same_time_one_wins(void **state)
{
    int        i, taken, used;
    race_t     race;
    shop_t    *shop = *state;
    bought_t   bought;

    buy(shop, &bought);
    shop_reload(shop);

    race.shop = shop;
    race.coupon = bought.code;
    race.outcomes = shared_memory(RACERS * sizeof(loyalty_outcome_e));

    processes_start_many(&shop->processes, RACERS, use_for_an_own_order,
                         &race);
    processes_join(&shop->processes);

    for (taken = 0, used = 0, i = 0; i < RACERS; i++) {
        taken += (race.outcomes[i] == LOYALTY_COUPON_TAKEN);
        used += (race.outcomes[i] == LOYALTY_COUPON_USED);
    }

    release_shared_memory(race.outcomes, RACERS * sizeof(loyalty_outcome_e));

    assert_int_equal(taken, 1);
    assert_int_equal(used, RACERS - 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_coupon_is_good_until_it_is_used),
        shop_test(a_used_coupon_is_used_in_the_database),
        shop_test(asking_changes_nothing),
        shop_test(the_same_order_uses_it_again_and_again),
        shop_test(another_order_cannot_use_it),
        shop_test(without_an_order_it_is_used_once),
        shop_test(of_two_uses_in_one_batch_one_wins),
        shop_test(of_uses_at_the_same_time_one_wins),
        shop_test(case_and_blanks_do_not_matter),
        shop_test(unknown_coupons_are_not_found),
        shop_test(a_coupon_expires_at_its_second),
        shop_test(a_coupon_without_an_expiry_stays_good),
        shop_test(what_the_store_has_not_made_is_not_found),
        shop_test(the_store_is_told_what_it_is_worth),
        shop_test(the_store_is_not_told_whose_it_is),
        shop_test(percentages_are_whole_numbers_and_the_rest_has_no_value),
        shop_test(coupons_of_rewards_that_are_gone_are_good),
        shop_test(another_store_does_not_honour_it),
        shop_test(what_is_handed_over_waits_and_is_done)
    };

    return cmocka_run_group_tests_name("coupon", tests, NULL, NULL);
}
