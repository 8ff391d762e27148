
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_bulk.h>
#include <loyalty_json.h>
#include <loyalty_options.h>
#include <loyalty_progress.h>
#include <loyalty_utf8.h>
#include <loyaltyctl_report.h>
#include <loyaltyctl_verify.h>

#include <stdio.h>
#include <string.h>
#include <time.h>


#define LOYALTY_VERIFY_LIMIT     20            /* of what a check has found */
#define LOYALTY_VERIFY_SQL_SIZE  4096


typedef struct loyalty_verify_s  loyalty_verify_t;

/* What to do with a row that a statement returns. */

typedef void (*loyalty_verify_row_pt)(loyalty_verify_t *verify);


struct loyalty_verify_s {
    loyalty_options_t    options;
    int                  quiet;
    int64_t              limit;                /* of those shown, a check */

    loyalty_session_t    session;
    loyalty_db_t        *db;
    loyalty_progress_t   progress;
    int64_t              rows[LOYALTY_TABLES];

    const char          *check;                /* at work */
    int64_t              found;                /* by it */
    int64_t              counted;              /* by a statement that counts */

    int64_t              wrong;                /* in all */
    loyalty_json_t       findings;
};


static int loyalty_verify_run(loyalty_verify_t *verify);
static int loyalty_verify_count(loyalty_verify_t *verify);
static int loyalty_verify_file(loyalty_verify_t *verify);
static int loyalty_verify_check(loyalty_verify_t *verify,
    const loyalty_check_t *check);
static int loyalty_verify_reads(const char *tables, unsigned n);
static void loyalty_verify_begin(loyalty_verify_t *verify, const char *name,
    const char *tables);
static void loyalty_verify_end(loyalty_verify_t *verify);
static int loyalty_verify_query(loyalty_verify_t *verify, const char *sql,
    loyalty_verify_row_pt row);
static void loyalty_verify_counted(loyalty_verify_t *verify);
static void loyalty_verify_damage(loyalty_verify_t *verify);
static void loyalty_verify_finding(loyalty_verify_t *verify);
static int loyalty_verify_shows(loyalty_verify_t *verify);
static loyaltyctl_exit_e loyalty_verify_report(loyalty_verify_t *verify,
    int rc);
static void loyalty_verify_object(loyalty_verify_t *verify);
static void loyalty_verify_text(loyalty_json_t *json, const char *key,
    loyalty_str_t text);
static void loyalty_verify_number(loyalty_json_t *json, const char *key,
    int64_t number);


static const loyalty_str_t  loyalty_verify_file_name = loyalty_string("file");

static const loyalty_usage_t  loyalty_verify_usage = {
    "verify", "",
    "Checks all that always holds in a loyalty program: that balances are\n"
    "the sum of the ledger, that points were spent once, that orders were\n"
    "credited once and with what they earned, and so on.  Reads all of the\n"
    "database, while nginx goes on, and changes nothing.  What is wrong is\n"
    "said by members' codes, not by e-mails.\n"
    "\n"
    "Options:\n"
    "  -q, --quiet         do not say how far it is, nor that all is right\n"
    "      --limit N       show so much of what a check has found (20)\n",
    0, 0, 0
};


loyaltyctl_exit_e
loyaltyctl_verify(int argc, char **argv)
{
    int                     rc;
    loyaltyctl_exit_e       exit;
    static loyalty_verify_t verify;
    const loyalty_option_t  own[] = {
        { "quiet", 'q', LOYALTY_OPTION_FLAG, &verify.quiet },
        { "limit", 0, LOYALTY_OPTION_NUMBER, &verify.limit }
    };

    verify.limit = LOYALTY_VERIFY_LIMIT;

    if (loyalty_options_read(&verify.options, &loyalty_verify_usage, own,
                             sizeof(own) / sizeof(own[0]), argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    loyalty_progress_init(&verify.progress, verify.quiet);
    loyalty_json_init(&verify.findings);
    loyalty_json_open(&verify.findings, '[');

    rc = loyalty_options_session(&verify.options, NULL, 0, &verify.session);

    if (rc == LOYALTY_OK) {
        verify.db = verify.session.db;
        rc = loyalty_verify_run(&verify);
    }

    loyalty_progress_end(&verify.progress);
    loyalty_session_done(&verify.session);

    exit = loyalty_verify_report(&verify, rc);

    loyalty_json_free(&verify.findings);

    return exit;
}


static int
loyalty_verify_run(loyalty_verify_t *verify)
{
    unsigned  i;

    if (loyalty_db_open(verify->db) != LOYALTY_DB_DONE) {
        (void) loyalty_options_failed(&verify->options, "%s",
                                      loyalty_db_error(verify->db));
        return LOYALTY_ERROR;
    }

    if (loyalty_verify_count(verify) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!loyalty_db_shared(verify->db)
        && loyalty_verify_file(verify) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < LOYALTY_CHECKS; i++) {

        if (loyalty_verify_check(verify, &loyalty_checks[i]) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


/* How far it is follows from how many rows the checks have to read. */

static int
loyalty_verify_count(loyalty_verify_t *verify)
{
    char      sql[64];
    unsigned  i, n;

    for (i = 0; i < LOYALTY_TABLES; i++) {
        (void) snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s",
                        loyalty_tables[i].name);

        if (loyalty_verify_query(verify, sql, loyalty_verify_counted)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        verify->rows[i] = verify->counted;

        if (!loyalty_db_shared(verify->db)) {
            verify->progress.total += verify->rows[i];
        }

        for (n = 0; n < LOYALTY_CHECKS; n++) {

            if (loyalty_verify_reads(loyalty_checks[n].tables, i)) {
                verify->progress.total += verify->rows[i];
            }
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_verify_reads(const char *tables, unsigned n)
{
    size_t       len;
    const char  *p, *name = loyalty_tables[n].name;

    len = strlen(name);

    if (tables == NULL) {
        return 1;
    }

    for (p = tables; *p != '\0'; p += strspn(p, " ")) {

        if (strcspn(p, " ") == len && strncmp(p, name, len) == 0) {
            return 1;
        }

        p += strcspn(p, " ");
    }

    return 0;
}


/* A server looks after its files itself. */

static int
loyalty_verify_file(loyalty_verify_t *verify)
{
    loyalty_verify_begin(verify, "file", NULL);

    if (loyalty_verify_query(verify, "PRAGMA integrity_check",
                             loyalty_verify_damage)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_verify_end(verify);

    return LOYALTY_OK;
}


static int
loyalty_verify_check(loyalty_verify_t *verify, const loyalty_check_t *check)
{
    char  sql[LOYALTY_VERIFY_SQL_SIZE];

    loyalty_verify_begin(verify, check->name, check->tables);

    (void) snprintf(sql, sizeof(sql),
                    "WITH clock (now) AS (SELECT CAST(%lld AS BIGINT)), "
                    "merged (id, other) AS (SELECT id, merged_into "
                    "FROM member WHERE merged_into <> 0) "
                    "SELECT coalesce((SELECT code FROM member "
                    "WHERE member.id = wrong.member), ''), member, what, "
                    "found, expected FROM (SELECT 0 AS member, '' AS what, "
                    "0 AS found, 0 AS expected WHERE 1 = 0 UNION ALL "
                    "SELECT * FROM (%s) AS checked) AS wrong "
                    "ORDER BY member, what", (long long) time(NULL),
                    check->sql);

    if (loyalty_verify_query(verify, sql, loyalty_verify_finding)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_verify_end(verify);

    return LOYALTY_OK;
}


static void
loyalty_verify_begin(loyalty_verify_t *verify, const char *name,
    const char *tables)
{
    unsigned  i;

    verify->check = name;
    verify->found = 0;

    loyalty_progress_step(&verify->progress, "checking", name);

    for (i = 0; i < LOYALTY_TABLES; i++) {

        if (loyalty_verify_reads(tables, i)) {
            verify->progress.rows += verify->rows[i];
        }
    }
}


static void
loyalty_verify_end(loyalty_verify_t *verify)
{
    if (verify->found > verify->limit
        && verify->options.format != LOYALTY_PRINT_JSON)
    {
        (void) printf("%s: and %lld more\n", verify->check,
                      (long long) (verify->found - verify->limit));
    }

    (void) fflush(stdout);

    loyalty_progress_to(&verify->progress,
                        verify->progress.done + verify->progress.rows);
}


/*
 * Each statement sees a moment of its own: between them the log of a file can
 * be written back, which it cannot be while somebody reads.
 */

static int
loyalty_verify_query(loyalty_verify_t *verify, const char *sql,
    loyalty_verify_row_pt row)
{
    loyalty_db_rc_e  rc;

    rc = loyalty_db_snapshot(verify->db);

    if (rc == LOYALTY_DB_DONE) {

        for (rc = loyalty_db_rows(verify->db, sql);
             rc == LOYALTY_DB_ROW;
             rc = loyalty_db_next(verify->db))
        {
            row(verify);
        }
    }

    if (rc != LOYALTY_DB_DONE) {
        loyalty_progress_end(&verify->progress);
        (void) loyalty_options_failed(&verify->options, "%s",
                                      loyalty_db_error(verify->db));
    }

    loyalty_db_rollback(verify->db);

    return (rc == LOYALTY_DB_DONE) ? LOYALTY_OK : LOYALTY_ERROR;
}


static void
loyalty_verify_counted(loyalty_verify_t *verify)
{
    verify->counted = loyalty_db_column_int(verify->db, 0);
}


/* Where nothing is wrong, SQLite says "ok". */

static void
loyalty_verify_damage(loyalty_verify_t *verify)
{
    loyalty_str_t               what;
    static const loyalty_str_t  ok = loyalty_string("ok");

    what = loyalty_db_column_text(verify->db, 0);

    if (loyalty_str_equal(what, ok) || !loyalty_verify_shows(verify)) {
        return;
    }

    if (verify->options.format != LOYALTY_PRINT_JSON) {
        (void) printf("file: %.*s\n", (int) what.len, what.data);
        return;
    }

    loyalty_json_open(&verify->findings, '{');
    loyalty_verify_text(&verify->findings, "check", loyalty_verify_file_name);
    loyalty_verify_text(&verify->findings, "what", what);
    loyalty_json_close(&verify->findings, '}');
}


static void
loyalty_verify_finding(loyalty_verify_t *verify)
{
    int64_t          found, expected;
    loyalty_str_t    check = { strlen(verify->check), verify->check };
    loyalty_str_t    code, what;
    loyalty_json_t  *json = &verify->findings;

    if (!loyalty_verify_shows(verify)) {
        return;
    }

    code = loyalty_db_column_text(verify->db, 0);
    what = loyalty_db_column_text(verify->db, 2);
    found = loyalty_db_column_int(verify->db, 3);
    expected = loyalty_db_column_int(verify->db, 4);

    if (verify->options.format != LOYALTY_PRINT_JSON) {
        (void) printf("%s: %.*s%s%.*s: %lld instead of %lld\n",
                      verify->check, (int) code.len, code.data,
                      (code.len != 0) ? ": " : "", (int) what.len, what.data,
                      (long long) found, (long long) expected);
        return;
    }

    loyalty_json_open(json, '{');
    loyalty_verify_text(json, "check", check);
    loyalty_verify_text(json, "member", code);
    loyalty_verify_number(json, "member_id",
                          loyalty_db_column_int(verify->db, 1));
    loyalty_verify_text(json, "what", what);
    loyalty_verify_number(json, "found", found);
    loyalty_verify_number(json, "expected", expected);
    loyalty_json_close(json, '}');
}


/* Counts what was found, and tells whether it is still one to show. */

static int
loyalty_verify_shows(loyalty_verify_t *verify)
{
    if (verify->found == 0) {
        loyalty_progress_pause(&verify->progress);
    }

    verify->found++;
    verify->wrong++;

    return verify->found <= verify->limit;
}


static loyaltyctl_exit_e
loyalty_verify_report(loyalty_verify_t *verify, int rc)
{
    if (rc != LOYALTY_OK) {
        return LOYALTYCTL_FAILED;
    }

    if (verify->options.format == LOYALTY_PRINT_JSON) {
        loyalty_verify_object(verify);

    } else if (verify->wrong != 0) {
        (void) printf("%lld things are wrong.\n", (long long) verify->wrong);

    } else if (!verify->quiet) {
        (void) printf("All is right: %lld members, %lld entries of the "
                      "ledger.\n", (long long) verify->rows[0],
                      (long long) verify->rows[1]);
    }

    if (loyalty_report_flush(&verify->options) != LOYALTY_OK) {
        return LOYALTYCTL_FAILED;
    }

    return (verify->wrong == 0) ? LOYALTYCTL_DONE : LOYALTYCTL_FAILED;
}


static void
loyalty_verify_object(loyalty_verify_t *verify)
{
    loyalty_str_t   command = loyalty_string("verify");
    loyalty_str_t   result, findings;
    loyalty_json_t  json;

    loyalty_json_close(&verify->findings, ']');

    result.data = (verify->wrong != 0) ? "wrong" : "right";
    result.len = strlen(result.data);

    findings.data = verify->findings.data;
    findings.len = verify->findings.len;

    loyalty_json_init(&json);
    loyalty_json_open(&json, '{');

    loyalty_verify_text(&json, "command", command);
    loyalty_verify_text(&json, "result", result);
    loyalty_verify_number(&json, "members", verify->rows[0]);
    loyalty_verify_number(&json, "entries", verify->rows[1]);
    loyalty_verify_number(&json, "wrong", verify->wrong);

    loyalty_verify_number(&json, "milliseconds",
                          loyalty_progress_elapsed(&verify->progress));

    loyalty_json_key(&json, "findings");
    loyalty_json_raw(&json, findings);
    loyalty_json_close(&json, '}');

    (void) printf("%.*s\n", (int) json.len, json.data);

    loyalty_json_free(&json);
}


/* What is damaged need not be UTF-8. */

static void
loyalty_verify_text(loyalty_json_t *json, const char *key,
    loyalty_str_t text)
{
    static const loyalty_str_t  none = loyalty_string("?");

    loyalty_json_key(json, key);
    loyalty_json_text(json, loyalty_utf8_valid(text) ? text : none);
}


static void
loyalty_verify_number(loyalty_json_t *json, const char *key, int64_t number)
{
    loyalty_json_key(json, key);
    loyalty_json_integer(json, number);
}
