
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_shared.h>


/* A thread that needs more milliseconds than this hangs in the disk. */

#define NGX_HTTP_LOYALTY_HANGS  60000

ngx_int_t
ngx_http_loyalty_lane_init(ngx_http_loyalty_executor_t *executor,
    ngx_http_loyalty_lane_t *lane, size_t cache)
{
    loyalty_engine_conf_t        conf;
    ngx_http_loyalty_shared_t   *shared;
    ngx_http_loyalty_program_t  *program = executor->program;

    shared = program->shm_zone->data;

    conf.program = &program->rules;
    conf.uri = (char *) program->database.data;
    conf.timeout = (int) program->timeout;
    conf.cache = cache;
    conf.lock = shared->lock;

    lane->engine = loyalty_engine_create(&conf);

    if (lane->engine == NULL) {
        return NGX_ERROR;
    }

    lane->task = ngx_thread_task_alloc(executor->pool, 0);

    if (lane->task == NULL) {
        loyalty_engine_destroy(lane->engine);
        lane->engine = NULL;
        return NGX_ERROR;
    }

    lane->executor = executor;

    lane->task->ctx = lane;
    lane->task->event.data = lane;
    lane->task->event.log = ngx_cycle->log;

    return NGX_OK;
}


ngx_int_t
ngx_http_loyalty_lane_post(ngx_http_loyalty_lane_t *lane)
{
    if (ngx_thread_task_post(lane->executor->conf->pool, lane->task)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    lane->busy = 1;

    /* a worker that is told to leave stays as long as there are timers */

    ngx_add_timer(&lane->task->event, NGX_HTTP_LOYALTY_HANGS);

    return NGX_OK;
}


ngx_uint_t
ngx_http_loyalty_lane_ended(ngx_event_t *ev)
{
    ngx_http_loyalty_lane_t  *lane = ev->data;

    if (ev->timedout) {
        ngx_log_error(NGX_LOG_ALERT, ev->log, 0,
                      "loyalty: the database of program \"%V\" keeps a thread "
                      "for more than %d seconds",
                      &lane->executor->program->name,
                      NGX_HTTP_LOYALTY_HANGS / 1000);
        ev->timedout = 0;
        return 0;
    }

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    ev->complete = 0;
    lane->busy = 0;

    return 1;
}


void
ngx_http_loyalty_lane_report(ngx_http_loyalty_lane_t *lane, ngx_log_t *log)
{
    time_t                       now, *failing = lane->failing;
    const char                  *error;
    ngx_http_loyalty_program_t  *program = lane->executor->program;

    error = loyalty_engine_error(lane->engine);

    if (error[0] == '\0') {

        if (*failing != 0) {
            ngx_log_error(NGX_LOG_NOTICE, log, 0,
                          "loyalty: the database of program \"%V\" works "
                          "again", &program->name);
            *failing = 0;
        }

        return;
    }

    now = ngx_time();

    if (*failing != 0 && now - *failing < NGX_HTTP_LOYALTY_REMIND) {
        return;
    }

    *failing = now;

    ngx_log_error(NGX_LOG_ERR, log, 0,
                  "loyalty: the database of program \"%V\", %V, cannot "
                  "be used: %s", &program->name, &program->database, error);
}
