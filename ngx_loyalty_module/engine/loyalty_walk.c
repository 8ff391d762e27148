
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_walk.h>

#include <string.h>


int
loyalty_walk_begin(loyalty_transaction_t *tx, loyalty_walk_t *walk,
    int *begun)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(walk->conf->chore), loyalty_db_int(tx->now),
        loyalty_db_int(tx->now - walk->conf->interval),
        loyalty_db_int(tx->now - LOYALTY_WALK_PATIENCE)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_CHORE_BEGIN, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *begun = (loyalty_db_changes(tx->db) != 0);

    walk->seen_at = tx->now;

    return LOYALTY_OK;
}


int
loyalty_walk_read(loyalty_transaction_t *tx, loyalty_walk_t *walk, int *row)
{
    loyalty_statement_e       statement;
    const loyalty_str_t       email = { walk->email_len, walk->asked };
    const loyalty_db_value_t  id = loyalty_db_int(walk->id);
    loyalty_db_value_t        values[] = {
        loyalty_db_text(email), loyalty_db_int(walk->conf->step)
    };

    walk->read = 0;

    /* as the database has them: in another order it takes ten times as long */

    if (loyalty_db_shared(tx->db)) {
        statement = walk->conf->by_id;
        values[0] = id;

    } else {
        statement = walk->conf->by_email;
        memcpy(walk->asked, walk->email, walk->email_len);
    }

    return loyalty_transaction_row(tx, statement, values,
                                   loyalty_values_n(values), row);
}


int
loyalty_walk_next(loyalty_transaction_t *tx, loyalty_walk_t *walk, int *row)
{
    loyalty_str_t  email;

    email = loyalty_db_column_text(tx->db, 0);

    if (email.len > LOYALTY_EMAIL_MAX) {
        return loyalty_transaction_refuse(tx, "an e-mail is too long");
    }

    memcpy(walk->email, email.data, email.len);

    walk->email_len = email.len;
    walk->id = loyalty_db_column_int(tx->db, 1);
    walk->read++;

    return loyalty_transaction_next(tx, row);
}


int
loyalty_walk_through(const loyalty_walk_t *walk)
{
    return walk->read < walk->conf->step;
}


int
loyalty_walk_sign(loyalty_transaction_t *tx, const loyalty_walk_t *walk,
    int *ours)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(tx->now), loyalty_db_text(walk->conf->chore),
        loyalty_db_int(walk->seen_at)
    };

    if (loyalty_transaction_run(tx, LOYALTY_SQL_CHORE_SIGN, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *ours = (loyalty_db_changes(tx->db) != 0);

    return LOYALTY_OK;
}


int
loyalty_walk_done(loyalty_transaction_t *tx, const loyalty_walk_t *walk)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(tx->now), loyalty_db_text(walk->conf->chore)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_CHORE_DONE, values,
                                   loyalty_values_n(values));
}
