
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>

#include <loyalty_cookie.h>


#define SECRET   "0123456789abcdef0123456789abcdef"
#define MEMBER   "m_0123456789abcdefABCDEF"
#define EXPIRES  1893456000


static loyalty_link_secrets_t
secrets_of(const char *lines)
{
    loyalty_link_secrets_t  secrets;

    assert_null(loyalty_link_secrets(text(lines), &secrets));

    return secrets;
}


static void
read_is_what_was_made(void **state)
{
    char                    value[LOYALTY_COOKIE_SIZE];
    loyalty_str_t           member;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(SECRET);

    assert_int_equal(loyalty_cookie_make(&secrets, text("shop"), text(MEMBER),
                                         EXPIRES, value),
                     LOYALTY_OK);
    assert_memory_equal(value, "1.1893456000." MEMBER ".", 38);

    assert_int_equal(loyalty_cookie_read(&secrets, text("shop"), text(value),
                                         EXPIRES - 1, &member),
                     LOYALTY_OK);
    assert_int_equal(member.len, strlen(MEMBER));
    assert_memory_equal(member.data, MEMBER, member.len);

    assert_int_equal(loyalty_cookie_read(&secrets, text("shop"), text(value),
                                         EXPIRES, &member),
                     LOYALTY_ERROR);
    assert_int_equal(loyalty_cookie_read(&secrets, text("other"), text(value),
                                         EXPIRES - 1, &member),
                     LOYALTY_ERROR);
}


static void
every_character_counts(void **state)
{
    char                    value[LOYALTY_COOKIE_SIZE];
    size_t                  i, len;
    loyalty_str_t           member;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(SECRET);

    (void) loyalty_cookie_make(&secrets, text("shop"), text(MEMBER), EXPIRES,
                               value);
    len = strlen(value);

    for (i = 0; i < len; i++) {
        value[i] ^= 1;
        assert_int_equal(loyalty_cookie_read(&secrets, text("shop"),
                                             text(value), 0, &member),
                         LOYALTY_ERROR);
        value[i] ^= 1;
    }

    while (len-- > 0) {
        value[len] = '\0';
        assert_int_equal(loyalty_cookie_read(&secrets, text("shop"),
                                             text(value), 0, &member),
                         LOYALTY_ERROR);
    }
}


static void
link_is_no_cookie(void **state)
{
    char                    sig[LOYALTY_LINK_SIG_SIZE], value[200];
    loyalty_str_t           member;
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(SECRET);

    memset(&link, 0, sizeof(loyalty_link_t));

    link.purpose = text("balance");
    link.program = text("shop");
    link.expires = text("1893456000");
    link.email = text(MEMBER);

    assert_int_equal(loyalty_link_sign(&secrets, &link, sig), LOYALTY_OK);

    strcpy(value, "1.1893456000." MEMBER ".");
    strcat(value, sig);

    assert_int_equal(loyalty_cookie_read(&secrets, text("shop"), text(value),
                                         0, &member),
                     LOYALTY_ERROR);
}


static void
cookie_of_nobody_is_not_made(void **state)
{
    char                    value[LOYALTY_COOKIE_SIZE];
    loyalty_str_t           member;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(SECRET);

    assert_int_equal(loyalty_cookie_make(&secrets, text("shop"),
                                         text(MEMBER "x"), EXPIRES, value),
                     LOYALTY_ERROR);
    assert_int_equal(loyalty_cookie_make(&secrets, text("shop"), text(MEMBER),
                                         INT64_MAX, value),
                     LOYALTY_ERROR);

    /* what is signed without a member, lets in nobody */

    (void) loyalty_cookie_make(&secrets, text("shop"), text(""), EXPIRES,
                               value);
    assert_int_equal(loyalty_cookie_read(&secrets, text("shop"), text(value),
                                         0, &member),
                     LOYALTY_ERROR);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(read_is_what_was_made),
        cmocka_unit_test(every_character_counts),
        cmocka_unit_test(link_is_no_cookie),
        cmocka_unit_test(cookie_of_nobody_is_not_made)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
