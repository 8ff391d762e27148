
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <stdlib.h>
#include <string.h>


/* Members a transaction: others wait for it only so long. */

#define LOYALTY_SETTLE_MEMBERS  50


typedef struct {
    size_t  len;
    char    data[LOYALTY_EMAIL_MAX];
} loyalty_settle_email_t;


static int loyalty_settle_list(loyalty_transaction_t *tx,
    loyalty_settle_email_t *emails, size_t *n);
static int loyalty_settle_compare(const void *one, const void *two);
static int loyalty_settle_member(loyalty_transaction_t *tx,
    const loyalty_settle_email_t *email);


/* In the order of their e-mails, as all take members who take several. */

int
loyalty_settle(loyalty_transaction_t *tx, int *more)
{
    size_t                  i, n;
    loyalty_settle_email_t  emails[LOYALTY_SETTLE_MEMBERS];

    if (loyalty_settle_list(tx, emails, &n) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    qsort(emails, n, sizeof(loyalty_settle_email_t), loyalty_settle_compare);

    for (i = 0; i < n; i++) {

        if (loyalty_settle_member(tx, &emails[i]) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    *more = (n == LOYALTY_SETTLE_MEMBERS);

    return LOYALTY_OK;
}


static int
loyalty_settle_list(loyalty_transaction_t *tx,
    loyalty_settle_email_t *emails, size_t *n)
{
    int                       row;
    loyalty_str_t             email;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(tx->now), loyalty_db_int(LOYALTY_SETTLE_MEMBERS)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBERS_DUE, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    for (*n = 0; row && *n < LOYALTY_SETTLE_MEMBERS; (*n)++) {
        email = loyalty_db_column_text(tx->db, 0);

        if (email.len > LOYALTY_EMAIL_MAX) {
            return loyalty_transaction_refuse(tx, "an e-mail is too long");
        }

        emails[*n].len = email.len;
        memcpy(emails[*n].data, email.data, email.len);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_settle_compare(const void *one, const void *two)
{
    int                            order;
    size_t                         len;
    const loyalty_settle_email_t  *a = one, *b = two;

    len = (a->len < b->len) ? a->len : b->len;

    order = memcmp(a->data, b->data, len);

    return (order != 0) ? order : (a->len > b->len) - (a->len < b->len);
}


/* Whoever takes a member settles it. */

static int
loyalty_settle_member(loyalty_transaction_t *tx,
    const loyalty_settle_email_t *email)
{
    int               found;
    loyalty_str_t     text = { email->len, email->data };
    loyalty_member_t  member;

    return loyalty_member_find(tx, text, 1, &member, &found);
}
