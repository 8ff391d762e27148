
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <postponed_fixture.h>


#define RACERS  6


/* What processes that do the same at a time have come to. */

typedef struct {
    int  outcomes[RACERS];
} ends_t;


static ends_t  *ends;


static void
claiming_again_may_complete_it(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    (void) postpone(shop, ADA, "1001");

    c = shop_expect(shop, shop_claim(shop, ADA, "1001", 6000),
                    LOYALTY_CLAIMED);

    assert_int_equal(c->result.waiting, 0);
    stands(shop, ADA, 160, 0);

    shop->now += DAY;
    nothing_to_do(shop);
}


static void
claiming_again_in_vain_leaves_it_as_it_was(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    first = postpone(shop, ADA, "1001");

    shop->now += DAY;
    again = postpone(shop, ADA, "1001");

    assert_int_equal(again->postponed, first->postponed);
    stands(shop, ADA, 100, 1);
    assert_int_equal(shop_sql(shop, "SELECT until_at FROM postponed"),
                     CHRISTMAS + POSTPONE);

    again = shop_claim_fault(shop, ADA, "1001", LOYALTY_ORDER_NOT_PAID);
    again->waits = 1;

    shop_expect(shop, again, LOYALTY_ORDER_NOT_PAID);
    stands(shop, ADA, 100, 1);
}


/* Admission has seen that there are some: what the store says may end one. */

static void
claiming_again_may_end_it(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_admission(shop, ADA, "1001");
    shop_run(shop);
    assert_false(c->decided);
    assert_false(c->waits);

    (void) postpone(shop, ADA, "1001");
    (void) postpone(shop, ADA, "1002");

    c = shop_admission(shop, ADA, "1001");
    shop_run(shop);
    assert_false(c->decided);
    assert_true(c->waits);

    c = shop_claim_fault(shop, ADA, "1001", LOYALTY_ORDER_NOT_FOUND);
    c->waits = 1;

    shop_expect(shop, c, LOYALTY_ORDER_NOT_FOUND);
    stands(shop, ADA, 100, 1);

    c = shop_claim_fault(shop, ADA, "1009", LOYALTY_ORDER_NOT_FOUND);
    c->waits = 1;

    shop_expect(shop, c, LOYALTY_ORDER_NOT_FOUND);
    stands(shop, ADA, 100, 1);
}


static void
what_was_credited_meanwhile_is_not_postponed(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_claim(shop, ADA, "1001", 6000), LOYALTY_CLAIMED);
    shop_expect(shop, unanswered(shop, ADA, "1001"),
                LOYALTY_ALREADY_CLAIMED);
    stands(shop, ADA, 160, 0);
}


static void
a_webhook_may_be_faster(void **state)
{
    shop_t  *shop = *state;

    (void) postpone(shop, ADA, "1001");
    (void) postpone(shop, ADA, "1002");

    shop_expect(shop, shop_event(shop, ADA, "1001", 6000, 0, "paid"),
                LOYALTY_ORDER_NOTED);
    shop_expect(shop, shop_event(shop, ADA, "1002", 6000, 0, "paid"),
                LOYALTY_ORDER_NOTED);
    stands(shop, ADA, 220, 2);

    shop->now += MINUTE;
    shop_expect(shop, refused(shop, find(shop), "1001",
                              LOYALTY_STORE_TIMEOUT),
                LOYALTY_ALREADY_CLAIMED);
    stands(shop, ADA, 220, 1);

    shop_expect(shop, unanswered(shop, ADA, "1002"),
                LOYALTY_ALREADY_CLAIMED);
    stands(shop, ADA, 220, 0);
}


static void
keys_get_what_it_came_to(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again, *done;

    first = shop_expect(shop, with_key(unanswered(shop, ADA, "1001"),
                                       "chatbot", "a"),
                        LOYALTY_CLAIM_PENDING);
    again = shop_expect(shop, with_key(unanswered(shop, ADA, "1001"),
                                       "chatbot", "a"),
                        LOYALTY_CLAIM_PENDING);

    assert_true(again->replayed);
    assert_same_answer(first, again);

    (void) shop_expect(shop, with_key(unanswered(shop, ADA, "1001"),
                                      "chatbot", "b"),
                       LOYALTY_CLAIM_PENDING);
    (void) shop_expect(shop, with_key(unanswered(shop, ADA, "1002"),
                                      "chatbot", "c"),
                       LOYALTY_CLAIM_PENDING);

    shop->now += MINUTE;
    done = shop_expect(shop, confirmed(shop, find(shop), ADA, "1001", 6000),
                       LOYALTY_CLAIMED);

    again = shop_expect(shop, with_key(shop_admission(shop, ADA, "1001"),
                                       "chatbot", "a"), LOYALTY_CLAIMED);
    assert_true(again->replayed);
    assert_same_answer(done, again);

    again = shop_expect(shop, with_key(shop_admission(shop, ADA, "1001"),
                                       "chatbot", "b"), LOYALTY_CLAIMED);
    assert_same_answer(done, again);

    (void) shop_expect(shop, with_key(shop_admission(shop, ADA, "1002"),
                                      "chatbot", "c"),
                       LOYALTY_CLAIM_PENDING);
}


static void
a_claim_with_a_key_settles_those_of_others(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *done, *again;

    (void) shop_expect(shop, with_key(unanswered(shop, ADA, "1001"),
                                      "chatbot", "a"),
                       LOYALTY_CLAIM_PENDING);

    done = shop_expect(shop, with_key(shop_claim(shop, ADA, "1001", 6000),
                                      "chatbot", "b"), LOYALTY_CLAIMED);

    again = shop_expect(shop, with_key(shop_admission(shop, ADA, "1001"),
                                       "chatbot", "a"), LOYALTY_CLAIMED);
    assert_true(again->replayed);
    assert_same_answer(done, again);

    again = shop_expect(shop, with_key(shop_admission(shop, ADA, "1001"),
                                       "chatbot", "b"), LOYALTY_CLAIMED);
    assert_true(again->replayed);
    assert_same_answer(done, again);
}


static void
each_key_gets_it_in_its_own_form(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c, *plain, *chat;

    c = with_key(unanswered(shop, ADA, "1001"), "chatbot", "a");
    c->format = LOYALTY_FORMAT_CHATFUEL;

    (void) shop_expect(shop, c, LOYALTY_CLAIM_PENDING);
    (void) shop_expect(shop, with_key(unanswered(shop, ADA, "1001"),
                                      "chatbot", "b"),
                       LOYALTY_CLAIM_PENDING);

    c = with_key(shop_claim(shop, ADA, "1001", 6000), "chatbot", "c");
    c->format = LOYALTY_FORMAT_MANYCHAT;

    (void) shop_expect(shop, c, LOYALTY_CLAIMED);
    assert_true(answer_says(c, "\"version\":\"v2\""));

    chat = with_key(shop_admission(shop, ADA, "1001"), "chatbot", "a");
    chat->format = LOYALTY_FORMAT_CHATFUEL;

    (void) shop_expect(shop, chat, LOYALTY_CLAIMED);
    assert_true(answer_says(chat, "\"set_attributes\""));

    plain = shop_expect(shop, with_key(shop_admission(shop, ADA, "1001"),
                                       "chatbot", "b"), LOYALTY_CLAIMED);
    assert_true(answer_says(plain, "{\"result\":\"claimed\""));
}


/* As with a fault of the store that was not postponed. */

static void
a_key_of_what_was_given_up_may_be_used_again(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    (void) shop_expect(shop, with_key(unanswered(shop, ADA, "1001"),
                                      "chatbot", "a"),
                       LOYALTY_CLAIM_PENDING);

    shop->now += POSTPONE;
    shop_expect(shop, refused(shop, find(shop), "1001",
                              LOYALTY_STORE_TIMEOUT),
                LOYALTY_STORE_TIMEOUT);

    c = with_key(shop_admission(shop, ADA, "1001"), "chatbot", "a");
    shop_run(shop);
    assert_false(c->decided);

    (void) shop_expect(shop, with_key(shop_claim(shop, ADA, "1001", 6000),
                                      "chatbot", "a"), LOYALTY_CLAIMED);
}


/* A process that looks, and completes what it finds. */

static int
look(void *data, int number)
{
    shop_t             *shop = data;
    loyalty_command_t  *c;

    c = errand(shop);

    processes_wait(&shop->processes);
    shop_run(shop);

    if (c->result.outcome == LOYALTY_CLAIM_PENDING) {
        c = confirmed(shop, c, ADA, "1001", 6000);
        shop_run(shop);
    }

    ends->outcomes[number] = c->result.outcome;

    loyalty_engine_destroy(shop->engine);

    return 0;
}


/* A process that claims the order again. */

static int
claim(void *data, int number)
{
    shop_t             *shop = data;
    loyalty_command_t  *c;

    if (number % 2 == 0) {
        return look(data, number);
    }

    c = shop_claim(shop, ADA, "1001", 6000);

    processes_wait(&shop->processes);
    shop_run(shop);

    ends->outcomes[number] = c->result.outcome;

    loyalty_engine_destroy(shop->engine);

    return 0;
}


static void
race(shop_t *shop, int (*racer)(void *data, int number))
{
    int  i, n;

    (void) postpone(shop, ADA, "1001");
    shop->now += MINUTE;

    ends = shared_memory(sizeof(ends_t));

    shop_race(shop, RACERS, racer, shop);

    for (n = 0, i = 0; i < RACERS; i++) {
        assert_int_not_equal(ends->outcomes[i], LOYALTY_DATABASE_UNAVAILABLE);
        n += (ends->outcomes[i] == LOYALTY_CLAIMED);
    }

    assert_int_equal(n, 1);
    stands(shop, ADA, 160, 0);

    release_shared_memory(ends, sizeof(ends_t));
}


static void
of_many_who_look_one_completes_it(void **state)
{
    race(*state, look);
}


static void
who_looks_and_who_claims_again_credit_it_once(void **state)
{
    race(*state, claim);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        postponed_test(claiming_again_may_complete_it),
        postponed_test(claiming_again_in_vain_leaves_it_as_it_was),
        postponed_test(claiming_again_may_end_it),
        postponed_test(what_was_credited_meanwhile_is_not_postponed),
        postponed_test(a_webhook_may_be_faster),
        postponed_test(keys_get_what_it_came_to),
        postponed_test(a_claim_with_a_key_settles_those_of_others),
        postponed_test(each_key_gets_it_in_its_own_form),
        postponed_test(a_key_of_what_was_given_up_may_be_used_again),
        postponed_test(of_many_who_look_one_completes_it),
        postponed_test(who_looks_and_who_claims_again_credit_it_once)
    };

    return cmocka_run_group_tests_name("postponed claims again", tests, NULL,
                                       NULL);
}
