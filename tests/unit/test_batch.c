
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_test.h>
#include <loyalty_batch.h>

#include <stdio.h>


#define MANY  100


static loyalty_command_t  commands[MANY];
static char               emails[MANY][32];


/*
 * A list from a text: "a" is a claim of a@x, "A" a redemption; the number of a
 * command is its member's.
 */

static loyalty_command_t *
list(const char *letters)
{
    size_t  i, n;

    memset(commands, 0, sizeof(commands));
    n = strlen(letters);

    assert_in_range(n, 0, MANY);

    for (i = 0; i < n; i++) {
        commands[i].kind = (letters[i] < 'a') ? LOYALTY_COMMAND_REDEEM
                                              : LOYALTY_COMMAND_CLAIM;
        (void) snprintf(emails[i], sizeof(emails[i]), "%c@x",
                        letters[i] | ('a' - 'A'));
        commands[i].email = text(emails[i]);
        commands[i].member.id = (int64_t) i;
        commands[i].next = (i + 1 < n) ? &commands[i + 1] : NULL;
    }

    return (n != 0) ? commands : NULL;
}


static void
expect_sorted(const char *letters, const char *expected)
{
    int                 n;
    loyalty_command_t  *c;

    n = 0;

    for (c = loyalty_batch_sort(list(letters)); c != NULL; c = c->next) {
        assert_int_equal(letters[c->member.id], expected[n]);
        n++;
    }

    assert_int_equal(n, strlen(expected));
}


static void
expect_end(const char *letters, int end)
{
    loyalty_command_t  *c;

    c = loyalty_batch_end(list(letters));

    if (end == (int) strlen(letters)) {
        assert_null(c);

    } else {
        assert_ptr_equal(c, &commands[end]);
    }
}


static void
commands_are_sorted_by_e_mail(void **state)
{
    (void) state;

    expect_sorted("", "");
    expect_sorted("a", "a");
    expect_sorted("ba", "ab");
    expect_sorted("abc", "abc");
    expect_sorted("cba", "abc");
    expect_sorted("bdacbe", "abbcde");
}


static void
redemptions_come_last(void **state)
{
    (void) state;

    expect_sorted("Aa", "aA");
    expect_sorted("AzBy", "yzAB");
    expect_sorted("CaBA", "aABC");
}


static void
commands_of_one_member_stay_in_their_order(void **state)
{
    int64_t             last;
    loyalty_command_t  *c;

    (void) state;

    last = -1;

    for (c = loyalty_batch_sort(list("babcbabcaBAbBab")); c != NULL;
         c = c->next)
    {
        if (c->email.data[0] == 'b' && c->kind == LOYALTY_COMMAND_CLAIM) {
            assert_true(c->member.id > last);
            last = c->member.id;
        }
    }

    assert_int_equal(last, 14);
}


static void
an_e_mail_comes_before_those_that_go_on(void **state)
{
    loyalty_command_t  *first;

    (void) state;

    first = list("aaa");

    commands[0].email = text("a@x.com");
    commands[1].email = text("a@x");
    commands[2].email = text("a@x.co");

    first = loyalty_batch_sort(first);

    assert_ptr_equal(first, &commands[1]);
    assert_ptr_equal(first->next, &commands[2]);
    assert_ptr_equal(first->next->next, &commands[0]);
    assert_null(commands[0].next);
}


/* Two nodes must agree, also on e-mails that are not ASCII. */

static void
bytes_are_compared_as_unsigned(void **state)
{
    loyalty_command_t  *first;

    (void) state;

    first = list("aa");

    commands[0].email = text("\xc3\xa9@x");
    commands[1].email = text("z@x");

    first = loyalty_batch_sort(first);

    assert_ptr_equal(first, &commands[1]);
    assert_ptr_equal(first->next, &commands[0]);
}


static void
long_lists_are_sorted_completely(void **state)
{
    int                 i, n;
    char                letters[MANY + 1];
    loyalty_command_t  *c;

    (void) state;

    for (i = 0; i < MANY; i++) {
        letters[i] = (char) ('a' + i * 37 % 26);
    }

    letters[MANY] = '\0';
    n = 1;

    for (c = loyalty_batch_sort(list(letters)); c->next != NULL; c = c->next) {
        assert_true(c->email.data[0] <= c->next->email.data[0]);
        n++;
    }

    assert_int_equal(n, MANY);
}


static void
a_transaction_has_16_commands(void **state)
{
    (void) state;

    expect_end("a", 1);
    expect_end("abcdefghijklmnop", 16);
    expect_end("abcdefghijklmnopq", 16);
    expect_end("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 16);
}


static void
a_redemption_is_a_transaction(void **state)
{
    (void) state;

    expect_end("A", 1);
    expect_end("AA", 1);
    expect_end("Aab", 1);
    expect_end("abA", 2);
    expect_end("abcdefghijklmnopA", 16);
}


static void
all_commands_get_their_turn(void **state)
{
    int                 n;
    loyalty_command_t  *c, *end;

    (void) state;

    n = 0;

    for (c = loyalty_batch_sort(list("abAcdefghBijklmnopqrstuvwxyzC"));
         c != NULL;
         c = end)
    {
        end = loyalty_batch_end(c);
        assert_ptr_not_equal(c, end);
        n++;
    }

    assert_int_equal(n, 2 + 3);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(commands_are_sorted_by_e_mail),
        cmocka_unit_test(redemptions_come_last),
        cmocka_unit_test(commands_of_one_member_stay_in_their_order),
        cmocka_unit_test(an_e_mail_comes_before_those_that_go_on),
        cmocka_unit_test(bytes_are_compared_as_unsigned),
        cmocka_unit_test(long_lists_are_sorted_completely),
        cmocka_unit_test(a_transaction_has_16_commands),
        cmocka_unit_test(a_redemption_is_a_transaction),
        cmocka_unit_test(all_commands_get_their_turn)
    };

    return cmocka_run_group_tests_name("batch order", tests, NULL, NULL);
}
