
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_ledger.h>
#include <loyalty_utf8.h>
#include <loyaltyctl_person.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define LOYALTYCTL_REASON_MAX  128             /* bytes */


typedef struct {
    loyaltyctl_person_t  person;
    int64_t              points;               /* < 0: to take */
    loyalty_str_t        reason;
    int64_t              until_at;             /* 0: for ever */
    int                  negative;             /* allowed */

    int64_t              lacking;              /* 0: done */
    int                  too_many;
} loyaltyctl_adjust_t;


static int loyaltyctl_adjust_points(const loyalty_options_t *options,
    int64_t *points);
static int loyaltyctl_adjust_check(const loyalty_options_t *options,
    loyaltyctl_adjust_t *adjust);
static int loyaltyctl_adjust_work(loyalty_transaction_t *tx, void *data);
static int loyaltyctl_adjust_possible(loyaltyctl_adjust_t *adjust);
static loyaltyctl_exit_e loyaltyctl_adjust_report(
    const loyalty_options_t *options, const loyaltyctl_adjust_t *adjust);


static const loyalty_usage_t  loyaltyctl_adjust_usage = {
    "member adjust", "EMAIL|CODE POINTS --reason TEXT",
    "Gives a member so many points, or with -POINTS takes them, from usable\n"
    "lots first and the oldest first.  The ledger gets an entry of the kind\n"
    "\"adjustment\" with the reason.  All that was ever earned, and so the\n"
    "tier, stay as they are; to be given points counts as activity.\n"
    "\n"
    "  --reason TEXT       why: needed, up to 128 bytes\n"
    "  --expires TIME      until when they can be spent, for ever without it\n"
    "  --allow-negative    the balance may fall below zero\n",
    2, 2, 0
};


loyaltyctl_exit_e
loyaltyctl_member_adjust(int argc, char **argv)
{
    const char           *reason;
    loyaltyctl_exit_e     status;
    loyalty_options_t     options;
    loyaltyctl_adjust_t   adjust;
    loyalty_option_t      own[] = {
        { "reason", 0, LOYALTY_OPTION_TEXT, &reason },
        { "expires", 0, LOYALTY_OPTION_TIME, &adjust.until_at },
        { "allow-negative", 0, LOYALTY_OPTION_FLAG, &adjust.negative }
    };

    reason = "";
    memset(&adjust, 0, sizeof(loyaltyctl_adjust_t));

    if (loyalty_options_read(&options, &loyaltyctl_adjust_usage, own,
                             loyalty_values_n(own), argc, argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    adjust.reason = loyalty_fields_string(reason);

    if (loyaltyctl_adjust_check(&options, &adjust) != LOYALTY_OK) {
        return LOYALTYCTL_USAGE;
    }

    status = loyalty_options_work(&options, loyaltyctl_statements,
                                  LOYALTYCTL_STATEMENTS, LOYALTY_DB_WRITE,
                                  loyaltyctl_adjust_work, &adjust);

    return (status == LOYALTYCTL_DONE)
           ? loyaltyctl_adjust_report(&options, &adjust) : status;
}


static int
loyaltyctl_adjust_check(const loyalty_options_t *options,
    loyaltyctl_adjust_t *adjust)
{
    if (loyaltyctl_person_read(&adjust->person, options,
                               options->operands[0])
        != LOYALTY_OK
        || loyaltyctl_adjust_points(options, &adjust->points) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (adjust->reason.len == 0 || adjust->reason.len > LOYALTYCTL_REASON_MAX
        || !loyalty_utf8_printable(adjust->reason))
    {
        (void) loyalty_options_wrong(options, "write why, for those who read "
                                     "the history: --reason TEXT, of 1 to %d "
                                     "bytes", LOYALTYCTL_REASON_MAX);
        return LOYALTY_ERROR;
    }

    if (adjust->until_at != 0 && adjust->points < 0) {
        (void) loyalty_options_wrong(options, "points that are taken do not "
                                     "expire: leave --expires out");
        return LOYALTY_ERROR;
    }

    if (adjust->until_at != 0 && adjust->until_at <= time(NULL)) {
        (void) loyalty_options_wrong(options, "--expires has passed already");
        return LOYALTY_ERROR;
    }

    return LOYALTY_OK;
}


static int
loyaltyctl_adjust_points(const loyalty_options_t *options, int64_t *points)
{
    char        *end;
    const char  *text = options->operands[1];

    errno = 0;
    *points = strtoll(text, &end, 10);

    if (errno == 0 && end != text && *end == '\0' && *points != 0
        && *points >= -LOYALTY_POINTS_MAX && *points <= LOYALTY_POINTS_MAX)
    {
        return LOYALTY_OK;
    }

    (void) loyalty_options_wrong(options, "\"%s\" is no number of points: "
                                 "write 50, or -50 to take them", text);

    return LOYALTY_ERROR;
}


static int
loyaltyctl_adjust_work(loyalty_transaction_t *tx, void *data)
{
    int                   rc;
    loyaltyctl_adjust_t  *adjust = data;
    loyalty_member_t     *member = &adjust->person.member;
    loyalty_entry_t       entry = {
        loyalty_string("adjustment"), adjust->reason, loyalty_string(""),
        (adjust->points > 0) ? adjust->points : -adjust->points
    };

    if (loyaltyctl_person_take(tx, &adjust->person) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!adjust->person.found) {
        return LOYALTY_OK;
    }

    if (loyaltyctl_adjust_possible(adjust)) {
        rc = (adjust->points > 0)
             ? loyalty_ledger_add(tx, member, &entry, 0, tx->now,
                                  adjust->until_at)
             : loyalty_ledger_remove(tx, member, &entry, 0);

        if (rc != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return loyaltyctl_person_leave(tx, member);
}


static int
loyaltyctl_adjust_possible(loyaltyctl_adjust_t *adjust)
{
    int64_t  points;

    points = adjust->person.member.points;

    adjust->lacking = 0;
    adjust->too_many = 0;

    if (points + adjust->points > LOYALTY_POINTS_MAX
        || points + adjust->points < -LOYALTY_POINTS_MAX)
    {
        adjust->too_many = 1;
        return 0;
    }

    if (adjust->points < 0 && points + adjust->points < 0
        && !adjust->negative)
    {
        adjust->lacking = -(points + adjust->points);
        return 0;
    }

    return 1;
}


static loyaltyctl_exit_e
loyaltyctl_adjust_report(const loyalty_options_t *options,
    const loyaltyctl_adjust_t *adjust)
{
    loyalty_fields_t         fields;
    const loyalty_member_t  *member = &adjust->person.member;

    if (!adjust->person.found) {
        return loyaltyctl_person_unknown(options, &adjust->person);
    }

    if (adjust->too_many) {
        return loyalty_options_failed(options, "a balance has %lld points at "
                                      "most; nothing was changed",
                                      (long long) LOYALTY_POINTS_MAX);
    }

    if (adjust->lacking != 0) {
        return loyalty_options_failed(options, "the member has %lld points, "
                                      "%lld are missing; nothing was changed: "
                                      "take fewer, or add --allow-negative",
                                      (long long) member->points,
                                      (long long) adjust->lacking);
    }

    loyalty_fields_begin(&fields, options, "adjusted");
    loyalty_fields_text(&fields, "member",
                        loyalty_fields_string(member->code));
    loyalty_fields_integer(&fields, "by", adjust->points);
    loyalty_fields_integer(&fields, "points",
                           member->points - member->pending);
    loyalty_fields_integer(&fields, "pending", member->pending);

    return (loyalty_fields_end(&fields) == LOYALTY_OK) ? LOYALTYCTL_DONE
                                                       : LOYALTYCTL_FAILED;
}
