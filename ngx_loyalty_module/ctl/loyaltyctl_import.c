
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_duration.h>
#include <loyalty_fields.h>
#include <loyalty_progress.h>
#include <loyaltyctl_import.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>


#define LOYALTY_IMPORT_SAID      20            /* lines, on standard error */
#define LOYALTY_IMPORT_WHY_SIZE  256
#define LOYALTY_IMPORT_TRIES     5
#define LOYALTY_IMPORT_CACHE     (32 * 1024 * 1024)


typedef struct {
    loyalty_options_t         options;
    int                       dry;
    int                       quiet;
    const char               *expire;
    const char               *after;

    const char               *path;
    char                      skipped_path[PATH_MAX];
    FILE                     *in;
    FILE                     *skipped;
    int64_t                   now;

    loyalty_program_t         rules;           /* what options say of them */
    loyalty_session_t         session;
    loyalty_db_t             *checkpoint;
    loyalty_progress_t        progress;

    int64_t                   lines;
    int64_t                   points;
    int64_t                   counts[LOYALTY_IMPORT_OUTCOMES];

    loyalty_str_t             first;           /* line of the file */
    char                      first_text[LOYALTY_CSV_RECORD_MAX];

    loyalty_csv_t             csv;
    loyalty_import_header_t   header;
    loyalty_import_batch_t    batch;
} loyalty_import_t;


static int loyalty_import_options(loyalty_import_t *import, int argc,
    char **argv, loyaltyctl_exit_e *exit);
static int loyalty_import_rules(loyalty_import_t *import);
static int loyalty_import_open(loyalty_import_t *import);
static int loyalty_import_session(loyalty_import_t *import);
static int loyalty_import_first(loyalty_import_t *import);
static int loyalty_import_lines(loyalty_import_t *import);
static int loyalty_import_flush(loyalty_import_t *import);
static int loyalty_import_write_back(loyalty_import_t *import);
static int loyalty_import_skip(loyalty_import_t *import, int64_t line,
    loyalty_str_t raw, const char *why);
static int loyalty_import_skip_to(loyalty_import_t *import);
static int loyalty_import_stopped(loyalty_import_t *import, const char *why);
static int loyalty_import_close(loyalty_import_t *import, int rc);
static loyaltyctl_exit_e loyalty_import_report(loyalty_import_t *import,
    int rc);


static const loyalty_usage_t  loyalty_import_usage = {
    "import", "FILE.csv",
    "Takes in members with their balances, while nginx goes on.  The first\n"
    "line of FILE.csv names the columns, in any order:\n"
    "\n"
    "  email    needed\n"
    "  points   the balance: a whole number, 0 or more, usable at once\n"
    "  joined   2026-12-31 or 2026-12-31T23:59:59Z; without it, now\n"
    "  source   the campaign\n"
    "  locale   a language tag\n"
    "\n"
    "Who is a member already keeps what it has, and gets the points once.\n"
    "So the same file, or a longer one, can be imported again: no balance is\n"
    "credited twice, but where an e-mail was changed or erased since.\n"
    "Lines that cannot be taken are told by number, and written with the\n"
    "reason to FILE.csv.skipped.csv, which can be imported when it has been\n"
    "put right.\n"
    "\n"
    "Options:\n"
    "  -n, --dry-run       change nothing, only say what would be\n"
    "      --points-expire TIME\n"
    "                      as in nginx.conf, where that has it: 365d\n"
    "      --after WHAT    earning (the default) or activity, likewise\n"
    "  -q, --quiet         do not say how far it is, nor what was done\n",
    1, 1, 0
};


loyaltyctl_exit_e
loyaltyctl_import(int argc, char **argv)
{
    int                      rc;
    loyaltyctl_exit_e        exit;
    static loyalty_import_t  import;

    if (loyalty_import_options(&import, argc, argv, &exit) != LOYALTY_OK) {
        return exit;
    }

    loyalty_progress_init(&import.progress, import.quiet);

    rc = loyalty_import_open(&import);

    if (rc == LOYALTY_OK) {
        loyalty_progress_step(&import.progress, import.dry ? "checking"
                                                           : "importing",
                              "lines");

        rc = loyalty_import_lines(&import);
    }

    loyalty_progress_end(&import.progress);

    rc = loyalty_import_close(&import, rc);

    return loyalty_import_report(&import, rc);
}


static int
loyalty_import_options(loyalty_import_t *import, int argc, char **argv,
    loyaltyctl_exit_e *exit)
{
    const loyalty_option_t  own[] = {
        { "dry-run", 'n', LOYALTY_OPTION_FLAG, &import->dry },
        { "quiet", 'q', LOYALTY_OPTION_FLAG, &import->quiet },
        { "points-expire", 0, LOYALTY_OPTION_TEXT, &import->expire },
        { "after", 0, LOYALTY_OPTION_TEXT, &import->after }
    };

    if (loyalty_options_read(&import->options, &loyalty_import_usage, own, 4,
                             argc, argv, exit)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    import->path = import->options.operands[0];
    import->now = time(NULL);

    (void) snprintf(import->skipped_path, sizeof(import->skipped_path),
                    "%s.skipped.csv", import->path);

    *exit = LOYALTYCTL_USAGE;

    return loyalty_import_rules(import);
}


static int
loyalty_import_rules(loyalty_import_t *import)
{
    /* nobody says which tiers there are, nor when their windows begin */

    import->rules.ladder.window = LOYALTY_WINDOW_UNKNOWN;

    if (import->expire != NULL
        && (loyalty_duration_parse(import->expire,
                                   &import->rules.points_expire)
            != LOYALTY_OK
            || import->rules.points_expire == 0))
    {
        (void) loyalty_options_wrong(&import->options, "--points-expire needs "
                                     "a time such as 365d, not \"%s\"",
                                     import->expire);
        return LOYALTY_ERROR;
    }

    if (import->after == NULL || strcmp(import->after, "earning") == 0) {
        return LOYALTY_OK;
    }

    if (strcmp(import->after, "activity") != 0 || import->expire == NULL) {
        (void) loyalty_options_wrong(&import->options, "--after is earning or "
                                     "activity, and belongs to "
                                     "--points-expire");
        return LOYALTY_ERROR;
    }

    import->rules.inactivity = 1;

    return LOYALTY_OK;
}


static int
loyalty_import_open(loyalty_import_t *import)
{
    struct stat  info;

    import->in = fopen(import->path, "r");

    if (import->in == NULL || fstat(fileno(import->in), &info) != 0) {
        (void) loyalty_options_failed(&import->options, "%s: %s",
                                      import->path, strerror(errno));
        return LOYALTY_ERROR;
    }

    import->progress.total = info.st_size;

    loyalty_csv_init(&import->csv, import->in);

    if (loyalty_import_first(import) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (loyalty_options_session(&import->options, NULL, 0, &import->session)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_import_session(import);
}


/* The same once more, with rules, and pages for indexes in random order. */

static int
loyalty_import_session(loyalty_import_t *import)
{
    loyalty_session_conf_t  conf;

    conf = import->session.conf;

    conf.program = &import->rules;
    conf.cache = LOYALTY_IMPORT_CACHE;

    loyalty_session_done(&import->session);

    if (loyalty_session_init(&import->session, &conf) == LOYALTY_OK) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_failed(&import->options, "no memory");

    return LOYALTY_ERROR;
}


static int
loyalty_import_first(loyalty_import_t *import)
{
    int   rc;
    char  why[LOYALTY_IMPORT_WHY_SIZE];

    rc = LOYALTY_ERROR;

    switch (loyalty_csv_read(&import->csv)) {

    case LOYALTY_CSV_RECORD:
        rc = loyalty_import_header(&import->csv, &import->header, why,
                                   sizeof(why));
        break;

    case LOYALTY_CSV_BAD:
        (void) snprintf(why, sizeof(why), "the first line: %s",
                        import->csv.why);
        break;

    case LOYALTY_CSV_END:
        (void) snprintf(why, sizeof(why), "it is empty");
        break;

    default: /* LOYALTY_CSV_FAILED */
        (void) snprintf(why, sizeof(why), "%s", strerror(errno));
    }

    if (rc != LOYALTY_OK) {
        (void) loyalty_options_failed(&import->options, "%s: %s",
                                      import->path, why);
        return LOYALTY_ERROR;
    }

    import->first.len = import->csv.raw.len;
    import->first.data = import->first_text;

    (void) memcpy(import->first_text, import->csv.raw.data,
                  import->first.len);

    return LOYALTY_OK;
}


static int
loyalty_import_lines(loyalty_import_t *import)
{
    int                      rc;
    loyalty_csv_t           *csv = &import->csv;
    loyalty_csv_rc_e         read;
    loyalty_import_line_t   *line;
    loyalty_import_batch_t  *batch = &import->batch;

    while ((read = loyalty_csv_read(csv)) <= LOYALTY_CSV_BAD) {
        rc = LOYALTY_OK;
        import->lines++;

        if (read == LOYALTY_CSV_BAD) {
            rc = loyalty_import_skip(import, csv->line, csv->raw, csv->why);

        } else {
            line = &batch->lines[batch->n];

            if (loyalty_import_read(csv, &import->header, import->now, line)
                != LOYALTY_OK)
            {
                rc = loyalty_import_skip(import, csv->line, csv->raw,
                                         line->why);
            } else {
                batch->n++;
            }
        }

        if (rc == LOYALTY_OK && batch->n == LOYALTY_IMPORT_BATCH) {
            rc = loyalty_import_flush(import);
        }

        if (rc != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }

        import->progress.rows++;
        loyalty_progress_to(&import->progress, csv->offset);
    }

    if (read == LOYALTY_CSV_FAILED) {
        return loyalty_import_stopped(import, strerror(errno));
    }

    return loyalty_import_flush(import);
}


static int
loyalty_import_flush(loyalty_import_t *import)
{
    int                     tries;
    size_t                  i;
    loyalty_db_rc_e         rc;
    loyalty_import_line_t  *line;

    if (import->batch.n == 0) {
        return LOYALTY_OK;
    }

    /* of a million members some draw a code for friends that is taken */

    tries = LOYALTY_IMPORT_TRIES;

    do {
        rc = loyalty_import_batch(&import->session, &import->batch,
                                  import->now, import->dry);

    } while (rc == LOYALTY_DB_CONFLICT && --tries != 0);

    if (rc != LOYALTY_DB_DONE) {
        return loyalty_import_stopped(import, import->session.error);
    }

    for (i = 0; i < import->batch.n; i++) {
        line = &import->batch.lines[i];

        if (line->outcome == LOYALTY_IMPORT_SKIPPED) {

            if (loyalty_import_skip(import, line->line, line->raw, line->why)
                != LOYALTY_OK)
            {
                return LOYALTY_ERROR;
            }

            continue;
        }

        import->counts[line->outcome]++;

        if (line->outcome != LOYALTY_IMPORT_UNCHANGED) {
            import->points += line->points;
        }
    }

    import->batch.n = 0;

    return loyalty_import_write_back(import);
}


/* Nginx does it for all, but need not run. */

static int
loyalty_import_write_back(loyalty_import_t *import)
{
    loyalty_db_conf_t  conf;

    if (!loyalty_db_checkpoint_due(import->session.db)) {
        return LOYALTY_OK;
    }

    if (import->checkpoint == NULL) {
        (void) memset(&conf, 0, sizeof(loyalty_db_conf_t));

        conf.uri = import->options.database;
        conf.timeout = LOYALTY_CTL_TIMEOUT;

        import->checkpoint = loyalty_db_create(&conf);

        if (import->checkpoint == NULL) {
            return loyalty_import_stopped(import, "no memory");
        }
    }

    if (loyalty_db_open(import->checkpoint) == LOYALTY_DB_DONE) {

        /* else later, or somebody else */

        (void) loyalty_db_checkpoint(import->checkpoint, NULL);
    }

    return LOYALTY_OK;
}


static int
loyalty_import_skip(loyalty_import_t *import, int64_t line,
    loyalty_str_t raw, const char *why)
{
    int64_t  skipped;

    skipped = ++import->counts[LOYALTY_IMPORT_SKIPPED];

    if (import->dry || skipped <= LOYALTY_IMPORT_SAID) {
        loyalty_progress_pause(&import->progress);

        (void) fprintf(stderr, "%s:%lld: %s\n", import->path,
                       (long long) line, why);

    } else if (skipped == LOYALTY_IMPORT_SAID + 1) {
        (void) fprintf(stderr, "and more, see %s\n", import->skipped_path);
    }

    if (import->dry) {
        return LOYALTY_OK;
    }

    if (import->skipped == NULL
        && loyalty_import_skip_to(import) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    /* a reason from another time stays */

    if (import->header.has_reason) {
        (void) fprintf(import->skipped, "%.*s\r\n", (int) raw.len, raw.data);

    } else {
        (void) fprintf(import->skipped, "%.*s,\"line %lld: %s\"\r\n",
                       (int) raw.len, raw.data, (long long) line, why);
    }

    return LOYALTY_OK;
}


/* There are e-mails in it. */

static int
loyalty_import_skip_to(loyalty_import_t *import)
{
    int  fd;

    fd = open(import->skipped_path, O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0600);

    if (fd != -1) {
        import->skipped = fdopen(fd, "w");
    }

    if (import->skipped == NULL) {
        return loyalty_import_stopped(import, strerror(errno));
    }

    (void) fprintf(import->skipped, "%.*s%s\r\n", (int) import->first.len,
                   import->first.data,
                   import->header.has_reason ? "" : ",reason");

    return LOYALTY_OK;
}


static int
loyalty_import_stopped(loyalty_import_t *import, const char *why)
{
    loyalty_progress_end(&import->progress);

    (void) loyalty_options_failed(&import->options, "stopped at line %lld of "
                                  "%s: %s; run it again, nothing is credited "
                                  "twice", (long long) import->csv.line,
                                  import->path, why);

    return LOYALTY_ERROR;
}


static int
loyalty_import_close(loyalty_import_t *import, int rc)
{
    int  failed;

    loyalty_db_destroy(import->checkpoint);
    loyalty_session_done(&import->session);

    if (import->in != NULL) {
        (void) fclose(import->in);
    }

    if (import->skipped == NULL) {
        return rc;
    }

    failed = ferror(import->skipped);

    if (fclose(import->skipped) != 0 || failed) {
        (void) loyalty_options_failed(&import->options, "%s cannot be written",
                                      import->skipped_path);
        return LOYALTY_ERROR;
    }

    return rc;
}


static loyaltyctl_exit_e
loyalty_import_report(loyalty_import_t *import, int rc)
{
    loyalty_fields_t  fields;

    if (rc != LOYALTY_OK) {
        return LOYALTYCTL_FAILED;
    }

    if (!import->quiet || import->options.format == LOYALTY_PRINT_JSON) {
        loyalty_fields_begin(&fields, &import->options,
                             import->dry ? "checked" : "imported");

        loyalty_fields_integer(&fields, "lines", import->lines);
        loyalty_fields_integer(&fields, "new",
                               import->counts[LOYALTY_IMPORT_CREATED]);
        loyalty_fields_integer(&fields, "credited",
                               import->counts[LOYALTY_IMPORT_CREDITED]);
        loyalty_fields_integer(&fields, "unchanged",
                               import->counts[LOYALTY_IMPORT_UNCHANGED]);
        loyalty_fields_integer(&fields, "points", import->points);
        loyalty_fields_integer(&fields, "skipped",
                               import->counts[LOYALTY_IMPORT_SKIPPED]);
        loyalty_fields_text(&fields, "skipped_file",
                            loyalty_fields_string((import->skipped != NULL)
                                                  ? import->skipped_path
                                                  : ""));

        if (loyalty_fields_end(&fields) != LOYALTY_OK) {
            rc = LOYALTY_ERROR;
        }
    }

    return (rc == LOYALTY_OK && import->counts[LOYALTY_IMPORT_SKIPPED] == 0)
           ? LOYALTYCTL_DONE : LOYALTYCTL_FAILED;
}
