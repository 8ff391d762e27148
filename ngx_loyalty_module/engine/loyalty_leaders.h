
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_LEADERS_H_INCLUDED_
#define _LOYALTY_LEADERS_H_INCLUDED_


#include <loyalty_transaction.h>


/*
 * The leaderboards.  To find the best, all members have to be looked at: an
 * index would cost every claim more than all who look at a leaderboard save
 * by it.  So they are made beside the requests, at most once in so many
 * seconds by whichever worker comes first, in steps that are bounded, and
 * kept in a table.
 */

#define LOYALTY_LEADERS_REFRESH  60


typedef enum {
    LOYALTY_BOARD_LIFETIME = 0,            /* all that was ever earned */
    LOYALTY_BOARD_WINDOW,                  /* in the tiers' current window */

    LOYALTY_BOARDS
} loyalty_board_e;


/* The words for them, also as parameters. */

extern const loyalty_str_t  loyalty_boards[LOYALTY_BOARDS];


/*
 * When they were made, 0: never yet.  Whoever sees that they are old says so:
 * see loyalty_engine_leaders_due().
 */
int loyalty_leaders_when(loyalty_transaction_t *tx, int64_t *at);

/* Leaderboards that are being made; NULL if memory ran out. */
loyalty_leaders_t *loyalty_leaders_create(void);

void loyalty_leaders_destroy(loyalty_leaders_t *leaders);

/*
 * The steps, in transactions of their own, on tx->leaders; after a failure it
 * is of no more use.  The first one writes: *more is 0 if they are new enough,
 * or somebody else is at it.  The second one reads, and again while there is
 * more.  The last one writes.
 */
int loyalty_leaders_begin(loyalty_transaction_t *tx, int *more);
int loyalty_leaders_read(loyalty_transaction_t *tx, int *more);
int loyalty_leaders_write(loyalty_transaction_t *tx, int *more);


#endif /* _LOYALTY_LEADERS_H_INCLUDED_ */
