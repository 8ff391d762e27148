
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _STAGE_H_INCLUDED_
#define _STAGE_H_INCLUDED_


#include <model.h>
#include <shop_database.h>


/*
 * Where a story is played: on an engine, whose answers are compared with the
 * model's.
 */

#define BATCH  8
#define KEYS   4                         /* 0: none */


/* A command with all that it points to. */

typedef struct {
    loyalty_command_t  command;
    step_t             step;             /* in the model's numbers */
    char               same[512];        /* by which requests are the same */
    char               body[1024];
    loyalty_errand_t   errand;
    char               order[48];
    char               ref[48];
    char               coupon[80];
    char               key[48];
    char               limit[24];
    char               before[24];
} request_t;


/* The first answer to a key of idempotency. */

typedef struct {
    unsigned           answered:1;
    unsigned           age;              /* which key it is by now */
    int64_t            at;
    int                coupon;           /* of a redemption, -1: none */
    unsigned           status;
    loyalty_outcome_e  outcome;
    char               same[512];
    char              *body;
    size_t             len;
} kept_t;


typedef struct {
    shop_t            *shop;
    const story_t     *story;
    model_t            model;

    request_t          batch[BATCH];
    int                nbatch;
    kept_t             kept[KEYS];
    step_t             repeat;           /* key 0: there is none */

    char               emails[PEOPLE][64];
    char               members[PEOPLE][LOYALTY_MEMBER_SIZE];
    char               referrals[PEOPLE][LOYALTY_REFERRAL_SIZE];
    char               rewards[RULES][32];

    char               wrong[512];       /* what is not as it must be, or "" */
} stage_t;


/* stage.c */

/*
 * Plays a story: returns the step after which something was wrong, in words in
 * stage->wrong; its end counts as a step; -1 if all was right.
 */
int stage_play(stage_t *stage, shop_t *shop, const story_t *story);

/* Says what is wrong, but for the first time nothing; returns -1. */
int stage_wrong(stage_t *stage, const char *format, ...);

/* stage_program.c */

void stage_program(stage_t *stage);

/* Imports the codes of the pools, and makes one. */
void stage_pool(stage_t *stage);
void stage_pool_code(const stage_t *stage, int reward, int code, char *text,
    size_t size);

/* stage_request.c */

/* Turns the story's numbers into those of things that there are; or 0. */
int stage_resolve(stage_t *stage, const step_t *step, step_t *resolved);

void stage_request(stage_t *stage, const step_t *step, request_t *request);

/* stage_check.c */

/* Runs the model on a command that was run, and compares; returns 0 or -1. */
int stage_check(stage_t *stage, request_t *request);

/* stage_history.c */

/* The whole history of a member; "settled": also what has expired. */
int stage_history(stage_t *stage, int who, int settled);


#endif /* _STAGE_H_INCLUDED_ */
