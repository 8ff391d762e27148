
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>


/* So many codes may be somebody's already, one after the other. */

#define LOYALTY_MEMBER_ATTEMPTS  16


static int loyalty_member_try(loyalty_transaction_t *tx,
    const loyalty_newcomer_t *newcomer, int *inserted);
static int loyalty_member_code(char *code);


int
loyalty_signup(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                       found, inserted;
    loyalty_entry_t           entry = {
        loyalty_string("signup"), loyalty_string(""), loyalty_string(""),
        tx->program->signup_bonus
    };
    const loyalty_newcomer_t  newcomer = {
        command->email, command->source, command->locale, tx->now
    };

    if (loyalty_member_of(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (found) {
        command->result.outcome = LOYALTY_ALREADY_MEMBER;
        return LOYALTY_OK;
    }

    if (loyalty_member_insert(tx, &newcomer, &inserted) != LOYALTY_OK
        || loyalty_member_of(tx, command, &found) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!inserted) {

        /* somebody on another node was faster */

        command->result.outcome = LOYALTY_ALREADY_MEMBER;
        return LOYALTY_OK;
    }

    loyalty_turn_over(tx, command->email);

    command->result.outcome = LOYALTY_SIGNED_UP;

    if (entry.points != 0
        && loyalty_ledger_earn(tx, &command->member, &entry, 0) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return (command->referral.len != 0)
           ? loyalty_friend_joined(tx, command) : LOYALTY_OK;
}


/*
 * A referral code is as short as people can type it: with a million members,
 * one of a million is somebody's already, and another one has to be made.
 */

int
loyalty_member_insert(loyalty_transaction_t *tx,
    const loyalty_newcomer_t *newcomer, int *inserted)
{
    int                       i, found;
    const loyalty_db_value_t  values[] = { loyalty_db_text(newcomer->email) };

    for (i = 0; i < LOYALTY_MEMBER_ATTEMPTS; i++) {

        if (loyalty_member_try(tx, newcomer, inserted) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

        if (*inserted) {
            return LOYALTY_OK;
        }

        if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_FIND, values,
                                    loyalty_values_n(values), &found)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        if (found) {
            return LOYALTY_OK;
        }
    }

    return loyalty_transaction_refuse(tx, "all codes for a new member are "
                                      "somebody's");
}


static int
loyalty_member_try(loyalty_transaction_t *tx,
    const loyalty_newcomer_t *newcomer, int *inserted)
{
    char                text[LOYALTY_MEMBER_SIZE];
    char                referral_text[LOYALTY_REFERRAL_SIZE];
    uint8_t             random[LOYALTY_REFERRAL_LEN];
    loyalty_str_t       code = { LOYALTY_MEMBER_SIZE - 1, text };
    loyalty_str_t       referral = { LOYALTY_REFERRAL_LEN, referral_text };
    loyalty_db_value_t  values[] = {
        loyalty_db_text(code), loyalty_db_text(referral),
        loyalty_db_text(newcomer->email), loyalty_db_text(newcomer->source),
        loyalty_db_text(newcomer->locale), loyalty_db_int(newcomer->joined_at)
    };

    *inserted = 0;

    if (loyalty_member_code(text) != LOYALTY_OK
        || loyalty_random(random, sizeof(random)) != LOYALTY_OK)
    {
        return loyalty_transaction_refuse(tx, "no random numbers");
    }

    loyalty_random_code(random, LOYALTY_REFERRAL_LEN, referral_text);

    if (loyalty_transaction_run(tx, LOYALTY_SQL_MEMBER_INSERT, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    *inserted = (loyalty_db_changes(tx->db) != 0);

    return LOYALTY_OK;
}


/* "m_" and 22 of 62 letters and digits: 130 random bits */

static int
loyalty_member_code(char *code)
{
    char         *p, *last;
    size_t        i;
    uint8_t       random[64];
    static const  char  letters[] = "0123456789"
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz";

    p = code;
    last = code + LOYALTY_MEMBER_SIZE - 1;

    *p++ = 'm';
    *p++ = '_';

    while (p < last) {

        if (loyalty_random(random, sizeof(random)) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

        for (i = 0; i < sizeof(random) && p < last; i++) {

            /* 62 goes 4 times into 248: the rest would favour some letters */

            if (random[i] < 248) {
                *p++ = letters[random[i] % 62];
            }
        }
    }

    *p = '\0';

    return LOYALTY_OK;
}
