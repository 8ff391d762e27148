
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_program.h>
#include <loyalty_utf8.h>
#include <loyaltyctl_report.h>

#include <stdio.h>
#include <time.h>


/* A source, of which each character may be a quote, and a NUL. */

#define LOYALTY_REPORT_LITERAL_SIZE  (2 * LOYALTY_SOURCE_MAX + 1)

/* What a redemption took, less what its cancellation gave back. */

#define LOYALTY_REPORT_SPENDS  "('redemption', 'cancellation')"

/* What an order's refund took back, less what was restored. */

#define LOYALTY_REPORT_REVERSES                                               \
    "(kind IN ('reversal', 'restoration') "                                   \
    "OR (kind = 'referral' AND (points < 0 OR usable_at = 0)))"


static int loyalty_report_sources(loyalty_report_t *report);
static loyaltyctl_exit_e loyalty_report_comers(loyalty_report_t *report,
    loyalty_str_t source, int64_t limit);
static void loyalty_report_literal(loyalty_str_t text, char *literal);
static int loyalty_report_members(loyalty_report_t *report, int64_t since);
static int loyalty_report_orders(loyalty_report_t *report);
static int loyalty_report_points(loyalty_report_t *report);
static int loyalty_report_rewards(loyalty_report_t *report);


static const loyalty_table_column_t  loyalty_report_source[] = {
    { "source", LOYALTY_TABLE_TEXT },
    { "members", LOYALTY_TABLE_INTEGER },
    { "buyers", LOYALTY_TABLE_INTEGER },
    { "issued", LOYALTY_TABLE_INTEGER },
    { "spent", LOYALTY_TABLE_INTEGER },
    { "orders", LOYALTY_TABLE_INTEGER },
    { "currency", LOYALTY_TABLE_TEXT },
    { "amount", LOYALTY_TABLE_TEXT }
};

static const loyalty_table_column_t  loyalty_report_comer[] = {
    { "member", LOYALTY_TABLE_TEXT },
    { "email", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "lifetime", LOYALTY_TABLE_INTEGER },
    { "orders", LOYALTY_TABLE_INTEGER },
    { "joined", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_report_flow[] = {
    { "earned_at", LOYALTY_TABLE_TEXT },
    { "spent_at", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "the_other_way", LOYALTY_TABLE_INTEGER },
    { "owed", LOYALTY_TABLE_INTEGER }
};

static const loyalty_table_column_t  loyalty_report_figure[] = {
    { "figure", LOYALTY_TABLE_TEXT },
    { "of", LOYALTY_TABLE_TEXT },
    { "number", LOYALTY_TABLE_INTEGER },
    { "currency", LOYALTY_TABLE_TEXT },
    { "amount", LOYALTY_TABLE_TEXT }
};


static const loyalty_usage_t  loyalty_report_campaign_usage = {
    "report campaign", "",
    "Says what each source of sign-ups has brought: members, those of them\n"
    "with an order, points issued and spent, orders and what they came to.\n"
    "Where orders have several currencies, since the program's was changed,\n"
    "the amount is left out.\n"
    "\n"
    "Options:\n"
    "      --source NAME   list the members who came by this one instead,\n"
    "                      with \"\" those who came by none\n"
    "      --limit N       so many of them (all)\n",
    0, 0, 1
};

static const loyalty_usage_t  loyalty_report_coalition_usage = {
    "report coalition", "",
    "Says who owes whom, where points earned at one store are spent at\n"
    "another: each pair of stores, the points that went this way and the\n"
    "other way, and the difference, which the store that gave the points\n"
    "owes the one that took them.  Points of the program as such, a welcome\n"
    "bonus for example, are earned at no store.\n",
    0, 0, 1
};

static const loyalty_usage_t  loyalty_report_program_usage = {
    "report program", "",
    "Says on one page how the program is: members, orders, what became of\n"
    "the points, what is owed to members (outstanding), and redemptions by\n"
    "reward and state.\n"
    "\n"
    "Options:\n"
    "      --since TIME    members are active if they earned or spent since:\n"
    "                      365d (so long ago; s, m, h, d, w, y), 2026-12-31,\n"
    "                      or 2026-12-31T23:59:59Z\n",
    0, 0, 1
};


loyaltyctl_exit_e
loyaltyctl_report_campaign(int argc, char **argv)
{
    int                      rc;
    int64_t                  limit = INT64_MAX;
    const char              *source = NULL;
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;
    const loyalty_option_t   own[] = {
        { "source", 0, LOYALTY_OPTION_TEXT, &source },
        { "limit", 0, LOYALTY_OPTION_NUMBER, &limit }
    };

    if (loyalty_options_read(&report.options, &loyalty_report_campaign_usage,
                             own, 2, argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    if (source != NULL) {
        return loyalty_report_comers(&report, loyalty_fields_string(source),
                                     limit);
    }

    if (limit != INT64_MAX) {
        return loyalty_options_wrong(&report.options, "--limit belongs to "
                                     "--source");
    }

    rc = loyalty_report_begin(&report, loyalty_report_source, 8);

    if (rc == LOYALTY_OK) {
        rc = loyalty_report_sources(&report);
    }

    return loyalty_report_end(&report, rc);
}


/*
 * By member first, then by whom a member was merged into, and then by source:
 * laid on top of each other the tables need not be joined.
 */

static int
loyalty_report_sources(loyalty_report_t *report)
{
    return loyalty_report_rows(report,
               ", fact (member, other, source, heads, buyer, issued, spent, "
               "orders, currency, amount) AS ("
               "SELECT id, merged_into, CASE merged_into WHEN 0 THEN source "
               "ELSE '' END, CASE merged_into WHEN 0 THEN 1 ELSE 0 END, "
               "CASE WHEN orders > 0 THEN 1 ELSE 0 END, 0, 0, 0, '', 0 "
               "FROM member "
               "UNION ALL "
               "SELECT member, 0, '', 0, 0, "
               "CASE WHEN points > 0 AND kind NOT IN " LOYALTY_REPORT_SPENDS
               " AND NOT " LOYALTY_REPORT_REVERSES
               " THEN points ELSE 0 END, "
               "CASE WHEN kind IN " LOYALTY_REPORT_SPENDS
               " THEN -points ELSE 0 END, 0, '', 0 FROM ledger "
               "WHERE kind <> 'merge' "
               "UNION ALL "
               "SELECT member, 0, '', 0, 0, 0, 0, 1, currency, total "
               "FROM claim), "
               "each_member (person, source, heads, buyer, issued, spent, "
               "orders, currency, amount, last_currency) AS ("
               "SELECT CASE max(other) WHEN 0 THEN member "
               "ELSE max(other) END, max(source), sum(heads), sum(buyer), "
               "sum(issued), sum(spent), sum(orders), min(CASE currency "
               "WHEN '' THEN NULL ELSE currency END), sum(amount), "
               "max(currency) FROM fact GROUP BY member), "
               "each_person (source, heads, buyer, issued, spent, orders, "
               "currency, amount, last_currency) AS ("
               "SELECT max(source), sum(heads), sum(buyer), sum(issued), "
               "sum(spent), sum(orders), min(currency), sum(amount), "
               "max(last_currency) FROM each_member GROUP BY person) "
               "SELECT source, CAST(sum(heads) AS BIGINT), "
               "CAST(sum(buyer) AS BIGINT), "
               "CAST(sum(issued) AS BIGINT), CAST(sum(spent) AS BIGINT), "
               "CAST(sum(orders) AS BIGINT), "
               "coalesce(CASE WHEN min(currency) = max(last_currency) "
               "THEN max(last_currency) ELSE '' END, ''), "
               "CAST(sum(amount) AS BIGINT) "
               "FROM each_person GROUP BY source ORDER BY source");
}


/* Those who came by one of them, as they joined. */

static loyaltyctl_exit_e
loyalty_report_comers(loyalty_report_t *report, loyalty_str_t source,
    int64_t limit)
{
    int   rc;
    char  literal[LOYALTY_REPORT_LITERAL_SIZE];

    if (source.len > LOYALTY_SOURCE_MAX || !loyalty_utf8_printable(source)) {
        return loyalty_options_wrong(&report->options, "a source has %d bytes "
                                     "of UTF-8 at most", LOYALTY_SOURCE_MAX);
    }

    loyalty_report_literal(source, literal);

    rc = loyalty_report_begin(report, loyalty_report_comer, 6);

    if (rc == LOYALTY_OK) {
        rc = loyalty_report_rows(report,
                 "SELECT code, email, " LOYALTY_REPORT_USABLE ", lifetime, "
                 "orders, joined_at FROM member, clock "
                 "WHERE merged_into = 0 AND source = '%s' "
                 "ORDER BY id LIMIT %lld", literal, (long long) limit);
    }

    return loyalty_report_end(report, rc);
}


/* A text inside of quotes. */

static void
loyalty_report_literal(loyalty_str_t text, char *literal)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] == '\'') {
            *literal++ = '\'';
        }

        *literal++ = text.data[i];
    }

    *literal = '\0';
}


/*
 * By the redemptions that stand.  What a cancelled one gives back need not go
 * into the lots that have paid it: it may pay a debt at once.
 */

loyaltyctl_exit_e
loyaltyctl_report_coalition(int argc, char **argv)
{
    int                      rc;
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;

    if (loyalty_options_read(&report.options, &loyalty_report_coalition_usage,
                             NULL, 0, argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    rc = loyalty_report_begin(&report, loyalty_report_flow, 5);

    if (rc == LOYALTY_OK) {
        rc = loyalty_report_rows(&report,
                 ", flow (earned_at, spent_at, points) AS ("
                 "SELECT lot.store, redemption.store, "
                 "CAST(sum(spending.points) AS BIGINT) "
                 "FROM spending JOIN redemption "
                 "ON redemption.id = spending.entry "
                 "JOIN ledger AS lot ON lot.id = spending.lot "
                 "WHERE redemption.state NOT IN ('cancelled', 'refused') "
                 "GROUP BY lot.store, redemption.store) "
                 "SELECT there.earned_at, there.spent_at, there.points, "
                 "coalesce(back.points, 0), "
                 "CASE WHEN there.earned_at <> there.spent_at "
                 "AND there.points > coalesce(back.points, 0) "
                 "THEN there.points - coalesce(back.points, 0) ELSE 0 END "
                 "FROM flow AS there LEFT JOIN flow AS back "
                 "ON back.earned_at = there.spent_at "
                 "AND back.spent_at = there.earned_at "
                 "ORDER BY there.earned_at, there.spent_at");
    }

    return loyalty_report_end(&report, rc);
}


loyaltyctl_exit_e
loyaltyctl_report_program(int argc, char **argv)
{
    int                      rc;
    int64_t                  since;
    const char              *text = "365d";
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;
    const loyalty_option_t   own[] = {
        { "since", 0, LOYALTY_OPTION_TEXT, &text }
    };

    if (loyalty_options_read(&report.options, &loyalty_report_program_usage,
                             own, 1, argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    report.now = time(NULL);

    if (loyalty_report_since(&report.options, text, report.now, &since)
        != LOYALTY_OK)
    {
        return LOYALTYCTL_USAGE;
    }

    rc = loyalty_report_begin(&report, loyalty_report_figure, 5);

    if (rc == LOYALTY_OK
        && (loyalty_report_members(&report, since) != LOYALTY_OK
            || loyalty_report_orders(&report) != LOYALTY_OK
            || loyalty_report_points(&report) != LOYALTY_OK
            || loyalty_report_rewards(&report) != LOYALTY_OK))
    {
        rc = LOYALTY_ERROR;
    }

    return loyalty_report_end(&report, rc);
}


static int
loyalty_report_members(loyalty_report_t *report, int64_t since)
{
    return loyalty_report_rows(report,
               ", counted (members, active, buyers) AS ("
               "SELECT count(*), "
               "count(CASE WHEN active_at >= %lld THEN 1 END), "
               "count(CASE WHEN orders > 0 THEN 1 END) FROM member "
               "WHERE merged_into = 0) "
               "SELECT 'members', 'all', members, '', 0 FROM counted "
               "UNION ALL "
               "SELECT 'members', 'active', active, '', 0 FROM counted "
               "UNION ALL "
               "SELECT 'members', 'with orders', buyers, '', 0 FROM counted",
               (long long) since);
}


static int
loyalty_report_orders(loyalty_report_t *report)
{
    return loyalty_report_rows(report,
               "SELECT 'orders', 'claimed', count(*), currency, "
               "CAST(sum(total) AS BIGINT) FROM claim "
               "GROUP BY currency ORDER BY currency");
}


/*
 * Issued, less spent, expired, taken back and removed, is outstanding less
 * owed.  A member's balance may be due to be settled, and is to the program
 * what the ledger says until then.
 */

static int
loyalty_report_points(loyalty_report_t *report)
{
    return loyalty_report_rows(report,
               ", sums (nth, name, points) AS ("
               "SELECT CASE WHEN kind IN " LOYALTY_REPORT_SPENDS " THEN 2 "
               "WHEN kind = 'expiry' THEN 3 "
               "WHEN " LOYALTY_REPORT_REVERSES " THEN 4 "
               "WHEN points > 0 THEN 1 ELSE 5 END, "
               "CASE WHEN kind IN " LOYALTY_REPORT_SPENDS " THEN 'spent' "
               "WHEN kind = 'expiry' THEN 'expired' "
               "WHEN " LOYALTY_REPORT_REVERSES " THEN 'taken back' "
               "WHEN points > 0 THEN 'issued' ELSE 'removed' END, "
               "points FROM ledger WHERE kind <> 'merge' "
               "UNION ALL SELECT 1, 'issued', 0 "
               "UNION ALL SELECT 2, 'spent', 0 "
               "UNION ALL SELECT 3, 'expired', 0 "
               "UNION ALL SELECT 4, 'taken back', 0 "
               "UNION ALL SELECT 5, 'removed', 0 "
               "UNION ALL "
               "SELECT 6, 'outstanding', CASE WHEN points > 0 THEN -points "
               "ELSE 0 END FROM member "
               "UNION ALL "
               "SELECT 7, 'of them pending', -pending FROM member "
               "UNION ALL "
               "SELECT 8, 'owed by members', CASE WHEN points < 0 THEN points "
               "ELSE 0 END FROM member) "
               "SELECT 'points', name, CAST(sum(CASE nth WHEN 1 THEN points "
               "ELSE -points END) AS BIGINT), '', 0 "
               "FROM sums GROUP BY nth, name ORDER BY nth");
}


static int
loyalty_report_rewards(loyalty_report_t *report)
{
    return loyalty_report_rows(report,
               "SELECT 'redemptions', reward || ', ' || state, count(*), '', "
               "0 FROM redemption GROUP BY reward, state "
               "ORDER BY reward, state");
}
