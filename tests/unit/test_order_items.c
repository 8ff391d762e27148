
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <order_fixture.h>

#include <stdio.h>
#include <stdlib.h>


#define ITEMS(items)  WITH("\"items\":[" items "]")
#define ITEM(sku, quantity, category)                                         \
    "{\"sku\":" sku ",\"quantity\":" quantity ",\"category\":" category "}"


static int
configure_items(void **state)
{
    configure(state);

    store.lookup.items = text("/items");
    store.lookup.item_sku = text("/sku");
    store.lookup.item_quantity = text("/quantity");
    store.lookup.item_category = text("/category");

    return 0;
}


static void
expect_text(loyalty_str_t got, const char *expected)
{
    if (!loyalty_str_equal(got, text(expected))) {
        fail_msg("\"%.*s\" is not \"%s\"", (int) got.len, got.data, expected);
    }
}


static void
items_have_sku_quantity_and_category(void **state)
{
    (void) state;

    read_order(ITEMS(ITEM("\"MUG-1\"", "2", "\"kitchen\"") ","
                     ITEM("\"TEA-7\"", "1", "\"food\"")));

    assert_int_equal(order.nitems, 2);

    expect_text(order.items[0].sku, "MUG-1");
    assert_int_equal(order.items[0].quantity, 2);
    assert_int_equal(order.items[0].ncategories, 1);
    expect_text(order.items[0].categories[0], "kitchen");

    expect_text(order.items[1].sku, "TEA-7");
    assert_int_equal(order.items[1].quantity, 1);
    assert_int_equal(order.items[1].ncategories, 1);
    expect_text(order.items[1].categories[0], "food");
}


static void
items_are_read_only_where_they_are_pointed_to(void **state)
{
    (void) state;

    store.lookup.items = text(NULL);

    read_order(ITEMS("5"));

    assert_int_equal(order.nitems, 0);
    assert_null(order.items);
}


static void
an_order_may_have_no_items(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        ITEMS(""), WITH("\"items\":null")
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        read_order(bodies[i]);
        assert_int_equal(order.nitems, 0);
        assert_null(order.items);
    }
}


static void
the_answer_is_kept_only_for_items(void **state)
{
    (void) state;

    read_order(ITEMS(""));
    assert_null(order.root);

    read_order(ITEMS(ITEM("\"MUG-1\"", "2", "null")));
    assert_non_null(order.root);

    loyalty_order_free(&order);
    expect_zeroed();
}


static void
an_order_that_is_not_paid_has_its_items(void **state)
{
    (void) state;

    expect(ORDER("1001", "\"ada@example.com\"", "\"refunded\"", "\"USD\"",
                 "1,\"items\":[" ITEM("\"MUG-1\"", "2", "null") "]"),
           NOT_PAID, 0);

    assert_int_equal(order.nitems, 1);
    expect_text(order.items[0].sku, "MUG-1");
}


static void
items_without_pointers_are_one_piece_each(void **state)
{
    (void) state;

    store.lookup.item_sku = text(NULL);
    store.lookup.item_quantity = text(NULL);
    store.lookup.item_category = text(NULL);

    read_order(ITEMS("{},{\"quantity\":5}"));

    assert_int_equal(order.nitems, 2);
    assert_int_equal(order.items[0].quantity, 1);
    assert_int_equal(order.items[1].quantity, 1);
    assert_int_equal(order.items[0].sku.len, 0);
    assert_int_equal(order.items[0].ncategories, 0);
}


static void
what_an_item_does_not_have_is_left_out(void **state)
{
    (void) state;

    read_order(ITEMS(ITEM("null", "null", "null")));

    assert_int_equal(order.items[0].sku.len, 0);
    assert_int_equal(order.items[0].quantity, 1);
    assert_int_equal(order.items[0].ncategories, 0);
}


static void
quantities_may_be_numbers_and_strings(void **state)
{
    size_t  i;

    static const struct {
        const char  *body;
        int64_t      quantity;
    } cases[] = {
        { ITEMS(ITEM("\"A\"", "0", "null")), 0 },
        { ITEMS(ITEM("\"A\"", "3", "null")), 3 },
        { ITEMS(ITEM("\"A\"", "\"3\"", "null")), 3 },
        { ITEMS(ITEM("\"A\"", "3.0", "null")), 3 },
        { ITEMS(ITEM("\"A\"", "\"3.0000\"", "null")), 3 },
        { ITEMS(ITEM("\"A\"", "1000000000", "null")), 1000000000 }
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        read_order(cases[i].body);
        assert_int_equal(order.items[0].quantity, cases[i].quantity);
    }
}


static void
quantities_do_not_depend_on_the_unit_of_amounts(void **state)
{
    (void) state;

    store.lookup.minor = 1;
    store.lookup.total = text("/cents");

    read_order(WITH("\"cents\":1,\"items\":["
                    ITEM("\"A\"", "3.0", "null") "]"));

    assert_int_equal(order.items[0].quantity, 3);
}


static void
other_quantities_are_bad_answers(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        ITEMS(ITEM("\"A\"", "-1", "null")),
        ITEMS(ITEM("\"A\"", "\"-1\"", "null")),
        ITEMS(ITEM("\"A\"", "1.5", "null")),
        ITEMS(ITEM("\"A\"", "\"1.5\"", "null")),
        ITEMS(ITEM("\"A\"", "\"\"", "null")),
        ITEMS(ITEM("\"A\"", "\"two\"", "null")),
        ITEMS(ITEM("\"A\"", "true", "null")),
        ITEMS(ITEM("\"A\"", "[]", "null")),
        ITEMS(ITEM("\"A\"", "1000000001", "null")),
        ITEMS(ITEM("\"A\"", "9223372036854775807", "null"))
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        expect_why(bodies[i], "item_quantity=/quantity");
    }
}


static void
an_item_may_be_in_many_categories(void **state)
{
    (void) state;

    read_order(ITEMS(ITEM("\"A\"", "1", "[]") ","
                     ITEM("\"B\"", "1", "[\"x\",\"y\"]") ","
                     ITEM("\"C\"", "1", "null") ","
                     ITEM("\"D\"", "1", "\"z\"") ","
                     ITEM("\"E\"", "1", "[\"1\",\"2\",\"3\",\"4\",\"5\","
                                        "\"6\",\"7\",\"8\",\"9\"]")));

    assert_int_equal(order.items[0].ncategories, 0);
    assert_int_equal(order.items[1].ncategories, 2);
    expect_text(order.items[1].categories[0], "x");
    expect_text(order.items[1].categories[1], "y");
    assert_int_equal(order.items[2].ncategories, 0);
    assert_int_equal(order.items[3].ncategories, 1);
    expect_text(order.items[3].categories[0], "z");
    assert_int_equal(order.items[4].ncategories, 9);
    expect_text(order.items[4].categories[0], "1");
    expect_text(order.items[4].categories[8], "9");
}


static void
skus_and_categories_may_be_integers(void **state)
{
    (void) state;

    read_order(ITEMS(ITEM("93", "1", "15") ","
                     ITEM("0", "1", "[-9223372036854775808,\"x\","
                                    "9223372036854775807]")));

    expect_text(order.items[0].sku, "93");
    assert_int_equal(order.items[0].ncategories, 1);
    expect_text(order.items[0].categories[0], "15");
    expect_text(order.items[1].sku, "0");
    assert_int_equal(order.items[1].ncategories, 3);
    expect_text(order.items[1].categories[0], "-9223372036854775808");
    expect_text(order.items[1].categories[1], "x");
    expect_text(order.items[1].categories[2], "9223372036854775807");
}


static void
other_categories_are_bad_answers(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        ITEMS(ITEM("\"A\"", "1", "5.0")),
        ITEMS(ITEM("\"A\"", "1", "{}")),
        ITEMS(ITEM("\"A\"", "1", "true")),
        ITEMS(ITEM("\"A\"", "1", "[\"x\",null]")),
        ITEMS(ITEM("\"A\"", "1", "[[\"x\"]]")),
        ITEMS(ITEM("\"A\"", "1", "[{\"name\":\"x\"}]")),
        ITEMS(ITEM("\"A\"", "1", "[\"x\",1.5]"))
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        expect_why(bodies[i], "item_category=/category");
    }
}


static void
other_skus_are_bad_answers(void **state)
{
    (void) state;

    expect_why(ITEMS(ITEM("5.0", "1", "null")), "item_sku=/sku");
    expect_why(ITEMS(ITEM("true", "1", "null")), "item_sku=/sku");
    expect_why(ITEMS(ITEM("{}", "1", "null")), "item_sku=/sku");
}


static void
item_pointers_without_a_place_are_bad_answers(void **state)
{
    (void) state;

    expect_why(WITH("\"x\":0"), "items=/items");
    expect_why(ITEMS("{\"quantity\":1,\"category\":null}"), "item_sku=/sku");
    expect_why(ITEMS("{\"sku\":\"A\",\"category\":null}"),
               "item_quantity=/quantity");
    expect_why(ITEMS("{\"sku\":\"A\",\"quantity\":1}"),
               "item_category=/category");
}


static void
items_must_be_an_array_of_objects(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        WITH("\"items\":{}"), WITH("\"items\":\"\""), WITH("\"items\":5"),
        ITEMS("5"), ITEMS("null"), ITEMS("[]"),
        ITEMS(ITEM("\"A\"", "1", "null") ",5")
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        expect_why(bodies[i], "items=/items");
    }
}


/* An order of "n" items, given to free(). */

static char *
many(const char *item, size_t n)
{
    char          *p, *body;
    loyalty_str_t  empty;

    empty = text(ITEMS(""));

    body = malloc(empty.len + n * (strlen(item) + 1) + 1);

    assert_non_null(body);

    p = body + empty.len - 2;

    memcpy(body, empty.data, empty.len - 2);

    while (n-- > 0) {
        p += sprintf(p, "%s,", item);
    }

    memcpy(p - 1, "]}", 3);

    return body;
}


static loyalty_order_verdict_e
judge_many(const char *item, size_t n)
{
    char                     *body;
    loyalty_order_verdict_e   verdict;

    body = many(item, n);

    verdict = ask("1001", "ada@example.com", text(body));

    free(body);

    return verdict;
}


static void
an_order_has_so_many_items_at_most(void **state)
{
    (void) state;

    store.lookup.item_sku = text(NULL);
    store.lookup.item_quantity = text(NULL);
    store.lookup.item_category = text(NULL);

    assert_int_equal(judge_many("{}", LOYALTY_ITEMS_MAX), GOOD);
    assert_int_equal(order.nitems, LOYALTY_ITEMS_MAX);

    assert_int_equal(judge_many("{}", LOYALTY_ITEMS_MAX + 1), BAD_ANSWER);
    assert_non_null(strstr(why, "too many items"));
    expect_zeroed();
}


static void
an_order_has_so_many_categories_at_most(void **state)
{
    size_t  last;

    static const char  ten[] = ITEM("7", "1", "[0,1,2,3,4,5,6,7,8,\"x\"]");
    static const char  eleven[] = ITEM("7", "1", "[0,1,2,3,4,5,6,7,8,9,10]");

    (void) state;

    last = LOYALTY_CATEGORIES_MAX / 10 - 1;

    assert_int_equal(judge_many(ten, last + 1), GOOD);
    assert_int_equal(order.nitems, last + 1);
    assert_int_equal(order.items[last].ncategories, 10);
    expect_text(order.items[last].sku, "7");
    expect_text(order.items[last].categories[0], "0");
    expect_text(order.items[last].categories[8], "8");
    expect_text(order.items[last].categories[9], "x");

    assert_int_equal(judge_many(eleven, last + 1), BAD_ANSWER);
    assert_non_null(strstr(why, "item_category=/category"));
    assert_non_null(strstr(why, "too many categories"));
    expect_zeroed();
}


static void
the_reason_holds_nothing_of_the_items(void **state)
{
    size_t  i;

    static const char  *bodies[] = {
        ITEMS("\"secret\""),
        ITEMS(ITEM("[\"secret\"]", "1", "null")),
        ITEMS(ITEM("\"A\"", "\"secret\"", "null")),
        ITEMS(ITEM("\"A\"", "1", "{\"secret\":1}"))
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        expect(bodies[i], BAD_ANSWER, 0);
        assert_null(strstr(why, "secret"));
    }
}


#define order_test(name)                                                      \
    cmocka_unit_test_setup_teardown(name, configure_items, forget)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        order_test(items_have_sku_quantity_and_category),
        order_test(items_are_read_only_where_they_are_pointed_to),
        order_test(an_order_may_have_no_items),
        order_test(the_answer_is_kept_only_for_items),
        order_test(an_order_that_is_not_paid_has_its_items),
        order_test(items_without_pointers_are_one_piece_each),
        order_test(what_an_item_does_not_have_is_left_out),
        order_test(quantities_may_be_numbers_and_strings),
        order_test(quantities_do_not_depend_on_the_unit_of_amounts),
        order_test(other_quantities_are_bad_answers),
        order_test(an_item_may_be_in_many_categories),
        order_test(skus_and_categories_may_be_integers),
        order_test(other_categories_are_bad_answers),
        order_test(other_skus_are_bad_answers),
        order_test(item_pointers_without_a_place_are_bad_answers),
        order_test(items_must_be_an_array_of_objects),
        order_test(an_order_has_so_many_items_at_most),
        order_test(an_order_has_so_many_categories_at_most),
        order_test(the_reason_holds_nothing_of_the_items)
    };

    return cmocka_run_group_tests_name("order_items", tests, NULL, NULL);
}
