
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_message.h>
#include <loyalty_utf8.h>

#include <ctype.h>


/* Captions on chat platforms. */

#define BUTTON_MAX  20

/* 2026-12-22T10:00:00Z */

#define CHRISTMAS   INT64_C(1797933600)


static const char *const  *languages[LOYALTY_LOCALES] = {
    [LOYALTY_LOCALE_EN] = loyalty_text_en,
    [LOYALTY_LOCALE_TR] = loyalty_text_tr,
    [LOYALTY_LOCALE_TH] = loyalty_text_th
};


static const loyalty_reward_t  reward = {
    .id = loyalty_string("hanky"), .name = loyalty_string("Mendil"),
    .cost = 200
};

static const loyalty_tier_t  silver = {
    .id = loyalty_string("silver"), .name = loyalty_string("Silver")
};

static const loyalty_tier_t  gold = {
    .id = loyalty_string("gold"), .name = loyalty_string("Gold")
};


static loyalty_program_t  program;
static loyalty_result_t   result;
static loyalty_json_t     out;


static int
configure(void **state)
{
    (void) state;

    memset(&program, 0, sizeof(loyalty_program_t));
    memset(&result, 0, sizeof(loyalty_result_t));

    program.rewards = &reward;
    program.nrewards = 1;

    result.outcome = LOYALTY_BALANCE;
    result.order = text("1001");
    result.points = 110;
    result.earned = 60;

    loyalty_json_init(&out);

    return 0;
}


static int
cleanup(void **state)
{
    (void) state;

    loyalty_json_free(&out);

    return 0;
}


static void
expect(const char *expected)
{
    loyalty_json_free(&out);

    loyalty_json_text_begin(&out);
    loyalty_message(&program, &result, &out);
    loyalty_json_text_end(&out);

    assert_int_equal(out.len, strlen(expected) + 2);
    assert_memory_equal(out.data + 1, expected, out.len - 2);
}


/* One of the program's own in the place of a shipped one. */

static void
own(loyalty_text_e id, const char *words)
{
    loyalty_str_t              wrong;
    static loyalty_texts_t     texts;
    static loyalty_template_t  template;

    assert_int_equal(loyalty_text_parse(id, text(words), &template, &wrong),
                     LOYALTY_TEMPLATE_GOOD);

    texts = *loyalty_texts_shipped();
    texts.templates[LOYALTY_LOCALE_EN][id] = &template;

    program.texts = &texts;
}


static void
expect_own(loyalty_text_e id, const char *words, const char *expected)
{
    own(id, words);

    loyalty_json_free(&out);

    loyalty_json_text_begin(&out);
    loyalty_message_text(&program, &result, id, &out);
    loyalty_json_text_end(&out);

    assert_int_equal(out.len, strlen(expected) + 2);
    assert_memory_equal(out.data + 1, expected, out.len - 2);
}


/* Comes first: the others need them all. */

static void
every_language_has_every_text(void **state)
{
    int  locale, i;

    (void) state;

    for (locale = LOYALTY_LOCALE_EN; locale < LOYALTY_LOCALES; locale++) {
        assert_non_null(languages[locale]);

        for (i = 0; i < LOYALTY_TEXTS; i++) {

            if (languages[locale][i] == NULL || !*languages[locale][i]) {
                fail_msg("language %d lacks the text \"%s\"", locale,
                         loyalty_text_id(i).data);
            }

            assert_true(loyalty_utf8_printable(text(languages[locale][i])));
        }
    }
}


static void
no_text_has_an_unknown_variable(void **state)
{
    int                 locale, i;
    loyalty_str_t       wrong;
    loyalty_template_t  template;

    (void) state;

    for (locale = LOYALTY_LOCALE_EN; locale < LOYALTY_LOCALES; locale++) {

        for (i = 0; i < LOYALTY_TEXTS; i++) {

            if (loyalty_text_parse(i, text(languages[locale][i]), &template,
                                   &wrong)
                != LOYALTY_TEMPLATE_GOOD)
            {
                fail_msg("language %d, \"%s\": %.*s", locale,
                         loyalty_text_id(i).data, (int) wrong.len,
                         wrong.data);
            }
        }
    }
}


/* An amount is the same one with its unit and without. */

static uint64_t
variables(const loyalty_template_t *template)
{
    int       variable;
    size_t    i;
    uint64_t  found;

    found = 0;

    for (i = 0; i < template->npieces; i++) {
        variable = template->pieces[i].variable;

        if (variable == LOYALTY_TEMPLATE_END) {
            continue;
        }

        if (variable < LOYALTY_VARIABLE_ORDER) {
            variable -= variable % 2;
        }

        found |= UINT64_C(1) << variable;
    }

    return found;
}


static void
every_language_says_what_the_english_text_says(void **state)
{
    int                     locale, i;
    uint64_t                english;
    const loyalty_texts_t  *texts;

    (void) state;

    texts = loyalty_texts_shipped();

    for (locale = LOYALTY_LOCALE_EN; locale < LOYALTY_LOCALES; locale++) {

        for (i = 0; i < LOYALTY_TEXTS; i++) {
            english = variables(texts->templates[LOYALTY_LOCALE_EN][i]);

            if (variables(texts->templates[locale][i]) != english) {
                fail_msg("language %d, \"%s\": other variables than in "
                         "English", locale, loyalty_text_id(i).data);
            }
        }
    }
}


/* Vowel harmony would want another ending for each value. */

static void
no_turkish_ending_is_put_to_a_variable(void **state)
{
    int          i;
    const char  *p;

    (void) state;

    for (i = 0; i < LOYALTY_TEXTS; i++) {

        for (p = loyalty_text_tr[i]; *p != '\0'; p++) {

            if (*p == '}' && p[1] != '\0'
                && strchr(" .,;:!)", p[1]) == NULL)
            {
                fail_msg("%s", loyalty_text_tr[i]);
            }
        }
    }
}


/* Who speaks is neither he nor she. */

static void
no_thai_text_has_a_particle_of_a_gender(void **state)
{
    int     i;
    size_t  n;

    static const char  *particles[] = { "ครับ", "ค่ะ", "คะ ", "ผม", "ดิฉัน" };

    (void) state;

    for (i = 0; i < LOYALTY_TEXTS; i++) {

        for (n = 0; n < elements_of(particles); n++) {
            assert_null(strstr(loyalty_text_th[i], particles[n]));
        }
    }
}


static void
captions_are_short(void **state)
{
    int            locale, i, n;
    size_t         len;
    uint32_t       code;
    loyalty_str_t  caption;

    (void) state;

    for (locale = LOYALTY_LOCALE_EN; locale < LOYALTY_LOCALES; locale++) {

        for (i = LOYALTY_TEXT_BUTTON_CLAIM;
             i <= LOYALTY_TEXT_BUTTON_REDEEM;
             i++)
        {
            caption = text(languages[locale][i]);

            for (n = 0; caption.len != 0; n++) {
                len = loyalty_utf8_next(caption.data, caption.len, &code);
                caption.data += len;
                caption.len -= len;
            }

            assert_in_range(n, 1, BUTTON_MAX);
        }
    }
}


static void
texts_are_found_by_their_ids(void **state)
{
    int            i;
    size_t         n;
    loyalty_str_t  id;

    (void) state;

    for (i = 0; i < LOYALTY_TEXTS; i++) {
        id = loyalty_text_id(i);

        assert_int_not_equal(id.len, 0);
        assert_int_equal(loyalty_text_find(id), i);

        for (n = 0; n < id.len; n++) {
            assert_true(islower((unsigned char) id.data[n])
                        || id.data[n] == '_');
        }
    }

    assert_int_equal(loyalty_text_find(text("nothing")), LOYALTY_TEXTS);
    assert_int_equal(loyalty_text_find(text("not_a_member")),
                     loyalty_text_of_fault(LOYALTY_NOT_A_MEMBER));
}


static void
the_language_is_the_members_or_else_the_programs(void **state)
{
    (void) state;

    expect("You have 110 points. Your next reward, Mendil, is 90 points "
           "away.");

    program.locale = LOYALTY_LOCALE_TR;

    expect("Bakiyeniz: 110 puan. Sıradaki ödülünüze (Mendil) 90 puan kaldı.");

    result.locale = LOYALTY_LOCALE_TH;

    expect("คุณมี 110 คะแนน สะสมอีก 90 คะแนน ก็แลก Mendil ได้แล้ว");
}


static void
faults_are_told_in_the_same_language(void **state)
{
    (void) state;

    result.outcome = LOYALTY_ORDER_NOT_PAID;

    expect("Order 1001 is not paid yet. Please try again when it is.");

    result.locale = LOYALTY_LOCALE_TR;

    expect("1001 numaralı siparişinizin ödemesi henüz tamamlanmamış. Ödeme "
           "tamamlanınca lütfen tekrar deneyin.");
}


static void
what_is_missing_is_told_to_the_shopper(void **state)
{
    (void) state;

    result.outcome = LOYALTY_NOT_ENOUGH_POINTS;
    result.reward = &reward;
    result.cost = 200;

    expect("Mendil costs 200 points, and you have 110: 90 more to go!");

    result.locale = LOYALTY_LOCALE_TR;

    expect("Mendil için 200 puan gerekiyor, bakiyeniz 110 puan: 90 puan "
           "kaldı!");
}


static void
each_sentence_has_its_own_tier_and_gap(void **state)
{
    (void) state;

    result.tier = &silver;
    result.next_tier = &gold;
    result.tier_missing = 890;
    result.locale = LOYALTY_LOCALE_TR;

    expect("Bakiyeniz: 110 puan. Sıradaki ödülünüze (Mendil) 90 puan kaldı. "
           "Gold seviyesine 890 puan kaldı.");

    result.locale = LOYALTY_LOCALE_EN;

    expect_own(LOYALTY_TEXT_BALANCE, "{tier}", "Silver");
}


static void
points_may_have_another_name(void **state)
{
    (void) state;

    own(LOYALTY_TEXT_POINTS, "{number} stars");
    expect("You have 110 stars. Your next reward, Mendil, is 90 stars away.");

    expect_own(LOYALTY_TEXT_BALANCE, "{points}, {points.number}",
               "110 points, 110");

    result.points = 1;

    expect_own(LOYALTY_TEXT_BALANCE, "{points}", "1 point");
}


static void
every_variable_has_its_value(void **state)
{
    (void) state;

    result.pending = 5;
    result.lifetime = 300;
    result.spent = 7;
    result.coupon_expires = CHRISTMAS;
    result.reward = &reward;
    result.you.rank = 3;
    strcpy(result.coupon, "CP6WD0707CYVPQ43");
    strcpy(result.referral, "MVGNX0EK");

    expect_own(LOYALTY_TEXT_REDEEMED,
               "{reward} {coupon} {expires} {spent} {lifetime} {referral}",
               "Mendil CP6WD0707CYVPQ43 2026-12-22 7 points 300 points "
               "MVGNX0EK");
    expect_own(LOYALTY_TEXT_CLAIMED, "{order} {earned} {pending.number}",
               "1001 60 points 5");
    expect_own(LOYALTY_TEXT_RANK, "{rank}", "3");

    result.coupon_expires = 0;

    expect_own(LOYALTY_TEXT_REDEEMED, "({expires})", "()");
}


static void
values_are_escaped_like_any_text(void **state)
{
    (void) state;

    result.order = text("a\"{points}\\");

    expect_own(LOYALTY_TEXT_CLAIMED, "\"{order}\" {{}}",
               "\\\"a\\\"{points}\\\\\\\" {}");
}


static void
a_text_takes_what_is_known_when_it_is_said(void **state)
{
    loyalty_str_t       wrong;
    loyalty_template_t  template;

    (void) state;

    assert_int_equal(loyalty_text_parse(LOYALTY_TEXT_BALANCE,
                                        text("{points} {coupon}"), &template,
                                        &wrong),
                     LOYALTY_TEMPLATE_UNKNOWN);
    assert_true(loyalty_str_equal(wrong, text("coupon")));

    assert_false(loyalty_text_variables(LOYALTY_TEXT_BALANCE)
                 & (UINT64_C(1) << LOYALTY_VARIABLE_COUPON));
    assert_true(loyalty_text_variables(LOYALTY_TEXT_BALANCE)
                & (UINT64_C(1) << LOYALTY_VARIABLE_POINTS));
}


#define texts_test(name)                                                      \
    cmocka_unit_test_setup_teardown(name, configure, cleanup)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        texts_test(every_language_has_every_text),
        texts_test(no_text_has_an_unknown_variable),
        texts_test(every_language_says_what_the_english_text_says),
        texts_test(no_turkish_ending_is_put_to_a_variable),
        texts_test(no_thai_text_has_a_particle_of_a_gender),
        texts_test(captions_are_short),
        texts_test(texts_are_found_by_their_ids),
        texts_test(the_language_is_the_members_or_else_the_programs),
        texts_test(faults_are_told_in_the_same_language),
        texts_test(what_is_missing_is_told_to_the_shopper),
        texts_test(each_sentence_has_its_own_tier_and_gap),
        texts_test(points_may_have_another_name),
        texts_test(every_variable_has_its_value),
        texts_test(values_are_escaped_like_any_text),
        texts_test(a_text_takes_what_is_known_when_it_is_said)
    };

    return cmocka_run_group_tests_name("texts", tests, NULL, NULL);
}
