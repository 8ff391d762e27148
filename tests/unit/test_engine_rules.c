
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>
#include <loyalty_award.h>

#include <stdio.h>


#define YEAR  (365 * DAY)

#define PLUS  "[{\"sku\":\"PLUS\",\"quantity\":1}]"


static loyalty_command_t *
claim(shop_t *shop, const char *order)
{
    return shop_expect(shop, shop_claim(shop, ADA, order, 6099),
                       LOYALTY_CLAIMED);
}


static int64_t
earned(shop_t *shop, const char *order)
{
    return claim(shop, order)->result.earned;
}


static loyalty_command_t *
balance(shop_t *shop)
{
    return shop_expect(shop, shop_balance(shop, ADA), LOYALTY_BALANCE);
}


static void
expect_facts(shop_t *shop, const char *order, const char *expected)
{
    char  sql[128], facts[LOYALTY_AWARD_FACTS_SIZE];

    (void) snprintf(sql, sizeof(sql), "SELECT facts FROM claim "
                    "WHERE number = '%s'", order);
    shop_sql_text(shop, sql, facts, sizeof(facts));

    assert_string_equal(facts, expected);
}


static void
rules_of_earning_add_up(void **state)
{
    shop_t  *shop = *state;

    shop->earns[1].kind = LOYALTY_EARN_PER_ORDER;
    shop->earns[1].points = 10;
    shop->earns[2].kind = LOYALTY_EARN_PER_ITEM;
    shop->earns[2].points = 5;
    shop->program.nearns = 3;

    shop_member(shop, ADA, 0);

    shop_expect(shop, shop_claim_items(shop, ADA, "1", 6099,
                                       "[{\"sku\":\"a\",\"quantity\":2}]"),
                LOYALTY_CLAIMED);

    expect_facts(shop, "1", "base=80");
}


static void
the_first_order_is_promoted_once(void **state)
{
    shop_t  *shop = *state;

    shop->promotions[0].id = text("welcome");
    shop->promotions[0].bonus = 50;
    shop->promotions[0].first_order = 1;
    shop->program.npromotions = 1;

    shop_member(shop, ADA, 0);

    assert_int_equal(earned(shop, "1"), 110);
    assert_int_equal(earned(shop, "2"), 60);
    expect_facts(shop, "1", "base=60 promotion.welcome=50");
    expect_facts(shop, "2", "base=60");
}


static void
a_promotion_is_on_for_its_time(void **state)
{
    shop_t  *shop = *state;

    shop->promotions[0].id = text("weekend");
    shop->promotions[0].multiplier = 2000;
    shop->promotions[0].from = CHRISTMAS;
    shop->promotions[0].until = CHRISTMAS + DAY;
    shop->program.npromotions = 1;

    shop_member(shop, ADA, 0);

    shop->now = CHRISTMAS - 1;
    assert_int_equal(earned(shop, "1"), 60);
    shop->now = CHRISTMAS;
    assert_int_equal(earned(shop, "2"), 120);
    shop->now = CHRISTMAS + DAY - 1;
    assert_int_equal(earned(shop, "3"), 120);
    shop->now = CHRISTMAS + DAY;
    assert_int_equal(earned(shop, "4"), 60);
}


/* Silver from 50 points on, which earns half as much again, and gold. */

static void
have_tiers(shop_t *shop)
{
    shop->tiers[0].id = text("silver");
    shop->tiers[0].threshold = 50;
    shop->tiers[0].multiplier = 1500;
    shop->tiers[1].id = text("gold");
    shop->tiers[1].threshold = 150;
    shop->program.ladder.ntiers = 2;
}


static void
points_earned_make_a_tier(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_tiers(shop);
    shop_member(shop, ADA, 0);

    c = balance(shop);
    assert_null(c->result.tier);
    assert_ptr_equal(c->result.next_tier, &shop->tiers[0]);
    assert_int_equal(c->result.tier_missing, 50);

    c = claim(shop, "1");
    assert_ptr_equal(c->result.tier, &shop->tiers[0]);
    assert_ptr_equal(c->result.next_tier, &shop->tiers[1]);
    assert_int_equal(c->result.tier_missing, 90);
    assert_true(answer_says(c, "\"tier\":\"silver\""));
}


/* The order that brings the tier is not one of it yet. */

static void
orders_earn_by_the_tier_from_before(void **state)
{
    shop_t  *shop = *state;

    have_tiers(shop);
    shop_member(shop, ADA, 0);

    assert_int_equal(earned(shop, "1"), 60);
    assert_int_equal(earned(shop, "2"), 90);
    expect_facts(shop, "2", "base=60 tier.silver=30");
}


static void
spending_keeps_the_tier(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_tiers(shop);
    shop_member(shop, ADA, 200);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(c->result.points, 0);
    assert_ptr_equal(c->result.tier, &shop->tiers[1]);
}


static void
a_tier_lasts_until_the_next_window_has_passed(void **state)
{
    shop_t  *shop = *state;

    have_tiers(shop);
    shop->program.ladder.window = LOYALTY_WINDOW_TIME;
    shop->program.ladder.length = YEAR;

    shop_member(shop, ADA, 0);
    (void) claim(shop, "1");

    shop->now = CHRISTMAS + 2 * YEAR - 1;
    assert_ptr_equal(balance(shop)->result.tier, &shop->tiers[0]);

    shop->now++;
    assert_null(balance(shop)->result.tier);
}


static void
a_tier_is_kept_by_earning_in_each_window(void **state)
{
    int      i;
    char     order[2] = "1";
    shop_t  *shop = *state;

    have_tiers(shop);
    shop->program.ladder.window = LOYALTY_WINDOW_TIME;
    shop->program.ladder.length = YEAR;

    shop_member(shop, ADA, 0);

    for (i = 0; i < 4; i++) {
        (void) claim(shop, order);
        order[0]++;
        shop->now += YEAR;
        assert_ptr_equal(balance(shop)->result.tier, &shop->tiers[0]);
    }
}


static void
grace_keeps_a_tier_for_a_while(void **state)
{
    shop_t  *shop = *state;

    have_tiers(shop);
    shop->program.ladder.window = LOYALTY_WINDOW_TIME;
    shop->program.ladder.length = YEAR;
    shop->program.ladder.grace = 30 * DAY;

    shop_member(shop, ADA, 0);
    (void) claim(shop, "1");

    shop->now = CHRISTMAS + 2 * YEAR + 30 * DAY - 1;
    assert_ptr_equal(balance(shop)->result.tier, &shop->tiers[0]);

    shop->now++;
    assert_null(balance(shop)->result.tier);
}


static void
have_membership(shop_t *shop)
{
    shop->memberships[0].id = text("plus");
    shop->memberships[0].sku = text("PLUS");
    shop->memberships[0].lasts = YEAR;
    shop->memberships[0].multiplier = 2000;
    shop->memberships[0].discount = 10;
    shop->program.nmemberships = 1;
}


static loyalty_command_t *
buy(shop_t *shop, const char *order, const char *items)
{
    return shop_expect(shop, shop_claim_items(shop, ADA, order, 6099, items),
                       LOYALTY_CLAIMED);
}


static void
a_membership_is_bought_as_an_item(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_membership(shop);
    shop_member(shop, ADA, 0);

    c = buy(shop, "1", "[{\"sku\":\"SOAP\",\"quantity\":1}]");
    assert_int_equal(c->result.memberships, 0);

    c = buy(shop, "2", PLUS);
    assert_int_equal(c->result.memberships, 1);
    assert_int_equal(c->result.membership_until, CHRISTMAS + YEAR);
    assert_true(answer_says(c, "\"membership\":\"plus\""));
}


static void
a_membership_ends_at_the_second(void **state)
{
    shop_t  *shop = *state;

    have_membership(shop);
    shop_member(shop, ADA, 0);
    (void) buy(shop, "1", PLUS);

    shop->now += YEAR - 1;
    assert_int_equal(balance(shop)->result.memberships, 1);

    shop->now++;
    assert_int_equal(balance(shop)->result.memberships, 0);
    assert_int_equal(balance(shop)->result.membership_until, 0);
}


static void
another_one_extends_a_membership(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_membership(shop);
    shop_member(shop, ADA, 0);
    (void) buy(shop, "1", PLUS);

    shop->now += 100 * DAY;
    c = buy(shop, "2", PLUS);
    assert_int_equal(c->result.membership_until, CHRISTMAS + 2 * YEAR);

    c = buy(shop, "3", "[{\"sku\":\"PLUS\",\"quantity\":2}]");
    assert_int_equal(c->result.membership_until, CHRISTMAS + 4 * YEAR);
}


static void
an_ended_membership_begins_anew(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_membership(shop);
    shop_member(shop, ADA, 0);
    (void) buy(shop, "1", PLUS);

    shop->now += 2 * YEAR;
    c = buy(shop, "2", PLUS);

    assert_int_equal(c->result.membership_until, CHRISTMAS + 3 * YEAR);
}


static void
no_order_extends_a_membership_without_end(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_membership(shop);
    shop_member(shop, ADA, 0);

    c = buy(shop, "1", "[{\"sku\":\"PLUS\",\"quantity\":1000000000},"
                       "{\"sku\":\"PLUS\",\"quantity\":1000000000}]");

    assert_int_equal(c->result.memberships, 1);
    assert_int_equal(c->result.membership_until,
                     CHRISTMAS + LOYALTY_MEMBERSHIP_SECONDS_MAX);
}


static void
orders_earn_more_from_the_one_after_the_membership_on(void **state)
{
    shop_t  *shop = *state;

    have_membership(shop);
    shop_member(shop, ADA, 0);

    assert_int_equal(buy(shop, "1", PLUS)->result.earned, 60);
    assert_int_equal(earned(shop, "2"), 120);

    shop->now += YEAR;
    assert_int_equal(earned(shop, "3"), 60);
}


static void
rewards_cost_less_with_a_membership(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_membership(shop);
    shop_member(shop, ADA, 120);
    (void) buy(shop, "1", PLUS);

    c = shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);

    assert_int_equal(c->result.spent, 180);
    assert_int_equal(c->result.points, 0);
}


static void
have_badge(shop_t *shop, loyalty_badge_e kind, int64_t count, int64_t window)
{
    shop->badges[0].id = text("regular");
    shop->badges[0].name = text("Regular");
    shop->badges[0].kind = kind;
    shop->badges[0].count = count;
    shop->badges[0].window = window;
    shop->badges[0].bonus = 25;
    shop->program.nbadges = 1;

    if (kind == LOYALTY_BADGE_STREAK) {
        shop->program.streak = window;
    }
}


static void
expect_badges(const loyalty_command_t *c, uint64_t badges, uint64_t new)
{
    assert_int_equal(c->result.badges, badges);
    assert_int_equal(c->result.new_badges, new);
}


static void
orders_bring_a_badge_with_its_bonus_once(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_badge(shop, LOYALTY_BADGE_ORDERS, 2, 0);
    shop_member(shop, ADA, 0);

    expect_badges(claim(shop, "1"), 0, 0);

    c = claim(shop, "2");
    expect_badges(c, 1, 1);
    assert_int_equal(c->result.earned, 85);
    assert_true(answer_says(c, "\"id\":\"regular\""));

    c = claim(shop, "3");
    expect_badges(c, 1, 0);
    assert_int_equal(c->result.earned, 60);
    expect_badges(balance(shop), 1, 0);
}


static void
orders_for_a_badge_may_have_to_be_close(void **state)
{
    shop_t  *shop = *state;

    have_badge(shop, LOYALTY_BADGE_ORDERS, 2, 7 * DAY);
    shop_member(shop, ADA, 0);

    expect_badges(claim(shop, "1"), 0, 0);
    shop->now += 7 * DAY;
    expect_badges(claim(shop, "2"), 0, 0);
    shop->now += 7 * DAY - 1;
    expect_badges(claim(shop, "3"), 1, 1);
}


static void
a_badge_may_bring_no_points(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_badge(shop, LOYALTY_BADGE_ORDERS, 1, 0);
    shop->badges[0].bonus = 0;
    shop_member(shop, ADA, 0);

    c = claim(shop, "1");
    expect_badges(c, 1, 1);
    assert_int_equal(c->result.earned, 60);
}


static void
orders_in_a_row_bring_a_badge(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_badge(shop, LOYALTY_BADGE_STREAK, 3, 7 * DAY);
    shop_member(shop, ADA, 0);

    (void) claim(shop, "1");
    shop->now += DAY;
    assert_int_equal(claim(shop, "2")->result.streak, 1);
    shop->now += 6 * DAY;
    assert_int_equal(claim(shop, "3")->result.streak, 2);
    shop->now += 7 * DAY;
    c = claim(shop, "4");

    assert_int_equal(c->result.streak, 3);
    expect_badges(c, 1, 1);
}


static void
a_missed_period_ends_a_streak(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_badge(shop, LOYALTY_BADGE_STREAK, 3, 7 * DAY);
    shop_member(shop, ADA, 0);

    (void) claim(shop, "1");
    shop->now += 7 * DAY;
    (void) claim(shop, "2");
    shop->now += 14 * DAY;
    assert_int_equal(balance(shop)->result.streak, 0);
    c = claim(shop, "3");

    assert_int_equal(c->result.streak, 1);
    expect_badges(c, 0, 0);
}


static void
what_a_program_has_no_more_is_not_shown(void **state)
{
    shop_t  *shop = *state;

    have_badge(shop, LOYALTY_BADGE_ORDERS, 1, 0);
    have_membership(shop);
    shop_member(shop, ADA, 0);
    (void) buy(shop, "1", PLUS);

    shop->program.nbadges = 0;
    shop->program.nmemberships = 0;
    shop_reload(shop);

    expect_badges(balance(shop), 0, 0);
    assert_int_equal(balance(shop)->result.memberships, 0);
    assert_int_equal(earned(shop, "2"), 60);
}


/* The second one takes euros, of which one is worth 1.10 dollars. */

static void
have_stores(shop_t *shop)
{
    shop->stores[0].id = text("us");
    shop->stores[1].id = text("eu");
    shop->stores[1].currency = text("EUR");
    shop->stores[1].rate = 1100000;
    shop->program.nstores = 2;
}


static void
another_currency_is_reckoned_in_that_of_the_program(void **state)
{
    char                buffer[64];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_stores(shop);
    shop_member(shop, ADA, 0);

    c = shop_expect(shop, shop_claim_at(shop, "eu", ADA, "1", 10000),
                    LOYALTY_CLAIMED);
    assert_int_equal(c->result.earned, 110);

    shop_sql_text(shop, "SELECT claim.store || ' ' || currency || ' ' "
                        "|| total || ' ' || ledger.store FROM claim "
                        "JOIN ledger ON reference = number", buffer,
                  sizeof(buffer));

    assert_string_equal(buffer, "eu USD 11000 eu");
}


static void
each_store_has_order_numbers_of_its_own(void **state)
{
    shop_t  *shop = *state;

    have_stores(shop);
    shop_member(shop, ADA, 0);

    shop_expect(shop, shop_claim_at(shop, "eu", ADA, "1", 10000),
                LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim_at(shop, "us", ADA, "1", 10000),
                LOYALTY_CLAIMED);
    shop_expect(shop, shop_claim_at(shop, "eu", ADA, "1", 10000),
                LOYALTY_ALREADY_CLAIMED);

    assert_int_equal(balance(shop)->result.points, 210);
}


static void
a_promotion_may_be_of_one_store(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    have_stores(shop);
    shop->promotions[0].id = text("opening");
    shop->promotions[0].bonus = 7;
    shop->promotions[0].store = text("eu");
    shop->program.npromotions = 1;

    shop_member(shop, ADA, 0);

    c = shop_expect(shop, shop_claim_at(shop, "us", ADA, "1", 10000),
                    LOYALTY_CLAIMED);
    assert_int_equal(c->result.earned, 100);

    c = shop_expect(shop, shop_claim_at(shop, "eu", ADA, "1", 10000),
                    LOYALTY_CLAIMED);
    assert_int_equal(c->result.earned, 117);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(rules_of_earning_add_up),
        shop_test(the_first_order_is_promoted_once),
        shop_test(a_promotion_is_on_for_its_time),
        shop_test(points_earned_make_a_tier),
        shop_test(orders_earn_by_the_tier_from_before),
        shop_test(spending_keeps_the_tier),
        shop_test(a_tier_lasts_until_the_next_window_has_passed),
        shop_test(a_tier_is_kept_by_earning_in_each_window),
        shop_test(grace_keeps_a_tier_for_a_while),
        shop_test(a_membership_is_bought_as_an_item),
        shop_test(a_membership_ends_at_the_second),
        shop_test(another_one_extends_a_membership),
        shop_test(an_ended_membership_begins_anew),
        shop_test(no_order_extends_a_membership_without_end),
        shop_test(orders_earn_more_from_the_one_after_the_membership_on),
        shop_test(rewards_cost_less_with_a_membership),
        shop_test(orders_bring_a_badge_with_its_bonus_once),
        shop_test(orders_for_a_badge_may_have_to_be_close),
        shop_test(a_badge_may_bring_no_points),
        shop_test(orders_in_a_row_bring_a_badge),
        shop_test(a_missed_period_ends_a_streak),
        shop_test(what_a_program_has_no_more_is_not_shown),
        shop_test(another_currency_is_reckoned_in_that_of_the_program),
        shop_test(each_store_has_order_numbers_of_its_own),
        shop_test(a_promotion_may_be_of_one_store)
    };

    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
