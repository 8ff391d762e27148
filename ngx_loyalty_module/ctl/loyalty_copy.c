
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_json.h>
#include <loyalty_options.h>
#include <loyalty_transfer.h>
#include <loyalty_utf8.h>

#include <stdio.h>
#include <string.h>


/* For the indexes of SQLite, whose pages are written in random order. */

#define LOYALTY_COPY_CACHE  (20 * 1024 * 1024)


static int loyalty_copy_check(const loyalty_options_t *options,
    const char *name, const char *uri);
static int loyalty_copy_run(const loyalty_options_t *options,
    loyalty_transfer_t *transfer);
static loyalty_db_t *loyalty_copy_database(const char *uri);
static int loyalty_copy_report(const loyalty_options_t *options, int quiet,
    const loyalty_transfer_t *transfer, int rc);
static const char *loyalty_copy_left(const loyalty_transfer_t *transfer);
static int64_t loyalty_copy_rows(const loyalty_transfer_t *transfer);
static void loyalty_copy_json(const loyalty_transfer_t *transfer, int rc);
static void loyalty_copy_key(loyalty_json_t *json, const char *key,
    const char *text);


static const loyalty_usage_t  loyalty_copy_usage = {
    "copy", "FROM TO",
    "Copies the whole state of a loyalty program (members, ledger, claims,\n"
    "coupons, idempotency keys) from one database into another one, which\n"
    "must be empty.  FROM and TO are written as in nginx.conf:\n"
    "\n"
    "  sqlite:PATH                   a file; as TO it is made if need be\n"
    "  postgresql://USER@HOST/NAME   any connection string of libpq\n"
    "\n"
    "Before, stop every nginx that uses FROM, or close the program for\n"
    "writing: FROM is read as it was when the copy began, and points that\n"
    "are earned after that stay behind.  Where this is noticed, the copy\n"
    "fails.\n"
    "\n"
    "TO is filled in one transaction.  Before it is committed, all of TO is\n"
    "read again and compared with FROM, and each member's balance with the\n"
    "ledger.  If anything fails, or the command is ended, TO stays empty.\n"
    "\n"
    "Options:\n"
    "  -q, --quiet         do not say how far it is, nor that it is done\n",
    2, 2, 0
};


loyaltyctl_exit_e
loyaltyctl_copy(int argc, char **argv)
{
    int                     rc, quiet;
    loyalty_options_t       options;
    loyaltyctl_exit_e       status;
    loyalty_progress_t      progress;
    loyalty_transfer_t      transfer;
    const loyalty_option_t  own[] = {
        { "quiet", 'q', LOYALTY_OPTION_FLAG, &quiet }
    };

    quiet = 0;
    (void) memset(&transfer, 0, sizeof(loyalty_transfer_t));

    if (loyalty_options_read_apart(&options, &loyalty_copy_usage, own, 1,
                                   argc, argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    if (loyalty_copy_check(&options, "FROM", options.operands[0])
        != LOYALTY_OK
        || loyalty_copy_check(&options, "TO", options.operands[1])
           != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    loyalty_progress_init(&progress, quiet);
    transfer.progress = &progress;

    rc = loyalty_copy_run(&options, &transfer);

    loyalty_progress_end(&progress);

    if (loyalty_copy_report(&options, quiet, &transfer, rc) != LOYALTY_OK) {
        return LOYALTYCTL_FAILED;
    }

    return (rc == LOYALTY_OK) ? LOYALTYCTL_DONE : LOYALTYCTL_FAILED;
}


static int
loyalty_copy_check(const loyalty_options_t *options, const char *name,
    const char *uri)
{
    char  why[LOYALTY_TRANSFER_WHY_SIZE];

    if (loyalty_db_check(uri, why, sizeof(why)) == LOYALTY_OK) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_wrong(options, "%s: %s", name, why);

    return LOYALTY_ERROR;
}


static int
loyalty_copy_run(const loyalty_options_t *options,
    loyalty_transfer_t *transfer)
{
    int  rc;

    transfer->from = loyalty_copy_database(options->operands[0]);
    transfer->to = loyalty_copy_database(options->operands[1]);

    if (transfer->from != NULL && transfer->to != NULL) {
        rc = loyalty_transfer_run(transfer);

    } else {
        (void) snprintf(transfer->why, sizeof(transfer->why), "no memory");
        rc = LOYALTY_ERROR;
    }

    loyalty_db_destroy(transfer->from);
    loyalty_db_destroy(transfer->to);

    return rc;
}


static loyalty_db_t *
loyalty_copy_database(const char *uri)
{
    loyalty_db_conf_t  conf;

    (void) memset(&conf, 0, sizeof(loyalty_db_conf_t));

    conf.uri = uri;
    conf.timeout = LOYALTY_CTL_TIMEOUT;
    conf.cache = LOYALTY_COPY_CACHE;

    return loyalty_db_create(&conf);
}


static int
loyalty_copy_report(const loyalty_options_t *options, int quiet,
    const loyalty_transfer_t *transfer, int rc)
{
    if (rc != LOYALTY_OK) {
        (void) fprintf(stderr, "loyaltyctl copy: %s; %s\n", transfer->why,
                       loyalty_copy_left(transfer));
    }

    if (options->format == LOYALTY_PRINT_JSON) {
        loyalty_copy_json(transfer, rc);

    } else if (rc == LOYALTY_OK && !quiet) {
        (void) printf("Copied and compared: %lld members, %lld rows in all.\n",
                      (long long) transfer->rows[0],
                      (long long) loyalty_copy_rows(transfer));
    }

    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void) fprintf(stderr, "loyaltyctl copy: %s, but the result cannot be "
                       "written\n", (rc == LOYALTY_OK) ? "all is copied"
                                                       : "nothing is copied");
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


static const char *
loyalty_copy_left(const loyalty_transfer_t *transfer)
{
    static const char *const  left[] = {
        [LOYALTY_TARGET_UNTOUCHED] = "nothing was copied, TO is as it was",
        [LOYALTY_TARGET_EMPTY] = "nothing was copied, TO has empty tables now "
                                 "and may be used again",
        [LOYALTY_TARGET_UNKNOWN] = "TO is either whole or empty: run this "
                                   "again, it is refused if TO is whole"
    };

    return left[transfer->target];
}


static int64_t
loyalty_copy_rows(const loyalty_transfer_t *transfer)
{
    int64_t   rows;
    unsigned  i;

    rows = 0;

    for (i = 0; i < LOYALTY_TABLES; i++) {
        rows += transfer->rows[i];
    }

    return rows;
}


static void
loyalty_copy_json(const loyalty_transfer_t *transfer, int rc)
{
    unsigned        i;
    loyalty_json_t  json;

    loyalty_json_init(&json);

    loyalty_json_open(&json, '{');
    loyalty_copy_key(&json, "command", "copy");

    if (rc == LOYALTY_OK) {
        loyalty_copy_key(&json, "result", "copied");

        loyalty_json_key(&json, "rows");
        loyalty_json_integer(&json, loyalty_copy_rows(transfer));

        loyalty_json_key(&json, "tables");
        loyalty_json_open(&json, '{');

        for (i = 0; i < LOYALTY_TABLES; i++) {
            loyalty_json_key(&json, loyalty_tables[i].name);
            loyalty_json_integer(&json, transfer->rows[i]);
        }

        loyalty_json_close(&json, '}');

    } else {
        loyalty_copy_key(&json, "result", "failed");
        loyalty_copy_key(&json, "reason", transfer->why);
        loyalty_copy_key(&json, "target", loyalty_copy_left(transfer));
    }

    loyalty_json_key(&json, "milliseconds");
    loyalty_json_integer(&json, loyalty_progress_elapsed(transfer->progress));
    loyalty_json_close(&json, '}');

    (void) printf("%.*s\n", (int) json.len, json.data);

    loyalty_json_free(&json);
}


/* A reason may name a path or a host, which need not be UTF-8. */

static void
loyalty_copy_key(loyalty_json_t *json, const char *key, const char *text)
{
    loyalty_str_t  value = { strlen(text), text };

    if (!loyalty_utf8_valid(value)) {
        value.data = "see standard error";
        value.len = strlen(value.data);
    }

    loyalty_json_key(json, key);
    loyalty_json_text(json, value);
}
