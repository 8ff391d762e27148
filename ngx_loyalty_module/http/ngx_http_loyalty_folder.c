
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_database.h>

#include <grp.h>
#include <pwd.h>


#define NGX_HTTP_LOYALTY_GROUPS_MAX  256


/* Whom the workers will run as. */

typedef struct {
    const char  *name;
    uid_t        uid;
    gid_t        gid;
} ngx_http_loyalty_user_t;


static char *ngx_http_loyalty_folder_reach(ngx_conf_t *cf, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user);
static char *ngx_http_loyalty_folder_make(ngx_conf_t *cf, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user);
static char *ngx_http_loyalty_folder_check(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *folder,
    ngx_http_loyalty_user_t *user);
static void ngx_http_loyalty_worker_user(ngx_conf_t *cf,
    ngx_http_loyalty_user_t *user);
static ngx_uint_t ngx_http_loyalty_may(ngx_file_info_t *fi,
    ngx_http_loyalty_user_t *user, ngx_uint_t bits);
static ngx_uint_t ngx_http_loyalty_in_group(ngx_http_loyalty_user_t *user,
    gid_t gid);


/*
 * SQLite makes files beside the database, so its folder must be writable by
 * the workers.  The database itself is made by them, not here: what root
 * makes they could not write.  nginx's own way to make folders, ngx_path_t,
 * would also give away a folder that others use, such as /var/lib.
 */

char *
ngx_http_loyalty_folder(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    u_char                   *p;
    ngx_str_t                 folder;
    ngx_file_info_t           fi;
    ngx_http_loyalty_user_t   user;

    for (p = program->path.data + program->path.len;
         p[-1] != '/';
         p--)
    {
        /* void */
    }

    program->file_name.data = p;
    program->file_name.len = program->path.data
                                 + program->path.len - p;

    folder.len = p - program->path.data;
    folder.data = ngx_pnalloc(cf->pool, folder.len + 1);

    if (folder.data == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_cpystrn(folder.data, program->path.data, folder.len + 1);

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

    if (ngx_file_info(program->path.data, &fi) != NGX_FILE_ERROR
        && (!ngx_is_file(&fi)
            || !ngx_http_loyalty_may(&fi, user, S_IROTH|S_IWOTH)))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the database \"%V\" cannot be written by the "
                           "workers' user \"%s\": \"chown\" it to that user",
                           &program->path, user->name);
        return NGX_CONF_ERROR;
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
