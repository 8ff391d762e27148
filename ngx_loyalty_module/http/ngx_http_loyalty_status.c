
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_response.h>
#include <ngx_http_loyalty_shared.h>
#include <ngx_http_loyalty_status.h>

#include <loyalty_money.h>


/* A line, with its labels, is shorter than this. */

#define NGX_HTTP_LOYALTY_LINE  512


/* Text that grows in the request's pool. */

typedef struct {
    ngx_http_loyalty_program_t   *program;
    ngx_http_loyalty_metrics_t   *metrics;
    ngx_pool_t                   *pool;
    u_char                       *data;
    size_t                        len;
    size_t                        size;
    unsigned                      failed:1;
} ngx_http_loyalty_status_t;


typedef void (*ngx_http_loyalty_family_pt)(ngx_http_loyalty_status_t *status);


static void ngx_http_loyalty_status_requests(
    ngx_http_loyalty_status_t *status);
static void ngx_http_loyalty_status_points(ngx_http_loyalty_status_t *status);
static void ngx_http_loyalty_status_kinds(ngx_http_loyalty_status_t *status,
    const char *name, ngx_atomic_t *points);
static void ngx_http_loyalty_status_census(ngx_http_loyalty_status_t *status);
static void ngx_http_loyalty_status_liability(
    ngx_http_loyalty_status_t *status, int64_t points);
static void ngx_http_loyalty_status_waiting(ngx_http_loyalty_status_t *status,
    loyalty_census_t *census);
static void ngx_http_loyalty_status_waited(ngx_http_loyalty_status_t *status);
static void ngx_http_loyalty_status_stores(ngx_http_loyalty_status_t *status);
static void ngx_http_loyalty_status_database(
    ngx_http_loyalty_status_t *status);
static ngx_uint_t ngx_http_loyalty_status_queued(
    ngx_http_loyalty_metrics_t *metrics, ngx_uint_t queue);
static void ngx_http_loyalty_status_histogram(
    ngx_http_loyalty_status_t *status, const char *name, ngx_str_t *label,
    ngx_http_loyalty_histogram_t *histogram, const ngx_uint_t *bounds,
    ngx_uint_t unit);
static void ngx_http_loyalty_status_family(ngx_http_loyalty_status_t *status,
    const char *name, const char *type, const char *help);
static void ngx_http_loyalty_status_integer(ngx_http_loyalty_status_t *status,
    const char *name, ngx_uint_t value);
static void ngx_cdecl ngx_http_loyalty_status_line(
    ngx_http_loyalty_status_t *status, const char *fmt, ...);


static const ngx_http_loyalty_family_pt  ngx_http_loyalty_families[] = {
    ngx_http_loyalty_status_requests,
    ngx_http_loyalty_status_points,
    ngx_http_loyalty_status_census,
    ngx_http_loyalty_status_waited,
    ngx_http_loyalty_status_stores,
    ngx_http_loyalty_status_database,
    NULL
};


/* What a location is called. */

static ngx_str_t  ngx_http_loyalty_locations[NGX_HTTP_LOYALTY_SERVES] = {
    [LOYALTY_COMMAND_SIGNUP] = ngx_string("signup"),
    [LOYALTY_COMMAND_CLAIM] = ngx_string("claim"),
    [LOYALTY_COMMAND_BALANCE] = ngx_string("balance"),
    [LOYALTY_COMMAND_REDEEM] = ngx_string("redeem"),
    [LOYALTY_COMMAND_ACTION] = ngx_string("action"),
    [LOYALTY_COMMAND_HISTORY] = ngx_string("history"),
    [LOYALTY_COMMAND_COUPON] = ngx_string("coupon"),
    [LOYALTY_COMMAND_CANCEL] = ngx_string("cancel"),
    [LOYALTY_COMMAND_ORDER_EVENT] = ngx_string("order_event"),
    [LOYALTY_COMMAND_LEADERBOARD] = ngx_string("leaderboard"),
    [LOYALTY_COMMAND_REPORT] = ngx_string("report"),
    [NGX_HTTP_LOYALTY_SERVES_STATUS] = ngx_string("status"),
    [NGX_HTTP_LOYALTY_SERVES_REF] = ngx_string("ref"),
    [NGX_HTTP_LOYALTY_SERVES_LOGOUT] = ngx_string("logout")
};

static ngx_str_t  ngx_http_loyalty_ends[NGX_HTTP_LOYALTY_ENDS] = {
    [NGX_HTTP_LOYALTY_COMPLETED] = ngx_string("completed"),
    [NGX_HTTP_LOYALTY_GIVEN_UP] = ngx_string("given_up")
};

static ngx_str_t  ngx_http_loyalty_queues[NGX_HTTP_LOYALTY_QUEUES] = {
    [NGX_HTTP_LOYALTY_READS] = ngx_string("queue=\"reads\""),
    [NGX_HTTP_LOYALTY_WRITES] = ngx_string("queue=\"writes\"")
};


ngx_int_t
ngx_http_loyalty_status(ngx_http_request_t *r, ngx_http_loyalty_ctx_t *ctx)
{
    ngx_uint_t                 i;
    ngx_http_loyalty_status_t  status;
    static ngx_str_t           type = ngx_string("text/plain; version=0.0.4");

    ngx_memzero(&status, sizeof(ngx_http_loyalty_status_t));

    status.program = ctx->conf->program;
    status.metrics = ngx_http_loyalty_metrics(ctx->conf->program);
    status.pool = r->pool;

    for (i = 0; ngx_http_loyalty_families[i] != NULL; i++) {
        ngx_http_loyalty_families[i](&status);
    }

    if (status.failed) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;

    return ngx_http_loyalty_send_body(r, &type, status.data, status.len);
}


static void
ngx_http_loyalty_status_requests(ngx_http_loyalty_status_t *status)
{
    ngx_uint_t     kind, outcome;
    ngx_atomic_t   n;
    loyalty_str_t  code;

    ngx_http_loyalty_status_family(status, "loyalty_requests_total",
                                   "counter",
                                   "Requests, by location and result.");

    for (kind = 0; kind < NGX_HTTP_LOYALTY_SERVES; kind++) {

        for (outcome = 0; outcome < LOYALTY_OUTCOMES; outcome++) {
            n = status->metrics->requests[kind][outcome];

            if (n == 0) {
                continue;
            }

            code = loyalty_outcome_code(outcome);

            ngx_http_loyalty_status_line(status,
                "loyalty_requests_total{program=\"%V\",location=\"%V\","
                "result=\"%*s\"} %uA\n",
                &status->program->name, &ngx_http_loyalty_locations[kind],
                code.len, code.data, n);
        }
    }
}


static void
ngx_http_loyalty_status_points(ngx_http_loyalty_status_t *status)
{
    ngx_http_loyalty_status_family(status, "loyalty_points_credited_total",
                                   "counter",
                                   "Points given to members, by the kind of "
                                   "the ledger's entry.");
    ngx_http_loyalty_status_kinds(status, "loyalty_points_credited_total",
                                  status->metrics->credited);

    ngx_http_loyalty_status_family(status, "loyalty_points_debited_total",
                                   "counter",
                                   "Points taken from members, by the kind "
                                   "of the ledger's entry.");
    ngx_http_loyalty_status_kinds(status, "loyalty_points_debited_total",
                                  status->metrics->debited);
}


static void
ngx_http_loyalty_status_kinds(ngx_http_loyalty_status_t *status,
    const char *name, ngx_atomic_t *points)
{
    ngx_uint_t                  i;
    ngx_http_loyalty_labels_t  *kinds = &status->metrics->kinds;

    for (i = 0; i < kinds->nelts; i++) {

        if (points[i] != 0) {
            ngx_http_loyalty_status_line(status,
                "%s{program=\"%V\",kind=\"%*s\"} %uA\n",
                name, &status->program->name,
                kinds->elts[i].len, kinds->elts[i].data, points[i]);
        }
    }
}


/* Before the first census there is nothing to be told. */

static void
ngx_http_loyalty_status_census(ngx_http_loyalty_status_t *status)
{
    loyalty_census_t  census;

    ngx_http_loyalty_metrics_census(status->program, &census);

    if (census.at == 0) {
        return;
    }

    ngx_http_loyalty_status_family(status, "loyalty_members", "gauge",
                                   "Members, as of the last count.");
    ngx_http_loyalty_status_integer(status, "loyalty_members",
                                    census.heads.members);

    ngx_http_loyalty_status_family(status, "loyalty_points_outstanding",
                                   "gauge",
                                   "Points that members have, pending ones "
                                   "as well.");
    ngx_http_loyalty_status_integer(status, "loyalty_points_outstanding",
                                    census.points);

    ngx_http_loyalty_status_family(status, "loyalty_points_owed", "gauge",
                                   "Points that members below zero owe.");
    ngx_http_loyalty_status_integer(status, "loyalty_points_owed",
                                    census.owed);

    ngx_http_loyalty_status_liability(status, census.points);
    ngx_http_loyalty_status_waiting(status, &census);

    ngx_http_loyalty_status_family(status, "loyalty_count_timestamp_seconds",
                                   "gauge",
                                   "When members were counted last.");
    ngx_http_loyalty_status_integer(status, "loyalty_count_timestamp_seconds",
                                    census.at);
}


/* What they are worth, if "point_value" says so. */

static void
ngx_http_loyalty_status_liability(ngx_http_loyalty_status_t *status,
    int64_t points)
{
    size_t              len;
    char                amount[LOYALTY_MONEY_SIZE];
    loyalty_program_t  *rules = &status->program->rules;

    if (rules->value_per == 0) {
        return;
    }

    len = loyalty_money_write(loyalty_program_worth(rules, points),
                              rules->exponent, amount);

    ngx_http_loyalty_status_family(status, "loyalty_liability", "gauge",
                                   "What outstanding points are worth, in "
                                   "the program's currency.");
    ngx_http_loyalty_status_line(status,
        "loyalty_liability{program=\"%V\",currency=\"%*s\"} %*s\n",
        &status->program->name, rules->currency.len, rules->currency.data,
        len, amount);
}


static void
ngx_http_loyalty_status_waiting(ngx_http_loyalty_status_t *status,
    loyalty_census_t *census)
{
    int64_t  age;

    /* clocks of nodes differ a little */

    age = (census->waiting != 0) ? census->at - census->waiting_since : 0;

    ngx_http_loyalty_status_family(status, "loyalty_claims_waiting", "gauge",
                                   "Claims that wait for a store to answer, "
                                   "as of the last count.");
    ngx_http_loyalty_status_integer(status, "loyalty_claims_waiting",
                                    census->waiting);

    ngx_http_loyalty_status_family(status,
                                   "loyalty_claims_waiting_oldest_seconds",
                                   "gauge",
                                   "How long the oldest of them had waited "
                                   "then.");
    ngx_http_loyalty_status_integer(status,
                                    "loyalty_claims_waiting_oldest_seconds",
                                    ngx_max(age, 0));
}


static void
ngx_http_loyalty_status_waited(ngx_http_loyalty_status_t *status)
{
    ngx_uint_t  i;

    ngx_http_loyalty_status_family(status, "loyalty_claims_waited_total",
                                   "counter",
                                   "Claims that have waited for a store to "
                                   "answer, by what has come of them.");

    for (i = 0; i < NGX_HTTP_LOYALTY_ENDS; i++) {
        ngx_http_loyalty_status_line(status,
            "loyalty_claims_waited_total{program=\"%V\",result=\"%V\"} %uA\n",
            &status->program->name, &ngx_http_loyalty_ends[i],
            status->metrics->waited[i]);
    }
}


static void
ngx_http_loyalty_status_stores(ngx_http_loyalty_status_t *status)
{
    u_char                     *p, text[sizeof("store=\"\"") + LOYALTY_ID_MAX];
    ngx_str_t                   label;
    ngx_uint_t                  i;
    ngx_http_loyalty_label_t   *name;
    ngx_http_loyalty_labels_t  *stores = &status->metrics->stores;

    ngx_http_loyalty_status_family(status, "loyalty_store_duration_seconds",
                                   "histogram",
                                   "How long stores take to answer.");

    for (i = 0; i < stores->nelts; i++) {
        name = &stores->elts[i];

        p = ngx_sprintf(text, "store=\"%*s\"", name->len, name->data);

        label.data = text;
        label.len = p - text;

        ngx_http_loyalty_status_histogram(status,
                                          "loyalty_store_duration_seconds",
                                          &label, &status->metrics->waits[i],
                                          ngx_http_loyalty_wait_bounds, 1000);
    }
}


static void
ngx_http_loyalty_status_database(ngx_http_loyalty_status_t *status)
{
    ngx_uint_t                   i;
    ngx_http_loyalty_metrics_t  *metrics = status->metrics;

    ngx_http_loyalty_status_family(status, "loyalty_batch_commands",
                                   "histogram",
                                   "How many commands the database is given "
                                   "at once.");

    for (i = 0; i < NGX_HTTP_LOYALTY_QUEUES; i++) {
        ngx_http_loyalty_status_histogram(status, "loyalty_batch_commands",
                                          &ngx_http_loyalty_queues[i],
                                          &metrics->batches[i],
                                          ngx_http_loyalty_batch_sizes, 1);
    }

    ngx_http_loyalty_status_family(status, "loyalty_queue_commands", "gauge",
                                   "Commands that wait for the database.");

    for (i = 0; i < NGX_HTTP_LOYALTY_QUEUES; i++) {
        ngx_http_loyalty_status_line(status,
            "loyalty_queue_commands{program=\"%V\",%V} %ui\n",
            &status->program->name, &ngx_http_loyalty_queues[i],
            ngx_http_loyalty_status_queued(metrics, i));
    }

    ngx_http_loyalty_status_family(status, "loyalty_database_failures_total",
                                   "counter",
                                   "Times that the database could not be "
                                   "used.");
    ngx_http_loyalty_status_integer(status, "loyalty_database_failures_total",
                                    metrics->failures);
}


static ngx_uint_t
ngx_http_loyalty_status_queued(ngx_http_loyalty_metrics_t *metrics,
    ngx_uint_t queue)
{
    ngx_uint_t  i, waiting;

    waiting = 0;

    for (i = 0; i < NGX_MAX_PROCESSES; i++) {
        waiting += metrics->waiting[i][queue];
    }

    return waiting;
}


/* Each bucket has those below it in it; "unit" is what one of a metric is. */

static void
ngx_http_loyalty_status_histogram(ngx_http_loyalty_status_t *status,
    const char *name, ngx_str_t *label,
    ngx_http_loyalty_histogram_t *histogram, const ngx_uint_t *bounds,
    ngx_uint_t unit)
{
    ngx_uint_t    i;
    ngx_str_t    *program = &status->program->name;
    ngx_atomic_t  n;

    n = 0;

    for (i = 0; i < NGX_HTTP_LOYALTY_BUCKETS; i++) {
        n += histogram->buckets[i];

        if (unit == 1) {
            ngx_http_loyalty_status_line(status,
                "%s_bucket{program=\"%V\",%V,le=\"%ui\"} %uA\n",
                name, program, label, bounds[i], n);

        } else {
            ngx_http_loyalty_status_line(status,
                "%s_bucket{program=\"%V\",%V,le=\"%ui.%03ui\"} %uA\n",
                name, program, label, bounds[i] / unit, bounds[i] % unit, n);
        }
    }

    n += histogram->buckets[NGX_HTTP_LOYALTY_BUCKETS];

    ngx_http_loyalty_status_line(status,
        "%s_bucket{program=\"%V\",%V,le=\"+Inf\"} %uA\n",
        name, program, label, n);

    if (unit == 1) {
        ngx_http_loyalty_status_line(status, "%s_sum{program=\"%V\",%V} %uA\n",
                                     name, program, label, histogram->sum);

    } else {
        ngx_http_loyalty_status_line(status,
            "%s_sum{program=\"%V\",%V} %uA.%03uA\n",
            name, program, label, histogram->sum / unit,
            histogram->sum % unit);
    }

    ngx_http_loyalty_status_line(status, "%s_count{program=\"%V\",%V} %uA\n",
                                 name, program, label, n);
}


static void
ngx_http_loyalty_status_family(ngx_http_loyalty_status_t *status,
    const char *name, const char *type, const char *help)
{
    ngx_http_loyalty_status_line(status, "# HELP %s %s\n# TYPE %s %s\n",
                                 name, help, name, type);
}


static void
ngx_http_loyalty_status_integer(ngx_http_loyalty_status_t *status,
    const char *name, ngx_uint_t value)
{
    ngx_http_loyalty_status_line(status, "%s{program=\"%V\"} %ui\n",
                                 name, &status->program->name, value);
}


static void ngx_cdecl
ngx_http_loyalty_status_line(ngx_http_loyalty_status_t *status,
    const char *fmt, ...)
{
    u_char   *data, *end;
    size_t    size;
    va_list   args;

    if (status->size - status->len < NGX_HTTP_LOYALTY_LINE) {
        size = ngx_max(2 * status->size, 16 * NGX_HTTP_LOYALTY_LINE);

        data = ngx_pnalloc(status->pool, size);

        if (data == NULL) {
            status->failed = 1;
            return;
        }

        if (status->len != 0) {
            ngx_memcpy(data, status->data, status->len);
        }

        status->data = data;
        status->size = size;
    }

    va_start(args, fmt);
    end = ngx_vslprintf(status->data + status->len,
                        status->data + status->size, fmt, args);
    va_end(args);

    status->len = end - status->data;
}
