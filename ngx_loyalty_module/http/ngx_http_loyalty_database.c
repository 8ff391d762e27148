
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_database.h>
#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_rule.h>
#include <ngx_http_loyalty_values.h>

#include <loyalty_db.h>


#define NGX_HTTP_LOYALTY_CONNECTIONS      8        /* to a server, a worker */
#define NGX_HTTP_LOYALTY_CONNECTIONS_MAX  64


static char *ngx_http_loyalty_database_param(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *arg);
static char *ngx_http_loyalty_database_timeout(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *arg);
static char *ngx_http_loyalty_database_connections(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *arg);
static char *ngx_http_loyalty_database_path(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *path);
static char *ngx_http_loyalty_database_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program);


char *
ngx_http_loyalty_database(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    u_char       why[256];
    ngx_str_t   *value, path;
    ngx_uint_t   i;

    value = cf->args->elts;

    program->database = value[1];
    program->timeout = 2000;
    program->connections = 2;

    program->in_file = ngx_http_loyalty_named(&value[1], "sqlite:", &path);

    if (!program->in_file) {
        program->connections = NGX_HTTP_LOYALTY_CONNECTIONS;
    }

    if (loyalty_db_check((char *) value[1].data, (char *) why, sizeof(why))
        != LOYALTY_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid database of program \"%V\": %s",
                           &program->name, why);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_http_loyalty_database_param(cf, program, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (program->in_file
        && ngx_http_loyalty_database_path(cf, program, &path) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    program->database_conf = ngx_http_loyalty_put_off(cf);

    return (program->database_conf != NULL) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_loyalty_database_param(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *arg)
{
    ngx_str_t  text;

    if (ngx_http_loyalty_named(arg, "timeout=", &text)) {
        return ngx_http_loyalty_database_timeout(cf, program, &text);
    }

    if (ngx_http_loyalty_named(arg, "connections=", &text)) {
        return ngx_http_loyalty_database_connections(cf, program, &text);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" in \"database\": write "
                       "timeout=TIME, or connections=NUMBER for a server",
                       arg);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_loyalty_database_timeout(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text)
{
    program->timeout = ngx_parse_time(text, 0);

    if (text->len == 0 || program->timeout == (ngx_msec_t) NGX_ERROR
        || program->timeout == 0 || program->timeout > 30000)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"timeout=%V\" in "
                           "\"database\": write timeout=TIME with up to "
                           "30s, such as timeout=2s", text);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_database_connections(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *text)
{
    ngx_int_t  n;

    if (program->in_file) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"connections\" is for a server: SQLite has one "
                           "writer at a time");
        return NGX_CONF_ERROR;
    }

    n = ngx_atoi(text->data, text->len);

    if (n < 2 || n > NGX_HTTP_LOYALTY_CONNECTIONS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"connections=%V\" in "
                           "\"database\": write how many connections a "
                           "worker may have, from 2 to %d", text,
                           NGX_HTTP_LOYALTY_CONNECTIONS_MAX);
        return NGX_CONF_ERROR;
    }

    program->connections = n;

    return NGX_CONF_OK;
}


/* Relative to nginx's prefix, as everything in its configuration. */

static char *
ngx_http_loyalty_database_path(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *path)
{
    u_char  *p;
    size_t   len;

    program->path = *path;

    if (ngx_conf_full_name(cf->cycle, &program->path, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    len = sizeof("sqlite:") - 1 + program->path.len;

    p = ngx_pnalloc(cf->pool, len + 1);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_sprintf(p, "sqlite:%V%Z", &program->path);

    program->database.data = p;
    program->database.len = len;

    return NGX_CONF_OK;
}


char *
ngx_http_loyalty_database_finish(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    if (program->in_file
        && ngx_http_loyalty_folder(cf, program) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_loyalty_database_unique(cf, program);
}


/* One folder may be written in several ways: it is known by its inode. */

static char *
ngx_http_loyalty_database_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program)
{
    ngx_uint_t                      i, same;
    ngx_http_loyalty_program_t    **programs;
    ngx_http_loyalty_main_conf_t   *lmcf;

    lmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_loyalty_module);

    programs = lmcf->programs.elts;

    for (i = 0; programs[i] != program; i++) {

        if (program->in_file) {
            same = programs[i]->device == program->device
                   && programs[i]->inode == program->inode
                   && loyalty_str_equal(
                          ngx_http_loyalty_text(&programs[i]->file_name),
                          ngx_http_loyalty_text(&program->file_name));
        } else {
            same = loyalty_str_equal(
                       ngx_http_loyalty_text(&programs[i]->database),
                       ngx_http_loyalty_text(&program->database));
        }

        if (same) {
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
