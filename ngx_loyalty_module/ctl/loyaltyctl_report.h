
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTYCTL_REPORT_H_INCLUDED_
#define _LOYALTYCTL_REPORT_H_INCLUDED_


#include <loyalty_options.h>


#define LOYALTY_REPORT_SQL_SIZE  4096


/*
 * A report: the rows that statements return, all of one moment, printed as
 * they come.  A column "amount" is an integer of minor units in the
 * statement, and stands behind one "currency"; it is printed as a decimal.
 */

typedef struct {
    loyalty_options_t              options;
    const loyalty_table_column_t  *columns;
    unsigned                       ncolumns;

    loyalty_session_t              session;
    loyalty_db_t                  *db;
    loyalty_table_writer_t         table;
    int64_t                        now;
} loyalty_report_t;


/*
 * What points a member can spend now.  What is due need not be settled yet:
 * then the lots say it.
 */

#define LOYALTY_REPORT_USABLE                                                 \
    "(member.points - CASE WHEN due_at = 0 OR due_at > now THEN pending "     \
    "ELSE coalesce((WITH RECURSIVE entry (id, previous) AS ("                 \
    "SELECT ledger.id, ledger.previous FROM ledger "                          \
    "WHERE ledger.id = member.last_entry "                                    \
    "UNION ALL "                                                              \
    "SELECT ledger.id, ledger.previous "                                      \
    "FROM entry JOIN ledger ON ledger.id = entry.previous "                   \
    "WHERE entry.id > member.first_open) "                                    \
    "SELECT CAST(sum(lot.remaining) AS BIGINT) "                              \
    "FROM entry JOIN lot ON lot.id = entry.id "                               \
    "WHERE lot.usable_at > now "                                              \
    "OR (lot.until_at <> 0 AND lot.until_at <= now)), 0) END)"


/* Begins; LOYALTY_ERROR: was said.  loyalty_report_end() in any case. */
int loyalty_report_begin(loyalty_report_t *report,
    const loyalty_table_column_t *columns, unsigned ncolumns);

/*
 * Prints a statement's rows, in which a table "clock" has the time, "now".
 * To be formatted with integers, and with texts that are SQL.
 */
int loyalty_report_rows(loyalty_report_t *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Ends, and says what has to be said if "rc" is not LOYALTY_OK. */
loyaltyctl_exit_e loyalty_report_end(loyalty_report_t *report, int rc);

/* Whether what was printed has been written; LOYALTY_ERROR: was said. */
int loyalty_report_flush(const loyalty_options_t *options);

/*
 * Reads a time in the past: "90d" ago (s, m, h, d, w, y), a date, or a time
 * of RFC 3339.  LOYALTY_ERROR: was said.
 */
int loyalty_report_since(const loyalty_options_t *options, const char *text,
    int64_t now, int64_t *since);


#endif /* _LOYALTYCTL_REPORT_H_INCLUDED_ */
