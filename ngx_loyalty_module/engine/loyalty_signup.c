
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>


static int loyalty_signup_insert(loyalty_transaction_t *tx,
    loyalty_command_t *command, int *inserted);
static int loyalty_member_code(char *code);


int
loyalty_signup(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                         found, inserted;
    static const loyalty_str_t  kind = loyalty_string("signup");
    static const loyalty_str_t  reference = loyalty_string("");

    if (loyalty_member_find(tx, command, &found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (found) {
        command->result.outcome = LOYALTY_ALREADY_MEMBER;
        return LOYALTY_OK;
    }

    if (loyalty_signup_insert(tx, command, &inserted) != LOYALTY_OK
        || loyalty_member_find(tx, command, &found) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!inserted) {

        /* somebody on another node was faster */

        command->result.outcome = LOYALTY_ALREADY_MEMBER;
        return LOYALTY_OK;
    }

    command->result.outcome = LOYALTY_SIGNED_UP;

    if (tx->program->signup_bonus == 0) {
        return LOYALTY_OK;
    }

    return loyalty_ledger_credit(tx, command, kind, reference,
                                 tx->program->signup_bonus);
}


static int
loyalty_signup_insert(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *inserted)
{
    char                text[LOYALTY_MEMBER_SIZE];
    loyalty_str_t       code = { LOYALTY_MEMBER_SIZE - 1, text };
    loyalty_db_value_t  values[] = {
        loyalty_db_text(code), loyalty_db_text(command->email),
        loyalty_db_text(command->source), loyalty_db_text(command->locale),
        loyalty_db_int(tx->now)
    };

    if (loyalty_member_code(text) != LOYALTY_OK) {
        return loyalty_transaction_refuse(tx, "no random numbers");
    }

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
