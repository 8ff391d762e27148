
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


int
loyalty_balance(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int  found;

    if (loyalty_member_find(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    command->result.outcome = found ? LOYALTY_BALANCE : LOYALTY_NOT_A_MEMBER;

    return LOYALTY_OK;
}
