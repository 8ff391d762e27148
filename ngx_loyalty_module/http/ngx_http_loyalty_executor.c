
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_executor.h>
#include <ngx_http_loyalty_metrics.h>


#define NGX_HTTP_LOYALTY_READ_CACHE   (8 * 1024 * 1024)
#define NGX_HTTP_LOYALTY_WRITE_CACHE  (12 * 1024 * 1024)

/* Commands that a lane need not leave to another one. */

#define NGX_HTTP_LOYALTY_SHARE        16


static ngx_http_loyalty_queue_t *ngx_http_loyalty_queue(
    ngx_http_loyalty_executor_t *executor, loyalty_command_t *command);
static void ngx_http_loyalty_queue_full(ngx_http_loyalty_queue_t *queue,
    ngx_log_t *log);
static ngx_http_loyalty_executor_t *ngx_http_loyalty_executor_create(
    ngx_http_loyalty_main_conf_t *lmcf, ngx_http_loyalty_program_t *program);
static ngx_int_t ngx_http_loyalty_queue_init(
    ngx_http_loyalty_executor_t *executor, ngx_http_loyalty_queue_t *queue,
    ngx_uint_t lanes, size_t cache);
static void ngx_http_loyalty_queue_destroy(ngx_http_loyalty_queue_t *queue);
static void ngx_http_loyalty_queue_start(ngx_event_t *ev);
static ngx_int_t ngx_http_loyalty_queue_idle(ngx_http_loyalty_queue_t *queue);
static ngx_uint_t ngx_http_loyalty_lane_rests(ngx_http_loyalty_lane_t *lane);
static void ngx_http_loyalty_lane_take(ngx_http_loyalty_lane_t *lane);
static void ngx_http_loyalty_lane_give_back(ngx_http_loyalty_lane_t *lane);
static void ngx_http_loyalty_queue_count(ngx_http_loyalty_queue_t *queue);
static ngx_http_loyalty_queue_e ngx_http_loyalty_queue_kind(
    ngx_http_loyalty_queue_t *queue);
static void ngx_http_loyalty_lane_thread(void *data, ngx_log_t *log);
static void ngx_http_loyalty_lane_refuse(ngx_http_loyalty_lane_t *lane);
static void ngx_http_loyalty_lane_done(ngx_event_t *ev);
static void ngx_http_loyalty_command_done(loyalty_command_t *command);


ngx_int_t
ngx_http_loyalty_submit(ngx_http_loyalty_ctx_t *ctx)
{
    ngx_http_request_t            *r;
    ngx_http_loyalty_queue_t      *queue;
    ngx_http_loyalty_executor_t   *executor;
    ngx_http_loyalty_main_conf_t  *lmcf;

    r = ctx->request;

    lmcf = ngx_http_get_module_main_conf(r, ngx_http_loyalty_module);

    executor = ngx_http_loyalty_executor(lmcf, ctx->conf->program);

    if (executor == NULL) {
        return NGX_ERROR;
    }

    queue = ngx_http_loyalty_queue(executor, &ctx->command);

    if (queue->waiting >= lmcf->queue) {
        ngx_http_loyalty_queue_full(queue, r->connection->log);
        return NGX_ERROR;
    }

    ctx->command.next = NULL;

    *queue->last = &ctx->command;
    queue->last = &ctx->command.next;
    queue->waiting++;

    ngx_http_loyalty_queue_count(queue);

    /* keeps the request's memory, even if its client goes away */

    r->main->blocked++;

    /* not at once: the other requests of this event cycle shall come along */

    if (ngx_http_loyalty_queue_idle(queue) != 0) {
        ngx_post_event(&queue->start, &ngx_posted_events);
    }

    return NGX_OK;
}


/* Not in init_process(): nothing may be open across a fork(). */

ngx_http_loyalty_executor_t *
ngx_http_loyalty_executor(ngx_http_loyalty_main_conf_t *lmcf,
    ngx_http_loyalty_program_t *program)
{
    if (program->executor == NULL) {
        program->executor = ngx_http_loyalty_executor_create(lmcf, program);
    }

    return program->executor;
}


static ngx_http_loyalty_queue_t *
ngx_http_loyalty_queue(ngx_http_loyalty_executor_t *executor,
    loyalty_command_t *command)
{
    if (command->kind == LOYALTY_COMMAND_CLAIM) {

        /* also of unknown orders, so that their answers take as long */

        return command->admission ? &executor->reads : &executor->writes;
    }

    return loyalty_command_writes(command) ? &executor->writes
                                           : &executor->reads;
}


static void
ngx_http_loyalty_queue_full(ngx_http_loyalty_queue_t *queue, ngx_log_t *log)
{
    time_t  now;

    now = ngx_time();

    if (queue->overflowed != 0
        && now - queue->overflowed < NGX_HTTP_LOYALTY_REMIND)
    {
        return;
    }

    queue->overflowed = now;

    ngx_log_error(NGX_LOG_ERR, log, 0,
                  "loyalty: %i requests wait for the database of program "
                  "\"%V\", no more are taken", queue->waiting,
                  &queue->executor->program->name);
}


static ngx_http_loyalty_executor_t *
ngx_http_loyalty_executor_create(ngx_http_loyalty_main_conf_t *lmcf,
    ngx_http_loyalty_program_t *program)
{
    ngx_uint_t                    lanes;
    ngx_pool_t                   *pool;
    ngx_http_loyalty_executor_t  *executor;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    executor = ngx_pcalloc(pool, sizeof(ngx_http_loyalty_executor_t));
    if (executor == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    executor->pool = pool;
    executor->program = program;
    executor->conf = lmcf;

    lanes = program->connections / 2;

    if (ngx_http_loyalty_queue_init(executor, &executor->reads, lanes,
                                    NGX_HTTP_LOYALTY_READ_CACHE)
        != NGX_OK
        || ngx_http_loyalty_queue_init(executor, &executor->writes, lanes,
                                       NGX_HTTP_LOYALTY_WRITE_CACHE)
        != NGX_OK
        || ngx_http_loyalty_upkeep_init(executor) != NGX_OK)
    {
        ngx_http_loyalty_executor_destroy(executor);
        return NULL;
    }

    return executor;
}


static ngx_int_t
ngx_http_loyalty_queue_init(ngx_http_loyalty_executor_t *executor,
    ngx_http_loyalty_queue_t *queue, ngx_uint_t lanes, size_t cache)
{
    ngx_http_loyalty_lane_t  *lane;

    queue->lanes = ngx_pcalloc(executor->pool,
                               lanes * sizeof(ngx_http_loyalty_lane_t));
    if (queue->lanes == NULL) {
        return NGX_ERROR;
    }

    queue->executor = executor;
    queue->last = &queue->first;

    queue->start.handler = ngx_http_loyalty_queue_start;
    queue->start.data = queue;
    queue->start.log = ngx_cycle->log;

    while (queue->nlanes < (ngx_int_t) lanes) {

        lane = &queue->lanes[queue->nlanes];

        if (ngx_http_loyalty_lane_init(executor, lane, cache) != NGX_OK) {
            return NGX_ERROR;
        }

        lane->queue = queue;
        lane->failing = &queue->failing;
        lane->task->handler = ngx_http_loyalty_lane_thread;
        lane->task->event.handler = ngx_http_loyalty_lane_done;

        queue->nlanes++;
    }

    return NGX_OK;
}


void
ngx_http_loyalty_executor_destroy(ngx_http_loyalty_executor_t *executor)
{
    loyalty_engine_destroy(executor->upkeep.lane.engine);
    ngx_http_loyalty_queue_destroy(&executor->reads);
    ngx_http_loyalty_queue_destroy(&executor->writes);

    ngx_destroy_pool(executor->pool);
}


static void
ngx_http_loyalty_queue_destroy(ngx_http_loyalty_queue_t *queue)
{
    ngx_int_t  i;

    for (i = 0; i < queue->nlanes; i++) {
        loyalty_engine_destroy(queue->lanes[i].engine);
    }
}


static void
ngx_http_loyalty_queue_start(ngx_event_t *ev)
{
    ngx_int_t                  i;
    ngx_uint_t                 rests;
    ngx_http_loyalty_lane_t   *lane;
    ngx_http_loyalty_queue_t  *queue = ev->data;

    rests = 0;

    for (i = 0; i < queue->nlanes && queue->first != NULL; i++) {
        lane = &queue->lanes[i];

        if (lane->busy) {
            continue;
        }

        if (ngx_http_loyalty_lane_rests(lane)) {
            rests = 1;
            continue;
        }

        ngx_http_loyalty_lane_take(lane);

        if (ngx_http_loyalty_lane_post(lane) != NGX_OK) {

            /* a lane that is at work will take more when it is done */

            if (ngx_http_loyalty_queue_idle(queue) < queue->nlanes) {
                ngx_http_loyalty_lane_give_back(lane);

            } else {
                ngx_http_loyalty_lane_refuse(lane);
            }

            return;
        }
    }

    /* those who are at work may hang: then nobody else ends the rest */

    if (rests && queue->first != NULL && !ev->timer_set) {
        ngx_add_timer(ev, 1000);
    }
}


/* How many lanes have nothing to do. */

static ngx_int_t
ngx_http_loyalty_queue_idle(ngx_http_loyalty_queue_t *queue)
{
    ngx_int_t  i, idle;

    idle = 0;

    for (i = 0; i < queue->nlanes; i++) {
        idle += !queue->lanes[i].busy;
    }

    return idle;
}


/*
 * A lane that gets no connection has failed in no time, and would take all
 * that waits while the others work: for the rest of a second it is left out,
 * unless all have failed.
 */

static ngx_uint_t
ngx_http_loyalty_lane_rests(ngx_http_loyalty_lane_t *lane)
{
    time_t                     now;
    ngx_int_t                  i;
    ngx_http_loyalty_queue_t  *queue = lane->queue;

    now = ngx_time();

    if (lane->failed != now) {
        return 0;
    }

    for (i = 0; i < queue->nlanes; i++) {

        if (queue->lanes[i].failed != now) {
            return 1;
        }
    }

    return 0;
}


/*
 * A fair share of what waits among those who are idle.  Of very much, those
 * who will soon be idle get their share as well.
 */

static void
ngx_http_loyalty_lane_take(ngx_http_loyalty_lane_t *lane)
{
    ngx_int_t                   n, idle, share;
    loyalty_command_t         **end;
    ngx_http_loyalty_queue_t   *queue = lane->queue;

    idle = ngx_http_loyalty_queue_idle(queue);

    share = (queue->waiting + idle - 1) / idle;
    share = ngx_min(share, ngx_max(NGX_HTTP_LOYALTY_SHARE,
                                   queue->waiting / queue->nlanes));
    share = ngx_min(share, lane->executor->conf->batch);

    end = &queue->first;

    for (n = 0; n < share && *end != NULL; n++) {
        end = &(*end)->next;
    }

    lane->batch = queue->first;
    queue->first = *end;
    queue->waiting -= n;

    *end = NULL;

    if (queue->first == NULL) {
        queue->last = &queue->first;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "loyalty batch:%i waiting:%i", n, queue->waiting);

    ngx_http_loyalty_count_batch(lane->executor->program,
                                 ngx_http_loyalty_queue_kind(queue), n);
    ngx_http_loyalty_queue_count(queue);
}


static void
ngx_http_loyalty_lane_give_back(ngx_http_loyalty_lane_t *lane)
{
    loyalty_command_t         **end;
    ngx_http_loyalty_queue_t   *queue = lane->queue;

    for (end = &lane->batch; *end != NULL; end = &(*end)->next) {
        queue->waiting++;
    }

    if (queue->first == NULL) {
        queue->last = end;
    }

    *end = queue->first;
    queue->first = lane->batch;
    lane->batch = NULL;

    ngx_http_loyalty_queue_count(queue);
}


static void
ngx_http_loyalty_queue_count(ngx_http_loyalty_queue_t *queue)
{
    ngx_http_loyalty_count_waiting(queue->executor->program,
                                   ngx_http_loyalty_queue_kind(queue),
                                   queue->waiting);
}


static ngx_http_loyalty_queue_e
ngx_http_loyalty_queue_kind(ngx_http_loyalty_queue_t *queue)
{
    return (queue == &queue->executor->writes) ? NGX_HTTP_LOYALTY_WRITES
                                               : NGX_HTTP_LOYALTY_READS;
}


static void
ngx_http_loyalty_lane_thread(void *data, ngx_log_t *log)
{
    ngx_http_loyalty_lane_t  *lane = data;

    lane->batch = loyalty_engine_run(lane->engine, lane->batch, time(NULL));
}


/* The pool has no room: what else may be posted is not to be kept waiting. */

static void
ngx_http_loyalty_lane_refuse(ngx_http_loyalty_lane_t *lane)
{
    loyalty_command_t  *command, *next;

    command = lane->batch;
    lane->batch = NULL;

    for ( /* void */ ; command != NULL; command = next) {
        next = command->next;

        command->decided = 1;
        command->status = 0;
        command->result.outcome = LOYALTY_DATABASE_UNAVAILABLE;

        ngx_http_loyalty_command_done(command);
    }

    if (lane->queue->first != NULL) {
        ngx_post_event(&lane->queue->start, &ngx_posted_events);
    }
}


static void
ngx_http_loyalty_lane_done(ngx_event_t *ev)
{
    loyalty_command_t        *command, *next;
    ngx_http_loyalty_lane_t  *lane = ev->data;

    if (!ngx_http_loyalty_lane_ended(ev)) {
        return;
    }

    ngx_http_loyalty_lane_report(lane, ev->log);
    ngx_http_loyalty_count_run(lane->executor->program, lane->engine);

    if (loyalty_engine_checkpoint_due(lane->engine)) {
        ngx_http_loyalty_checkpoint_due(lane->executor);
    }

    if (loyalty_engine_leaders_due(lane->engine)) {
        ngx_http_loyalty_leaders_due(lane->executor);
    }

    command = lane->batch;
    lane->batch = NULL;

    lane->failed = (*loyalty_engine_error(lane->engine) != '\0')
                   ? ngx_time() : 0;

    /* before the answers are sent: the thread can work meanwhile */

    ngx_http_loyalty_queue_start(&lane->queue->start);

    for ( /* void */ ; command != NULL; command = next) {
        next = command->next;
        ngx_http_loyalty_command_done(command);
    }
}


static void
ngx_http_loyalty_command_done(loyalty_command_t *command)
{
    ngx_http_loyalty_ctx_t  *ctx;

    ctx = (ngx_http_loyalty_ctx_t *)
              ((u_char *) command - offsetof(ngx_http_loyalty_ctx_t, command));

    ctx->request->main->blocked--;

    ngx_http_loyalty_wake(ctx);
}
