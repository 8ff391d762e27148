
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_ref.h>


/* What a number is written as; NULL: it cannot be. */

static void
is_written(const char *number, const char *ref)
{
    char    written[LOYALTY_REF_MAX];
    size_t  len;

    if (ref == NULL) {
        assert_int_equal(loyalty_ref_write(text(number), written, &len),
                         LOYALTY_ERROR);
        return;
    }

    assert_int_equal(loyalty_ref_write(text(number), written, &len),
                     LOYALTY_OK);
    assert_int_equal(len, strlen(ref));
    assert_memory_equal(written, ref, len);
}


static void
is_read(const char *ref, const char *number)
{
    char    read[LOYALTY_ID_MAX];
    size_t  len;

    if (number == NULL) {
        assert_int_equal(loyalty_ref_read(text(ref), read, &len),
                         LOYALTY_ERROR);
        return;
    }

    assert_int_equal(loyalty_ref_read(text(ref), read, &len), LOYALTY_OK);
    assert_int_equal(len, strlen(number));
    assert_memory_equal(read, number, len);
}


static void
numbers_are_readable_in_links(void **state)
{
    (void) state;

    is_written("1001", "o-1001");
    is_written("A-7", "o-A-7");
    is_written("#1001", "o-_231001");
    is_written("2026.11_4", "o-2026_2e11_5f4");
    is_written("...", "o-_2e_2e_2e");

    is_read("o-1001", "1001");
    is_read("o-_231001", "#1001");
    is_read("o-2026_2e11_5f4", "2026.11_4");
    is_read("o--", "-");
}


static void
every_character_comes_back(void **state)
{
    int            c;
    char           number[3], ref[LOYALTY_REF_MAX], read[LOYALTY_ID_MAX];
    size_t         i, len, read_len;
    loyalty_str_t  id, written;

    static const char  plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789_-";

    (void) state;

    id.data = number;
    id.len = 3;

    number[0] = '1';
    number[2] = '2';

    for (c = 0; c < 256; c++) {
        number[1] = (char) c;

        if (!loyalty_id_valid(id)) {
            assert_int_equal(loyalty_ref_write(id, ref, &len),
                             LOYALTY_ERROR);
            continue;
        }

        assert_int_equal(loyalty_ref_write(id, ref, &len), LOYALTY_OK);

        for (i = 0; i < len; i++) {
            assert_non_null(strchr(plain, ref[i]));
        }

        written.data = ref;
        written.len = len;

        assert_int_equal(loyalty_ref_read(written, read, &read_len),
                         LOYALTY_OK);
        assert_int_equal(read_len, 3);
        assert_memory_equal(read, number, 3);
    }
}


/* Also those that stand for themselves have one way to be written. */

static void
nothing_else_is_read(void **state)
{
    int            c;
    char           ref[] = "o-1?2", read[LOYALTY_ID_MAX];
    size_t         len;
    loyalty_str_t  given = { 5, ref };

    static const char  plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789-";

    (void) state;

    for (c = 0; c < 256; c++) {
        ref[3] = (char) c;

        assert_int_equal(loyalty_ref_read(given, read, &len),
                         (c != 0 && strchr(plain, c) != NULL)
                         ? LOYALTY_OK : LOYALTY_ERROR);
    }

    is_read("", NULL);
    is_read(NULL, NULL);
    is_read("o", NULL);
    is_read("o-", NULL);
    is_read("O-1001", NULL);
    is_read("1001", NULL);
    is_read("m-1001", NULL);

    is_read("o-1_", NULL);
    is_read("o-1_2", NULL);
    is_read("o-_2E", NULL);
    is_read("o-_31", NULL);
    is_read("o-__e", NULL);

    is_read("o-_2e", NULL);
    is_read("o-_2e_2e", NULL);
    is_read("o-_2e_2e_2e", "...");
}


static void
no_text_is_longer_than_64(void **state)
{
    char           number[LOYALTY_ID_MAX + 1], ref[LOYALTY_REF_MAX + 1];
    char           read[LOYALTY_ID_MAX];
    size_t         n, len, read_len;
    loyalty_str_t  id, written;

    (void) state;

    memset(number, '7', sizeof(number));

    id.data = number;
    written.data = ref;

    for (n = 1; n <= sizeof(number); n++) {
        id.len = n;

        if (n > LOYALTY_REF_MAX - 2) {
            assert_int_equal(loyalty_ref_write(id, ref, &len),
                             LOYALTY_ERROR);
            continue;
        }

        assert_int_equal(loyalty_ref_write(id, ref, &len), LOYALTY_OK);
        assert_int_equal(len, n + 2);

        written.len = len;

        assert_int_equal(loyalty_ref_read(written, read, &read_len),
                         LOYALTY_OK);
        assert_int_equal(read_len, n);
        assert_memory_equal(read, number, n);
    }

    /* an escape needs room for all of it */

    number[0] = '#';
    id.len = 60;

    assert_int_equal(loyalty_ref_write(id, ref, &len), LOYALTY_OK);
    assert_int_equal(len, LOYALTY_REF_MAX);

    id.len = 61;

    assert_int_equal(loyalty_ref_write(id, ref, &len), LOYALTY_ERROR);

    memcpy(number, "77", 2);
    number[60] = '#';

    assert_int_equal(loyalty_ref_write(id, ref, &len), LOYALTY_ERROR);

    memset(ref, '7', sizeof(ref));
    memcpy(ref, "o-", 2);

    written.len = sizeof(ref);

    assert_int_equal(loyalty_ref_read(written, read, &len), LOYALTY_ERROR);
}


static void
what_is_no_number_is_not_written(void **state)
{
    (void) state;

    is_written("", NULL);
    is_written(NULL, NULL);
    is_written(".", NULL);
    is_written("..", NULL);
    is_written("10 01", NULL);
    is_written("1\r\n2", NULL);
    is_written("1/2", NULL);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(numbers_are_readable_in_links),
        cmocka_unit_test(every_character_comes_back),
        cmocka_unit_test(nothing_else_is_read),
        cmocka_unit_test(no_text_is_longer_than_64),
        cmocka_unit_test(what_is_no_number_is_not_written)
    };

    return cmocka_run_group_tests_name("ref", tests, NULL, NULL);
}
