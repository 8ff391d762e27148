
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_db.h>


#define SECRET  "tops3cret"


static void
expect_good(const char *uri)
{
    char  why[256] = "";

    if (loyalty_db_check(uri, why, sizeof(why)) != LOYALTY_OK) {
        fail_msg("%s: %s", uri, why);
    }
}


static void
expect_bad(const char *uri, const char *words)
{
    char  why[256] = "";

    if (loyalty_db_check(uri, why, sizeof(why)) == LOYALTY_OK) {
        fail_msg("%s is taken", uri);
    }

    if (strstr(why, words) == NULL) {
        fail_msg("%s: \"%s\" does not say \"%s\"", uri, why, words);
    }

    assert_null(strstr(why, SECRET));
}


static void
uris_of_libpq_are_taken(void **state)
{
    size_t  i;

    static const char *const  uris[] = {
        "postgresql://",
        "postgresql:///shop",
        "postgresql://shop@db.example.com/shop",
        "postgres://shop@db.example.com:5433/shop",
        "postgresql://shop@one,two:5433/shop?target_session_attrs=read-write",
        "postgresql://shop@[2001:db8::1]:5433/shop?sslmode=verify-full",
        "postgresql:///shop?host=/run/postgresql&passfile=/etc/shop.pass",
        "postgresql://shop@db/shop?options=-csearch_path%3Da:b@c",
        "postgresql:host=db dbname=shop user=shop",
        "postgresql:"
    };

    (void) state;

    for (i = 0; i < elements_of(uris); i++) {
        expect_good(uris[i]);
    }
}


/* Wherever it stands, also where libpq would not find it. */

static void
a_password_is_refused_and_not_shown(void **state)
{
    size_t  i;

    static const char *const  uris[] = {
        "postgresql://shop:" SECRET "@db/shop",
        "postgres://shop:" SECRET "@db/shop",
        "postgresql://:" SECRET "@db/shop",
        "postgresql://shop:" SECRET "@/shop",
        "postgresql://shop:" SECRET "@one,two/shop",
        "postgresql://shop:" SECRET "@db",
        "postgresql://shop@db/shop?password=" SECRET,
        "postgresql://shop@db/shop?sslmode=require&password=" SECRET,
        "postgresql:///shop?password=" SECRET,
        "postgresql://shop@db/shop?sslpassword=" SECRET,
        "postgresql:host=db password=" SECRET,
        "postgresql:host=db password = '" SECRET "'",
        "postgresql:password='" SECRET "' host=db"
    };

    (void) state;

    for (i = 0; i < elements_of(uris); i++) {
        expect_bad(uris[i], "a password does not belong here");
    }
}


/* A slip must not bring it out either. */

static void
a_password_is_not_shown_by_other_complaints(void **state)
{
    size_t  i;

    static const char *const  uris[] = {
        "postgresql://shop:top/" SECRET "@db/shop",
        "postgresql://shop:top?" SECRET "@db/shop",
        "postgresql://shop:top#" SECRET "@db/shop",
        "postgresql://shop:top@" SECRET "@db/shop",
        "postgresql://shop:%zz" SECRET "@db/shop",
        "postgresql://shop@db/shop?pass%77ord=" SECRET,
        "postgresql://shop@db/shop?PASSWORD=" SECRET,
        "postgresql:host=db PASSWORD=" SECRET,
        "postgresql:host=db pass=" SECRET,
        "postgresql:shop:" SECRET "@db/shop",
        "postgresql:/shop:" SECRET "@db/shop",
        "postgres:shop:" SECRET "@db/shop",
        "postgresql+ssl://shop:" SECRET "@db/shop",
        "mysql://shop:" SECRET "@db/shop"
    };

    (void) state;

    for (i = 0; i < elements_of(uris); i++) {
        expect_bad(uris[i], "");
    }
}


static void
what_is_wrong_with_a_uri_is_said(void **state)
{
    (void) state;

    expect_bad("postgres:", "write \"postgresql://USER@HOST/NAME\"");
    expect_bad("postgresqlx://db", "write \"postgresql://USER@HOST/NAME\"");
    expect_bad("postgresql://db/shop?colour=red", "colour");
    expect_bad("postgresql:host", "host");
    expect_bad("mysql://db/shop", "postgresql://USER@HOST/NAME");
}


static void
no_connection_is_made_of_another_kind(void **state)
{
    loyalty_db_conf_t  conf = { "mysql://db/shop", 50, 0, NULL, 0 };

    (void) state;

    assert_null(loyalty_db_create(&conf));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(uris_of_libpq_are_taken),
        cmocka_unit_test(a_password_is_refused_and_not_shown),
        cmocka_unit_test(a_password_is_not_shown_by_other_complaints),
        cmocka_unit_test(what_is_wrong_with_a_uri_is_said),
        cmocka_unit_test(no_connection_is_made_of_another_kind)
    };

    return cmocka_run_group_tests_name("URIs", tests, NULL, NULL);
}
