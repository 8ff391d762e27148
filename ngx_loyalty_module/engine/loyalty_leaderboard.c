
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_leaders.h>

#include <stdlib.h>
#include <string.h>


#define LOYALTY_LEADERS_LIMIT  10


static int loyalty_leaderboard_which(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_board_e *board);
static int loyalty_leaderboard_best(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t limit);
static void loyalty_leaderboard_row(loyalty_transaction_t *tx,
    loyalty_leader_t *leader);
static int loyalty_leaderboard_you(loyalty_transaction_t *tx,
    loyalty_command_t *command);


int
loyalty_leaderboard(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                found;
    int64_t            limit;
    loyalty_board_e    board;
    loyalty_result_t  *result = &command->result;

    limit = loyalty_command_number(command->limit, LOYALTY_LEADERS_LIMIT,
                                   LOYALTY_LEADERS_MAX);

    if (limit == 0) {
        result->outcome = LOYALTY_BAD_REQUEST;
        result->detail = "The parameter \"limit\" is no good: send how many "
                         "leaders to show, 1 to 100.";
        return LOYALTY_OK;
    }

    if (!loyalty_leaderboard_which(tx, command, &board)) {
        result->outcome = LOYALTY_BAD_REQUEST;
        result->detail = "The parameter \"by\" is no good: send \"lifetime\", "
                         "or \"window\" where the tiers have one.";
        return LOYALTY_OK;
    }

    result->by = loyalty_boards[board];

    if (command->email.len != 0) {

        if (loyalty_member_of(tx, command, &found) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

        if (!found) {
            return LOYALTY_OK;
        }

        result->you.points = (board == LOYALTY_BOARD_LIFETIME)
                             ? command->member.lifetime
                             : command->member.standing.points;

        if (loyalty_leaderboard_you(tx, command) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    result->outcome = LOYALTY_LEADERBOARD;

    if (loyalty_leaders_when(tx, &result->leaders_at) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return loyalty_leaderboard_best(tx, command, limit);
}


static int
loyalty_leaderboard_which(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_board_e *board)
{
    *board = LOYALTY_BOARD_LIFETIME;

    if (command->by.len == 0
        || loyalty_str_equal(command->by, loyalty_boards[*board]))
    {
        return 1;
    }

    *board = LOYALTY_BOARD_WINDOW;

    return tx->program->ladder.window != LOYALTY_WINDOW_LIFETIME
           && loyalty_str_equal(command->by, loyalty_boards[*board]);
}


static int
loyalty_leaderboard_best(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t limit)
{
    int                       row;
    loyalty_result_t         *result = &command->result;
    loyalty_leader_t         *leader;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(result->by), loyalty_db_int(limit)
    };

    result->leaders = calloc((size_t) limit, sizeof(loyalty_leader_t));

    if (result->leaders == NULL) {
        return loyalty_transaction_refuse(tx, "no memory for leaders");
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEADERS, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row && result->nleaders < (size_t) limit) {
        leader = &result->leaders[result->nleaders++];

        loyalty_leaderboard_row(tx, leader);

        /* equals share a rank, and the next one is so much lower */

        if (leader != result->leaders
            && leader->points == (leader - 1)->points)
        {
            leader->rank = (leader - 1)->rank;
        }

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static void
loyalty_leaderboard_row(loyalty_transaction_t *tx, loyalty_leader_t *leader)
{
    loyalty_str_t  code;

    leader->rank = loyalty_db_column_int(tx->db, 0);
    leader->points = loyalty_db_column_int(tx->db, 1);
    leader->badges = loyalty_db_column_int(tx->db, 2);
    leader->tier = loyalty_tier_find(&tx->program->ladder,
                                     loyalty_db_column_text(tx->db, 3));

    code = loyalty_db_column_text(tx->db, 4);

    if (code.len < sizeof(leader->member)) {
        memcpy(leader->member, code.data, code.len);
    }
}


/* Who has no points has no rank. */

static int
loyalty_leaderboard_you(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                       row;
    loyalty_leader_t         *you = &command->result.you;
    const loyalty_member_t   *member = &command->member;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->result.by), loyalty_db_int(you->points)
    };

    memcpy(you->member, member->code, sizeof(you->member));

    you->badges = member->badges;
    you->tier = loyalty_tier_of(&tx->program->ladder, member->joined_at,
                                &member->standing, tx->now);

    if (you->points <= 0) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEADERS_RANK, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    you->rank = loyalty_db_column_int(tx->db, 0);

    return LOYALTY_OK;
}
