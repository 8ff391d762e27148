
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <stage.h>

#include <stdarg.h>
#include <stdlib.h>


#define INSIST  14


static int stage_step(stage_t *stage, const step_t *step);
static int stage_flush(stage_t *stage);
static void stage_go(stage_t *stage, int64_t now);
static int stage_insist(stage_t *stage);
static int stage_settle(stage_t *stage, int all);
static int stage_leaders(stage_t *stage);
static int stage_look(stage_t *stage);
static int stage_end(stage_t *stage);
static void stage_clear(stage_t *stage);


int
stage_play(stage_t *stage, shop_t *shop, const story_t *story)
{
    int  i;

    stage_clear(stage);

    stage->shop = shop;
    stage->story = story;

    model_init(&stage->model, story);
    shop->now = stage->model.now;

    stage_program(stage);
    stage_pool(stage);

    for (i = 0; i < story->nsteps; i++) {

        if (stage_step(stage, &story->steps[i]) != 0) {
            return i;
        }

        if (!story->steps[i].together && stage_flush(stage) != 0) {
            return i;
        }
    }

    return (stage_flush(stage) == 0 && stage_end(stage) == 0) ? -1 : i;
}


static void
stage_clear(stage_t *stage)
{
    int  i;

    for (i = 0; i < KEYS; i++) {
        free(stage->kept[i].body);
    }

    memset(stage, 0, sizeof(stage_t));
}


int
stage_wrong(stage_t *stage, const char *format, ...)
{
    va_list  args;

    if (stage->wrong[0] == '\0') {
        va_start(args, format);
        (void) vsnprintf(stage->wrong, sizeof(stage->wrong), format, args);
        va_end(args);
    }

    return -1;
}


static int
stage_step(stage_t *stage, const step_t *step)
{
    step_t  resolved;

    if (step->kind < STEP_REPEAT || step->kind == STEP_REPEAT) {

        if (stage_resolve(stage, step, &resolved)) {
            stage_request(stage, &resolved, &stage->batch[stage->nbatch++]);
        }

        return (stage->nbatch == BATCH) ? stage_flush(stage) : 0;
    }

    if (stage_flush(stage) != 0) {
        return -1;
    }

    switch (step->kind) {

    case STEP_PASS:
        stage_go(stage, stage->model.now + step->seconds);
        return 0;

    case STEP_REACH:
        stage_go(stage, model_moment(&stage->model, step->who, step->what)
                        - (step->other == 0));
        return 0;

    case STEP_INSIST:
        return stage_insist(stage);

    case STEP_SETTLE:
        return stage_settle(stage, step->other & 1);

    case STEP_LEADERS:
        return stage_leaders(stage);

    default: /* STEP_REOPEN */
        shop_reload(stage->shop);
        return 0;
    }
}


/* The engine says in which order it has run them. */

static int
stage_flush(stage_t *stage)
{
    int                 i, rc, look;
    request_t          *request;
    loyalty_command_t  *c;

    if (stage->nbatch == 0) {
        return 0;
    }

    look = 0;

    for (i = 0; i < stage->nbatch; i++) {
        stage->batch[i].command.next = (i + 1 < stage->nbatch)
                                       ? &stage->batch[i + 1].command : NULL;
        look |= (stage->batch[i].step.kind <= STEP_EVENT);
    }

    c = loyalty_engine_run(stage->shop->engine, &stage->batch[0].command,
                           stage->model.now);
    rc = 0;

    for ( /* void */ ; c != NULL; c = c->next) {
        request = (request_t *) c;

        if (rc == 0) {
            rc = stage_check(stage, request);
        }
    }

    for (i = 0; i < stage->nbatch; i++) {
        request = &stage->batch[i];

        loyalty_json_free(&request->command.json);

        if (rc == 0 && request->step.kind == STEP_HISTORY
            && stage->model.members[request->step.who].joined)
        {
            rc = stage_history(stage, request->step.who, 0);
        }
    }

    stage->nbatch = 0;

    return (rc == 0 && look) ? stage_look(stage) : rc;
}


/* Time does not go back, nor on to when another story begins. */

static void
stage_go(stage_t *stage, int64_t now)
{
    if (now > stage->model.now && now < stage->story->begins + STORY_LASTS) {
        stage->model.now = now;
        stage->shop->now = now;
    }
}


/* The store does not answer for so long that nobody asks it any more. */

static int
stage_insist(stage_t *stage)
{
    int     i, n;
    step_t  errand, conclude;

    memset(&errand, 0, sizeof(step_t));
    memset(&conclude, 0, sizeof(step_t));

    errand.kind = STEP_ERRAND;
    errand.who = -1;
    conclude.kind = STEP_CONCLUDE;
    conclude.verdict = VERDICT_UNCLEAR;

    for (i = 0; i < INSIST; i++) {
        stage_go(stage, stage->model.now + DAY);
        stage_request(stage, &errand, &stage->batch[stage->nbatch++]);

        if (stage_flush(stage) != 0) {
            return -1;
        }

        n = stage->batch[0].step.what;

        if (n < 0) {
            return 0;
        }

        conclude.what = n;
        conclude.who = stage->model.coupons[n].member;

        stage_request(stage, &conclude, &stage->batch[stage->nbatch++]);

        if (stage_flush(stage) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
stage_settle(stage_t *stage, int all)
{
    int  more;

    do {
        if (loyalty_engine_settle(stage->shop->engine, stage->model.now,
                                  &more)
            != LOYALTY_OK)
        {
            return stage_wrong(stage, "settling has failed: %s",
                               loyalty_engine_error(stage->shop->engine));
        }

    } while (more && all);

    return 0;
}


static int
stage_leaders(stage_t *stage)
{
    int  more;

    do {
        if (loyalty_engine_leaders(stage->shop->engine, stage->model.now,
                                   &more)
            != LOYALTY_OK)
        {
            return stage_wrong(stage, "the leaderboard has failed: %s",
                               loyalty_engine_error(stage->shop->engine));
        }

    } while (more);

    return 0;
}


/* What has become of everybody; a friend's points come unasked. */

static int
stage_look(stage_t *stage)
{
    int                 i, n, rc;
    step_t              step;
    request_t          *request;
    loyalty_command_t  *c;

    memset(&step, 0, sizeof(step_t));

    step.kind = STEP_BALANCE;
    n = 0;

    for (i = 0; i < PEOPLE; i++) {
        if (stage->model.members[i].joined) {
            step.who = i;
            stage_request(stage, &step, &stage->batch[n++]);

            if (n > 1) {
                stage->batch[n - 2].command.next = &stage->batch[n - 1]
                                                    .command;
            }
        }
    }

    if (n == 0) {
        return 0;
    }

    rc = 0;

    for (c = loyalty_engine_run(stage->shop->engine,
                                &stage->batch[0].command, stage->model.now);
         c != NULL;
         c = c->next)
    {
        request = (request_t *) c;

        if (rc == 0) {
            rc = stage_check(stage, request);
        }
    }

    for (i = 0; i < n; i++) {
        loyalty_json_free(&stage->batch[i].command.json);
    }

    return rc;
}


/* No redemption is left to the next story; then all is looked at. */

static int
stage_end(stage_t *stage)
{
    int       i;
    step_t    step;

    memset(&step, 0, sizeof(step_t));

    step.kind = STEP_CONCLUDE;

    for (i = 0; i < stage->model.ncoupons; i++) {

        if (stage->model.coupons[i].state != COUPON_HELD) {
            continue;
        }

        step.what = i;
        step.who = stage->model.coupons[i].member;
        step.verdict = (i & 1) ? VERDICT_ABSENT : VERDICT_THERE;

        stage_request(stage, &step, &stage->batch[stage->nbatch++]);

        if (stage_flush(stage) != 0) {
            return -1;
        }
    }

    /* whatever was begun is done, and then it is time to begin anew */

    if (stage_settle(stage, 1) != 0) {
        return -1;
    }

    stage->model.now += DAY;
    stage->shop->now = stage->model.now;

    if (stage_settle(stage, 1) != 0 || stage_look(stage) != 0) {
        return -1;
    }

    for (i = 0; i < PEOPLE; i++) {
        if (stage->model.members[i].joined
            && stage_history(stage, i, 1) != 0)
        {
            return -1;
        }
    }

    return 0;
}
