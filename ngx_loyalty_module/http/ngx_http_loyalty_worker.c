
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_errand.h>
#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_metrics.h>
#include <ngx_http_loyalty_worker.h>


/* Milliseconds between two looks for points that expire or become usable. */

#define NGX_HTTP_LOYALTY_SETTLE_INTERVAL  60000


static void ngx_http_loyalty_settle_start(ngx_event_t *ev);


/*
 * In each worker, at times of its own: who comes first does the work.  Timers
 * that can be cancelled do not keep a worker that is told to leave.
 */

ngx_int_t
ngx_http_loyalty_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                      i;
    ngx_event_t                    *ev;
    ngx_http_loyalty_program_t    **programs;
    ngx_http_loyalty_main_conf_t   *lmcf;

    lmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_loyalty_module);

    if (lmcf == NULL || (ngx_process != NGX_PROCESS_WORKER
                         && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    programs = lmcf->programs.elts;

    for (i = 0; i < lmcf->programs.nelts; i++) {

        /*
         * Whatever the rules are now: lots keep their dates, and coupons may
         * have been left when there was a store to make them.
         */

        ngx_http_loyalty_errands_init(programs[i], cycle->log);
        ngx_http_loyalty_metrics_reset(programs[i]);

        ev = &programs[i]->settle;

        ev->handler = ngx_http_loyalty_settle_start;
        ev->data = programs[i];
        ev->log = cycle->log;
        ev->cancelable = 1;

        ngx_add_timer(ev, ngx_random() % NGX_HTTP_LOYALTY_SETTLE_INTERVAL);
    }

    return NGX_OK;
}


static void
ngx_http_loyalty_settle_start(ngx_event_t *ev)
{
    ngx_http_loyalty_program_t    *program = ev->data;

    ngx_http_loyalty_executor_t   *executor;
    ngx_http_loyalty_main_conf_t  *lmcf;

    if (ngx_exiting || ngx_terminate) {
        return;
    }

    lmcf = ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_http_loyalty_module);

    executor = ngx_http_loyalty_executor(lmcf, program);

    if (executor != NULL) {
        ngx_http_loyalty_settle_due(executor);
    }

    ngx_add_timer(ev, NGX_HTTP_LOYALTY_SETTLE_INTERVAL);
}


/* The thread pools are gone by now: nothing is at work on the databases. */

void
ngx_http_loyalty_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                      i;
    ngx_http_loyalty_program_t    **programs;
    ngx_http_loyalty_main_conf_t   *lmcf;

    lmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_loyalty_module);
    if (lmcf == NULL) {
        return;
    }

    programs = lmcf->programs.elts;

    for (i = 0; i < lmcf->programs.nelts; i++) {

        if (programs[i]->executor != NULL) {
            ngx_http_loyalty_executor_destroy(programs[i]->executor);
            programs[i]->executor = NULL;
        }
    }
}
