
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>


static int loyalty_badge_deserved(loyalty_transaction_t *tx,
    const loyalty_member_t *member, const loyalty_badge_t *badge,
    int *deserved);
static int loyalty_badge_orders(loyalty_transaction_t *tx,
    const loyalty_member_t *member, const loyalty_badge_t *badge,
    int64_t *count);
static int loyalty_badge_give(loyalty_transaction_t *tx,
    loyalty_command_t *command, size_t number);


int
loyalty_badges_give(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int      deserved;
    size_t   i;
    unsigned orders;

    if (tx->program->nbadges == 0) {
        return LOYALTY_OK;
    }

    if (command->member.badges != 0
        && loyalty_badges_show(tx, command) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    orders = (command->kind != LOYALTY_COMMAND_ACTION);

    for (i = 0; i < tx->program->nbadges; i++) {

        /* what this command does not count for cannot be new */

        if ((command->result.badges & (UINT64_C(1) << i))
            || orders != (tx->program->badges[i].kind
                          != LOYALTY_BADGE_ACTIONS))
        {
            continue;
        }

        if (loyalty_badge_deserved(tx, &command->member,
                                   &tx->program->badges[i], &deserved)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        if (deserved && loyalty_badge_give(tx, command, i) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_badge_deserved(loyalty_transaction_t *tx,
    const loyalty_member_t *member, const loyalty_badge_t *badge,
    int *deserved)
{
    int      rc;
    int64_t  count;

    switch (badge->kind) {

    case LOYALTY_BADGE_ORDERS:
        rc = loyalty_badge_orders(tx, member, badge, &count);
        break;

    case LOYALTY_BADGE_ACTIONS:
        rc = loyalty_count_actions(tx, member, badge->action, badge->window,
                                   &count);
        break;

    default: /* LOYALTY_BADGE_STREAK */
        rc = LOYALTY_OK;
        count = member->streak.length;
    }

    *deserved = (rc == LOYALTY_OK && count >= badge->count);

    return rc;
}


/* Only who has enough orders in all may have them in the window. */

static int
loyalty_badge_orders(loyalty_transaction_t *tx,
    const loyalty_member_t *member, const loyalty_badge_t *badge,
    int64_t *count)
{
    *count = member->orders;

    return (badge->window == 0 || member->orders < badge->count)
           ? LOYALTY_OK
           : loyalty_count_orders(tx, member, badge->window, count);
}


static int
loyalty_badge_give(loyalty_transaction_t *tx, loyalty_command_t *command,
    size_t number)
{
    loyalty_member_t         *member = &command->member;
    const loyalty_badge_t    *badge = &tx->program->badges[number];
    loyalty_entry_t           entry = {
        loyalty_string("badge"), badge->id, loyalty_string(""), badge->bonus
    };
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->id), loyalty_db_text(badge->id),
        loyalty_db_int(tx->now)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_BADGE_INSERT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->result.badges |= UINT64_C(1) << number;

    if (loyalty_db_changes(tx->db) == 0) {
        return LOYALTY_OK;
    }

    command->result.new_badges |= UINT64_C(1) << number;
    member->badges++;

    return (badge->bonus != 0) ? loyalty_ledger_earn(tx, member, &entry, 0)
                               : loyalty_member_note(tx, member);
}


int
loyalty_badges_show(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                       row;
    size_t                    i;
    loyalty_str_t             id;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(command->member.id)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_BADGES, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row) {
        id = loyalty_db_column_text(tx->db, 0);

        for (i = 0; i < tx->program->nbadges; i++) {

            if (loyalty_str_equal(tx->program->badges[i].id, id)) {
                command->result.badges |= UINT64_C(1) << i;
            }
        }

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}
