
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_PROGRAM_H_INCLUDED_
#define _LOYALTY_PROGRAM_H_INCLUDED_


#include <loyalty_action.h>
#include <loyalty_badge.h>
#include <loyalty_earn.h>
#include <loyalty_link.h>
#include <loyalty_locale.h>
#include <loyalty_membership.h>
#include <loyalty_points.h>
#include <loyalty_promotion.h>
#include <loyalty_referral.h>
#include <loyalty_reward.h>
#include <loyalty_store.h>
#include <loyalty_tier.h>


/* The longest texts that a sign-up may carry, in bytes. */

#define LOYALTY_SOURCE_MAX  64
#define LOYALTY_LOCALE_MAX  35      /* BCP 47 tags: RFC 5646, 4.4.1 */

/* "m_", 22 letters and digits (128 random bits and more), and a NUL */

#define LOYALTY_MEMBER_SIZE  25

/* A coupon code that is made here, and any. */

#define LOYALTY_COUPON_LEN  16
#define LOYALTY_COUPON_MAX  64

/* A code that members give to their friends, of the same letters. */

#define LOYALTY_REFERRAL_LEN   8
#define LOYALTY_REFERRAL_SIZE  (LOYALTY_REFERRAL_LEN + 1)


/* What a program says to shoppers: see loyalty_text.h. */

typedef struct loyalty_texts_s  loyalty_texts_t;


/* The rules of a program; constant while requests are served. */

typedef struct {
    loyalty_str_t                name;
    loyalty_str_t                currency;        /* ISO 4217 code */
    int                          exponent;

    int64_t                      value;           /* minor units, of */
    int64_t                      value_per;       /* points; 0: not known */

    const loyalty_store_t       *stores;          /* as configured */
    size_t                       nstores;

    const loyalty_earn_t        *earns;
    size_t                       nearns;
    const loyalty_promotion_t   *promotions;
    size_t                       npromotions;
    const loyalty_action_t      *actions;
    size_t                       nactions;
    int64_t                      signup_bonus;
    loyalty_referral_t           referral;

    int64_t                      pending;         /* seconds, 0: at once */
    int64_t                      points_expire;   /* seconds, 0: never, */
    unsigned                     inactivity:1;    /* after the last activity */
    unsigned                     negative:1;      /* balances may be */

    loyalty_ladder_t             ladder;
    const loyalty_membership_t  *memberships;
    size_t                       nmemberships;
    const loyalty_badge_t       *badges;
    size_t                       nbadges;
    int64_t                      streak;          /* its period, seconds */

    int64_t                      coupon_expires;  /* seconds, 0: never */
    int64_t                      coupon_retry;    /* of a silent store */
    const loyalty_reward_t      *rewards;
    size_t                       nrewards;

    loyalty_locale_e             locale;          /* unless somebody wishes */
    const loyalty_texts_t       *texts;           /* NULL: as shipped */

    loyalty_str_t                site;            /* URL, "": none */
    const loyalty_link_secrets_t  *link_secrets;  /* NULL: none */
} loyalty_program_t;


/*
 * What points are worth, in minor units, rounded down; as much as fits, if the
 * program says it at all.
 */
int64_t loyalty_program_worth(const loyalty_program_t *program,
    int64_t points);

/* The reward with this id, or NULL. */
const loyalty_reward_t *loyalty_reward_find(const loyalty_program_t *program,
    loyalty_str_t id);

/* The store with this id, or NULL; "" is the only one there is. */
const loyalty_store_t *loyalty_store_find(const loyalty_program_t *program,
    loyalty_str_t id);

/* The action with this id, or NULL. */
const loyalty_action_t *loyalty_action_find(const loyalty_program_t *program,
    loyalty_str_t id);

/* The membership with this id, or NULL. */
const loyalty_membership_t *loyalty_membership_find(
    const loyalty_program_t *program, loyalty_str_t id);

/*
 * Writes a code of "len" characters and its NUL from as many random bytes.
 * The 32 letters and digits are Crockford's base 32, which leaves out
 * I, L, O and U, so 16 of them carry 80 bits.
 */
void loyalty_random_code(const uint8_t *random, size_t len, char *code);

/*
 * A code as somebody has typed it, in the letters that were made: in capitals,
 * without blanks, and with digits for the letters that are none of them (O is
 * 0, I and L are 1).  "code" has room for as many characters as "text" has.
 */
loyalty_str_t loyalty_code_typed(loyalty_str_t text, char *code);


#endif /* _LOYALTY_PROGRAM_H_INCLUDED_ */
