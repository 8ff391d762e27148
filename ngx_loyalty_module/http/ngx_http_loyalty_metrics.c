
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_metrics.h>
#include <ngx_http_loyalty_shared.h>


static void ngx_http_loyalty_observe(ngx_http_loyalty_histogram_t *histogram,
    const ngx_uint_t *bounds, ngx_uint_t value);
static ngx_int_t ngx_http_loyalty_label(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_labels_t *labels, loyalty_str_t name);
static ngx_int_t ngx_http_loyalty_label_find(
    ngx_http_loyalty_labels_t *labels, loyalty_str_t name);
static ngx_int_t ngx_http_loyalty_label_add(ngx_http_loyalty_labels_t *labels,
    loyalty_str_t name);


const ngx_uint_t  ngx_http_loyalty_wait_bounds[NGX_HTTP_LOYALTY_BUCKETS] = {
    10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000
};

const ngx_uint_t  ngx_http_loyalty_batch_sizes[NGX_HTTP_LOYALTY_BUCKETS] = {
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512
};


void
ngx_http_loyalty_count_request(ngx_http_loyalty_ctx_t *ctx)
{
    loyalty_outcome_e            outcome;
    ngx_http_loyalty_metrics_t  *metrics;

    metrics = ngx_http_loyalty_metrics(ctx->conf->program);
    outcome = ctx->command.result.outcome;

    if (outcome < LOYALTY_OUTCOMES) {
        (void) ngx_atomic_fetch_add(
                   &metrics->requests[ctx->conf->endpoint->kind][outcome], 1);
    }
}


void
ngx_http_loyalty_count_wait(ngx_http_loyalty_ctx_t *ctx, ngx_msec_t wait)
{
    ngx_int_t                    i;
    ngx_http_loyalty_metrics_t  *metrics;

    metrics = ngx_http_loyalty_metrics(ctx->conf->program);

    i = ngx_http_loyalty_label(ctx->conf->program, &metrics->stores,
                               ctx->command.store);

    if (i != NGX_DECLINED) {
        ngx_http_loyalty_observe(&metrics->waits[i],
                                 ngx_http_loyalty_wait_bounds, wait);
    }
}


void
ngx_http_loyalty_count_end(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_http_loyalty_end_e       end;
    ngx_http_loyalty_metrics_t  *metrics;

    metrics = ngx_http_loyalty_metrics(ctx->conf->program);

    end = (ctx->command.result.outcome < LOYALTY_BAD_REQUEST)
          ? NGX_HTTP_LOYALTY_COMPLETED : NGX_HTTP_LOYALTY_GIVEN_UP;

    (void) ngx_atomic_fetch_add(&metrics->waited[end], 1);
}


void
ngx_http_loyalty_count_batch(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_queue_e queue, ngx_uint_t commands)
{
    ngx_http_loyalty_observe(&ngx_http_loyalty_metrics(program)
                                 ->batches[queue],
                             ngx_http_loyalty_batch_sizes, commands);
}


void
ngx_http_loyalty_count_waiting(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_queue_e queue, ngx_uint_t commands)
{
    ngx_http_loyalty_metrics(program)->waiting[ngx_process_slot][queue] =
        commands;
}


void
ngx_http_loyalty_count_run(ngx_http_loyalty_program_t *program,
    loyalty_engine_t *engine)
{
    size_t                       n;
    ngx_int_t                    i;
    loyalty_movement_t          *moved;
    loyalty_movements_t          movements;
    ngx_http_loyalty_metrics_t  *metrics;

    metrics = ngx_http_loyalty_metrics(program);

    if (*loyalty_engine_error(engine) != '\0') {
        (void) ngx_atomic_fetch_add(&metrics->failures, 1);
    }

    loyalty_engine_moved(engine, &movements);

    for (n = 0; n < movements.nelts; n++) {
        moved = &movements.elts[n];

        i = ngx_http_loyalty_label(program, &metrics->kinds, moved->kind);

        if (i != NGX_DECLINED) {
            (void) ngx_atomic_fetch_add(&metrics->credited[i],
                                        moved->credited);
            (void) ngx_atomic_fetch_add(&metrics->debited[i], moved->debited);
        }
    }
}


void
ngx_http_loyalty_count_census(ngx_http_loyalty_program_t *program,
    const loyalty_census_t *census)
{
    ngx_slab_pool_t             *shpool;
    ngx_http_loyalty_metrics_t  *metrics;

    metrics = ngx_http_loyalty_metrics(program);
    shpool = (ngx_slab_pool_t *) program->shm_zone->shm.addr;

    ngx_shmtx_lock(&shpool->mutex);

    if (census->at > metrics->census.at) {
        metrics->census = *census;
    }

    ngx_shmtx_unlock(&shpool->mutex);
}


void
ngx_http_loyalty_metrics_reset(ngx_http_loyalty_program_t *program)
{
    ngx_memzero((void *) ngx_http_loyalty_metrics(program)
                             ->waiting[ngx_process_slot],
                NGX_HTTP_LOYALTY_QUEUES * sizeof(ngx_atomic_t));
}


void
ngx_http_loyalty_metrics_census(ngx_http_loyalty_program_t *program,
    loyalty_census_t *census)
{
    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) program->shm_zone->shm.addr;

    ngx_shmtx_lock(&shpool->mutex);
    *census = ngx_http_loyalty_metrics(program)->census;
    ngx_shmtx_unlock(&shpool->mutex);
}


static void
ngx_http_loyalty_observe(ngx_http_loyalty_histogram_t *histogram,
    const ngx_uint_t *bounds, ngx_uint_t value)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_LOYALTY_BUCKETS && value > bounds[i]; i++) {
        /* void */
    }

    (void) ngx_atomic_fetch_add(&histogram->buckets[i], 1);
    (void) ngx_atomic_fetch_add(&histogram->sum, value);
}


/* The place of a name, which gets one if it has none. */

static ngx_int_t
ngx_http_loyalty_label(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_labels_t *labels, loyalty_str_t name)
{
    ngx_int_t         i;
    ngx_slab_pool_t  *shpool;

    if (name.len == 0) {

        /* memcpy() and memcmp() want an address also for nothing */

        name.data = "";
    }

    i = ngx_http_loyalty_label_find(labels, name);

    if (i != NGX_DECLINED) {
        return i;
    }

    shpool = (ngx_slab_pool_t *) program->shm_zone->shm.addr;

    ngx_shmtx_lock(&shpool->mutex);

    /* another worker may have come first */

    i = ngx_http_loyalty_label_find(labels, name);

    if (i == NGX_DECLINED) {
        i = ngx_http_loyalty_label_add(labels, name);
    }

    ngx_shmtx_unlock(&shpool->mutex);

    return i;
}


static ngx_int_t
ngx_http_loyalty_label_find(ngx_http_loyalty_labels_t *labels,
    loyalty_str_t name)
{
    ngx_uint_t  i;

    for (i = 0; i < labels->nelts; i++) {

        if (labels->elts[i].len == name.len
            && ngx_memcmp(labels->elts[i].data, name.data, name.len) == 0)
        {
            return i;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_loyalty_label_add(ngx_http_loyalty_labels_t *labels,
    loyalty_str_t name)
{
    ngx_http_loyalty_label_t  *label;

    if (labels->nelts == NGX_HTTP_LOYALTY_LABELS
        || name.len > sizeof(label->data))
    {
        return NGX_DECLINED;
    }

    label = &labels->elts[labels->nelts];

    ngx_memcpy(label->data, name.data, name.len);
    label->len = name.len;

    /* others read without the mutex: it is there before it counts */

    ngx_memory_barrier();

    return labels->nelts++;
}
