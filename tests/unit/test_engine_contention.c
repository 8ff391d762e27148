
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>

#include <stdio.h>


/* Batches of several processes that want the same rows at the same time. */

#define RACERS   6
#define MEMBERS  12
#define ROUNDS   12
#define STOCK    7


typedef struct {
    int                outcomes[RACERS][LOYALTY_OUTCOMES];
    char               orders[RACERS][ROUNDS][MEMBERS][16];
    char               keys[RACERS][ROUNDS][MEMBERS][16];
} results_t;


static char        emails[MEMBERS][24];
static results_t  *results;


static int
start(void **state)
{
    int  i;

    if (shop_open(state) != 0) {
        return -1;
    }

    results = shared_memory(sizeof(results_t));

    for (i = 0; i < MEMBERS; i++) {
        (void) snprintf(emails[i], sizeof(emails[i]), "%c@example.com",
                        'a' + i);
    }

    return 0;
}


static int
end(void **state)
{
    int  rc;

    rc = shop_close(state);
    release_shared_memory(results, sizeof(results_t));

    return rc;
}


#define race_test(name)  cmocka_unit_test_setup_teardown(name, start, end)


static void
everybody_has(shop_t *shop, int64_t points)
{
    int  i;

    for (i = 0; i < MEMBERS; i++) {
        shop_member(shop, emails[i], points);
    }
}


/* In a process: runs the batch, and counts what it has come to. */

static void
run_batch(shop_t *shop, int number, loyalty_command_t **commands, int n)
{
    int  i;

    shop_run(shop);

    for (i = 0; i < n; i++) {
        results->outcomes[number][commands[i]->result.outcome]++;
    }

    if (loyalty_engine_error(shop->engine)[0] != '\0') {
        print_error("%s\n", loyalty_engine_error(shop->engine));
    }
}


static int
count(loyalty_outcome_e outcome)
{
    int  i, n;

    for (n = 0, i = 0; i < RACERS; i++) {
        n += results->outcomes[i][outcome];
    }

    return n;
}


static void
expect(loyalty_outcome_e outcome, int n)
{
    int            i;
    loyalty_str_t  code;

    if (count(outcome) == n) {
        return;
    }

    for (i = 0; i < LOYALTY_OUTCOMES; i++) {
        code = loyalty_outcome_code(i);

        if (count(i) != 0) {
            print_error("%d %.*s\n", count(i), (int) code.len, code.data);
        }
    }

    code = loyalty_outcome_code(outcome);

    fail_msg("not %d %.*s", n, (int) code.len, code.data);
}


/* Even ones go up through the members, odd ones down. */

static int
place(int number, int i)
{
    return (number % 2 == 0) ? i : MEMBERS - 1 - i;
}


/* The order of somebody, noted where nobody else writes. */

static char *
order_of(int who, int number, int round, int i)
{
    char  *order;

    order = results->orders[number][round][i];

    (void) snprintf(order, sizeof(results->orders[0][0][0]), "%d-%d-%d",
                    who, round, i);

    return order;
}


static int
claim_in_opposite_orders(void *data, int number)
{
    int                 i, round;
    shop_t             *shop = data;
    loyalty_command_t  *c[MEMBERS];

    processes_wait(&shop->processes);

    for (round = 0; round < ROUNDS; round++) {

        for (i = 0; i < MEMBERS; i++) {
            c[i] = shop_claim(shop, emails[place(number, i)],
                              order_of(number, number, round, i), 100);
        }

        run_batch(shop, number, c, MEMBERS);
    }

    return 0;
}


static void
batches_with_the_same_members_do_not_lock_each_other_out(void **state)
{
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_in_opposite_orders, shop);

    expect(LOYALTY_CLAIMED, RACERS * ROUNDS * MEMBERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     RACERS * ROUNDS * MEMBERS);
}


/* The same orders, each by the same member in all batches. */

static int
claim_the_same_in_opposite_orders(void *data, int number)
{
    int                 i, k, round;
    shop_t             *shop = data;
    loyalty_command_t  *c[MEMBERS];

    processes_wait(&shop->processes);

    for (round = 0; round < ROUNDS; round++) {

        for (i = 0; i < MEMBERS; i++) {
            k = place(number, i);
            c[i] = shop_claim(shop, emails[k],
                              order_of(0, number, round, k), 100);
        }

        run_batch(shop, number, c, MEMBERS);
    }

    return 0;
}


static void
an_order_claimed_by_many_at_once_is_credited_once(void **state)
{
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_the_same_in_opposite_orders, shop);

    expect(LOYALTY_CLAIMED, ROUNDS * MEMBERS);
    expect(LOYALTY_ALREADY_CLAIMED, (RACERS - 1) * ROUNDS * MEMBERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     ROUNDS * MEMBERS);
}


/*
 * The same orders by other members: here the rows of the members go one way
 * and those of the claims the other.
 */

static int
claim_the_orders_of_others(void *data, int number)
{
    int                 i, k, round;
    shop_t             *shop = data;
    loyalty_command_t  *c[MEMBERS];

    processes_wait(&shop->processes);

    for (round = 0; round < ROUNDS; round++) {

        for (i = 0; i < MEMBERS; i++) {
            k = place(number, i);
            c[i] = shop_claim(shop, emails[i],
                              order_of(0, number, round, k), 100);
        }

        run_batch(shop, number, c, MEMBERS);
    }

    return 0;
}


static void
an_order_claimed_by_many_members_at_once_is_credited_once(void **state)
{
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_the_orders_of_others, shop);

    expect(LOYALTY_DATABASE_UNAVAILABLE, 0);
    expect(LOYALTY_CLAIMED, ROUNDS * MEMBERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     ROUNDS * MEMBERS);
}


static int
sign_up_and_claim(void *data, int number)
{
    int                 i, round;
    shop_t             *shop = data;
    loyalty_command_t  *c[2 * MEMBERS];

    shop->program.signup_bonus = 5;
    processes_wait(&shop->processes);

    for (round = 0; round < ROUNDS; round++) {

        for (i = 0; i < MEMBERS; i++) {
            c[2 * i] = shop_signup(shop, emails[place(number, i)]);
            c[2 * i + 1] = shop_claim(shop, emails[place(number, i)],
                                      order_of(number, number, round, i), 100);
        }

        run_batch(shop, number, c, 2 * MEMBERS);
    }

    return 0;
}


static void
several_conflicts_in_one_batch_are_all_got_over(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_NOT_A_MEMBER);
    shop_race(shop, RACERS, sign_up_and_claim, shop);

    expect(LOYALTY_SIGNED_UP, MEMBERS);
    expect(LOYALTY_ALREADY_MEMBER, (RACERS * ROUNDS - 1) * MEMBERS);
    expect(LOYALTY_CLAIMED, RACERS * ROUNDS * MEMBERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     MEMBERS * (RACERS * ROUNDS + 5));
}


static int
redeem_the_hot_reward(void *data, int number)
{
    int                 i, round;
    shop_t             *shop = data;
    loyalty_command_t  *c[2 * MEMBERS];

    processes_wait(&shop->processes);

    for (round = 0; round < ROUNDS / 3; round++) {

        for (i = 0; i < MEMBERS; i++) {
            c[2 * i] = shop_redeem(shop, emails[place(number, i)], "hanky");
            c[2 * i + 1] = shop_claim(shop, emails[place(number, i)],
                                      order_of(number, number, round, i), 100);
        }

        run_batch(shop, number, c, 2 * MEMBERS);
    }

    return 0;
}


static void
the_last_ones_of_a_reward_are_given_away_once(void **state)
{
    shop_t  *shop = *state;

    shop->rewards[HANKY].stock = STOCK;

    everybody_has(shop, 100 * HANKY_COST);
    shop_race(shop, RACERS, redeem_the_hot_reward, shop);

    expect(LOYALTY_REDEEMED, STOCK);
    expect(LOYALTY_OUT_OF_STOCK, RACERS * (ROUNDS / 3) * MEMBERS - STOCK);
    expect(LOYALTY_CLAIMED, RACERS * (ROUNDS / 3) * MEMBERS);
    assert_int_equal(shop_sql(shop, "SELECT redeemed FROM reward"), STOCK);
}


static void
everybody_gets_a_hot_reward_of_which_there_is_enough(void **state)
{
    shop_t  *shop = *state;

    everybody_has(shop, 100 * HANKY_COST);
    shop_race(shop, RACERS, redeem_the_hot_reward, shop);

    expect(LOYALTY_REDEEMED, RACERS * (ROUNDS / 3) * MEMBERS);
    expect(LOYALTY_CLAIMED, RACERS * (ROUNDS / 3) * MEMBERS);
}


/* A retried batch: the same keys, in another order. */

static int
claim_with_keys(void *data, int number)
{
    int                 i, k, round;
    char               *key;
    shop_t             *shop = data;
    loyalty_command_t  *c[MEMBERS];

    processes_wait(&shop->processes);

    for (round = 0; round < ROUNDS; round++) {

        for (i = 0; i < MEMBERS; i++) {
            k = place(number, i);
            key = results->keys[number][round][k];
            (void) snprintf(key, sizeof(results->keys[0][0][0]), "%d-%d",
                            round, k);

            c[i] = shop_claim(shop, emails[k],
                              order_of(0, number, round, k), 100);
            c[i] = with_key(c[i], "chatbot", key);
        }

        run_batch(shop, number, c, MEMBERS);
    }

    return 0;
}


static void
keys_used_by_many_at_once_are_used_once(void **state)
{
    shop_t  *shop = *state;

    everybody_has(shop, 0);
    shop_race(shop, RACERS, claim_with_keys, shop);

    expect(LOYALTY_CLAIMED, RACERS * ROUNDS * MEMBERS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"),
                     ROUNDS * MEMBERS);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM answer"),
                     ROUNDS * MEMBERS);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        race_test(batches_with_the_same_members_do_not_lock_each_other_out),
        race_test(an_order_claimed_by_many_at_once_is_credited_once),
        race_test(an_order_claimed_by_many_members_at_once_is_credited_once),
        race_test(several_conflicts_in_one_batch_are_all_got_over),
        race_test(the_last_ones_of_a_reward_are_given_away_once),
        race_test(everybody_gets_a_hot_reward_of_which_there_is_enough),
        race_test(keys_used_by_many_at_once_are_used_once)
    };

    return cmocka_run_group_tests_name("contention", tests, NULL, NULL);
}
