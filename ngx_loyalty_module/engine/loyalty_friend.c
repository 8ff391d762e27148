
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>

#include <string.h>


static int loyalty_friend_referrer(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *referrer);
static int loyalty_friend_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t referrer);
static int loyalty_friend_reward(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_friend_find(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *referrer, int *found);
static int loyalty_friend_capped(loyalty_transaction_t *tx,
    int64_t referrer, int *capped);
static int loyalty_friend_rewarded(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t points);
static int loyalty_friend_pay(loyalty_transaction_t *tx,
    loyalty_member_t *member, const char *friend, int64_t points);


/*
 * A code that is nobody's, or one's own by another alias, does not keep
 * anybody from joining: it only brings nobody anything.
 */

int
loyalty_friend_joined(loyalty_transaction_t *tx, loyalty_command_t *command)
{
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

    if (loyalty_friend_insert(tx, command, referrer) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return tx->program->referral.on_signup
           ? loyalty_friend_reward(tx, command) : LOYALTY_OK;
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

    return loyalty_friend_reward(tx, command);
}


/*
 * Both sides at once.  Who has reached the cap gets nothing more, his friends
 * still get theirs.
 */

static int
loyalty_friend_reward(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                        found, capped;
    int64_t                    referrer;
    loyalty_member_t           member;
    const loyalty_referral_t  *referral = &tx->program->referral;

    if (loyalty_friend_find(tx, command, &referrer, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!found) {
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

    if (loyalty_member_take(tx, referrer, &member) != LOYALTY_OK
        || loyalty_friend_capped(tx, member.id, &capped) != LOYALTY_OK
        || loyalty_friend_rewarded(tx, command, capped ? 0 : referral->points)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!capped
        && loyalty_friend_pay(tx, &member, command->member.code,
                              referral->points)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return (referral->friend != 0)
           ? loyalty_friend_pay(tx, &command->member, member.code,
                                referral->friend)
           : LOYALTY_OK;
}


/* By whom the member came, if that has not been rewarded yet. */

static int
loyalty_friend_find(loyalty_transaction_t *tx, loyalty_command_t *command,
    int64_t *referrer, int *found)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->member.id)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_FRIEND_FIND, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (*found) {
        *referrer = loyalty_db_column_int(tx->db, 0);
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


static int
loyalty_friend_rewarded(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t points)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(points), loyalty_db_int(tx->now),
        loyalty_db_int(command->member.id)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_FRIEND_REWARD, values,
                                   loyalty_values_n(values));
}


static int
loyalty_friend_pay(loyalty_transaction_t *tx, loyalty_member_t *member,
    const char *friend, int64_t points)
{
    loyalty_entry_t  entry = {
        loyalty_string("referral"), { strlen(friend), friend },
        loyalty_string(""), points
    };

    return loyalty_ledger_earn(tx, member, &entry, tx->program->pending);
}
