
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <stage.h>
#include <loyalty_time.h>

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>


static int stage_page(stage_t *stage, const request_t *request, int *past,
    int64_t *expired, char *next, size_t size);
static int stage_entry(stage_t *stage, const past_t *past, json_t *entry);
static int stage_entry_reference(stage_t *stage, const past_t *past,
    char *reference, size_t size);
static int stage_entry_is(stage_t *stage, json_t *entry, const char *name,
    const char *value);
static int stage_entry_when(stage_t *stage, json_t *entry, const char *name,
    int64_t when);


static const char *const  states[] = {
    [COUPON_ISSUED] = "issued",
    [COUPON_WAITING] = "waiting",
    [COUPON_HELD] = "held",
    [COUPON_USED] = "used",
    [COUPON_DONE] = "done",
    [COUPON_CANCELLED] = "cancelled",
    [COUPON_REFUSED] = "refused"
};


/*
 * Reads all of a member's history and compares it with the model's, which does
 * not know when the engine gets round to writing down what has expired.
 */

int
stage_history(stage_t *stage, int who, int settled)
{
    int         past, rc;
    char        next[24];
    int64_t     expired;
    step_t      step;
    member_t   *member = &stage->model.members[who];
    request_t  *request;

    memset(&step, 0, sizeof(step_t));

    step.kind = STEP_HISTORY;
    step.who = who;

    request = calloc(1, sizeof(request_t));

    if (request == NULL) {
        abort();
    }

    past = member->npasts;
    expired = 0;
    next[0] = '\0';

    do {
        stage_request(stage, &step, request);

        (void) snprintf(request->before, sizeof(request->before), "%s", next);
        (void) snprintf(request->limit, sizeof(request->limit), "%d",
                        (int) (1 + stage->story->seed % 9));
        request->command.before = text(request->before);
        request->command.limit = text(request->limit);

        (void) loyalty_engine_run(stage->shop->engine, &request->command,
                                  stage->model.now);

        rc = stage_page(stage, request, &past, &expired, next, sizeof(next));

        loyalty_json_free(&request->command.json);

    } while (rc == 0 && next[0] != '\0');

    free(request);

    if (rc == 0 && past != 0) {
        return stage_wrong(stage, "the history is cut short");
    }

    if (rc == 0 && (expired > member->expired
                    || (settled && expired != member->expired)))
    {
        return stage_wrong(stage, "%" PRId64 " points have expired, and it "
                           "should be %" PRId64, expired, member->expired);
    }

    return rc;
}


/* *past goes back to what the page has begun with. */

static int
stage_page(stage_t *stage, const request_t *request, int *past,
    int64_t *expired, char *next, size_t size)
{
    int          rc;
    size_t       i;
    json_t      *root, *entries, *entry;
    const char  *kind;
    member_t    *member = &stage->model.members[request->step.who];

    root = json_loadb(request->command.json.data, request->command.json.len,
                      0, NULL);
    entries = json_object_get(root, "entries");

    if (!json_is_array(entries)) {
        json_decref(root);
        return stage_wrong(stage, "there is no history");
    }

    rc = 0;

    if (json_array_size(entries) == 0 && request->before[0] != '\0') {
        rc = stage_wrong(stage, "the history goes on with nothing");
    }

    for (i = 0; i < json_array_size(entries) && rc == 0; i++) {
        entry = json_array_get(entries, i);
        kind = json_string_value(json_object_get(entry, "kind"));

        if (kind != NULL && strcmp(kind, "expiry") == 0) {
            *expired -= json_integer_value(json_object_get(entry, "points"));

        } else if (*past == 0) {
            rc = stage_wrong(stage, "the history has too many entries");

        } else {
            rc = stage_entry(stage, &member->pasts[--*past], entry);
        }
    }

    (void) snprintf(next, size, "%s",
                    json_string_value(json_object_get(root, "next")));

    json_decref(root);

    return rc;
}


static int
stage_entry(stage_t *stage, const past_t *past, json_t *entry)
{
    int              hidden;
    char             reference[64];
    coupon_t        *coupon;
    loyalty_str_t    store = { 0, NULL };
    static coupon_t  none;

    if (past->store >= 0) {
        store = stage->shop->stores[past->store].id;
    }

    coupon = &none;

    if (stage_entry_reference(stage, past, reference, sizeof(reference))) {
        coupon = &stage->model.coupons[past->what];
    }

    /* a code that the store does not know yet is nobody's business */

    hidden = (coupon->state == COUPON_HELD || coupon->state == COUPON_REFUSED);

    if (json_integer_value(json_object_get(entry, "points")) != past->points) {
        return stage_wrong(stage, "the history has %" PRId64 " points where "
                           "%s of %" PRId64 " should be",
                           (int64_t) json_integer_value(
                               json_object_get(entry, "points")),
                           past->kind, past->points);
    }

    return stage_entry_is(stage, entry, "kind", past->kind)
           || stage_entry_is(stage, entry, "reference", reference)
           || stage_entry_is(stage, entry, "store",
                             (store.len != 0) ? store.data : "")
           || stage_entry_is(stage, entry, "coupon",
                             hidden ? "" : coupon->text)
           || stage_entry_is(stage, entry, "coupon_state",
                             (coupon == &none) ? "" : states[coupon->state])
           || stage_entry_when(stage, entry, "at", past->at)
           || stage_entry_when(stage, entry, "usable_at", past->usable_at)
           || stage_entry_when(stage, entry, "expires_at", past->until_at)
           || stage_entry_when(stage, entry, "coupon_expires",
                               coupon->expires_at)
           ? -1 : 0;
}


/* Returns 1 for a redemption. */

static int
stage_entry_reference(stage_t *stage, const past_t *past, char *reference,
    size_t size)
{
    const char  *kind = past->kind;

    reference[0] = '\0';

    if (strcmp(kind, "claim") == 0 || strcmp(kind, "reversal") == 0
        || strcmp(kind, "restoration") == 0)
    {
        (void) snprintf(reference, size, "%llu-%d",
                        (unsigned long long) stage->story->seed,
                        stage->story->orders[past->what].number);

    } else if (strcmp(kind, "referral") == 0) {
        (void) snprintf(reference, size, "%s", stage->members[past->what]);

    } else if (strcmp(kind, "action") == 0) {
        (void) snprintf(reference, size, "%s",
                        stage->shop->actions[past->what].id.data);

    } else if (strcmp(kind, "badge") == 0) {
        (void) snprintf(reference, size, "%s",
                        stage->shop->badges[past->what].id.data);

    } else if (strcmp(kind, "redemption") == 0
               || strcmp(kind, "cancellation") == 0)
    {
        (void) snprintf(reference, size, "%s",
                        stage->rewards[stage->model.coupons[past->what]
                                             .reward]);
    }

    return strcmp(kind, "redemption") == 0;
}


static int
stage_entry_is(stage_t *stage, json_t *entry, const char *name,
    const char *value)
{
    const char  *is;

    is = json_string_value(json_object_get(entry, name));

    if (is == NULL || strcmp(is, value) != 0) {
        return stage_wrong(stage, "the history says %s \"%s\", and should say "
                           "\"%s\"", name, (is != NULL) ? is : "?", value);
    }

    return 0;
}


static int
stage_entry_when(stage_t *stage, json_t *entry, const char *name,
    int64_t when)
{
    char  value[LOYALTY_TIME_LEN + 1];

    value[0] = '\0';

    if (when != 0) {
        loyalty_time_write(when, value);
        value[LOYALTY_TIME_LEN] = '\0';
    }

    return stage_entry_is(stage, entry, name, value);
}
