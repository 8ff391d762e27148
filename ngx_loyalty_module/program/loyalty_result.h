
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_RESULT_H_INCLUDED_
#define _LOYALTY_RESULT_H_INCLUDED_


#include <loyalty_figures.h>
#include <loyalty_id.h>
#include <loyalty_program.h>


/*
 * What a request came to.  Successes come first: everything from
 * LOYALTY_BAD_REQUEST on is a fault.
 */

typedef enum {
    LOYALTY_NO_FAULT = 0,                /* not decided yet, go on */

    LOYALTY_SIGNED_UP,
    LOYALTY_ALREADY_MEMBER,
    LOYALTY_CLAIMED,
    LOYALTY_ALREADY_CLAIMED,
    LOYALTY_CLAIM_PENDING,               /* the store has yet to answer */
    LOYALTY_BALANCE,
    LOYALTY_REDEEMED,
    LOYALTY_REDEMPTION_PENDING,          /* the store has yet to agree */
    LOYALTY_REWARDED,                    /* an action */
    LOYALTY_ALREADY_REWARDED,
    LOYALTY_HISTORY,
    LOYALTY_COUPON_GOOD,
    LOYALTY_COUPON_TAKEN,                /* now, for an order */
    LOYALTY_CANCELLED,
    LOYALTY_ALREADY_CANCELLED,
    LOYALTY_NOTHING_TO_DO,               /* of an errand: nobody sees it */
    LOYALTY_ORDER_NOTED,                 /* an event, whatever came of it */
    LOYALTY_LEADERBOARD,
    LOYALTY_REPORT,

    LOYALTY_BAD_REQUEST,
    LOYALTY_BAD_EMAIL,
    LOYALTY_BAD_ORDER,
    LOYALTY_BAD_REWARD,
    LOYALTY_BAD_ACTION,
    LOYALTY_BAD_COUPON,
    LOYALTY_BAD_SIGNATURE,
    LOYALTY_UNAUTHORIZED,
    LOYALTY_FORBIDDEN,
    LOYALTY_BAD_LINK,
    LOYALTY_LINK_EXPIRED,
    LOYALTY_NOT_A_MEMBER,
    LOYALTY_ORDER_NOT_FOUND,
    LOYALTY_REWARD_NOT_FOUND,
    LOYALTY_ACTION_NOT_FOUND,
    LOYALTY_COUPON_NOT_FOUND,
    LOYALTY_METHOD_NOT_ALLOWED,
    LOYALTY_TOO_LARGE,
    LOYALTY_UNSUPPORTED_MEDIA_TYPE,
    LOYALTY_NOT_ENOUGH_POINTS,
    LOYALTY_OUT_OF_STOCK,
    LOYALTY_REWARD_LIMIT,
    LOYALTY_REWARD_NOT_OFFERED,          /* not now, or not to this member */
    LOYALTY_ACTION_LIMIT,
    LOYALTY_ACTION_ALREADY_REWARDED,     /* to somebody else */
    LOYALTY_COUPON_USED,
    LOYALTY_COUPON_EXPIRED,
    LOYALTY_COUPON_CANCELLED,
    LOYALTY_COUPON_REFUSED,              /* by the store */
    LOYALTY_COUPON_NOT_OURS,             /* the store knows more about it */
    LOYALTY_ORDER_NOT_PAID,
    LOYALTY_ORDER_ALREADY_CLAIMED,
    LOYALTY_IDEMPOTENCY_KEY_REUSED,
    LOYALTY_WRONG_CURRENCY,
    LOYALTY_STORE_BAD_ANSWER,
    LOYALTY_STORE_UNAVAILABLE,
    LOYALTY_STORE_TIMEOUT,
    LOYALTY_DATABASE_UNAVAILABLE,

    LOYALTY_OUTCOMES
} loyalty_outcome_e;


/* So few codes in a pool are worth a warning. */

#define LOYALTY_POOL_LOW  50


/*
 * An entry of a member's history, as the ledger has it; texts are "" and Unix
 * times 0 where there is nothing to say.  Coupon and state are a redemption's.
 */

typedef struct loyalty_past_s  loyalty_past_t;

struct loyalty_past_s {
    loyalty_past_t          *next;            /* an older one */
    int64_t                  id;
    int64_t                  at;
    int64_t                  points;          /* < 0: they went */
    int64_t                  usable_at;       /* of a lot */
    int64_t                  expires_at;      /* of a lot */
    int64_t                  coupon_expires;
    loyalty_str_t            kind;
    loyalty_str_t            reference;
    loyalty_str_t            store;
    loyalty_str_t            coupon;
    loyalty_str_t            state;
};


/* So many places has a leaderboard. */

#define LOYALTY_LEADERS_MAX  100


typedef struct {
    int64_t                  rank;            /* from 1 on, 0: none */
    char                     member[LOYALTY_MEMBER_SIZE];
    int64_t                  points;
    int64_t                  badges;          /* how many */
    const loyalty_tier_t    *tier;            /* NULL: none */
    int64_t                  since;           /* joined */
} loyalty_leader_t;


/*
 * The facts that an answer shows.  Zeroed, it says nothing: every field has
 * a meaning of "none" in its zero.  Times are Unix times.
 */

typedef struct {
    loyalty_outcome_e        outcome;
    loyalty_locale_e         locale;          /* to be answered in */
    unsigned                 anonymous:1;     /* nobody says who is asking */
    unsigned                 discreet:1;      /* tells nothing of the member */
    char                     member[LOYALTY_MEMBER_SIZE];

    int64_t                  points;          /* to spend, after this */
    int64_t                  pending;
    int64_t                  earned;          /* by this request */
    int64_t                  spent;           /* by this request */
    int64_t                  lifetime;        /* earned ever */
    int64_t                  waiting;         /* claims, for the store */
    int64_t                  now;             /* when that was so */

    const loyalty_tier_t    *tier;            /* NULL: none */
    const loyalty_tier_t    *next_tier;
    int64_t                  tier_missing;    /* points to the next one */
    uint32_t                 memberships;     /* held, by bit */
    int64_t                  membership_until;
    uint64_t                 badges;          /* held, by bit */
    uint64_t                 new_badges;      /* since this request */
    int64_t                  streak;
    char                     referral[LOYALTY_REFERRAL_SIZE];

    loyalty_str_t            email;           /* normalised */
    loyalty_str_t            order;
    loyalty_str_t            session;         /* of a chat that has names */
    const loyalty_action_t  *action;          /* of this request */

    const loyalty_reward_t  *reward;          /* asked for, if there is one */
    int64_t                  cost;            /* of it, to this member */
    char                     reward_id[LOYALTY_ID_MAX + 1];
                                              /* of a coupon */
    char                     coupon[LOYALTY_COUPON_MAX + 1];
    int64_t                  coupon_expires;  /* Unix time, 0: never */
    int64_t                  pool_left;       /* after LOYALTY_REDEEMED, if */
                                              /* they are few, or else -1 */

    loyalty_past_t          *history;         /* the newest first */
    int64_t                  older;           /* there is more before this */
                                              /* entry, 0: there is not */

    loyalty_leader_t        *leaders;         /* the best first */
    size_t                   nleaders;
    int64_t                  leaders_at;      /* when that was so */
    loyalty_leader_t         you;             /* who has asked, now */
    loyalty_str_t            by;              /* what they are ranked by */

    loyalty_figures_t       *figures;         /* of a report */

    const char              *detail;          /* of a fault, NULL: its own */
} loyalty_result_t;


#endif /* _LOYALTY_RESULT_H_INCLUDED_ */
