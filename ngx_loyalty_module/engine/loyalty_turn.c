
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <string.h>


/*
 * Where others write, too, whoever takes several members does so in the order
 * of their e-mails: then nobody waits for somebody who waits for him.  Which
 * ones a command takes comes out on its way, such as who has referred whom.
 * If one turns out to come before those that it has, it begins again, and
 * takes that one first.  This is rare; to find out before would cost every
 * command a query.
 */


int
loyalty_turn_comes(loyalty_transaction_t *tx, int64_t id,
    loyalty_str_t email)
{
    loyalty_turn_t       *turn = &tx->turn;
    const loyalty_str_t   last = { turn->len, turn->last };

    if (!turn->kept || id == turn->first
        || loyalty_str_compare(email, last) >= 0)
    {
        return LOYALTY_OK;
    }

    turn->first = id;

    return loyalty_transaction_refuse(tx, "a member must be taken before "
                                      "another");
}


void
loyalty_turn_over(loyalty_transaction_t *tx, loyalty_str_t email)
{
    if (!tx->turn.kept || email.len > LOYALTY_EMAIL_MAX) {
        return;
    }

    memcpy(tx->turn.last, email.data, email.len);
    tx->turn.len = email.len;
}
