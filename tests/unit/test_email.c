
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_email.h>


static void
expect_email(const char *in, const char *expected)
{
    char    out[LOYALTY_EMAIL_MAX];
    size_t  len;

    len = 0;

    if (loyalty_email_normalize(text(in), out, &len) != LOYALTY_OK) {
        fail_msg("\"%s\" is refused", in);
    }

    assert_int_equal(len, strlen(expected));
    assert_memory_equal(out, expected, len);
}


static void
expect_refused(loyalty_str_t in)
{
    char    out[LOYALTY_EMAIL_MAX];
    size_t  len;

    if (loyalty_email_normalize(in, out, &len) != LOYALTY_ERROR) {
        fail_msg("\"%.*s\" is taken", (int) in.len, in.data);
    }
}


static void
expect_mailbox(const char *email, const char *expected)
{
    char           out[LOYALTY_EMAIL_MAX];
    loyalty_str_t  mailbox;

    mailbox = loyalty_mailbox(text(email), out);

    assert_int_equal(mailbox.len, strlen(expected));
    assert_memory_equal(mailbox.data, expected, mailbox.len);
    assert_ptr_equal(mailbox.data, out);
}


static void
white_space_at_both_ends_is_trimmed(void **state)
{
    (void) state;

    expect_email(" ada@example.com", "ada@example.com");
    expect_email("ada@example.com \t\r\n", "ada@example.com");
    expect_email("\v\f ada@example.com  ", "ada@example.com");
}


static void
ascii_letters_become_lower_case(void **state)
{
    (void) state;

    expect_email("ADA@Example.COM", "ada@example.com");
    expect_email("AZaz@[`{.X", "azaz@[`{.x");
}


static void
letters_beyond_ascii_keep_their_case(void **state)
{
    (void) state;

    expect_email("\xc3\x89" "A@example.com", "\xc3\x89" "a@example.com");
    expect_email("\xf0\x9f\x98\x80@\xe4\xbe\x8b.JP",
                 "\xf0\x9f\x98\x80@\xe4\xbe\x8b.jp");
}


static void
what_mailboxes_are_made_of_is_taken(void **state)
{
    size_t  i;

    static const char  *cases[] = {
        "a@b",
        "o'brien@example.com",
        "first.last+tag@sub.example.co.uk",
        "!#$%&*-/=?^_`{|}~@example.com",
        "user@[127.0.0.1]"
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        expect_email(cases[i], cases[i]);
    }
}


static void
one_at_sign_stands_between_two_parts(void **state)
{
    size_t  i;

    static const char  *cases[] = {
        "ada", "ada.example.com", "@example.com", "ada@", "a@b@c", "a@@b",
        "@@@", "@a@"
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        expect_refused(text(cases[i]));
    }
}


static void
what_would_need_quoting_is_refused(void **state)
{
    size_t  i;

    static const char  *cases[] = {
        "\"ada\"@example.com", "ada\\@example.com", "<ada@example.com>",
        "ada@example.com>", "ada,b@example.com", "ada b@example.com",
        "ada\tb@example.com", "ada\r\nBcc:x@example.com", "ada@exam\nple",
        "ada\x01@example.com", "ada\x1f@example.com", "ada\x7f@example.com"
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        expect_refused(text(cases[i]));
    }
}


static void
a_null_character_is_refused(void **state)
{
    loyalty_str_t  in;

    (void) state;

    in.data = "ada\0@example.com";
    in.len = 16;

    expect_refused(in);
}


static void
controls_and_spaces_of_unicode_are_refused(void **state)
{
    size_t  i;

    static const char  *cases[] = {
        "a\xc2\x80@example.com",         /* U+0080 */
        "a\xc2\x85@example.com",         /* next line */
        "a\xc2\xa0@example.com",         /* no-break space */
        "a\xe1\x9a\x80@example.com",     /* Ogham space mark */
        "a\xe2\x80\x80@example.com",     /* en quad */
        "a\xe2\x80\x8a@example.com",     /* hair space */
        "a\xe2\x80\xa8@example.com",     /* line separator */
        "a\xe2\x80\xa9@example.com",     /* paragraph separator */
        "a\xe2\x80\xaf@example.com",     /* narrow no-break space */
        "a\xe2\x81\x9f@example.com",     /* mathematical space */
        "a\xe3\x80\x80@example.com"      /* ideographic space */
    };

    (void) state;

    for (i = 0; i < elements_of(cases); i++) {
        expect_refused(text(cases[i]));
    }
}


static void
what_is_not_utf8_is_refused(void **state)
{
    (void) state;

    expect_refused(text("caf\xe9@example.com"));
    expect_refused(text("a@b\xc3"));
    expect_refused(text("a\xc0\x80@example.com"));
    expect_refused(text("a\xed\xa0\x80@example.com"));
}


static void
three_to_254_bytes_are_taken(void **state)
{
    char           in[1 + LOYALTY_EMAIL_MAX + 2], out[LOYALTY_EMAIL_MAX];
    size_t         len;
    loyalty_str_t  email;

    (void) state;

    memset(in, 'x', sizeof(in));
    in[0] = ' ';
    in[2] = '@';
    in[1 + LOYALTY_EMAIL_MAX] = ' ';

    email.data = in;
    email.len = 1 + LOYALTY_EMAIL_MAX + 1;

    assert_int_equal(loyalty_email_normalize(email, out, &len), LOYALTY_OK);
    assert_int_equal(len, LOYALTY_EMAIL_MAX);
    assert_memory_equal(out, in + 1, LOYALTY_EMAIL_MAX);

    in[1 + LOYALTY_EMAIL_MAX] = 'x';

    expect_refused(email);

    expect_refused(text("@a"));
    expect_refused(text(" @ "));
    expect_refused(text(""));
    expect_refused(text("   "));

    assert_int_equal(loyalty_email_normalize(text(NULL), out, &len),
                     LOYALTY_ERROR);
}


static void
most_addresses_are_their_mailboxes(void **state)
{
    (void) state;

    expect_mailbox("ada@example.com", "ada@example.com");
    expect_mailbox("a.d.a@example.com", "a.d.a@example.com");
    expect_mailbox("a@b", "a@b");
}


static void
a_tag_is_not_part_of_the_mailbox(void **state)
{
    (void) state;

    expect_mailbox("ada+shop@example.com", "ada@example.com");
    expect_mailbox("ada+@example.com", "ada@example.com");
    expect_mailbox("ada+a+b@example.com", "ada@example.com");
    expect_mailbox("ada@exam+ple.com", "ada@exam+ple.com");
}


static void
what_begins_with_a_plus_has_no_tag(void **state)
{
    (void) state;

    expect_mailbox("+ada@example.com", "+ada@example.com");
    expect_mailbox("+ada+shop@example.com", "+ada@example.com");
}


static void
google_has_one_mailbox_for_all_dots_and_both_its_names(void **state)
{
    (void) state;

    expect_mailbox("a.d.a@gmail.com", "ada@gmail.com");
    expect_mailbox("ada@googlemail.com", "ada@gmail.com");
    expect_mailbox("a.d.a+shop.x@googlemail.com", "ada@gmail.com");
    expect_mailbox("a.d.a@gmail.com.example", "a.d.a@gmail.com.example");
    expect_mailbox("a.d.a@notgmail.com", "a.d.a@notgmail.com");
}


static void
the_longest_address_has_a_mailbox(void **state)
{
    char  email[LOYALTY_EMAIL_MAX + 1];

    (void) state;

    memset(email, 'x', LOYALTY_EMAIL_MAX);
    memcpy(email + LOYALTY_EMAIL_MAX - 10, "@gmail.com", 11);

    expect_mailbox(email, email);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(white_space_at_both_ends_is_trimmed),
        cmocka_unit_test(ascii_letters_become_lower_case),
        cmocka_unit_test(letters_beyond_ascii_keep_their_case),
        cmocka_unit_test(what_mailboxes_are_made_of_is_taken),
        cmocka_unit_test(one_at_sign_stands_between_two_parts),
        cmocka_unit_test(what_would_need_quoting_is_refused),
        cmocka_unit_test(a_null_character_is_refused),
        cmocka_unit_test(controls_and_spaces_of_unicode_are_refused),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(three_to_254_bytes_are_taken),
        cmocka_unit_test(most_addresses_are_their_mailboxes),
        cmocka_unit_test(a_tag_is_not_part_of_the_mailbox),
        cmocka_unit_test(what_begins_with_a_plus_has_no_tag),
        cmocka_unit_test(
            google_has_one_mailbox_for_all_dots_and_both_its_names),
        cmocka_unit_test(the_longest_address_has_a_mailbox)
    };

    return cmocka_run_group_tests_name("email", tests, NULL, NULL);
}
