
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_WALK_H_INCLUDED_
#define _LOYALTY_WALK_H_INCLUDED_


#include <loyalty_transaction.h>


/*
 * A walk over all members, from time to time, by one engine of all nodes, in
 * steps that are bounded, beside the requests.
 */

/* After so many seconds without a sign, one is taken for given up. */

#define LOYALTY_WALK_PATIENCE  300


/*
 * What is read of members has e-mail and id first, and for parameters the
 * place of the one before and how many.
 */

typedef struct {
    loyalty_str_t        chore;              /* its name in the table */
    int64_t              interval;           /* seconds, at least */
    loyalty_statement_e  by_email;           /* SQLite's order */
    loyalty_statement_e  by_id;              /* a server's */
    int64_t              step;               /* members */
} loyalty_walk_conf_t;


/* All zeros, but for "conf", before it begins. */

typedef struct {
    const loyalty_walk_conf_t  *conf;

    int64_t                     seen_at;     /* the last sign of it */
    int64_t                     read;        /* members, in this step */

    /* of the last member read */

    char                        email[LOYALTY_EMAIL_MAX];
    size_t                      email_len;
    int64_t                     id;

    /* of the one before those that are being read */

    char                        asked[LOYALTY_EMAIL_MAX];
} loyalty_walk_t;


/*
 * Writes that it begins; *begun: else it is not time yet, or somebody else is
 * at it.
 */
int loyalty_walk_begin(loyalty_transaction_t *tx, loyalty_walk_t *walk,
    int *begun);

/*
 * A step: the first of its members, and the next ones; *row: there is one, and
 * its columns are in tx->db.
 */
int loyalty_walk_read(loyalty_transaction_t *tx, loyalty_walk_t *walk,
    int *row);
int loyalty_walk_next(loyalty_transaction_t *tx, loyalty_walk_t *walk,
    int *row);

/* Whether there was nobody behind those of the last step. */
int loyalty_walk_through(const loyalty_walk_t *walk);

/*
 * Writes a sign of it, which is walk->seen_at as soon as it is committed;
 * *ours: else somebody else has taken it over.
 */
int loyalty_walk_sign(loyalty_transaction_t *tx, const loyalty_walk_t *walk,
    int *ours);

/* Writes that it is done. */
int loyalty_walk_done(loyalty_transaction_t *tx, const loyalty_walk_t *walk);


#endif /* _LOYALTY_WALK_H_INCLUDED_ */
