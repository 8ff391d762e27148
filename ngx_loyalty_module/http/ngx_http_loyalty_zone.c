
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_database.h>
#include <ngx_http_loyalty_shared.h>


/* With what the slab pool needs for itself. */

#define NGX_HTTP_LOYALTY_ZONE_SIZE                                            \
    (8 * ngx_pagesize + 2 * sizeof(ngx_http_loyalty_shared_t))


static ngx_int_t ngx_http_loyalty_init_zone(ngx_shm_zone_t *zone,
    void *data);
static ngx_http_loyalty_shared_t *ngx_http_loyalty_shared_create(
    ngx_shm_zone_t *zone);
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

    zone = ngx_shared_memory_add(cf, &name, NGX_HTTP_LOYALTY_ZONE_SIZE,
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

    zone->data = (data != NULL) ? data : ngx_http_loyalty_shared_create(zone);

    return (zone->data != NULL) ? NGX_OK : NGX_ERROR;
}


static ngx_http_loyalty_shared_t *
ngx_http_loyalty_shared_create(ngx_shm_zone_t *zone)
{
    ngx_slab_pool_t            *shpool;
    ngx_http_loyalty_shared_t  *shared;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    shared = ngx_slab_calloc(shpool, sizeof(ngx_http_loyalty_shared_t));

    if (shared == NULL) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "loyalty: no memory in zone \"%V\"", &zone->shm.name);
        return NULL;
    }

    shared->lock = ngx_http_loyalty_lock_create(zone);

    return shared;
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
