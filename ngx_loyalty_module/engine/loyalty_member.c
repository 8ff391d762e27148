
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <string.h>


static loyalty_statement_e loyalty_member_statement(
    const loyalty_command_t *command);


void
loyalty_member_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->email)
    };

    loyalty_db_ahead(tx->db, loyalty_member_statement(command), values,
                     loyalty_values_n(values));
}


int
loyalty_member_find(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found)
{
    loyalty_str_t             code;
    loyalty_result_t         *result;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->email)
    };

    if (loyalty_transaction_row(tx, loyalty_member_statement(command), values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    result = &command->result;

    command->member = loyalty_db_column_int(tx->db, 0);
    code = loyalty_db_column_text(tx->db, 1);
    result->points = loyalty_db_column_int(tx->db, 2);
    result->lifetime = loyalty_db_column_int(tx->db, 3);
    command->last_entry = loyalty_db_column_int(tx->db, 4);
    command->first_lot = loyalty_db_column_int(tx->db, 5);

    if (code.len >= sizeof(result->member)) {
        code.len = sizeof(result->member) - 1;
    }

    memcpy(result->member, code.data, code.len);
    result->member[code.len] = '\0';

    return LOYALTY_OK;
}


/*
 * What a balance is going to be made from must not change meanwhile.  If it
 * only came out when the balance is written, those who want the same member
 * at the same time would have to begin anew again and again.
 */

static loyalty_statement_e
loyalty_member_statement(const loyalty_command_t *command)
{
    switch (command->kind) {

    case LOYALTY_COMMAND_CLAIM:
        return (!command->admission
                && command->order_fault == LOYALTY_NO_FAULT)
               ? LOYALTY_SQL_MEMBER_TAKE : LOYALTY_SQL_MEMBER_FIND;

    case LOYALTY_COMMAND_REDEEM:
        return LOYALTY_SQL_MEMBER_TAKE;

    default:
        return LOYALTY_SQL_MEMBER_FIND;
    }
}
