
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TRANSACTION_H_INCLUDED_
#define _LOYALTY_TRANSACTION_H_INCLUDED_


#include <loyalty_command.h>
#include <loyalty_db.h>
#include <loyalty_movements.h>
#include <loyalty_statements.h>


/* Leaderboards that are being made: see loyalty_leaders.h. */

typedef struct loyalty_leaders_s  loyalty_leaders_t;

/* Members whose points age are being settled: see loyalty_sweep.h. */

typedef struct loyalty_sweep_s  loyalty_sweep_t;


/* In which order members are taken: see loyalty_turn.c. */

typedef struct {
    unsigned                       kept:1;   /* others write, too */
    int64_t                        first;    /* member to begin with, or 0 */
    size_t                         len;
    char                           last[LOYALTY_EMAIL_MAX]; /* taken */
} loyalty_turn_t;


/*
 * What the commands of one transaction share.  Functions that take it return
 * LOYALTY_OK with an outcome in the command's result, or LOYALTY_ERROR with
 * the failure in "failed"; the transaction is then of no more use.
 */

typedef struct {
    loyalty_db_t                  *db;
    const loyalty_program_t       *program;
    int64_t                        now;      /* Unix time */
    unsigned                       together:1;  /* with other commands */
    loyalty_db_rc_e                failed;
    const char                    *why;      /* NULL: ask the database */
    loyalty_turn_t                 turn;
    loyalty_movements_t            movements;

    loyalty_sweep_t               *sweep;
    loyalty_leaders_t             *leaders;
    unsigned                       leaders_old:1; /* those in the table */
} loyalty_transaction_t;


/* Who is to become a member. */

typedef struct {
    loyalty_str_t                  email;    /* normalised */
    loyalty_str_t                  source;
    loyalty_str_t                  locale;
    int64_t                        joined_at; /* Unix time */
} loyalty_newcomer_t;


/* The commands, one file each. */

int loyalty_signup(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_claim(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_balance(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_redeem(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_reward_action(loyalty_transaction_t *tx,
    loyalty_command_t *command);
int loyalty_order_event(loyalty_transaction_t *tx,
    loyalty_command_t *command);
int loyalty_history(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_coupon(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_use(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_cancel(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_leaderboard(loyalty_transaction_t *tx,
    loyalty_command_t *command);
int loyalty_report(loyalty_transaction_t *tx, loyalty_command_t *command);

/*
 * loyalty_held.c and loyalty_postponed.c: the second part of a redemption, and
 * of a claim; loyalty_errand.c: the search for one of which it is missing
 */
int loyalty_conclude(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_complete(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_errand(loyalty_transaction_t *tx, loyalty_command_t *command);
int loyalty_recognize(loyalty_transaction_t *tx, loyalty_command_t *command);

/*
 * Looks a member up by e-mail, which stays the caller's.  With "take" it is to
 * be changed: nobody else may until the end, and what is due is settled.
 * Without, what is due is reckoned with, but not written.  *found tells
 * whether there is one; of one that was merged into another, it is the other.
 */
int loyalty_member_find(loyalty_transaction_t *tx, loyalty_str_t email,
    int take, loyalty_member_t *member, int *found);

/*
 * The same for a command: its own member, taken if it is to be.  If there is
 * none, the outcome is LOYALTY_NOT_A_MEMBER.
 */
int loyalty_member_of(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found);

/*
 * Writes a new member, who has no points yet; *inserted: else there is one
 * with this e-mail already.
 */
int loyalty_member_insert(loyalty_transaction_t *tx,
    const loyalty_newcomer_t *newcomer, int *inserted);

/*
 * Looks a member up by number and takes it, or that which it was merged into.
 * Its e-mail is in the member itself.
 */
int loyalty_member_take(loyalty_transaction_t *tx, int64_t id,
    loyalty_member_t *member);

/*
 * Refuses to take a member out of turn: the transaction is to be run again,
 * and to take first the one that is in turn.first then.
 */
int loyalty_turn_comes(loyalty_transaction_t *tx, int64_t id,
    loyalty_str_t email);

/* Notes that a member was taken, or written. */
void loyalty_turn_over(loyalty_transaction_t *tx, loyalty_str_t email);

/* Writes what is new in a member that was taken, but for its points. */
int loyalty_member_note(loyalty_transaction_t *tx, loyalty_member_t *member);

/* Writes it all, after the member has got a new entry in the ledger. */
int loyalty_member_move(loyalty_transaction_t *tx, loyalty_member_t *member,
    int64_t last_entry);

/* Puts what a member has into the command's result. */
int loyalty_member_show(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/* Finds out which memberships a member has now, and until when. */
int loyalty_memberships_read(loyalty_transaction_t *tx,
    loyalty_member_t *member);

/* When a membership of a member ends, or has ended; 0: there was none. */
int loyalty_membership_end(loyalty_transaction_t *tx,
    const loyalty_member_t *member, loyalty_str_t id, int64_t *until);

/* Adds seconds to a membership of a taken member, from now on if it ended. */
int loyalty_membership_extend(loyalty_transaction_t *tx,
    loyalty_member_t *member, const loyalty_membership_t *membership,
    int64_t seconds);

/*
 * Takes seconds (negative) off the end of a membership that a taken member
 * has or had, or puts them back.
 */
int loyalty_membership_shift(loyalty_transaction_t *tx,
    loyalty_member_t *member, loyalty_str_t id, int64_t seconds);

/*
 * How many orders a member has had in so many seconds, as far as they have
 * earned something; and how many events of an action (or of any, ""), there
 * with 0: ever.
 */
int loyalty_count_orders(loyalty_transaction_t *tx,
    const loyalty_member_t *member, int64_t window, int64_t *count);
int loyalty_count_actions(loyalty_transaction_t *tx,
    const loyalty_member_t *member, loyalty_str_t action, int64_t window,
    int64_t *count);

/*
 * The friend's side of a referral.  At the sign-up of a member who has just
 * been written: notes by whom it came, if the code is somebody's and not its
 * own by another alias; then, and at the first order, rewards both sides, if
 * the rules say so.
 */
int loyalty_friend_joined(loyalty_transaction_t *tx,
    loyalty_command_t *command);
int loyalty_friend_bought(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/* Gives the command's member the badges that it has just come to deserve. */
int loyalty_badges_give(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/* Shows which ones it has in the result. */
int loyalty_badges_show(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/*
 * If the command's idempotency key was used before, sets the command's answer
 * to the one given then, or to a refusal if the request was another one.
 */
int loyalty_idempotency_replay(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/* Stores the answer that the command has got under its key. */
int loyalty_idempotency_keep(loyalty_transaction_t *tx,
    loyalty_command_t *command);

/*
 * Lets the second part of a redemption, or of a claim that was postponed,
 * answer in the place of the first, if that had a key, whoever has brought it
 * to its end first.
 */
int loyalty_idempotency_settle(loyalty_transaction_t *tx,
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
    unsigned statement, const loyalty_db_value_t *values,
    unsigned n);

/*
 * Runs a statement up to its first row: *row tells whether there is one, and
 * its columns are in tx->db.
 */
int loyalty_transaction_row(loyalty_transaction_t *tx,
    unsigned statement, const loyalty_db_value_t *values,
    unsigned n, int *row);

/* The next row of the statement that was run last. */
int loyalty_transaction_next(loyalty_transaction_t *tx, int *row);

/*
 * For what the database does not refuse but must not be: "why" goes to the
 * log.  Returns LOYALTY_ERROR.
 */
int loyalty_transaction_refuse(loyalty_transaction_t *tx, const char *why);

/* Fills "buffer" from the system's random source; LOYALTY_ERROR if none. */
int loyalty_random(void *buffer, size_t size);


#define loyalty_values_n(values)  (sizeof(values) / sizeof((values)[0]))


#endif /* _LOYALTY_TRANSACTION_H_INCLUDED_ */
