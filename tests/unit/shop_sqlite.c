
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <shop_database.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>


static void shop_sqlite_make(shop_t *shop);
static void shop_sqlite_remove(shop_t *shop);
static void *shop_sqlite_connect(shop_t *shop);
static void shop_sqlite_disconnect(void *connection);
static void shop_sqlite_run(void *connection, const char *sql,
    shop_answer_t *answer);
static int shop_sqlite_row(void *answer, int n, char **values, char **names);


const shop_database_t  shop_sqlite = {
    shop_sqlite_make,
    shop_sqlite_remove,
    shop_sqlite_connect,
    shop_sqlite_disconnect,
    shop_sqlite_run,

    1,
    "SELECT 1",
    "INTEGER PRIMARY KEY",
    "PRAGMA user_version",
    "PRAGMA user_version = %d",
    "CREATE TRIGGER curse BEFORE INSERT ON %s WHEN NEW.%s "
    "BEGIN SELECT RAISE(ABORT, 'the row is cursed'); END",
    "DROP TRIGGER curse"
};


static void
shop_sqlite_make(shop_t *shop)
{
    const char  *parent;

    parent = getenv("TMPDIR");

    if (parent == NULL || strlen(parent) > 32) {
        parent = "/tmp";
    }

    (void) snprintf(shop->folder, sizeof(shop->folder),
                    "%s/loyalty-unit.XXXXXX", parent);

    assert_non_null(mkdtemp(shop->folder));

    (void) snprintf(shop->path, sizeof(shop->path), "%s/shop.db",
                    shop->folder);
    (void) snprintf(shop->uri, sizeof(shop->uri), "sqlite:%s", shop->path);
}


static void
shop_sqlite_remove(shop_t *shop)
{
    DIR            *dir;
    char            path[sizeof(shop->folder) + sizeof(((struct dirent *)
                                                        NULL)->d_name)];
    struct dirent  *entry;

    dir = opendir(shop->folder);

    while (dir != NULL && (entry = readdir(dir)) != NULL) {

        if (strcmp(entry->d_name, ".") != 0
            && strcmp(entry->d_name, "..") != 0)
        {
            (void) snprintf(path, sizeof(path), "%s/%s", shop->folder,
                            entry->d_name);
            (void) remove(path);
        }
    }

    if (dir != NULL) {
        (void) closedir(dir);
    }

    (void) rmdir(shop->folder);
}


static void *
shop_sqlite_connect(shop_t *shop)
{
    if (access(shop->path, F_OK) != 0) {
        return NULL;
    }

    return shop_connect(shop);
}


sqlite3 *
shop_connect(shop_t *shop)
{
    sqlite3  *sqlite;

    assert_int_equal(sqlite3_open_v2(shop->path, &sqlite,
                                     SQLITE_OPEN_READWRITE, NULL),
                     SQLITE_OK);

    (void) sqlite3_busy_timeout(sqlite, shop->conf.timeout);
    (void) sqlite3_wal_autocheckpoint(sqlite, 0);
    (void) sqlite3_exec(sqlite, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);

    return sqlite;
}


static void
shop_sqlite_disconnect(void *connection)
{
    (void) sqlite3_close(connection);
}


static void
shop_sqlite_run(void *connection, const char *sql, shop_answer_t *answer)
{
    int    rc;
    char  *error;

    error = NULL;
    rc = sqlite3_exec(connection, sql, shop_sqlite_row, answer, &error);

    answer->failed = (rc != SQLITE_OK);
    answer->refused = (rc == SQLITE_CONSTRAINT);

    (void) snprintf(answer->error, sizeof(answer->error), "%s",
                    (error != NULL) ? error : "");
    sqlite3_free(error);
}


static int
shop_sqlite_row(void *answer, int n, char **values, char **names)
{
    (void) n;
    (void) names;

    shop_answer_add(answer, values[0]);

    return 0;
}


int64_t
shop_file_size(shop_t *shop, const char *suffix)
{
    char         path[sizeof(shop->path) + 8];
    struct stat  st;

    (void) snprintf(path, sizeof(path), "%s%s", shop->path, suffix);

    return (stat(path, &st) == 0) ? st.st_size : -1;
}


int
shop_file_mode(shop_t *shop, const char *suffix)
{
    char         path[sizeof(shop->path) + 8];
    struct stat  st;

    (void) snprintf(path, sizeof(path), "%s%s", shop->path, suffix);

    return (stat(path, &st) == 0) ? (int) (st.st_mode & 07777) : -1;
}


void
disk_limit(int64_t bytes)
{
    struct rlimit  limit;

    (void) signal(SIGXFSZ, SIG_IGN);

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = (rlim_t) bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}


void
disk_unlimited(void)
{
    struct rlimit  limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void) setrlimit(RLIMIT_FSIZE, &limit);
    }
}
