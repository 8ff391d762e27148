
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>

#include <ctype.h>
#include <stdio.h>


static void
signing_up_makes_a_member(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    assert_int_equal(c->status, 201);
    assert_int_equal(c->result.points, 0);
    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.lifetime, 0);
    assert_true(answer_says(c, "\"result\":\"signed_up\""));
    assert_true(answer_says(c, "\"email\":\"" ADA "\""));

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 1);
    assert_int_equal(shop_sql(shop, "SELECT joined_at FROM member"),
                     CHRISTMAS);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger"), 0);
}


static void
a_bonus_is_the_first_ledger_entry(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.signup_bonus = 50;

    c = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    assert_int_equal(c->result.points, 50);
    assert_int_equal(c->result.earned, 50);
    assert_int_equal(c->result.lifetime, 50);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM ledger"), 1);
    assert_int_equal(shop_sql(shop, "SELECT points FROM ledger WHERE "
                                    "kind = 'signup' AND reference = ''"),
                     50);
    assert_int_equal(shop_sql(shop, "SELECT at FROM ledger"), CHRISTMAS);
}


static void
source_and_locale_are_kept(void **state)
{
    char                buffer[64];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_signup(shop, ADA);

    c->source = text("it's \"spring\"");
    c->locale = text("en-GB");

    shop_expect(shop, c, LOYALTY_SIGNED_UP);

    shop_sql_text(shop, "SELECT source || '|' || locale FROM member", buffer,
                  sizeof(buffer));

    assert_string_equal(buffer, "it's \"spring\"|en-GB");
}


static void
absent_source_and_locale_are_empty(void **state)
{
    shop_t  *shop = *state;

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member "
                                    "WHERE source = '' AND locale = ''"), 1);
}


/* What a request wants counts more than what its member once said. */

static void
answers_are_in_the_language_of_the_member(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_signup(shop, ADA);
    c->locale = text("tr-TR");

    shop_expect(shop, c, LOYALTY_SIGNED_UP);
    assert_true(answer_says(c, "\"message\":\"Hoş geldiniz! "));

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    assert_true(answer_says(c, "\"message\":\"Bakiyeniz: 0 puan. "));

    c = shop_redeem(shop, ADA, "hanky");

    shop_expect(shop, c, LOYALTY_NOT_ENOUGH_POINTS);
    assert_true(answer_says(c, ": 200 puan kaldı!\""));

    c = shop_balance(shop, ADA);
    c->locale = text("en");

    shop_expect(shop, c, LOYALTY_BALANCE);
    assert_true(answer_says(c, "\"message\":\"You have 0 points. "));
}


static void
a_language_that_there_is_not_is_no_wish(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.locale = LOYALTY_LOCALE_TH;

    c = shop_signup(shop, ADA);
    c->locale = text("de-CH");

    shop_expect(shop, c, LOYALTY_SIGNED_UP);
    assert_true(answer_says(c, "\"message\":\"ยินดีต้อนรับ! "));

    c = shop_signup(shop, BOB);
    c->locale = text("tr");

    shop_expect(shop, c, LOYALTY_SIGNED_UP);

    c = shop_balance(shop, BOB);
    c->locale = text("de");

    shop_expect(shop, c, LOYALTY_BALANCE);
    assert_true(answer_says(c, "\"message\":\"Bakiyeniz: "));
}


static void
who_is_no_member_has_the_language_of_the_request(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_balance(shop, ADA);
    c->locale = text("tr");

    shop_expect(shop, c, LOYALTY_NOT_A_MEMBER);
    assert_true(answer_says(c, "Lütfen önce üye olun.\""));
}


static void
who_signs_up_again_is_told_the_balance(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *first, *again;

    shop->program.signup_bonus = 50;

    first = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
    again = shop_signup(shop, ADA);
    again->source = text("another");

    shop_expect(shop, again, LOYALTY_ALREADY_MEMBER);

    assert_int_equal(again->status, 200);
    assert_int_equal(again->result.points, 50);
    assert_int_equal(again->result.lifetime, 50);
    assert_int_equal(again->result.earned, 0);
    assert_string_equal(again->result.member, first->result.member);
}


static void
signing_up_again_changes_nothing(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop->program.signup_bonus = 50;

    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    shop->program.signup_bonus = 80;
    shop->now += DAY;

    c = shop_signup(shop, ADA);
    c->source = text("another");

    shop_expect(shop, c, LOYALTY_ALREADY_MEMBER);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 1);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member "
                                    "WHERE source = ''"), 1);
    assert_int_equal(shop_sql(shop, "SELECT joined_at FROM member"),
                     CHRISTMAS);
    assert_int_equal(shop_sql(shop, "SELECT sum(points) FROM ledger"), 50);
}


static void
member_codes_have_22_letters_and_digits(void **state)
{
    int                 i;
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);

    assert_int_equal(strlen(c->result.member), 24);
    assert_memory_equal(c->result.member, "m_", 2);

    for (i = 2; i < 24; i++) {
        assert_true(isalnum((unsigned char) c->result.member[i]));
    }
}


static void
member_codes_differ(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *a, *b;

    a = shop_expect(shop, shop_signup(shop, ADA), LOYALTY_SIGNED_UP);
    b = shop_expect(shop, shop_signup(shop, BOB), LOYALTY_SIGNED_UP);

    assert_string_not_equal(a->result.member, b->result.member);
}


/* Of a million members' codes two were alike; here, every other try fails. */

static void
a_referral_code_that_is_somebody_s_is_made_anew(void **state)
{
    int      i;
    char     email[32];
    shop_t  *shop = *state;

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_NOT_A_MEMBER);

    (void) shop_sql(shop, "CREATE UNIQUE INDEX crowded "
                          "ON member (substr(referral, 1, 1))");

    for (i = 0; i < 16; i++) {
        (void) snprintf(email, sizeof(email), "m%d@example.com", i);
        shop_expect(shop, shop_signup(shop, email), LOYALTY_SIGNED_UP);
        shop_expect(shop, shop_signup(shop, email), LOYALTY_ALREADY_MEMBER);
    }

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM member"), 16);
}


static void
the_longest_texts_fit(void **state)
{
    char                email[255], source[65], locale[36];
    shop_t             *shop = *state;
    loyalty_command_t  *c, *again;

    memset(email, 'a', 254);
    memcpy(&email[64], "@", 1);
    email[254] = '\0';

    memset(source, 's', 64);
    source[64] = '\0';

    memset(locale, 'l', 35);
    locale[35] = '\0';

    c = with_key(shop_signup(shop, email), "chatbot", "k");
    again = with_key(shop_signup(shop, email), "chatbot", "k");

    c->source = again->source = text(source);
    c->locale = again->locale = text(locale);

    shop_expect(shop, c, LOYALTY_SIGNED_UP);
    shop_expect(shop, again, LOYALTY_SIGNED_UP);

    assert_same_answer(c, again);
    assert_int_equal(shop_sql(shop, "SELECT length(email || source || locale) "
                                    "FROM member"), 254 + 64 + 35);
}


static void
the_balance_tells_points_and_lifetime(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);

    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);

    assert_int_equal(c->status, 200);
    assert_int_equal(c->result.points, 50);
    assert_int_equal(c->result.lifetime, 250);
    assert_int_equal(c->result.earned, 0);
    assert_int_equal(c->result.spent, 0);
    assert_int_equal(strlen(c->result.member), 24);
    assert_true(answer_says(c, "\"next_reward_missing\":150"));
}


static void
a_stranger_has_no_balance(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);

    c = shop_expect(shop, shop_balance(shop, BOB), LOYALTY_NOT_A_MEMBER);

    assert_int_equal(c->status, 404);
    assert_int_equal(c->result.points, 0);
    assert_string_equal(c->result.member, "");
    assert_true(answer_says(c, "\"code\":\"not_a_member\""));
}


static void
the_balance_is_that_of_the_one_who_is_asked_for(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *ada, *bob;

    shop_member(shop, ADA, 250);
    shop_member(shop, BOB, 30);

    ada = shop_balance(shop, ADA);
    bob = shop_balance(shop, BOB);

    shop_expect(shop, ada, LOYALTY_BALANCE);
    shop_expect(shop, bob, LOYALTY_BALANCE);

    assert_int_equal(ada->result.points, 250);
    assert_int_equal(bob->result.points, 30);
}


static void
e_mails_are_compared_as_they_are(void **state)
{
    shop_t  *shop = *state;

    shop_member(shop, ADA, 250);

    shop_expect(shop, shop_balance(shop, "ada@example.co"),
                LOYALTY_NOT_A_MEMBER);
    shop_expect(shop, shop_balance(shop, "ada@example.com.au"),
                LOYALTY_NOT_A_MEMBER);
    shop_expect(shop, shop_balance(shop, "%@example.com"),
                LOYALTY_NOT_A_MEMBER);
    shop_expect(shop, shop_balance(shop, "' OR 1=1 --@x"),
                LOYALTY_NOT_A_MEMBER);
}


static void
asking_for_the_balance_writes_nothing(void **state)
{
    int64_t  written;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 250);

    written = shop_written(shop);
    assert_true(written > 0);

    shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
    shop_expect(shop, shop_balance(shop, BOB), LOYALTY_NOT_A_MEMBER);

    assert_int_equal(shop_written(shop), written);
}


static void
members_are_there_after_a_restart(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 250);
    shop_reload(shop);

    c = shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);

    assert_int_equal(c->result.points, 250);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(signing_up_makes_a_member),
        shop_test(a_bonus_is_the_first_ledger_entry),
        shop_test(source_and_locale_are_kept),
        shop_test(absent_source_and_locale_are_empty),
        shop_test(answers_are_in_the_language_of_the_member),
        shop_test(a_language_that_there_is_not_is_no_wish),
        shop_test(who_is_no_member_has_the_language_of_the_request),
        shop_test(who_signs_up_again_is_told_the_balance),
        shop_test(signing_up_again_changes_nothing),
        shop_test(member_codes_have_22_letters_and_digits),
        shop_test(member_codes_differ),
        shop_test(a_referral_code_that_is_somebody_s_is_made_anew),
        shop_test(the_longest_texts_fit),
        shop_test(the_balance_tells_points_and_lifetime),
        shop_test(a_stranger_has_no_balance),
        shop_test(the_balance_is_that_of_the_one_who_is_asked_for),
        shop_test(e_mails_are_compared_as_they_are),
        shop_test(asking_for_the_balance_writes_nothing),
        shop_test(members_are_there_after_a_restart)
    };

    return cmocka_run_group_tests_name("sign-up and balance", tests, NULL,
                                       NULL);
}
