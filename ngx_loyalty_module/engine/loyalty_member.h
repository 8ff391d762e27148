
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_MEMBER_H_INCLUDED_
#define _LOYALTY_MEMBER_H_INCLUDED_


#include <loyalty_email.h>
#include <loyalty_shopper.h>
#include <loyalty_result.h>


/*
 * A member as a transaction sees it: the row of the database, brought up to
 * now.  The e-mail is the key, and belongs to whoever has looked it up.  Times
 * are Unix times.
 */

typedef struct {
    int64_t             id;                  /* 0: nobody */
    loyalty_str_t       email;               /* normalised */
    char                code[LOYALTY_MEMBER_SIZE];
    char                referral[LOYALTY_REFERRAL_SIZE];
    loyalty_locale_e    locale;

    int64_t             points;              /* the sum of the ledger */
    int64_t             pending;             /* of them, not usable yet */
    int64_t             lifetime;            /* ever earned */
    int64_t             last_entry;          /* in the ledger */
    int64_t             first_open;          /* entry, none open before it */
    int64_t             due_at;              /* to be settled, 0: never */
    int64_t             active_at;
    int64_t             orders;              /* that stand */
    int64_t             merged_into;         /* another member, 0: none */
    int64_t             joined_at;

    loyalty_standing_t  standing;
    loyalty_streak_t    streak;
    int64_t             perks_until;         /* of all memberships */
    int64_t             badges;              /* how many */
    int64_t             waiting;             /* claims that were postponed */

    uint32_t            memberships;         /* held now, by bit */
    int64_t             membership_until;    /* the longest of them */

    int64_t             earned;              /* by this command */
    int64_t             spent;

    /* where its e-mail is, if it was not looked up by that */

    char                known_as[LOYALTY_EMAIL_MAX];
} loyalty_member_t;


#endif /* _LOYALTY_MEMBER_H_INCLUDED_ */
