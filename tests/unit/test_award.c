
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <award_fixture.h>


#define MONEY_MAX  INT64_C(999999999999999999)


static void
without_a_rule_nothing_is_earned(void **state)
{
    (void) state;

    program.nearns = 0;

    assert_int_equal(awarded(), 0);
    assert_string_equal(award.facts, "base=0");
}


static void
points_per_amount_count_whole_amounts(void **state)
{
    size_t  i;

    static const struct {
        int64_t  points;
        int64_t  per;
        int64_t  total;
        int64_t  earned;
    } cases[] = {
        { 1, 100, 0, 0 },
        { 1, 100, 99, 0 },
        { 1, 100, 100, 1 },
        { 1, 100, 6099, 60 },
        { 1, 1, 6099, 6099 },
        { 5, 1000, 6099, 30 },
        { 3, 250, 749, 6 }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        earns[0].points = cases[i].points;
        earns[0].per = cases[i].per;
        order.total = cases[i].total;

        assert_int_equal(awarded(), cases[i].earned);
    }
}


static void
points_per_amount_leave_out_what_is_not_to_count(void **state)
{
    (void) state;

    order.tax = 1000;
    order.shipping = 500;
    order.refunded = 2000;

    assert_int_equal(awarded(), 60);

    earns[0].minus = LOYALTY_MINUS_TAX;
    assert_int_equal(awarded(), 50);

    earns[0].minus = LOYALTY_MINUS_SHIPPING;
    assert_int_equal(awarded(), 55);

    earns[0].minus |= LOYALTY_MINUS_TAX;
    assert_int_equal(awarded(), 45);

    /* a refund takes its share of that when it is known */

    earns[0].minus |= LOYALTY_MINUS_REFUNDS;
    assert_int_equal(awarded(), 45);
}


static void
more_left_out_than_paid_earns_nothing(void **state)
{
    (void) state;

    earns[0].minus = LOYALTY_MINUS_TAX | LOYALTY_MINUS_SHIPPING;

    order.tax = 3000;
    order.shipping = 3099;
    earns[0].per = 1;

    assert_int_equal(awarded(), 0);

    order.shipping = 3098;

    assert_int_equal(awarded(), 1);

    order.tax = INT64_MAX;
    order.shipping = INT64_MAX;

    assert_int_equal(awarded(), 0);
}


static void
points_per_order_do_not_depend_on_its_total(void **state)
{
    (void) state;

    earns[0].kind = LOYALTY_EARN_PER_ORDER;
    earns[0].points = 10;

    assert_int_equal(awarded(), 10);

    order.total = 0;

    assert_int_equal(awarded(), 10);

    order.total = MONEY_MAX;

    assert_int_equal(awarded(), 10);
}


static void
a_limit_is_how_many_orders_count(void **state)
{
    (void) state;

    earns[0].kind = LOYALTY_EARN_PER_ORDER;
    earns[0].points = 10;
    earns[0].limit = 2;
    earns[0].window = 86400;

    assert_int_equal(awarded(), 10);

    earner.earlier[0] = 1;
    assert_int_equal(awarded(), 10);

    earner.earlier[0] = 2;
    assert_int_equal(awarded(), 0);

    earner.earlier[0] = 3;
    assert_int_equal(awarded(), 0);

    earns[0].limit = 0;
    earns[0].window = 0;
    assert_int_equal(awarded(), 10);
}


static void
each_rule_has_a_limit_of_its_own(void **state)
{
    int  i;

    (void) state;

    for (i = 0; i < LOYALTY_EARNS_MAX; i++) {
        earns[i].kind = LOYALTY_EARN_PER_ORDER;
        earns[i].points = INT64_C(1) << i;
        earns[i].limit = 1;
        earns[i].window = 60;
    }

    program.nearns = LOYALTY_EARNS_MAX;

    assert_int_equal(awarded(), (1 << LOYALTY_EARNS_MAX) - 1);

    earner.earlier[0] = 1;
    earner.earlier[15] = 1;

    assert_int_equal(awarded(), (1 << LOYALTY_EARNS_MAX) - 2 - (1 << 15));
}


static void
the_minimum_is_one_of_the_total(void **state)
{
    int  kind;

    loyalty_item_t  item;

    (void) state;

    memset(&item, 0, sizeof(loyalty_item_t));

    item.quantity = 1;

    order.items = &item;
    order.nitems = 1;
    order.tax = 1000;

    earns[0].min = 6099;
    earns[0].minus = LOYALTY_MINUS_TAX;

    for (kind = LOYALTY_EARN_PER_AMOUNT; kind <= LOYALTY_EARN_PER_ITEM;
         kind++)
    {
        earns[0].kind = kind;

        order.total = 6099;
        assert_true(awarded() > 0);

        order.total = 6098;
        assert_int_equal(awarded(), 0);
    }
}


static void
points_per_item_count_quantities(void **state)
{
    loyalty_item_t  items[3];

    (void) state;

    memset(items, 0, sizeof(items));

    items[0].sku = text("MUG");
    items[0].quantity = 2;
    items[1].sku = text("CUP");
    items[1].quantity = 3;
    items[2].sku = text("MUG");
    items[2].quantity = 5;

    order.items = items;
    order.nitems = elements_of(items);

    earns[0].kind = LOYALTY_EARN_PER_ITEM;
    earns[0].points = 7;

    assert_int_equal(awarded(), 70);

    items[2].quantity = 0;
    assert_int_equal(awarded(), 35);

    order.nitems = 0;
    assert_int_equal(awarded(), 0);
}


static void
items_count_by_sku_or_category(void **state)
{
    size_t          i;
    loyalty_item_t  items[6];

    static const loyalty_str_t  cooking[] = {
        loyalty_string("kitchen"), loyalty_string("coffee")
    };

    static const loyalty_str_t  capital = loyalty_string("Tea");

    static const loyalty_str_t  skus[] = {
        loyalty_string("MUG"), loyalty_string("CUP")
    };

    static const loyalty_str_t  categories[] = {
        loyalty_string("tea"), loyalty_string("coffee")
    };

    (void) state;

    memset(items, 0, sizeof(items));

    for (i = 0; i < elements_of(items); i++) {
        items[i].quantity = INT64_C(1) << (4 * i);
    }

    items[0].sku = text("CUP");
    items[1].sku = text("cup");
    items[2].sku = text("CUP-2");
    items[3].sku = text("TIN");
    items[3].categories = cooking;
    items[3].ncategories = elements_of(cooking);
    items[4].sku = text("MUG");
    items[4].categories = categories;
    items[4].ncategories = 1;
    items[5].categories = &capital;
    items[5].ncategories = 1;

    order.items = items;
    order.nitems = elements_of(items);

    earns[0].kind = LOYALTY_EARN_PER_ITEM;

    assert_int_equal(awarded(), 0x111111);

    earns[0].skus = skus;
    earns[0].nskus = elements_of(skus);

    assert_int_equal(awarded(), 0x010001);

    earns[0].categories = categories;
    earns[0].ncategories = elements_of(categories);

    assert_int_equal(awarded(), 0x011001);

    earns[0].nskus = 0;

    assert_int_equal(awarded(), 0x011000);
}


static void
the_last_category_of_an_item_counts_too(void **state)
{
    loyalty_item_t              item;
    static const loyalty_str_t  tea = loyalty_string("tea");
    static loyalty_str_t        categories[LOYALTY_CATEGORIES_MAX];

    (void) state;

    memset(&item, 0, sizeof(loyalty_item_t));

    categories[LOYALTY_CATEGORIES_MAX - 1] = tea;

    item.quantity = 1;
    item.categories = categories;
    item.ncategories = LOYALTY_CATEGORIES_MAX;

    order.items = &item;
    order.nitems = 1;

    earns[0].kind = LOYALTY_EARN_PER_ITEM;
    earns[0].categories = &tea;
    earns[0].ncategories = 1;

    assert_int_equal(awarded(), 1);

    item.ncategories--;

    assert_int_equal(awarded(), 0);
}


static void
rules_of_all_kinds_add_up(void **state)
{
    loyalty_item_t  item;

    (void) state;

    memset(&item, 0, sizeof(loyalty_item_t));

    item.quantity = 3;

    order.items = &item;
    order.nitems = 1;

    earns[1].kind = LOYALTY_EARN_PER_ORDER;
    earns[1].points = 10;
    earns[2].kind = LOYALTY_EARN_PER_ITEM;
    earns[2].points = 100;

    program.nearns = 3;

    assert_int_equal(awarded(), 60 + 10 + 300);
    assert_string_equal(award.facts, "base=370");
}


static void
a_tier_adds_its_share_of_the_base(void **state)
{
    (void) state;

    order.total = 6199;
    earner.tier = &tiers[1];

    assert_int_equal(awarded(), 61 + 30);
    assert_string_equal(award.facts, "base=61 tier.gold=30");
}


static void
a_tier_without_a_multiplier_adds_nothing(void **state)
{
    (void) state;

    earner.tier = &tiers[0];

    assert_int_equal(awarded(), 60);
    assert_string_equal(award.facts, "base=60");
}


static void
the_best_membership_adds_its_share(void **state)
{
    (void) state;

    earner.memberships = PLUS;

    assert_int_equal(awarded(), 75);
    assert_string_equal(award.facts, "base=60 membership.plus=15");

    earner.memberships = PLUS | CLUB;

    assert_int_equal(awarded(), 120);
    assert_string_equal(award.facts, "base=60 membership.club=60");
}


static void
memberships_that_are_gone_add_nothing(void **state)
{
    (void) state;

    earner.memberships = ~(uint32_t) (PLUS | CLUB);

    assert_int_equal(awarded(), 60);
    assert_string_equal(award.facts, "base=60");
}


static void
points_never_pass_their_maximum(void **state)
{
    size_t          i;
    loyalty_item_t  items[2];

    static const loyalty_promotion_t  promotions[] = {
        { .multiplier = LOYALTY_MULTIPLIER_MAX, .bonus = LOYALTY_POINTS_MAX },
        { .multiplier = LOYALTY_MULTIPLIER_MAX, .bonus = LOYALTY_POINTS_MAX }
    };

    (void) state;

    memset(items, 0, sizeof(items));

    items[0].quantity = INT64_MAX;
    items[1].quantity = INT64_MAX;

    order.total = INT64_MAX;
    order.items = items;
    order.nitems = elements_of(items);

    for (i = 0; i < LOYALTY_EARNS_MAX; i++) {
        earns[i].kind = (i % 2) ? LOYALTY_EARN_PER_ITEM
                                : LOYALTY_EARN_PER_AMOUNT;
        earns[i].points = (i % 3) ? LOYALTY_POINTS_MAX : 1;
        earns[i].per = 1;
    }

    for (i = 0; i < LOYALTY_EARNS_MAX; i++) {
        program.earns = &earns[i];
        program.nearns = LOYALTY_EARNS_MAX - i;

        assert_int_equal(awarded(), LOYALTY_POINTS_MAX);
    }

    promote(promotions, elements_of(promotions));

    assert_int_equal(awarded(), LOYALTY_POINTS_MAX);

    order.total = 1;
    order.nitems = 0;
    program.earns = earns;
    program.nearns = 1;

    assert_int_equal(awarded(), LOYALTY_POINTS_MAX);
}


static void
a_membership_is_bought_as_an_item(void **state)
{
    loyalty_item_t  items[3];

    (void) state;

    memset(items, 0, sizeof(items));

    items[0].sku = text("MUG");
    items[0].quantity = 9;
    items[1].sku = text("CLUB-1");
    items[1].quantity = 1;
    items[2].sku = text("CLUB-1");
    items[2].quantity = 2;

    order.items = items;
    order.nitems = elements_of(items);

    assert_int_equal(loyalty_award_membership(&memberships[1], &order), 3);
}


static void
an_order_may_buy_several_memberships(void **state)
{
    loyalty_item_t  items[2];

    (void) state;

    memset(items, 0, sizeof(items));

    items[0].sku = text("CLUB-1");
    items[0].quantity = 4;
    items[1].sku = text("PLUS-1");
    items[1].quantity = 1;

    order.items = items;
    order.nitems = elements_of(items);

    assert_int_equal(loyalty_award_membership(&memberships[0], &order), 1);
    assert_int_equal(loyalty_award_membership(&memberships[1], &order), 4);

    items[1].quantity = 0;

    assert_int_equal(loyalty_award_membership(&memberships[0], &order), 0);
    assert_int_equal(loyalty_award_membership(&memberships[1], &order), 4);
}


static void
an_order_without_its_item_buys_no_membership(void **state)
{
    loyalty_item_t  item;

    (void) state;

    assert_int_equal(loyalty_award_membership(&memberships[0], &order), 0);

    memset(&item, 0, sizeof(loyalty_item_t));

    item.sku = text("plus-1");
    item.quantity = 1;

    order.items = &item;
    order.nitems = 1;

    assert_int_equal(loyalty_award_membership(&memberships[0], &order), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        award_test(without_a_rule_nothing_is_earned),
        award_test(points_per_amount_count_whole_amounts),
        award_test(points_per_amount_leave_out_what_is_not_to_count),
        award_test(more_left_out_than_paid_earns_nothing),
        award_test(points_per_order_do_not_depend_on_its_total),
        award_test(a_limit_is_how_many_orders_count),
        award_test(each_rule_has_a_limit_of_its_own),
        award_test(the_minimum_is_one_of_the_total),
        award_test(points_per_item_count_quantities),
        award_test(items_count_by_sku_or_category),
        award_test(the_last_category_of_an_item_counts_too),
        award_test(rules_of_all_kinds_add_up),
        award_test(a_tier_adds_its_share_of_the_base),
        award_test(a_tier_without_a_multiplier_adds_nothing),
        award_test(the_best_membership_adds_its_share),
        award_test(memberships_that_are_gone_add_nothing),
        award_test(points_never_pass_their_maximum),
        award_test(a_membership_is_bought_as_an_item),
        award_test(an_order_may_buy_several_memberships),
        award_test(an_order_without_its_item_buys_no_membership)
    };

    return cmocka_run_group_tests_name("award", tests, NULL, NULL);
}
