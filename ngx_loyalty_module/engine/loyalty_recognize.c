
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <string.h>


static int loyalty_recognize_email(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *found);
static int loyalty_recognize_erased(loyalty_str_t email);


int
loyalty_recognize(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                found;
    loyalty_member_t  *member = &command->member;

    if (loyalty_recognize_email(tx, command, &found) != LOYALTY_OK
        || (found && loyalty_member_find(tx, command->email, 0, member,
                                         &found)
                     != LOYALTY_OK))
    {
        return LOYALTY_ERROR;
    }

    if (!found || loyalty_recognize_erased(member->email)) {
        member->id = 0;
        command->result.outcome = LOYALTY_NOT_A_MEMBER;

    } else {

        /* two that were merged are one, with another e-mail */

        memmove(command->address, member->email.data, member->email.len);
        command->email.len = member->email.len;

        command->result.outcome = LOYALTY_NOTHING_TO_DO;
    }

    /* nobody reads an answer: none is written */

    command->status = loyalty_outcome_status(command->result.outcome);

    return LOYALTY_OK;
}


static int
loyalty_recognize_email(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found)
{
    loyalty_str_t             email;
    const loyalty_db_value_t  values[] = { loyalty_db_text(command->code) };

    command->email.len = 0;

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_CODE, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    email = loyalty_db_column_text(tx->db, 0);

    if (email.len > LOYALTY_EMAIL_MAX) {
        return loyalty_transaction_refuse(tx, "an e-mail is too long");
    }

    memcpy(command->address, email.data, email.len);

    command->email.data = command->address;
    command->email.len = email.len;

    return LOYALTY_OK;
}


/* The code stays, for the sums, and is nobody's any more. */

static int
loyalty_recognize_erased(loyalty_str_t email)
{
    static const loyalty_str_t  nowhere = loyalty_string(LOYALTY_ERASED_AT);

    if (email.len < nowhere.len) {
        return 0;
    }

    email.data += email.len - nowhere.len;
    email.len = nowhere.len;

    return loyalty_str_equal(email, nowhere);
}
