
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


/* Most members have none, and nothing is read. */

int
loyalty_memberships_read(loyalty_transaction_t *tx, loyalty_member_t *member)
{
    int                          row;
    int64_t                      until;
    const loyalty_membership_t  *membership;
    const loyalty_db_value_t     values[] = {
        loyalty_db_int(member->id), loyalty_db_int(tx->now)
    };

    member->memberships = 0;
    member->membership_until = 0;

    if (member->perks_until <= tx->now) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBERSHIPS, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row) {
        membership = loyalty_membership_find(tx->program,
                                             loyalty_db_column_text(tx->db,
                                                                    0));
        until = loyalty_db_column_int(tx->db, 1);

        if (membership != NULL) {
            member->memberships |= UINT32_C(1)
                                   << (membership - tx->program->memberships);

            if (until > member->membership_until) {
                member->membership_until = until;
            }
        }

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


int
loyalty_membership_extend(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_membership_t *membership,
    int64_t seconds)
{
    int64_t                   until;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->id), loyalty_db_text(membership->id),
        loyalty_db_int(tx->now), loyalty_db_int(seconds)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_MEMBERSHIP_EXTEND, values,
                                loyalty_values_n(values))
        != LOYALTY_OK
        || loyalty_membership_end(tx, member, membership->id, &until)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    /* what has ended is found to have when it is looked for */

    if (until > member->perks_until) {
        member->perks_until = until;
    }

    if (until > tx->now) {
        member->memberships |= UINT32_C(1)
                               << (membership - tx->program->memberships);

        if (until > member->membership_until) {
            member->membership_until = until;
        }
    }

    return LOYALTY_OK;
}


int
loyalty_membership_shift(loyalty_transaction_t *tx,
    loyalty_member_t *member, loyalty_str_t id, int64_t seconds)
{
    int64_t                   until;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(seconds), loyalty_db_int(member->id),
        loyalty_db_text(id)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_MEMBERSHIP_SHIFT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK
        || loyalty_membership_end(tx, member, id, &until) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    /* that it may be earlier now is found out when it is looked for */

    if (until > member->perks_until) {
        member->perks_until = until;
    }

    return loyalty_memberships_read(tx, member);
}


int
loyalty_membership_end(loyalty_transaction_t *tx,
    const loyalty_member_t *member, loyalty_str_t id, int64_t *until)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member->id), loyalty_db_text(id)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBERSHIP_FIND, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *until = row ? loyalty_db_column_int(tx->db, 0) : 0;

    return LOYALTY_OK;
}
