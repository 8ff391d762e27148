
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>

#include <loyalty_link.h>


#define SECRET      "0123456789abcdef0123456789abcdef"
#define OLD_SECRET  "fedcba9876543210fedcba9876543210"

#define EXPIRES     "1893456000"
#define NOW         1893455999


/*
 * The signatures come from "openssl dgst -sha256 -hmac SECRET -binary" and
 * base64url, as docs/api.md has it.
 */

typedef struct {
    const char  *secret;
    const char  *purpose;
    const char  *email;
    const char  *order;
    const char  *store;
    const char  *reward;
    const char  *sig;
} vector_t;


static const vector_t  vectors[] = {

    { SECRET, "claim", "ada@example.com", "1001", "", "",
      "sDJO4yVPXZ8hIcCfsgekltCyoSv590-K4nVqoEHsn9A" },

    { SECRET, "redeem", "ada+tag@example.com", "", "", "hanky",
      "mByNx1goRCI1cqc5uLBqKhnhpwPqtqDnQum0CRY22bs" },

    { OLD_SECRET, "claim", "ada@example.com", "#1001", "till", "",
      "MSl8CT1DK-DHT3WGlyKeiCSOn4y8qM-0-hU2eHXT1xI" }
};


static loyalty_link_secrets_t
secrets_of(const char *lines)
{
    loyalty_link_secrets_t  secrets;

    assert_null(loyalty_link_secrets(text(lines), &secrets));

    return secrets;
}


static loyalty_link_t
link_of(const vector_t *vector)
{
    loyalty_link_t  link;

    link.purpose = text(vector->purpose);
    link.program = text("shop");
    link.expires = text(EXPIRES);
    link.email = text(vector->email);
    link.order = text(vector->order);
    link.store = text(vector->store);
    link.reward = text(vector->reward);

    return link;
}


static void
signatures_are_what_others_reckon(void **state)
{
    char                    sig[LOYALTY_LINK_SIG_SIZE];
    size_t                  i;
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    for (i = 0; i < elements_of(vectors); i++) {
        secrets = secrets_of(vectors[i].secret);
        link = link_of(&vectors[i]);

        assert_int_equal(loyalty_link_sign(&secrets, &link, sig), LOYALTY_OK);
        assert_string_equal(sig, vectors[i].sig);

        assert_int_equal(loyalty_link_verify(&secrets, &link, text(sig), NOW),
                         LOYALTY_LINK_GOOD);
    }
}


static void
each_text_is_signed(void **state)
{
    size_t                  i;
    loyalty_str_t          *texts[7];
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(OLD_SECRET);

    texts[0] = &link.purpose;
    texts[1] = &link.program;
    texts[2] = &link.expires;
    texts[3] = &link.email;
    texts[4] = &link.order;
    texts[5] = &link.store;
    texts[6] = &link.reward;

    for (i = 0; i < elements_of(texts); i++) {
        link = link_of(&vectors[2]);
        *texts[i] = (texts[i] == &link.expires) ? text("1893456001")
                                                : text("other");

        assert_int_equal(loyalty_link_verify(&secrets, &link,
                                             text(vectors[2].sig), NOW),
                         LOYALTY_LINK_BAD);
    }
}


static void
text_does_not_move_from_one_field_to_another(void **state)
{
    char                    sig[LOYALTY_LINK_SIG_SIZE];
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(SECRET);
    link = link_of(&vectors[0]);
    link.store = link.order;
    link.order.len = 0;

    assert_int_equal(loyalty_link_verify(&secrets, &link,
                                         text(vectors[0].sig), NOW),
                     LOYALTY_LINK_BAD);

    /* "a@b" and "1\n2" must not be "a@b\n1" and "2" */

    link.order = text("1\n2");
    assert_int_equal(loyalty_link_sign(&secrets, &link, sig), LOYALTY_ERROR);
    assert_int_equal(loyalty_link_verify(&secrets, &link, text(sig), NOW),
                     LOYALTY_LINK_BAD);
}


static void
every_character_of_a_signature_counts(void **state)
{
    char                    sig[LOYALTY_LINK_SIG_SIZE + 1];
    size_t                  i;
    loyalty_str_t           given = { LOYALTY_LINK_SIG_LEN, sig };
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(SECRET);
    link = link_of(&vectors[0]);

    for (i = 0; i < LOYALTY_LINK_SIG_LEN; i++) {
        memcpy(sig, vectors[0].sig, LOYALTY_LINK_SIG_SIZE);
        sig[i] = (sig[i] == 'A') ? 'B' : 'A';

        assert_int_equal(loyalty_link_verify(&secrets, &link, given, NOW),
                         LOYALTY_LINK_BAD);
    }

    /* shorter, longer, padded, and in the other base64 */

    memcpy(sig, vectors[0].sig, LOYALTY_LINK_SIG_SIZE);
    sig[LOYALTY_LINK_SIG_LEN] = '=';

    for (given.len = 0; given.len <= sizeof(sig) - 1; given.len++) {
        assert_int_equal(loyalty_link_verify(&secrets, &link, given, NOW),
                         (given.len == LOYALTY_LINK_SIG_LEN)
                         ? LOYALTY_LINK_GOOD : LOYALTY_LINK_BAD);
    }

    given.len = LOYALTY_LINK_SIG_LEN;
    *strchr(sig, '-') = '+';

    assert_int_equal(loyalty_link_verify(&secrets, &link, given, NOW),
                     LOYALTY_LINK_BAD);
}


static void
link_expires_on_the_second(void **state)
{
    loyalty_str_t           sig = text(vectors[0].sig);
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(SECRET);
    link = link_of(&vectors[0]);

    assert_int_equal(loyalty_link_verify(&secrets, &link, sig, NOW),
                     LOYALTY_LINK_GOOD);
    assert_int_equal(loyalty_link_verify(&secrets, &link, sig, NOW + 1),
                     LOYALTY_LINK_LATE);

    /* of one that we have not signed, nobody needs to know */

    link.order = text("1002");
    assert_int_equal(loyalty_link_verify(&secrets, &link, sig, NOW + 1),
                     LOYALTY_LINK_BAD);
}


static void
time_is_digits(void **state)
{
    char                    sig[LOYALTY_LINK_SIG_SIZE];
    size_t                  i;
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    static const char  *times[] = {
        "", "never", "-1", "+1893456000", " 1893456000", "1893456000 ",
        "1893456000.5", "0x70DBD880", "9999999999999"
    };

    (void) state;

    secrets = secrets_of(SECRET);
    link = link_of(&vectors[0]);

    for (i = 0; i < elements_of(times); i++) {
        link.expires = text(times[i]);

        assert_int_equal(loyalty_link_sign(&secrets, &link, sig), LOYALTY_OK);
        assert_int_equal(loyalty_link_verify(&secrets, &link, text(sig), NOW),
                         LOYALTY_LINK_BAD);
    }
}


static void
old_secret_verifies_until_it_is_removed(void **state)
{
    char                    sig[LOYALTY_LINK_SIG_SIZE];
    loyalty_str_t           old = text(vectors[2].sig);
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    link = link_of(&vectors[2]);

    secrets = secrets_of(SECRET "\n" OLD_SECRET "\n");
    assert_int_equal(loyalty_link_verify(&secrets, &link, old, NOW),
                     LOYALTY_LINK_GOOD);

    /* the first one signs */

    assert_int_equal(loyalty_link_sign(&secrets, &link, sig), LOYALTY_OK);
    assert_string_not_equal(sig, vectors[2].sig);

    secrets = secrets_of(SECRET "\n");
    assert_int_equal(loyalty_link_verify(&secrets, &link, old, NOW),
                     LOYALTY_LINK_BAD);
    assert_int_equal(loyalty_link_verify(&secrets, &link, text(sig), NOW),
                     LOYALTY_LINK_GOOD);
}


static void
secrets_are_lines(void **state)
{
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of("\r\n  " SECRET " \t\r\n\n" OLD_SECRET);

    assert_int_equal(secrets.nsecrets, 2);
    assert_int_equal(secrets.secrets[0].len, 32);
    assert_memory_equal(secrets.secrets[0].data, SECRET, 32);
    assert_int_equal(secrets.secrets[1].len, 32);
    assert_memory_equal(secrets.secrets[1].data, OLD_SECRET, 32);

    secrets = secrets_of(SECRET "\n" SECRET "\n" SECRET "\n" SECRET "\n");
    assert_int_equal(secrets.nsecrets, LOYALTY_LINK_SECRETS);
}


static void
unusable_secrets_are_refused(void **state)
{
    loyalty_link_secrets_t  secrets;

    (void) state;

    assert_string_equal(loyalty_link_secrets(text(""), &secrets),
                        "it is empty");
    assert_string_equal(loyalty_link_secrets(text(" \n\n"), &secrets),
                        "it is empty");
    assert_string_equal(loyalty_link_secrets(text(SECRET "\nshort"),
                                             &secrets),
                        "a secret in it has less than 32 bytes");
    assert_string_equal(loyalty_link_secrets(text(SECRET "\n" SECRET "\n"
                                                  SECRET "\n" SECRET "\n"
                                                  SECRET), &secrets),
                        "it has more than 4 lines");
}


static void
query_has_what_a_browser_sends(void **state)
{
    char                    query[LOYALTY_LINK_QUERY_SIZE];
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    secrets = secrets_of(OLD_SECRET);
    link = link_of(&vectors[2]);

    assert_int_equal(loyalty_link_query(&secrets, &link, query), LOYALTY_OK);
    assert_string_equal(query, "email=ada%40example.com&order=%231001"
                        "&store=till&expires=" EXPIRES
                        "&sig=MSl8CT1DK-DHT3WGlyKeiCSOn4y8qM-0-hU2eHXT1xI");
}


static void
longest_query_fits(void **state)
{
    char                    query[LOYALTY_LINK_QUERY_SIZE], many[300];
    loyalty_str_t           email = { LOYALTY_EMAIL_MAX, many };
    loyalty_str_t           id = { LOYALTY_ID_MAX, many };
    loyalty_link_t          link;
    loyalty_link_secrets_t  secrets;

    (void) state;

    memset(many, '@', sizeof(many));

    secrets = secrets_of(SECRET);
    link = link_of(&vectors[0]);
    link.email = email;
    link.order = link.store = link.reward = id;
    link.expires = text("999999999999");

    assert_int_equal(loyalty_link_query(&secrets, &link, query), LOYALTY_OK);
    assert_in_range(strlen(query), 3 * LOYALTY_EMAIL_MAX, sizeof(query) - 1);

    link.expires = text("never");
    assert_int_equal(loyalty_link_query(&secrets, &link, query),
                     LOYALTY_ERROR);

    link.expires = text(EXPIRES);
    link.email.len++;
    assert_int_equal(loyalty_link_query(&secrets, &link, query),
                     LOYALTY_ERROR);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(signatures_are_what_others_reckon),
        cmocka_unit_test(each_text_is_signed),
        cmocka_unit_test(text_does_not_move_from_one_field_to_another),
        cmocka_unit_test(every_character_of_a_signature_counts),
        cmocka_unit_test(link_expires_on_the_second),
        cmocka_unit_test(time_is_digits),
        cmocka_unit_test(old_secret_verifies_until_it_is_removed),
        cmocka_unit_test(secrets_are_lines),
        cmocka_unit_test(unusable_secrets_are_refused),
        cmocka_unit_test(query_has_what_a_browser_sends),
        cmocka_unit_test(longest_query_fits)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
