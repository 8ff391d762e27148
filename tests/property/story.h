
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _STORY_H_INCLUDED_
#define _STORY_H_INCLUDED_


#include <stdint.h>
#include <stdio.h>


/*
 * A story is a program and what happens in it, all of which follows from the
 * seed.  It knows nothing of the engine, whose words for the same things are
 * in stage_program.c; numbers are places in the arrays, and -1 is "any".
 */

#define HOUR         3600
#define DAY          (24 * HOUR)
#define YEAR         (365 * DAY)

/* No story takes so long, so that they follow each other in a database. */

#define STORY_LASTS  (INT64_C(60) * YEAR)

#define RULES   4                        /* of a kind, at most */
#define PEOPLE  8
#define ORDERS  12
#define SKUS    4                        /* soap, tea, and the memberships' */
#define STEPS   48


typedef struct {
    uint64_t       state;
} random_t;


typedef enum {
    EARN_AMOUNT = 0,
    EARN_ORDER,
    EARN_ITEM
} earn_kind_e;


typedef struct {
    earn_kind_e    kind;
    int64_t        points;
    int64_t        per;
    int64_t        min;
    int64_t        limit;
    int64_t        window;
    int            sku;
    int            category;
    unsigned       tax:1;                /* not counted */
    unsigned       shipping:1;
    unsigned       refunds:1;
} earn_rule_t;


typedef struct {
    int64_t        from;
    int64_t        until;
    int64_t        multiplier;
    int64_t        bonus;
    int64_t        min;
    int            tier;
    int            store;
    int            first;
} promotion_rule_t;


typedef struct {
    int64_t        points;
    int            nlimits;
    int64_t        count[2];
    int64_t        window[2];
} action_rule_t;


typedef struct {
    int64_t        threshold;
    int64_t        multiplier;
} tier_rule_t;


typedef enum {
    LADDER_LIFETIME = 0,
    LADDER_TIME,
    LADDER_YEAR
} ladder_e;


typedef struct {
    int64_t        lasts;
    int64_t        multiplier;
    int64_t        discount;
} membership_rule_t;


typedef enum {
    BADGE_ORDERS = 0,
    BADGE_ACTIONS,
    BADGE_STREAK
} badge_kind_e;


typedef struct {
    badge_kind_e   kind;
    int            action;
    int64_t        count;
    int64_t        window;
    int64_t        bonus;
} badge_rule_t;


typedef enum {
    SOURCE_LOCAL = 0,
    SOURCE_POOL,
    SOURCE_STORE,
    SOURCE_MANUAL
} source_e;


typedef struct {
    source_e       source;
    int64_t        cost;
    int64_t        stock;
    int64_t        per_member;
    int64_t        from;
    int64_t        until;
    int            tier;
    int            membership;
    int            store;
    int            pool;                 /* so many codes were imported */
} reward_rule_t;


typedef struct {
    const char    *currency;
    int            exponent;
    int64_t        rate;                 /* millionths */
} store_rule_t;


typedef struct {
    int                nstores;
    store_rule_t       stores[2];
    int                nearns;
    earn_rule_t        earns[RULES];
    int                npromotions;
    promotion_rule_t   promotions[RULES];
    int                nactions;
    action_rule_t      actions[RULES];
    int                ntiers;
    tier_rule_t        tiers[RULES];
    ladder_e           ladder;
    int64_t            length;
    int64_t            grace;
    int                nmemberships;
    membership_rule_t  memberships[2];
    int                nbadges;
    badge_rule_t       badges[RULES];
    int64_t            streak;
    int                nrewards;
    reward_rule_t      rewards[RULES];

    int64_t            signup_bonus;
    int64_t            referral;         /* points, 0: there is none */
    int64_t            friend;
    int64_t            referral_min;
    int64_t            cap;
    int64_t            cap_window;
    int                on_signup;
    int64_t            pending;
    int64_t            expire;
    int                inactivity;
    int                negative;
    int64_t            coupon_expires;
    int64_t            coupon_retry;
} rules_t;


/* As the store has it; amounts are minor units of the store's currency. */

typedef struct {
    int            buyer;
    int            store;
    int            number;               /* each store has its own */
    int64_t        total;
    int64_t        tax;
    int64_t        shipping;
    int64_t        quantity[SKUS];
} order_t;


typedef enum {
    STATUS_PAID = 0,
    STATUS_VOID,
    STATUS_OPEN
} status_e;


typedef enum {
    VERDICT_THERE = 0,
    VERDICT_ABSENT,
    VERDICT_UNCLEAR
} verdict_e;


typedef enum {
    STEP_SIGNUP = 0,
    STEP_CLAIM,
    STEP_ADMISSION,
    STEP_EVENT,
    STEP_ACTION,
    STEP_REDEEM,
    STEP_CONCLUDE,
    STEP_ERRAND,
    STEP_COUPON,
    STEP_USE,
    STEP_CANCEL,
    STEP_BALANCE,
    STEP_HISTORY,
    STEP_LEADERBOARD,

    /* not commands */

    STEP_REPEAT,                         /* the last command with a key */
    STEP_PASS,
    STEP_REACH,                          /* when something happens */
    STEP_INSIST,                         /* errands for days */
    STEP_SETTLE,
    STEP_LEADERS,
    STEP_REOPEN,

    STEP_KINDS
} step_e;


typedef struct {
    step_e         kind;
    int            who;
    int            what;                 /* order, action, reward, coupon */
    int            other;                /* referrer, event, order, limit */
    int            store;                /* that asks for a coupon */
    int            key;                  /* of idempotency, 0: none */
    status_e       status;
    verdict_e      verdict;
    int64_t        refunded;             /* minor units of the store's */
    int64_t        seconds;              /* that pass, or passed since */
    unsigned       foreign:1;            /* in another currency */
    unsigned       together:1;           /* in one batch with the next one */
} step_t;


typedef struct {
    uint64_t       seed;
    int64_t        begins;               /* Unix time */
    rules_t        rules;
    order_t        orders[ORDERS];
    step_t         steps[STEPS];
    int            nsteps;
} story_t;


/* story.c */

/* Stories with the same seed are the same; "slot" is its place in time. */
void story_make(story_t *story, uint64_t seed, int slot);

/* story_rules.c */

void rules_make(rules_t *rules, random_t *random, int64_t begins);

/* story_print.c */

void story_print(const story_t *story, FILE *out);
void step_print(const story_t *story, int n, FILE *out);

/* Numbers from 0 to n - 1, one of some, and 1 once in n times. */

int64_t any(random_t *random, int64_t n);
int64_t one_of(random_t *random, const int64_t *values, int n);
int once_in(random_t *random, int n);

#define choose(random, ...)                                                   \
    one_of(random, (const int64_t []) { __VA_ARGS__ },                        \
           sizeof((const int64_t []) { __VA_ARGS__ }) / sizeof(int64_t))


#endif /* _STORY_H_INCLUDED_ */
