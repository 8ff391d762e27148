
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_id.h>


static void
ids_have_1_to_64_plain_characters(void **state)
{
    char           digits[LOYALTY_ID_MAX + 1];
    loyalty_str_t  longest;

    (void) state;

    assert_true(loyalty_id_valid(text("1")));
    assert_true(loyalty_id_valid(text("#1001")));
    assert_true(loyalty_id_valid(text("AZaz09._#-")));

    assert_false(loyalty_id_valid(text("")));
    assert_false(loyalty_id_valid(text(NULL)));

    memset(digits, '7', sizeof(digits));

    longest.data = digits;
    longest.len = LOYALTY_ID_MAX;

    assert_true(loyalty_id_valid(longest));

    longest.len++;

    assert_false(loyalty_id_valid(longest));
}


static void
ids_have_nothing_else(void **state)
{
    int            c;
    char           letters[3];
    loyalty_str_t  id;

    static const char  allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz"
                                   "0123456789._#-";

    (void) state;

    id.data = letters;
    id.len = 3;

    letters[0] = '1';
    letters[2] = '1';

    for (c = 0; c < 256; c++) {
        letters[1] = (char) c;

        assert_int_equal(loyalty_id_valid(id),
                         c != 0 && strchr(allowed, c) != NULL);
    }
}


static void
ids_are_no_way_up_a_path(void **state)
{
    (void) state;

    assert_false(loyalty_id_valid(text(".")));
    assert_false(loyalty_id_valid(text("..")));

    assert_true(loyalty_id_valid(text("...")));
    assert_true(loyalty_id_valid(text("..1")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(ids_have_1_to_64_plain_characters),
        cmocka_unit_test(ids_have_nothing_else),
        cmocka_unit_test(ids_are_no_way_up_a_path)
    };

    return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
