
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyaltyctl_person.h>


typedef struct {
    loyaltyctl_person_t  person;
    loyaltyctl_person_t  other;                /* who must not be there */
    int                  merged;               /* by an e-mail of before */
} loyaltyctl_email_t;


static int loyaltyctl_email_work(loyalty_transaction_t *tx, void *data);
static int loyaltyctl_email_write(loyalty_transaction_t *tx, int64_t id,
    loyalty_str_t email);
static loyaltyctl_exit_e loyaltyctl_email_report(
    const loyalty_options_t *options, const loyaltyctl_email_t *change);


static const loyalty_usage_t  loyaltyctl_email_usage = {
    "member email", "OLD NEW",
    "Changes a member's e-mail.  OLD may be the member's code.  The old\n"
    "e-mail is nobody's then, and may sign up as a new member.\n",
    2, 2, 0
};


loyaltyctl_exit_e
loyaltyctl_member_email(int argc, char **argv)
{
    loyaltyctl_exit_e   status;
    loyalty_options_t   options;
    loyaltyctl_email_t  change;

    if (loyalty_options_read(&options, &loyaltyctl_email_usage, NULL, 0,
                             argc, argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    if (loyaltyctl_person_read(&change.person, &options, options.operands[0])
        != LOYALTY_OK
        || loyaltyctl_person_read_email(&change.other, &options,
                                        options.operands[1])
           != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    status = loyalty_options_work(&options, loyaltyctl_statements,
                                  LOYALTYCTL_STATEMENTS, LOYALTY_DB_WRITE,
                                  loyaltyctl_email_work, &change);

    return (status == LOYALTYCTL_DONE)
           ? loyaltyctl_email_report(&options, &change) : status;
}


static int
loyaltyctl_email_work(loyalty_transaction_t *tx, void *data)
{
    loyalty_member_t    *member;
    loyaltyctl_email_t  *change = data;

    member = &change->person.member;
    change->merged = 0;

    if (loyaltyctl_person_take(tx, &change->person) != LOYALTY_OK
        || loyaltyctl_person_find(tx, &change->other) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!change->person.found) {
        return LOYALTY_OK;
    }

    change->merged = !loyalty_str_equal(member->email, change->person.email);

    if (!change->other.found && !change->merged
        && loyaltyctl_email_write(tx, member->id, change->other.email)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!change->other.found && !change->merged) {
        member->email = change->other.email;
    }

    return loyaltyctl_person_leave(tx, member);
}


static int
loyaltyctl_email_write(loyalty_transaction_t *tx, int64_t id,
    loyalty_str_t email)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(email), loyalty_db_int(id)
    };

    return loyalty_transaction_run(tx, LOYALTYCTL_SQL_EMAIL, values,
                                   loyalty_values_n(values));
}


static loyaltyctl_exit_e
loyaltyctl_email_report(const loyalty_options_t *options,
    const loyaltyctl_email_t *change)
{
    loyalty_fields_t         fields;
    const loyalty_member_t  *member = &change->person.member;

    if (!change->person.found) {
        return loyaltyctl_person_unknown(options, &change->person);
    }

    if (change->merged) {
        return loyalty_options_failed(options, "\"%s\" was merged into the "
                                      "member %s; to change that one's "
                                      "e-mail, write its code",
                                      change->person.text, member->code);
    }

    if (change->other.found) {
        return loyalty_options_failed(options, "\"%s\" is %s already; to make "
                                      "one of two members, see \"loyaltyctl "
                                      "member merge\"", change->other.text,
                                      (change->other.member.id == member->id)
                                      ? "this member's" : "a member");
    }

    loyalty_fields_begin(&fields, options, "changed");
    loyalty_fields_text(&fields, "member",
                        loyalty_fields_string(member->code));
    loyalty_fields_text(&fields, "email", member->email);

    return (loyalty_fields_end(&fields) == LOYALTY_OK) ? LOYALTYCTL_DONE
                                                       : LOYALTYCTL_FAILED;
}
