
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_progress.h>
#include <loyalty_schema_sqlite.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>


/* Copied at a time: 4 MB, after which others may have the disk. */

#define LOYALTY_BACKUP_PAGES  1024
#define LOYALTY_BACKUP_REST   1                /* milliseconds */


typedef struct {
    loyalty_options_t    options;
    int                  quiet;

    const char          *from;
    const char          *to;
    char                 made[PATH_MAX];       /* until it is whole */

    sqlite3             *source;
    sqlite3             *copy;
    loyalty_progress_t   progress;
    int64_t              bytes;
} loyalty_backup_t;


static int loyalty_backup_place(loyalty_backup_t *backup);
static int loyalty_backup_is_used(const loyalty_backup_t *backup);
static int loyalty_backup_run(loyalty_backup_t *backup);
static int loyalty_backup_open(loyalty_backup_t *backup);
static int loyalty_backup_pages(loyalty_backup_t *backup);
static int loyalty_backup_check(loyalty_backup_t *backup);
static int loyalty_backup_number(sqlite3 *db, const char *sql, int *number);
static int loyalty_backup_move(loyalty_backup_t *backup);
static int loyalty_backup_sync(const char *path);
static int loyalty_backup_failed(loyalty_backup_t *backup, const char *what,
    const char *why);
static loyaltyctl_exit_e loyalty_backup_report(loyalty_backup_t *backup,
    int rc);


static const loyalty_usage_t  loyalty_backup_usage = {
    "backup", "FILE",
    "Copies the database, which must be a file, into FILE, while nginx goes\n"
    "on.  The copy is as of the moment at which the command began, checked\n"
    "from one end to the other, and only then put in the place of FILE: what\n"
    "was there before is kept if anything fails.  It can be read by its\n"
    "owner only, and has e-mails in it.\n"
    "\n"
    "Options:\n"
    "  -q, --quiet         do not say how far it is, nor that it is done\n",
    1, 1, 0
};


loyaltyctl_exit_e
loyaltyctl_backup(int argc, char **argv)
{
    int                      rc;
    loyaltyctl_exit_e        exit;
    static loyalty_backup_t  backup;
    const loyalty_option_t   own[] = {
        { "quiet", 'q', LOYALTY_OPTION_FLAG, &backup.quiet }
    };
    static const char        scheme[] = "sqlite:";

    if (loyalty_options_read(&backup.options, &loyalty_backup_usage, own, 1,
                             argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    if (strncmp(backup.options.database, scheme, sizeof(scheme) - 1) != 0) {
        return loyalty_options_wrong(&backup.options, "the database is not a "
                                     "file; PostgreSQL's own tools make "
                                     "backups of it: pg_dump, pg_basebackup");
    }

    backup.from = backup.options.database + sizeof(scheme) - 1;
    backup.to = backup.options.operands[0];

    loyalty_progress_init(&backup.progress, backup.quiet);

    rc = loyalty_backup_place(&backup);

    if (rc == LOYALTY_OK) {
        rc = loyalty_backup_run(&backup);

        if (rc != LOYALTY_OK) {
            (void) unlink(backup.made);
        }
    }

    loyalty_progress_end(&backup.progress);

    return loyalty_backup_report(&backup, rc);
}


/* Where the copy goes, and that nothing that is used is in its place. */

static int
loyalty_backup_place(loyalty_backup_t *backup)
{
    int                fd;
    loyalty_session_t  session;

    /* that there is a program, in a version that we know */

    if (loyalty_options_session(&backup->options, NULL, 0, &session)
        != LOYALTY_OK)
    {
        loyalty_session_done(&session);
        return LOYALTY_ERROR;
    }

    loyalty_session_done(&session);

    if (loyalty_backup_is_used(backup)) {
        return loyalty_backup_failed(backup, backup->to, "this is a database "
                                     "that is in use, not a backup");
    }

    if (snprintf(backup->made, sizeof(backup->made), "%s.XXXXXX", backup->to)
        >= (int) sizeof(backup->made))
    {
        return loyalty_backup_failed(backup, backup->to,
                                     strerror(ENAMETOOLONG));
    }

    fd = mkstemp(backup->made);

    if (fd == -1) {
        return loyalty_backup_failed(backup, backup->made, strerror(errno));
    }

    (void) close(fd);

    return LOYALTY_OK;
}


static int
loyalty_backup_is_used(const loyalty_backup_t *backup)
{
    char         log[PATH_MAX];
    struct stat  from, to;

    if (stat(backup->from, &from) == 0 && stat(backup->to, &to) == 0
        && from.st_dev == to.st_dev && from.st_ino == to.st_ino)
    {
        return 1;
    }

    (void) snprintf(log, sizeof(log), "%s-wal", backup->to);

    return access(log, F_OK) == 0;
}


static int
loyalty_backup_run(loyalty_backup_t *backup)
{
    int  rc;

    rc = loyalty_backup_open(backup);

    if (rc == LOYALTY_OK) {
        rc = loyalty_backup_pages(backup);
    }

    if (rc == LOYALTY_OK) {
        rc = loyalty_backup_check(backup);
    }

    (void) sqlite3_close(backup->copy);
    (void) sqlite3_close(backup->source);

    return (rc == LOYALTY_OK) ? loyalty_backup_move(backup) : LOYALTY_ERROR;
}


/*
 * While a transaction reads, the source stays the same to the copying: else
 * SQLite would begin anew whenever somebody has written.
 */

static int
loyalty_backup_open(loyalty_backup_t *backup)
{
    if (sqlite3_open_v2(backup->from, &backup->source, SQLITE_OPEN_READWRITE,
                        NULL)
        != SQLITE_OK
        || sqlite3_busy_timeout(backup->source, LOYALTY_CTL_TIMEOUT)
           != SQLITE_OK
        || sqlite3_exec(backup->source, "PRAGMA cache_size=-2048; BEGIN; "
                        "SELECT count(*) FROM sqlite_schema", NULL, NULL,
                        NULL)
           != SQLITE_OK)
    {
        return loyalty_backup_failed(backup, backup->from,
                                     sqlite3_errmsg(backup->source));
    }

    if (sqlite3_open_v2(backup->made, &backup->copy, SQLITE_OPEN_READWRITE,
                        NULL)
        != SQLITE_OK
        || sqlite3_exec(backup->copy, "PRAGMA cache_size=-2048; "
                        "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF",
                        NULL, NULL, NULL)
           != SQLITE_OK)
    {
        return loyalty_backup_failed(backup, backup->made,
                                     sqlite3_errmsg(backup->copy));
    }

    return LOYALTY_OK;
}


static int
loyalty_backup_pages(loyalty_backup_t *backup)
{
    int              rc;
    sqlite3_backup  *pages;

    loyalty_progress_step(&backup->progress, "copying", "pages");

    pages = sqlite3_backup_init(backup->copy, "main", backup->source, "main");

    if (pages == NULL) {
        return loyalty_backup_failed(backup, backup->made,
                                     sqlite3_errmsg(backup->copy));
    }

    do {
        rc = sqlite3_backup_step(pages, LOYALTY_BACKUP_PAGES);

        /* the check reads all of it once more */

        backup->progress.total = 2 * sqlite3_backup_pagecount(pages);
        backup->progress.rows = sqlite3_backup_pagecount(pages)
                                - sqlite3_backup_remaining(pages);

        loyalty_progress_to(&backup->progress, backup->progress.rows);

        if (rc == SQLITE_OK) {
            (void) sqlite3_sleep(LOYALTY_BACKUP_REST);
        }

    } while (rc == SQLITE_OK);

    if (sqlite3_backup_finish(pages) != SQLITE_OK || rc != SQLITE_DONE) {
        return loyalty_backup_failed(backup, backup->made,
                                     sqlite3_errstr(rc));
    }

    return LOYALTY_OK;
}


static int
loyalty_backup_check(loyalty_backup_t *backup)
{
    int            id, version, rc;
    const char    *text;
    sqlite3_stmt  *check;

    loyalty_progress_step(&backup->progress, "checking", "pages");

    if (sqlite3_prepare_v2(backup->copy, "PRAGMA quick_check(1)", -1, &check,
                           NULL)
        != SQLITE_OK)
    {
        return loyalty_backup_failed(backup, backup->made,
                                     sqlite3_errmsg(backup->copy));
    }

    rc = LOYALTY_ERROR;

    if (sqlite3_step(check) == SQLITE_ROW) {
        text = (const char *) sqlite3_column_text(check, 0);

        if (text != NULL && strcmp(text, "ok") == 0) {
            rc = LOYALTY_OK;
        }
    }

    (void) sqlite3_finalize(check);

    if (rc != LOYALTY_OK
        || loyalty_backup_number(backup->copy, "PRAGMA application_id", &id)
           != LOYALTY_OK
        || loyalty_backup_number(backup->copy, "PRAGMA user_version",
                                 &version)
           != LOYALTY_OK
        || id != LOYALTY_SQLITE_APPLICATION_ID
        || version != loyalty_sqlite_version)
    {
        return loyalty_backup_failed(backup, "the copy is damaged, as the "
                                     "database itself may be; nothing was put "
                                     "in the place of the file",
                                     "see \"loyaltyctl verify\"");
    }

    backup->progress.rows = backup->progress.total / 2;

    return LOYALTY_OK;
}


static int
loyalty_backup_number(sqlite3 *db, const char *sql, int *number)
{
    int            rc;
    sqlite3_stmt  *stmt;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        return LOYALTY_ERROR;
    }

    rc = sqlite3_step(stmt);
    *number = sqlite3_column_int(stmt, 0);

    (void) sqlite3_finalize(stmt);

    return (rc == SQLITE_ROW) ? LOYALTY_OK : LOYALTY_ERROR;
}


/* In this order a power cut leaves either the old backup or the new one. */

static int
loyalty_backup_move(loyalty_backup_t *backup)
{
    char         folder[PATH_MAX];
    struct stat  info;

    if (loyalty_backup_sync(backup->made) != LOYALTY_OK
        || stat(backup->made, &info) != 0
        || rename(backup->made, backup->to) != 0)
    {
        return loyalty_backup_failed(backup, backup->to, strerror(errno));
    }

    backup->bytes = info.st_size;

    (void) snprintf(folder, sizeof(folder), "%s", backup->to);

    if (loyalty_backup_sync(dirname(folder)) != LOYALTY_OK) {
        return loyalty_backup_failed(backup, backup->to, strerror(errno));
    }

    return LOYALTY_OK;
}


static int
loyalty_backup_sync(const char *path)
{
    int  fd, rc, error;

    fd = open(path, O_RDONLY|O_CLOEXEC);

    if (fd == -1) {
        return LOYALTY_ERROR;
    }

    rc = fsync(fd);
    error = errno;

    (void) close(fd);

    errno = error;

    return (rc == 0) ? LOYALTY_OK : LOYALTY_ERROR;
}


static int
loyalty_backup_failed(loyalty_backup_t *backup, const char *what,
    const char *why)
{
    loyalty_progress_end(&backup->progress);

    (void) loyalty_options_failed(&backup->options, "%s: %s", what, why);

    return LOYALTY_ERROR;
}


static loyaltyctl_exit_e
loyalty_backup_report(loyalty_backup_t *backup, int rc)
{
    loyalty_fields_t  fields;

    if (rc == LOYALTY_OK
        && (backup->options.format == LOYALTY_PRINT_JSON || !backup->quiet))
    {
        loyalty_fields_begin(&fields, &backup->options, "copied");
        loyalty_fields_text(&fields, "file",
                            loyalty_fields_string(backup->to));
        loyalty_fields_integer(&fields, "bytes", backup->bytes);

        if (loyalty_fields_end(&fields) != LOYALTY_OK) {
            rc = LOYALTY_ERROR;
        }
    }

    return (rc == LOYALTY_OK) ? LOYALTYCTL_DONE : LOYALTYCTL_FAILED;
}
