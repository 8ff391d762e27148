
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_friend.h>


static int loyalty_friend_referrer_take(loyalty_transaction_t *tx,
    loyalty_friend_t *friend, loyalty_member_t *referrer, int *capped);
static int loyalty_friend_capped(loyalty_transaction_t *tx,
    int64_t referrer, int *capped);
static int loyalty_friend_first(loyalty_transaction_t *tx,
    loyalty_friend_t *friend, loyalty_member_t *referrer,
    loyalty_member_t *member, int capped, int64_t *points);
static int loyalty_friend_pay(loyalty_transaction_t *tx,
    loyalty_member_t *member, const char *code, int64_t points,
    int64_t *lot);


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


/* An order that was refunded when it was claimed has brought nothing yet. */

int
loyalty_friend_regained(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_claim_t *claim)
{
    int                        found, capped;
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

    if (loyalty_friend_referrer_take(tx, &friend, &referrer, &capped)
        != LOYALTY_OK
        || loyalty_friend_again(tx, &friend, &referrer, member, &points, &own)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_friend_note(tx, &friend, points);
}


int
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
     * Whom it takes beside its own member may come before that one, and what
     * a transaction of many holds, others wait for.
     */

    if (tx->together && loyalty_db_shared(tx->db)) {
        return loyalty_transaction_refuse(tx, "a referral is rewarded alone");
    }

    if (loyalty_friend_referrer_take(tx, &friend, &referrer, &capped)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
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


/*
 * Taken before its friends are counted, so that they stay as many.  Who has
 * reached the cap by others has no points of this one to take or to give.
 */

static int
loyalty_friend_referrer_take(loyalty_transaction_t *tx,
    loyalty_friend_t *friend, loyalty_member_t *referrer, int *capped)
{
    if (loyalty_member_take(tx, friend->referrer, referrer) != LOYALTY_OK
        || loyalty_friend_capped(tx, referrer->id, capped) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (*capped) {
        friend->lot = 0;
        friend->debit = 0;
    }

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
