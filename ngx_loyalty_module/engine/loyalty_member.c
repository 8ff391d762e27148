
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_ledger.h>
#include <loyalty_points.h>

#include <string.h>


static int loyalty_member_left(loyalty_transaction_t *tx, loyalty_str_t email,
    loyalty_member_t *member, int *found);
static int loyalty_member_by_id(loyalty_transaction_t *tx, int64_t id,
    int take, loyalty_member_t *member);
static int loyalty_member_email(loyalty_transaction_t *tx, int64_t id,
    char *buffer, loyalty_str_t *email, int64_t *merged_into);
static int loyalty_member_stand(loyalty_transaction_t *tx, int take,
    loyalty_member_t *member);
static int loyalty_member_join(loyalty_transaction_t *tx,
    loyalty_member_t *member);
static int loyalty_member_moved(loyalty_transaction_t *tx);
static void loyalty_member_read(loyalty_transaction_t *tx,
    loyalty_member_t *member);
static void loyalty_member_text(loyalty_transaction_t *tx, int column,
    char *text, size_t size);


void
loyalty_member_ahead(loyalty_transaction_t *tx,
    const loyalty_command_t *command)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->email)
    };

    loyalty_db_ahead(tx->db, LOYALTY_SQL_MEMBER_FIND, values,
                     loyalty_values_n(values));
}


int
loyalty_member_of(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found)
{
    if (loyalty_member_find(tx, command->email,
                            loyalty_command_takes(command),
                            &command->member, found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        command->result.outcome = LOYALTY_NOT_A_MEMBER;
    }

    return LOYALTY_OK;
}


/*
 * What a balance is going to be made from must not change meanwhile.  If it
 * only came out when the balance is written, those who want the same member
 * at the same time would have to begin anew again and again.
 */

int
loyalty_member_find(loyalty_transaction_t *tx, loyalty_str_t email, int take,
    loyalty_member_t *member, int *found)
{
    int                       lock;
    const loyalty_db_value_t  values[] = { loyalty_db_text(email) };

    memset(member, 0, sizeof(loyalty_member_t));

    lock = (take && loyalty_db_shared(tx->db));

    if (loyalty_transaction_row(tx, lock ? LOYALTY_SQL_MEMBER_TAKE
                                         : LOYALTY_SQL_MEMBER_FIND,
                                values, loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return lock ? loyalty_member_left(tx, email, member, found)
                    : LOYALTY_OK;
    }

    if (lock) {
        loyalty_turn_over(tx, email);
    }

    member->email = email;

    loyalty_member_read(tx, member);

    if (member->merged_into != 0) {
        return loyalty_member_by_id(tx, member->merged_into, take, member);
    }

    if (loyalty_member_stand(tx, take, member) != LOYALTY_OK
        || loyalty_memberships_read(tx, member) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_ledger_settle(tx, member, take);
}


/*
 * Who was merged is not taken: whoever has the other one may write to both,
 * and would wait for us, who want the other one next.
 */

static int
loyalty_member_left(loyalty_transaction_t *tx, loyalty_str_t email,
    loyalty_member_t *member, int *found)
{
    const loyalty_db_value_t  values[] = { loyalty_db_text(email) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_FIND, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    loyalty_member_read(tx, member);

    if (member->merged_into != 0) {
        return loyalty_member_by_id(tx, member->merged_into, 1, member);
    }

    /* has signed up since we looked */

    memset(member, 0, sizeof(loyalty_member_t));
    *found = 0;

    return LOYALTY_OK;
}


/*
 * A standing of less than no time is to be joined by those of the members who
 * were merged into this one: by whoever knows the rules.
 */

static int
loyalty_member_stand(loyalty_transaction_t *tx, int take,
    loyalty_member_t *member)
{
    int                       joined;
    loyalty_standing_t       *standing = &member->standing;
    const loyalty_ladder_t   *ladder = &tx->program->ladder;
    const loyalty_db_value_t  values[] = { loyalty_db_int(member->id) };

    joined = (standing->at >= 0 || ladder->window == LOYALTY_WINDOW_UNKNOWN);

    if (!joined) {
        standing->at = -standing->at;
    }

    loyalty_standing_advance(ladder, member->joined_at, member->lifetime,
                             standing, tx->now);

    if (joined) {
        return LOYALTY_OK;
    }

    if (loyalty_member_join(tx, member) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!take) {
        return LOYALTY_OK;
    }

    return (loyalty_transaction_run(tx, LOYALTY_SQL_MEMBER_COUNTED, values,
                                    loyalty_values_n(values))
            == LOYALTY_OK)
           ? loyalty_member_note(tx, member) : LOYALTY_ERROR;
}


/* Each in windows of its own, up to now; the lifetime is the member's. */

static int
loyalty_member_join(loyalty_transaction_t *tx, loyalty_member_t *member)
{
    int                       row;
    int64_t                   joined_at;
    loyalty_standing_t        other, *standing = &member->standing;
    const loyalty_db_value_t  values[] = { loyalty_db_int(member->id) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_MERGED, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row) {
        joined_at = loyalty_db_column_int(tx->db, 0);

        other.at = loyalty_db_column_int(tx->db, 1);
        other.points = loyalty_db_column_int(tx->db, 2);
        other.before = loyalty_db_column_int(tx->db, 3);
        other.earlier = loyalty_db_column_int(tx->db, 4);

        if (other.at < 0) {
            other.at = -other.at;
        }

        loyalty_standing_advance(&tx->program->ladder, joined_at, 0, &other,
                                 tx->now);

        standing->points = loyalty_points_add(standing->points, other.points);
        standing->before = loyalty_points_add(standing->before, other.before);
        standing->earlier = loyalty_points_add(standing->earlier,
                                               other.earlier);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static void
loyalty_member_read(loyalty_transaction_t *tx, loyalty_member_t *member)
{
    int                  i;
    size_t               n;
    static const size_t  fields[] = {
        offsetof(loyalty_member_t, points),
        offsetof(loyalty_member_t, pending),
        offsetof(loyalty_member_t, lifetime),
        offsetof(loyalty_member_t, last_entry),
        offsetof(loyalty_member_t, first_open),
        offsetof(loyalty_member_t, due_at),
        offsetof(loyalty_member_t, active_at),
        offsetof(loyalty_member_t, orders),
        offsetof(loyalty_member_t, standing.at),
        offsetof(loyalty_member_t, standing.points),
        offsetof(loyalty_member_t, standing.before),
        offsetof(loyalty_member_t, standing.earlier),
        offsetof(loyalty_member_t, streak.at),
        offsetof(loyalty_member_t, streak.length),
        offsetof(loyalty_member_t, perks_until),
        offsetof(loyalty_member_t, badges),
        offsetof(loyalty_member_t, waiting),
        offsetof(loyalty_member_t, merged_into),
        offsetof(loyalty_member_t, joined_at)
    };

    member->id = loyalty_db_column_int(tx->db, 0);

    loyalty_member_text(tx, 1, member->code, sizeof(member->code));
    loyalty_member_text(tx, 2, member->referral, sizeof(member->referral));

    for (n = 0, i = 3; n < sizeof(fields) / sizeof(fields[0]); n++, i++) {
        *(int64_t *) ((char *) member + fields[n]) =
            loyalty_db_column_int(tx->db, i);
    }

    member->locale = loyalty_locale_of(loyalty_db_column_text(tx->db, i));
}


static void
loyalty_member_text(loyalty_transaction_t *tx, int column, char *text,
    size_t size)
{
    loyalty_str_t  value;

    value = loyalty_db_column_text(tx->db, column);

    if (value.len >= size) {
        value.len = size - 1;
    }

    memcpy(text, value.data, value.len);
    text[value.len] = '\0';
}


int
loyalty_member_take(loyalty_transaction_t *tx, int64_t id,
    loyalty_member_t *member)
{
    return loyalty_member_by_id(tx, id, 1, member);
}


/*
 * Of two members that were merged, one is left, which the ids and the e-mails
 * of both lead to; it was not merged itself.
 */

static int
loyalty_member_by_id(loyalty_transaction_t *tx, int64_t id, int take,
    loyalty_member_t *member)
{
    int            found;
    char           buffer[LOYALTY_EMAIL_MAX];
    int64_t        merged_into;
    loyalty_str_t  email;

    if (loyalty_member_email(tx, id, buffer, &email, &merged_into)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (merged_into != 0) {
        id = merged_into;

        if (loyalty_member_email(tx, id, buffer, &email, &merged_into)
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }
    }

    if (merged_into != 0) {
        return loyalty_member_moved(tx);
    }

    if ((take && loyalty_turn_comes(tx, id, email) != LOYALTY_OK)
        || loyalty_member_find(tx, email, take, member, &found)
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found || member->id != id) {
        return loyalty_member_moved(tx);
    }

    memcpy(member->known_as, buffer, email.len);
    member->email.data = member->known_as;

    return LOYALTY_OK;
}


static int
loyalty_member_email(loyalty_transaction_t *tx, int64_t id, char *buffer,
    loyalty_str_t *email, int64_t *merged_into)
{
    int                       row;
    const loyalty_db_value_t  values[] = { loyalty_db_int(id) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_EMAIL, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!row) {
        return loyalty_member_moved(tx);
    }

    *email = loyalty_db_column_text(tx->db, 0);
    *merged_into = loyalty_db_column_int(tx->db, 1);

    if (email->len > LOYALTY_EMAIL_MAX) {
        return loyalty_member_moved(tx);
    }

    memcpy(buffer, email->data, email->len);
    email->data = buffer;

    return LOYALTY_OK;
}


static int
loyalty_member_moved(loyalty_transaction_t *tx)
{
    return loyalty_transaction_refuse(tx, "a member is not where it was");
}


int
loyalty_member_show(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    loyalty_result_t        *result = &command->result;
    const loyalty_ladder_t  *ladder = &tx->program->ladder;
    const loyalty_member_t  *member = &command->member;

    memcpy(result->member, member->code, sizeof(result->member));
    memcpy(result->referral, member->referral, sizeof(result->referral));

    if (result->locale == LOYALTY_LOCALE_NONE) {
        result->locale = member->locale;
    }

    result->points = member->points - member->pending;
    result->pending = member->pending;
    result->lifetime = member->lifetime;
    result->earned = member->earned;
    result->spent = member->spent;
    result->waiting = member->waiting;

    result->tier = loyalty_tier_of(ladder, member->joined_at,
                                   &member->standing, tx->now);
    result->next_tier = loyalty_tier_next(ladder, result->tier,
                                          &member->standing,
                                          &result->tier_missing);

    result->memberships = member->memberships;
    result->membership_until = member->membership_until;

    result->streak = loyalty_streak_length(&member->streak,
                                           tx->program->streak, tx->now);

    return (member->badges != 0) ? loyalty_badges_show(tx, command)
                                 : LOYALTY_OK;
}
