
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_directive.h>
#include <ngx_http_loyalty_secrets.h>
#include <ngx_http_loyalty_values.h>


static char *ngx_http_loyalty_key_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *name, ngx_str_t *text);
static char *ngx_http_loyalty_key_file(ngx_conf_t *cf, ngx_str_t *path,
    ngx_str_t *key);
static char *ngx_http_loyalty_key_take(ngx_conf_t *cf, ngx_str_t *path,
    ngx_str_t *text, ngx_str_t *key);
static void ngx_http_loyalty_key_trim(ngx_str_t *key);
static ngx_uint_t ngx_http_loyalty_key_valid(ngx_str_t *key);


char *
ngx_http_loyalty_api_key(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t               *value, path, text;
    ngx_http_loyalty_key_t  *key;

    value = cf->args->elts;

    if (value[1].len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the name in \"api_key\" is empty: write who calls "
                           "with the key, such as \"api_key chatbot "
                           "file:PATH;\"");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_loyalty_named(&value[2], "file:", &path)) {

        if (ngx_http_loyalty_key_file(cf, &path, &text) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }

    } else if (!ngx_http_loyalty_named(&value[2], "value:", &text)) {

        /* not shown: it may be the key itself */

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"api_key %V\" says neither where the key is nor "
                           "what it is: write file:PATH, or value:TEXT for a "
                           "demo", &value[1]);
        return NGX_CONF_ERROR;

    } else if (!ngx_http_loyalty_key_valid(&text)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the value of \"api_key %V\" is empty or has "
                           "white space or control characters in it",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_loyalty_key_unique(cf, program, &value[1], &text)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (text.len < NGX_HTTP_LOYALTY_SECRET_SHORT) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "the key of \"api_key %V\" has less than %d "
                           "characters and can be guessed: make one by "
                           "\"openssl rand -hex 32\"", &value[1],
                           NGX_HTTP_LOYALTY_SECRET_SHORT);
    }

    key = ngx_array_push(&program->keys);
    if (key == NULL) {
        return NGX_CONF_ERROR;
    }

    key->name = value[1];
    key->key = text;

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_key_unique(ngx_conf_t *cf,
    ngx_http_loyalty_program_t *program, ngx_str_t *name, ngx_str_t *text)
{
    ngx_uint_t               i;
    ngx_http_loyalty_key_t  *key;

    key = program->keys.elts;

    for (i = 0; i < program->keys.nelts; i++) {

        if (loyalty_str_equal(ngx_http_loyalty_text(&key[i].name),
                              ngx_http_loyalty_text(name)))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the name \"%V\" in \"api_key\" is used "
                               "twice: give each key its own", name);
            return NGX_CONF_ERROR;
        }

        if (loyalty_str_equal(ngx_http_loyalty_text(&key[i].key),
                              ngx_http_loyalty_text(text)))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"api_key %V\" and \"api_key %V\" are the "
                               "same key: give each caller its own",
                               &key[i].name, name);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_loyalty_key_file(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *key)
{
    char       *rv;
    u_char      data[NGX_HTTP_LOYALTY_SECRET_MAX];
    ssize_t     n;
    ngx_str_t   text;

    n = ngx_http_loyalty_secret_read(cf, path, data,
                                     "put a key into it by \"openssl rand "
                                     "-hex 32\"");

    if (n == NGX_ERROR) {
        rv = NGX_CONF_ERROR;

    } else {
        text.data = data;
        text.len = n;

        rv = ngx_http_loyalty_key_take(cf, path, &text, key);
    }

    ngx_explicit_memzero(data, sizeof(data));

    return rv;
}


ssize_t
ngx_http_loyalty_secret_read(ngx_conf_t *cf, ngx_str_t *path, u_char *data,
    const char *how)
{
    ssize_t          n;
    ngx_fd_t         fd;
    ngx_file_info_t  fi;

    if (ngx_conf_full_name(cf->cycle, path, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    fd = ngx_open_file(path->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "cannot open the key file \"%V\": %s", path, how);
        return NGX_ERROR;
    }

    n = NGX_ERROR;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR || !ngx_is_file(&fi)
        || ngx_file_size(&fi) > NGX_HTTP_LOYALTY_SECRET_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the key file \"%V\" is not a file of at most %d "
                           "bytes", path, NGX_HTTP_LOYALTY_SECRET_MAX);

    } else {
        n = ngx_read_fd(fd, data, NGX_HTTP_LOYALTY_SECRET_MAX);

        if (n == -1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                               "cannot read the key file \"%V\"", path);
        }

        if (ngx_file_access(&fi) & S_IROTH) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "everybody on this machine can read the key "
                               "file \"%V\": \"chmod 600\" it", path);
        }
    }

    (void) ngx_close_file(fd);

    return n;
}


static char *
ngx_http_loyalty_key_take(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *text,
    ngx_str_t *key)
{
    ngx_http_loyalty_key_trim(text);

    if (!ngx_http_loyalty_key_valid(text)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the key file \"%V\" is empty or has more than "
                           "one word in it: put a key into it by \"openssl "
                           "rand -hex 32\"", path);
        return NGX_CONF_ERROR;
    }

    key->len = text->len;
    key->data = ngx_pstrdup(cf->pool, text);

    return (key->data != NULL) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* Editors and echo put a line end behind the key. */

static void
ngx_http_loyalty_key_trim(ngx_str_t *key)
{
    while (key->len != 0 && key->data[key->len - 1] <= ' ') {
        key->len--;
    }

    while (key->len != 0 && key->data[0] <= ' ') {
        key->data++;
        key->len--;
    }
}


static ngx_uint_t
ngx_http_loyalty_key_valid(ngx_str_t *key)
{
    size_t  i;

    for (i = 0; i < key->len; i++) {

        if (key->data[i] <= ' ' || key->data[i] > '~') {
            return 0;
        }
    }

    return key->len != 0;
}
