
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_id.h>
#include <loyalty_ledger.h>
#include <loyaltyctl_person.h>

#include <string.h>


typedef enum {
    LOYALTYCTL_MERGED = 0,
    LOYALTYCTL_MERGED_BEFORE,
    LOYALTYCTL_MERGE_HELD,                 /* the store is being asked */
    LOYALTYCTL_MERGE_TOO_MANY
} loyaltyctl_merge_e;


typedef struct {
    loyaltyctl_person_t  from;
    loyaltyctl_person_t  into;
    loyaltyctl_merge_e   result;
} loyaltyctl_merge_t;


static int loyaltyctl_merge_work(loyalty_transaction_t *tx, void *data);
static int loyaltyctl_merge_take(loyalty_transaction_t *tx,
    loyaltyctl_merge_t *merge);
static int loyaltyctl_merge_possible(loyalty_transaction_t *tx,
    loyaltyctl_merge_t *merge);
static int loyaltyctl_merge_points(loyalty_transaction_t *tx,
    loyalty_member_t *from, loyalty_member_t *into);
static int loyaltyctl_merge_lots(loyalty_transaction_t *tx,
    loyalty_member_t *from, loyalty_member_t *into);
static int loyaltyctl_merge_lot(loyalty_transaction_t *tx,
    loyalty_member_t *into, const loyalty_lot_t *lot, loyalty_str_t from,
    int64_t earned);
static int loyaltyctl_merge_debt(loyalty_transaction_t *tx,
    loyalty_member_t *from, loyalty_member_t *into);
static void loyaltyctl_merge_entry(loyalty_entry_t *entry,
    const loyalty_member_t *other, int64_t points);
static int loyaltyctl_merge_standing(loyalty_transaction_t *tx,
    loyalty_member_t *from, loyalty_member_t *into);
static int loyaltyctl_merge_read(loyalty_transaction_t *tx,
    unsigned statement, int64_t member, int64_t *value);
static int loyaltyctl_merge_rows(loyalty_transaction_t *tx, int64_t from,
    int64_t into);
static loyaltyctl_exit_e loyaltyctl_merge_report(
    const loyalty_options_t *options, const loyaltyctl_merge_t *merge);


static const loyalty_usage_t  loyaltyctl_merge_usage = {
    "member merge", "FROM INTO",
    "Makes one member of two, each named by e-mail or code.  INTO gets the\n"
    "points of FROM with their dates, or its debt, all it ever earned, its\n"
    "badges, memberships and friends.  FROM's e-mail and code mean INTO from\n"
    "then on.  There is no way back.\n",
    2, 2, 0
};


loyaltyctl_exit_e
loyaltyctl_member_merge(int argc, char **argv)
{
    loyaltyctl_exit_e   status;
    loyalty_options_t   options;
    loyaltyctl_merge_t  merge;

    if (loyalty_options_read(&options, &loyaltyctl_merge_usage, NULL, 0,
                             argc, argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    if (loyaltyctl_person_read(&merge.from, &options, options.operands[0])
        != LOYALTY_OK
        || loyaltyctl_person_read(&merge.into, &options, options.operands[1])
           != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    status = loyalty_options_work(&options, loyaltyctl_statements,
                                  LOYALTYCTL_STATEMENTS, LOYALTY_DB_WRITE,
                                  loyaltyctl_merge_work, &merge);

    return (status == LOYALTYCTL_DONE)
           ? loyaltyctl_merge_report(&options, &merge) : status;
}


static int
loyaltyctl_merge_work(loyalty_transaction_t *tx, void *data)
{
    loyalty_member_t    *from, *into;
    loyaltyctl_merge_t  *merge = data;

    from = &merge->from.member;
    into = &merge->into.member;

    if (loyaltyctl_merge_take(tx, merge) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!merge->from.found || !merge->into.found
        || merge->result == LOYALTYCTL_MERGED_BEFORE)
    {
        return LOYALTY_OK;
    }

    if (loyaltyctl_merge_possible(tx, merge) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (merge->result == LOYALTYCTL_MERGED
        && (loyaltyctl_merge_points(tx, from, into) != LOYALTY_OK
            || loyaltyctl_merge_rows(tx, from->id, into->id) != LOYALTY_OK
            || loyaltyctl_merge_standing(tx, from, into) != LOYALTY_OK))
    {
        return LOYALTY_ERROR;
    }

    /* once it is merged nothing happens to it by itself any more */

    if (merge->result == LOYALTYCTL_MERGED) {
        from->due_at = 0;

        if (loyalty_member_note(tx, from) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

    } else if (loyaltyctl_person_leave(tx, from) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return loyaltyctl_person_leave(tx, into);
}


/* In the order of their e-mails, as all take members who take several. */

static int
loyaltyctl_merge_take(loyalty_transaction_t *tx, loyaltyctl_merge_t *merge)
{
    loyaltyctl_person_t  *from = &merge->from, *into = &merge->into;

    merge->result = LOYALTYCTL_MERGED;

    if (loyaltyctl_person_find(tx, from) != LOYALTY_OK
        || loyaltyctl_person_find(tx, into) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!from->found || !into->found) {
        return LOYALTY_OK;
    }

    if (from->member.id == into->member.id) {
        merge->result = LOYALTYCTL_MERGED_BEFORE;
        return LOYALTY_OK;
    }

    if (loyalty_str_compare(from->member.email, into->member.email) > 0) {
        from = &merge->into;
        into = &merge->from;
    }

    return (loyaltyctl_person_take(tx, from) == LOYALTY_OK)
           ? loyaltyctl_person_take(tx, into) : LOYALTY_ERROR;
}


/* Points that are held may come back: then they would belong to nobody. */

static int
loyaltyctl_merge_possible(loyalty_transaction_t *tx,
    loyaltyctl_merge_t *merge)
{
    int                       row;
    const loyalty_member_t   *from = &merge->from.member;
    const loyalty_member_t   *into = &merge->into.member;
    const loyalty_db_value_t  values[] = { loyalty_db_int(from->id) };

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_HELD, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_db_column_int(tx->db, 0) != 0) {
        merge->result = LOYALTYCTL_MERGE_HELD;

    } else if (from->lifetime > LOYALTY_POINTS_MAX - into->lifetime
               || from->points > LOYALTY_POINTS_MAX - into->points)
    {
        merge->result = LOYALTYCTL_MERGE_TOO_MANY;
    }

    return LOYALTY_OK;
}


static int
loyaltyctl_merge_points(loyalty_transaction_t *tx, loyalty_member_t *from,
    loyalty_member_t *into)
{
    loyalty_entry_t  entry;
    int64_t          earned;

    if (from->points > 0) {
        return loyaltyctl_merge_lots(tx, from, into);
    }

    if (from->points < 0) {
        return loyaltyctl_merge_debt(tx, from, into);
    }

    earned = from->lifetime;

    if (earned == 0) {
        return LOYALTY_OK;
    }

    loyaltyctl_merge_entry(&entry, into, 0);

    if (loyalty_ledger_remove(tx, from, &entry, -earned) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    loyaltyctl_merge_entry(&entry, from, 0);

    return loyalty_ledger_add(tx, into, &entry, earned, 0, 0);
}


static int
loyaltyctl_merge_lots(loyalty_transaction_t *tx, loyalty_member_t *from,
    loyalty_member_t *into)
{
    int              rc;
    size_t           i;
    int64_t          earned, points;
    loyalty_lots_t   lots;
    loyalty_entry_t  entry;

    earned = from->lifetime;

    loyaltyctl_merge_entry(&entry, into, from->points);

    rc = loyalty_lots_load(tx, from, &lots);

    if (rc == LOYALTY_OK) {
        rc = loyalty_ledger_remove(tx, from, &entry, -earned);
    }

    points = 0;

    for (i = 0; i < lots.nelts && rc == LOYALTY_OK; i++) {
        rc = loyaltyctl_merge_lot(tx, into, &lots.elts[i],
                                  loyalty_fields_string(from->code), earned);
        earned = 0;
        points += lots.elts[i].left;
    }

    loyalty_lots_free(&lots);

    if (rc == LOYALTY_OK && points != entry.points) {
        return loyalty_transaction_refuse(tx, "the member's lots and balance "
                                          "do not agree: run \"loyaltyctl "
                                          "verify\"");
    }

    return rc;
}


/* A lot keeps its dates, and the store that has given it. */

static int
loyaltyctl_merge_lot(loyalty_transaction_t *tx, loyalty_member_t *into,
    const loyalty_lot_t *lot, loyalty_str_t from, int64_t earned)
{
    int                       row;
    char                      store[LOYALTY_ID_MAX];
    loyalty_entry_t           entry = {
        loyalty_string("merge"), from, { 0, store }, lot->left
    };
    const loyalty_db_value_t  values[] = { loyalty_db_int(lot->id) };

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_LOT_STORE, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    entry.store = loyalty_db_column_text(tx->db, 0);

    if (entry.store.len > sizeof(store)) {
        return loyalty_transaction_refuse(tx, "a store's id is too long");
    }

    memcpy(store, entry.store.data, entry.store.len);
    entry.store.data = store;

    return (loyalty_ledger_add(tx, into, &entry, earned, lot->usable_at,
                               lot->until_at)
            == LOYALTY_OK)
           ? loyalty_lots_moved(tx, lot->id, into->last_entry)
           : LOYALTY_ERROR;
}


static int
loyaltyctl_merge_debt(loyalty_transaction_t *tx, loyalty_member_t *from,
    loyalty_member_t *into)
{
    int64_t          owed, earned;
    loyalty_entry_t  entry;

    owed = -from->points;
    earned = from->lifetime;

    loyaltyctl_merge_entry(&entry, into, owed);

    if (loyalty_ledger_add(tx, from, &entry, -earned, tx->now, 0)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyaltyctl_merge_entry(&entry, from, owed);

    return loyalty_ledger_remove(tx, into, &entry, earned);
}


static void
loyaltyctl_merge_entry(loyalty_entry_t *entry, const loyalty_member_t *other,
    int64_t points)
{
    entry->kind = loyalty_fields_string("merge");
    entry->reference = loyalty_fields_string(other->code);
    entry->store = loyalty_fields_string("");
    entry->points = points;
}


/*
 * What both have earned for their tiers is yet to be added, window by window:
 * where these begin is among the rules.  Until somebody who knows them looks
 * at the member, each row keeps its own, and the time below zero says so.
 */

static int
loyaltyctl_merge_standing(loyalty_transaction_t *tx, loyalty_member_t *from,
    loyalty_member_t *into)
{
    static const loyalty_streak_t  no_streak;

    if (into->standing.at == 0) {
        into->standing.at = -1;

    } else if (into->standing.at > 0) {
        into->standing.at = -into->standing.at;
    }

    if (from->streak.at > into->streak.at) {
        into->streak = from->streak;
    }

    if (from->active_at > into->active_at) {
        into->active_at = from->active_at;
    }

    into->orders += from->orders;

    from->streak = no_streak;
    from->perks_until = 0;
    from->orders = 0;
    from->badges = 0;
    from->waiting = 0;

    if (loyaltyctl_merge_read(tx, LOYALTYCTL_SQL_COUNT_BADGES, into->id,
                              &into->badges)
        != LOYALTY_OK
        || loyaltyctl_merge_read(tx, LOYALTYCTL_SQL_LAST_MEMBERSHIP, into->id,
                                 &into->perks_until)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyaltyctl_merge_read(tx, LOYALTYCTL_SQL_COUNT_POSTPONED, into->id,
                                 &into->waiting);
}


static int
loyaltyctl_merge_read(loyalty_transaction_t *tx, unsigned statement,
    int64_t member, int64_t *value)
{
    int                       row;
    const loyalty_db_value_t  values[] = { loyalty_db_int(member) };

    if (loyalty_transaction_row(tx, statement, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *value = loyalty_db_column_int(tx->db, 0);

    return LOYALTY_OK;
}


/*
 * Badges of both, memberships as long as those of both together, friends, and
 * claims that wait for the store.
 */

static int
loyaltyctl_merge_rows(loyalty_transaction_t *tx, int64_t from, int64_t into)
{
    size_t                    i;
    const loyalty_db_value_t  forth[] = {
        loyalty_db_int(into), loyalty_db_int(from), loyalty_db_int(tx->now)
    };
    const loyalty_db_value_t  back[] = {
        loyalty_db_int(from), loyalty_db_int(into)
    };

    const struct {
        unsigned                   statement;
        const loyalty_db_value_t  *values;
        unsigned                   n;
    } steps[] = {
        { LOYALTYCTL_SQL_MERGE_BADGES, forth, 2 },
        { LOYALTYCTL_SQL_DROP_BADGES, back, 1 },
        { LOYALTYCTL_SQL_MERGE_MEMBERSHIPS, forth, 3 },
        { LOYALTYCTL_SQL_DROP_MEMBERSHIPS, back, 1 },
        { LOYALTYCTL_SQL_MERGE_POSTPONED, forth, 2 },
        { LOYALTYCTL_SQL_AWAIT_POSTPONED, forth, 2 },
        { LOYALTYCTL_SQL_DROP_POSTPONED, back, 1 },
        { LOYALTYCTL_SQL_DROP_FRIEND, forth, 2 },
        { LOYALTYCTL_SQL_DROP_FRIEND, back, 2 },
        { LOYALTYCTL_SQL_MERGE_FRIENDS, forth, 2 },
        { LOYALTYCTL_SQL_MERGE_FRIEND, forth, 2 },
        { LOYALTYCTL_SQL_KEEP_FRIEND, back, 1 },
        { LOYALTYCTL_SQL_MERGE, forth, 2 },
        { LOYALTYCTL_SQL_MERGE_MERGED, forth, 2 }
    };

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {

        if (loyalty_transaction_run(tx, steps[i].statement, steps[i].values,
                                    steps[i].n)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static loyaltyctl_exit_e
loyaltyctl_merge_report(const loyalty_options_t *options,
    const loyaltyctl_merge_t *merge)
{
    loyalty_fields_t         fields;
    const loyalty_member_t  *member = &merge->into.member;

    if (!merge->from.found || !merge->into.found) {
        return loyaltyctl_person_unknown(options, merge->from.found
                                                  ? &merge->into
                                                  : &merge->from);
    }

    if (merge->result == LOYALTYCTL_MERGE_HELD) {
        return loyalty_options_failed(options, "the store is being asked for "
                                      "a coupon of %s; nothing was changed, "
                                      "try again in a minute",
                                      merge->from.member.code);
    }

    if (merge->result == LOYALTYCTL_MERGE_TOO_MANY) {
        return loyalty_options_failed(options, "a balance has %lld points at "
                                      "most; nothing was changed",
                                      (long long) LOYALTY_POINTS_MAX);
    }

    loyalty_fields_begin(&fields, options,
                         (merge->result == LOYALTYCTL_MERGED)
                         ? "merged" : "merged_before");
    loyalty_fields_text(&fields, "member",
                        loyalty_fields_string(member->code));
    loyalty_fields_integer(&fields, "points",
                           member->points - member->pending);
    loyalty_fields_integer(&fields, "pending", member->pending);
    loyalty_fields_integer(&fields, "lifetime", member->lifetime);

    return (loyalty_fields_end(&fields) == LOYALTY_OK) ? LOYALTYCTL_DONE
                                                       : LOYALTYCTL_FAILED;
}
