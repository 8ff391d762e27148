
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_COMMAND_H_INCLUDED_
#define _LOYALTY_COMMAND_H_INCLUDED_


#include <loyalty_answer.h>
#include <loyalty_order.h>
#include <loyalty_result.h>


#define LOYALTY_IDEMPOTENCY_KEY_MAX  128


/* The numbers are stored with idempotency keys: new ones go to the end. */

typedef enum {
    LOYALTY_COMMAND_SIGNUP = 0,
    LOYALTY_COMMAND_CLAIM,
    LOYALTY_COMMAND_BALANCE,
    LOYALTY_COMMAND_REDEEM,

    LOYALTY_COMMANDS
} loyalty_command_e;


/*
 * What the database is asked to do for one request.  A claim comes twice:
 * first for admission, read-only, before the store is asked, then, if it was
 * not decided, the same command with the store's answer.
 *
 * The caller owns the command and all that its texts point to, and leaves
 * them alone from loyalty_engine_run() on until that returns.
 */

typedef struct loyalty_command_s  loyalty_command_t;

struct loyalty_command_s {
    loyalty_command_t  *next;

    loyalty_command_e   kind;
    unsigned            admission:1;         /* the first part of a claim */

    /* the request, validated by the caller; absent texts have len == 0 */

    loyalty_str_t       email;               /* normalised */
    loyalty_str_t       order;
    loyalty_str_t       reward;
    loyalty_str_t       source;
    loyalty_str_t       locale;

    loyalty_str_t       caller;              /* the name of its API key */
    loyalty_str_t       idempotency_key;

    /*
     * For the second part of a claim: what the store answered, or why there
     * is nothing to look at.  LOYALTY_NO_FAULT means that there is.
     */

    loyalty_str_t       order_body;
    loyalty_outcome_e   order_fault;

    /*
     * One line for the log about a bad answer, terminated by NUL, or "":
     * the caller's, or the engine's if it looked at the answer.
     */

    char                why[LOYALTY_ORDER_WHY_SIZE];

    /* set by the engine */

    unsigned            decided:1;           /* 0: go and ask the store */
    unsigned            replayed:1;          /* the answer is a stored one */

    int64_t             member;              /* 0: nobody */
    int64_t             last_entry;          /* the member's in the ledger */
    int64_t             first_lot;           /* that may have points left */
    int64_t             order_total;         /* minor units */
    loyalty_result_t    result;
    unsigned            status;              /* HTTP */
    loyalty_json_t      json;                /* the answer, to be freed */
};


/* Whether the command needs a write transaction. */
int loyalty_command_writes(const loyalty_command_t *command);

/*
 * Forgets result and answer: a command may be run again after a rollback,
 * and nothing of before may stay.
 */
void loyalty_command_reset(loyalty_command_t *command);


#endif /* _LOYALTY_COMMAND_H_INCLUDED_ */
