
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <stage.h>

#include <inttypes.h>
#include <stdlib.h>


static int stage_replayed(stage_t *stage, request_t *request);
static void stage_keep(stage_t *stage, request_t *request,
    const answer_t *answer);
static void stage_find(stage_t *stage, request_t *request);
static int stage_answer(stage_t *stage, request_t *request,
    const answer_t *answer);
static int stage_result(stage_t *stage, request_t *request,
    const answer_t *answer);
static int stage_member(stage_t *stage, request_t *request,
    const answer_t *answer);
static int stage_is_coupon(stage_t *stage, request_t *request,
    const answer_t *answer);
static int stage_is(stage_t *stage, const char *what, int64_t is,
    int64_t should_be);
static int stage_leader(stage_t *stage, request_t *request,
    const answer_t *answer);


int
stage_check(stage_t *stage, request_t *request)
{
    size_t    len;
    answer_t  answer;

    if (request->step.key != 0 && stage->kept[request->step.key].answered
        && request->step.kind != STEP_CONCLUDE)
    {
        return stage_replayed(stage, request);
    }

    if (request->command.replayed) {
        return stage_wrong(stage, "an answer of nobody was replayed");
    }

    if (request->step.kind == STEP_ERRAND) {
        stage_find(stage, request);
    }

    if (request->step.kind == STEP_LEADERBOARD
        && (request->step.other & 1)
        && stage->story->rules.ladder == LADDER_LIFETIME)
    {
        memset(&answer, 0, sizeof(answer_t));

        answer.decided = 1;
        answer.outcome = "bad_request";
        answer.shown = -1;
        answer.coupon = -1;

    } else {
        model_run(&stage->model, &request->step, &answer);
    }

    if (stage_answer(stage, request, &answer) != 0) {
        len = strlen(stage->wrong);

        (void) snprintf(stage->wrong + len, sizeof(stage->wrong) - len,
                        " [member %d]", request->step.who);
        return -1;
    }

    if (request->step.key != 0) {
        stage_keep(stage, request, &answer);
    }

    return 0;
}


/* The same request gets the same answer, byte for byte, another one none. */

static int
stage_replayed(stage_t *stage, request_t *request)
{
    loyalty_str_t             code;
    const kept_t             *kept = &stage->kept[request->step.key];
    const loyalty_command_t  *c = &request->command;

    if (!c->decided || !c->replayed) {
        return stage_wrong(stage, "a key was not found again");
    }

    if (strcmp(request->same, kept->same) != 0) {
        return (c->result.outcome == LOYALTY_IDEMPOTENCY_KEY_REUSED)
               ? 0 : stage_wrong(stage, "a key was good for two requests");
    }

    if (c->result.outcome != kept->outcome || c->status != kept->status
        || c->json.len != kept->len
        || memcmp(c->json.data, kept->body, kept->len) != 0)
    {
        code = loyalty_outcome_code(c->result.outcome);

        return stage_wrong(stage, "a key was answered otherwise than at "
                           "first: %.*s", (int) code.len, code.data);
    }

    return 0;
}


static void
stage_keep(stage_t *stage, request_t *request, const answer_t *answer)
{
    kept_t                   *kept = &stage->kept[request->step.key];
    const loyalty_command_t  *c = &request->command;

    if (!c->decided || c->admission || c->status >= 500) {
        return;
    }

    free(kept->body);

    kept->body = malloc(c->json.len);

    if (kept->body == NULL) {
        abort();
    }

    memcpy(kept->body, c->json.data, c->json.len);

    kept->len = c->json.len;
    kept->status = c->status;
    kept->outcome = c->result.outcome;

    if (request->step.kind == STEP_CONCLUDE) {
        return;
    }

    kept->answered = 1;
    kept->at = stage->model.now;
    kept->coupon = (request->step.kind == STEP_REDEEM) ? answer->coupon : -1;
    memcpy(kept->same, request->same, sizeof(kept->same));
}


/* Which of the model's redemptions the engine has found. */

static void
stage_find(stage_t *stage, request_t *request)
{
    int  i;

    request->step.what = -1;

    for (i = 0; i < stage->model.ncoupons; i++) {
        if (stage->model.coupons[i].id == request->command.redemption) {
            request->step.what = i;
        }
    }
}


static int
stage_answer(stage_t *stage, request_t *request, const answer_t *answer)
{
    loyalty_str_t             code;
    const loyalty_command_t  *c = &request->command;

    if (c->decided != (unsigned) answer->decided) {
        return stage_wrong(stage, "the engine has %s",
                           c->decided ? "decided" : "not decided");
    }

    if (!c->decided) {
        return 0;
    }

    code = loyalty_outcome_code(c->result.outcome);

    if (code.len != strlen(answer->outcome)
        || memcmp(code.data, answer->outcome, code.len) != 0)
    {
        return stage_wrong(stage, "it is %.*s, and should be %s (%s)",
                           (int) code.len, code.data, answer->outcome,
                           loyalty_engine_error(stage->shop->engine));
    }

    if (c->status != loyalty_outcome_status(c->result.outcome)
        || c->json.len == 0)
    {
        return stage_wrong(stage, "there is no answer");
    }

    return stage_result(stage, request, answer);
}


static int
stage_result(stage_t *stage, request_t *request, const answer_t *answer)
{
    const loyalty_result_t  *result = &request->command.result;

    if (stage_is(stage, "earned", result->earned, answer->earned) != 0
        || stage_is(stage, "spent", result->spent, answer->spent) != 0
        || stage_is(stage, "new badges", (int64_t) result->new_badges,
                    answer->new_badges) != 0
        || stage_member(stage, request, answer) != 0
        || stage_is_coupon(stage, request, answer) != 0)
    {
        return -1;
    }

    return (request->step.kind == STEP_LEADERBOARD)
           ? stage_leader(stage, request, answer) : 0;
}


/* Whoever is shown; else nothing is. */

static int
stage_member(stage_t *stage, request_t *request, const answer_t *answer)
{
    int                      who;
    standing_t               standing;
    const loyalty_result_t  *result = &request->command.result;

    who = answer->shown;

    memset(&standing, 0, sizeof(standing_t));
    standing.tier = -1;
    standing.next_tier = -1;

    if (who >= 0) {
        model_stand(&stage->model, who, &standing);

        if (stage->members[who][0] == '\0') {
            memcpy(stage->members[who], result->member,
                   sizeof(stage->members[who]));
            memcpy(stage->referrals[who], result->referral,
                   sizeof(stage->referrals[who]));
        }

        if (strcmp(stage->members[who], result->member) != 0
            || strcmp(stage->referrals[who], result->referral) != 0)
        {
            return stage_wrong(stage, "it is another member");
        }
    }

    return stage_is(stage, "points", result->points, standing.points)
           || stage_is(stage, "pending", result->pending, standing.pending)
           || stage_is(stage, "lifetime", result->lifetime,
                       standing.lifetime)
           || stage_is(stage, "tier",
                       (result->tier == NULL)
                       ? -1 : result->tier - stage->shop->tiers,
                       standing.tier)
           || stage_is(stage, "next tier",
                       (result->next_tier == NULL)
                       ? -1 : result->next_tier - stage->shop->tiers,
                       standing.next_tier)
           || stage_is(stage, "missing", result->tier_missing,
                       standing.missing)
           || stage_is(stage, "memberships", result->memberships,
                       standing.memberships)
           || stage_is(stage, "membership until", result->membership_until,
                       standing.until)
           || stage_is(stage, "badges", (int64_t) result->badges,
                       standing.badges)
           || stage_is(stage, "streak", result->streak, standing.streak)
           ? -1 : 0;
}


static int
stage_is_coupon(stage_t *stage, request_t *request, const answer_t *answer)
{
    char                     code[72];
    coupon_t                *coupon;
    const loyalty_result_t  *result = &request->command.result;

    if (answer->coupon < 0) {
        return 0;
    }

    coupon = &stage->model.coupons[answer->coupon];

    if (request->step.kind == STEP_REDEEM) {
        coupon->id = request->command.redemption;
        (void) snprintf(coupon->text, sizeof(coupon->text), "%s",
                        result->coupon);

        if (coupon->text[0] == '\0') {
            return stage_wrong(stage, "there is no coupon");
        }

        if (stage->story->rules.rewards[coupon->reward].source
            == SOURCE_POOL)
        {
            stage_pool_code(stage, coupon->reward, coupon->code, code,
                            sizeof(code));

            if (strcmp(coupon->text, code) != 0) {
                return stage_wrong(stage, "the coupon is not the next one");
            }

            return stage_is(stage, "left in the pool", result->pool_left,
                            answer->pool_left);
        }

        return stage_is(stage, "coupon expires", result->coupon_expires,
                        coupon->expires_at);
    }

    if (request->step.kind == STEP_CONCLUDE
        && strcmp(answer->outcome, "redemption_pending") == 0)
    {
        return (result->coupon[0] == '\0')
               ? 0 : stage_wrong(stage, "the coupon is shown too early");
    }

    if (strcmp(result->coupon, coupon->text) != 0
        || strcmp(result->reward_id, stage->rewards[coupon->reward]) != 0)
    {
        return stage_wrong(stage, "it is another coupon");
    }

    return stage_is(stage, "coupon expires", result->coupon_expires,
                    coupon->expires_at);
}


static int
stage_is(stage_t *stage, const char *what, int64_t is, int64_t should_be)
{
    return (is == should_be)
           ? 0 : stage_wrong(stage, "%s: %" PRId64 ", and should be %" PRId64,
                             what, is, should_be);
}


/* Who has asked; the board itself is of all stories. */

static int
stage_leader(stage_t *stage, request_t *request, const answer_t *answer)
{
    standing_t               standing;
    const loyalty_result_t  *result = &request->command.result;

    if (answer->shown < 0) {
        return 0;
    }

    model_stand(&stage->model, answer->shown, &standing);

    if (stage_is(stage, "points that rank", result->you.points,
                 (request->step.other & 1) ? standing.window
                                           : standing.lifetime)
        != 0)
    {
        return -1;
    }

    return stage_is(stage, "has a rank", result->you.rank > 0,
                    result->you.points > 0);
}
