
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_json.h>

#include <jansson.h>
#include <stdlib.h>


#define LONG_TEXT  100000


/* Memory that is not there must look the same with AddressSanitizer. */

const char *__asan_default_options(void);


const char *
__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}


static int
start(void **state)
{
    static loyalty_json_t  json;

    loyalty_json_init(&json);

    *state = &json;

    return 0;
}


static int
stop(void **state)
{
    loyalty_json_free(*state);

    return 0;
}


static void
expect(const loyalty_json_t *json, const char *expected)
{
    assert_int_equal(json->failed, 0);

    if (json->len != strlen(expected)
        || memcmp(json->data, expected, json->len) != 0)
    {
        fail_msg("%.*s instead of %s", (int) json->len, json->data, expected);
    }
}


static void
commas_stand_between_values_only(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_open(json, '{');
    loyalty_json_key(json, "empty");
    loyalty_json_open(json, '{');
    loyalty_json_close(json, '}');
    loyalty_json_key(json, "list");
    loyalty_json_open(json, '[');
    loyalty_json_integer(json, 1);
    loyalty_json_text(json, text("two"));
    loyalty_json_bool(json, 1);
    loyalty_json_open(json, '[');
    loyalty_json_close(json, ']');
    loyalty_json_open(json, '{');
    loyalty_json_key(json, "a");
    loyalty_json_bool(json, 0);
    loyalty_json_close(json, '}');
    loyalty_json_close(json, ']');
    loyalty_json_key(json, "last");
    loyalty_json_text(json, text(""));
    loyalty_json_close(json, '}');

    expect(json, "{\"empty\":{},\"list\":[1,\"two\",true,[],{\"a\":false}],"
                 "\"last\":\"\"}");
}


static void
integers_are_written_in_full(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_open(json, '[');
    loyalty_json_integer(json, 0);
    loyalty_json_integer(json, 7);
    loyalty_json_integer(json, 10);
    loyalty_json_integer(json, -1);
    loyalty_json_integer(json, 1234567890);
    loyalty_json_integer(json, INT64_MAX);
    loyalty_json_integer(json, INT64_MIN);
    loyalty_json_close(json, ']');

    expect(json, "[0,7,10,-1,1234567890,9223372036854775807,"
                 "-9223372036854775808]");
}


static void
quotes_backslashes_and_controls_are_escaped(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_text(json, text("\"a\\b\"\b\t\n\f\r\x01\x1f\x7f/"));

    expect(json, "\"\\\"a\\\\b\\\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f/\"");
}


static void
every_ascii_character_reads_back(void **state)
{
    int              c;
    char             all[127];
    json_t          *value;
    loyalty_str_t    str;
    loyalty_json_t  *json;

    json = *state;

    for (c = 1; c < 128; c++) {
        all[c - 1] = (char) c;
    }

    str.data = all;
    str.len = sizeof(all);

    loyalty_json_text(json, str);

    value = json_loadb(json->data, json->len, JSON_DECODE_ANY, NULL);

    assert_non_null(value);
    assert_int_equal(json_string_length(value), sizeof(all));
    assert_memory_equal(json_string_value(value), all, sizeof(all));

    json_decref(value);
}


static void
a_null_character_is_escaped(void **state)
{
    loyalty_str_t    str;
    loyalty_json_t  *json;

    json = *state;

    str.data = "a\0b";
    str.len = 3;

    loyalty_json_text(json, str);

    expect(json, "\"a\\u0000b\"");
}


/* Text is looked at in words of several bytes, and what is left in bytes. */

static void
an_escape_is_found_at_every_place(void **state)
{
    size_t           i, len, place;
    char             plain[20], expected[40];
    loyalty_str_t    str;
    loyalty_json_t  *json;

    static const char  escaped[] = { '"', '\\', 0x00, 0x1f };
    static const char  near[] = { '!', '#', '[', ']', ' ', 0x7f, '\x80' };

    json = *state;

    for (len = 1; len <= sizeof(plain); len++) {

        for (place = 0; place < len; place++) {

            for (i = 0; i < sizeof(near); i++) {
                memset(plain, near[i], len);
                plain[place] = escaped[(len + i) % sizeof(escaped)];

                str.data = plain;
                str.len = len;

                loyalty_json_free(json);
                loyalty_json_text(json, str);

                memset(expected, near[i], len);

                assert_int_equal(json->data[0], '"');
                assert_memory_equal(json->data + 1, expected, place);
                assert_int_equal(json->data[1 + place], '\\');
                assert_memory_equal(json->data + json->len - len + place,
                                    expected, len - place - 1);
            }
        }
    }
}


static void
utf8_is_copied(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_text(json, text("caf\xc3\xa9 \xe2\x82\xac "
                                 "\xf0\x9f\x98\x80"));

    expect(json, "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
}


static void
an_absent_text_is_empty(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_text(json, text(NULL));

    expect(json, "\"\"");
}


static void
texts_are_put_together_from_pieces(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_open(json, '[');
    loyalty_json_text_begin(json);
    loyalty_json_piece(json, text("Order \""));
    loyalty_json_piece_integer(json, -1001);
    loyalty_json_piece(json, text(NULL));
    loyalty_json_piece(json, text("\""));
    loyalty_json_text_end(json);
    loyalty_json_text_begin(json);
    loyalty_json_text_end(json);
    loyalty_json_close(json, ']');

    expect(json, "[\"Order \\\"-1001\\\"\",\"\"]");
}


static void
a_text_written_before_is_copied_as_it_is(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_raw(json, text("{\"a\":\"\\n\"}"));

    expect(json, "{\"a\":\"\\n\"}");
}


static void
long_texts_make_the_buffer_grow(void **state)
{
    int              i;
    char            *data;
    json_t          *value;
    loyalty_str_t    str;
    loyalty_json_t  *json;

    json = *state;

    data = malloc(LONG_TEXT);

    assert_non_null(data);

    for (i = 0; i < LONG_TEXT; i++) {
        data[i] = (i % 3 == 0) ? '\n' : 'x';
    }

    str.data = data;
    str.len = LONG_TEXT;

    loyalty_json_open(json, '[');
    loyalty_json_text(json, str);
    loyalty_json_close(json, ']');

    value = json_loadb(json->data, json->len, 0, NULL);

    assert_non_null(value);
    assert_int_equal(json_string_length(json_array_get(value, 0)), LONG_TEXT);
    assert_memory_equal(json_string_value(json_array_get(value, 0)), data,
                        LONG_TEXT);

    json_decref(value);
    free(data);
}


/* Small steps, so that each kind of call is once the one that grows. */

static void
values_of_every_kind_make_the_buffer_grow(void **state)
{
    int              i, n;
    json_t          *value;
    loyalty_json_t  *json;

    json = *state;
    n = 5000;

    loyalty_json_open(json, '[');

    for (i = 0; i < n; i++) {
        loyalty_json_open(json, '{');
        loyalty_json_key(json, "k");
        loyalty_json_integer(json, i);
        loyalty_json_key(json, "text");
        loyalty_json_text(json, text("\x01"));
        loyalty_json_key(json, "yes");
        loyalty_json_bool(json, i % 2);
        loyalty_json_close(json, '}');
    }

    loyalty_json_close(json, ']');

    value = json_loadb(json->data, json->len, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(value);
    assert_int_equal(json_array_size(value), n);

    json_decref(value);
}


static void
a_freed_writer_can_start_again(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    loyalty_json_integer(json, 1);
    loyalty_json_free(json);

    assert_null(json->data);
    assert_int_equal(json->len, 0);

    loyalty_json_integer(json, 2);

    expect(json, "2");
}


static void
without_memory_the_writer_fails_and_stays_so(void **state)
{
    loyalty_json_t  *json;

    json = *state;

    /* full, and the next size is more than any machine has */

    json->size = SIZE_MAX / 4;
    json->len = SIZE_MAX / 4;

    loyalty_json_open(json, '{');

    assert_int_equal(json->failed, 1);

    loyalty_json_key(json, "key");
    loyalty_json_text(json, text("a\"b"));
    loyalty_json_text(json, text("\""));
    loyalty_json_integer(json, 1);
    loyalty_json_bool(json, 1);
    loyalty_json_close(json, '}');

    assert_int_equal(json->failed, 1);
    assert_int_equal(json->len, 0);
    assert_null(json->data);
}


#define json_test(name)                                                       \
    cmocka_unit_test_setup_teardown(name, start, stop)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        json_test(commas_stand_between_values_only),
        json_test(integers_are_written_in_full),
        json_test(quotes_backslashes_and_controls_are_escaped),
        json_test(every_ascii_character_reads_back),
        json_test(a_null_character_is_escaped),
        json_test(an_escape_is_found_at_every_place),
        json_test(utf8_is_copied),
        json_test(an_absent_text_is_empty),
        json_test(texts_are_put_together_from_pieces),
        json_test(a_text_written_before_is_copied_as_it_is),
        json_test(long_texts_make_the_buffer_grow),
        json_test(values_of_every_kind_make_the_buffer_grow),
        json_test(a_freed_writer_can_start_again),
        json_test(without_memory_the_writer_fails_and_stays_so)
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
