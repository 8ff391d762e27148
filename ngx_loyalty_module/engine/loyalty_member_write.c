
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


/* What both statements begin with, in their order. */

#define loyalty_member_noted(member)                                          \
    loyalty_db_int((member)->pending), loyalty_db_int((member)->first_open),  \
    loyalty_db_int((member)->active_at), loyalty_db_int((member)->orders),    \
    loyalty_db_int((member)->standing.at),                                    \
    loyalty_db_int((member)->standing.points),                                \
    loyalty_db_int((member)->standing.before),                                \
    loyalty_db_int((member)->standing.earlier),                               \
    loyalty_db_int((member)->streak.at),                                      \
    loyalty_db_int((member)->streak.length),                                  \
    loyalty_db_int((member)->perks_until), loyalty_db_int((member)->badges),  \
    loyalty_db_int((member)->waiting), loyalty_db_int((member)->due_at)


static int loyalty_member_write(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n);


int
loyalty_member_note(loyalty_transaction_t *tx, loyalty_member_t *member)
{
    const loyalty_db_value_t  values[] = {
        loyalty_member_noted(member), loyalty_db_text(member->email),
        loyalty_db_int(member->last_entry)
    };

    return loyalty_member_write(tx, LOYALTY_SQL_MEMBER_NOTE, values,
                                loyalty_values_n(values));
}


/* The balance follows the ledger; the schema sees to it that it agrees. */

int
loyalty_member_move(loyalty_transaction_t *tx, loyalty_member_t *member,
    int64_t last_entry)
{
    const loyalty_db_value_t  values[] = {
        loyalty_member_noted(member), loyalty_db_int(member->points),
        loyalty_db_int(member->lifetime), loyalty_db_int(last_entry),
        loyalty_db_text(member->email), loyalty_db_int(member->last_entry)
    };

    member->last_entry = last_entry;

    return loyalty_member_write(tx, LOYALTY_SQL_MEMBER_MOVE, values,
                                loyalty_values_n(values));
}


static int
loyalty_member_write(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n)
{
    if (loyalty_transaction_run(tx, statement, values, n) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (loyalty_db_changes(tx->db) != 1) {
        return loyalty_transaction_refuse(tx, "somebody else has changed the "
                                          "member meanwhile");
    }

    return LOYALTY_OK;
}
