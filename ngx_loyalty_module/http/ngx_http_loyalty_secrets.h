
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_SECRETS_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_SECRETS_H_INCLUDED_


#include <ngx_http_loyalty_conf.h>


#define NGX_HTTP_LOYALTY_SECRET_MAX    4096
#define NGX_HTTP_LOYALTY_SECRET_SHORT  16


/*
 * Reads the file of a key, whose path it makes a full one, into "data", which
 * has NGX_HTTP_LOYALTY_SECRET_MAX bytes; "how" says what to do about a file
 * that is not there.  Returns how many bytes it has, or NGX_ERROR.
 */

ssize_t ngx_http_loyalty_secret_read(ngx_conf_t *cf, ngx_str_t *path,
    u_char *data, const char *how);


#endif /* _NGX_HTTP_LOYALTY_SECRETS_H_INCLUDED_ */
