
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyaltyctl_person.h>

#include <string.h>


static int loyaltyctl_person_address(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person);
static int loyaltyctl_person_look(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person, int take);


int
loyaltyctl_person_read(loyaltyctl_person_t *person,
    const loyalty_options_t *options, const char *text)
{
    if (strchr(text, '@') != NULL) {
        return loyaltyctl_person_read_email(person, options, text);
    }

    memset(person, 0, sizeof(loyaltyctl_person_t));

    person->text = text;
    person->code.data = text;
    person->code.len = strlen(text);

    if (strncmp(text, "m_", 2) == 0) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_wrong(options, "\"%s\" is neither an e-mail nor a "
                                 "member's code; find it by \"loyaltyctl "
                                 "member find\"", text);

    return LOYALTY_ERROR;
}


int
loyaltyctl_person_read_email(loyaltyctl_person_t *person,
    const loyalty_options_t *options, const char *text)
{
    loyalty_str_t  raw = { strlen(text), text };

    memset(person, 0, sizeof(loyaltyctl_person_t));

    person->text = text;

    if (loyalty_email_normalize(raw, person->buffer, &person->email.len)
        != LOYALTY_OK)
    {
        (void) loyalty_options_wrong(options, "\"%s\" is no e-mail", text);
        return LOYALTY_ERROR;
    }

    person->email.data = person->buffer;

    return LOYALTY_OK;
}


int
loyaltyctl_person_find(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person)
{
    return loyaltyctl_person_look(tx, person, 0);
}


int
loyaltyctl_person_take(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person)
{
    return loyaltyctl_person_look(tx, person, 1);
}


static int
loyaltyctl_person_look(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person, int take)
{
    if (person->code.len != 0
        && loyaltyctl_person_address(tx, person) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (person->email.len == 0) {
        person->found = 0;
        return LOYALTY_OK;
    }

    return loyalty_member_find(tx, person->email, take, &person->member,
                               &person->found);
}


/* The e-mail of a code. */

static int
loyaltyctl_person_address(loyalty_transaction_t *tx,
    loyaltyctl_person_t *person)
{
    int                       row;
    loyalty_str_t             email;
    const loyalty_db_value_t  values[] = { loyalty_db_text(person->code) };

    person->email.len = 0;

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_CODE, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!row) {
        return LOYALTY_OK;
    }

    email = loyalty_db_column_text(tx->db, 0);

    if (email.len > sizeof(person->buffer)) {
        return loyalty_transaction_refuse(tx, "an e-mail is too long");
    }

    memcpy(person->buffer, email.data, email.len);

    person->email.data = person->buffer;
    person->email.len = email.len;

    return LOYALTY_OK;
}


/*
 * Points may expire by a rule that we do not know, and what counts for a tier
 * may be yet to be added: whoever knows the rules finds out when the member is
 * due, which can be too early, but not too late.  What is usable now is not
 * pending any more, so it is due for what comes after.
 */

int
loyaltyctl_person_leave(loyalty_transaction_t *tx, loyalty_member_t *member)
{
    member->due_at = (member->points > 0 || member->standing.at < 0)
                     ? tx->now + 1 : 0;

    return loyalty_member_note(tx, member);
}


loyaltyctl_exit_e
loyaltyctl_person_unknown(const loyalty_options_t *options,
    const loyaltyctl_person_t *person)
{
    return loyalty_options_failed(options, "\"%s\" is not a member; find "
                                  "members by \"loyaltyctl member find\"",
                                  person->text);
}
