
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_redemption.h>
#include <loyaltyctl_statements.h>


typedef struct {
    loyalty_str_t         code;
    int                   found;
    loyalty_state_e       before;
    loyalty_redemption_t  redemption;
} loyaltyctl_done_t;


static int loyaltyctl_waiting_work(loyalty_transaction_t *tx, void *data);
static int loyaltyctl_done_work(loyalty_transaction_t *tx, void *data);
static loyaltyctl_exit_e loyaltyctl_done_report(
    const loyalty_options_t *options, const loyaltyctl_done_t *done);


static const loyalty_usage_t  loyaltyctl_waiting_usage = {
    "reward waiting", "",
    "Lists the rewards of kind=manual that members have paid for and nobody\n"
    "has handed over, the oldest first.  \"loyaltyctl member show\" with the\n"
    "member's code says whose they are.\n",
    0, 0, 1
};


static const loyalty_usage_t  loyaltyctl_done_usage = {
    "reward done", "COUPON",
    "Notes that a reward, which waited, was handed over.\n",
    1, 1, 0
};


static const loyalty_table_column_t  loyaltyctl_waiting_columns[] = {
    { "coupon", LOYALTY_TABLE_TEXT },
    { "reward", LOYALTY_TABLE_TEXT },
    { "store", LOYALTY_TABLE_TEXT },
    { "cost", LOYALTY_TABLE_INTEGER },
    { "member", LOYALTY_TABLE_TEXT },
    { "redeemed_at", LOYALTY_TABLE_TIME },
    { "expires_at", LOYALTY_TABLE_TIME }
};


loyaltyctl_exit_e
loyaltyctl_reward_waiting(int argc, char **argv)
{
    loyalty_options_t  options;
    loyaltyctl_exit_e  status;

    if (loyalty_options_read(&options, &loyaltyctl_waiting_usage, NULL, 0,
                             argc, argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    return loyalty_options_work(&options, loyaltyctl_statements,
                                LOYALTYCTL_STATEMENTS, LOYALTY_DB_READ,
                                loyaltyctl_waiting_work, &options);
}


static int
loyaltyctl_waiting_work(loyalty_transaction_t *tx, void *data)
{
    int                     row;
    loyalty_options_t      *options = data;
    loyalty_table_writer_t  table;

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_WAITING, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_table_begin(&table, options->format, loyaltyctl_waiting_columns,
                        loyalty_values_n(loyaltyctl_waiting_columns));

    while (row) {
        loyalty_table_db_row(&table, tx->db);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            (void) loyalty_table_end(&table);
            return LOYALTY_ERROR;
        }
    }

    return loyalty_options_end(tx, options, &table);
}


loyaltyctl_exit_e
loyaltyctl_reward_done(int argc, char **argv)
{
    loyalty_options_t  options;
    loyaltyctl_exit_e  status;
    loyaltyctl_done_t  done;

    if (loyalty_options_read(&options, &loyaltyctl_done_usage, NULL, 0, argc,
                             argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    done.code = loyalty_fields_string(options.operands[0]);

    status = loyalty_options_work(&options, loyaltyctl_statements,
                                  LOYALTYCTL_STATEMENTS, LOYALTY_DB_WRITE,
                                  loyaltyctl_done_work, &done);

    return (status == LOYALTYCTL_DONE)
           ? loyaltyctl_done_report(&options, &done) : status;
}


static int
loyaltyctl_done_work(loyalty_transaction_t *tx, void *data)
{
    loyalty_str_t       order = loyalty_string("");
    loyaltyctl_done_t  *done = data;

    if (loyalty_redemption_find(tx, done->code, 1, &done->redemption,
                                &done->found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!done->found) {
        return LOYALTY_OK;
    }

    done->before = done->redemption.state;

    return (done->before == LOYALTY_STATE_WAITING)
           ? loyalty_redemption_change(tx, &done->redemption,
                                       LOYALTY_STATE_DONE, order)
           : LOYALTY_OK;
}


/* What is done already need not be done again. */

static loyaltyctl_exit_e
loyaltyctl_done_report(const loyalty_options_t *options,
    const loyaltyctl_done_t *done)
{
    loyalty_fields_t  fields;

    if (!done->found) {
        return loyalty_options_failed(options, "there is no redemption \"%s\";"
                                      " \"loyaltyctl reward waiting\" lists "
                                      "those to be handed over",
                                      options->operands[0]);
    }

    if (done->before == LOYALTY_STATE_CANCELLED) {
        return loyalty_options_failed(options, "\"%s\" was cancelled, and its "
                                      "points were given back: do not hand "
                                      "it over", done->redemption.coupon);
    }

    if (done->before != LOYALTY_STATE_WAITING
        && done->before != LOYALTY_STATE_DONE)
    {
        return loyalty_options_failed(options, "\"%s\" is a coupon, and no "
                                      "reward that waits to be handed over",
                                      done->redemption.coupon);
    }

    loyalty_fields_begin(&fields, options,
                         (done->before == LOYALTY_STATE_WAITING)
                         ? "done" : "done_before");
    loyalty_fields_text(&fields, "coupon",
                        loyalty_fields_string(done->redemption.coupon));
    loyalty_fields_text(&fields, "reward",
                        loyalty_fields_string(done->redemption.reward));

    return (loyalty_fields_end(&fields) == LOYALTY_OK) ? LOYALTYCTL_DONE
                                                       : LOYALTYCTL_FAILED;
}
