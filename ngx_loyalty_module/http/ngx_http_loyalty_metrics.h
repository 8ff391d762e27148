
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _NGX_HTTP_LOYALTY_METRICS_H_INCLUDED_
#define _NGX_HTTP_LOYALTY_METRICS_H_INCLUDED_


#include <ngx_http_loyalty_endpoint.h>


/*
 * What a program has done since nginx was started, in the memory that its
 * workers share: counted by all of them, shown by "loyalty_status".  It
 * outlives a reload.  Each is an atomic addition; nobody waits.
 */


/* Upper bounds that are shown; what is above them all has a bucket, too. */

#define NGX_HTTP_LOYALTY_BUCKETS  10

/* What is told apart by name; more names are not counted. */

#define NGX_HTTP_LOYALTY_LABELS  64


typedef enum {
    NGX_HTTP_LOYALTY_READS = 0,
    NGX_HTTP_LOYALTY_WRITES,

    NGX_HTTP_LOYALTY_QUEUES
} ngx_http_loyalty_queue_e;


/* What has come of a claim that waited for its store. */

typedef enum {
    NGX_HTTP_LOYALTY_COMPLETED = 0,
    NGX_HTTP_LOYALTY_GIVEN_UP,

    NGX_HTTP_LOYALTY_ENDS
} ngx_http_loyalty_end_e;


typedef struct {
    ngx_atomic_t                  buckets[NGX_HTTP_LOYALTY_BUCKETS + 1];
    ngx_atomic_t                  sum;
} ngx_http_loyalty_histogram_t;


/* Names in the order in which they were met; added under the zone's mutex. */

typedef struct {
    u_char                        data[LOYALTY_ID_MAX];
    size_t                        len;
} ngx_http_loyalty_label_t;


typedef struct {
    ngx_http_loyalty_label_t      elts[NGX_HTTP_LOYALTY_LABELS];
    ngx_atomic_t                  nelts;
} ngx_http_loyalty_labels_t;


typedef struct {

    /* by what the location serves */

    ngx_atomic_t                  requests[NGX_HTTP_LOYALTY_SERVES]
                                          [LOYALTY_OUTCOMES];
    ngx_atomic_t                  failures;      /* of the database */
    ngx_atomic_t                  waited[NGX_HTTP_LOYALTY_ENDS];  /* claims */

    ngx_http_loyalty_histogram_t  batches[NGX_HTTP_LOYALTY_QUEUES];

    ngx_http_loyalty_labels_t     stores;
    ngx_http_loyalty_histogram_t  waits[NGX_HTTP_LOYALTY_LABELS];  /* ms */

    ngx_http_loyalty_labels_t     kinds;         /* of the ledger's entries */
    ngx_atomic_t                  credited[NGX_HTTP_LOYALTY_LABELS];
    ngx_atomic_t                  debited[NGX_HTTP_LOYALTY_LABELS];

    loyalty_census_t              census;        /* under the mutex */

    /* of each worker, by its place among nginx's processes */

    ngx_atomic_t                  waiting[NGX_MAX_PROCESSES]
                                         [NGX_HTTP_LOYALTY_QUEUES];
} ngx_http_loyalty_metrics_t;


extern const ngx_uint_t
    ngx_http_loyalty_wait_bounds[NGX_HTTP_LOYALTY_BUCKETS];
extern const ngx_uint_t
    ngx_http_loyalty_batch_sizes[NGX_HTTP_LOYALTY_BUCKETS];


/* An answer is about to be sent. */
void ngx_http_loyalty_count_request(ngx_http_loyalty_ctx_t *ctx);

/* The request's store has been asked so many milliseconds ago. */
void ngx_http_loyalty_count_wait(ngx_http_loyalty_ctx_t *ctx,
    ngx_msec_t wait);

/* The request's claim has waited for its store, and does no more. */
void ngx_http_loyalty_count_end(ngx_http_loyalty_ctx_t *ctx);

/* So many commands go to the database together. */
void ngx_http_loyalty_count_batch(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_queue_e queue, ngx_uint_t commands);

/* So many wait for it. */
void ngx_http_loyalty_count_waiting(ngx_http_loyalty_program_t *program,
    ngx_http_loyalty_queue_e queue, ngx_uint_t commands);

/* A run, or steps of upkeep, of an engine have ended. */
void ngx_http_loyalty_count_run(ngx_http_loyalty_program_t *program,
    loyalty_engine_t *engine);

/* All members have been counted, here or elsewhere. */
void ngx_http_loyalty_count_census(ngx_http_loyalty_program_t *program,
    const loyalty_census_t *census);

/* A worker has begun: nothing waits in it. */
void ngx_http_loyalty_metrics_reset(ngx_http_loyalty_program_t *program);

/* A consistent copy; all zeros before the first. */
void ngx_http_loyalty_metrics_census(ngx_http_loyalty_program_t *program,
    loyalty_census_t *census);


#endif /* _NGX_HTTP_LOYALTY_METRICS_H_INCLUDED_ */
