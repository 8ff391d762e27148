
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_csv.h>

#include <stdio.h>
#include <stdlib.h>


/* A file with some text in it, and what the reader makes of it. */

typedef struct {
    FILE           *file;
    loyalty_csv_t   csv;
} reading_t;


static int
start(void **state)
{
    reading_t  *reading;

    reading = calloc(1, sizeof(reading_t));
    if (reading == NULL) {
        return -1;
    }

    reading->file = tmpfile();
    *state = reading;

    return (reading->file != NULL) ? 0 : -1;
}


static int
stop(void **state)
{
    reading_t  *reading = *state;

    (void) fclose(reading->file);
    free(reading);

    return 0;
}


static loyalty_csv_t *
reads(void **state, const char *data, size_t len)
{
    reading_t  *reading = *state;

    assert_int_equal(fwrite(data, 1, len, reading->file), len);
    rewind(reading->file);

    loyalty_csv_init(&reading->csv, reading->file);

    return &reading->csv;
}


static loyalty_csv_t *
reads_text(void **state, const char *data)
{
    return reads(state, data, strlen(data));
}


/* The next record, its fields written as "a|b". */

static void
expect(loyalty_csv_t *csv, int64_t line, const char *fields)
{
    char      all[4 * LOYALTY_CSV_RECORD_MAX];
    size_t    len;
    unsigned  i;

    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_RECORD);

    len = 0;

    for (i = 0; i < csv->nfields; i++) {
        len += (size_t) snprintf(all + len, sizeof(all) - len, "%s%.*s",
                                 (i != 0) ? "|" : "",
                                 (int) csv->fields[i].len,
                                 csv->fields[i].data);
    }

    assert_string_equal(all, fields);
    assert_int_equal(csv->line, line);
}


static void
expect_bad(loyalty_csv_t *csv, int64_t line, const char *raw, const char *why)
{
    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_BAD);
    assert_int_equal(csv->line, line);
    assert_int_equal(csv->raw.len, strlen(raw));
    assert_memory_equal(csv->raw.data, raw, csv->raw.len);
    assert_non_null(strstr(csv->why, why));
}


static void
expect_end(loyalty_csv_t *csv)
{
    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_END);
    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_END);
}


static void
fields_are_separated_by_commas(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "a,b,c\n1,,3\n,\n");

    expect(csv, 1, "a|b|c");
    expect(csv, 2, "1||3");
    expect(csv, 3, "|");
    expect_end(csv);
}


static void
lines_end_with_lf_or_crlf_or_the_file(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "a,b\r\nc,d\ne,f");

    expect(csv, 1, "a|b");
    expect(csv, 2, "c|d");
    expect(csv, 3, "e|f");
    expect_end(csv);
}


static void
an_empty_file_has_no_records(void **state)
{
    expect_end(reads_text(state, ""));
}


static void
empty_lines_are_passed_over_and_counted(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "\n\r\na\n\n\nb\n\n");

    expect(csv, 3, "a");
    expect(csv, 6, "b");
    expect_end(csv);
}


static void
a_byte_order_mark_is_passed_over_at_the_start_only(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "\xEF\xBB\xBF" "a\n\xEF\xBB\xBF" "b\n");

    expect(csv, 1, "a");
    expect(csv, 2, "\xEF\xBB\xBF" "b");
    expect_end(csv);
}


static void
quoted_fields_hold_commas_quotes_and_lines(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "\"a,b\",\"say \"\"hi\"\"\",\"\"\n"
                     "\"one\r\ntwo\",x\n"
                     "y,\"\"\"\"\n");

    expect(csv, 1, "a,b|say \"hi\"|");
    expect(csv, 2, "one\r\ntwo|x");
    expect(csv, 4, "y|\"");
    expect_end(csv);
}


static void
a_quoted_field_may_end_the_file(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "a,\"b\"");

    expect(csv, 1, "a|b");
    expect_end(csv);
}


static void
the_raw_record_is_as_it_stands_in_the_file(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "\"a\"\"b\",c\r\n");

    expect(csv, 1, "a\"b|c");
    assert_int_equal(csv->raw.len, sizeof("\"a\"\"b\",c") - 1);
    assert_memory_equal(csv->raw.data, "\"a\"\"b\",c", csv->raw.len);
}


static void
a_quote_inside_of_a_plain_field_is_refused(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "a\"b,c\nd\n");

    expect_bad(csv, 1, "a\"b,c", "without quotes");
    expect(csv, 2, "d");
}


static void
text_behind_a_closing_quote_is_refused(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "\"a\"b,c\r\nd\n");

    expect_bad(csv, 1, "\"a\"b,c", "closing double quote");
    expect(csv, 2, "d");
}


static void
an_open_quote_costs_its_own_line_only(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "a\n\"b,c\nd,e\nf");

    expect(csv, 1, "a");
    expect_bad(csv, 2, "\"b,c", "not closed");
    expect(csv, 3, "d|e");
    expect(csv, 4, "f");
    expect_end(csv);
}


static void
an_open_quote_at_the_end_is_refused(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "\"a\"\"");

    expect_bad(csv, 1, "\"a\"\"", "not closed");
    expect_end(csv);
}


static void
a_carriage_return_inside_of_a_line_is_refused(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "a\rb\nc\r");

    expect_bad(csv, 1, "a\rb", "carriage return");
    expect_bad(csv, 2, "c\r", "carriage return");
    expect_end(csv);
}


static void
a_nul_is_refused(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads(state, "a\0b\n\"c\0\"\nd\n", 11);

    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_BAD);
    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_BAD);
    expect(csv, 3, "d");
}


static void
too_many_fields_are_refused(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_text(state, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n"
                     "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n");

    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_RECORD);
    assert_int_equal(csv->nfields, 16);

    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_BAD);
    assert_non_null(strstr(csv->why, "too many"));
    expect_end(csv);
}


/* A line of "len" bytes and its end, and one more. */

static loyalty_csv_t *
reads_long(void **state, size_t len, char start, const char *rest)
{
    char           *data;
    loyalty_csv_t  *csv;

    data = malloc(len + strlen(rest));
    assert_non_null(data);

    (void) memset(data, 'x', len);
    data[0] = start;
    (void) memcpy(data + len, rest, strlen(rest));

    csv = reads(state, data, len + strlen(rest));

    free(data);

    return csv;
}


static void
the_longest_record_is_read(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_long(state, LOYALTY_CSV_RECORD_MAX - 1, 'x', "\nb\n");

    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_RECORD);
    assert_int_equal(csv->fields[0].len, LOYALTY_CSV_RECORD_MAX - 1);
    expect(csv, 2, "b");
    expect_end(csv);
}


static void
a_longer_record_is_refused(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_long(state, LOYALTY_CSV_RECORD_MAX, 'x', "\nb\n");

    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_BAD);
    assert_non_null(strstr(csv->why, "longer"));
    expect(csv, 2, "b");
    expect_end(csv);
}


static void
a_line_larger_than_memory_is_passed_over(void **state)
{
    loyalty_csv_t  *csv;

    csv = reads_long(state, 3 * LOYALTY_CSV_BUFFER + 7, '"', "\nb\n");

    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_BAD);
    assert_int_equal(csv->line, 1);
    assert_int_equal(csv->raw.len, LOYALTY_CSV_RECORD_MAX);
    assert_non_null(strstr(csv->why, "longer"));
    expect(csv, 2, "b");
    expect_end(csv);
}


/* Records lie across the ends of what is read at once, in all ways. */

static void
many_records_come_one_by_one(void **state)
{
    int             i, n;
    char            expected[32];
    size_t          bytes;
    reading_t      *reading = *state;
    loyalty_csv_t  *csv = &reading->csv;

    n = 5 * LOYALTY_CSV_BUFFER / 16;
    bytes = 0;

    for (i = 1; i <= n; i++) {
        bytes += (size_t) fprintf(reading->file, "%d,\"%d\"\r\n", i, 3 * i);
    }

    rewind(reading->file);
    loyalty_csv_init(csv, reading->file);

    for (i = 1; i <= n; i++) {
        (void) snprintf(expected, sizeof(expected), "%d|%d", i, 3 * i);

        expect(csv, i, expected);
    }

    expect_end(csv);
    assert_int_equal(csv->offset, bytes);
}


static void
what_cannot_be_read_is_told(void **state)
{
    FILE           *folder;
    reading_t      *reading = *state;
    loyalty_csv_t  *csv = &reading->csv;

    folder = fopen("/", "r");
    assert_non_null(folder);

    loyalty_csv_init(csv, folder);
    assert_int_equal(loyalty_csv_read(csv), LOYALTY_CSV_FAILED);

    (void) fclose(folder);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(fields_are_separated_by_commas,
                                        start, stop),
        cmocka_unit_test_setup_teardown(lines_end_with_lf_or_crlf_or_the_file,
                                        start, stop),
        cmocka_unit_test_setup_teardown(an_empty_file_has_no_records,
                                        start, stop),
        cmocka_unit_test_setup_teardown(
            empty_lines_are_passed_over_and_counted, start, stop),
        cmocka_unit_test_setup_teardown(
            a_byte_order_mark_is_passed_over_at_the_start_only, start, stop),
        cmocka_unit_test_setup_teardown(
            quoted_fields_hold_commas_quotes_and_lines, start, stop),
        cmocka_unit_test_setup_teardown(a_quoted_field_may_end_the_file,
                                        start, stop),
        cmocka_unit_test_setup_teardown(
            the_raw_record_is_as_it_stands_in_the_file, start, stop),
        cmocka_unit_test_setup_teardown(
            a_quote_inside_of_a_plain_field_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(
            text_behind_a_closing_quote_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(an_open_quote_costs_its_own_line_only,
                                        start, stop),
        cmocka_unit_test_setup_teardown(an_open_quote_at_the_end_is_refused,
                                        start, stop),
        cmocka_unit_test_setup_teardown(
            a_carriage_return_inside_of_a_line_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(a_nul_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(too_many_fields_are_refused,
                                        start, stop),
        cmocka_unit_test_setup_teardown(the_longest_record_is_read,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_longer_record_is_refused,
                                        start, stop),
        cmocka_unit_test_setup_teardown(
            a_line_larger_than_memory_is_passed_over, start, stop),
        cmocka_unit_test_setup_teardown(many_records_come_one_by_one,
                                        start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_told,
                                        start, stop)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
