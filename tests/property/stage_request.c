
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <stage.h>

#include <ctype.h>
#include <inttypes.h>


static int stage_held(const stage_t *stage, int n);
static int stage_keyed(stage_t *stage, step_t *step);
static void stage_order(stage_t *stage, const step_t *step,
    request_t *request);
static void stage_coupon(stage_t *stage, const step_t *step,
    request_t *request);
static void stage_order_body(stage_t *stage, const step_t *step,
    request_t *request);
static void stage_same(request_t *request);


int
stage_resolve(stage_t *stage, const step_t *step, step_t *resolved)
{
    const model_t  *model = &stage->model;
    const rules_t  *rules = &stage->story->rules;

    *resolved = *step;

    switch (step->kind) {

    case STEP_SIGNUP:

        /* a code is known if its owner was told */

        if (step->other < 0 || step->other >= PEOPLE
            || stage->referrals[step->other][0] == '\0')
        {
            resolved->other = -1;
        }

        break;

    case STEP_ACTION:
        resolved->what = step->what % (rules->nactions + 1);
        resolved->other = step->other + 1;

        if (resolved->what == RULES) {
            return 0;
        }

        break;

    case STEP_REDEEM:
        resolved->what = (step->what == 0) ? rules->nrewards
                                           : step->what % rules->nrewards;

        if (resolved->what == RULES) {
            return 0;
        }

        break;

    case STEP_CONCLUDE:
        resolved->what = stage_held(stage, step->what);

        if (resolved->what < 0) {
            return 0;
        }

        resolved->who = model->coupons[resolved->what].member;
        break;

    case STEP_COUPON:
    case STEP_USE:
    case STEP_CANCEL:
        resolved->what = (model->ncoupons == 0 || step->what == 0)
                         ? -1 : step->what % model->ncoupons;

        if (step->kind == STEP_CANCEL && resolved->what >= 0
            && step->other != 0)
        {
            resolved->who = model->coupons[resolved->what].member;
        }

        break;

    case STEP_REPEAT:

        if (stage->repeat.key == 0) {
            return 0;
        }

        *resolved = stage->repeat;
        break;

    default:
        break;
    }

    return stage_keyed(stage, resolved);
}


/* The n-th redemption that waits for the store, or did. */

static int
stage_held(const stage_t *stage, int n)
{
    int             i, nheld;
    int             held[COUPONS];
    const model_t  *model = &stage->model;

    nheld = 0;

    for (i = 0; i < model->ncoupons; i++) {
        if (model->rules->rewards[model->coupons[i].reward].source
            == SOURCE_STORE)
        {
            held[nheld++] = i;
        }
    }

    return (nheld == 0) ? -1 : held[n % nheld];
}


static int
stage_keyed(stage_t *stage, step_t *step)
{
    int      i;
    kept_t  *kept = &stage->kept[step->key];

    switch (step->kind) {

    case STEP_EVENT:
    case STEP_ERRAND:
    case STEP_COUPON:
        step->who = (step->kind == STEP_COUPON) ? -1 : step->who;
        step->key = 0;
        return 1;

    case STEP_USE:
        step->who = -1;
        break;

    case STEP_HISTORY:
        step->key = 0;
        return 1;

    case STEP_CONCLUDE:

        /* with the key of the first part */

        step->key = 0;

        for (i = 1; i < KEYS; i++) {
            if (stage->kept[i].answered
                && stage->kept[i].coupon == step->what)
            {
                step->key = i;
            }
        }

        return 1;

    default:
        break;
    }

    if (step->key != 0) {

        /* it is kept for a day; older ones may be forgotten */

        if (kept->answered && stage->model.now - kept->at > DAY) {
            kept->answered = 0;
            kept->age++;
        }

        stage->repeat = *step;
    }

    return 1;
}


void
stage_request(stage_t *stage, const step_t *step, request_t *request)
{
    loyalty_command_t              *c = &request->command;
    static const loyalty_command_e  kinds[] = {
        [STEP_SIGNUP] = LOYALTY_COMMAND_SIGNUP,
        [STEP_CLAIM] = LOYALTY_COMMAND_CLAIM,
        [STEP_ADMISSION] = LOYALTY_COMMAND_CLAIM,
        [STEP_EVENT] = LOYALTY_COMMAND_ORDER_EVENT,
        [STEP_ACTION] = LOYALTY_COMMAND_ACTION,
        [STEP_REDEEM] = LOYALTY_COMMAND_REDEEM,
        [STEP_CONCLUDE] = LOYALTY_COMMAND_CONCLUDE,
        [STEP_ERRAND] = LOYALTY_COMMAND_ERRAND,
        [STEP_COUPON] = LOYALTY_COMMAND_COUPON,
        [STEP_USE] = LOYALTY_COMMAND_USE,
        [STEP_CANCEL] = LOYALTY_COMMAND_CANCEL,
        [STEP_BALANCE] = LOYALTY_COMMAND_BALANCE,
        [STEP_HISTORY] = LOYALTY_COMMAND_HISTORY,
        [STEP_LEADERBOARD] = LOYALTY_COMMAND_LEADERBOARD
    };

    memset(request, 0, sizeof(request_t));

    request->step = *step;

    c->kind = kinds[step->kind];
    c->caller = text("chatbot");
    c->errand = &request->errand;

    if (step->who >= 0 && step->kind != STEP_EVENT
        && step->kind != STEP_ERRAND)
    {
        c->email = text(stage->emails[step->who]);
    }

    switch (step->kind) {

    case STEP_SIGNUP:
        c->referral = text((step->other < 0) ? "NOBODY00"
                                             : stage->referrals[step->other]);
        break;

    case STEP_ACTION:
        (void) snprintf(request->ref, sizeof(request->ref), "%llu.%d",
                        (unsigned long long) stage->story->seed, step->other);
        c->ref = text(request->ref);
        c->action = (step->what < stage->story->rules.nactions)
                    ? stage->shop->actions[step->what].id : text("nothing");
        break;

    case STEP_REDEEM:
        c->reward = text(stage->rewards[step->what]);
        break;

    case STEP_CONCLUDE:
        c->redemption = stage->model.coupons[step->what].id;
        c->verdict = (step->verdict == VERDICT_THERE) ? LOYALTY_COUPON_THERE
                     : (step->verdict == VERDICT_ABSENT)
                       ? LOYALTY_COUPON_ABSENT : LOYALTY_COUPON_UNCLEAR;
        break;

    case STEP_LEADERBOARD:
        c->by = text((step->other & 1) ? "window" : "lifetime");
        break;

    default:
        stage_order(stage, step, request);
        stage_coupon(stage, step, request);
    }

    if (step->key != 0) {
        (void) snprintf(request->key, sizeof(request->key), "%llu.%d.%u",
                        (unsigned long long) stage->story->seed, step->key,
                        stage->kept[step->key].age);
        c->idempotency_key = text(request->key);
    }

    stage_same(request);
}


static void
stage_order(stage_t *stage, const step_t *step, request_t *request)
{
    loyalty_command_t  *c = &request->command;

    if (step->kind != STEP_CLAIM && step->kind != STEP_ADMISSION
        && step->kind != STEP_EVENT)
    {
        return;
    }

    (void) snprintf(request->order, sizeof(request->order), "%llu-%d",
                    (unsigned long long) stage->story->seed,
                    stage->story->orders[step->what].number);

    c->order = text(request->order);
    c->admission = (step->kind == STEP_ADMISSION);

    if (stage->story->rules.nstores > 1) {
        c->store = stage->shop->stores[stage->story->orders[step->what]
                                            .store].id;
    }

    if (!c->admission) {
        stage_order_body(stage, step, request);
    }

    c->asked_at = 1000 * stage->model.now;

    if (step->kind == STEP_EVENT) {
        c->asked_at -= 1000 * step->seconds;
    }
}


static void
stage_order_body(stage_t *stage, const step_t *step, request_t *request)
{
    size_t               n;
    int                  sku;
    const order_t       *order = &stage->story->orders[step->what];
    const store_rule_t  *store = &stage->story->rules.stores[order->store];
    static const char   *statuses[] = { "paid", "void", "open" };
    static const char   *items[SKUS] = {
        "\"sku\":\"SOAP\",\"category\":[\"bath\"]",
        "\"sku\":\"TEA\",\"category\":[\"food\",\"bath\"]",
        "\"sku\":\"MEMBER-0\",\"category\":null",
        "\"sku\":\"MEMBER-1\",\"category\":\"none\""
    };

    n = (size_t) snprintf(request->body, sizeof(request->body),
                          "{\"number\":\"%s\",\"email\":\"%s\",\"total\":%"
                          PRId64 ",\"tax\":%" PRId64 ",\"shipping\":%" PRId64
                          ",\"refunded\":%" PRId64 ",\"currency\":\"%s\","
                          "\"status\":\"%s\",\"items\":[",
                          request->order, stage->emails[order->buyer],
                          order->total, order->tax, order->shipping,
                          step->refunded,
                          step->foreign ? "CHF" : store->currency,
                          statuses[step->status]);

    for (sku = 0; sku < SKUS; sku++) {
        n += (size_t) snprintf(request->body + n, sizeof(request->body) - n,
                               "%s{%s,\"quantity\":%" PRId64 "}",
                               (sku != 0) ? "," : "", items[sku],
                               order->quantity[sku]);
    }

    (void) snprintf(request->body + n, sizeof(request->body) - n, "]}");

    request->command.order_body = text(request->body);
}


/* Shops may show codes in lower case. */

static void
stage_coupon(stage_t *stage, const step_t *step, request_t *request)
{
    char               *p;
    loyalty_command_t  *c = &request->command;

    if (step->kind != STEP_COUPON && step->kind != STEP_USE
        && step->kind != STEP_CANCEL)
    {
        return;
    }

    (void) snprintf(request->coupon, sizeof(request->coupon), "%s",
                    (step->what < 0) ? "NOSUCHCOUPON0000"
                                     : stage->model.coupons[step->what].text);

    if (step->verdict == VERDICT_ABSENT) {
        for (p = request->coupon; *p != '\0'; p++) {
            *p = (char) tolower((unsigned char) *p);
        }
    }

    c->coupon = text(request->coupon);

    if (step->kind == STEP_CANCEL) {
        return;
    }

    if (step->other >= 0) {
        (void) snprintf(request->order, sizeof(request->order), "used-%d",
                        step->other);
        c->order = text(request->order);
    }

    if (step->store >= 0) {
        c->store = stage->shop->stores[step->store].id;
    }
}


static void
stage_same(request_t *request)
{
    const loyalty_command_t  *c = &request->command;

#define part(text)  (int) (text).len, ((text).len != 0) ? (text).data : ""

    (void) snprintf(request->same, sizeof(request->same),
                    "%d %.*s %.*s %.*s %.*s %.*s %.*s %.*s %.*s %.*s",
                    (int) c->kind, part(c->email), part(c->order),
                    part(c->store), part(c->reward), part(c->coupon),
                    part(c->action), part(c->ref), part(c->referral),
                    part(c->by));
}
