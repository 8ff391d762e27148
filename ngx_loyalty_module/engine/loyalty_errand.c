
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_errand.h>


/* The pause between two questions becomes twice as long, up to these. */

#define LOYALTY_ERRAND_COUPON_MAX   (24 * 3600)
#define LOYALTY_ERRAND_CLAIM_PAUSE  60
#define LOYALTY_ERRAND_CLAIM_MAX    3600


typedef struct {
    unsigned  due;                           /* statements */
    unsigned  lease;
    int64_t   longest;                       /* pause */
    int     (*found)(loyalty_transaction_t *tx, loyalty_command_t *command);
} loyalty_errand_kind_t;


static int loyalty_errand_lease(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *leased);


static const loyalty_errand_kind_t  loyalty_errand_kinds[LOYALTY_ERRANDS] = {

    [LOYALTY_ERRAND_COUPON] =
        { LOYALTY_SQL_REDEMPTION_DUE, LOYALTY_SQL_REDEMPTION_LEASE,
          LOYALTY_ERRAND_COUPON_MAX, loyalty_held_found },

    [LOYALTY_ERRAND_CLAIM] =
        { LOYALTY_SQL_POSTPONED_DUE, LOYALTY_SQL_POSTPONED_LEASE,
          LOYALTY_ERRAND_CLAIM_MAX, loyalty_postponed_found }
};


/*
 * The next one that nobody cares for, leased to the caller.  Its member is not
 * taken: whoever wants both takes the member first.
 */

int
loyalty_errand(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                           found;
    const loyalty_db_value_t      values[] = { loyalty_db_int(tx->now) };
    const loyalty_errand_kind_t  *kind;

    kind = &loyalty_errand_kinds[command->errand->kind];

    command->result.outcome = LOYALTY_NOTHING_TO_DO;

    if (loyalty_transaction_row(tx, kind->due, values,
                                loyalty_values_n(values), &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return LOYALTY_OK;
    }

    if (loyalty_errand_lease(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return found ? kind->found(tx, command) : LOYALTY_OK;
}


/* Another worker may have seen it, too: *leased tells who was faster. */

static int
loyalty_errand_lease(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *leased)
{
    const int64_t             id = loyalty_db_column_int(tx->db, 0);
    const int64_t             tries = loyalty_db_column_int(tx->db, 1);
    const int64_t             end = loyalty_db_column_int(tx->db, 2);
    const loyalty_errand_e    kind = command->errand->kind;
    const int64_t             pause = loyalty_errand_until(tx, kind, tries);
    const int64_t             until = (end > tx->now && end < pause) ? end
                                                                     : pause;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(until), loyalty_db_int(id), loyalty_db_int(tx->now)
    };

    if (loyalty_transaction_run(tx, loyalty_errand_kinds[kind].lease, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *leased = (loyalty_db_changes(tx->db) == 1);

    if (kind == LOYALTY_ERRAND_COUPON) {
        command->redemption = id;

    } else {
        command->postponed = id;
    }

    command->lease = until;

    return LOYALTY_OK;
}


int64_t
loyalty_errand_until(const loyalty_transaction_t *tx, loyalty_errand_e kind,
    int64_t tries)
{
    int64_t  pause, longest;

    pause = (kind == LOYALTY_ERRAND_COUPON) ? tx->program->coupon_retry
                                            : LOYALTY_ERRAND_CLAIM_PAUSE;

    longest = loyalty_errand_kinds[kind].longest;

    while (tries > 0 && pause < longest) {
        pause *= 2;
        tries--;
    }

    return tx->now + ((pause < longest) ? pause : longest);
}
