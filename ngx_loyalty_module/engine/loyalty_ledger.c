
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>


/* A row of the ledger, as far as it does not follow from the member. */

typedef struct {
    int64_t  points;
    int64_t  earned;
    int64_t  usable_at;                        /* 0: not a lot */
    int64_t  until_at;
} loyalty_row_t;


static int loyalty_ledger_pay(loyalty_transaction_t *tx,
    loyalty_member_t *member, int64_t lot, int64_t points, int64_t *paid);
static int loyalty_ledger_pay_from(loyalty_transaction_t *tx,
    const loyalty_lots_t *debts, int64_t lot, int64_t points);
static int loyalty_ledger_take(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry, int64_t earned,
    loyalty_lots_t *lots, int64_t *debit);
static int loyalty_ledger_give(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry,
    loyalty_lots_t *lots, int64_t earned, int64_t *credit);
static int loyalty_ledger_give_others(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry,
    loyalty_lots_t *lots, loyalty_row_t *rest, int64_t *credit);
static int loyalty_ledger_forgive(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry, int64_t points,
    int64_t earned, int64_t *credit);
static int loyalty_ledger_same(loyalty_transaction_t *tx,
    const loyalty_member_t *member, const loyalty_lots_t *lots);
static int loyalty_ledger_expire(loyalty_transaction_t *tx,
    loyalty_member_t *member, loyalty_lots_t *lots, int64_t expired);
static int loyalty_ledger_append(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry,
    const loyalty_row_t *row, int64_t *id);
static void loyalty_ledger_note(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_lots_t *lots, int64_t otherwise);
static int64_t loyalty_ledger_until(const loyalty_transaction_t *tx);
static int64_t loyalty_ledger_idle(const loyalty_transaction_t *tx,
    const loyalty_member_t *member);
static int loyalty_ledger_over(const loyalty_transaction_t *tx,
    const loyalty_member_t *member);
static void loyalty_ledger_count(loyalty_transaction_t *tx,
    loyalty_member_t *member, int64_t points, int64_t at);
static int loyalty_ledger_disagrees(loyalty_transaction_t *tx);


int
loyalty_ledger_earn(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t pending)
{
    int64_t        id, paid;
    loyalty_row_t  row;

    row.points = entry->points;

    /* what was ever earned bounds the balance, too */

    if (row.points > LOYALTY_POINTS_MAX - member->lifetime) {
        row.points = LOYALTY_POINTS_MAX - member->lifetime;
    }

    if (row.points <= 0) {
        return loyalty_member_note(tx, member);
    }

    row.earned = row.points;
    row.usable_at = tx->now + pending;
    row.until_at = loyalty_ledger_until(tx);

    if (loyalty_ledger_append(tx, member, entry, &row, &id) != LOYALTY_OK
        || loyalty_ledger_pay(tx, member, id, row.points, &paid)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    member->points += row.points;
    member->lifetime += row.points;
    member->earned += row.points;
    member->active_at = tx->now;

    loyalty_ledger_count(tx, member, row.points, tx->now);

    if (paid < row.points) {

        if (pending != 0) {
            member->pending += row.points - paid;
            member->due_at = loyalty_earliest(member->due_at, row.usable_at);
        }

        member->due_at = loyalty_earliest(member->due_at, row.until_at);

        /* an earlier one stays: it is found to have moved when it is due */

        member->due_at = loyalty_earliest(member->due_at,
                                          loyalty_ledger_idle(tx, member));
    }

    return loyalty_member_move(tx, member, id);
}


/*
 * Whoever owes points has no open lots: what comes in goes to the debts, as
 * long as there are any.
 */

static int
loyalty_ledger_pay(loyalty_transaction_t *tx, loyalty_member_t *member,
    int64_t lot, int64_t points, int64_t *paid)
{
    int                       rc;
    loyalty_lots_t            debts;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->last_entry), loyalty_db_int(member->first_open)
    };

    *paid = 0;

    if (member->points >= 0) {
        return LOYALTY_OK;
    }

    *paid = (points < -member->points) ? points : -member->points;

    rc = loyalty_lots_load_taken(tx, LOYALTY_SQL_DEBTS, values,
                                 loyalty_values_n(values), &debts);

    if (rc == LOYALTY_OK) {
        rc = loyalty_ledger_pay_from(tx, &debts, lot, *paid);
    }

    loyalty_lots_free(&debts);

    if (*paid == -member->points) {
        member->first_open = lot;
    }

    return rc;
}


static int
loyalty_ledger_pay_from(loyalty_transaction_t *tx,
    const loyalty_lots_t *debts, int64_t lot, int64_t points)
{
    size_t   i;
    int64_t  part;

    for (i = 0; i < debts->nelts && points > 0; i++) {
        part = debts->elts[i].taken;

        if (part > points) {
            part = points;
        }

        if (loyalty_lots_spending(tx, debts->elts[i].id, lot, part)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        points -= part;
    }

    return (points == 0) ? LOYALTY_OK : loyalty_ledger_disagrees(tx);
}


int
loyalty_ledger_spend(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t *debit)
{
    int             rc;
    loyalty_lots_t  lots;

    rc = loyalty_lots_load(tx, member, &lots);

    if (rc == LOYALTY_OK
        && loyalty_lots_take_usable(&lots, entry->points, tx->now) != 0)
    {
        rc = loyalty_ledger_disagrees(tx);
    }

    if (rc == LOYALTY_OK) {
        member->active_at = tx->now;
        member->spent += entry->points;

        rc = loyalty_ledger_take(tx, member, entry, 0, &lots, debit);
    }

    loyalty_lots_free(&lots);

    return rc;
}


int
loyalty_ledger_take_back(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t lot, int64_t earned,
    int64_t earned_at, int64_t *taken, int64_t *debit)
{
    int              rc;
    int64_t          missing;
    loyalty_lots_t   lots;
    loyalty_entry_t  back;

    back = *entry;
    missing = 0;
    *taken = 0;
    *debit = 0;

    rc = (loyalty_lots_load(tx, member, &lots) == LOYALTY_OK)
         ? loyalty_lots_take_back(tx, &lots, lot, entry->points, &missing)
         : LOYALTY_ERROR;

    if (rc == LOYALTY_OK && !tx->program->negative) {
        back.points -= missing;
    }

    if (rc == LOYALTY_OK && (back.points != 0 || earned != 0)) {
        *taken = back.points;

        loyalty_ledger_count(tx, member, -earned, earned_at);

        rc = loyalty_ledger_take(tx, member, &back, -earned, &lots, debit);
    }

    loyalty_lots_free(&lots);

    return rc;
}


/* A debit of what has been taken from the lots, and more. */

static int
loyalty_ledger_take(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t earned, loyalty_lots_t *lots,
    int64_t *debit)
{
    loyalty_row_t  row = { -entry->points, earned, 0, 0 };

    if (loyalty_ledger_append(tx, member, entry, &row, debit) != LOYALTY_OK
        || loyalty_lots_write(tx, lots, *debit) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    /* what was owed before is still the first that is open */

    if (member->points >= 0) {
        loyalty_ledger_note(tx, member, lots, *debit);
    }

    member->points += row.points;
    member->lifetime += row.earned;

    return loyalty_member_move(tx, member, *debit);
}


int
loyalty_ledger_give_back(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, loyalty_lots_t *lots, int64_t earned,
    int64_t earned_at, int64_t *credit)
{
    int64_t          owed;
    loyalty_entry_t  rest;

    /* who owes points has no open lots: that comes first */

    rest = *entry;

    owed = (member->points < 0) ? -member->points : 0;

    if (owed > entry->points) {
        owed = entry->points;
    }

    rest.points -= owed;

    if (loyalty_lots_give(lots, rest.points) != 0) {
        return loyalty_ledger_disagrees(tx);
    }

    if (earned != 0) {
        loyalty_ledger_count(tx, member, earned, earned_at);
    }

    if (owed != 0) {
        if (loyalty_ledger_forgive(tx, member, entry, owed, earned, credit)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        earned = 0;
    }

    return (rest.points == 0 && earned == 0)
           ? LOYALTY_OK
           : loyalty_ledger_give(tx, member, &rest, lots, earned, credit);
}


static int
loyalty_ledger_give(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, loyalty_lots_t *lots, int64_t earned,
    int64_t *credit)
{
    size_t         i;
    loyalty_row_t  row = { entry->points, earned, 0, 0 };

    if (loyalty_ledger_give_others(tx, member, entry, lots, &row, credit)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    /* meanwhile they may have expired, or may not be usable yet */

    member->due_at = tx->now;

    if (row.points == 0 && row.earned == 0) {
        return loyalty_ledger_settle(tx, member, 1);
    }

    if (loyalty_ledger_append(tx, member, entry, &row, credit) != LOYALTY_OK
        || loyalty_lots_write(tx, lots, *credit) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < lots->nelts; i++) {

        if (lots->elts[i].left > 0
            && lots->elts[i].id < member->first_open)
        {
            member->first_open = lots->elts[i].id;
        }
    }

    member->points += row.points;
    member->lifetime += row.earned;

    return (loyalty_member_move(tx, member, *credit) == LOYALTY_OK)
           ? loyalty_ledger_settle(tx, member, 1) : LOYALTY_ERROR;
}


/*
 * Lots of a member that was merged into this one are closed: others with the
 * same dates take their place.  *rest is what they leave to be given.
 */

static int
loyalty_ledger_give_others(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_entry_t *entry,
    loyalty_lots_t *lots, loyalty_row_t *rest, int64_t *credit)
{
    size_t          i;
    loyalty_lot_t  *lot;
    loyalty_row_t   row;

    for (i = 0; i < lots->nelts; i++) {
        lot = &lots->elts[i];

        if (lot->member == member->id || lot->taken == 0) {
            continue;
        }

        row.points = -lot->taken;
        row.earned = rest->earned;
        row.usable_at = lot->usable_at;
        row.until_at = lot->until_at;

        if (loyalty_ledger_append(tx, member, entry, &row, credit)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        lot->left = 0;
        lot->taken = 0;

        rest->points -= row.points;
        rest->earned = 0;

        member->points += row.points;
        member->lifetime += row.earned;

        if (loyalty_member_move(tx, member, *credit) != LOYALTY_OK
            || loyalty_lots_moved(tx, lot->id, *credit) != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


/* A lot that pays what is owed, and is used up by that. */

static int
loyalty_ledger_forgive(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t points, int64_t earned,
    int64_t *credit)
{
    int64_t        paid;
    loyalty_row_t  row = {
        points, earned, tx->now, loyalty_ledger_until(tx)
    };

    if (loyalty_ledger_append(tx, member, entry, &row, credit) != LOYALTY_OK
        || loyalty_ledger_pay(tx, member, *credit, points, &paid)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    member->points += row.points;
    member->lifetime += row.earned;

    return loyalty_member_move(tx, member, *credit);
}


int
loyalty_ledger_add(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t earned, int64_t usable_at,
    int64_t until_at)
{
    int64_t        id, paid;
    loyalty_row_t  row = { entry->points, earned, usable_at, until_at };

    if (loyalty_ledger_append(tx, member, entry, &row, &id) != LOYALTY_OK
        || loyalty_ledger_pay(tx, member, id, row.points, &paid)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    member->points += row.points;
    member->lifetime += row.earned;
    member->active_at = tx->now;

    if (paid < row.points) {

        if (usable_at > tx->now) {
            member->pending += row.points - paid;
            member->due_at = loyalty_earliest(member->due_at, usable_at);
        }

        member->due_at = loyalty_earliest(member->due_at, until_at);
    }

    return loyalty_member_move(tx, member, id);
}


int
loyalty_ledger_remove(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, int64_t earned)
{
    int             rc;
    int64_t         debit, missing;
    loyalty_lots_t  lots;

    rc = loyalty_lots_load(tx, member, &lots);

    if (rc == LOYALTY_OK) {
        missing = loyalty_lots_take(&lots, entry->points, tx->now);
        (void) loyalty_lots_take(&lots, missing, INT64_MAX);

        rc = loyalty_ledger_take(tx, member, entry, earned, &lots, &debit);
    }

    loyalty_lots_free(&lots);

    return rc;
}


int
loyalty_ledger_settle(loyalty_transaction_t *tx, loyalty_member_t *member,
    int write)
{
    int             rc;
    int64_t         expired;
    loyalty_lots_t  lots;

    if (!loyalty_ledger_due(tx, member)) {
        return LOYALTY_OK;
    }

    rc = loyalty_lots_load(tx, member, &lots);

    if (rc == LOYALTY_OK && !write) {
        rc = loyalty_ledger_same(tx, member, &lots);
    }

    if (rc == LOYALTY_OK) {
        expired = loyalty_lots_take_expired(&lots, tx->now,
                                            loyalty_ledger_over(tx, member));

        if (write) {
            rc = loyalty_ledger_expire(tx, member, &lots, expired);

        } else {
            member->points -= expired;
            member->pending = loyalty_lots_pending(&lots, tx->now);
        }
    }

    loyalty_lots_free(&lots);

    return rc;
}


/*
 * Whether member and lots are of one moment: of a server, each statement sees
 * one of its own, and somebody may have settled the member in between.
 */

static int
loyalty_ledger_same(loyalty_transaction_t *tx, const loyalty_member_t *member,
    const loyalty_lots_t *lots)
{
    int64_t  points;

    points = (member->points > 0) ? member->points : 0;

    if (loyalty_db_shared(tx->db) && loyalty_lots_total(lots) != points) {
        return loyalty_transaction_refuse(tx, "a member was changed while it "
                                          "was read");
    }

    return LOYALTY_OK;
}


/*
 * The member's row may be from before there was a rule about inactivity, or
 * from when that took longer.
 */

int
loyalty_ledger_due(const loyalty_transaction_t *tx,
    const loyalty_member_t *member)
{
    if (member->due_at != 0 && member->due_at <= tx->now) {
        return 1;
    }

    return member->points > 0 && loyalty_ledger_over(tx, member);
}


static int
loyalty_ledger_expire(loyalty_transaction_t *tx, loyalty_member_t *member,
    loyalty_lots_t *lots, int64_t expired)
{
    int64_t          debit;
    loyalty_entry_t  entry = {
        loyalty_string("expiry"), loyalty_string(""), loyalty_string(""),
        expired
    };

    if (expired != 0) {
        return loyalty_ledger_take(tx, member, &entry, 0, lots, &debit);
    }

    loyalty_ledger_note(tx, member, lots, member->first_open);

    return loyalty_member_note(tx, member);
}


static int
loyalty_ledger_append(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_entry_t *entry, const loyalty_row_t *row, int64_t *id)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->id), loyalty_db_int(member->last_entry),
        loyalty_db_text(entry->kind), loyalty_db_text(entry->reference),
        loyalty_db_text(entry->store), loyalty_db_int(row->points),
        loyalty_db_int(row->earned), loyalty_db_int(row->usable_at),
        loyalty_db_int(row->until_at), loyalty_db_int(tx->now)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_LEDGER_APPEND, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *id = loyalty_db_inserted(tx->db);

    loyalty_movements_add(&tx->movements, entry->kind, row->points);

    return LOYALTY_OK;
}


/* What the member's row says of its lots; "otherwise", if none is open. */

static void
loyalty_ledger_note(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_lots_t *lots, int64_t otherwise)
{
    int64_t  first;

    first = loyalty_lots_first(lots);

    member->first_open = (first != 0) ? first : otherwise;
    member->pending = loyalty_lots_pending(lots, tx->now);
    member->due_at = loyalty_lots_due(lots, tx->now);

    if (first != 0) {
        member->due_at = loyalty_earliest(member->due_at,
                                          loyalty_ledger_idle(tx, member));
    }
}


/* When points that come now expire by themselves; 0: never. */

static int64_t
loyalty_ledger_until(const loyalty_transaction_t *tx)
{
    const loyalty_program_t  *program = tx->program;

    return (program->points_expire != 0 && !program->inactivity)
           ? tx->now + program->points_expire : 0;
}


/*
 * When all points expire because nothing happens; 0: never.  Who joins is
 * active, too, even if that has brought nothing.
 */

static int64_t
loyalty_ledger_idle(const loyalty_transaction_t *tx,
    const loyalty_member_t *member)
{
    int64_t  active_at;

    if (!tx->program->inactivity) {
        return 0;
    }

    active_at = (member->active_at > member->joined_at) ? member->active_at
                                                        : member->joined_at;

    return active_at + tx->program->points_expire;
}


static int
loyalty_ledger_over(const loyalty_transaction_t *tx,
    const loyalty_member_t *member)
{
    int64_t  idle;

    idle = loyalty_ledger_idle(tx, member);

    return idle != 0 && idle <= tx->now;
}


static void
loyalty_ledger_count(loyalty_transaction_t *tx, loyalty_member_t *member,
    int64_t points, int64_t at)
{
    loyalty_standing_count(&tx->program->ladder, member->joined_at,
                           &member->standing, points, at);
}


/* Where lots, balance and member do not agree, better no points than wrong. */

static int
loyalty_ledger_disagrees(loyalty_transaction_t *tx)
{
    return loyalty_transaction_refuse(tx, "the ledger and the balance of a "
                                      "member do not agree");
}
