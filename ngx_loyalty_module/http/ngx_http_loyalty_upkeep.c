
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_metrics.h>


/*
 * What a program's database needs beside its requests, on a connection of its
 * own: its log is written back when it has grown, points that expire or become
 * usable are settled, and leaderboards are made anew.  Nobody waits for that:
 * answers reckon with what is due, and whoever changes a member settles it
 * before.
 */


/* Milliseconds between two steps of much to do. */

#define NGX_HTTP_LOYALTY_SETTLE_PAUSE  100


static void ngx_http_loyalty_upkeep_start(
    ngx_http_loyalty_executor_t *executor);
static void ngx_http_loyalty_upkeep_thread(void *data, ngx_log_t *log);
static void ngx_http_loyalty_upkeep_done(ngx_event_t *ev);


ngx_int_t
ngx_http_loyalty_upkeep_init(ngx_http_loyalty_executor_t *executor)
{
    ngx_http_loyalty_lane_t  *lane;

    lane = &executor->upkeep.lane;

    if (ngx_http_loyalty_lane_init(executor, lane, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    lane->failing = &executor->upkeep.failing;
    lane->task->handler = ngx_http_loyalty_upkeep_thread;
    lane->task->event.handler = ngx_http_loyalty_upkeep_done;

    return NGX_OK;
}


void
ngx_http_loyalty_checkpoint_due(ngx_http_loyalty_executor_t *executor)
{
    executor->upkeep.checkpoint_due = 1;

    ngx_http_loyalty_upkeep_start(executor);
}


void
ngx_http_loyalty_settle_due(ngx_http_loyalty_executor_t *executor)
{
    executor->upkeep.settle_due = 1;

    ngx_http_loyalty_upkeep_start(executor);
}


void
ngx_http_loyalty_leaders_due(ngx_http_loyalty_executor_t *executor)
{
    executor->upkeep.leaders_due = 1;

    ngx_http_loyalty_upkeep_start(executor);
}


static void
ngx_http_loyalty_upkeep_start(ngx_http_loyalty_executor_t *executor)
{
    ngx_http_loyalty_upkeep_t  *upkeep;

    upkeep = &executor->upkeep;

    if (upkeep->lane.busy
        || (!upkeep->checkpoint_due && !upkeep->settle_due
            && !upkeep->leaders_due))
    {
        return;
    }

    upkeep->checkpoint = upkeep->checkpoint_due;
    upkeep->settle = upkeep->settle_due;
    upkeep->leaders = upkeep->leaders_due;
    upkeep->unsettled = 0;
    upkeep->unread = 0;

    if (ngx_http_loyalty_lane_post(&upkeep->lane) == NGX_OK) {
        upkeep->checkpoint_due = 0;
        upkeep->settle_due = 0;
        upkeep->leaders_due = 0;
    }
}


static void
ngx_http_loyalty_upkeep_thread(void *data, ngx_log_t *log)
{
    ngx_http_loyalty_lane_t    *lane = data;
    ngx_http_loyalty_upkeep_t  *upkeep = &lane->executor->upkeep;

    if (upkeep->checkpoint
        && loyalty_engine_checkpoint(lane->engine) != LOYALTY_OK)
    {
        return;
    }

    if (upkeep->settle
        && loyalty_engine_settle(lane->engine, time(NULL),
                                 &upkeep->unsettled)
           != LOYALTY_OK)
    {
        return;
    }

    if (upkeep->leaders) {
        (void) loyalty_engine_leaders(lane->engine, time(NULL),
                                      &upkeep->unread);
    }
}


static void
ngx_http_loyalty_upkeep_done(ngx_event_t *ev)
{
    ngx_event_t                  *settle;
    ngx_http_loyalty_lane_t      *lane = ev->data;
    ngx_http_loyalty_executor_t  *executor = lane->executor;

    if (!ngx_http_loyalty_lane_ended(ev)) {
        return;
    }

    ngx_http_loyalty_lane_report(lane, ev->log);
    ngx_http_loyalty_count_run(executor->program, lane->engine);
    ngx_http_loyalty_count_census(executor->program,
                                  loyalty_engine_census(lane->engine));

    if (executor->upkeep.unsettled) {
        settle = &executor->program->settle;

        /* requests come in between */

        ngx_add_timer(settle, NGX_HTTP_LOYALTY_SETTLE_PAUSE);
    }

    /* whoever comes after a worker that leaves begins anew */

    if (executor->upkeep.unread && !ngx_exiting && !ngx_terminate) {
        executor->upkeep.leaders_due = 1;
    }

    ngx_http_loyalty_upkeep_start(executor);
}
