
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_conf.h>

#include <grp.h>
#include <pwd.h>


#define NGX_HTTP_LOYALTY_GROUPS_MAX  256


/* Whom the workers will run as. */

typedef struct {
    const char  *name;
    uid_t        uid;
    gid_t        gid;
} ngx_http_loyalty_user_t;


static char *ngx_http_loyalty_database_folder(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static char *ngx_http_loyalty_folder_reach(ngx_conf_t *cf, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user);
static char *ngx_http_loyalty_folder_make(ngx_conf_t *cf, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user);
static char *ngx_http_loyalty_folder_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user);
static char *ngx_http_loyalty_database_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);
static void ngx_http_loyalty_worker_user(ngx_conf_t *cf,
    ngx_http_loyalty_user_t *user);
static ngx_uint_t ngx_http_loyalty_may(ngx_file_info_t *fi,
    ngx_http_loyalty_user_t *user, ngx_uint_t bits);
static ngx_uint_t ngx_http_loyalty_in_group(ngx_http_loyalty_user_t *user,
    gid_t gid);


char *
ngx_http_loyalty_database(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t  *value, text;

    value = cf->args->elts;

    ngx_str_null(&text);

    if (!ngx_http_loyalty_named(&value[1], "sqlite:", &program->database)
        || program->database.len == 0
        || program->database.data[program->database.len - 1] == '/')
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid database \"%V\": write sqlite: and the "
                           "path of a file, such as "
                           "sqlite:/var/lib/loyalty/%V.db", &value[1],
                           &program->name);
        return NGX_CONF_ERROR;
    }

    program->timeout = 2000;

    if (cf->args->nelts == 3) {

        if (ngx_http_loyalty_named(&value[2], "timeout=", &text)) {
            program->timeout = ngx_parse_time(&text, 0);
        }

        if (text.len == 0 || program->timeout == (ngx_msec_t) NGX_ERROR
            || program->timeout == 0 || program->timeout > 30000)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"database\": "
                               "write timeout=TIME with up to 30s, such as "
                               "timeout=2s", &value[2]);
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_conf_full_name(cf->cycle, &program->database, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    program->database_conf = ngx_http_loyalty_put_off(cf);

    return (program->database_conf != NULL) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_loyalty_database_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    if (ngx_http_loyalty_database_folder(cf, program) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_database_unique(cf, program);
}


/*
 * SQLite makes files beside the database, so its folder must be writable by
 * the workers.  The database itself is made by them, not here: what root
 * makes they could not write.  nginx's own way to make folders, ngx_path_t,
 * would also give away a folder that others use, such as /var/lib.
 */

static char *
ngx_http_loyalty_database_folder(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    u_char                   *p;
    ngx_str_t                 folder;
    ngx_file_info_t           fi;
    ngx_http_loyalty_user_t   user;

    for (p = program->database.data + program->database.len;
         p[-1] != '/';
         p--)
    {
        /* void */
    }

    program->database_name.data = p;
    program->database_name.len = program->database.data
                                 + program->database.len - p;

    folder.len = p - program->database.data;
    folder.data = ngx_pnalloc(cf->pool, folder.len + 1);

    if (folder.data == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_cpystrn(folder.data, program->database.data, folder.len + 1);

    ngx_http_loyalty_worker_user(cf, &user);

    if (ngx_http_loyalty_folder_reach(cf, &folder, &user) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(folder.data, &fi) == NGX_FILE_ERROR
        && ngx_http_loyalty_folder_make(cf, &folder, &user) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_folder_check(cf, program, &folder, &user);
}


/* Whether the workers may pass through all the folders above. */

static char *
ngx_http_loyalty_folder_reach(ngx_conf_t *cf, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user)
{
    u_char           *p, c;
    ngx_uint_t        closed;
    ngx_file_info_t   fi;

    for (p = folder->data + 1; p < folder->data + folder->len - 1; p++) {

        if (*p != '/') {
            continue;
        }

        c = p[1];
        p[1] = '\0';

        closed = (ngx_file_info(folder->data, &fi) != NGX_FILE_ERROR
                  && !ngx_http_loyalty_may(&fi, user, S_IXOTH));

        if (closed) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the workers' user \"%s\" cannot enter the "
                               "folder \"%s\" on the way to the database: "
                               "let others pass by \"chmod o+x\", or name "
                               "another place", user->name, folder->data);
            return NGX_CONF_ERROR;
        }

        p[1] = c;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_folder_make(ngx_conf_t *cf, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user)
{
    if (ngx_create_dir(folder->data, S_IRWXU) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "the database folder \"%V\" does not exist and "
                           "cannot be made: make it for the workers' user "
                           "\"%s\", or name another one", folder, user->name);
        return NGX_CONF_ERROR;
    }

    if (geteuid() == 0
        && chown((char *) folder->data, user->uid, user->gid) == -1)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "the database folder \"%V\" cannot be given to "
                           "the workers' user \"%s\"", folder, user->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_folder_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user)
{
    ngx_file_info_t  fi;

    if (ngx_file_info(folder->data, &fi) == NGX_FILE_ERROR
        || !ngx_is_dir(&fi)
        || !ngx_http_loyalty_may(&fi, user, S_IWOTH|S_IXOTH))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the database folder \"%V\" cannot be written by "
                           "the workers' user \"%s\": \"chown\" it to that "
                           "user, or name a folder of its own for the "
                           "database", folder, user->name);
        return NGX_CONF_ERROR;
    }

    program->device = fi.st_dev;
    program->inode = ngx_file_uniq(&fi);

    if (ngx_file_info(program->database.data, &fi) != NGX_FILE_ERROR
        && (!ngx_is_file(&fi)
            || !ngx_http_loyalty_may(&fi, user, S_IROTH|S_IWOTH)))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the database \"%V\" cannot be written by the "
                           "workers' user \"%s\": \"chown\" it to that user",
                           &program->database, user->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* One folder may be written in several ways: it is known by its inode. */

static char *
ngx_http_loyalty_database_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_uint_t                      i;
    ngx_http_loyalty_program_t    **programs;
    ngx_http_loyalty_main_conf_t   *lmcf;

    lmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_loyalty_module);

    programs = lmcf->programs.elts;

    for (i = 0; programs[i] != program; i++) {

        if (programs[i]->device == program->device
            && programs[i]->inode == program->inode
            && loyalty_str_equal(
                   ngx_http_loyalty_text(&programs[i]->database_name),
                   ngx_http_loyalty_text(&program->database_name)))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the database \"%V\" is that of "
                               "loyalty_program \"%V\" in %s:%ui: give each "
                               "program its own", &program->database,
                               &programs[i]->name, programs[i]->file,
                               programs[i]->line);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static void
ngx_http_loyalty_worker_user(ngx_conf_t *cf, ngx_http_loyalty_user_t *user)
{
    struct passwd    *pw;
    ngx_core_conf_t  *ccf;

    user->uid = geteuid();
    user->gid = getegid();

    if (user->uid != 0) {
        pw = getpwuid(user->uid);
        user->name = (pw != NULL) ? pw->pw_name : "?";
        return;
    }

    ccf = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                           ngx_core_module);

    user->name = ccf->username;
    user->uid = ccf->user;
    user->gid = ccf->group;
}


/* Whether the user has the access that "bits" say for others. */

static ngx_uint_t
ngx_http_loyalty_may(ngx_file_info_t *fi, ngx_http_loyalty_user_t *user,
    ngx_uint_t bits)
{
    if (user->uid == 0) {
        return 1;
    }

    if (fi->st_uid == user->uid) {
        bits <<= 6;

    } else if (ngx_http_loyalty_in_group(user, fi->st_gid)) {
        bits <<= 3;
    }

    return (fi->st_mode & bits) == bits;
}


static ngx_uint_t
ngx_http_loyalty_in_group(ngx_http_loyalty_user_t *user, gid_t gid)
{
    int    i, n;
    gid_t  groups[NGX_HTTP_LOYALTY_GROUPS_MAX];

    n = NGX_HTTP_LOYALTY_GROUPS_MAX;

    if (getgrouplist(user->name, user->gid, groups, &n) == -1) {
        n = NGX_HTTP_LOYALTY_GROUPS_MAX;
    }

    for (i = 0; i < n; i++) {

        if (groups[i] == gid) {
            return 1;
        }
    }

    return 0;
}
