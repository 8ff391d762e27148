
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fold.h>
#include <loyalty_ledger.h>
#include <loyalty_sources.h>
#include <loyalty_sweep.h>
#include <loyalty_walk.h>

#include <stdlib.h>
#include <string.h>


#define LOYALTY_SWEEP_STEP     5000            /* members read */

/* Members a transaction: others wait for it only so long. */

#define LOYALTY_SWEEP_MEMBERS  50

/* Seconds after which a sweep that has nothing to settle gives a sign. */

#define LOYALTY_SWEEP_SILENCE  60

/* Campaigns kept: nobody looks at more. */

#define LOYALTY_SWEEP_SOURCES  100


typedef struct {
    size_t                  len;
    char                    data[LOYALTY_EMAIL_MAX];
} loyalty_sweep_email_t;


struct loyalty_sweep_s {
    loyalty_walk_t          walk;
    unsigned                through:1;     /* all members were read */
    unsigned                wrote:1;       /* in the last step */
    unsigned                counting:1;    /* in the last one that writes */
    unsigned                counted:1;     /* what was counted is written */

    /* of those read last, who is due, in the order of their e-mails */

    loyalty_sweep_email_t   due[LOYALTY_SWEEP_STEP];
    size_t                  ndue;
    size_t                  first;         /* of those not settled yet */

    /* the transaction that writes */

    size_t                  some;          /* it settles so many of them */
    int64_t                 at;
    size_t                  alone;         /* so many have one each */

    loyalty_census_t        census;        /* the last */
    loyalty_census_t        count;         /* being made */
    loyalty_sources_t       sources;
};


static int loyalty_sweep_member(loyalty_transaction_t *tx);
static void loyalty_sweep_count(loyalty_transaction_t *tx);
static int loyalty_sweep_compare(const void *one, const void *two);
static size_t loyalty_sweep_some(const loyalty_sweep_t *sweep);
static int loyalty_sweep_settle(loyalty_transaction_t *tx,
    const loyalty_sweep_email_t *email);
static int loyalty_sweep_counted(loyalty_transaction_t *tx);
static int loyalty_sweep_waiting(loyalty_transaction_t *tx);
static int loyalty_sweep_census_write(loyalty_transaction_t *tx);
static int loyalty_sweep_source(loyalty_transaction_t *tx,
    const loyalty_source_t *source);
static int loyalty_sweep_fold(loyalty_transaction_t *tx, int *more);


static const loyalty_walk_conf_t  loyalty_sweep_conf = {
    .chore = loyalty_string("settle"),
    .interval = LOYALTY_SWEEP_INTERVAL,
    .by_email = LOYALTY_SQL_SWEEP_READ,
    .by_id = LOYALTY_SQL_SWEEP_READ_SHARED,
    .step = LOYALTY_SWEEP_STEP
};


loyalty_sweep_t *
loyalty_sweep_create(void)
{
    loyalty_sweep_t  *sweep;

    sweep = calloc(1, sizeof(loyalty_sweep_t));

    if (sweep != NULL) {
        sweep->walk.conf = &loyalty_sweep_conf;
    }

    return sweep;
}


void
loyalty_sweep_destroy(loyalty_sweep_t *sweep)
{
    free(sweep);
}


int
loyalty_sweep_begin(loyalty_transaction_t *tx, int *more)
{
    return (loyalty_census_read(tx, &tx->sweep->census) == LOYALTY_OK)
           ? loyalty_walk_begin(tx, &tx->sweep->walk, more) : LOYALTY_ERROR;
}


int
loyalty_census_read(loyalty_transaction_t *tx, loyalty_census_t *census)
{
    int  row;

    memset(census, 0, sizeof(loyalty_census_t));

    if (loyalty_transaction_row(tx, LOYALTY_SQL_CENSUS_READ, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (row) {
        census->at = loyalty_db_column_int(tx->db, 0);
        census->heads.members = loyalty_db_column_int(tx->db, 1);
        census->heads.newcomers = loyalty_db_column_int(tx->db, 2);
        census->heads.buyers = loyalty_db_column_int(tx->db, 3);
        census->heads.repeat_buyers = loyalty_db_column_int(tx->db, 4);
        census->points = loyalty_db_column_int(tx->db, 5);
        census->owed = loyalty_db_column_int(tx->db, 6);
        census->waiting = loyalty_db_column_int(tx->db, 7);
        census->waiting_since = loyalty_db_column_int(tx->db, 8);
    }

    return LOYALTY_OK;
}


int
loyalty_sweep_read(loyalty_transaction_t *tx, int *more)
{
    int               row;
    loyalty_sweep_t  *sweep = tx->sweep;

    *more = 1;

    sweep->wrote = 0;
    sweep->ndue = 0;
    sweep->first = 0;

    if (loyalty_walk_read(tx, &sweep->walk, &row) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    while (row) {

        if (loyalty_sweep_member(tx) != LOYALTY_OK
            || loyalty_walk_next(tx, &sweep->walk, &row) != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    sweep->through = loyalty_walk_through(&sweep->walk);

    /* as all take members who take several */

    qsort(sweep->due, sweep->ndue, sizeof(loyalty_sweep_email_t),
          loyalty_sweep_compare);

    return LOYALTY_OK;
}


static int
loyalty_sweep_member(loyalty_transaction_t *tx)
{
    loyalty_str_t           email;
    loyalty_sweep_t        *sweep = tx->sweep;
    loyalty_member_t        member;
    loyalty_sweep_email_t  *due;

    member.due_at = loyalty_db_column_int(tx->db, 2);
    member.points = loyalty_db_column_int(tx->db, 3);
    member.joined_at = loyalty_db_column_int(tx->db, 5);
    member.active_at = loyalty_db_column_int(tx->db, 8);

    if (loyalty_db_column_int(tx->db, 4) == 0) {
        loyalty_sweep_count(tx);
    }

    if (!loyalty_ledger_due(tx, &member)) {
        return LOYALTY_OK;
    }

    email = loyalty_db_column_text(tx->db, 0);

    if (email.len > LOYALTY_EMAIL_MAX) {
        return loyalty_transaction_refuse(tx, "an e-mail is too long");
    }

    due = &sweep->due[sweep->ndue++];

    due->len = email.len;
    memcpy(due->data, email.data, email.len);

    return LOYALTY_OK;
}


static void
loyalty_sweep_count(loyalty_transaction_t *tx)
{
    int64_t            points, orders;
    loyalty_heads_t    member;
    loyalty_sweep_t   *sweep = tx->sweep;
    loyalty_census_t  *count = &sweep->count;

    points = loyalty_db_column_int(tx->db, 3);
    orders = loyalty_db_column_int(tx->db, 6);

    member.members = 1;
    member.newcomers = (tx->now - loyalty_db_column_int(tx->db, 5)
                        < LOYALTY_NEWCOMER);
    member.buyers = (orders > 0);
    member.repeat_buyers = (orders > 1);

    loyalty_heads_add(&count->heads, &member);
    loyalty_sources_count(&sweep->sources, loyalty_db_column_text(tx->db, 7),
                          &member);

    if (points > 0) {
        count->points += points;

    } else {
        count->owed -= points;
    }
}


static int
loyalty_sweep_compare(const void *one, const void *two)
{
    const loyalty_sweep_email_t  *a = one, *b = two;
    const loyalty_str_t           email_a = { a->len, a->data };
    const loyalty_str_t           email_b = { b->len, b->data };

    return loyalty_str_compare(email_a, email_b);
}


int
loyalty_sweep_to_write(const loyalty_sweep_t *sweep, int64_t now)
{
    if (sweep->through || sweep->first < sweep->ndue) {
        return 1;
    }

    return !sweep->wrote
           && now - sweep->walk.seen_at >= LOYALTY_SWEEP_SILENCE;
}


int
loyalty_sweep_write(loyalty_transaction_t *tx, int *more)
{
    int               ours;
    size_t            i;
    loyalty_sweep_t  *sweep = tx->sweep;

    sweep->some = loyalty_sweep_some(sweep);
    sweep->at = tx->now;
    sweep->counting = 0;

    if (loyalty_walk_sign(tx, &sweep->walk, &ours) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!ours) {
        *more = 0;
        return LOYALTY_OK;
    }

    if (sweep->counted) {
        return loyalty_sweep_fold(tx, more);
    }

    for (i = 0; i < sweep->some; i++) {

        if (loyalty_sweep_settle(tx, &sweep->due[sweep->first + i])
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    *more = 1;

    if (!sweep->through || sweep->first + sweep->some < sweep->ndue) {
        return LOYALTY_OK;
    }

    sweep->counting = 1;

    return loyalty_sweep_counted(tx);
}


static int
loyalty_sweep_counted(loyalty_transaction_t *tx)
{
    size_t            i;
    loyalty_sweep_t  *sweep = tx->sweep;

    if (loyalty_sweep_waiting(tx) != LOYALTY_OK
        || loyalty_sweep_census_write(tx) != LOYALTY_OK
        || loyalty_transaction_run(tx, LOYALTY_SQL_SOURCES_CLEAR, NULL, 0)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_sources_keep(&sweep->sources, LOYALTY_SWEEP_SOURCES);

    for (i = 0; i < sweep->sources.nelts; i++) {

        if (loyalty_sweep_source(tx, &sweep->sources.elts[i]) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_sweep_waiting(loyalty_transaction_t *tx)
{
    int                row;
    loyalty_census_t  *count = &tx->sweep->count;

    if (loyalty_transaction_row(tx, LOYALTY_SQL_POSTPONED_COUNT, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    count->waiting = loyalty_db_column_int(tx->db, 0);
    count->waiting_since = loyalty_db_column_int(tx->db, 1);

    return LOYALTY_OK;
}


static int
loyalty_sweep_census_write(loyalty_transaction_t *tx)
{
    const loyalty_census_t    *count = &tx->sweep->count;
    const loyalty_db_value_t   values[] = {
        loyalty_db_int(tx->now), loyalty_db_int(count->heads.members),
        loyalty_db_int(count->heads.newcomers),
        loyalty_db_int(count->heads.buyers),
        loyalty_db_int(count->heads.repeat_buyers),
        loyalty_db_int(count->points), loyalty_db_int(count->owed),
        loyalty_db_int(count->waiting), loyalty_db_int(count->waiting_since)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_CENSUS_WRITE, values,
                                   loyalty_values_n(values));
}


static int
loyalty_sweep_source(loyalty_transaction_t *tx,
    const loyalty_source_t *source)
{
    const loyalty_str_t       name = { source->len, source->name };
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(name), loyalty_db_int(source->heads.members),
        loyalty_db_int(source->heads.newcomers),
        loyalty_db_int(source->heads.buyers),
        loyalty_db_int(source->heads.repeat_buyers)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_SOURCES_INSERT, values,
                                   loyalty_values_n(values));
}


static int
loyalty_sweep_fold(loyalty_transaction_t *tx, int *more)
{
    if (loyalty_fold(tx, more) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return *more ? LOYALTY_OK : loyalty_walk_done(tx, &tx->sweep->walk);
}


static size_t
loyalty_sweep_some(const loyalty_sweep_t *sweep)
{
    size_t  left;

    left = sweep->ndue - sweep->first;

    if (sweep->alone != 0) {
        return 1;
    }

    return (left < LOYALTY_SWEEP_MEMBERS) ? left : LOYALTY_SWEEP_MEMBERS;
}


const loyalty_census_t *
loyalty_sweep_census(const loyalty_sweep_t *sweep)
{
    return (sweep->count.at != 0) ? &sweep->count : &sweep->census;
}


/* Whoever takes a member settles it. */

static int
loyalty_sweep_settle(loyalty_transaction_t *tx,
    const loyalty_sweep_email_t *email)
{
    int               found;
    loyalty_str_t     text = { email->len, email->data };
    loyalty_member_t  member;

    return loyalty_member_find(tx, text, 1, &member, &found);
}


void
loyalty_sweep_written(loyalty_sweep_t *sweep)
{
    sweep->wrote = 1;
    sweep->walk.seen_at = sweep->at;
    sweep->first += sweep->some;

    if (sweep->counting) {
        sweep->count.at = sweep->at;
        sweep->counted = 1;
    }

    if (sweep->alone != 0) {
        sweep->alone--;
    }
}


/*
 * Of several, each is settled for itself then.  One alone is left to the next
 * sweep, so that it keeps nobody else.
 */

int
loyalty_sweep_refused(loyalty_sweep_t *sweep)
{
    if (sweep->some > 1) {
        sweep->alone = sweep->some;
        return 1;
    }

    if (sweep->alone != 0) {
        sweep->alone--;
    }

    sweep->first += sweep->some;

    return sweep->some != 0;
}
