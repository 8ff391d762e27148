
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_bulk.h>
#include <loyalty_duration.h>
#include <loyalty_money.h>
#include <loyalty_time.h>
#include <loyaltyctl_report.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define LOYALTY_REPORT_AMOUNT_SIZE  48


static void loyalty_report_row(loyalty_report_t *report);
static loyalty_str_t loyalty_report_amount(int64_t minor,
    loyalty_str_t currency, char *amount);


int
loyalty_report_begin(loyalty_report_t *report,
    const loyalty_table_column_t *columns, unsigned ncolumns)
{
    report->columns = columns;
    report->ncolumns = ncolumns;

    if (report->now == 0) {
        report->now = time(NULL);
    }

    if (loyalty_options_session(&report->options, NULL, 0, &report->session)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    report->db = report->session.db;

    if (loyalty_db_open(report->db) != LOYALTY_DB_DONE
        || loyalty_db_snapshot(report->db) != LOYALTY_DB_DONE)
    {
        (void) loyalty_options_failed(&report->options, "%s",
                                      loyalty_db_error(report->db));
        return LOYALTY_ERROR;
    }

    loyalty_table_begin(&report->table, report->options.format, columns,
                        ncolumns);

    return LOYALTY_OK;
}


int
loyalty_report_rows(loyalty_report_t *report, const char *format, ...)
{
    int              n;
    char             sql[LOYALTY_REPORT_SQL_SIZE];
    va_list          args;
    loyalty_db_rc_e  rc;

    n = snprintf(sql, sizeof(sql), "WITH clock (now) AS "
                 "(SELECT CAST(%lld AS BIGINT)) ", (long long) report->now);

    va_start(args, format);
    (void) vsnprintf(sql + n, sizeof(sql) - n, format, args);
    va_end(args);

    for (rc = loyalty_db_rows(report->db, sql);
         rc == LOYALTY_DB_ROW;
         rc = loyalty_db_next(report->db))
    {
        loyalty_report_row(report);
    }

    if (rc == LOYALTY_DB_DONE) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_failed(&report->options, "%s",
                                  loyalty_db_error(report->db));

    return LOYALTY_ERROR;
}


static void
loyalty_report_row(loyalty_report_t *report)
{
    char                 amount[LOYALTY_REPORT_AMOUNT_SIZE];
    unsigned             i;
    loyalty_str_t        currency;
    loyalty_db_value_t   values[LOYALTY_TABLE_COLUMNS];
    loyalty_db_value_t  *value;

    currency.len = 0;

    for (i = 0; i < report->ncolumns; i++) {
        value = &values[i];

        value->is_text = (report->columns[i].kind == LOYALTY_TABLE_TEXT);

        if (!value->is_text) {
            value->integer = loyalty_db_column_int(report->db, (int) i);

        } else if (strcmp(report->columns[i].name, "amount") == 0) {
            value->text = loyalty_report_amount(
                              loyalty_db_column_int(report->db, (int) i),
                              currency, amount);

        } else {
            value->text = loyalty_db_column_text(report->db, (int) i);

            if (strcmp(report->columns[i].name, "currency") == 0) {
                currency = value->text;
            }
        }
    }

    loyalty_table_row(&report->table, values);
}


/* Without a currency there is no amount. */

static loyalty_str_t
loyalty_report_amount(int64_t minor, loyalty_str_t currency, char *amount)
{
    int            i, exponent;
    int64_t        unit, rest;
    loyalty_str_t  text = { 0, amount };

    if (currency.len == 0) {
        return text;
    }

    exponent = loyalty_currency_exponent(currency);

    if (exponent == LOYALTY_ERROR) {
        exponent = 0;
    }

    for (i = 0, unit = 1; i < exponent; i++) {
        unit *= 10;
    }

    rest = llabs(minor % unit);

    text.len = (size_t) snprintf(amount, LOYALTY_REPORT_AMOUNT_SIZE,
                                 "%s%lld", (minor < 0) ? "-" : "",
                                 llabs(minor / unit));

    if (exponent != 0) {
        text.len += (size_t) snprintf(amount + text.len,
                                      LOYALTY_REPORT_AMOUNT_SIZE - text.len,
                                      ".%0*lld", exponent, (long long) rest);
    }

    return text;
}


loyaltyctl_exit_e
loyalty_report_end(loyalty_report_t *report, int rc)
{
    if (report->table.columns != NULL) {

        if (loyalty_table_end(&report->table) != LOYALTY_OK) {
            (void) loyalty_options_failed(&report->options, "no memory");
            rc = LOYALTY_ERROR;
        }

        if (report->options.format == LOYALTY_PRINT_JSON) {
            (void) fputc('\n', stdout);
        }

        if (loyalty_report_flush(&report->options) != LOYALTY_OK) {
            rc = LOYALTY_ERROR;
        }
    }

    if (report->db != NULL) {
        loyalty_db_rollback(report->db);
    }

    loyalty_session_done(&report->session);

    return (rc == LOYALTY_OK) ? LOYALTYCTL_DONE : LOYALTYCTL_FAILED;
}


int
loyalty_report_flush(const loyalty_options_t *options)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_failed(options, "the result cannot be written");

    return LOYALTY_ERROR;
}


int
loyalty_report_since(const loyalty_options_t *options, const char *text,
    int64_t now, int64_t *since)
{
    char           day[] = "2026-12-31T00:00:00Z";
    int64_t        seconds;
    loyalty_str_t  when = { strlen(text), text };

    if (loyalty_duration_parse(text, &seconds) == LOYALTY_OK) {
        *since = now - seconds;
        return LOYALTY_OK;
    }

    if (when.len == sizeof("2026-12-31") - 1) {
        (void) memcpy(day, text, when.len);
        when.data = day;
        when.len = sizeof(day) - 1;
    }

    if (loyalty_time_parse(when, since) == LOYALTY_OK) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_wrong(options, "\"%s\" is no time: write 90d, "
                                 "2026-12-31 or 2026-12-31T23:59:59Z", text);

    return LOYALTY_ERROR;
}
