
/*
 * Copyright (C) ngx_loyalty contributors
 */


#define _GNU_SOURCE                              /* getrandom() */

#include <engine_fixture.h>
#include <loyalty_transaction.h>

#include <stdio.h>
#include <sys/random.h>


#define BOT  "chatbot"


/*
 * Takes the place of the library's: each call takes one letter of "chance",
 * "r" for random bytes, "s" for the same ones, which makes codes collide, "x"
 * for none; what comes after its end is random.
 */

static const char  *chance;


int
loyalty_random(void *buffer, size_t size)
{
    switch (*chance != '\0' ? *chance++ : 'r') {

    case 's':
        memset(buffer, 7, size);
        return LOYALTY_OK;

    case 'x':
        return LOYALTY_ERROR;

    default:
        return (getrandom(buffer, size, 0) == (ssize_t) size)
               ? LOYALTY_OK : LOYALTY_ERROR;
    }
}


static int
open_with_chance(void **state)
{
    chance = "";

    return shop_open(state);
}


#define chance_test(name)                                                     \
    cmocka_unit_test_setup_teardown(name, open_with_chance, shop_close)


static void
many_commands_go_together(void **state)
{
    int                 i;
    char                emails[64][32];
    shop_t             *shop = *state;
    loyalty_command_t  *c[64];

    for (i = 0; i < 64; i++) {
        (void) snprintf(emails[i], sizeof(emails[i]), "m%d@example.com", i);
        c[i] = shop_signup(shop, emails[i]);
    }

    for (i = 0; i < 64; i++) {
        shop_expect(shop, c[i], LOYALTY_SIGNED_UP);
        assert_true(answer_says(c[i], emails[i]));
    }

    assert_int_equal(shop_sql(shop, "SELECT count(DISTINCT code) "
                                    "FROM member"), 64);
}


static void
each_sees_what_those_before_it_did(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c[6];

    c[0] = shop_balance(shop, ADA);
    c[1] = shop_signup(shop, ADA);
    c[2] = shop_claim(shop, ADA, "1001", 30000);
    c[3] = shop_balance(shop, ADA);
    c[4] = shop_redeem(shop, ADA, "hanky");
    c[5] = shop_balance(shop, ADA);

    shop_expect(shop, c[0], LOYALTY_NOT_A_MEMBER);
    shop_expect(shop, c[1], LOYALTY_SIGNED_UP);
    shop_expect(shop, c[2], LOYALTY_CLAIMED);
    shop_expect(shop, c[3], LOYALTY_BALANCE);
    shop_expect(shop, c[4], LOYALTY_REDEEMED);
    shop_expect(shop, c[5], LOYALTY_BALANCE);

    assert_int_equal(c[3]->result.points, 300);
    assert_int_equal(c[4]->result.points, 100);
    assert_int_equal(c[5]->result.lifetime, 300);

    /* where others write as well, redemptions come last */

    assert_int_equal(c[5]->result.points, on_postgresql() ? 300 : 100);
}


static void
what_comes_first_is_done_first(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *early, *claim, *late;

    shop_member(shop, ADA, 0);

    early = shop_redeem(shop, ADA, "hanky");
    claim = shop_claim(shop, ADA, "1001", 20000);
    late = shop_redeem(shop, ADA, "hanky");

    shop_expect(shop, early, LOYALTY_NOT_ENOUGH_POINTS);
    shop_expect(shop, claim, LOYALTY_CLAIMED);
    shop_expect(shop, late, LOYALTY_REDEEMED);
}


static void
an_order_goes_to_the_first_of_two(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *ada, *bob, *again;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 0);

    ada = shop_claim(shop, ADA, "1001", 6099);
    bob = shop_claim(shop, BOB, "1001", 6099);
    again = shop_claim(shop, ADA, "1001", 6099);

    shop_expect(shop, ada, LOYALTY_CLAIMED);
    shop_expect(shop, bob, LOYALTY_ORDER_ALREADY_CLAIMED);
    shop_expect(shop, again, LOYALTY_ALREADY_CLAIMED);

    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM member"), 60);
}


static void
an_e_mail_signs_up_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *second;

    shop->program.signup_bonus = 50;

    first = shop_signup(shop, ADA);
    second = shop_signup(shop, ADA);

    shop_expect(shop, first, LOYALTY_SIGNED_UP);
    shop_expect(shop, second, LOYALTY_ALREADY_MEMBER);

    assert_string_equal(first->result.member, second->result.member);
    assert_int_equal(second->result.points, 50);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM ledger"), 50);
}


static void
a_key_is_used_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *second, *other;

    shop_member(shop, ADA, 1000);

    first = with_key(shop_redeem(shop, ADA, "hanky"), BOT, "k");
    second = with_key(shop_redeem(shop, ADA, "hanky"), BOT, "k");
    other = with_key(shop_redeem(shop, ADA, "apron"), BOT, "k");

    shop_expect(shop, first, LOYALTY_REDEEMED);
    shop_expect(shop, second, LOYALTY_REDEEMED);
    shop_expect(shop, other, LOYALTY_IDEMPOTENCY_KEY_REUSED);

    assert_false(first->replayed);
    assert_true(second->replayed);
    assert_same_answer(first, second);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 800);
}


static void
the_last_one_of_a_reward_goes_to_the_first(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *ada, *bob;

    shop->rewards[HANKY].stock = 1;

    shop_member(shop, ADA, 500);
    shop_member(shop, BOB, 500);

    ada = shop_redeem(shop, ADA, "hanky");
    bob = shop_redeem(shop, BOB, "hanky");

    shop_expect(shop, ada, LOYALTY_REDEEMED);
    shop_expect(shop, bob, LOYALTY_OUT_OF_STOCK);
}


static void
admissions_go_with_writers(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *claim, *same, *new;

    shop_member(shop, ADA, 0);

    claim = shop_claim(shop, ADA, "1001", 6099);
    same = shop_admission(shop, ADA, "1001");
    new = shop_admission(shop, ADA, "1002");

    shop_expect(shop, claim, LOYALTY_CLAIMED);
    shop_expect(shop, same, LOYALTY_ALREADY_CLAIMED);
    assert_false(new->decided);
}


static void
a_cursed_command_fails_alone(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c[5];

    shop_member(shop, ADA, 1000);
    shop_curse(shop, "redemption", "reward = 'apron'");

    c[0] = shop_signup(shop, BOB);
    c[1] = shop_claim(shop, ADA, "1001", 6099);
    c[2] = shop_redeem(shop, ADA, "apron");
    c[3] = shop_redeem(shop, ADA, "hanky");
    c[4] = shop_balance(shop, ADA);

    shop_expect(shop, c[0], LOYALTY_SIGNED_UP);
    shop_expect(shop, c[1], LOYALTY_CLAIMED);
    shop_expect(shop, c[2], LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, c[3], LOYALTY_REDEEMED);
    shop_expect(shop, c[4], LOYALTY_BALANCE);

    assert_int_equal(c[2]->status, 503);
    assert_true(answer_says(c[2], "\"code\":\"database_unavailable\""));
    assert_int_equal(c[2]->result.spent, 0);
    assert_string_equal(c[2]->result.coupon, "");
    assert_int_equal(shop_sql(shop, "SELECT points FROM member "
                                    "WHERE email = '" ADA "'"), 860);
}


static void
a_cursed_command_leaves_nothing(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 1000);
    shop_curse(shop, "redemption", "reward = 'apron'");

    shop_expect(shop, shop_redeem(shop, ADA, "apron"),
                LOYALTY_DATABASE_UNAVAILABLE);

    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 1000);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM reward"), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM spending"), 0);

    shop_lift_curse(shop);

    shop_expect(shop, shop_redeem(shop, ADA, "apron"), LOYALTY_REDEEMED);
}


static void
the_log_is_told_of_a_curse(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *apron, *hanky;

    shop_member(shop, ADA, 1000);
    shop_curse(shop, "redemption", "reward = 'apron'");

    apron = shop_redeem(shop, ADA, "apron");
    hanky = shop_redeem(shop, ADA, "hanky");

    shop_expect(shop, apron, LOYALTY_DATABASE_UNAVAILABLE);
    assert_non_null(strstr(loyalty_engine_error(shop->engine), "cursed"));
    shop_expect(shop, hanky, LOYALTY_REDEEMED);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    assert_string_equal(loyalty_engine_error(shop->engine), "");
}


/* The first attempt was rolled back, and with it what it had found. */

static void
commands_beside_a_curse_tell_what_was_kept(void **state)
{
    char                coupon[32];
    shop_t             *shop = *state;
    loyalty_command_t  *signup, *hanky, *apron;

    shop_member(shop, ADA, 1000);
    shop_curse(shop, "redemption", "reward = 'apron'");

    signup = with_key(shop_signup(shop, BOB), BOT, "1");
    hanky = with_key(shop_redeem(shop, ADA, "hanky"), BOT, "2");
    apron = with_key(shop_redeem(shop, ADA, "apron"), BOT, "3");

    shop_expect(shop, apron, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, hanky, LOYALTY_REDEEMED);
    shop_expect(shop, signup, LOYALTY_SIGNED_UP);

    shop_sql_text(shop, "SELECT coupon FROM redemption", coupon,
                  sizeof(coupon));
    assert_string_equal(hanky->result.coupon, coupon);
    assert_true(answer_says(hanky, coupon));

    shop_sql_text(shop, "SELECT code FROM member WHERE email = '" BOB "'",
                  coupon, sizeof(coupon));
    assert_string_equal(signup->result.member, coupon);
    assert_true(answer_says(signup, coupon));
}


static void
an_answer_to_a_cursed_command_is_not_stored(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 1000);
    shop_curse(shop, "redemption", "reward = 'apron'");

    c = with_key(shop_redeem(shop, ADA, "apron"), BOT, "k");
    shop_expect(shop, c, LOYALTY_DATABASE_UNAVAILABLE);

    shop_lift_curse(shop);

    c = with_key(shop_redeem(shop, ADA, "apron"), BOT, "k");
    shop_expect(shop, c, LOYALTY_REDEEMED);
    assert_false(c->replayed);
}


static void
admissions_beside_a_curse_are_admitted(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *before, *apron, *after;

    shop_member(shop, ADA, 1000);
    shop_curse(shop, "redemption", "reward = 'apron'");

    before = shop_admission(shop, ADA, "1001");
    apron = shop_redeem(shop, ADA, "apron");
    after = shop_admission(shop, ADA, "1002");

    shop_expect(shop, apron, LOYALTY_DATABASE_UNAVAILABLE);

    assert_false(before->decided);
    assert_false(after->decided);
}


static void
coupons_that_collide_are_made_anew(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *a, *b;

    shop->rewards[HANKY].stock = 2;
    shop_member(shop, ADA, 1000);

    a = shop_redeem(shop, ADA, "hanky");
    b = shop_redeem(shop, ADA, "hanky");

    chance = "ss";

    shop_expect(shop, a, LOYALTY_REDEEMED);
    shop_expect(shop, b, LOYALTY_REDEEMED);

    assert_string_not_equal(a->result.coupon, b->result.coupon);
    assert_int_equal(a->result.points, 800);
    assert_int_equal(b->result.points, 600);
}


static void
a_coupon_that_keeps_colliding_fails_alone(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *a, *b, *c;

    shop_member(shop, ADA, 1000);

    a = shop_redeem(shop, ADA, "hanky");
    b = shop_redeem(shop, ADA, "hanky");
    c = shop_claim(shop, ADA, "1001", 6099);

    chance = "sssssss";

    shop_expect(shop, a, LOYALTY_REDEEMED);
    shop_expect(shop, b, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, c, LOYALTY_CLAIMED);

    assert_int_equal(shop_sql(shop, "SELECT points FROM member"), 860);
}


static void
member_codes_that_collide_are_made_anew(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *ada, *bob;

    ada = shop_signup(shop, ADA);
    bob = shop_signup(shop, BOB);

    chance = "ss";

    shop_expect(shop, ada, LOYALTY_SIGNED_UP);
    shop_expect(shop, bob, LOYALTY_SIGNED_UP);

    assert_string_not_equal(ada->result.member, bob->result.member);
}


/*
 * On the first attempt Ada and Bob become members, each with two codes; then
 * Carol cannot, and on the second attempt Ada cannot either, so that Bob gets
 * another number.
 */

static loyalty_command_t *
sign_up_twice(shop_t *shop, loyalty_command_t *(*claim)(shop_t *shop))
{
    char                first[] = "rrrrrrxxxxx";
    loyalty_command_t  *ada, *bob, *claimed, *carol;

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_NOT_A_MEMBER);
    shop_curse(shop, "member", "email = 'carol@example.com'");

    ada = shop_signup(shop, ADA);
    bob = shop_signup(shop, BOB);
    claimed = claim(shop);
    carol = shop_signup(shop, CAROL);

    first[6 + shop_attempts(shop)] = '\0';
    chance = first;
    shop_run(shop);
    chance = "";

    shop_expect(shop, carol, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, ada, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, bob, LOYALTY_SIGNED_UP);

    return claimed;
}


static loyalty_command_t *
claim_by_bob(shop_t *shop)
{
    return shop_claim(shop, BOB, "1001", 6099);
}


static loyalty_command_t *
admission_of_bob(shop_t *shop)
{
    return shop_admission(shop, BOB, "1001");
}


static void
points_go_to_who_claimed_on_a_second_attempt(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, sign_up_twice(shop, claim_by_bob), LOYALTY_CLAIMED);

    assert_int_equal(shop_sql(shop, "SELECT points FROM member "
                                    "WHERE email = '" BOB "'"), 60);
}


static void
points_go_to_who_was_admitted_on_a_second_attempt(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = sign_up_twice(shop, admission_of_bob);
    assert_false(c->decided);

    c->admission = 0;
    c->order_fault = LOYALTY_NO_FAULT;
    c->order_body = text("{\"number\":\"1001\",\"email\":\"" BOB "\","
                         "\"total\":6099,\"currency\":\"USD\","
                         "\"status\":\"paid\"}");

    loyalty_engine_run(shop->engine, c, shop->now);

    shop_expect(shop, c, LOYALTY_CLAIMED);
    assert_int_equal(shop_sql(shop, "SELECT points FROM member "
                                    "WHERE email = '" BOB "'"), 60);
}


static void
without_random_bytes_there_is_no_coupon(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *signup, *redeem, *balance;

    shop_member(shop, ADA, 1000);

    chance = "xxxxxxxxxxxxxxxx";

    signup = shop_signup(shop, BOB);
    redeem = shop_redeem(shop, ADA, "hanky");
    balance = shop_balance(shop, ADA);

    shop_expect(shop, signup, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, redeem, LOYALTY_DATABASE_UNAVAILABLE);
    shop_expect(shop, balance, LOYALTY_BALANCE);

    assert_int_equal(balance->result.points, 1000);
}


static void
the_log_is_told_of_missing_random_bytes(void **state)
{
    shop_t  *shop = *state;

    chance = "xxxxxxxx";

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_DATABASE_UNAVAILABLE);
    assert_string_not_equal(loyalty_engine_error(shop->engine), "");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        chance_test(many_commands_go_together),
        chance_test(each_sees_what_those_before_it_did),
        chance_test(an_order_goes_to_the_first_of_two),
        chance_test(an_e_mail_signs_up_once),
        chance_test(a_key_is_used_once),
        chance_test(the_last_one_of_a_reward_goes_to_the_first),
        chance_test(admissions_go_with_writers),
        chance_test(a_cursed_command_fails_alone),
        chance_test(a_cursed_command_leaves_nothing),
        chance_test(the_log_is_told_of_a_curse),
        chance_test(commands_beside_a_curse_tell_what_was_kept),
        chance_test(an_answer_to_a_cursed_command_is_not_stored),
        chance_test(admissions_beside_a_curse_are_admitted),
        chance_test(coupons_that_collide_are_made_anew),
        chance_test(a_coupon_that_keeps_colliding_fails_alone),
        chance_test(member_codes_that_collide_are_made_anew),
        chance_test(points_go_to_who_claimed_on_a_second_attempt),
        chance_test(points_go_to_who_was_admitted_on_a_second_attempt),
        chance_test(without_random_bytes_there_is_no_coupon),
        chance_test(the_log_is_told_of_missing_random_bytes),

        /* SQLite */

        chance_test(what_comes_first_is_done_first)
    };

    return run_shop_tests("batch", tests, 1);
}
