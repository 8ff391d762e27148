
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <connections_fixture.h>

#include <stdio.h>


#define SOON      50                             /* ms to wait for a lock */
#define LATER     20000
#define OPENERS   8


enum {
    NOTE_INSERT = 0,
    NOTE_FIND,
    NOTE_COUNT,
    NOTE_LIST,
    NOTE_RAISE,
    NOTE_NOWHERE,

    NOTE_STATEMENTS
};


static const loyalty_db_statement_t  statements[NOTE_STATEMENTS] = {
    [NOTE_INSERT] =
        { "INSERT INTO note (words, number) VALUES ($1, $2)", 1 },
    [NOTE_FIND] =
        { "SELECT number, words, CASE WHEN words IS NULL THEN 1 ELSE 0 END "
          "FROM note WHERE words = $1", 0 },
    [NOTE_COUNT] = { "SELECT count(*) FROM note", 0 },
    [NOTE_LIST] =
        { "SELECT number, words FROM note WHERE number < $1 "
          "ORDER BY number", 0 },
    [NOTE_RAISE] = { "UPDATE note SET number = number + $1", 0 },
    [NOTE_NOWHERE] = { "SELECT * FROM nowhere", 0 }
};


static void
open_or_fail(loyalty_db_t *which)
{
    if (loyalty_db_open(which) != LOYALTY_DB_DONE) {
        fail_msg("%s", loyalty_db_error(which));
    }
}


/* A server may take its time for other reasons than a lock. */

static int
start(void **state)
{
    char  sql[256];

    if (connections_open(state, on_postgresql() ? LATER : SOON, statements,
                         NOTE_STATEMENTS)
        != 0)
    {
        return -1;
    }

    open_or_fail(db);

    (void) snprintf(sql, sizeof(sql), "CREATE TABLE note (id %s, "
                    "words TEXT NOT NULL UNIQUE, number BIGINT)",
                    shop_numbered(shop));
    (void) shop_sql(shop, sql);

    return 0;
}


#define db_test(name)                                                         \
    cmocka_unit_test_setup_teardown(name, start, connections_close)


static loyalty_db_rc_e
insert(loyalty_db_t *where, loyalty_str_t words, int64_t number)
{
    loyalty_db_value_t  values[] = {
        loyalty_db_text(words), loyalty_db_int(number)
    };

    return loyalty_db_query(where, NOTE_INSERT, values, 2);
}


static loyalty_db_rc_e
find(loyalty_db_t *where, loyalty_str_t words)
{
    loyalty_db_value_t  values[] = { loyalty_db_text(words) };

    return loyalty_db_query(where, NOTE_FIND, values, 1);
}


static int64_t
count(loyalty_db_t *where)
{
    assert_int_equal(loyalty_db_query(where, NOTE_COUNT, NULL, 0),
                     LOYALTY_DB_ROW);

    return loyalty_db_column_int(where, 0);
}


static loyalty_db_rc_e
list(loyalty_db_t *where, int64_t below)
{
    loyalty_db_value_t  values[] = { loyalty_db_int(below) };

    return loyalty_db_query(where, NOTE_LIST, values, 1);
}


static void
begin(loyalty_db_t *where, loyalty_db_mode_e mode)
{
    if (loyalty_db_begin(where, mode) != LOYALTY_DB_DONE) {
        fail_msg("%s", loyalty_db_error(where));
    }
}


static void
commit(loyalty_db_t *where)
{
    if (loyalty_db_commit(where) != LOYALTY_DB_DONE) {
        fail_msg("%s", loyalty_db_error(where));
    }
}


static void
integers_come_back(void **state)
{
    size_t         i;
    char           name[2] = "a";

    static const int64_t  numbers[] = {
        0, 1, -1, INT32_MAX, LOYALTY_POINTS_MAX, INT64_MAX, INT64_MIN
    };

    (void) state;

    begin(db, LOYALTY_DB_WRITE);

    for (i = 0; i < elements_of(numbers); i++) {
        name[0]++;
        assert_int_equal(insert(db, text(name), numbers[i]), LOYALTY_DB_DONE);
        assert_int_equal(find(db, text(name)), LOYALTY_DB_ROW);
        assert_true(loyalty_db_column_int(db, 0) == numbers[i]);
    }

    commit(db);
}


static void
texts_come_back(void **state)
{
    size_t         i;
    loyalty_str_t  found;

    static const char *const  texts[] = {
        "plain", "", "it's", "\"quoted\"", "$1", "100%", "a\nb", "caf\xc3\xa9",
        "'; DROP TABLE note; --"
    };

    (void) state;

    begin(db, LOYALTY_DB_WRITE);

    for (i = 0; i < elements_of(texts); i++) {
        assert_int_equal(insert(db, text(texts[i]), 1), LOYALTY_DB_DONE);
        assert_int_equal(find(db, text(texts[i])), LOYALTY_DB_ROW);

        found = loyalty_db_column_text(db, 1);
        assert_true(loyalty_str_equal(found, text(texts[i])));
    }

    commit(db);
}


static void
an_absent_text_is_empty_and_not_null(void **state)
{
    loyalty_str_t  none = { 0, NULL };

    (void) state;

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, none, 1), LOYALTY_DB_DONE);
    assert_int_equal(find(db, none), LOYALTY_DB_ROW);

    assert_int_equal(loyalty_db_column_int(db, 2), 0);
    commit(db);
}


static void
texts_go_by_their_length(void **state)
{
    loyalty_str_t  part = { 3, "abcdef" };

    (void) state;

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, part, 1), LOYALTY_DB_DONE);
    assert_int_equal(find(db, text("abc")), LOYALTY_DB_ROW);
    assert_int_equal(loyalty_db_column_text(db, 1).len, 3);
    commit(db);
}


static void
what_is_not_there_has_no_row(void **state)
{
    (void) state;

    begin(db, LOYALTY_DB_READ);
    assert_int_equal(find(db, text("nothing")), LOYALTY_DB_DONE);
    commit(db);
}


static void
write_three(void)
{
    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    assert_int_equal(insert(db, text("b"), 2), LOYALTY_DB_DONE);
    assert_int_equal(insert(db, text("c"), 3), LOYALTY_DB_DONE);
    commit(db);
}


static void
rows_come_one_after_the_other(void **state)
{
    loyalty_str_t  words;

    (void) state;

    write_three();
    begin(db, LOYALTY_DB_READ);

    assert_int_equal(list(db, 3), LOYALTY_DB_ROW);
    assert_int_equal(loyalty_db_column_int(db, 0), 1);

    assert_int_equal(loyalty_db_row(db), LOYALTY_DB_ROW);
    assert_int_equal(loyalty_db_column_int(db, 0), 2);

    words = loyalty_db_column_text(db, 1);
    assert_true(loyalty_str_equal(words, text("b")));

    assert_int_equal(loyalty_db_row(db), LOYALTY_DB_DONE);

    commit(db);
}


static void
a_single_row_is_the_last_one(void **state)
{
    (void) state;

    write_three();
    begin(db, LOYALTY_DB_READ);

    assert_int_equal(list(db, 2), LOYALTY_DB_ROW);
    assert_int_equal(loyalty_db_row(db), LOYALTY_DB_DONE);

    commit(db);
}


static void
rows_that_nobody_wants_are_left(void **state)
{
    (void) state;

    write_three();
    begin(db, LOYALTY_DB_WRITE);

    assert_int_equal(list(db, 4), LOYALTY_DB_ROW);
    assert_int_equal(loyalty_db_row(db), LOYALTY_DB_ROW);

    assert_int_equal(insert(db, text("d"), 0), LOYALTY_DB_DONE);
    assert_int_equal(list(db, 4), LOYALTY_DB_ROW);
    assert_int_equal(loyalty_db_column_int(db, 0), 0);

    commit(db);

    assert_int_equal(count(db), 4);
}


static void
a_new_row_tells_its_number(void **state)
{
    char  number[32];

    (void) state;

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 7), LOYALTY_DB_DONE);
    assert_int_equal(loyalty_db_inserted(db), 1);
    assert_int_equal(insert(db, text("b"), 7), LOYALTY_DB_DONE);
    assert_int_equal(loyalty_db_inserted(db), 2);
    commit(db);

    shop_sql_text(shop, "SELECT id FROM note ORDER BY words", number,
                  sizeof(number));
    assert_string_equal(number, "1 2");
}


static void
changed_rows_are_counted(void **state)
{
    loyalty_db_value_t  values[] = { loyalty_db_int(5) };

    (void) state;

    begin(db, LOYALTY_DB_WRITE);

    assert_int_equal(loyalty_db_query(db, NOTE_RAISE, values, 1),
                     LOYALTY_DB_DONE);
    assert_int_equal(loyalty_db_changes(db), 0);

    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    assert_int_equal(loyalty_db_changes(db), 1);
    assert_int_equal(insert(db, text("b"), 1), LOYALTY_DB_DONE);

    assert_int_equal(loyalty_db_query(db, NOTE_RAISE, values, 1),
                     LOYALTY_DB_DONE);
    assert_int_equal(loyalty_db_changes(db), 2);

    commit(db);
}


static void
what_was_committed_is_seen_by_others(void **state)
{
    (void) state;

    open_or_fail(other);

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    assert_int_equal(count(other), 0);
    commit(db);

    assert_int_equal(count(other), 1);
}


static void
what_was_rolled_back_is_gone(void **state)
{
    (void) state;

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    loyalty_db_rollback(db);

    begin(db, LOYALTY_DB_READ);
    assert_int_equal(count(db), 0);
    commit(db);
}


static void
without_a_transaction_a_rollback_does_nothing(void **state)
{
    (void) state;

    loyalty_db_rollback(db);
    loyalty_db_rollback(other);

    begin(db, LOYALTY_DB_WRITE);
    commit(db);
}


static void
a_reader_sees_one_moment(void **state)
{
    (void) state;

    open_or_fail(other);

    begin(other, LOYALTY_DB_READ);
    assert_int_equal(count(other), 0);

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    commit(db);

    assert_int_equal(count(other), 0);
    commit(other);
    assert_int_equal(count(other), 1);
}


static void
a_refused_row_is_a_conflict(void **state)
{
    (void) state;

    assert_string_equal(loyalty_db_error(db), "");

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    assert_int_equal(insert(db, text("a"), 2), LOYALTY_DB_CONFLICT);
    assert_non_null(strstr(loyalty_db_error(db), on_postgresql()
                           ? "unique constraint \"note_words_key\""
                           : "UNIQUE constraint failed: note.words"));
    loyalty_db_rollback(db);

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 2), LOYALTY_DB_DONE);
    commit(db);
}


static void
a_missing_table_is_no_conflict(void **state)
{
    (void) state;

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(loyalty_db_query(db, NOTE_NOWHERE, NULL, 0),
                     LOYALTY_DB_UNAVAILABLE);
    assert_non_null(strstr(loyalty_db_error(db), on_postgresql()
                           ? "relation \"nowhere\" does not exist"
                           : "no such table: nowhere"));
    loyalty_db_rollback(db);

    open_or_fail(db);
    begin(db, LOYALTY_DB_READ);
    assert_int_equal(count(db), 0);
    commit(db);
}


static void
the_second_writer_waits_only_so_long(void **state)
{
    (void) state;

    open_or_fail(other);

    begin(db, LOYALTY_DB_WRITE);

    assert_int_equal(loyalty_db_begin(other, LOYALTY_DB_WRITE),
                     LOYALTY_DB_UNAVAILABLE);
    assert_non_null(strstr(loyalty_db_error(other), "database is locked"));
    loyalty_db_rollback(other);

    begin(other, LOYALTY_DB_READ);
    commit(other);

    commit(db);

    begin(other, LOYALTY_DB_WRITE);
    commit(other);
}


static void
closing_undoes_what_is_not_committed(void **state)
{
    (void) state;

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);

    loyalty_db_close(db);
    loyalty_db_close(db);
    open_or_fail(db);

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(count(db), 0);
    assert_int_equal(insert(db, text("b"), 1), LOYALTY_DB_DONE);
    commit(db);
}


static void
a_commit_that_does_not_fit_is_undone(void **state)
{
    int64_t  size;

    (void) state;

    size = shop_file_size(shop, "-wal");
    disk_limit(size);

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    assert_int_equal(loyalty_db_commit(db), LOYALTY_DB_UNAVAILABLE);
    assert_string_not_equal(loyalty_db_error(db), "");
    loyalty_db_rollback(db);

    disk_unlimited();

    open_or_fail(db);
    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(count(db), 0);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    commit(db);
}


static void
opening_twice_is_opening_once(void **state)
{
    (void) state;

    begin(db, LOYALTY_DB_WRITE);
    assert_int_equal(insert(db, text("a"), 1), LOYALTY_DB_DONE);
    open_or_fail(db);
    commit(db);

    assert_int_equal(count(db), 1);
}


/* In a process: one of those who start together. */

static int
open_new(void *data, int number)
{
    int            failed;
    shop_t        *place = data;
    loyalty_db_t  *mine;

    (void) number;

    mine = shop_database(place, LATER, NULL, 0);
    processes_wait(&place->processes);

    failed = (loyalty_db_open(mine) != LOYALTY_DB_DONE
              || loyalty_db_begin(mine, LOYALTY_DB_WRITE) != LOYALTY_DB_DONE
              || loyalty_db_commit(mine) != LOYALTY_DB_DONE);

    if (failed) {
        print_error("%s\n", loyalty_db_error(mine));
    }

    return failed;
}


static void
many_processes_make_one_database(void **state)
{
    shop_t  *place = *state;

    processes_start_many(&place->processes, OPENERS, open_new, place);
    processes_join(&place->processes);

    assert_int_equal(shop_version(place), 1);
    assert_int_equal(shop_sql(place, "SELECT count(*) FROM member"), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        db_test(integers_come_back),
        db_test(texts_come_back),
        db_test(an_absent_text_is_empty_and_not_null),
        db_test(texts_go_by_their_length),
        db_test(what_is_not_there_has_no_row),
        db_test(rows_come_one_after_the_other),
        db_test(a_single_row_is_the_last_one),
        db_test(rows_that_nobody_wants_are_left),
        db_test(a_new_row_tells_its_number),
        db_test(changed_rows_are_counted),
        db_test(what_was_committed_is_seen_by_others),
        db_test(what_was_rolled_back_is_gone),
        db_test(without_a_transaction_a_rollback_does_nothing),
        db_test(a_refused_row_is_a_conflict),
        db_test(a_missing_table_is_no_conflict),
        db_test(closing_undoes_what_is_not_committed),
        db_test(opening_twice_is_opening_once),
        shop_test(many_processes_make_one_database),

        /* SQLite */

        db_test(a_reader_sees_one_moment),
        db_test(the_second_writer_waits_only_so_long),
        db_test(a_commit_that_does_not_fit_is_undone)
    };

    return run_shop_tests("driver", tests, 3);
}
