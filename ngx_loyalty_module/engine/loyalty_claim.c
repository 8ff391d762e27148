
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_award.h>
#include <loyalty_claim.h>
#include <loyalty_ledger.h>
#include <loyalty_postponed.h>

#include <string.h>


static int loyalty_claim_admit(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_claim_refund(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_claim_lost(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_claim_award(loyalty_transaction_t *tx,
    loyalty_command_t *command, const loyalty_store_t *store,
    loyalty_award_t *award);
static int loyalty_claim_bought(loyalty_transaction_t *tx,
    const loyalty_command_t *command, loyalty_bought_t *bought);
static int loyalty_claim_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, const loyalty_store_t *store,
    const loyalty_award_t *award, const loyalty_bought_t *bought,
    int *inserted);
static int loyalty_claim_extend(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_bought_t *bought);
static int loyalty_claim_points(loyalty_transaction_t *tx,
    loyalty_command_t *command, const loyalty_store_t *store,
    int64_t points);


const loyalty_str_t  loyalty_claim_kind = loyalty_string("claim");

static const loyalty_str_t  loyalty_claim_alone =
    loyalty_string(LOYALTY_STORE_ALONE);


void
loyalty_claim_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_claim_store(command)),
        loyalty_db_text(command->order)
    };

    loyalty_db_ahead(tx->db, LOYALTY_SQL_CLAIM_FIND, values,
                     loyalty_values_n(values));
}


int
loyalty_claim(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int  found;

    if (loyalty_member_of(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return LOYALTY_OK;
    }

    if (command->admission) {
        command->waits = (command->member.waiting != 0);

        return loyalty_claim_admit(tx, command);
    }

    if (loyalty_command_postpones(command)) {
        return loyalty_postpone(tx, command);
    }

    command->result.outcome = command->order_fault;

    if (command->order_fault == LOYALTY_NO_FAULT
        && loyalty_claim_confirmed(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_postponed_answered(tx, command);
}


static int
loyalty_claim_admit(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int64_t  owner;

    if (loyalty_claim_owner(tx, command, &owner) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    /*
     * That somebody else has claimed the order is not said before the store
     * has confirmed that it is this member's.
     */

    if (owner == command->member.id) {
        command->result.outcome = LOYALTY_ALREADY_CLAIMED;
        return LOYALTY_OK;
    }

    command->decided = 0;

    return LOYALTY_OK;
}


int
loyalty_claim_confirmed(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int      credited;
    int64_t  orders;

    orders = command->member.orders;

    if (loyalty_claim_credit(tx, command, &credited) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!credited) {
        return loyalty_claim_lost(tx, command);
    }

    command->result.outcome = LOYALTY_CLAIMED;

    if (command->facts.refunded != 0
        && loyalty_claim_refund(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return (command->member.orders > orders)
           ? loyalty_claim_count(tx, command) : LOYALTY_OK;
}


/* What the store has paid back already earns nothing. */

static int
loyalty_claim_refund(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                found, stale;
    int64_t            points;
    loyalty_claim_t    claim;
    loyalty_member_t  *member = &command->member;

    points = member->points;

    if (loyalty_claim_read(tx, command, &claim, &found) != LOYALTY_OK
        || loyalty_reversal(tx, member, &claim, command->facts.refunded,
                            command->asked_at, &stale)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    member->earned -= points - member->points;

    return LOYALTY_OK;
}


int
loyalty_claim_credit(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *credited)
{
    loyalty_award_t         award;
    loyalty_bought_t        bought;
    loyalty_member_t       *member = &command->member;
    const loyalty_store_t  *store;

    store = loyalty_store_find(tx->program, command->store);

    if (store == NULL) {
        return loyalty_transaction_refuse(tx, "a claim of an unknown store");
    }

    if (loyalty_claim_bought(tx, command, &bought) != LOYALTY_OK
        || loyalty_claim_award(tx, command, store, &award) != LOYALTY_OK
        || loyalty_claim_insert(tx, command, store, &award, &bought, credited)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*credited) {
        return LOYALTY_OK;
    }

    member->orders++;

    if (tx->program->streak != 0) {
        loyalty_streak_count(&member->streak, tx->program->streak, tx->now);
    }

    return (loyalty_claim_extend(tx, member, &bought) == LOYALTY_OK)
           ? loyalty_claim_points(tx, command, store, award.points)
           : LOYALTY_ERROR;
}


int
loyalty_claim_count(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    if (command->member.orders == 1 && tx->program->referral.points != 0
        && loyalty_friend_bought(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_badges_give(tx, command);
}


/*
 * Who was faster may have been on another node: see what stands now.  If
 * nobody was, the store has taken the order back since it was asked.
 */

static int
loyalty_claim_lost(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int64_t  owner;

    if (loyalty_member_take(tx, command->member.id, &command->member)
        != LOYALTY_OK
        || loyalty_claim_owner(tx, command, &owner) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (owner == 0) {
        loyalty_claim_stale(command);
        return LOYALTY_OK;
    }

    command->result.outcome = (owner == command->member.id)
                              ? LOYALTY_ALREADY_CLAIMED
                              : LOYALTY_ORDER_ALREADY_CLAIMED;

    return LOYALTY_OK;
}


void
loyalty_claim_stale(loyalty_command_t *command)
{
    command->result.outcome = LOYALTY_STORE_UNAVAILABLE;
    command->result.detail = "The store has said otherwise meanwhile, and is "
                             "to be asked once more: send this again.";
}


static int
loyalty_claim_award(loyalty_transaction_t *tx, loyalty_command_t *command,
    const loyalty_store_t *store, loyalty_award_t *award)
{
    size_t                    i;
    loyalty_earner_t          earner;
    const loyalty_member_t   *member = &command->member;
    const loyalty_program_t  *program = tx->program;

    earner.tier = loyalty_tier_of(&program->ladder, member->joined_at,
                                  &member->standing, tx->now);
    earner.memberships = member->memberships;
    earner.orders = member->orders;
    earner.now = tx->now;

    for (i = 0; i < program->nearns; i++) {

        earner.earlier[i] = 0;

        if (program->earns[i].limit != 0
            && loyalty_count_orders(tx, member, program->earns[i].window,
                                    &earner.earlier[i])
               != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    loyalty_award(program, store, &command->facts, &earner, award);

    /* what was ever earned bounds the balance, too */

    if (award->points > LOYALTY_POINTS_MAX - member->lifetime) {
        award->points = LOYALTY_POINTS_MAX - member->lifetime;
    }

    return LOYALTY_OK;
}


static int
loyalty_claim_bought(loyalty_transaction_t *tx,
    const loyalty_command_t *command, loyalty_bought_t *bought)
{
    size_t                       i;
    int64_t                      count, seconds, until;
    const loyalty_membership_t  *membership;

    bought->len = 0;

    for (i = 0; i < tx->program->nmemberships; i++) {
        membership = &tx->program->memberships[i];

        count = loyalty_award_membership(membership, &command->facts);

        if (count == 0) {
            continue;
        }

        if (loyalty_membership_end(tx, &command->member, membership->id,
                                   &until)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        if (until < tx->now) {
            until = tx->now;
        }

        seconds = loyalty_membership_seconds(membership, count);

        loyalty_bought_add(bought, membership->id, seconds, until + seconds);
    }

    return LOYALTY_OK;
}


static int
loyalty_claim_insert(loyalty_transaction_t *tx, loyalty_command_t *command,
    const loyalty_store_t *store, const loyalty_award_t *award,
    const loyalty_bought_t *bought, int *inserted)
{
    loyalty_str_t       facts = { strlen(award->facts), award->facts };
    loyalty_str_t       memberships = { bought->len, bought->text };
    loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_claim_store(command)),
        loyalty_db_text(command->order),
        loyalty_db_int(command->member.id),
        loyalty_db_text(tx->program->currency),
        loyalty_db_int(store->rate),
        loyalty_db_int(command->facts.total),
        loyalty_db_int(award->points),
        loyalty_db_text(facts),
        loyalty_db_text(memberships),
        loyalty_db_int(tx->now),
        loyalty_db_int(command->asked_at)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_CLAIM_INSERT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *inserted = (loyalty_db_changes(tx->db) != 0);

    return LOYALTY_OK;
}


static int
loyalty_claim_extend(loyalty_transaction_t *tx, loyalty_member_t *member,
    const loyalty_bought_t *bought)
{
    int64_t        seconds, until;
    loyalty_str_t  id, rest = { bought->len, bought->text };

    while (rest.len != 0) {

        if (loyalty_bought_next(&rest, &id, &seconds, &until)
            != LOYALTY_OK
            || loyalty_membership_extend(tx, member,
                                         loyalty_membership_find(tx->program,
                                                                 id),
                                         seconds)
               != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_claim_points(loyalty_transaction_t *tx, loyalty_command_t *command,
    const loyalty_store_t *store, int64_t points)
{
    loyalty_entry_t  entry = {
        loyalty_claim_kind, command->order, loyalty_claim_books(store->id),
        points
    };

    if (points == 0) {
        command->member.active_at = tx->now;
        return loyalty_member_note(tx, &command->member);
    }

    return loyalty_ledger_earn(tx, &command->member, &entry,
                               tx->program->pending);
}


/* Points of the only store are the program's. */

loyalty_str_t
loyalty_claim_books(loyalty_str_t store)
{
    if (loyalty_str_equal(store, loyalty_claim_alone)) {
        store.len = 0;
    }

    return store;
}


int
loyalty_claim_owner(loyalty_transaction_t *tx,
    const loyalty_command_t *command, int64_t *owner)
{
    int                 row;
    loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_claim_store(command)),
        loyalty_db_text(command->order)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_CLAIM_FIND, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *owner = row ? loyalty_db_column_int(tx->db, 0) : 0;

    return LOYALTY_OK;
}


loyalty_str_t
loyalty_claim_store(const loyalty_command_t *command)
{
    return (command->store.len != 0) ? command->store : loyalty_claim_alone;
}


int
loyalty_claim_read(loyalty_transaction_t *tx,
    const loyalty_command_t *command, loyalty_claim_t *claim, int *found)
{
    loyalty_str_t             memberships;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_claim_store(command)),
        loyalty_db_text(command->order)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_CLAIM_READ, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    claim->store = loyalty_claim_store(command);
    claim->order = command->order;
    claim->member = loyalty_db_column_int(tx->db, 0);
    claim->rate = loyalty_db_column_int(tx->db, 1);
    claim->total = loyalty_db_column_int(tx->db, 2);
    claim->points = loyalty_db_column_int(tx->db, 3);
    claim->claimed_at = loyalty_db_column_int(tx->db, 4);
    claim->asked_at = loyalty_db_column_int(tx->db, 5);

    memberships = loyalty_db_column_text(tx->db, 6);

    if (memberships.len >= sizeof(claim->bought.text)) {
        return loyalty_transaction_refuse(tx, "no order has bought so many "
                                          "memberships");
    }

    memcpy(claim->bought.text, memberships.data, memberships.len);
    claim->bought.len = memberships.len;

    return LOYALTY_OK;
}
