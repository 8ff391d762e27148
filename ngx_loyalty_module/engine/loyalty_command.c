
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_command.h>

#include <string.h>


int
loyalty_command_writes(const loyalty_command_t *command)
{
    switch (command->kind) {

    case LOYALTY_COMMAND_CLAIM:

        /* a fault is only written down for its idempotency key */

        return !command->admission
               && (command->order_fault == LOYALTY_NO_FAULT
                   || command->idempotency_key.len != 0);

    case LOYALTY_COMMAND_BALANCE:
        return command->idempotency_key.len != 0;

    default:
        return 1;
    }
}


void
loyalty_command_reset(loyalty_command_t *command)
{
    loyalty_json_free(&command->json);
    memset(&command->result, 0, sizeof(loyalty_result_t));

    command->result.email = command->email;
    command->result.order = command->order;
    command->decided = 0;
    command->replayed = 0;

    command->member = 0;
    command->status = 0;
}
