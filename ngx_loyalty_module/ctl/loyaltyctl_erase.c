
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyaltyctl_person.h>

#include <stdio.h>
#include <string.h>
#include <time.h>


/* Answers a transaction: others wait for it only so long. */

#define LOYALTYCTL_ANSWERS       5000

/* What takes the place of an e-mail, and of a mailbox, that was erased. */

#define LOYALTYCTL_NOBODY       "erased-%s" LOYALTY_ERASED_AT
#define LOYALTYCTL_NOBODY_LEN   16             /* of the random part */

/* An e-mail in a pattern of LIKE. */

#define LOYALTYCTL_PATTERN_SIZE  (2 * LOYALTY_EMAIL_MAX + 32)


typedef struct {
    loyaltyctl_person_t  person;
    int64_t              from;                 /* answers after this one, */
    int64_t              to;                   /* up to this one */
    int                  all;                  /* and the member, too */

    int64_t              found;                /* answers in a transaction */
    int64_t              answers;              /* in all */
} loyaltyctl_erase_t;


static loyalty_db_rc_e loyaltyctl_erase_run(loyalty_session_t *session,
    loyaltyctl_erase_t *erase);
static int loyaltyctl_erase_look(loyalty_transaction_t *tx, void *data);
static int loyaltyctl_erase_work(loyalty_transaction_t *tx, void *data);
static int loyaltyctl_erase_merged(loyalty_transaction_t *tx,
    loyaltyctl_erase_t *erase);
static int loyaltyctl_erase_next(loyalty_transaction_t *tx, int64_t member,
    int64_t *id, char *buffer, loyalty_str_t *email, int *found);
static int loyaltyctl_erase_one(loyalty_transaction_t *tx, int64_t id,
    loyalty_str_t email, loyaltyctl_erase_t *erase);
static int loyaltyctl_erase_row(loyalty_transaction_t *tx, int64_t id);
static int loyaltyctl_erase_postponed(loyalty_transaction_t *tx, int64_t id);
static int loyaltyctl_erase_friend(loyalty_transaction_t *tx, int64_t id);
static int loyaltyctl_erase_answers(loyalty_transaction_t *tx,
    loyalty_str_t email, loyaltyctl_erase_t *erase);
static loyalty_str_t loyaltyctl_erase_pattern(const char *before,
    loyalty_str_t email, const char *after, char *pattern);
static int loyaltyctl_erase_nobody(loyalty_transaction_t *tx, char *email);
static int loyaltyctl_erase_code(loyalty_transaction_t *tx, size_t len,
    char *code);


static const loyalty_usage_t  loyaltyctl_erase_usage = {
    "member erase", "EMAIL|CODE",
    "Erases who a member is: the e-mail, also those of members who were\n"
    "merged into it, source, locale, the mailbox by which a friend is known\n"
    "again, its code for friends, claims that wait for the store, and the\n"
    "stored answers with the e-mail.\n"
    "A random address takes the e-mail's place.  Points, orders and\n"
    "redemptions stay, under the member's code, so that all sums stay true.\n"
    "\n"
    "  --yes               needed: there is no way back\n",
    1, 1, 0
};


loyaltyctl_exit_e
loyaltyctl_member_erase(int argc, char **argv)
{
    int                 yes;
    loyalty_fields_t    fields;
    loyaltyctl_exit_e   status;
    loyalty_options_t   options;
    loyalty_session_t   session;
    loyaltyctl_erase_t  erase;
    loyalty_option_t    own[] = {
        { "yes", 0, LOYALTY_OPTION_FLAG, &yes }
    };

    yes = 0;

    if (loyalty_options_read(&options, &loyaltyctl_erase_usage, own, 1, argc,
                             argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    if (loyaltyctl_person_read(&erase.person, &options, options.operands[0])
        != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    if (!yes) {
        return loyalty_options_wrong(&options, "there is no way back: add "
                                     "--yes");
    }

    status = LOYALTYCTL_FAILED;

    if (loyalty_options_session(&options, loyaltyctl_statements,
                                LOYALTYCTL_STATEMENTS, &session)
        == LOYALTY_OK)
    {
        status = (loyaltyctl_erase_run(&session, &erase) == LOYALTY_DB_DONE)
                 ? LOYALTYCTL_DONE
                 : loyalty_options_failed(&options, "%s; the member was not "
                                          "erased: run this again",
                                          session.error);
    }

    loyalty_session_done(&session);

    if (status != LOYALTYCTL_DONE) {
        return status;
    }

    if (!erase.person.found) {
        return loyaltyctl_person_unknown(&options, &erase.person);
    }

    loyalty_fields_begin(&fields, &options, "erased");
    loyalty_fields_text(&fields, "member",
                        loyalty_fields_string(erase.person.member.code));
    loyalty_fields_integer(&fields, "answers", erase.answers);

    return (loyalty_fields_end(&fields) == LOYALTY_OK) ? LOYALTYCTL_DONE
                                                       : LOYALTYCTL_FAILED;
}


/* Answers first, since without the member nobody knows whose they are. */

static loyalty_db_rc_e
loyaltyctl_erase_run(loyalty_session_t *session, loyaltyctl_erase_t *erase)
{
    int64_t          last;
    loyalty_db_rc_e  rc;

    rc = loyalty_session_insist(session, LOYALTY_DB_READ, time(NULL),
                                loyaltyctl_erase_look, erase);

    last = erase->to;
    erase->answers = 0;
    erase->all = 0;

    while (rc == LOYALTY_DB_DONE && !erase->all) {
        erase->to = erase->from + LOYALTYCTL_ANSWERS;

        if (erase->to >= last) {
            erase->to = INT64_MAX;
            erase->all = 1;
        }

        rc = loyalty_session_insist(session, LOYALTY_DB_WRITE, time(NULL),
                                    loyaltyctl_erase_work, erase);

        if (rc == LOYALTY_DB_DONE && !erase->person.found) {
            break;
        }

        erase->from = erase->to;
        erase->answers += erase->found;
    }

    return rc;
}


/* Which answers there are. */

static int
loyaltyctl_erase_look(loyalty_transaction_t *tx, void *data)
{
    int                  row;
    loyaltyctl_erase_t  *erase = data;

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_LAST_ANSWER, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    erase->from = loyalty_db_column_int(tx->db, 0) - 1;
    erase->to = loyalty_db_column_int(tx->db, 1);

    return LOYALTY_OK;
}


static int
loyaltyctl_erase_work(loyalty_transaction_t *tx, void *data)
{
    int                  rc;
    loyalty_member_t    *member;
    loyaltyctl_erase_t  *erase = data;

    member = &erase->person.member;
    erase->found = 0;

    rc = erase->all ? loyaltyctl_person_take(tx, &erase->person)
                    : loyaltyctl_person_find(tx, &erase->person);

    if (rc != LOYALTY_OK || !erase->person.found) {
        return rc;
    }

    if (erase->all && loyaltyctl_person_leave(tx, member) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return (loyaltyctl_erase_merged(tx, erase) == LOYALTY_OK)
           ? loyaltyctl_erase_one(tx, member->id, member->email, erase)
           : LOYALTY_ERROR;
}


/* The same person under e-mails of before. */

static int
loyaltyctl_erase_merged(loyalty_transaction_t *tx, loyaltyctl_erase_t *erase)
{
    int            found;
    char           buffer[LOYALTY_EMAIL_MAX];
    int64_t        id;
    loyalty_str_t  email;

    for (id = 0; /* void */ ; ) {

        if (loyaltyctl_erase_next(tx, erase->person.member.id, &id, buffer,
                                  &email, &found)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        if (!found) {
            return LOYALTY_OK;
        }

        if (loyaltyctl_erase_one(tx, id, email, erase) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }
}


/* Of those that were merged into a member, the one after *id. */

static int
loyaltyctl_erase_next(loyalty_transaction_t *tx, int64_t member, int64_t *id,
    char *buffer, loyalty_str_t *email, int *found)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(member), loyalty_db_int(*id)
    };

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_MERGED, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    *email = loyalty_db_column_text(tx->db, 0);
    *id = loyalty_db_column_int(tx->db, 2);

    if (email->len > LOYALTY_EMAIL_MAX) {
        return loyalty_transaction_refuse(tx, "an e-mail is too long");
    }

    memcpy(buffer, email->data, email->len);
    email->data = buffer;

    return LOYALTY_OK;
}


static int
loyaltyctl_erase_one(loyalty_transaction_t *tx, int64_t id,
    loyalty_str_t email, loyaltyctl_erase_t *erase)
{
    if (loyaltyctl_erase_answers(tx, email, erase) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!erase->all) {
        return LOYALTY_OK;
    }

    return (loyaltyctl_erase_row(tx, id) == LOYALTY_OK
            && loyaltyctl_erase_postponed(tx, id) == LOYALTY_OK)
           ? loyaltyctl_erase_friend(tx, id) : LOYALTY_ERROR;
}


static int
loyaltyctl_erase_row(loyalty_transaction_t *tx, int64_t id)
{
    char                nobody[LOYALTY_EMAIL_MAX];
    char                code[LOYALTY_REFERRAL_SIZE];
    loyalty_str_t       none = loyalty_string("");
    loyalty_db_value_t  values[] = {
        loyalty_db_text(none), loyalty_db_text(none), loyalty_db_int(id)
    };

    if (loyaltyctl_erase_nobody(tx, nobody) != LOYALTY_OK
        || loyaltyctl_erase_code(tx, LOYALTY_REFERRAL_LEN, code)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    values[0].text = loyalty_fields_string(nobody);
    values[1].text = loyalty_fields_string(code);

    return loyalty_transaction_run(tx, LOYALTYCTL_SQL_ERASE, values,
                                   loyalty_values_n(values));
}


/* The store would be asked about the e-mail. */

static int
loyaltyctl_erase_postponed(loyalty_transaction_t *tx, int64_t id)
{
    const loyalty_db_value_t  values[] = { loyalty_db_int(id) };

    return loyalty_transaction_run(tx, LOYALTYCTL_SQL_DROP_POSTPONED, values,
                                   loyalty_values_n(values));
}


static int
loyaltyctl_erase_friend(loyalty_transaction_t *tx, int64_t id)
{
    char                nobody[LOYALTY_EMAIL_MAX];
    loyalty_str_t       none = loyalty_string("");
    loyalty_db_value_t  values[] = {
        loyalty_db_text(none), loyalty_db_int(id)
    };

    if (loyaltyctl_erase_nobody(tx, nobody) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    values[0].text = loyalty_fields_string(nobody);

    return loyalty_transaction_run(tx, LOYALTYCTL_SQL_ERASE_FRIEND, values,
                                   loyalty_values_n(values));
}


/* The e-mail is a line of the request, and a value in the answer. */

static int
loyaltyctl_erase_answers(loyalty_transaction_t *tx, loyalty_str_t email,
    loyaltyctl_erase_t *erase)
{
    char                one[LOYALTYCTL_PATTERN_SIZE];
    char                two[LOYALTYCTL_PATTERN_SIZE];
    loyalty_db_value_t  values[] = {
        loyalty_db_int(erase->from), loyalty_db_int(erase->to),
        loyalty_db_text(loyaltyctl_erase_pattern("%\n", email, "\n%", one)),
        loyalty_db_text(loyaltyctl_erase_pattern("%\"email\":\"", email,
                                                 "\"%", two))
    };

    if (loyalty_transaction_run(tx, LOYALTYCTL_SQL_ERASE_ANSWERS, values,
                                loyalty_values_n(values))
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    erase->found += loyalty_db_changes(tx->db);

    return LOYALTY_OK;
}


static loyalty_str_t
loyaltyctl_erase_pattern(const char *before, loyalty_str_t email,
    const char *after, char *pattern)
{
    char           *p;
    size_t          i;
    loyalty_str_t   result;

    p = stpcpy(pattern, before);

    for (i = 0; i < email.len; i++) {

        if (email.data[i] == '%' || email.data[i] == '_') {
            *p++ = '\\';
        }

        *p++ = email.data[i];
    }

    p = stpcpy(p, after);

    result.data = pattern;
    result.len = (size_t) (p - pattern);

    return result;
}


static int
loyaltyctl_erase_nobody(loyalty_transaction_t *tx, char *email)
{
    char    code[LOYALTYCTL_NOBODY_LEN + 1];
    size_t  i;

    if (loyaltyctl_erase_code(tx, LOYALTYCTL_NOBODY_LEN, code)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < LOYALTYCTL_NOBODY_LEN; i++) {

        if (code[i] >= 'A') {
            code[i] += 'a' - 'A';
        }
    }

    (void) snprintf(email, LOYALTY_EMAIL_MAX, LOYALTYCTL_NOBODY, code);

    return LOYALTY_OK;
}


static int
loyaltyctl_erase_code(loyalty_transaction_t *tx, size_t len, char *code)
{
    uint8_t  random[LOYALTYCTL_NOBODY_LEN];

    if (loyalty_random(random, len) != LOYALTY_OK) {
        return loyalty_transaction_refuse(tx, "no random numbers");
    }

    loyalty_random_code(random, len, code);

    return LOYALTY_OK;
}
