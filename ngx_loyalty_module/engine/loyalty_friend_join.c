
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_friend.h>


static int loyalty_friend_referrer(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t *referrer);
static int loyalty_friend_known(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *known);
static int loyalty_friend_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, int64_t referrer);


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
