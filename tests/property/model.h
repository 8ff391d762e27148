
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _MODEL_H_INCLUDED_
#define _MODEL_H_INCLUDED_


#include <story.h>


/*
 * What a program has to do, once more, with nothing of the engine's: plain
 * arrays that only grow, searched from their start to their end each time.
 */

#define ENTRIES  400                     /* of anything, for one member */
#define COUPONS  (2 * STEPS)


typedef struct {
    int64_t        left;
    int64_t        expired;              /* of it, unspent */
    int64_t        usable_at;
    int64_t        until_at;             /* 0: never */
    int            restored;             /* came of a cancelled refund */
} lot_t;


/* Why points went: a coupon, an order's refunds, a referral's, by number. */

typedef enum {
    BY_COUPON = 0,
    BY_REFUND,
    BY_REFERRAL
} by_e;


typedef struct {
    by_e           by;
    int            what;
    int            lot;
    int64_t        points;               /* < 0: were given back */
} taken_t;


typedef struct {
    by_e           by;
    int            what;
    int64_t        points;
} debt_t;


/* One side of a referral: what it got, and what was taken back of it. */

typedef struct {
    int            lot;                  /* -1: none */
    int64_t        points;
    int64_t        earned_at;
    int            back;                 /* the number of the refund, or -1 */
    int64_t        taken;
    int64_t        had;                  /* all in all */
} side_t;


/* What counts for tiers, and when it counts. */

typedef struct {
    int64_t        at;
    int64_t        points;
} merit_t;


/* An entry of the history; "what" is an order, reward, action ... */

typedef struct {
    const char    *kind;
    int            what;
    int            store;
    int64_t        points;
    int64_t        at;
    int64_t        usable_at;
    int64_t        until_at;
} past_t;


typedef struct {
    int            joined;
    int64_t        joined_at;
    int64_t        active_at;
    int64_t        lifetime;
    int64_t        expired;              /* points, all in all */
    int            norders;
    int64_t        order_at[ENTRIES];
    int64_t        order_points[ENTRIES];
    int            order_what[ENTRIES];
    int            nevents;
    int64_t        event_at[ENTRIES];
    int            event_action[ENTRIES];
    int64_t        until[2];             /* of each membership */
    unsigned       badges;

    int            nlots;
    lot_t          lots[ENTRIES];
    int            ntaken;
    taken_t        taken[ENTRIES];
    int            ndebts;
    debt_t         debts[ENTRIES];
    int            nmerits;
    merit_t        merits[ENTRIES];
    int            npasts;
    past_t         pasts[ENTRIES];

    int            referrer;             /* -1: nobody */
    int            rewarded;             /* the referrer was */
    int64_t        rewarded_at;
    int            brought_by;           /* this order, once; -1: none */
    side_t         sides[2];             /* the referrer's, and its own */
} member_t;


typedef struct {
    int            owner;                /* -1: nobody has claimed it */
    int64_t        total;                /* of the program's currency */
    int64_t        points;
    int64_t        claimed_at;
    int            lot;                  /* -1: none */
    int64_t        bought[2];            /* seconds of each membership */
    int64_t        until[2];             /* when that ends */

    /* what refunds have come to */

    int64_t        refunded;
    int64_t        due;                  /* points to be taken back */
    int64_t        had;                  /* of them */
    int64_t        asked_at;
    int            gone;                 /* all of it was refunded */
    int64_t        recalled_at;          /* what has left no trace; 0: no */
} claimed_t;


typedef enum {
    COUPON_ISSUED = 0,
    COUPON_WAITING,
    COUPON_HELD,
    COUPON_USED,
    COUPON_DONE,
    COUPON_CANCELLED,
    COUPON_REFUSED
} coupon_state_e;


typedef struct {
    int            member;
    int            reward;
    coupon_state_e state;
    int64_t        cost;
    int64_t        expires_at;           /* 0: never */
    int            used_for;             /* order number, -1: unknown */
    int            code;                 /* of the pool, from 0 on */
    int            tries;
    int64_t        next_at;

    /* what the engine calls it, see stage.c */

    int64_t        id;
    char           text[72];
} coupon_t;


typedef struct {
    const story_t *story;
    const rules_t *rules;
    int64_t        now;
    member_t       members[PEOPLE];
    claimed_t      claims[ORDERS];
    int            event_owner[RULES][8];        /* 0: nobody, or who + 1 */
    int            ncoupons;
    coupon_t       coupons[COUPONS];
    int            nbacks;               /* refunds of referrals */
} model_t;


/* What a step must be answered with. */

typedef struct {
    int            decided;
    const char    *outcome;
    int            shown;                /* the member in it, -1: none */
    int64_t        earned;
    int64_t        spent;
    unsigned       new_badges;
    int            coupon;               /* in it, -1: none */
    int64_t        pool_left;            /* -1: of no interest */
} answer_t;


/*
 * What is to be taken back or given back, whatever for: the lot comes first,
 * "earned" counts for the time when it was.
 */

typedef struct {
    by_e           by;
    int            what;
    int            lot;                  /* -1: none */
    int64_t        earned;
    int64_t        earned_at;
    const char    *kind;                 /* in the history */
    int            reference;
    int            store;
} refund_t;


/* Where a member stands. */

typedef struct {
    int64_t        points;
    int64_t        pending;
    int64_t        lifetime;
    int64_t        window;               /* points in the tiers' window */
    int            tier;                 /* -1: none */
    int            next_tier;
    int64_t        missing;
    unsigned       memberships;
    int64_t        until;
    unsigned       badges;
    int64_t        streak;
} standing_t;


/* model.c */

void model_init(model_t *model, const story_t *story);

/*
 * Runs a step that is a command.  Its numbers are of things that there are,
 * or -1: "other" is the referrer, "what" the coupon.
 */
void model_run(model_t *model, const step_t *step, answer_t *answer);

void model_stand(model_t *model, int who, standing_t *standing);

/* The n-th of the times at which something happens to a member by itself. */
int64_t model_moment(model_t *model, int who, int n);

int model_tier(model_t *model, const member_t *member);
unsigned model_memberships(model_t *model, const member_t *member);

/* model_points.c */

void points_settle(model_t *model, member_t *member);
int64_t points_sum(const member_t *member);
int64_t points_pending(const model_t *model, const member_t *member);
int points_earn(model_t *model, member_t *member, const char *kind, int what,
    int store, int64_t points, int64_t pending);
void points_spend(model_t *model, member_t *member, int coupon);
int64_t points_take_back(model_t *model, member_t *member,
    const refund_t *refund, int64_t points);
void points_give_back(model_t *model, member_t *member,
    const refund_t *refund, int64_t points);

/* model_orders.c */

void model_claim(model_t *model, const step_t *step, answer_t *answer);
void model_admission(model_t *model, const step_t *step, answer_t *answer);
void model_event(model_t *model, const step_t *step, answer_t *answer);
int64_t model_convert(const model_t *model, int store, int64_t amount);
int orders_that_stand(const model_t *model, const member_t *member);
int orders_that_earned(const model_t *model, const member_t *member,
    int64_t window);

/* model_rewards.c */

void model_redeem(model_t *model, const step_t *step, answer_t *answer);
void model_conclude(model_t *model, const step_t *step, answer_t *answer);
void model_errand(model_t *model, const step_t *step, answer_t *answer);
void model_coupon(model_t *model, const step_t *step, answer_t *answer);
void model_cancel(model_t *model, const step_t *step, answer_t *answer);

/* model_people.c */

void model_signup(model_t *model, const step_t *step, answer_t *answer);
void model_action(model_t *model, const step_t *step, answer_t *answer);
void model_bought(model_t *model, int who, int order, answer_t *answer);
void model_friend_lost(model_t *model, int who, int order);
void model_friend_regained(model_t *model, int who, int order,
    answer_t *answer);
void model_badges(model_t *model, int who, int of_actions, answer_t *answer);
int64_t model_streak(const model_t *model, const member_t *member);


#endif /* _MODEL_H_INCLUDED_ */
