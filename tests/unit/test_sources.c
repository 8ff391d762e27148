
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_sources.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static int
setup(void **state)
{
    *state = calloc(1, sizeof(loyalty_sources_t));

    return (*state != NULL) ? 0 : -1;
}


static int
teardown(void **state)
{
    free(*state);

    return 0;
}


static void
come(loyalty_sources_t *sources, const char *name, int64_t members)
{
    loyalty_str_t    text = { strlen(name), name };
    loyalty_heads_t  heads = { 1, 0, 1, 0 };

    while (members-- > 0) {
        loyalty_sources_count(sources, text, &heads);
    }
}


/* How many have come by this one, -1 if it is not known. */

static int64_t
members_of(const loyalty_sources_t *sources, const char *name)
{
    size_t  i;

    for (i = 0; i < sources->nelts; i++) {

        if (sources->elts[i].len == strlen(name)
            && memcmp(sources->elts[i].name, name, strlen(name)) == 0)
        {
            return sources->elts[i].heads.members;
        }
    }

    return -1;
}


static void
each_source_is_counted(void **state)
{
    loyalty_sources_t  *sources = *state;

    come(sources, "spring", 2);
    come(sources, "", 1);
    come(sources, "spring", 1);

    assert_int_equal(sources->nelts, 2);
    assert_int_equal(members_of(sources, "spring"), 3);
    assert_int_equal(members_of(sources, ""), 1);
    assert_int_equal(sources->elts[0].heads.buyers, 3);
    assert_int_equal(sources->elts[0].heads.repeat_buyers, 0);
}


static void
the_largest_are_kept_and_come_first(void **state)
{
    loyalty_sources_t  *sources = *state;

    come(sources, "a", 1);
    come(sources, "b", 3);
    come(sources, "c", 2);
    come(sources, "d", 2);

    loyalty_sources_keep(sources, 3);

    assert_int_equal(sources->nelts, 3);
    assert_int_equal(sources->elts[0].name[0], 'b');
    assert_int_equal(sources->elts[1].name[0], 'c');
    assert_int_equal(sources->elts[2].name[0], 'd');

    /* they are found where they are now */

    come(sources, "d", 1);
    assert_int_equal(members_of(sources, "d"), 3);
    assert_int_equal(sources->nelts, 3);
}


static void
a_flood_of_names_does_not_wash_large_ones_away(void **state)
{
    int                 i;
    char                name[32];
    loyalty_sources_t  *sources = *state;

    come(sources, "spring", 10);

    for (i = 0; i < 10 * LOYALTY_SOURCES; i++) {
        (void) snprintf(name, sizeof(name), "junk %d", i);
        come(sources, name, 1);
    }

    come(sources, "spring", 5);

    assert_true(sources->nelts <= LOYALTY_SOURCES);
    assert_int_equal(members_of(sources, "spring"), 15);
}


static void
as_many_names_as_there_is_room_for_are_told_apart(void **state)
{
    int                 i, round;
    char                name[32];
    loyalty_sources_t  *sources = *state;

    for (round = 0; round < 2; round++) {

        for (i = 0; i < LOYALTY_SOURCES; i++) {
            (void) snprintf(name, sizeof(name), "campaign %d", i);
            come(sources, name, 1);
        }
    }

    assert_int_equal(sources->nelts, LOYALTY_SOURCES);

    for (i = 0; i < LOYALTY_SOURCES; i++) {
        assert_int_equal(sources->elts[i].heads.members, 2);
    }
}


#define sources_test(name)                                                    \
    cmocka_unit_test_setup_teardown(name, setup, teardown)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        sources_test(each_source_is_counted),
        sources_test(the_largest_are_kept_and_come_first),
        sources_test(a_flood_of_names_does_not_wash_large_ones_away),
        sources_test(as_many_names_as_there_is_room_for_are_told_apart)
    };

    return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
