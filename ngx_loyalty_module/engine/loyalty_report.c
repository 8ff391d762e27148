
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fold.h>
#include <loyalty_leaders.h>
#include <loyalty_sweep.h>

#include <stdlib.h>
#include <string.h>


/* With a tenth of the stock left, or less, a reward runs low. */

#define LOYALTY_REPORT_LOW  10


static int loyalty_report_sources(loyalty_transaction_t *tx,
    loyalty_figures_t *figures);
static int loyalty_report_days(loyalty_transaction_t *tx,
    loyalty_figures_t *figures);
static int loyalty_report_customers(loyalty_transaction_t *tx,
    loyalty_figures_t *figures);
static void loyalty_report_customer(loyalty_transaction_t *tx,
    loyalty_customer_t *customer);
static int loyalty_report_rewards(loyalty_transaction_t *tx,
    loyalty_figures_t *figures);
static int loyalty_report_redeemed(loyalty_transaction_t *tx,
    loyalty_figures_t *figures);
static int loyalty_report_left(loyalty_transaction_t *tx,
    loyalty_shelf_t *shelf);


/*
 * All of it is in small tables that others keep, or few rows of an index: the
 * ledger and the members are never gone through while somebody waits.
 */

int
loyalty_report(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int64_t             days, at;
    loyalty_result_t   *result = &command->result;
    loyalty_figures_t  *figures;

    days = loyalty_command_number(command->days, LOYALTY_FIGURES_DAYS,
                                  LOYALTY_FIGURES_DAYS_MAX);

    if (days == 0) {
        result->outcome = LOYALTY_BAD_REQUEST;
        result->detail = "The parameter \"days\" is no good: send how many "
                         "days to report of, 1 to 730.";
        return LOYALTY_OK;
    }

    figures = calloc(1, sizeof(loyalty_figures_t));

    if (figures == NULL) {
        return loyalty_transaction_refuse(tx, "no memory for a report");
    }

    result->figures = figures;
    result->outcome = LOYALTY_REPORT;

    figures->ndays = (size_t) days;
    figures->first = tx->now / LOYALTY_FIGURES_DAY - days + 1;

    if (loyalty_census_read(tx, &figures->census) != LOYALTY_OK
        || loyalty_leaders_when(tx, &at) != LOYALTY_OK
        || loyalty_fold_when(tx, &figures->until) != LOYALTY_OK
        || loyalty_report_sources(tx, figures) != LOYALTY_OK
        || loyalty_report_days(tx, figures) != LOYALTY_OK
        || loyalty_report_customers(tx, figures) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return loyalty_report_rewards(tx, figures);
}


static int
loyalty_report_sources(loyalty_transaction_t *tx, loyalty_figures_t *figures)
{
    int                       row;
    loyalty_str_t             name;
    loyalty_source_t         *source;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(LOYALTY_FIGURES_SOURCES)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REPORT_SOURCES, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row && figures->nsources < LOYALTY_FIGURES_SOURCES) {
        source = &figures->sources[figures->nsources++];

        name = loyalty_db_column_text(tx->db, 0);

        source->len = (name.len < LOYALTY_SOURCE_MAX) ? name.len
                                                      : LOYALTY_SOURCE_MAX;
        memcpy(source->name, name.data, source->len);

        source->heads.members = loyalty_db_column_int(tx->db, 1);
        source->heads.newcomers = loyalty_db_column_int(tx->db, 2);
        source->heads.buyers = loyalty_db_column_int(tx->db, 3);
        source->heads.repeat_buyers = loyalty_db_column_int(tx->db, 4);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


/* A day without any has no row. */

static int
loyalty_report_days(loyalty_transaction_t *tx, loyalty_figures_t *figures)
{
    int                       row;
    int64_t                   day;
    loyalty_flow_t           *flow;
    const int64_t             first = figures->first;
    const int64_t             end = first + (int64_t) figures->ndays;
    const loyalty_db_value_t  values[] = {
        loyalty_db_int(first - 1), loyalty_db_int(end - 1)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REPORT_DAYS, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row) {
        day = loyalty_db_column_int(tx->db, 0);

        if (day < first || day >= end) {
            return loyalty_transaction_refuse(tx, "a day is out of range");
        }

        flow = &figures->days[day - first];

        flow->issued = loyalty_db_column_int(tx->db, 1);
        flow->spent = loyalty_db_column_int(tx->db, 2);
        flow->expired = loyalty_db_column_int(tx->db, 3);
        flow->taken_back = loyalty_db_column_int(tx->db, 4);
        flow->removed = loyalty_db_column_int(tx->db, 5);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_report_customers(loyalty_transaction_t *tx,
    loyalty_figures_t *figures)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_boards[LOYALTY_BOARD_LIFETIME]),
        loyalty_db_int(LOYALTY_FIGURES_CUSTOMERS)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REPORT_CUSTOMERS, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row && figures->ncustomers < LOYALTY_FIGURES_CUSTOMERS) {
        loyalty_report_customer(tx,
                                &figures->customers[figures->ncustomers++]);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static void
loyalty_report_customer(loyalty_transaction_t *tx,
    loyalty_customer_t *customer)
{
    loyalty_str_t  code, email;

    code = loyalty_db_column_text(tx->db, 0);
    email = loyalty_db_column_text(tx->db, 1);

    if (code.len < sizeof(customer->code)) {
        memcpy(customer->code, code.data, code.len);
    }

    if (email.len <= sizeof(customer->email)) {
        memcpy(customer->email, email.data, email.len);
        customer->email_len = email.len;
    }

    customer->points = loyalty_db_column_int(tx->db, 2);
    customer->tier = loyalty_tier_find(&tx->program->ladder,
                                       loyalty_db_column_text(tx->db, 3));
    customer->orders = loyalty_db_column_int(tx->db, 4);
    customer->joined_at = loyalty_db_column_int(tx->db, 5);
}


static int
loyalty_report_rewards(loyalty_transaction_t *tx, loyalty_figures_t *figures)
{
    size_t                    i;
    const loyalty_program_t  *program = tx->program;

    if (program->nrewards == 0) {
        return LOYALTY_OK;
    }

    figures->shelves = calloc(program->nrewards, sizeof(loyalty_shelf_t));

    if (figures->shelves == NULL) {
        return loyalty_transaction_refuse(tx, "no memory for rewards");
    }

    figures->nshelves = program->nrewards;

    for (i = 0; i < figures->nshelves; i++) {
        figures->shelves[i].reward = &program->rewards[i];
    }

    if (loyalty_report_redeemed(tx, figures) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < figures->nshelves; i++) {

        if (loyalty_report_left(tx, &figures->shelves[i]) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


/* Rewards that the program has no more may be among them. */

static int
loyalty_report_redeemed(loyalty_transaction_t *tx, loyalty_figures_t *figures)
{
    int                      row;
    const loyalty_reward_t  *reward;

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REPORT_REWARDS, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    while (row) {
        reward = loyalty_reward_find(tx->program,
                                     loyalty_db_column_text(tx->db, 0));

        if (reward != NULL) {
            figures->shelves[reward - tx->program->rewards].redeemed =
                loyalty_db_column_int(tx->db, 1);
        }

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_report_left(loyalty_transaction_t *tx, loyalty_shelf_t *shelf)
{
    int                       row;
    int64_t                   codes;
    const loyalty_reward_t   *reward = shelf->reward;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(reward->id), loyalty_db_int(LOYALTY_FIGURES_POOL)
    };

    shelf->left = -1;

    if (reward->stock != 0) {
        shelf->left = (reward->stock > shelf->redeemed)
                      ? reward->stock - shelf->redeemed : 0;
        shelf->low = (shelf->left <= reward->stock / LOYALTY_REPORT_LOW);
    }

    if (reward->coupon != LOYALTY_COUPON_POOL) {
        return LOYALTY_OK;
    }

    if (loyalty_transaction_row(tx, LOYALTY_SQL_POOL_LEFT, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    codes = loyalty_db_column_int(tx->db, 0);

    if (shelf->left == -1 || codes < shelf->left) {
        shelf->left = codes;
    }

    if (codes <= LOYALTY_POOL_LOW) {
        shelf->low = 1;
    }

    return LOYALTY_OK;
}
