
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>


static int loyalty_event_counted(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *counted);
static int loyalty_event_limited(loyalty_transaction_t *tx,
    const loyalty_member_t *member, const loyalty_action_t *action,
    int *limited);
static int loyalty_event_reward(loyalty_transaction_t *tx,
    loyalty_command_t *command);


/*
 * The event comes before the limits: who asks again about one that has counted
 * is told so, even if the limit has been reached by it.
 */

int
loyalty_reward_action(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                      found;
    loyalty_result_t        *result = &command->result;
    const loyalty_action_t  *action;

    if (loyalty_member_of(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return LOYALTY_OK;
    }

    action = loyalty_action_find(tx->program, command->action);

    if (action == NULL) {
        result->outcome = LOYALTY_ACTION_NOT_FOUND;
        return LOYALTY_OK;
    }

    result->action = action;

    if (loyalty_event_counted(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (found) {
        return LOYALTY_OK;
    }

    if (loyalty_event_limited(tx, &command->member, action, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (found) {
        result->outcome = LOYALTY_ACTION_LIMIT;
        return LOYALTY_OK;
    }

    return loyalty_event_reward(tx, command);
}


static int
loyalty_event_counted(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *counted)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->action), loyalty_db_text(command->ref)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_EVENT_FIND, values,
                                loyalty_values_n(values), counted)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (*counted) {
        command->result.outcome =
            (loyalty_db_column_int(tx->db, 0) == command->member.id)
            ? LOYALTY_ALREADY_REWARDED : LOYALTY_ACTION_ALREADY_REWARDED;
    }

    return LOYALTY_OK;
}


static int
loyalty_event_limited(loyalty_transaction_t *tx,
    const loyalty_member_t *member, const loyalty_action_t *action,
    int *limited)
{
    size_t   i;
    int64_t  count;

    *limited = 0;

    for (i = 0; i < action->nlimits && !*limited; i++) {

        if (loyalty_count_actions(tx, member, action->id,
                                action->limits[i].window, &count)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        *limited = (count >= action->limits[i].count);
    }

    return LOYALTY_OK;
}


static int
loyalty_event_reward(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    loyalty_member_t         *member = &command->member;
    const loyalty_action_t   *action = command->result.action;
    loyalty_entry_t           entry = {
        loyalty_string("action"), action->id, loyalty_string(""),
        action->points
    };
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->action), loyalty_db_text(command->ref),
        loyalty_db_int(member->id), loyalty_db_int(action->points),
        loyalty_db_int(tx->now)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_EVENT_INSERT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_db_changes(tx->db) == 0) {

        /* it is another member's, on another node, since a moment ago */

        command->result.outcome = LOYALTY_ACTION_ALREADY_REWARDED;
        return LOYALTY_OK;
    }

    command->result.outcome = LOYALTY_REWARDED;

    if (loyalty_ledger_earn(tx, member, &entry, 0) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return loyalty_badges_give(tx, command);
}
