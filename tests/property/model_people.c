
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <model.h>


static int same_mailbox(int one, int two);
static void model_befriend(model_t *model, int who, int referrer);
static void model_reward_friend(model_t *model, int who, int order,
    answer_t *answer);
static int64_t both_give(model_t *model, int who);
static int capped(const model_t *model, int referrer);
static int64_t side_earn(model_t *model, member_t *member, int other,
    side_t *side, int64_t points);
static void side_take(model_t *model, member_t *member, int other,
    side_t *side);
static int64_t side_give(model_t *model, member_t *member, int other,
    side_t *side);
static int64_t badge_count(const model_t *model, const member_t *member,
    const badge_rule_t *badge);
static int64_t events_since(const model_t *model, const member_t *member,
    int action, int64_t window);


/* Which addresses are the same person's: see stage_program.c. */

static const int  mailboxes[PEOPLE] = {
    0, 1, 0, 3, 3, 5, 6, 7
};


static int
same_mailbox(int one, int two)
{
    return mailboxes[one] == mailboxes[two];
}


void
model_signup(model_t *model, const step_t *step, answer_t *answer)
{
    member_t       *member = &model->members[step->who];
    const rules_t  *rules = model->rules;

    answer->shown = step->who;

    if (member->joined) {
        answer->outcome = "already_member";
        return;
    }

    answer->outcome = "signed_up";

    member->joined = 1;
    member->joined_at = model->now;

    if (rules->signup_bonus != 0) {
        (void) points_earn(model, member, "signup", -1, -1,
                           rules->signup_bonus, 0);
        answer->earned += rules->signup_bonus;
    }

    if (rules->referral == 0 || step->other < 0
        || same_mailbox(step->who, step->other))
    {
        return;
    }

    model_befriend(model, step->who, step->other);

    if (rules->on_signup) {
        model_reward_friend(model, step->who, -1, answer);
    }
}


/* A mailbox is somebody's friend once, unless it is a member's itself. */

static void
model_befriend(model_t *model, int who, int referrer)
{
    int  i;

    if (mailboxes[who] != who && model->members[mailboxes[who]].joined) {
        return;
    }

    for (i = 0; i < PEOPLE; i++) {
        if (same_mailbox(i, who) && model->members[i].referrer >= 0) {
            return;
        }
    }

    model->members[who].referrer = referrer;
}


/* After an order: only the first one counts. */

void
model_bought(model_t *model, int who, int order, answer_t *answer)
{
    const rules_t   *rules = model->rules;
    const member_t  *member = &model->members[who];

    if (rules->referral != 0 && !rules->on_signup
        && orders_that_stand(model, member) == 1
        && model->claims[order].total >= rules->referral_min)
    {
        model_reward_friend(model, who, order, answer);
    }
}


/* If it was refunded, what was taken back comes again. */

static void
model_reward_friend(model_t *model, int who, int order, answer_t *answer)
{
    int64_t         points;
    member_t       *referrer, *member = &model->members[who];
    const rules_t  *rules = model->rules;

    if (member->referrer < 0 || member->rewarded) {
        return;
    }

    referrer = &model->members[member->referrer];
    points = capped(model, member->referrer) ? 0 : rules->referral;

    points_settle(model, referrer);

    if (member->brought_by < 0) {
        side_earn(model, referrer, who, &member->sides[0], points);
        answer->earned += side_earn(model, member, member->referrer,
                                    &member->sides[1], rules->friend);

    } else {
        answer->earned += both_give(model, who);
    }

    member->rewarded = 1;
    member->rewarded_at = model->now;
    member->brought_by = order;
}


/* Who has reached the cap by others meanwhile has lost it for good. */

static int64_t
both_give(model_t *model, int who)
{
    member_t  *member = &model->members[who];

    if (capped(model, member->referrer)) {
        member->sides[0].lot = -1;
        member->sides[0].back = -1;
    }

    (void) side_give(model, &model->members[member->referrer], who,
                     &member->sides[0]);

    return side_give(model, member, member->referrer, &member->sides[1]);
}


static int
capped(const model_t *model, int referrer)
{
    int              i, friends;
    int64_t          since;
    const rules_t   *rules = model->rules;
    const member_t  *member;

    since = (rules->cap_window != 0) ? model->now - rules->cap_window : 0;
    friends = 0;

    for (i = 0; i < PEOPLE; i++) {
        member = &model->members[i];

        if (member->referrer == referrer && member->rewarded
            && member->sides[0].had != 0 && member->rewarded_at > since)
        {
            friends++;
        }
    }

    return rules->cap != 0 && friends >= rules->cap;
}


static int64_t
side_earn(model_t *model, member_t *member, int other, side_t *side,
    int64_t points)
{
    side->lot = -1;
    side->points = points;
    side->earned_at = model->now;
    side->back = -1;
    side->taken = 0;
    side->had += points;

    if (points != 0) {
        side->lot = points_earn(model, member, "referral", other, -1, points,
                                model->rules->pending);
    }

    return points;
}


/* Unless another order would have brought it, too. */

void
model_friend_lost(model_t *model, int who, int order)
{
    int               i;
    member_t         *member = &model->members[who];
    const claimed_t  *claim;

    if (!member->rewarded || member->brought_by != order) {
        return;
    }

    for (i = 0; i < member->norders; i++) {
        claim = &model->claims[member->order_what[i]];

        if (member->order_points[i] != 0 && !claim->gone
            && claim->total >= model->rules->referral_min)
        {
            member->brought_by = member->order_what[i];
            return;
        }
    }

    points_settle(model, &model->members[member->referrer]);

    side_take(model, &model->members[member->referrer], who,
              &member->sides[0]);
    side_take(model, member, member->referrer, &member->sides[1]);

    member->rewarded = 0;
}


static void
side_take(model_t *model, member_t *member, int other, side_t *side)
{
    refund_t  refund = { BY_REFERRAL, model->nbacks, side->lot, side->points,
                         side->earned_at, "referral", other, -1 };

    if (side->lot >= 0) {
        side->back = model->nbacks++;
        side->taken = points_take_back(model, member, &refund, side->points
                                       - member->lots[side->lot].expired);
        side->had -= side->taken;
    }
}


void
model_friend_regained(model_t *model, int who, int order, answer_t *answer)
{
    member_t  *member = &model->members[who];

    if (member->brought_by < 0) {
        model_bought(model, who, order, answer);
        return;
    }

    if (member->rewarded
        || (member->brought_by != order
            && model->claims[order].total < model->rules->referral_min))
    {
        return;
    }

    points_settle(model, &model->members[member->referrer]);

    (void) both_give(model, who);

    member->rewarded = 1;
    member->rewarded_at = model->now;
    member->brought_by = order;
}


static int64_t
side_give(model_t *model, member_t *member, int other, side_t *side)
{
    int64_t   given;
    refund_t  refund = { BY_REFERRAL, side->back, -1, side->points,
                         side->earned_at, "referral", other, -1 };

    if (side->back < 0) {
        return 0;
    }

    given = side->taken;

    points_give_back(model, member, &refund, given);

    side->had += given;
    side->back = -1;
    side->taken = 0;

    return given;
}


void
model_action(model_t *model, const step_t *step, answer_t *answer)
{
    int                   i, *owner;
    member_t             *member = &model->members[step->who];
    const action_rule_t  *action = &model->rules->actions[step->what];

    if (step->what >= model->rules->nactions) {
        answer->outcome = "action_not_found";
        return;
    }

    owner = &model->event_owner[step->what][step->other];

    if (*owner != 0) {
        answer->outcome = (*owner == step->who + 1)
                          ? "already_rewarded" : "action_already_rewarded";
        return;
    }

    for (i = 0; i < action->nlimits; i++) {
        if (events_since(model, member, step->what, action->window[i])
            >= action->count[i])
        {
            answer->outcome = "action_limit";
            return;
        }
    }

    answer->outcome = "rewarded";
    *owner = step->who + 1;

    member->event_at[member->nevents] = model->now;
    member->event_action[member->nevents++] = step->what;

    (void) points_earn(model, member, "action", step->what, -1,
                       action->points, 0);
    answer->earned += action->points;

    model_badges(model, step->who, 1, answer);
}


void
model_badges(model_t *model, int who, int of_actions, answer_t *answer)
{
    int                  i;
    member_t            *member = &model->members[who];
    const badge_rule_t  *badge;

    for (i = 0; i < model->rules->nbadges; i++) {
        badge = &model->rules->badges[i];

        if ((member->badges & (1u << i))
            || (badge->kind == BADGE_ACTIONS) != of_actions
            || badge_count(model, member, badge) < badge->count)
        {
            continue;
        }

        member->badges |= 1u << i;
        answer->new_badges |= 1u << i;

        if (badge->bonus != 0) {
            (void) points_earn(model, member, "badge", i, -1, badge->bonus,
                               0);
            answer->earned += badge->bonus;
        }
    }
}


/* In a stretch of time, orders count that have earned something. */

static int64_t
badge_count(const model_t *model, const member_t *member,
    const badge_rule_t *badge)
{
    switch (badge->kind) {

    case BADGE_ACTIONS:
        return events_since(model, member, badge->action, badge->window);

    case BADGE_STREAK:
        return model_streak(model, member);

    default: /* BADGE_ORDERS */
        return (badge->window == 0)
               ? orders_that_stand(model, member)
               : orders_that_earned(model, member, badge->window);
    }
}


static int64_t
events_since(const model_t *model, const member_t *member, int action,
    int64_t window)
{
    int  i, n;

    n = 0;

    for (i = 0; i < member->nevents; i++) {
        if ((action < 0 || member->event_action[i] == action)
            && (window == 0 || member->event_at[i] > model->now - window))
        {
            n++;
        }
    }

    return n;
}


/* From the current period or the one before it back, with none left out. */

int64_t
model_streak(const model_t *model, const member_t *member)
{
    int      i;
    int64_t  every, length, last, period;

    every = model->rules->streak;

    if (every == 0) {
        return 0;
    }

    /* days begin at midnight, and weeks on Mondays: 1969-12-29 was one */

    length = 0;
    last = (model->now + 3 * DAY) / every + 1;

    for (i = member->norders - 1; i >= 0; i--) {
        period = (member->order_at[i] + 3 * DAY) / every;

        if (length == 0 ? period < last - 2 : period < last - 1) {
            break;
        }

        if (period < last) {
            length++;
            last = period;
        }
    }

    return length;
}
