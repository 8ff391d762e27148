
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <json_fixture.h>
#include <upkeep_fixture.h>

#include <stdio.h>


static json_t *
board(shop_t *shop, const char *email, const char *limit)
{
    return answer_to(shop, shop_leaderboard(shop, email, limit),
                     LOYALTY_LEADERBOARD);
}


static json_t *
leader(json_t *json, size_t n)
{
    return nth(json, "leaders", n);
}


static size_t
leaders(json_t *json)
{
    return length(json, "leaders");
}


static int64_t
your(json_t *json, const char *key)
{
    return number(json_object_get(json, "you"), key);
}


static void
many_members(shop_t *shop, int n)
{
    int   i;
    char  email[32];

    for (i = 1; i <= n; i++) {
        (void) snprintf(email, sizeof(email), "p%d@example.com", i);
        shop_member(shop, email, i);
    }
}


static void
the_best_come_first(void **state)
{
    char     code[64];
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);
    shop_member(shop, BOB, 300);
    shop_member(shop, CAROL, 200);
    make_leaders(shop);

    json = board(shop, "", "");

    assert_int_equal(leaders(json), 3);
    assert_int_equal(number(leader(json, 0), "rank"), 1);
    assert_int_equal(number(leader(json, 0), "points"), 300);
    assert_int_equal(number(leader(json, 1), "rank"), 2);
    assert_int_equal(number(leader(json, 1), "points"), 200);
    assert_int_equal(number(leader(json, 2), "rank"), 3);
    assert_int_equal(number(leader(json, 2), "points"), 100);
    assert_string_equal(word(json, "by"), "lifetime");
    assert_string_equal(word(json, "at"), "2026-12-22T10:00:00Z");

    shop_sql_text(shop, "SELECT code FROM member WHERE email = '" BOB "'",
                  code, sizeof(code));
    assert_string_equal(word(leader(json, 0), "member"), code);

    json_decref(json);
}


static void
spent_points_count(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 300);
    shop_expect(shop, shop_redeem(shop, ADA, "hanky"), LOYALTY_REDEEMED);
    make_leaders(shop);

    json = board(shop, ADA, "");
    assert_int_equal(number(leader(json, 0), "points"), 300);
    assert_int_equal(your(json, "points"), 300);
    json_decref(json);
}


static void
nobody_s_e_mail_is_shown(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 100);
    shop_member(shop, BOB, 200);
    make_leaders(shop);

    c = shop_expect(shop, shop_leaderboard(shop, ADA, ""),
                    LOYALTY_LEADERBOARD);

    assert_false(answer_says(c, "example.com"));
}


static void
equals_share_a_rank_and_who_joined_first_comes_first(void **state)
{
    char     code[64];
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, BOB, 100);
    shop->now++;
    shop_member(shop, ADA, 100);
    shop_member(shop, CAROL, 50);
    make_leaders(shop);

    json = board(shop, ADA, "");

    shop_sql_text(shop, "SELECT code FROM member WHERE email = '" BOB "'",
                  code, sizeof(code));

    assert_string_equal(word(leader(json, 0), "member"), code);
    assert_int_equal(number(leader(json, 0), "rank"), 1);
    assert_int_equal(number(leader(json, 1), "rank"), 1);
    assert_int_equal(number(leader(json, 2), "rank"), 3);
    assert_int_equal(your(json, "rank"), 1);

    json_decref(json);
}


static void
ten_are_shown_and_a_hundred_at_most(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    many_members(shop, 103);
    make_leaders(shop);

    json = board(shop, "", "");
    assert_int_equal(leaders(json), 10);
    json_decref(json);

    json = board(shop, "", "100");
    assert_int_equal(leaders(json), 100);
    assert_int_equal(number(leader(json, 99), "points"), 4);
    assert_string_not_equal(word(leader(json, 99), "member"), "");
    json_decref(json);

    shop_expect(shop, shop_leaderboard(shop, "", "101"),
                LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_leaderboard(shop, "", "0"), LOYALTY_BAD_REQUEST);
    shop_expect(shop, shop_leaderboard(shop, "", "x"), LOYALTY_BAD_REQUEST);
}


static void
who_asks_is_told_his_rank(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    many_members(shop, 110);
    make_leaders(shop);

    json = board(shop, "p109@example.com", "1");
    assert_int_equal(your(json, "rank"), 2);
    assert_int_equal(your(json, "points"), 109);
    json_decref(json);

    /* behind the hundred there are marks */

    json = board(shop, "p8@example.com", "1");
    assert_in_range(your(json, "rank"), 103, 105);
    json_decref(json);

    json = board(shop, "p1@example.com", "1");
    assert_int_equal(your(json, "rank"), 110);
    json_decref(json);
}


static void
marks_are_a_fiftieth_apart(void **state)
{
    shop_t  *shop = *state;

    many_members(shop, 300);
    make_leaders(shop);

    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM leader AS a "
                                    "JOIN leader AS b ON b.board = a.board "
                                    "AND b.place = (SELECT min(place) "
                                    "FROM leader WHERE place > a.place) "
                                    "WHERE (b.place - a.place - 1) * 50 "
                                    "> a.place"), 0);
    assert_int_equal(shop_sql(shop, "SELECT max(place) FROM leader"), 300);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM leader "
                                    "WHERE place + points <> 301"), 0);
    assert_int_equal(shop_sql(shop, "SELECT count(*) FROM leader "
                                    "WHERE code <> ''"), 100);
    assert_in_range(shop_sql(shop, "SELECT count(*) FROM leader"), 130, 200);
}


static void
the_rank_is_that_of_your_points_now(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);
    shop_member(shop, BOB, 200);
    make_leaders(shop);

    shop_expect(shop, shop_claim(shop, ADA, "1001", 50000), LOYALTY_CLAIMED);

    json = board(shop, ADA, "");
    assert_int_equal(your(json, "points"), 600);
    assert_int_equal(your(json, "rank"), 1);
    assert_int_equal(number(leader(json, 0), "points"), 200);
    json_decref(json);
}


static void
who_has_no_points_has_no_rank(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 0);
    shop_member(shop, BOB, 200);
    make_leaders(shop);

    json = board(shop, ADA, "");
    assert_int_equal(leaders(json), 1);
    assert_int_equal(your(json, "rank"), 0);
    json_decref(json);

    json = board(shop, "", "");
    assert_int_equal(your(json, "rank"), 0);
    assert_string_equal(word(json_object_get(json, "you"), "member"), "");
    json_decref(json);

    shop_expect(shop, shop_leaderboard(shop, CAROL, ""),
                LOYALTY_NOT_A_MEMBER);
}


static void
who_is_behind_everybody_is_the_last(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);
    shop_member(shop, BOB, 200);
    make_leaders(shop);
    shop_member(shop, CAROL, 10);

    json = board(shop, CAROL, "");
    assert_int_equal(your(json, "rank"), 3);
    json_decref(json);
}


static void
before_it_is_made_it_is_empty_and_due(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);
    assert_false(loyalty_engine_leaders_due(shop->engine));

    json = board(shop, ADA, "");
    assert_int_equal(leaders(json), 0);
    assert_string_equal(word(json, "at"), "");
    assert_int_equal(your(json, "rank"), 1);
    json_decref(json);

    assert_true(loyalty_engine_leaders_due(shop->engine));

    make_leaders(shop);

    json = board(shop, "", "");
    assert_int_equal(leaders(json), 1);
    json_decref(json);

    assert_false(loyalty_engine_leaders_due(shop->engine));
}


static void
it_is_made_again_when_somebody_asks_after_a_minute(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);
    make_leaders(shop);
    shop_member(shop, BOB, 200);

    shop->now += 59;
    json_decref(board(shop, "", ""));
    assert_false(loyalty_engine_leaders_due(shop->engine));
    assert_int_equal(make_leaders(shop), 1);

    shop->now++;
    json = board(shop, "", "");
    assert_int_equal(leaders(json), 1);
    json_decref(json);
    assert_true(loyalty_engine_leaders_due(shop->engine));

    assert_true(make_leaders(shop) > 1);

    json = board(shop, "", "");
    assert_int_equal(leaders(json), 2);
    json_decref(json);
}


static void
one_of_two_engines_makes_it(void **state)
{
    int                more;
    shop_t            *shop = *state;
    loyalty_engine_t  *other;

    shop_member(shop, ADA, 100);

    other = loyalty_engine_create(&shop->conf);
    assert_non_null(other);

    assert_int_equal(loyalty_engine_leaders(shop->engine, shop->now, &more),
                     LOYALTY_OK);
    assert_true(more);

    assert_int_equal(loyalty_engine_leaders(other, shop->now, &more),
                     LOYALTY_OK);
    assert_false(more);

    loyalty_engine_destroy(other);
}


static void
what_a_worker_left_unfinished_another_makes(void **state)
{
    int      more;
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);

    assert_int_equal(loyalty_engine_leaders(shop->engine, shop->now, &more),
                     LOYALTY_OK);
    shop_reload(shop);

    shop->now += 299;
    assert_int_equal(make_leaders(shop), 1);

    shop->now++;
    make_leaders(shop);

    json = board(shop, "", "");
    assert_int_equal(leaders(json), 1);
    json_decref(json);
}


static void
a_failure_is_told_and_passes(void **state)
{
    int      more;
    json_t  *json;
    shop_t  *shop = *state;

    shop_member(shop, ADA, 100);
    shop_curse(shop, "leader", "points = 100");

    assert_int_equal(loyalty_engine_leaders(shop->engine, shop->now, &more),
                     LOYALTY_OK);
    assert_true(more);
    assert_int_equal(loyalty_engine_leaders(shop->engine, shop->now, &more),
                     LOYALTY_ERROR);
    assert_false(more);
    assert_string_not_equal(loyalty_engine_error(shop->engine), "");

    shop_lift_curse(shop);

    shop->now += 300;
    make_leaders(shop);
    assert_string_equal(loyalty_engine_error(shop->engine), "");

    json = board(shop, "", "");
    assert_int_equal(leaders(json), 1);
    json_decref(json);
}


/* Not by the engine, and without a ledger: that would take long. */

static void
many_members_are_read_in_steps(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop->damaged = 1;

    shop_member(shop, ADA, 500);

    (void) shop_sql(shop, "INSERT INTO member (id, email, code, referral, "
                          "source, locale, lifetime, joined_at) "
                          "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL "
                          "SELECT i + 1 FROM n WHERE i < 20001) "
                          "SELECT i, 'p' || i || '@example.com', 'm_' || i, "
                          "'R' || i, '', '', i, 0 FROM n");

    /* two full ones and the rest, after the one that begins */

    assert_int_equal(make_leaders(shop), 4);

    json = board(shop, "p1002@example.com", "");
    assert_int_equal(number(leader(json, 0), "points"), 20001);
    assert_int_equal(number(leader(json, 9), "points"), 19992);
    assert_in_range(your(json, "rank"), 19000, 19400);
    json_decref(json);

    assert_int_equal(shop_sql(shop, "SELECT max(place) FROM leader"), 20001);
}


static void
tiers_and_badges_are_shown(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop->tiers[0].id = text("silver");
    shop->tiers[0].name = text("Silver");
    shop->tiers[0].threshold = 150;
    shop->program.ladder.ntiers = 1;

    shop->badges[0].id = text("first");
    shop->badges[0].name = text("First order");
    shop->badges[0].kind = LOYALTY_BADGE_ORDERS;
    shop->badges[0].count = 1;
    shop->program.nbadges = 1;

    shop_reload(shop);

    shop_member(shop, ADA, 100);
    shop_member(shop, BOB, 100);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 10000), LOYALTY_CLAIMED);
    make_leaders(shop);

    json = board(shop, ADA, "");

    assert_string_equal(word(leader(json, 0), "tier"), "silver");
    assert_string_equal(word(leader(json, 0), "tier_name"), "Silver");
    assert_int_equal(number(leader(json, 0), "badges"), 1);
    assert_string_equal(word(leader(json, 1), "tier"), "");
    assert_int_equal(number(leader(json, 1), "badges"), 0);
    assert_int_equal(your(json, "badges"), 1);
    assert_string_equal(word(json_object_get(json, "you"), "tier"),
                        "silver");

    json_decref(json);
}


static json_t *
board_by(shop_t *shop, const char *email, const char *by)
{
    loyalty_command_t  *c;

    c = shop_leaderboard(shop, email, "");
    c->by = text(by);

    return answer_to(shop, c, LOYALTY_LEADERBOARD);
}


static void
by_window_only_what_was_earned_in_it_counts(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop->program.ladder.window = LOYALTY_WINDOW_YEAR;
    shop_reload(shop);

    shop_member(shop, ADA, 500);

    /* in the next year nobody has earned anything but Bob */

    shop->now += 30 * DAY;
    shop_member(shop, BOB, 100);
    make_leaders(shop);

    json = board_by(shop, ADA, "window");
    assert_int_equal(leaders(json), 1);
    assert_int_equal(number(leader(json, 0), "points"), 100);
    assert_int_equal(your(json, "points"), 0);
    assert_int_equal(your(json, "rank"), 0);
    assert_string_equal(word(json, "by"), "window");
    json_decref(json);

    json = board_by(shop, ADA, "lifetime");
    assert_int_equal(leaders(json), 2);
    assert_int_equal(your(json, "rank"), 1);
    json_decref(json);
}


/* What it has earned in the window is yet to be added to the other's. */

static void
who_was_merged_is_on_no_board(void **state)
{
    json_t  *json;
    shop_t  *shop = *state;

    shop->damaged = 1;
    shop->program.ladder.window = LOYALTY_WINDOW_YEAR;
    shop_reload(shop);

    shop_member(shop, ADA, 500);
    shop_member(shop, BOB, 100);

    (void) shop_sql(shop, "UPDATE member SET merged_into = 2 WHERE id = 1");
    make_leaders(shop);

    json = board_by(shop, "", "window");
    assert_int_equal(leaders(json), 1);
    assert_int_equal(number(leader(json, 0), "points"), 100);
    json_decref(json);
}


static void
without_windows_there_is_no_board_of_them(void **state)
{
    shop_t             *shop = *state;
    loyalty_command_t  *c;

    shop_member(shop, ADA, 500);

    c = shop_leaderboard(shop, "", "");
    c->by = text("window");
    shop_expect(shop, c, LOYALTY_BAD_REQUEST);

    c = shop_leaderboard(shop, "", "");
    c->by = text("beauty");
    shop_expect(shop, c, LOYALTY_BAD_REQUEST);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        shop_test(the_best_come_first),
        shop_test(spent_points_count),
        shop_test(nobody_s_e_mail_is_shown),
        shop_test(equals_share_a_rank_and_who_joined_first_comes_first),
        shop_test(ten_are_shown_and_a_hundred_at_most),
        shop_test(who_asks_is_told_his_rank),
        shop_test(marks_are_a_fiftieth_apart),
        shop_test(the_rank_is_that_of_your_points_now),
        shop_test(who_has_no_points_has_no_rank),
        shop_test(who_is_behind_everybody_is_the_last),
        shop_test(before_it_is_made_it_is_empty_and_due),
        shop_test(it_is_made_again_when_somebody_asks_after_a_minute),
        shop_test(one_of_two_engines_makes_it),
        shop_test(what_a_worker_left_unfinished_another_makes),
        shop_test(a_failure_is_told_and_passes),
        shop_test(many_members_are_read_in_steps),
        shop_test(tiers_and_badges_are_shown),
        shop_test(by_window_only_what_was_earned_in_it_counts),
        shop_test(who_was_merged_is_on_no_board),
        shop_test(without_windows_there_is_no_board_of_them)
    };

    return cmocka_run_group_tests_name("leaderboard", tests, NULL, NULL);
}
