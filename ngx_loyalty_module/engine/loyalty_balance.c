
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


int
loyalty_balance(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int  found;

    if (loyalty_member_of(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (found) {
        command->result.outcome = LOYALTY_BALANCE;
    }

    return LOYALTY_OK;
}
