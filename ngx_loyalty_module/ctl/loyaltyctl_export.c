
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyaltyctl_report.h>

#include <stdio.h>
#include <string.h>


typedef struct {
    const char                    *name;
    const loyalty_table_column_t  *columns;
    unsigned                       ncolumns;
    const char                    *sql;
} loyalty_export_t;


static const loyalty_export_t *loyalty_export_find(const char *name);


static const loyalty_table_column_t  loyalty_export_members[] = {
    { "member", LOYALTY_TABLE_TEXT },
    { "email", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "pending", LOYALTY_TABLE_INTEGER },
    { "lifetime", LOYALTY_TABLE_INTEGER },
    { "orders", LOYALTY_TABLE_INTEGER },
    { "badges", LOYALTY_TABLE_INTEGER },
    { "source", LOYALTY_TABLE_TEXT },
    { "locale", LOYALTY_TABLE_TEXT },
    { "referral", LOYALTY_TABLE_TEXT },
    { "joined", LOYALTY_TABLE_TIME },
    { "active", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_export_ledger[] = {
    { "entry", LOYALTY_TABLE_INTEGER },
    { "member", LOYALTY_TABLE_TEXT },
    { "at", LOYALTY_TABLE_TIME },
    { "kind", LOYALTY_TABLE_TEXT },
    { "reference", LOYALTY_TABLE_TEXT },
    { "store", LOYALTY_TABLE_TEXT },
    { "points", LOYALTY_TABLE_INTEGER },
    { "earned", LOYALTY_TABLE_INTEGER },
    { "usable", LOYALTY_TABLE_TIME },
    { "until", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_export_claims[] = {
    { "store", LOYALTY_TABLE_TEXT },
    { "order", LOYALTY_TABLE_TEXT },
    { "member", LOYALTY_TABLE_TEXT },
    { "at", LOYALTY_TABLE_TIME },
    { "currency", LOYALTY_TABLE_TEXT },
    { "total_minor", LOYALTY_TABLE_INTEGER },
    { "refunded_minor", LOYALTY_TABLE_INTEGER },
    { "points", LOYALTY_TABLE_INTEGER },
    { "taken_back", LOYALTY_TABLE_INTEGER },
    { "facts", LOYALTY_TABLE_TEXT }
};

static const loyalty_table_column_t  loyalty_export_postponed[] = {
    { "store", LOYALTY_TABLE_TEXT },
    { "order", LOYALTY_TABLE_TEXT },
    { "member", LOYALTY_TABLE_TEXT },
    { "at", LOYALTY_TABLE_TIME },
    { "tries", LOYALTY_TABLE_INTEGER },
    { "next", LOYALTY_TABLE_TIME },
    { "until", LOYALTY_TABLE_TIME }
};

static const loyalty_table_column_t  loyalty_export_redemptions[] = {
    { "redemption", LOYALTY_TABLE_INTEGER },
    { "member", LOYALTY_TABLE_TEXT },
    { "at", LOYALTY_TABLE_TIME },
    { "reward", LOYALTY_TABLE_TEXT },
    { "store", LOYALTY_TABLE_TEXT },
    { "cost", LOYALTY_TABLE_INTEGER },
    { "coupon", LOYALTY_TABLE_TEXT },
    { "expires", LOYALTY_TABLE_TIME },
    { "state", LOYALTY_TABLE_TEXT },
    { "changed", LOYALTY_TABLE_TIME },
    { "used_for", LOYALTY_TABLE_TEXT }
};


#define loyalty_columns_of(columns)                                           \
    columns, sizeof(columns) / sizeof((columns)[0])

/* Of a refund only its last step counts. */

#define LOYALTY_LAST_STEP(column)                                             \
    "(SELECT reversal." column " FROM reversal "                              \
    "WHERE reversal.store = claim.store AND reversal.number = claim.number "  \
    "ORDER BY step DESC LIMIT 1)"


static const loyalty_export_t  loyalty_exports[] = {

    { "members", loyalty_columns_of(loyalty_export_members),
      "SELECT code, email, " LOYALTY_REPORT_USABLE ", "
      "member.points - " LOYALTY_REPORT_USABLE ", lifetime, orders, badges, "
      "source, locale, referral, joined_at, active_at "
      "FROM member, clock ORDER BY email" },

    { "ledger", loyalty_columns_of(loyalty_export_ledger),
      "SELECT ledger.id, code, at, kind, reference, store, ledger.points, "
      "earned, usable_at, until_at "
      "FROM ledger LEFT JOIN member ON member.id = ledger.member "
      "ORDER BY ledger.id" },

    { "claims", loyalty_columns_of(loyalty_export_claims),
      "SELECT claim.store, number, code, claimed_at, currency, total, "
      "coalesce(" LOYALTY_LAST_STEP("refunded") ", 0), claim.points, "
      "coalesce(" LOYALTY_LAST_STEP("taken") ", 0), facts "
      "FROM claim LEFT JOIN member ON member.id = claim.member "
      "ORDER BY claim.store, number" },

    { "postponed", loyalty_columns_of(loyalty_export_postponed),
      "SELECT store, number, code, at, tries, next_at, until_at "
      "FROM postponed LEFT JOIN member ON member.id = postponed.member "
      "ORDER BY postponed.id" },

    { "redemptions", loyalty_columns_of(loyalty_export_redemptions),
      "SELECT redemption.id, code, redeemed_at, reward, store, cost, coupon, "
      "expires_at, state, changed_at, used_for "
      "FROM redemption LEFT JOIN member ON member.id = redemption.member "
      "ORDER BY redemption.id" },

    { NULL, NULL, 0, NULL }
};


static const loyalty_usage_t  loyalty_export_usage = {
    "export", "members|ledger|claims|postponed|redemptions",
    "Prints all rows of one kind, as of one moment, while nginx goes on: as\n"
    "CSV, or with --json as JSON, one object a line.  Only members have\n"
    "e-mails in it, the others the members' codes.  Amounts of orders are in\n"
    "the minor units of their currency.\n",
    1, 1, 1
};


loyaltyctl_exit_e
loyaltyctl_export(int argc, char **argv)
{
    int                      rc;
    loyaltyctl_exit_e        exit;
    static loyalty_report_t  report;
    const loyalty_export_t  *export;

    if (loyalty_options_read(&report.options, &loyalty_export_usage, NULL, 0,
                             argc, argv, &exit)
        != LOYALTY_OK)
    {
        return exit;
    }

    export = loyalty_export_find(report.options.operands[0]);

    if (export == NULL) {
        return loyalty_options_wrong(&report.options, "what?  Write members, "
                                     "ledger, claims, postponed or "
                                     "redemptions, not \"%s\"",
                                     report.options.operands[0]);
    }

    report.options.format = (report.options.format == LOYALTY_PRINT_JSON)
                            ? LOYALTY_PRINT_LINES : LOYALTY_PRINT_CSV;

    rc = loyalty_report_begin(&report, export->columns, export->ncolumns);

    if (rc == LOYALTY_OK) {
        rc = loyalty_report_rows(&report, "%s", export->sql);
    }

    return loyalty_report_end(&report, rc);
}


static const loyalty_export_t *
loyalty_export_find(const char *name)
{
    const loyalty_export_t  *export;

    for (export = loyalty_exports; export->name != NULL; export++) {

        if (strcmp(export->name, name) == 0) {
            return export;
        }
    }

    return NULL;
}
