
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_database.h>


static ngx_int_t ngx_http_loyalty_init_zone(ngx_shm_zone_t *zone,
    void *data);
static loyalty_lock_t *ngx_http_loyalty_lock_create(ngx_shm_zone_t *zone);


char *
ngx_http_loyalty_zone(ngx_conf_t *cf, ngx_http_loyalty_program_t *program)
{
    ngx_str_t        name;
    ngx_shm_zone_t  *zone;

    name.len = sizeof("loyalty_") - 1 + program->name.len;
    name.data = ngx_pnalloc(cf->pool, name.len);

    if (name.data == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_sprintf(name.data, "loyalty_%V", &program->name);

    zone = ngx_shared_memory_add(cf, &name, 8 * ngx_pagesize,
                                 &ngx_http_loyalty_module);
    if (zone == NULL) {
        return NGX_CONF_ERROR;
    }

    zone->init = ngx_http_loyalty_init_zone;
    zone->data = program;

    program->shm_zone = zone;

    return NGX_CONF_OK;
}


/*
 * All of the configuration has been read by now, also "user", and an error
 * still leaves a running nginx as it is.
 */

static ngx_int_t
ngx_http_loyalty_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_http_loyalty_program_t  *program = zone->data;

    if (ngx_http_loyalty_database_finish(program->database_conf, program)
        != NGX_CONF_OK)
    {
        return NGX_ERROR;
    }

    /* the zone outlives a reload: old and new workers queue for one lock */

    zone->data = (data != NULL) ? data : ngx_http_loyalty_lock_create(zone);

    return NGX_OK;
}


/* NULL if there is none: the database's own lock keeps writers apart, too. */

static loyalty_lock_t *
ngx_http_loyalty_lock_create(ngx_shm_zone_t *zone)
{
    loyalty_lock_t   *lock;
    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    lock = ngx_slab_alloc(shpool, sizeof(loyalty_lock_t));

    if (lock != NULL && loyalty_lock_init(lock) != LOYALTY_OK) {
        ngx_slab_free(shpool, lock);
        lock = NULL;
    }

    if (lock == NULL) {
        ngx_log_error(NGX_LOG_WARN, zone->shm.log, 0,
                      "loyalty: this system has no fair locks, workers may "
                      "wait longer for each other");
    }

    return lock;
}
