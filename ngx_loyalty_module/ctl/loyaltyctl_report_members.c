
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyaltyctl_report.h>
#include <loyalty_points.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define LOYALTY_REPORT_TOP        20
#define LOYALTY_REPORT_TIERS      16
#define LOYALTY_REPORT_CASE_SIZE  (LOYALTY_REPORT_TIERS * 64)


static int loyalty_report_top(loyalty_report_t *report, const char *by,
    int64_t limit);
static int loyalty_report_top_spend(loyalty_report_t *report, int64_t limit);
static int loyalty_report_tiers(const loyalty_options_t *options,
    const char *list, int64_t *tiers, unsigned *n);
static void loyalty_report_case(const int64_t *tiers, unsigned n, char *sql);


static const loyalty_table_column_t  loyalty_report_member[] = {
    { "member", LOYALTY_TABLE_TEXT },
    { "email", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "pending", LOYALTY_TABLE_INTEGER },
    { "lifetime", LOYALTY_TABLE_INTEGER },
    { "orders", LOYALTY_TABLE_INTEGER },
    { "joined", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_report_spender[] = {
    { "member", LOYALTY_TABLE_TEXT },
    { "email", LOYALTY_TABLE_TEXT },
    { "currency", LOYALTY_TABLE_TEXT },
    { "amount", LOYALTY_TABLE_TEXT },
    { "orders", LOYALTY_TABLE_INTEGER },
    { "joined", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_report_idle[] = {
    { "member", LOYALTY_TABLE_TEXT },
    { "email", LOYALTY_TABLE_TEXT },
    { "active", LOYALTY_TABLE_TIME },
    { "points", LOYALTY_TABLE_INTEGER },
    { "orders", LOYALTY_TABLE_INTEGER },
    { "joined", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_report_close[] = {
    { "member", LOYALTY_TABLE_TEXT },
    { "email", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "missing", LOYALTY_TABLE_INTEGER },
    { "active", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_report_tier[] = {
    { "at", LOYALTY_TABLE_INTEGER },
    { "member", LOYALTY_TABLE_TEXT },
    { "email", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "joined", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_report_ladder[] = {
    { "at", LOYALTY_TABLE_INTEGER },
    { "members", LOYALTY_TABLE_INTEGER }
};


static const loyalty_usage_t  loyalty_report_top_usage = {
    "report top", "",
    "Lists the members who have most.\n"
    "\n"
    "Options:\n"
    "      --by WHAT       points to spend (the default), lifetime (points\n"
    "                      ever earned), orders, or spend (what their orders\n"
    "                      came to, less refunds)\n"
    "      --limit N       so many members (20)\n",
    0, 0, 1
};

static const loyalty_usage_t  loyalty_report_inactive_usage = {
    "report inactive", "",
    "Lists the members who have neither earned nor spent points, nor claimed\n"
    "an order or joined, since a time; who was active last comes first.\n"
    "\n"
    "Options:\n"
    "      --since TIME    90d (so long ago; s, m, h, d, w, y), 2026-12-31,\n"
    "                      or 2026-12-31T23:59:59Z\n"
    "      --limit N       so many members (all)\n",
    0, 0, 1
};

static const loyalty_usage_t  loyalty_report_near_usage = {
    "report near", "",
    "Lists the members who have not enough points for a reward, but nearly.\n"
    "Points that are pending or have expired do not count.\n"
    "\n"
    "Options:\n"
    "      --points N      what the reward costs\n"
    "      --within M      so many are missing at most (N)\n"
    "      --limit N       so many members (all)\n",
    0, 0, 1
};

static const loyalty_usage_t  loyalty_report_tier_usage = {
    "report tier", "",
    "Lists the members who have reached a tier.  The rules are in\n"
    "nginx.conf, which is not read: the tiers' points are to be given.\n"
    "\n"
    "Options:\n"
    "      --at N[,N...]   the points of a tier, or of several: then each\n"
    "                      member is at the highest that it has reached\n"
    "      --window WHAT   points counted: lifetime (the default), or\n"
    "                      current, for \"tier_window year\" or a time: in\n"
    "                      the window in which each member has earned last,\n"
    "                      or the one before it, whichever has more\n"
    "      --count         only say how many members are at each\n"
    "      --limit N       so many members (all)\n",
    0, 0, 1
};


loyaltyctl_exit_e
loyaltyctl_report_top(int argc, char **argv)
{
    int                      rc, spend;
    int64_t                  limit = LOYALTY_REPORT_TOP;
    const char              *by = "points";
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;
    const loyalty_option_t   own[] = {
        { "by", 0, LOYALTY_OPTION_TEXT, &by },
        { "limit", 0, LOYALTY_OPTION_NUMBER, &limit }
    };

    if (loyalty_options_read(&report.options, &loyalty_report_top_usage, own,
                             2, argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    spend = (strcmp(by, "spend") == 0);

    if (!spend && strcmp(by, "points") != 0 && strcmp(by, "lifetime") != 0
        && strcmp(by, "orders") != 0)
    {
        return loyalty_options_wrong(&report.options, "--by is points, "
                                     "lifetime, orders or spend, not \"%s\"",
                                     by);
    }

    rc = loyalty_report_begin(&report, spend ? loyalty_report_spender
                                             : loyalty_report_member,
                              spend ? 6 : 7);

    if (rc == LOYALTY_OK) {
        rc = spend ? loyalty_report_top_spend(&report, limit)
                   : loyalty_report_top(&report, by, limit);
    }

    return loyalty_report_end(&report, rc);
}


static int
loyalty_report_top(loyalty_report_t *report, const char *by, int64_t limit)
{
    return loyalty_report_rows(report,
               "SELECT code, email, points, held, lifetime, orders, joined_at "
               "FROM (SELECT id, code, email, " LOYALTY_REPORT_USABLE
               " AS points, member.points - " LOYALTY_REPORT_USABLE
               " AS held, lifetime, orders, joined_at FROM member, clock "
               "WHERE merged_into = 0"
               ") AS member ORDER BY %s DESC, id LIMIT %lld", by,
               (long long) limit);
}


/*
 * Each currency by itself: a program has had several if it was changed.  The
 * orders of a member who was merged into another are the other's.
 */

static int
loyalty_report_top_spend(loyalty_report_t *report, int64_t limit)
{
    return loyalty_report_rows(report,
               "SELECT code, email, currency, amount, spender.orders, "
               "joined_at FROM (SELECT member, currency, "
               "CAST(sum(CASE WHEN refunds > total THEN 0 "
               "ELSE total - refunds END) AS BIGINT) AS amount, "
               "count(*) AS orders "
               "FROM (SELECT coalesce(merged.other, claim.member) AS member, "
               "currency, total, coalesce("
               "(SELECT reversal.refunded FROM reversal "
               "WHERE reversal.store = claim.store "
               "AND reversal.number = claim.number "
               "ORDER BY step DESC LIMIT 1), 0) AS refunds "
               "FROM claim LEFT JOIN (SELECT id, merged_into AS other "
               "FROM member WHERE merged_into <> 0) AS merged "
               "ON merged.id = claim.member) AS bought "
               "GROUP BY member, currency ORDER BY amount DESC, member "
               "LIMIT %lld) AS spender "
               "JOIN member ON member.id = spender.member "
               "ORDER BY amount DESC, member.id", (long long) limit);
}


loyaltyctl_exit_e
loyaltyctl_report_inactive(int argc, char **argv)
{
    int                      rc;
    int64_t                  since, limit = INT64_MAX;
    const char              *text = NULL;
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;
    const loyalty_option_t   own[] = {
        { "since", 0, LOYALTY_OPTION_TEXT, &text },
        { "limit", 0, LOYALTY_OPTION_NUMBER, &limit }
    };

    if (loyalty_options_read(&report.options, &loyalty_report_inactive_usage,
                             own, 2, argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    if (text == NULL) {
        return loyalty_options_wrong(&report.options, "since when?  Write "
                                     "--since 90d");
    }

    report.now = time(NULL);

    if (loyalty_report_since(&report.options, text, report.now, &since)
        != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    rc = loyalty_report_begin(&report, loyalty_report_idle, 6);

    if (rc == LOYALTY_OK) {
        rc = loyalty_report_rows(&report,
                 "SELECT code, email, active, points, orders, joined_at "
                 "FROM (SELECT id, code, email, "
                 "CASE WHEN active_at > joined_at THEN active_at "
                 "ELSE joined_at END AS active, "
                 LOYALTY_REPORT_USABLE " AS points, orders, joined_at "
                 "FROM member, clock WHERE merged_into = 0) AS member "
                 "WHERE active < %lld "
                 "ORDER BY active DESC, id LIMIT %lld", (long long) since,
                 (long long) limit);
    }

    return loyalty_report_end(&report, rc);
}


loyaltyctl_exit_e
loyaltyctl_report_near(int argc, char **argv)
{
    int                      rc;
    int64_t                  points = 0, within = -1, limit = INT64_MAX;
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;
    const loyalty_option_t   own[] = {
        { "points", 0, LOYALTY_OPTION_NUMBER, &points },
        { "within", 0, LOYALTY_OPTION_NUMBER, &within },
        { "limit", 0, LOYALTY_OPTION_NUMBER, &limit }
    };

    if (loyalty_options_read(&report.options, &loyalty_report_near_usage, own,
                             3, argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    if (points == 0 || points > LOYALTY_POINTS_MAX) {
        return loyalty_options_wrong(&report.options, "near what?  Write "
                                     "--points 200");
    }

    if (within < 0 || within > points) {
        within = points;
    }

    rc = loyalty_report_begin(&report, loyalty_report_close, 5);

    if (rc == LOYALTY_OK) {
        rc = loyalty_report_rows(&report,
                 "SELECT code, email, points, %lld - points, active_at "
                 "FROM (SELECT id, code, email, active_at, "
                 LOYALTY_REPORT_USABLE " AS points FROM member, clock "
                 "WHERE merged_into = 0) AS member "
                 "WHERE points < %lld AND points >= %lld "
                 "ORDER BY points DESC, id LIMIT %lld", (long long) points,
                 (long long) points, (long long) (points - within),
                 (long long) limit);
    }

    return loyalty_report_end(&report, rc);
}


loyaltyctl_exit_e
loyaltyctl_report_tier(int argc, char **argv)
{
    int                      rc, count = 0;
    char                     at[LOYALTY_REPORT_CASE_SIZE];
    int64_t                  limit = INT64_MAX;
    int64_t                  tiers[LOYALTY_REPORT_TIERS];
    unsigned                 n;
    const char              *list = NULL, *window = "lifetime", *counted;
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;
    const loyalty_option_t   own[] = {
        { "at", 0, LOYALTY_OPTION_TEXT, &list },
        { "window", 0, LOYALTY_OPTION_TEXT, &window },
        { "count", 0, LOYALTY_OPTION_FLAG, &count },
        { "limit", 0, LOYALTY_OPTION_NUMBER, &limit }
    };

    if (loyalty_options_read(&report.options, &loyalty_report_tier_usage, own,
                             4, argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    if (strcmp(window, "lifetime") != 0 && strcmp(window, "current") != 0) {
        return loyalty_options_wrong(&report.options, "--window is lifetime "
                                     "or current, not \"%s\"", window);
    }

    if (loyalty_report_tiers(&report.options, list, tiers, &n) != LOYALTY_OK) {
        return LOYALTYCTL_USAGE;
    }

    loyalty_report_case(tiers, n, at);

    counted = (*window == 'l') ? "lifetime" : "CASE WHEN tier_points > "
              "tier_before THEN tier_points ELSE tier_before END";

    rc = loyalty_report_begin(&report, count ? loyalty_report_ladder
                                             : loyalty_report_tier,
                              count ? 2 : 5);

    if (rc == LOYALTY_OK && count) {
        rc = loyalty_report_rows(&report,
                 "SELECT at, count(*) FROM (SELECT %s AS at "
                 "FROM (SELECT %s AS points FROM member WHERE merged_into = 0"
                 ") AS counted) AS tier "
                 "GROUP BY at ORDER BY at", at, counted);

    } else if (rc == LOYALTY_OK) {
        rc = loyalty_report_rows(&report,
                 "SELECT %s, code, email, points, joined_at "
                 "FROM (SELECT id, code, email, joined_at, %s AS points "
                 "FROM member WHERE merged_into = 0) AS counted "
                 "WHERE points >= %lld "
                 "ORDER BY points DESC, id LIMIT %lld", at, counted,
                 (long long) tiers[n - 1], (long long) limit);
    }

    return loyalty_report_end(&report, rc);
}


/* The highest comes first. */

static int
loyalty_report_tiers(const loyalty_options_t *options, const char *list,
    int64_t *tiers, unsigned *n)
{
    char      *end;
    int64_t    points;
    unsigned   i;

    for (*n = 0; list != NULL && *n < LOYALTY_REPORT_TIERS; list = end + 1) {
        errno = 0;
        points = strtoll(list, &end, 10);

        if (end == list || errno != 0 || points <= 0
            || (*end != ',' && *end != '\0'))
        {
            break;
        }

        for (i = (*n)++; i > 0 && tiers[i - 1] < points; i--) {
            tiers[i] = tiers[i - 1];
        }

        tiers[i] = points;

        if (*end == '\0') {
            return LOYALTY_OK;
        }
    }

    (void) loyalty_options_wrong(options, "which tiers?  Write --at 500 or "
                                 "--at 500,2000 (%d at most)",
                                 LOYALTY_REPORT_TIERS);

    return LOYALTY_ERROR;
}


static void
loyalty_report_case(const int64_t *tiers, unsigned n, char *sql)
{
    int       len;
    unsigned  i;

    len = snprintf(sql, LOYALTY_REPORT_CASE_SIZE, "CASE");

    for (i = 0; i < n; i++) {
        len += snprintf(sql + len, LOYALTY_REPORT_CASE_SIZE - len,
                        " WHEN points >= %lld THEN %lld",
                        (long long) tiers[i], (long long) tiers[i]);
    }

    (void) snprintf(sql + len, LOYALTY_REPORT_CASE_SIZE - len, " ELSE 0 END");
}
