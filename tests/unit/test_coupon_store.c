
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_coupon_store.h>

#include <stdio.h>


#define CODE  "7H2KX9M4PQ3RTVWY"


/* As Vendure and WooCommerce are asked. */

static loyalty_coupon_store_t  vendure, woocommerce, by_path;


static int
stores(void **state)
{
    vendure.made = text("/data/createPromotion/couponCode");
    vendure.list = text("/data/promotions/items");
    vendure.code = text("/couponCode");

    woocommerce.made = text("/code");
    woocommerce.list = text("");
    woocommerce.code = text("/code");

    by_path.made = text("/code");
    by_path.code = text("/coupon/code");

    *state = NULL;

    return 0;
}


static void
made(const loyalty_coupon_store_t *store, const char *body,
    loyalty_coupon_verdict_e expected)
{
    loyalty_coupon_verdict_e  verdict;

    verdict = loyalty_coupon_made(store, text(CODE), text(body));

    if (verdict != expected) {
        fail_msg("%s is %d instead of %d", body, verdict, expected);
    }
}


static void
found(const loyalty_coupon_store_t *store, const char *body,
    loyalty_coupon_verdict_e expected)
{
    loyalty_coupon_verdict_e  verdict;

    verdict = loyalty_coupon_found(store, text(CODE), text(body));

    if (verdict != expected) {
        fail_msg("%s is %d instead of %d", body, verdict, expected);
    }
}


static void
the_code_in_the_answer_is_a_coupon_made(void **state)
{
    (void) state;

    made(&vendure, "{\"data\":{\"createPromotion\":{\"couponCode\":\"" CODE
         "\"}}}", LOYALTY_COUPON_THERE);
    made(&woocommerce, "{\"id\":9,\"code\":\"" CODE "\",\"amount\":\"100\"}",
         LOYALTY_COUPON_THERE);
}


static void
case_does_not_matter(void **state)
{
    (void) state;

    made(&woocommerce, "{\"code\":\"7h2kx9m4pq3rtvwy\"}",
         LOYALTY_COUPON_THERE);
    found(&woocommerce, "[{\"code\":\"7h2kx9M4pq3RTvwy\"}]",
          LOYALTY_COUPON_THERE);
}


/* Neither a part of it nor something longer. */

static void
another_code_is_not_it(void **state)
{
    size_t       i;
    static char  body[64];
    const char  *others[] = {
        "", "7H2KX9M4PQ3RTVW", CODE "X", "7H2KX9M4PQ3RTVWZ",
        CODE "\\u0000", (" " CODE)
    };

    (void) state;

    for (i = 0; i < elements_of(others); i++) {
        (void) snprintf(body, sizeof(body), "[{\"code\":\"%s\"}]", others[i]);

        found(&woocommerce, body,
              (i == 4) ? LOYALTY_COUPON_UNCLEAR : LOYALTY_COUPON_ABSENT);
    }
}


static void
json_without_the_code_is_a_no_to_the_wish(void **state)
{
    (void) state;

    made(&vendure, "{\"data\":{\"createPromotion\":{\"errorCode\":"
         "\"MISSING_CONDITIONS_ERROR\"}}}", LOYALTY_COUPON_ABSENT);
    made(&vendure, "{\"errors\":[{\"message\":\"FORBIDDEN\"}],"
         "\"data\":null}", LOYALTY_COUPON_ABSENT);
    made(&vendure, "{\"data\":{\"createPromotion\":{\"couponCode\":null}}}",
         LOYALTY_COUPON_ABSENT);
    made(&woocommerce, "{\"code\":\"woocommerce_rest_coupon_code_exists\"}",
         LOYALTY_COUPON_ABSENT);
    made(&woocommerce, "{\"code\":1}", LOYALTY_COUPON_ABSENT);
    made(&woocommerce, "[]", LOYALTY_COUPON_ABSENT);
}


static void
a_code_beside_errors_is_there(void **state)
{
    (void) state;

    made(&vendure, "{\"errors\":[{\"message\":\"mail\"}],\"data\":"
         "{\"createPromotion\":{\"couponCode\":\"" CODE "\"}}}",
         LOYALTY_COUPON_THERE);
    found(&vendure, "{\"errors\":[{\"message\":\"x\"}],\"data\":"
          "{\"promotions\":{\"items\":[{\"couponCode\":\"" CODE "\"}]}}}",
          LOYALTY_COUPON_THERE);
}


static void
what_is_no_json_is_unclear(void **state)
{
    size_t       i;
    const char  *bodies[] = {
        "", "<html>login</html>", "{\"code\":\"" CODE "\"",
        "{\"code\":\"" CODE "\"}{}", "{\"code\":\"" CODE "\",\"code\":1}",
        "\xff"
    };

    (void) state;

    for (i = 0; i < elements_of(bodies); i++) {
        made(&woocommerce, bodies[i], LOYALTY_COUPON_UNCLEAR);
        found(&woocommerce, bodies[i], LOYALTY_COUPON_UNCLEAR);
    }
}


static void
a_list_has_it_or_has_it_not(void **state)
{
    (void) state;

    found(&woocommerce, "[{\"code\":\"A\"},{\"code\":\"" CODE "\"}]",
          LOYALTY_COUPON_THERE);
    found(&woocommerce, "[{\"id\":1},{\"code\":\"" CODE "\"}]",
          LOYALTY_COUPON_THERE);

    found(&woocommerce, "[]", LOYALTY_COUPON_ABSENT);
    found(&woocommerce, "[{\"code\":\"A\"},{\"code\":\"B\"}]",
          LOYALTY_COUPON_ABSENT);
    found(&vendure, "{\"data\":{\"promotions\":{\"items\":[]}}}",
          LOYALTY_COUPON_ABSENT);
    found(&vendure, "{\"data\":{\"promotions\":{\"items\":"
          "[{\"couponCode\":null}]}}}", LOYALTY_COUPON_ABSENT);
    found(&vendure, "{\"data\":{\"promotions\":null}}",
          LOYALTY_COUPON_ABSENT);
}


/* It must not be taken for one without the coupon, which is then made. */

static void
a_list_that_is_not_understood_is_unclear(void **state)
{
    (void) state;

    found(&vendure, "{\"errors\":[{\"message\":\"FORBIDDEN\"}],"
          "\"data\":null}", LOYALTY_COUPON_UNCLEAR);
    found(&vendure, "{\"errors\":[{\"message\":\"x\"}],\"data\":"
          "{\"promotions\":{\"items\":[]}}}", LOYALTY_COUPON_UNCLEAR);
    found(&vendure, "{\"data\":{\"orders\":{\"items\":[]}}}",
          LOYALTY_COUPON_UNCLEAR);
    found(&vendure, "{\"data\":{\"promotions\":{\"items\":{}}}}",
          LOYALTY_COUPON_UNCLEAR);
    found(&vendure, "{\"data\":{\"promotions\":{\"items\":"
          "[{\"coupon\":\"" CODE "\"}]}}}", LOYALTY_COUPON_UNCLEAR);
    found(&woocommerce, "[{\"code\":7}]", LOYALTY_COUPON_UNCLEAR);
    found(&woocommerce, "[\"" CODE "\"]", LOYALTY_COUPON_UNCLEAR);
    found(&woocommerce, "{\"code\":\"rest_forbidden\"}",
          LOYALTY_COUPON_UNCLEAR);
}


static void
without_a_list_there_is_one_place(void **state)
{
    (void) state;

    found(&by_path, "{\"coupon\":{\"code\":\"" CODE "\"}}",
          LOYALTY_COUPON_THERE);
    found(&by_path, "{\"coupon\":{\"code\":\"OTHER\"}}",
          LOYALTY_COUPON_ABSENT);
    found(&by_path, "{\"coupon\":null}", LOYALTY_COUPON_ABSENT);
    found(&by_path, "{\"coupon\":null,\"errors\":[]}",
          LOYALTY_COUPON_ABSENT);
    found(&by_path, "{\"coupon\":null,\"errors\":[{}]}",
          LOYALTY_COUPON_UNCLEAR);
    found(&by_path, "{\"message\":\"not found\"}", LOYALTY_COUPON_UNCLEAR);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(the_code_in_the_answer_is_a_coupon_made),
        cmocka_unit_test(case_does_not_matter),
        cmocka_unit_test(another_code_is_not_it),
        cmocka_unit_test(json_without_the_code_is_a_no_to_the_wish),
        cmocka_unit_test(a_code_beside_errors_is_there),
        cmocka_unit_test(what_is_no_json_is_unclear),
        cmocka_unit_test(a_list_has_it_or_has_it_not),
        cmocka_unit_test(a_list_that_is_not_understood_is_unclear),
        cmocka_unit_test(without_a_list_there_is_one_place)
    };

    return cmocka_run_group_tests_name("coupon store", tests, stores, NULL);
}
