
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_EXECUTOR_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_EXECUTOR_H_INCLUDED_


#include <ngx_http_loyalty_request.h>


/* While the database does not work, say so every so many seconds. */

#define NGX_HTTP_LOYALTY_REMIND  10


typedef struct ngx_http_loyalty_lane_s  ngx_http_loyalty_lane_t;


/*
 * What waits to be run.  SQLite has one lane for each queue, since it has one
 * writer at a time; a server has several.
 */

typedef struct {
    ngx_http_loyalty_executor_t   *executor;
    loyalty_command_t             *first;
    loyalty_command_t            **last;
    ngx_int_t                      waiting;

    ngx_http_loyalty_lane_t       *lanes;
    ngx_int_t                      nlanes;

    ngx_event_t                    start;
    time_t                         failing;    /* when it was said last */
    time_t                         overflowed; /* when it was said last */
} ngx_http_loyalty_queue_t;


/*
 * A lane runs one batch at a time, on an engine of its own.  What arrives
 * meanwhile is the next batch, so that load makes batches larger, and writers
 * do not keep readers waiting.
 */

struct ngx_http_loyalty_lane_s {
    ngx_http_loyalty_executor_t   *executor;
    ngx_http_loyalty_queue_t      *queue;      /* NULL: of upkeep */
    time_t                        *failing;    /* shared by like lanes */
    loyalty_engine_t              *engine;

    loyalty_command_t             *batch;      /* with the thread */
    ngx_thread_task_t             *task;
    time_t                         failed;     /* its last run, when */
    unsigned                       busy:1;
};


/*
 * What the database needs beside requests.  What is due is noted by the event
 * loop, what is being done belongs to the thread as long as the lane is busy.
 */

typedef struct {
    ngx_http_loyalty_lane_t        lane;
    time_t                         failing;    /* when it was said last */
    unsigned                       checkpoint_due:1;
    unsigned                       settle_due:1;
    unsigned                       leaders_due:1;

    ngx_uint_t                     checkpoint;
    ngx_uint_t                     settle;
    ngx_uint_t                     leaders;
    int                            unsettled;  /* there is a next step */
    int                            unread;     /* likewise, for leaders */
} ngx_http_loyalty_upkeep_t;


struct ngx_http_loyalty_executor_s {
    ngx_pool_t                    *pool;
    ngx_http_loyalty_program_t    *program;
    ngx_http_loyalty_main_conf_t  *conf;
    ngx_http_loyalty_queue_t       reads;
    ngx_http_loyalty_queue_t       writes;

    ngx_http_loyalty_upkeep_t      upkeep;
};


/*
 * ngx_http_loyalty_executor.c: runs the command in a pool thread; then
 * ctx->step gets the request.  NGX_ERROR if there is no room or no memory.
 */
ngx_int_t ngx_http_loyalty_submit(ngx_http_loyalty_ctx_t *ctx);

/* The executor of this worker, made if there is none; NULL if that fails. */
ngx_http_loyalty_executor_t *ngx_http_loyalty_executor(
    ngx_http_loyalty_main_conf_t *lmcf, ngx_http_loyalty_program_t *program);

/* No thread may be at work on it any more. */
void ngx_http_loyalty_executor_destroy(ngx_http_loyalty_executor_t *executor);

/* ngx_http_loyalty_upkeep.c: NGX_ERROR if there is no memory */

ngx_int_t ngx_http_loyalty_upkeep_init(ngx_http_loyalty_executor_t *executor);

/* The log of the database has grown so much that it is to be written back. */
void ngx_http_loyalty_checkpoint_due(ngx_http_loyalty_executor_t *executor);

/* Points may have expired or become usable. */
void ngx_http_loyalty_settle_due(ngx_http_loyalty_executor_t *executor);

/* A leaderboard that was shown is old. */
void ngx_http_loyalty_leaders_due(ngx_http_loyalty_executor_t *executor);

/* ngx_http_loyalty_lane.c */

/* Gives a lane its engine and its task, which has no handlers yet. */
ngx_int_t ngx_http_loyalty_lane_init(ngx_http_loyalty_executor_t *executor,
    ngx_http_loyalty_lane_t *lane, size_t cache);

/* Sends the lane's task to the thread pool. */
ngx_int_t ngx_http_loyalty_lane_post(ngx_http_loyalty_lane_t *lane);

/* For the task's event: whether it has ended; the lane is then idle. */
ngx_uint_t ngx_http_loyalty_lane_ended(ngx_event_t *ev);

/* Logs whether the lane's engine fails, and that it does so no more. */
void ngx_http_loyalty_lane_report(ngx_http_loyalty_lane_t *lane,
    ngx_log_t *log);


#endif /* _NGX_HTTP_LOYALTY_EXECUTOR_H_INCLUDED_ */
