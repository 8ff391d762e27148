
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_claim.h>
#include <loyalty_ledger.h>

#include <string.h>


/*
 * A row of the table, and the order that it is about: the one that has brought
 * the referral, or may bring it.  What was rewarded at the sign-up, no order
 * has to do with.
 */

typedef struct {
    int64_t        member;
    int64_t        referrer;
    int64_t        rewarded_at;                /* 0: not, or no more */
    int64_t        lot;
    int64_t        own_lot;
    int64_t        debit;                      /* 0: nothing taken back */
    int64_t        own_debit;
    int64_t        ordered;                    /* brought by an order once */
    int64_t        by_this;                    /* by this one, last */
    loyalty_str_t  store;
    loyalty_str_t  order;
} loyalty_friend_t;


static int loyalty_friend_referrer(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *referrer);
static int loyalty_friend_known(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *known);
static int loyalty_friend_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t referrer);
static int loyalty_friend_reward(loyalty_transaction_t *tx,
    loyalty_member_t *member, loyalty_str_t store, loyalty_str_t order);
static int loyalty_friend_first(loyalty_transaction_t *tx,
    loyalty_friend_t *friend, loyalty_member_t *referrer,
    loyalty_member_t *member, int capped, int64_t *points);
static int loyalty_friend_again(loyalty_transaction_t *tx,
    loyalty_friend_t *friend, loyalty_member_t *referrer,
    loyalty_member_t *member, int64_t *points, int64_t *own);
static int loyalty_friend_capped(loyalty_transaction_t *tx,
    int64_t referrer, int *capped);
static int loyalty_friend_pay(loyalty_transaction_t *tx,
    loyalty_member_t *member, const char *code, int64_t points,
    int64_t *lot);
static int loyalty_friend_pass(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int *passed);
static int loyalty_friend_pass_to(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int64_t entry);
static int loyalty_friend_take(loyalty_transaction_t *tx,
    loyalty_member_t *member, const char *code, int64_t lot, int64_t *taken,
    int64_t *debit);
static int loyalty_friend_give(loyalty_transaction_t *tx,
    loyalty_member_t *member, const char *code, int64_t lot, int64_t debit,
    int64_t *given);
static int loyalty_friend_find(loyalty_transaction_t *tx, int64_t member,
    loyalty_str_t store, loyalty_str_t order, loyalty_friend_t *friend,
    int *found);
static int loyalty_friend_lot(loyalty_transaction_t *tx, int64_t lot,
    int64_t *earned_at, int64_t *points, int64_t *expired);
static int loyalty_friend_debit(loyalty_transaction_t *tx, int64_t debit,
    int64_t *taken, int64_t *earned);
static int loyalty_friend_note(loyalty_transaction_t *tx,
    const loyalty_friend_t *friend, int64_t points);
static loyalty_entry_t loyalty_friend_entry(const char *code,
    int64_t points);


static const loyalty_str_t  loyalty_friend_no_order = loyalty_string("");


/*
 * A code that is nobody's, or one's own by another alias, does not keep
 * anybody from joining: it only brings nobody anything.
 */

int
loyalty_friend_joined(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int      known;
    int64_t  referrer;

    if (tx->program->referral.points == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_referrer(tx, command, &referrer) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (referrer == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_known(tx, command, &known) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (known) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_insert(tx, command, referrer) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return tx->program->referral.on_signup
           ? loyalty_friend_reward(tx, &command->member,
                                   loyalty_friend_no_order,
                                   loyalty_friend_no_order)
           : LOYALTY_OK;
}


static int
loyalty_friend_referrer(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *referrer)
{
    int                       row;
    char                      one[LOYALTY_EMAIL_MAX];
    char                      two[LOYALTY_EMAIL_MAX];
    char                      code[LOYALTY_SOURCE_MAX];
    loyalty_str_t             theirs, ours;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_code_typed(command->referral, code))
    };

    *referrer = 0;

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_REFERRER, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (row) {
        theirs = loyalty_mailbox(loyalty_db_column_text(tx->db, 1), one);
        ours = loyalty_mailbox(command->email, two);

        if (!loyalty_str_equal(theirs, ours)) {
            *referrer = loyalty_db_column_int(tx->db, 0);
        }
    }

    return LOYALTY_OK;
}


/* Whose mailbox is a member's by its own name has been one before. */

static int
loyalty_friend_known(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *known)
{
    char                buffer[LOYALTY_EMAIL_MAX];
    loyalty_str_t       mailbox;
    loyalty_db_value_t  values[1];

    mailbox = loyalty_mailbox(command->email, buffer);

    if (loyalty_str_equal(mailbox, command->email)) {
        *known = 0;
        return LOYALTY_OK;
    }

    values[0] = (loyalty_db_value_t) loyalty_db_text(mailbox);

    return loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_FIND, values,
                                   loyalty_values_n(values), known);
}


/* The same mailbox, by whatever aliases, is a friend once. */

static int
loyalty_friend_insert(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t referrer)
{
    char                      buffer[LOYALTY_EMAIL_MAX];
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->member.id), loyalty_db_int(referrer),
        loyalty_db_text(loyalty_mailbox(command->email, buffer))
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_FRIEND_INSERT, values,
                                   loyalty_values_n(values));
}


int
loyalty_friend_bought(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    const loyalty_referral_t  *referral = &tx->program->referral;

    if (referral->on_signup || command->facts.total < referral->min) {
        return LOYALTY_OK;
    }

    return loyalty_friend_reward(tx, &command->member,
                                 loyalty_claim_store(command),
                                 command->order);
}


/* Both sides at once. */

static int
loyalty_friend_reward(loyalty_transaction_t *tx, loyalty_member_t *member,
    loyalty_str_t store, loyalty_str_t order)
{
    int               found, capped, rc;
    int64_t           points, own;
    loyalty_friend_t  friend;
    loyalty_member_t  referrer;

    if (loyalty_friend_find(tx, member->id, store, order, &friend, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found || friend.rewarded_at != 0) {
        return LOYALTY_OK;
    }

    /*
     * Who takes another member beside its own may wait for somebody who waits
     * for it.  What a transaction of many holds, all of them would wait for.
     */

    if (tx->together && loyalty_db_shared(tx->db)) {
        return loyalty_transaction_refuse(tx, "a referral is rewarded alone");
    }

    /* taken before its friends are counted, so that they stay as many */

    if (loyalty_member_take(tx, friend.referrer, &referrer) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (loyalty_friend_capped(tx, referrer.id, &capped) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (capped) {
        friend.lot = 0;
        friend.debit = 0;
    }

    own = 0;

    rc = friend.ordered ? loyalty_friend_again(tx, &friend, &referrer, member,
                                               &points, &own)
                        : loyalty_friend_first(tx, &friend, &referrer, member,
                                               capped, &points);

    if (rc != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    /* what is given back is earned by this order, in place of the other */

    member->earned += own;

    return loyalty_friend_note(tx, &friend, points);
}


/* Who has reached the cap gets nothing more, his friends still get theirs. */

static int
loyalty_friend_first(loyalty_transaction_t *tx, loyalty_friend_t *friend,
    loyalty_member_t *referrer, loyalty_member_t *member, int capped,
    int64_t *points)
{
    *points = capped ? 0 : tx->program->referral.points;

    if (loyalty_friend_pay(tx, referrer, member->code, *points, &friend->lot)
        != LOYALTY_OK
        || loyalty_friend_pay(tx, member, referrer->code,
                              tx->program->referral.friend, &friend->own_lot)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    friend->rewarded_at = tx->now;

    return LOYALTY_OK;
}


/*
 * An order has brought it before, that was refunded.  Both get what was taken
 * back then: otherwise one could spend, and send back, again and again.
 */

static int
loyalty_friend_again(loyalty_transaction_t *tx, loyalty_friend_t *friend,
    loyalty_member_t *referrer, loyalty_member_t *member, int64_t *points,
    int64_t *own)
{
    if (loyalty_friend_give(tx, referrer, member->code, friend->lot,
                            friend->debit, points)
        != LOYALTY_OK
        || loyalty_friend_give(tx, member, referrer->code, friend->own_lot,
                               friend->own_debit, own)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    friend->rewarded_at = tx->now;
    friend->debit = 0;
    friend->own_debit = 0;

    return LOYALTY_OK;
}


static int
loyalty_friend_capped(loyalty_transaction_t *tx, int64_t referrer,
    int *capped)
{
    int                        row;
    const loyalty_referral_t  *referral = &tx->program->referral;
    const loyalty_db_value_t   values[] = {
        loyalty_db_int(referrer),
        loyalty_db_int((referral->window != 0) ? tx->now - referral->window
                                               : 0)
    };

    *capped = 0;

    if (referral->cap == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FRIEND_COUNT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *capped = (loyalty_db_column_int(tx->db, 0) >= referral->cap);

    return LOYALTY_OK;
}


static int
loyalty_friend_pay(loyalty_transaction_t *tx, loyalty_member_t *member,
    const char *code, int64_t points, int64_t *lot)
{
    int64_t          last;
    loyalty_entry_t  entry;

    *lot = 0;

    if (points == 0) {
        return LOYALTY_OK;
    }

    entry = loyalty_friend_entry(code, points);
    last = member->last_entry;

    if (loyalty_ledger_earn(tx, member, &entry, tx->program->pending)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    /* whoever has all the points that there can be gets none */

    *lot = (member->last_entry != last) ? member->last_entry : 0;

    return LOYALTY_OK;
}


int
loyalty_friend_lost(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim)
{
    int               found, passed;
    int64_t           taken, own;
    loyalty_friend_t  friend;
    loyalty_member_t  referrer;

    if (loyalty_friend_find(tx, member->id, claim->store, claim->order,
                            &friend, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found || friend.rewarded_at == 0 || !friend.by_this) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_pass(tx, member, &passed) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (passed) {
        return LOYALTY_OK;
    }

    if (loyalty_member_take(tx, friend.referrer, &referrer) != LOYALTY_OK
        || loyalty_friend_take(tx, &referrer, member->code, friend.lot,
                               &taken, &friend.debit)
           != LOYALTY_OK
        || loyalty_friend_take(tx, member, referrer.code, friend.own_lot,
                               &own, &friend.own_debit)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    friend.rewarded_at = 0;

    return loyalty_friend_note(tx, &friend, -taken);
}


/* Another order that would have brought it, too, takes the place. */

static int
loyalty_friend_pass(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int *passed)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->last_entry), loyalty_db_int(0),
        loyalty_db_text(loyalty_claim_kind),
        loyalty_db_int(tx->program->referral.min)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FRIEND_OTHER, values,
                                loyalty_values_n(values), passed)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return *passed ? loyalty_friend_pass_to(tx, member,
                                            loyalty_db_column_int(tx->db, 0))
                   : LOYALTY_OK;
}


static int
loyalty_friend_pass_to(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int64_t entry)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(entry), loyalty_db_int(entry),
        loyalty_db_int(member->id)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_FRIEND_PASS, values,
                                   loyalty_values_n(values));
}


/* What expired unspent is gone already, as of a refunded order. */

static int
loyalty_friend_take(loyalty_transaction_t *tx, loyalty_member_t *member,
    const char *code, int64_t lot, int64_t *taken, int64_t *debit)
{
    int64_t          earned_at, points, expired;
    loyalty_entry_t  entry;

    *taken = 0;
    *debit = 0;

    if (lot == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_lot(tx, lot, &earned_at, &points, &expired)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    entry = loyalty_friend_entry(code, points - expired);

    return loyalty_ledger_take_back(tx, member, &entry, lot, points,
                                    earned_at, taken, debit);
}


/* An order that was refunded when it was claimed has brought nothing yet. */

int
loyalty_friend_regained(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim)
{
    int                        found;
    int64_t                    points, own;
    loyalty_friend_t           friend;
    loyalty_member_t           referrer;
    const loyalty_referral_t  *referral = &tx->program->referral;

    if (loyalty_friend_find(tx, member->id, claim->store, claim->order,
                            &friend, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found || friend.rewarded_at != 0
        || (!friend.by_this && claim->total < referral->min))
    {
        return LOYALTY_OK;
    }

    if (!friend.ordered) {
        return (member->orders == 1 && referral->points != 0
                && !referral->on_signup)
               ? loyalty_friend_reward(tx, member, claim->store, claim->order)
               : LOYALTY_OK;
    }

    if (loyalty_member_take(tx, friend.referrer, &referrer) != LOYALTY_OK
        || loyalty_friend_again(tx, &friend, &referrer, member, &points, &own)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_friend_note(tx, &friend, points);
}


static int
loyalty_friend_give(loyalty_transaction_t *tx, loyalty_member_t *member,
    const char *code, int64_t lot, int64_t debit, int64_t *given)
{
    int                       rc;
    int64_t                   earned, earned_at, points, expired, credit;
    loyalty_lots_t            lots;
    loyalty_entry_t           entry;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(debit), loyalty_db_int(member->id)
    };

    *given = 0;

    if (debit == 0) {
        return LOYALTY_OK;
    }

    if (loyalty_friend_debit(tx, debit, given, &earned) != LOYALTY_OK
        || loyalty_friend_lot(tx, lot, &earned_at, &points, &expired)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    entry = loyalty_friend_entry(code, *given);

    rc = loyalty_lots_load_taken(tx, LOYALTY_SQL_LEDGER_LOTS, values,
                                 loyalty_values_n(values), &lots);

    if (rc == LOYALTY_OK) {
        rc = loyalty_ledger_give_back(tx, member, &entry, &lots, earned,
                                      earned_at, &credit);
    }

    loyalty_lots_free(&lots);

    return rc;
}


static int
loyalty_friend_find(loyalty_transaction_t *tx, int64_t member,
    loyalty_str_t store, loyalty_str_t order, loyalty_friend_t *friend,
    int *found)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(store), loyalty_db_text(order),
        loyalty_db_int(member)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FRIEND_FIND, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    friend->member = member;
    friend->referrer = loyalty_db_column_int(tx->db, 0);
    friend->rewarded_at = loyalty_db_column_int(tx->db, 1);
    friend->lot = loyalty_db_column_int(tx->db, 2);
    friend->own_lot = loyalty_db_column_int(tx->db, 3);
    friend->debit = loyalty_db_column_int(tx->db, 4);
    friend->own_debit = loyalty_db_column_int(tx->db, 5);
    friend->ordered = loyalty_db_column_int(tx->db, 6);
    friend->by_this = loyalty_db_column_int(tx->db, 7);
    friend->store = store;
    friend->order = order;

    return LOYALTY_OK;
}


static int
loyalty_friend_lot(loyalty_transaction_t *tx, int64_t lot,
    int64_t *earned_at, int64_t *points, int64_t *expired)
{
    int                       row;
    const loyalty_db_value_t  values[] = { loyalty_db_int(lot) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_LOT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *earned_at = row ? loyalty_db_column_int(tx->db, 0) : 0;
    *points = row ? loyalty_db_column_int(tx->db, 1) : 0;
    *expired = row ? loyalty_db_column_int(tx->db, 2) : 0;

    return LOYALTY_OK;
}


static int
loyalty_friend_debit(loyalty_transaction_t *tx, int64_t debit,
    int64_t *taken, int64_t *earned)
{
    int                       row;
    const loyalty_db_value_t  values[] = { loyalty_db_int(debit) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_LEDGER_DEBIT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *taken = row ? loyalty_db_column_int(tx->db, 0) : 0;
    *earned = row ? loyalty_db_column_int(tx->db, 1) : 0;

    return LOYALTY_OK;
}


/* "points" is what the referrer has more of it now, or (negative) less. */

static int
loyalty_friend_note(loyalty_transaction_t *tx,
    const loyalty_friend_t *friend, int64_t points)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(friend->rewarded_at),
        loyalty_db_text(friend->store), loyalty_db_text(friend->order),
        loyalty_db_int(friend->lot), loyalty_db_int(friend->own_lot),
        loyalty_db_int(friend->debit), loyalty_db_int(friend->own_debit),
        loyalty_db_int(friend->member)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_FRIEND_REWARD, values,
                                   loyalty_values_n(values));
}


static loyalty_entry_t
loyalty_friend_entry(const char *code, int64_t points)
{
    loyalty_entry_t  entry = {
        loyalty_string("referral"), { strlen(code), code },
        loyalty_string(""), points
    };

    return entry;
}
