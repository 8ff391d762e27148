
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_bulk.h>
#include <loyalty_fields.h>
#include <loyalty_options.h>
#include <loyalty_time.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


/* What is read at once is little. */

#define LOYALTY_CTL_CACHE      (2 * 1024 * 1024)

#define LOYALTY_OPTIONS_MAX    16


/* A command line on its way. */

typedef struct {
    loyalty_options_t  *options;
    loyalty_option_t    known[LOYALTY_OPTIONS_MAX];
    unsigned            nknown;
    char              **argv;
    int                 argc;
    int                 next;
} loyalty_line_t;


static int loyalty_options_read_line(loyalty_options_t *options,
    const loyalty_usage_t *usage, const loyalty_option_t *own, unsigned nown,
    int argc, char **argv, loyaltyctl_exit_e *status);
static int loyalty_options_line(loyalty_line_t *line);
static int loyalty_options_is_number(const char *argument);
static int loyalty_options_long(loyalty_line_t *line, char *argument);
static int loyalty_options_short(loyalty_line_t *line, const char *letters);
static int loyalty_options_value(loyalty_line_t *line,
    const loyalty_option_t *option, const char *value);
static int loyalty_options_number(const char *text, int64_t *number);
static int loyalty_options_check(const loyalty_options_t *options);
static void loyalty_options_help(const loyalty_options_t *options);
static void loyalty_options_failure(const loyalty_options_t *options,
    const char *why);
static int loyalty_options_version(const loyalty_options_t *options,
    loyalty_session_t *session);


static const char  loyalty_options_common[] =
"\n"
"Options of all commands:\n";

static const char  loyalty_options_database[] =
"  -d, --database URI  sqlite:PATH, or postgresql://USER@HOST/NAME; without\n"
"                      it, the environment's LOYALTY_DATABASE\n";

static const char  loyalty_options_json[] =
"  -j, --json          print JSON\n";

static const char  loyalty_options_rows[] =
"      --csv           print CSV\n";

static const char  loyalty_options_rest[] =
"  -h, --help          print this\n"
"\n"
"Exit status: 0 done, 1 failed, 2 wrong usage.\n";


int
loyalty_options_read(loyalty_options_t *options,
    const loyalty_usage_t *usage, const loyalty_option_t *own, unsigned nown,
    int argc, char **argv, loyaltyctl_exit_e *status)
{
    memset(options, 0, sizeof(loyalty_options_t));

    return loyalty_options_read_line(options, usage, own, nown, argc, argv,
                                     status);
}


int
loyalty_options_read_apart(loyalty_options_t *options,
    const loyalty_usage_t *usage, const loyalty_option_t *own, unsigned nown,
    int argc, char **argv, loyaltyctl_exit_e *status)
{
    memset(options, 0, sizeof(loyalty_options_t));

    options->apart = 1;

    return loyalty_options_read_line(options, usage, own, nown, argc, argv,
                                     status);
}


static int
loyalty_options_read_line(loyalty_options_t *options,
    const loyalty_usage_t *usage, const loyalty_option_t *own, unsigned nown,
    int argc, char **argv, loyaltyctl_exit_e *status)
{
    int             help, json, csv;
    unsigned        i;
    loyalty_line_t  line = { options, {
        { "json", 'j', LOYALTY_OPTION_FLAG, &json },
        { "help", 'h', LOYALTY_OPTION_FLAG, &help }
    }, 2, argv, argc, 1 };

    const loyalty_option_t  database = {
        "database", 'd', LOYALTY_OPTION_TEXT, &options->database
    };
    const loyalty_option_t  rows = { "csv", 0, LOYALTY_OPTION_FLAG, &csv };

    help = json = csv = 0;

    options->usage = usage;
    options->database = getenv(LOYALTY_ENVIRONMENT);
    options->operands = argv;

    if (!options->apart) {
        line.known[line.nknown++] = database;
    }

    if (usage->csv) {
        line.known[line.nknown++] = rows;
    }

    for (i = 0; i < nown && line.nknown < LOYALTY_OPTIONS_MAX; i++) {
        line.known[line.nknown++] = own[i];
    }

    *status = LOYALTYCTL_USAGE;

    if (loyalty_options_line(&line) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (help) {
        loyalty_options_help(options);
        *status = LOYALTYCTL_DONE;
        return LOYALTY_ERROR;
    }

    options->format = json ? LOYALTY_PRINT_JSON
                           : csv ? LOYALTY_PRINT_CSV : LOYALTY_PRINT_TABLE;

    return loyalty_options_check(options);
}


/* Operands are moved together at the front of argv. */

static int
loyalty_options_line(loyalty_line_t *line)
{
    int    rc, ended;
    char  *argument;

    ended = 0;

    while (line->next < line->argc) {
        argument = line->argv[line->next++];

        if (ended || argument[0] != '-' || argument[1] == '\0'
            || loyalty_options_is_number(argument))
        {
            line->options->operands[line->options->noperands++] = argument;
            continue;
        }

        if (strcmp(argument, "--") == 0) {
            ended = 1;
            continue;
        }

        rc = (argument[1] == '-') ? loyalty_options_long(line, argument + 2)
                                  : loyalty_options_short(line, argument + 1);

        if (rc != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_options_is_number(const char *argument)
{
    return argument[1] != '\0'
           && argument[1 + strspn(argument + 1, "0123456789")] == '\0';
}


static int
loyalty_options_long(loyalty_line_t *line, char *argument)
{
    char                    *value;
    unsigned                 i;
    const loyalty_option_t  *option;

    value = strchr(argument, '=');

    if (value != NULL) {
        *value++ = '\0';
    }

    for (i = 0; i < line->nknown; i++) {
        option = &line->known[i];

        if (strcmp(option->name, argument) != 0) {
            continue;
        }

        if (value != NULL && option->kind == LOYALTY_OPTION_FLAG) {
            (void) loyalty_options_wrong(line->options, "--%s takes no value",
                                         argument);
            return LOYALTY_ERROR;
        }

        return loyalty_options_value(line, option, value);
    }

    (void) loyalty_options_wrong(line->options, "there is no option --%s",
                                 argument);

    return LOYALTY_ERROR;
}


static int
loyalty_options_short(loyalty_line_t *line, const char *letters)
{
    unsigned                 i;
    const loyalty_option_t  *option;

    while (*letters != '\0') {
        option = NULL;

        for (i = 0; i < line->nknown; i++) {

            if (line->known[i].letter == *letters) {
                option = &line->known[i];
            }
        }

        if (option == NULL) {
            (void) loyalty_options_wrong(line->options,
                                         "there is no option -%c", *letters);
            return LOYALTY_ERROR;
        }

        letters++;

        if (option->kind != LOYALTY_OPTION_FLAG) {
            return loyalty_options_value(line, option,
                                         (*letters != '\0') ? letters : NULL);
        }

        (void) loyalty_options_value(line, option, NULL);
    }

    return LOYALTY_OK;
}


/* Without "value", it is the next argument. */

static int
loyalty_options_value(loyalty_line_t *line, const loyalty_option_t *option,
    const char *value)
{
    loyalty_str_t  text;

    if (option->kind == LOYALTY_OPTION_FLAG) {
        *(int *) option->value = 1;
        return LOYALTY_OK;
    }

    if (value == NULL) {

        if (line->next == line->argc) {
            (void) loyalty_options_wrong(line->options, "--%s needs a value",
                                         option->name);
            return LOYALTY_ERROR;
        }

        value = line->argv[line->next++];
    }

    text.data = value;
    text.len = strlen(value);

    if (option->kind == LOYALTY_OPTION_TEXT) {
        *(const char **) option->value = value;
        return LOYALTY_OK;
    }

    if (option->kind == LOYALTY_OPTION_NUMBER) {

        if (loyalty_options_number(value, option->value) == LOYALTY_OK) {
            return LOYALTY_OK;
        }

        (void) loyalty_options_wrong(line->options, "--%s needs a number, not "
                                     "\"%s\"", option->name, value);
        return LOYALTY_ERROR;
    }

    if (loyalty_time_parse(text, option->value) == LOYALTY_OK) {
        return LOYALTY_OK;
    }

    (void) loyalty_options_wrong(line->options, "--%s needs a time such as "
                                 "2026-12-31T23:59:59Z, not \"%s\"",
                                 option->name, value);

    return LOYALTY_ERROR;
}


static int
loyalty_options_number(const char *text, int64_t *number)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0') {
        return LOYALTY_ERROR;
    }

    errno = 0;
    *number = strtoll(text, NULL, 10);

    return (errno == 0) ? LOYALTY_OK : LOYALTY_ERROR;
}


static int
loyalty_options_check(const loyalty_options_t *options)
{
    char  why[LOYALTY_SESSION_ERROR_SIZE];

    if (options->noperands < options->usage->least
        || options->noperands > options->usage->most)
    {
        (void) fprintf(stderr, "usage: loyaltyctl %s [OPTION...]%s%s, see "
                       "\"loyaltyctl %s --help\"\n", options->usage->command,
                       (*options->usage->operands != '\0') ? " " : "",
                       options->usage->operands, options->usage->command);
        return LOYALTY_ERROR;
    }

    if (options->apart) {
        return LOYALTY_OK;
    }

    if (options->database == NULL || *options->database == '\0') {
        (void) loyalty_options_wrong(options, "which database?  Write -d "
                                     "sqlite:PATH, or set "
                                     LOYALTY_ENVIRONMENT);
        return LOYALTY_ERROR;
    }

    if (loyalty_db_check(options->database, why, sizeof(why)) != LOYALTY_OK) {
        (void) loyalty_options_wrong(options, "the database: %s", why);
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


static void
loyalty_options_help(const loyalty_options_t *options)
{
    const loyalty_usage_t  *usage = options->usage;

    (void) printf("usage: loyaltyctl %s [OPTION...]%s%s\n\n%s%s%s%s%s%s",
                  usage->command, (*usage->operands != '\0') ? " " : "",
                  usage->operands, usage->help, loyalty_options_common,
                  options->apart ? "" : loyalty_options_database,
                  loyalty_options_json, usage->csv ? loyalty_options_rows : "",
                  loyalty_options_rest);
}


loyaltyctl_exit_e
loyalty_options_failed(const loyalty_options_t *options, const char *format,
    ...)
{
    char     why[2 * LOYALTY_SESSION_ERROR_SIZE];
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(why, sizeof(why), format, args);
    va_end(args);

    (void) fprintf(stderr, "loyaltyctl %s: %s\n", options->usage->command,
                   why);

    if (options->format == LOYALTY_PRINT_JSON) {
        loyalty_options_failure(options, why);
    }

    return LOYALTYCTL_FAILED;
}


static void
loyalty_options_failure(const loyalty_options_t *options, const char *why)
{
    loyalty_fields_t  fields;

    loyalty_fields_begin(&fields, options, "failed");
    loyalty_fields_text(&fields, "reason", loyalty_fields_string(why));

    (void) loyalty_fields_end(&fields);
}


void
loyalty_options_note(const loyalty_options_t *options, const char *format,
    ...)
{
    va_list  args;

    (void) fprintf(stderr, "loyaltyctl %s: ", options->usage->command);

    va_start(args, format);
    (void) vfprintf(stderr, format, args);
    va_end(args);

    (void) fputc('\n', stderr);
}


loyaltyctl_exit_e
loyalty_options_wrong(const loyalty_options_t *options, const char *format,
    ...)
{
    va_list  args;

    (void) fprintf(stderr, "loyaltyctl %s: ", options->usage->command);

    va_start(args, format);
    (void) vfprintf(stderr, format, args);
    va_end(args);

    (void) fprintf(stderr, "; see \"loyaltyctl %s --help\"\n",
                   options->usage->command);

    return LOYALTYCTL_USAGE;
}


int
loyalty_options_session(const loyalty_options_t *options,
    const loyalty_db_statement_t *statements, unsigned nstatements,
    loyalty_session_t *session)
{
    loyalty_session_conf_t  conf;

    memset(&conf, 0, sizeof(loyalty_session_conf_t));

    conf.uri = options->database;
    conf.timeout = LOYALTY_CTL_TIMEOUT;
    conf.cache = LOYALTY_CTL_CACHE;
    conf.statements = statements;
    conf.nstatements = nstatements;

    if (loyalty_session_init(session, &conf) != LOYALTY_OK) {
        (void) loyalty_options_failed(options, "no memory");
        return LOYALTY_ERROR;
    }

    return loyalty_options_version(options, session);
}


/* To make a program, or to bring one up to date, is nginx's business. */

static int
loyalty_options_version(const loyalty_options_t *options,
    loyalty_session_t *session)
{
    int  version;

    if (loyalty_db_look(session->db, &version) != LOYALTY_DB_DONE) {
        (void) loyalty_options_failed(options, "%s",
                                      loyalty_db_error(session->db));
        return LOYALTY_ERROR;
    }

    if (version == loyalty_db_newest()) {
        return LOYALTY_OK;
    }

    if (version == -1) {
        (void) loyalty_options_failed(options, "there is no such file; write "
                                      "the path that the \"database\" line "
                                      "in nginx.conf has");

    } else if (version == 0) {
        (void) loyalty_options_failed(options, "the database has no loyalty "
                                      "program in it; nginx makes one when it "
                                      "first uses it");

    } else {
        (void) loyalty_options_failed(options, "the database has version %d "
                                      "of the schema, and this loyaltyctl "
                                      "knows %d; use the one that was built "
                                      "with nginx's module", version,
                                      loyalty_db_newest());
    }

    return LOYALTY_ERROR;
}


loyaltyctl_exit_e
loyalty_options_work(const loyalty_options_t *options,
    const loyalty_db_statement_t *statements, unsigned nstatements,
    loyalty_db_mode_e mode, loyalty_work_pt work, void *data)
{
    loyaltyctl_exit_e  status;
    loyalty_session_t  session;

    status = LOYALTYCTL_FAILED;

    if (loyalty_options_session(options, statements, nstatements, &session)
        == LOYALTY_OK)
    {
        status = LOYALTYCTL_DONE;

        if (loyalty_session_insist(&session, mode, time(NULL), work, data)
            != LOYALTY_DB_DONE)
        {
            status = loyalty_options_failed(options, "%s%s", session.error,
                                            (mode == LOYALTY_DB_WRITE)
                                            ? "; nothing was changed" : "");
        }
    }

    loyalty_session_done(&session);

    return status;
}


int
loyalty_options_end(loyalty_transaction_t *tx,
    const loyalty_options_t *options, loyalty_table_writer_t *table)
{
    if (loyalty_table_end(table) != LOYALTY_OK) {
        return loyalty_transaction_refuse(tx, "no memory");
    }

    if (options->format == LOYALTY_PRINT_JSON) {
        (void) fputc('\n', stdout);
    }

    if (fflush(stdout) != 0 || ferror(stdout)) {
        return loyalty_transaction_refuse(tx, "the result cannot be written");
    }

    return LOYALTY_OK;
}
