
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TRANSACTION_H_INCLUDED_
#define _LOYALTY_TRANSACTION_H_INCLUDED_


#include <loyalty_command.h>
#include <loyalty_db.h>
#include <loyalty_statements.h>


/*
 * What the commands of one transaction share.  Functions that take it return
 * LOYALTY_OK with an outcome in the command's result, or LOYALTY_ERROR with
 * the failure in "failed"; the transaction is then of no more use.
 */

typedef struct {
    loyalty_db_t                  *db;
    const loyalty_program_t       *program;
    int64_t                        now;
    loyalty_db_rc_e                failed;
    const char                    *why;      /* NULL: ask the database */
} loyalty_transaction_t;


/* The commands, one file each. */

int loyalty_signup(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_claim(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_balance(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_redeem(loyalty_transaction_t *tx, loyalty_command_t *command);

/*
 * Looks the command's member up by e-mail: notes who it is and where its
 * ledger ends in the command, and code and balance in the result.  *found
 * tells whether there is one.
 */
int loyalty_member_find(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *found);

/*
 * Points that the command's member, found before, earns: a credit in the
 * ledger, which is a lot at the same time, and the balance, here and in the
 * result.
 */
int loyalty_ledger_credit(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t kind, loyalty_str_t reference,
    int64_t points);

/*
 * Points that the command's member, found before, spends, from the oldest
 * lots first; *debit gets the id of the ledger entry.  The member must have
 * them.
 */
int loyalty_ledger_debit(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_str_t kind, loyalty_str_t reference,
    int64_t points, int64_t *debit);

/*
 * If the command's idempotency key was used before, sets the command's answer
 * to the one given then, or to a refusal if the request was another one.
 */
int loyalty_idempotency_replay(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/* Stores the answer that the command has got under its key. */
int loyalty_idempotency_keep(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/* Forgets some of the answers that are old enough; *more: not all of them. */
int loyalty_idempotency_prune(loyalty_transaction_t *tx, int *more);

/* Say by loyalty_db_ahead() what a command will read. */
void loyalty_idempotency_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command);
void loyalty_member_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command);
void loyalty_claim_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command);

/*
 * Runs a statement that returns no row, or whose row does not matter;
 * LOYALTY_ERROR if it failed.
 */
int loyalty_transaction_run(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n);

/*
 * Runs a statement up to its first row: *row tells whether there is one, and
 * its columns are in tx->db.
 */
int loyalty_transaction_row(loyalty_transaction_t *tx,
    loyalty_statement_e statement, const loyalty_db_value_t *values,
    unsigned n, int *row);

/*
 * For what the database does not refuse but must not be: "why" goes to the
 * log.  Returns LOYALTY_ERROR.
 */
int loyalty_transaction_refuse(loyalty_transaction_t *tx, const char *why);

/* Fills "buffer" from the system's random source; LOYALTY_ERROR if none. */
int loyalty_random(void *buffer, size_t size);


#define loyalty_values_n(values)  (sizeof(values) / sizeof((values)[0]))


#endif /* _LOYALTY_TRANSACTION_H_INCLUDED_ */
