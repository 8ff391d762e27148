
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_COMMAND_H_INCLUDED_
#define _LOYALTY_COMMAND_H_INCLUDED_


#include <loyalty_coupon_store.h>
#include <loyalty_format.h>
#include <loyalty_member.h>
#include <loyalty_order.h>
#include <loyalty_result.h>


#define LOYALTY_IDEMPOTENCY_KEY_MAX  128


/* The numbers are stored with idempotency keys: new ones go to the end. */

typedef enum {
    LOYALTY_COMMAND_SIGNUP = 0,
    LOYALTY_COMMAND_CLAIM,
    LOYALTY_COMMAND_BALANCE,
    LOYALTY_COMMAND_REDEEM,
    LOYALTY_COMMAND_ACTION,
    LOYALTY_COMMAND_HISTORY,
    LOYALTY_COMMAND_COUPON,
    LOYALTY_COMMAND_USE,
    LOYALTY_COMMAND_CANCEL,
    LOYALTY_COMMAND_ORDER_EVENT,
    LOYALTY_COMMAND_LEADERBOARD,
    LOYALTY_COMMAND_CONCLUDE,
    LOYALTY_COMMAND_ERRAND,
    LOYALTY_COMMAND_RECOGNIZE,
    LOYALTY_COMMAND_REPORT,
    LOYALTY_COMMAND_COMPLETE,

    LOYALTY_COMMANDS
} loyalty_command_e;


/* What may have been left with a store. */

typedef enum {
    LOYALTY_ERRAND_COUPON = 0,
    LOYALTY_ERRAND_CLAIM,

    LOYALTY_ERRANDS
} loyalty_errand_e;


/* What is searched for, and room for the texts of what was found. */

typedef struct {
    loyalty_errand_e    kind;
    char                email[LOYALTY_EMAIL_MAX];
    char                order[LOYALTY_ID_MAX];
    char                store[LOYALTY_ID_MAX];
} loyalty_errand_t;


/*
 * What the database is asked to do for one request.  A claim comes twice:
 * first for admission, read-only, before the store is asked, then, if it was
 * not decided, the same command with the store's answer, or with the fault
 * that there is none: it may then be postponed.
 *
 * The caller owns the command and all that its texts point to, and leaves
 * them alone from loyalty_engine_run() on until that returns.
 */

typedef struct loyalty_command_s  loyalty_command_t;

struct loyalty_command_s {
    loyalty_command_t  *next;

    loyalty_command_e   kind;
    unsigned            admission:1;         /* the first part of a claim */
    unsigned            waits:1;             /* what it has found: claims */
                                             /* of the member are postponed */

    /* the request, validated by the caller; absent texts have len == 0 */

    loyalty_str_t       email;               /* normalised */
    loyalty_str_t       order;
    loyalty_str_t       store;
    loyalty_str_t       reward;
    loyalty_str_t       coupon;
    loyalty_str_t       action;
    loyalty_str_t       ref;                 /* of an action's event */
    loyalty_str_t       referral;            /* code of who has referred */
    loyalty_str_t       source;
    loyalty_str_t       locale;              /* to be answered in */
    loyalty_str_t       before;              /* entry of a history */
    loyalty_str_t       limit;               /* how many to show */
    loyalty_str_t       by;                  /* what a leaderboard counts */
    loyalty_str_t       days;                /* how many to report of */

    loyalty_format_e    format;              /* of the answer */
    loyalty_str_t       session;             /* of the chat */

    loyalty_str_t       caller;              /* the name of its API key, or */
                                             /* who has a link or a session; */
                                             /* "": nobody has shown it */
    loyalty_str_t       idempotency_key;
    unsigned            discreet:1;          /* a stranger may be asking */
    unsigned            keep_success:1;      /* with it, and nothing else */

    /*
     * For the second part of a claim, and for an event of an order: what the
     * store answered, and when it was asked, or why there is nothing to look
     * at.  LOYALTY_NO_FAULT means that there is.
     */

    loyalty_str_t       order_body;
    loyalty_outcome_e   order_fault;
    int64_t             asked_at;            /* Unix time, in ms */
    int64_t             postpone;            /* a claim, for so many seconds */

    /*
     * One line for the log about a bad answer, terminated by NUL, or "":
     * the caller's, or the engine's if it looked at the answer.
     */

    char                why[LOYALTY_ORDER_WHY_SIZE];

    /*
     * For the second part of a redemption whose coupon the store makes, and of
     * a claim that was postponed: which one, and what the store has said.  An
     * errand is a search for one of which the second part is missing.
     */

    int64_t             redemption;
    int64_t             postponed;
    loyalty_coupon_verdict_e  verdict;
    loyalty_errand_t   *errand;
    int64_t             lease;               /* until then nobody else asks */

    /*
     * To recognize is to find out whose code it is, and their e-mail: that
     * goes into "address", of LOYALTY_EMAIL_MAX bytes, and becomes the
     * command's.
     */

    loyalty_str_t       code;
    char               *address;

    /* set by the engine */

    unsigned            decided:1;           /* 0: go and ask the store */
    unsigned            replayed:1;          /* the answer is a stored one */
    unsigned            ended:1;             /* its postponed claim has */
    int64_t             first;               /* member to be taken first */

    loyalty_order_t     facts;               /* of the order */
    loyalty_member_t    member;
    loyalty_result_t    result;
    unsigned            status;              /* HTTP */
    loyalty_json_t      json;                /* the answer, to be freed */
};


/* Whether the command needs a write transaction. */
int loyalty_command_writes(const loyalty_command_t *command);

/*
 * Whether it will change its member, so that nobody else may do so from when
 * it has looked at it.
 */
int loyalty_command_takes(const loyalty_command_t *command);

/*
 * Whether it wants rows that others want, too, or does not know beforehand
 * which: it then has a transaction of its own where others write.
 */
int loyalty_command_alone(const loyalty_command_t *command);

/*
 * How many the caller wants, such as its "limit"; "otherwise" unless it says
 * so; 0 if that is not a number from 1 to "max".
 */
int64_t loyalty_command_number(loyalty_str_t text, int64_t otherwise,
    int64_t max);

/*
 * Reads what the store has answered about the command's order: its facts, or
 * its order_fault.
 */
void loyalty_command_read_order(loyalty_command_t *command,
    const loyalty_program_t *program);

/* Writes the answer and the status; LOYALTY_ERROR if memory ran out. */
int loyalty_command_render(const loyalty_program_t *program,
    loyalty_command_t *command);

/*
 * Whether it is a claim that the store has not answered, and is to be kept
 * until it does.
 */
int loyalty_command_postpones(const loyalty_command_t *command);

/*
 * Leaves only the outcome of a result, if a stranger may be asking and has
 * shown nothing by the request but that he knows an e-mail.
 */
void loyalty_command_be_discreet(loyalty_command_t *command);

/* Lets go of what the result has in lists; its answer is written. */
void loyalty_command_let_go(loyalty_command_t *command);

/*
 * Forgets result and answer: a command may be run again after a rollback,
 * and nothing of before may stay.
 */
void loyalty_command_reset(loyalty_command_t *command);


#endif /* _LOYALTY_COMMAND_H_INCLUDED_ */
