
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_leaders.h>
#include <loyalty_walk.h>

#include <stdlib.h>
#include <string.h>


#define LOYALTY_LEADERS_STEP   10000           /* members */

/* Behind the best, every so manieth place is kept, as a part of it. */

#define LOYALTY_LEADERS_MARKS  50


/* Of all members, the best and everybody's points. */

typedef struct {
    loyalty_leader_t   best[LOYALTY_LEADERS_MAX];
    size_t             nbest;
    int64_t           *points;
    size_t             npoints;
    size_t             nalloc;
} loyalty_board_t;


struct loyalty_leaders_s {
    loyalty_walk_t     walk;
    loyalty_board_t    boards[LOYALTY_BOARDS];
    size_t             nboards;
};


static int loyalty_leaders_member(loyalty_transaction_t *tx);
static int loyalty_leaders_add(loyalty_board_t *board,
    const loyalty_leader_t *leader);
static int loyalty_leaders_before(const loyalty_leader_t *one,
    const loyalty_leader_t *two);
static int loyalty_leaders_compare(const void *one, const void *two);
static int loyalty_leaders_board(loyalty_transaction_t *tx,
    const loyalty_board_t *board, loyalty_str_t name);
static int loyalty_leaders_place(loyalty_transaction_t *tx,
    loyalty_str_t board, int64_t place, const loyalty_leader_t *leader);


const loyalty_str_t  loyalty_boards[LOYALTY_BOARDS] = {
    [LOYALTY_BOARD_LIFETIME] = loyalty_string("lifetime"),
    [LOYALTY_BOARD_WINDOW] = loyalty_string("window")
};


static const loyalty_walk_conf_t  loyalty_leaders_conf = {
    .chore = loyalty_string("leaders"),
    .interval = LOYALTY_LEADERS_REFRESH,
    .by_email = LOYALTY_SQL_LEADERS_READ,
    .by_id = LOYALTY_SQL_LEADERS_READ_SHARED,
    .step = LOYALTY_LEADERS_STEP
};


loyalty_leaders_t *
loyalty_leaders_create(void)
{
    loyalty_leaders_t  *leaders;

    leaders = calloc(1, sizeof(loyalty_leaders_t));

    if (leaders != NULL) {
        leaders->walk.conf = &loyalty_leaders_conf;
    }

    return leaders;
}


void
loyalty_leaders_destroy(loyalty_leaders_t *leaders)
{
    size_t  i;

    if (leaders == NULL) {
        return;
    }

    for (i = 0; i < LOYALTY_BOARDS; i++) {
        free(leaders->boards[i].points);
    }

    free(leaders);
}


int
loyalty_leaders_when(loyalty_transaction_t *tx, int64_t *at)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_leaders_conf.chore)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_CHORE_FIND, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *at = row ? loyalty_db_column_int(tx->db, 0) : 0;

    if (tx->now - *at >= LOYALTY_LEADERS_REFRESH) {
        tx->leaders_old = 1;
    }

    return LOYALTY_OK;
}


int
loyalty_leaders_begin(loyalty_transaction_t *tx, int *more)
{
    tx->leaders->nboards =
        (tx->program->ladder.window != LOYALTY_WINDOW_LIFETIME)
        ? LOYALTY_BOARDS : 1;

    return loyalty_walk_begin(tx, &tx->leaders->walk, more);
}


int
loyalty_leaders_read(loyalty_transaction_t *tx, int *more)
{
    int                 row;
    size_t              i;
    loyalty_leaders_t  *leaders = tx->leaders;

    if (loyalty_walk_read(tx, &leaders->walk, &row) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    while (row) {

        if (loyalty_leaders_member(tx) != LOYALTY_OK
            || loyalty_walk_next(tx, &leaders->walk, &row) != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    *more = !loyalty_walk_through(&leaders->walk);

    for (i = 0; i < leaders->nboards && !*more; i++) {

        if (leaders->boards[i].npoints != 0) {
            qsort(leaders->boards[i].points, leaders->boards[i].npoints,
                  sizeof(int64_t), loyalty_leaders_compare);
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_leaders_member(loyalty_transaction_t *tx)
{
    size_t                   i;
    int64_t                  lifetime;
    loyalty_str_t            code;
    loyalty_leader_t         leader;
    loyalty_standing_t       standing;
    const loyalty_ladder_t  *ladder = &tx->program->ladder;

    memset(&leader, 0, sizeof(loyalty_leader_t));

    code = loyalty_db_column_text(tx->db, 2);

    if (code.len >= sizeof(leader.member)) {
        code.len = sizeof(leader.member) - 1;
    }

    memcpy(leader.member, code.data, code.len);

    lifetime = loyalty_db_column_int(tx->db, 3);

    leader.since = loyalty_db_column_int(tx->db, 4);
    leader.badges = loyalty_db_column_int(tx->db, 9);

    standing.at = loyalty_db_column_int(tx->db, 5);
    standing.points = loyalty_db_column_int(tx->db, 6);
    standing.before = loyalty_db_column_int(tx->db, 7);
    standing.earlier = loyalty_db_column_int(tx->db, 8);

    /* what merged members have earned comes to it when it is looked at */

    if (standing.at < 0) {
        standing.at = -standing.at;
    }

    loyalty_standing_advance(ladder, leader.since, lifetime, &standing,
                             tx->now);

    leader.tier = loyalty_tier_of(ladder, leader.since, &standing, tx->now);

    for (i = 0; i < tx->leaders->nboards; i++) {
        leader.points = (i == LOYALTY_BOARD_LIFETIME) ? lifetime
                                                      : standing.points;

        if (leader.points > 0
            && loyalty_leaders_add(&tx->leaders->boards[i], &leader)
               != LOYALTY_OK)
        {
            return loyalty_transaction_refuse(tx, "no memory for leaders");
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_leaders_add(loyalty_board_t *board, const loyalty_leader_t *leader)
{
    size_t    i, nalloc;
    int64_t  *points;

    if (board->npoints == board->nalloc) {
        nalloc = (board->nalloc != 0) ? 2 * board->nalloc : 1024;

        points = realloc(board->points, nalloc * sizeof(int64_t));
        if (points == NULL) {
            return LOYALTY_ERROR;
        }

        board->points = points;
        board->nalloc = nalloc;
    }

    board->points[board->npoints++] = leader->points;

    if (board->nbest == LOYALTY_LEADERS_MAX) {

        if (!loyalty_leaders_before(leader, &board->best[board->nbest - 1])) {
            return LOYALTY_OK;
        }

        board->nbest--;
    }

    for (i = board->nbest;
         i > 0 && loyalty_leaders_before(leader, &board->best[i - 1]);
         i--)
    {
        board->best[i] = board->best[i - 1];
    }

    board->best[i] = *leader;
    board->nbest++;

    return LOYALTY_OK;
}


/* Of equals, who joined first; the code makes it sure. */

static int
loyalty_leaders_before(const loyalty_leader_t *one,
    const loyalty_leader_t *two)
{
    if (one->points != two->points) {
        return one->points > two->points;
    }

    if (one->since != two->since) {
        return one->since < two->since;
    }

    return strcmp(one->member, two->member) < 0;
}


static int
loyalty_leaders_compare(const void *one, const void *two)
{
    int64_t  a, b;

    a = *(const int64_t *) one;
    b = *(const int64_t *) two;

    return (a < b) - (a > b);
}


int
loyalty_leaders_write(loyalty_transaction_t *tx, int *more)
{
    size_t  i;

    *more = 0;

    if (loyalty_transaction_run(tx, LOYALTY_SQL_LEADERS_CLEAR, NULL, 0)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < tx->leaders->nboards; i++) {

        if (loyalty_leaders_board(tx, &tx->leaders->boards[i],
                                  loyalty_boards[i])
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return loyalty_walk_done(tx, &tx->leaders->walk);
}


/* The best, and marks from which all others can tell where they are. */

static int
loyalty_leaders_board(loyalty_transaction_t *tx, const loyalty_board_t *board,
    loyalty_str_t name)
{
    size_t            i;
    loyalty_leader_t  mark;

    for (i = 0; i < board->nbest; i++) {

        if (loyalty_leaders_place(tx, name, (int64_t) i + 1, &board->best[i])
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    memset(&mark, 0, sizeof(loyalty_leader_t));

    while (i < board->npoints) {
        i += i / LOYALTY_LEADERS_MARKS;

        if (i >= board->npoints) {
            i = board->npoints - 1;
        }

        mark.points = board->points[i];

        if (loyalty_leaders_place(tx, name, (int64_t) ++i, &mark)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_leaders_place(loyalty_transaction_t *tx, loyalty_str_t board,
    int64_t place, const loyalty_leader_t *leader)
{
    const loyalty_str_t       none = loyalty_string("");
    const loyalty_str_t       code = {
        strlen(leader->member), leader->member
    };
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(board), loyalty_db_int(place),
        loyalty_db_int(leader->points), loyalty_db_text(code),
        loyalty_db_text((leader->tier != NULL) ? leader->tier->id : none),
        loyalty_db_int(leader->badges)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_LEADERS_INSERT, values,
                                   loyalty_values_n(values));
}
