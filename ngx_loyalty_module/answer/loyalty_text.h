
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TEXT_H_INCLUDED_
#define _LOYALTY_TEXT_H_INCLUDED_


#include <loyalty_locale.h>
#include <loyalty_result.h>
#include <loyalty_template.h>


/*
 * What is said to shoppers: whole sentences, with variables in braces.  An
 * answer's message is one or several of them, with a space in between.  Every
 * language has all of them: loyalty_text_en.c and its neighbours.
 */

typedef enum {
    LOYALTY_TEXT_SIGNED_UP = 0,
    LOYALTY_TEXT_ALREADY_MEMBER,
    LOYALTY_TEXT_CLAIMED,
    LOYALTY_TEXT_CLAIMED_NOTHING,        /* it earned no points */
    LOYALTY_TEXT_CLAIMED_TOO_LOW,        /* nor did these, because of that */
    LOYALTY_TEXT_CLAIMED_LIMIT,
    LOYALTY_TEXT_CLAIMED_TOO_LOW_OR_LIMIT,
    LOYALTY_TEXT_CLAIMED_REFUNDED,       /* too low, or by refunds */
    LOYALTY_TEXT_CLAIMED_REFUNDED_OR_LIMIT,
    LOYALTY_TEXT_ALREADY_CLAIMED,
    LOYALTY_TEXT_CLAIM_PENDING,
    LOYALTY_TEXT_REWARDED,
    LOYALTY_TEXT_REWARDED_UNNAMED,       /* the action has no name */
    LOYALTY_TEXT_ALREADY_REWARDED,
    LOYALTY_TEXT_NEW_BADGE,
    LOYALTY_TEXT_REDEEMED,
    LOYALTY_TEXT_REDEEMED_MANUAL,        /* somebody hands it over */
    LOYALTY_TEXT_REDEEMED_UNNAMED,       /* the reward is gone meanwhile */
    LOYALTY_TEXT_REDEMPTION_PENDING,
    LOYALTY_TEXT_CANCELLED,
    LOYALTY_TEXT_ALREADY_CANCELLED,
    LOYALTY_TEXT_NOTED,

    LOYALTY_TEXT_BALANCE,
    LOYALTY_TEXT_BALANCE_PENDING,        /* some cannot be spent yet */
    LOYALTY_TEXT_NEXT_REWARD,
    LOYALTY_TEXT_ANY_REWARD,             /* all are within reach */
    LOYALTY_TEXT_NEXT_TIER,

    LOYALTY_TEXT_COUPON_GOOD,
    LOYALTY_TEXT_COUPON_USED,
    LOYALTY_TEXT_COUPON_USED_FOR,        /* an order */

    LOYALTY_TEXT_RANK,
    LOYALTY_TEXT_LEADERS,
    LOYALTY_TEXT_NO_LEADERS,

    /* captions of 20 characters at most, as chat platforms want them */

    LOYALTY_TEXT_BUTTON_CLAIM,
    LOYALTY_TEXT_BUTTON_REWARDS,
    LOYALTY_TEXT_BUTTON_REDEEM,

    /* how points are written wherever a variable is an amount of them */

    LOYALTY_TEXT_POINT,
    LOYALTY_TEXT_POINTS,

    /* one for each fault, in the order of loyalty_outcome_e */

    LOYALTY_TEXT_FAULT,

    LOYALTY_TEXTS = LOYALTY_TEXT_FAULT + LOYALTY_OUTCOMES
                    - LOYALTY_BAD_REQUEST
} loyalty_text_e;


#define loyalty_text_of_fault(outcome)                                        \
    (LOYALTY_TEXT_FAULT + (outcome) - LOYALTY_BAD_REQUEST)


/* Amounts of points come twice: with their unit, and the number alone. */

typedef enum {
    LOYALTY_VARIABLE_POINTS = 0,         /* to spend */
    LOYALTY_VARIABLE_POINTS_NUMBER,
    LOYALTY_VARIABLE_PENDING,
    LOYALTY_VARIABLE_PENDING_NUMBER,
    LOYALTY_VARIABLE_EARNED,
    LOYALTY_VARIABLE_EARNED_NUMBER,
    LOYALTY_VARIABLE_SPENT,
    LOYALTY_VARIABLE_SPENT_NUMBER,
    LOYALTY_VARIABLE_LIFETIME,
    LOYALTY_VARIABLE_LIFETIME_NUMBER,
    LOYALTY_VARIABLE_COST,               /* of the reward */
    LOYALTY_VARIABLE_COST_NUMBER,
    LOYALTY_VARIABLE_MISSING,            /* to the reward or the tier */
    LOYALTY_VARIABLE_MISSING_NUMBER,

    LOYALTY_VARIABLE_ORDER,
    LOYALTY_VARIABLE_REWARD,             /* its name, as of the next three */
    LOYALTY_VARIABLE_TIER,
    LOYALTY_VARIABLE_BADGE,
    LOYALTY_VARIABLE_ACTION,
    LOYALTY_VARIABLE_COUPON,
    LOYALTY_VARIABLE_EXPIRES,            /* the coupon: "2026-12-22" */
    LOYALTY_VARIABLE_REFERRAL,           /* the member's own code */
    LOYALTY_VARIABLE_RANK,
    LOYALTY_VARIABLE_NUMBER,             /* of the points of a unit */

    LOYALTY_VARIABLES
} loyalty_variable_e;


/* A program's texts in all languages, each shipped or its own. */

struct loyalty_texts_s {
    const loyalty_template_t  *templates[LOYALTY_LOCALES][LOYALTY_TEXTS];
};


/* As shipped; for a program that has changed none, and to change some. */
const loyalty_texts_t *loyalty_texts_shipped(void);

/*
 * A program's texts in a language, by loyalty_text_e; without one, in that of
 * the program.  Without a program (NULL), as shipped, and in English.
 */
const loyalty_template_t *const *loyalty_texts_of(
    const loyalty_program_t *program, loyalty_locale_e locale);

/* How directives call a text, and the other way round; LOYALTY_TEXTS: none. */
loyalty_str_t loyalty_text_id(loyalty_text_e text);
loyalty_text_e loyalty_text_find(loyalty_str_t id);

/*
 * The variables that a text can have, by bit, and the names of all; the last
 * name is empty.
 */
uint64_t loyalty_text_variables(loyalty_text_e text);
extern const loyalty_str_t  loyalty_variables[LOYALTY_VARIABLES + 1];

/*
 * Takes a text apart that a program has in place of a shipped one; "wrong" is
 * as for loyalty_template_parse(), and a variable that this text cannot have
 * is unknown.
 */
loyalty_template_e loyalty_text_parse(loyalty_text_e text,
    loyalty_str_t words, loyalty_template_t *template, loyalty_str_t *wrong);


/* The shipped ones, one file a language. */

extern const char *const  loyalty_text_en[LOYALTY_TEXTS];
extern const char *const  loyalty_text_tr[LOYALTY_TEXTS];
extern const char *const  loyalty_text_th[LOYALTY_TEXTS];


#endif /* _LOYALTY_TEXT_H_INCLUDED_ */
