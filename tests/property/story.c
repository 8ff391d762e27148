
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <story.h>

#include <string.h>


/* 2026-12-22T10:00:00Z */

#define FIRST  INT64_C(1797933600)


static void orders_make(story_t *story, random_t *random, int buyers);
static void shares_make(random_t *random, int *shares);
static void debts_make(story_t *story, int *shares);
static void step_make(story_t *story, random_t *random, const int *shares,
    step_t *step);
static void step_order(story_t *story, random_t *random, step_t *step);
static int64_t step_seconds(const rules_t *rules, random_t *random);
static int64_t step_refund(const order_t *order, random_t *random);


/* How often each kind of step comes. */

static const int  step_shares[STEP_KINDS] = {
    [STEP_SIGNUP] = 12,
    [STEP_CLAIM] = 22,
    [STEP_ADMISSION] = 2,
    [STEP_EVENT] = 20,
    [STEP_ACTION] = 10,
    [STEP_REDEEM] = 16,
    [STEP_CONCLUDE] = 5,
    [STEP_ERRAND] = 3,
    [STEP_COUPON] = 3,
    [STEP_USE] = 6,
    [STEP_CANCEL] = 9,
    [STEP_BALANCE] = 4,
    [STEP_HISTORY] = 2,
    [STEP_LEADERBOARD] = 2,
    [STEP_REPEAT] = 4,
    [STEP_PASS] = 16,
    [STEP_REACH] = 12,
    [STEP_INSIST] = 1,
    [STEP_SETTLE] = 5,
    [STEP_LEADERS] = 1,
    [STEP_REOPEN] = 1
};


/* Sebastiano Vigna's splitmix64 */

static uint64_t
random_next(random_t *random)
{
    uint64_t  z;

    random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = random->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);

    return z ^ (z >> 31);
}


int64_t
any(random_t *random, int64_t n)
{
    return (int64_t) (random_next(random) % (uint64_t) n);
}


int64_t
one_of(random_t *random, const int64_t *values, int n)
{
    return values[any(random, n)];
}


int
once_in(random_t *random, int n)
{
    return any(random, n) == 0;
}


void
story_make(story_t *story, uint64_t seed, int slot)
{
    int       i, buyers, shares[STEP_KINDS];
    random_t  random = { seed };

    memset(story, 0, sizeof(story_t));

    story->seed = seed;
    story->begins = FIRST + slot * (STORY_LASTS + 4 * YEAR)
                    + any(&random, 4 * YEAR);
    story->nsteps = (int) (8 + any(&random, STEPS - 7));

    rules_make(&story->rules, &random, story->begins);
    shares_make(&random, shares);

    /* in some stories, much happens to one member */

    buyers = once_in(&random, 3) ? 1 : 3;

    if (buyers == 1 && once_in(&random, 3)) {
        debts_make(story, shares);
    }

    orders_make(story, &random, buyers);

    for (i = 0; i < story->nsteps; i++) {
        step_make(story, &random, shares, &story->steps[i]);
    }

    /* somebody is there */

    for (i = 0; i < 3; i++) {
        story->steps[i].kind = STEP_SIGNUP;
        story->steps[i].who = i;
        story->steps[i].other = i - 1;
    }
}


static void
orders_make(story_t *story, random_t *random, int buyers)
{
    int       i, sku;
    order_t  *order;

    for (i = 0; i < ORDERS; i++) {
        order = &story->orders[i];

        order->buyer = (int) any(random, once_in(random, 3) ? PEOPLE : buyers);
        order->store = i % story->rules.nstores;
        order->number = i / story->rules.nstores;
        order->total = once_in(random, 12) ? 0 : any(random, 20000);
        order->tax = once_in(random, 2) ? 0 : order->total / 6;
        order->shipping = once_in(random, 2) ? 0 : any(random, 1000);

        for (sku = 0; sku < SKUS; sku++) {
            order->quantity[sku] = once_in(random, 4)
                                   ? 1 + any(random, 3) : 0;
        }
    }
}


/* In each story other things happen more often than others. */

static void
shares_make(random_t *random, int *shares)
{
    int  i;

    for (i = 0; i < STEP_KINDS; i++) {
        shares[i] = step_shares[i] * (int) choose(random, 1, 1, 1, 0, 5);
    }

    shares[STEP_PASS]++;
}


/* Refunds of what was spent already, some of them cancelled. */

static void
debts_make(story_t *story, int *shares)
{
    story->rules.negative = 1;
    story->rules.inactivity = 0;
    story->rules.expire = 30 * DAY;
    story->nsteps = STEPS;

    memset(shares, 0, STEP_KINDS * sizeof(int));

    shares[STEP_CLAIM] = 20;
    shares[STEP_EVENT] = 60;
    shares[STEP_ACTION] = 5;
    shares[STEP_REDEEM] = 15;
    shares[STEP_CANCEL] = 5;
    shares[STEP_PASS] = 10;
}


static void
step_make(story_t *story, random_t *random, const int *shares, step_t *step)
{
    int  kind, share, all;

    all = 0;

    for (kind = 0; kind < STEP_KINDS; kind++) {
        all += shares[kind];
    }

    share = (int) any(random, all);

    for (kind = 0; share >= shares[kind]; kind++) {
        share -= shares[kind];
    }

    step->kind = kind;
    step->who = once_in(random, 3) ? (int) any(random, PEOPLE)
                                   : (int) any(random, 3);
    step->what = (int) any(random, 64);
    step->other = (int) any(random, 8) - 1;
    step->store = (int) any(random, story->rules.nstores + 1) - 1;
    step->key = once_in(random, 6) ? (int) (1 + any(random, 3)) : 0;
    step->together = once_in(random, 4);
    step->verdict = any(random, 3);
    step->seconds = step_seconds(&story->rules, random);

    switch (kind) {

    case STEP_SIGNUP:
        step->who = (int) any(random, PEOPLE);
        step->other = once_in(random, 2) ? 0 : step->other;
        break;

    case STEP_CLAIM:
    case STEP_EVENT:
    case STEP_ADMISSION:
        step_order(story, random, step);
        break;

    default:
        break;
    }
}


/* Few orders, so that things happen to the same ones. */

static void
step_order(story_t *story, random_t *random, step_t *step)
{
    step->what = (int) (once_in(random, 2) ? any(random, 4)
                                           : any(random, ORDERS));
    step->foreign = once_in(random, 40);

    /* most people claim their own */

    if (!once_in(random, 8)) {
        step->who = story->orders[step->what].buyer;
    }

    if (step->kind == STEP_EVENT) {
        step->status = choose(random, STATUS_PAID, STATUS_PAID, STATUS_PAID,
                              STATUS_VOID, STATUS_OPEN);
        step->refunded = step_refund(&story->orders[step->what], random);
        step->seconds = choose(random, 0, 0, 0, 0, 1, 60, 1800);
    }

    if (step->kind == STEP_CLAIM) {
        step->status = once_in(random, 15) ? STATUS_OPEN : STATUS_PAID;

        if (once_in(random, 6)) {
            step->refunded = step_refund(&story->orders[step->what], random);
        }
    }

    if (step->status != STATUS_PAID) {
        step->foreign = 0;
    }
}


/* Rather just before or at the time at which something happens. */

static int64_t
step_seconds(const rules_t *rules, random_t *random)
{
    int64_t        seconds;
    const int64_t  times[] = {
        1, HOUR, DAY, DAY, 7 * DAY, 7 * DAY, 30 * DAY, YEAR,
        rules->pending, rules->pending, rules->expire, rules->length,
        rules->length / 2, rules->grace, rules->coupon_expires,
        rules->coupon_retry, rules->coupon_retry * 100, rules->streak,
        rules->cap_window, rules->memberships[0].lasts
    };

    seconds = one_of(random, times, sizeof(times) / sizeof(times[0]));

    if (once_in(random, 3)) {
        seconds--;
    }

    return (seconds > 0) ? seconds : 1;
}


static int64_t
step_refund(const order_t *order, random_t *random)
{
    switch (any(random, 6)) {

    case 0:
        return 0;

    case 1:
        return order->total;

    case 2:
        return order->total + order->tax;

    default:
        return order->total * any(random, 7) / 7;
    }
}
