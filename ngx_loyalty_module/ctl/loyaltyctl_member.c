
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyaltyctl_person.h>


#define LOYALTYCTL_FIND_MAX   50               /* members */
#define LOYALTYCTL_FIND_TEXT  64               /* bytes to look for */

#define LOYALTYCTL_HISTORY    20               /* entries, without --limit */


typedef struct {
    const loyalty_options_t  *options;
    loyalty_str_t             text;
    int                       more;
} loyaltyctl_search_t;


typedef struct {
    const loyalty_options_t  *options;
    loyalty_fields_t          fields;
    loyaltyctl_person_t       person;
    int64_t                   limit;
    int64_t                   points;          /* as written, not as of now */
} loyaltyctl_show_t;


static int loyaltyctl_find_work(loyalty_transaction_t *tx, void *data);
static loyalty_str_t loyaltyctl_find_pattern(loyalty_str_t text,
    char *pattern);
static loyalty_str_t loyaltyctl_find_upper(loyalty_str_t text, char *upper);
static int loyaltyctl_show_work(loyalty_transaction_t *tx, void *data);
static void loyaltyctl_show_balance(loyaltyctl_show_t *show);
static int loyaltyctl_show_facts(loyalty_transaction_t *tx,
    loyaltyctl_show_t *show);
static int loyaltyctl_show_friends(loyalty_transaction_t *tx,
    loyaltyctl_show_t *show);
static int loyaltyctl_show_lists(loyalty_transaction_t *tx,
    loyaltyctl_show_t *show);
static int loyaltyctl_show_list(loyalty_transaction_t *tx,
    loyaltyctl_show_t *show, const char *name, unsigned statement,
    const loyalty_table_column_t *columns, unsigned ncolumns);
static int loyaltyctl_show_history(loyalty_transaction_t *tx,
    loyaltyctl_show_t *show);
static void loyaltyctl_show_entry(loyalty_transaction_t *tx,
    loyalty_table_writer_t *table, int64_t balance);


static const loyalty_usage_t  loyaltyctl_find_usage = {
    "member find", "TEXT",
    "Finds members by a part of an e-mail, by a code (m_...), or by the code\n"
    "that they give to their friends: the first 50, by e-mail.\n",
    1, 1, 1
};


static const loyalty_usage_t  loyaltyctl_show_usage = {
    "member show", "EMAIL|CODE",
    "Shows what is known of a member, and its history, the newest first.\n"
    "\n"
    "  --limit N           so many entries of the history (20), 0: all\n",
    1, 1, 1
};


static const loyalty_table_column_t  loyaltyctl_find_columns[] = {
    { "email", LOYALTY_TABLE_TEXT },
    { "member", LOYALTY_TABLE_TEXT },
    { "referral", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "pending", LOYALTY_TABLE_INTEGER },
    { "lifetime", LOYALTY_TABLE_INTEGER },
    { "joined_at", LOYALTY_TABLE_TIME },
    { "merged_into", LOYALTY_TABLE_TEXT }
};


static const loyalty_table_column_t  loyaltyctl_history_columns[] = {
    { "entry", LOYALTY_TABLE_INTEGER },
    { "at", LOYALTY_TABLE_TIME },
    { "kind", LOYALTY_TABLE_TEXT },
    { "reference", LOYALTY_TABLE_TEXT },
    { "store", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "balance", LOYALTY_TABLE_INTEGER },
    { "expires_at", LOYALTY_TABLE_TIME },
    { "coupon", LOYALTY_TABLE_TEXT },
    { "state", LOYALTY_TABLE_TEXT }
};


static const loyalty_table_column_t  loyaltyctl_membership_columns[] = {
    { "membership", LOYALTY_TABLE_TEXT },
    { "until", LOYALTY_TABLE_TIME }
};


static const loyalty_table_column_t  loyaltyctl_badge_columns[] = {
    { "badge", LOYALTY_TABLE_TEXT },
    { "at", LOYALTY_TABLE_TIME }
};


static const loyalty_table_column_t  loyaltyctl_merged_columns[] = {
    { "email", LOYALTY_TABLE_TEXT },
    { "member", LOYALTY_TABLE_TEXT }
};


loyaltyctl_exit_e
loyaltyctl_member_find(int argc, char **argv)
{
    loyaltyctl_exit_e    status;
    loyalty_options_t    options;
    loyaltyctl_search_t  search;

    if (loyalty_options_read(&options, &loyaltyctl_find_usage, NULL, 0, argc,
                             argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    search.options = &options;
    search.text = loyalty_fields_string(options.operands[0]);
    search.more = 0;

    if (search.text.len == 0 || search.text.len > LOYALTYCTL_FIND_TEXT) {
        return loyalty_options_wrong(&options, "the text has 1 to %d "
                                     "characters", LOYALTYCTL_FIND_TEXT);
    }

    status = loyalty_options_work(&options, loyaltyctl_statements,
                                  LOYALTYCTL_STATEMENTS, LOYALTY_DB_READ,
                                  loyaltyctl_find_work, &search);

    if (search.more) {
        loyalty_options_note(&options, "these are the first %d, there are "
                             "more: look for a longer text",
                             LOYALTYCTL_FIND_MAX);
    }

    return status;
}


static int
loyaltyctl_find_work(loyalty_transaction_t *tx, void *data)
{
    int                     row;
    char                    pattern[2 * LOYALTYCTL_FIND_TEXT + 2];
    char                    upper[LOYALTYCTL_FIND_TEXT];
    loyaltyctl_search_t    *search = data;
    loyalty_table_writer_t  table;
    loyalty_db_value_t      values[] = {
        loyalty_db_text(loyaltyctl_find_pattern(search->text, pattern)),
        loyalty_db_text(search->text),
        loyalty_db_text(loyaltyctl_find_upper(search->text, upper)),
        loyalty_db_int(LOYALTYCTL_FIND_MAX + 1)
    };

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_FIND, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_table_begin(&table, search->options->format,
                        loyaltyctl_find_columns,
                        loyalty_values_n(loyaltyctl_find_columns));

    while (row && table.rows < LOYALTYCTL_FIND_MAX) {
        loyalty_table_db_row(&table, tx->db);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            (void) loyalty_table_end(&table);
            return LOYALTY_ERROR;
        }
    }

    search->more = row;

    return loyalty_options_end(tx, search->options, &table);
}


/* E-mails are in lower case; "%" and "_" stand for themselves. */

static loyalty_str_t
loyaltyctl_find_pattern(loyalty_str_t text, char *pattern)
{
    char           c, *p;
    size_t         i;
    loyalty_str_t  result;

    p = pattern;
    *p++ = '%';

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c == '%' || c == '_' || c == '\\') {
            *p++ = '\\';
        }

        *p++ = (c >= 'A' && c <= 'Z') ? (char) (c - 'A' + 'a') : c;
    }

    *p++ = '%';

    result.data = pattern;
    result.len = (size_t) (p - pattern);

    return result;
}


/* As the codes for friends are. */

static loyalty_str_t
loyaltyctl_find_upper(loyalty_str_t text, char *upper)
{
    char           c;
    size_t         i;
    loyalty_str_t  result = { text.len, upper };

    for (i = 0; i < text.len; i++) {
        c = text.data[i];
        upper[i] = (c >= 'a' && c <= 'z') ? (char) (c - 'a' + 'A') : c;
    }

    return result;
}


loyaltyctl_exit_e
loyaltyctl_member_show(int argc, char **argv)
{
    loyaltyctl_show_t  show;
    loyalty_options_t  options;
    loyaltyctl_exit_e  status;
    loyalty_option_t   own[] = {
        { "limit", 0, LOYALTY_OPTION_NUMBER, &show.limit }
    };

    show.options = &options;
    show.limit = LOYALTYCTL_HISTORY;

    if (loyalty_options_read(&options, &loyaltyctl_show_usage, own, 1, argc,
                             argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    if (loyaltyctl_person_read(&show.person, &options, options.operands[0])
        != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    status = loyalty_options_work(&options, loyaltyctl_statements,
                                  LOYALTYCTL_STATEMENTS, LOYALTY_DB_READ,
                                  loyaltyctl_show_work, &show);

    if (status == LOYALTYCTL_DONE && !show.person.found) {
        return loyaltyctl_person_unknown(&options, &show.person);
    }

    return status;
}


static int
loyaltyctl_show_work(loyalty_transaction_t *tx, void *data)
{
    loyaltyctl_show_t  *show = data;

    if (loyaltyctl_person_find(tx, &show->person) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!show->person.found) {
        return LOYALTY_OK;
    }

    loyalty_fields_begin(&show->fields, show->options, "shown");
    loyaltyctl_show_balance(show);

    if (loyaltyctl_show_facts(tx, show) != LOYALTY_OK
        || loyaltyctl_show_friends(tx, show) != LOYALTY_OK
        || loyaltyctl_show_lists(tx, show) != LOYALTY_OK
        || loyaltyctl_show_history(tx, show) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return (loyalty_fields_end(&show->fields) == LOYALTY_OK)
           ? LOYALTY_OK
           : loyalty_transaction_refuse(tx, "not all was printed");
}


static void
loyaltyctl_show_balance(loyaltyctl_show_t *show)
{
    const loyalty_member_t  *member = &show->person.member;
    loyalty_fields_t        *fields = &show->fields;

    loyalty_fields_text(fields, "member", loyalty_fields_string(member->code));
    loyalty_fields_text(fields, "email", member->email);
    loyalty_fields_time(fields, "joined_at", member->joined_at);
    loyalty_fields_time(fields, "active_at", member->active_at);
    loyalty_fields_integer(fields, "points",
                           member->points - member->pending);
    loyalty_fields_integer(fields, "pending", member->pending);
    loyalty_fields_integer(fields, "lifetime", member->lifetime);
    loyalty_fields_integer(fields, "orders", member->orders);

    /* below zero: what it got by a merge is yet to be counted */

    loyalty_fields_time(fields, "tier_at",
                        (member->standing.at < 0) ? -member->standing.at
                                                  : member->standing.at);
    loyalty_fields_integer(fields, "tier_points", member->standing.points);
    loyalty_fields_integer(fields, "tier_before", member->standing.before);
    loyalty_fields_integer(fields, "tier_earlier", member->standing.earlier);
    loyalty_fields_integer(fields, "streak", member->streak.length);
}


static int
loyaltyctl_show_facts(loyalty_transaction_t *tx, loyaltyctl_show_t *show)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(show->person.member.id)
    };

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_FACTS, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!row) {
        return loyalty_transaction_refuse(tx, "the member is gone");
    }

    show->points = loyalty_db_column_int(tx->db, 0);

    loyalty_fields_text(&show->fields, "source",
                        loyalty_db_column_text(tx->db, 1));
    loyalty_fields_text(&show->fields, "locale",
                        loyalty_db_column_text(tx->db, 2));

    return LOYALTY_OK;
}


static int
loyaltyctl_show_friends(loyalty_transaction_t *tx, loyaltyctl_show_t *show)
{
    int                       row;
    loyalty_str_t             nobody = loyalty_string("");
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(show->person.member.id)
    };

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_REFERRER, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_fields_text(&show->fields, "referred_by",
                        row ? loyalty_db_column_text(tx->db, 0) : nobody);

    loyalty_fields_text(&show->fields, "referral",
                        loyalty_fields_string(show->person.member.referral));

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_FRIENDS, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_fields_integer(&show->fields, "friends",
                           loyalty_db_column_int(tx->db, 0));
    loyalty_fields_integer(&show->fields, "rewarded_for",
                           loyalty_db_column_int(tx->db, 1));

    return LOYALTY_OK;
}


static int
loyaltyctl_show_lists(loyalty_transaction_t *tx, loyaltyctl_show_t *show)
{
    /* CSV has one kind of rows: the history's */

    if (show->options->format == LOYALTY_PRINT_CSV) {
        return LOYALTY_OK;
    }

    if (loyaltyctl_show_list(tx, show, "memberships",
                             LOYALTYCTL_SQL_MEMBERSHIPS,
                             loyaltyctl_membership_columns, 2)
        != LOYALTY_OK
        || loyaltyctl_show_list(tx, show, "badges", LOYALTYCTL_SQL_BADGES,
                                loyaltyctl_badge_columns, 2)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyaltyctl_show_list(tx, show, "merged", LOYALTYCTL_SQL_MERGED,
                                loyaltyctl_merged_columns, 2);
}


/* Most members have none, of which nothing is said but in JSON. */

static int
loyaltyctl_show_list(loyalty_transaction_t *tx, loyaltyctl_show_t *show,
    const char *name, unsigned statement,
    const loyalty_table_column_t *columns, unsigned ncolumns)
{
    int                       row;
    unsigned                  n;
    loyalty_table_writer_t    table;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(show->person.member.id), loyalty_db_int(0)
    };

    n = (statement == LOYALTYCTL_SQL_MERGED) ? 2 : 1;

    if (loyalty_transaction_row(tx, statement, values, n, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!row && show->options->format == LOYALTY_PRINT_TABLE) {
        return LOYALTY_OK;
    }

    loyalty_fields_rows(&show->fields, name, &table, columns, ncolumns);

    while (row) {
        loyalty_table_db_row(&table, tx->db);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            (void) loyalty_table_end(&table);
            return LOYALTY_ERROR;
        }
    }

    return (loyalty_table_end(&table) == LOYALTY_OK)
           ? LOYALTY_OK : loyalty_transaction_refuse(tx, "no memory");
}


static int
loyaltyctl_show_history(loyalty_transaction_t *tx, loyaltyctl_show_t *show)
{
    int                       row;
    int64_t                   balance;
    loyalty_table_writer_t    table;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(show->person.member.last_entry),
        loyalty_db_int((show->limit != 0) ? show->limit : INT64_MAX)
    };

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_HISTORY, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_fields_rows(&show->fields, "history", &table,
                        loyaltyctl_history_columns,
                        loyalty_values_n(loyaltyctl_history_columns));

    balance = show->points;

    while (row) {
        loyaltyctl_show_entry(tx, &table, balance);

        balance -= loyalty_db_column_int(tx->db, 5);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            (void) loyalty_table_end(&table);
            return LOYALTY_ERROR;
        }
    }

    return (loyalty_table_end(&table) == LOYALTY_OK)
           ? LOYALTY_OK : loyalty_transaction_refuse(tx, "no memory");
}


static void
loyaltyctl_show_entry(loyalty_transaction_t *tx,
    loyalty_table_writer_t *table, int64_t balance)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(loyalty_db_column_int(tx->db, 0)),
        loyalty_db_int(loyalty_db_column_int(tx->db, 1)),
        loyalty_db_text(loyalty_db_column_text(tx->db, 2)),
        loyalty_db_text(loyalty_db_column_text(tx->db, 3)),
        loyalty_db_text(loyalty_db_column_text(tx->db, 4)),
        loyalty_db_int(loyalty_db_column_int(tx->db, 5)),
        loyalty_db_int(balance),
        loyalty_db_int(loyalty_db_column_int(tx->db, 6)),
        loyalty_db_text(loyalty_db_column_text(tx->db, 7)),
        loyalty_db_text(loyalty_db_column_text(tx->db, 8))
    };

    loyalty_table_row(table, values);
}
