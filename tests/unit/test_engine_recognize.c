
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <engine_fixture.h>


static char  address[LOYALTY_EMAIL_MAX];


/* Whose code it is. */

static loyalty_command_t *
recognize(shop_t *shop, const char *code, loyalty_outcome_e outcome)
{
    loyalty_command_t  *c;

    c = shop_balance(shop, "");

    c->kind = LOYALTY_COMMAND_RECOGNIZE;
    c->code = text(code);
    c->address = address;

    shop_run(shop);

    assert_int_equal(c->result.outcome, outcome);

    return c;
}


static void
code_of(shop_t *shop, const char *email, char *code)
{
    loyalty_command_t  *c;

    c = shop_expect(shop, shop_balance(shop, email), LOYALTY_BALANCE);

    memcpy(code, c->result.member, LOYALTY_MEMBER_SIZE);
}


static void
assert_email(const loyalty_command_t *c, const char *email)
{
    assert_int_equal(c->email.len, strlen(email));
    assert_memory_equal(c->email.data, email, c->email.len);
}


static void
a_code_leads_to_the_e_mail_and_the_standing(void **state)
{
    char                code[LOYALTY_MEMBER_SIZE];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, BOB, 10);
    shop_member(shop, ADA, 70);
    code_of(shop, ADA, code);

    c = recognize(shop, code, LOYALTY_NOTHING_TO_DO);

    assert_email(c, ADA);
    assert_string_equal(c->result.member, code);
    assert_int_equal(c->result.points, 70);

    /* nobody reads an answer */

    assert_null(c->json.data);
    assert_int_equal(c->status, 200);
}


static void
a_code_that_is_nobodys_leads_nowhere(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 70);

    c = recognize(shop, "m_0123456789012345678901", LOYALTY_NOT_A_MEMBER);

    assert_int_equal(c->email.len, 0);
    assert_string_equal(c->result.member, "");
}


static void
an_erased_members_code_leads_nowhere(void **state)
{
    char                code[LOYALTY_MEMBER_SIZE];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 70);
    code_of(shop, ADA, code);

    (void) shop_sql(shop, "UPDATE member SET email = "
                          "'erased-x" LOYALTY_ERASED_AT "' "
                          "WHERE email = '" ADA "'");

    c = recognize(shop, code, LOYALTY_NOT_A_MEMBER);

    assert_string_equal(c->result.member, "");
}


static void
both_codes_of_merged_members_lead_to_who_is_left(void **state)
{
    char                code[LOYALTY_MEMBER_SIZE];
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 70);
    shop_member(shop, BOB, 0);
    code_of(shop, BOB, code);

    (void) shop_sql(shop, "UPDATE member SET merged_into = "
                          "(SELECT id FROM member WHERE email = '" ADA "') "
                          "WHERE email = '" BOB "'");

    c = recognize(shop, code, LOYALTY_NOTHING_TO_DO);

    assert_email(c, ADA);
    assert_int_equal(c->result.points, 70);
    assert_string_not_equal(c->result.member, code);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(a_code_leads_to_the_e_mail_and_the_standing),
        shop_test(a_code_that_is_nobodys_leads_nowhere),
        shop_test(an_erased_members_code_leads_nowhere),
        shop_test(both_codes_of_merged_members_lead_to_who_is_left)
    };

    return cmocka_run_group_tests_name("recognize", tests, NULL, NULL);
}
