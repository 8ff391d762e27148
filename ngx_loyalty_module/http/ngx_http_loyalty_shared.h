
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_SHARED_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_SHARED_H_INCLUDED_


#include <ngx_http_loyalty_metrics.h>


/* What the workers share: it stays where it is over a reload. */

typedef struct {
    loyalty_lock_t               *lock;          /* the writers', or NULL */
    ngx_http_loyalty_metrics_t    metrics;
} ngx_http_loyalty_shared_t;


static ngx_inline ngx_http_loyalty_metrics_t *
ngx_http_loyalty_metrics(ngx_http_loyalty_program_t *program)
{
    ngx_http_loyalty_shared_t  *shared = program->shm_zone->data;

    return &shared->metrics;
}


#endif /* _NGX_HTTP_LOYALTY_SHARED_H_INCLUDED_ */
