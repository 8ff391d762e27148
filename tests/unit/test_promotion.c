
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <award_fixture.h>
#include <random_fixture.h>


#define ROUNDS  2000


static void
a_promotion_adds_share_and_bonus(void **state)
{
    static const loyalty_promotion_t  promotions[] = {
        { .id = loyalty_string("weekend"), .multiplier = 2000 },
        { .id = loyalty_string("extra"), .bonus = 25 },
        { .id = loyalty_string("both"), .multiplier = 1500, .bonus = 5 }
    };

    (void) state;

    promote(promotions, elements_of(promotions));

    assert_int_equal(awarded(), 60 + 60 + 25 + 35);
    assert_string_equal(award.facts, "base=60 promotion.weekend=60 "
                                     "promotion.extra=25 promotion.both=35");
}


static void
a_promotion_holds_from_its_start_to_before_its_end(void **state)
{
    static const loyalty_promotion_t  weekend = {
        .id = loyalty_string("weekend"), .from = NOW, .until = NOW + 60,
        .bonus = 5
    };

    (void) state;

    promote(&weekend, 1);

    earner.now = NOW - 1;
    assert_int_equal(awarded(), 60);

    earner.now = NOW;
    assert_int_equal(awarded(), 65);

    earner.now = NOW + 59;
    assert_int_equal(awarded(), 65);

    earner.now = NOW + 60;
    assert_int_equal(awarded(), 60);
}


static void
a_promotion_may_be_open_on_either_side(void **state)
{
    static const loyalty_promotion_t  until = { .until = NOW, .bonus = 5 };
    static const loyalty_promotion_t  from = { .from = NOW, .bonus = 5 };

    (void) state;

    promote(&until, 1);

    earner.now = 1;
    assert_int_equal(awarded(), 65);

    promote(&from, 1);

    earner.now = NOW + INT64_C(100000000000);
    assert_int_equal(awarded(), 65);
}


static void
a_promotions_minimum_is_one_of_the_total(void **state)
{
    static const loyalty_promotion_t  large = { .min = 6000, .bonus = 5 };

    (void) state;

    promote(&large, 1);

    order.total = 5999;
    assert_int_equal(awarded(), 59);

    order.total = 6000;
    assert_int_equal(awarded(), 65);
}


static void
a_promotion_may_be_for_first_orders(void **state)
{
    static const loyalty_promotion_t  welcome = {
        .first_order = 1, .bonus = 5
    };

    (void) state;

    promote(&welcome, 1);

    assert_int_equal(awarded(), 65);

    earner.orders = 1;

    assert_int_equal(awarded(), 60);
}


static void
a_promotion_may_be_for_a_tier_and_those_above(void **state)
{
    static const loyalty_promotion_t  promotions[] = {
        { .tier = loyalty_string("silver"), .bonus = 5 },
        { .tier = loyalty_string("gold"), .bonus = 1000 },
        { .tier = loyalty_string("platinum"), .bonus = 100000 }
    };

    (void) state;

    promote(promotions, elements_of(promotions));

    assert_int_equal(awarded(), 60);

    earner.tier = &tiers[0];
    assert_int_equal(awarded(), 65);

    earner.tier = &tiers[1];
    assert_int_equal(awarded(), 60 + 30 + 1005);
}


static void
a_promotion_may_be_for_a_store(void **state)
{
    static const loyalty_promotion_t  promotions[] = {
        { .store = loyalty_string("harbour"), .bonus = 5 },
        { .store = loyalty_string("hill"), .bonus = 1000 }
    };

    (void) state;

    promote(promotions, elements_of(promotions));

    assert_int_equal(awarded(), 65);
}


static void
where_the_base_is_0_nothing_is_added(void **state)
{
    static const loyalty_promotion_t  promotion = {
        .id = loyalty_string("weekend"), .multiplier = 2000, .bonus = 100
    };

    (void) state;

    promote(&promotion, 1);

    order.total = 99;
    earner.tier = &tiers[1];
    earner.memberships = CLUB;

    assert_int_equal(awarded(), 0);
    assert_string_equal(award.facts, "base=0");
}


static void
each_share_is_rounded_for_itself(void **state)
{
    static const loyalty_promotion_t  promotions[] = {
        { .id = loyalty_string("a"), .multiplier = 1500 },
        { .id = loyalty_string("b"), .multiplier = 1999 }
    };

    (void) state;

    promote(promotions, elements_of(promotions));

    order.total = 100;
    earner.tier = &tiers[1];
    earner.memberships = PLUS;

    assert_int_equal(awarded(), 1);
    assert_string_equal(award.facts, "base=1");

    order.total = 300;

    assert_int_equal(awarded(), 3 + 1 + 0 + 1 + 2);
    assert_string_equal(award.facts, "base=3 tier.gold=1 promotion.a=1 "
                                     "promotion.b=2");
}


static void
the_order_of_the_promotions_does_not_matter(void **state)
{
    size_t               round, i, k;
    int64_t              points;
    loyalty_promotion_t  promotions[6], other;

    (void) state;

    seed = 20260103;

    for (round = 0; round < ROUNDS; round++) {
        memset(promotions, 0, sizeof(promotions));

        for (i = 0; i < elements_of(promotions); i++) {
            promotions[i].id = text("p");
            promotions[i].multiplier = 1000 + some(1000);
            promotions[i].bonus = some(100);
        }

        promote(promotions, elements_of(promotions));

        order.total = 100 + some(1000000);
        earner.tier = &tiers[some(1)];
        earner.memberships = (uint32_t) some(3);

        points = awarded();

        for (i = elements_of(promotions) - 1; i > 0; i--) {
            k = (size_t) some((int64_t) i);

            other = promotions[i];
            promotions[i] = promotions[k];
            promotions[k] = other;
        }

        assert_int_equal(awarded(), points);
    }
}


static void
facts_that_do_not_fit_are_left_out(void **state)
{
    char                 id[65], facts[LOYALTY_AWARD_FACTS_SIZE];
    size_t               i;
    loyalty_promotion_t  promotions[20];

    (void) state;

    memset(promotions, 0, sizeof(promotions));
    memset(id, 'x', sizeof(id));

    id[64] = '\0';

    for (i = 0; i < elements_of(promotions); i++) {
        promotions[i].id = text(id);
        promotions[i].bonus = 1;
    }

    /* a shorter one behind them still fits */

    promotions[19].id = text("short");

    promote(promotions, elements_of(promotions));

    assert_int_equal(awarded(), 80);

    strcpy(facts, "base=60");

    for (i = 0; i < 6; i++) {
        strcat(facts, " promotion.");
        strcat(facts, id);
        strcat(facts, "=1");
    }

    strcat(facts, " promotion.short=1");

    assert_string_equal(award.facts, facts);
}


static void
facts_may_fill_all_their_room(void **state)
{
    char                 id[LOYALTY_AWARD_FACTS_SIZE];
    size_t               room;
    loyalty_promotion_t  promotion;

    (void) state;

    memset(&promotion, 0, sizeof(loyalty_promotion_t));
    memset(id, 'x', sizeof(id));

    room = LOYALTY_AWARD_FACTS_SIZE - sizeof("base=60 promotion.=1");

    promotion.id.data = id;
    promotion.id.len = room;
    promotion.bonus = 1;

    promote(&promotion, 1);

    assert_int_equal(awarded(), 61);
    assert_int_equal(strlen(award.facts), LOYALTY_AWARD_FACTS_SIZE - 1);

    promotion.id.len = room + 1;

    assert_int_equal(awarded(), 61);
    assert_string_equal(award.facts, "base=60");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        award_test(a_promotion_adds_share_and_bonus),
        award_test(a_promotion_holds_from_its_start_to_before_its_end),
        award_test(a_promotion_may_be_open_on_either_side),
        award_test(a_promotions_minimum_is_one_of_the_total),
        award_test(a_promotion_may_be_for_first_orders),
        award_test(a_promotion_may_be_for_a_tier_and_those_above),
        award_test(a_promotion_may_be_for_a_store),
        award_test(where_the_base_is_0_nothing_is_added),
        award_test(each_share_is_rounded_for_itself),
        award_test(the_order_of_the_promotions_does_not_matter),
        award_test(facts_that_do_not_fit_are_left_out),
        award_test(facts_may_fill_all_their_room)
    };

    return cmocka_run_group_tests_name("promotion", tests, NULL, NULL);
}
