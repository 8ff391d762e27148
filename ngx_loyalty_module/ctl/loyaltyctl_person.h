
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTYCTL_PERSON_H_INCLUDED_
#define _LOYALTYCTL_PERSON_H_INCLUDED_


#include <loyalty_options.h>
#include <loyaltyctl_statements.h>


/* A member whom an operator has named by e-mail or by code. */

typedef struct {
    const char        *text;                   /* as it was written */
    loyalty_str_t      code;                   /* "": named by e-mail */
    loyalty_str_t      email;                  /* "": not known yet */
    char               buffer[LOYALTY_EMAIL_MAX];

    int                found;
    loyalty_member_t   member;
} loyaltyctl_person_t;


/* Neither an e-mail nor a code: LOYALTY_ERROR, and said. */
int loyaltyctl_person_read(loyaltyctl_person_t *person,
    const loyalty_options_t *options, const char *text);

/* The same, if it must be an e-mail. */
int loyaltyctl_person_read_email(loyaltyctl_person_t *person,
    const loyalty_options_t *options, const char *text);

/* Looks the member up as it stands now: see "found". */
int loyaltyctl_person_find(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person);

/* The same, and takes it to be changed. */
int loyaltyctl_person_take(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person);

/*
 * Writes what is new in a taken member, whom those who know the rules are to
 * look at once.
 */
int loyaltyctl_person_leave(loyalty_transaction_t *tx,
    loyalty_member_t *member);

/* Says that there is no such member. */
loyaltyctl_exit_e loyaltyctl_person_unknown(const loyalty_options_t *options,
    const loyaltyctl_person_t *person);


#endif /* _LOYALTYCTL_PERSON_H_INCLUDED_ */
