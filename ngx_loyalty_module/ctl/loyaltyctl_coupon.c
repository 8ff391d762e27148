
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_id.h>
#include <loyaltyctl_statements.h>

#include <string.h>


typedef struct {
    const loyalty_options_t  *options;
    loyalty_str_t             reward;          /* "": all */
    int64_t                   warn;

    int                       found;           /* the reward's pool */
    int                       low;
} loyaltyctl_left_t;


static int loyaltyctl_left_work(loyalty_transaction_t *tx, void *data);
static void loyaltyctl_left_pool(loyalty_transaction_t *tx,
    loyaltyctl_left_t *left, loyalty_table_writer_t *table);
static void loyaltyctl_left_row(loyaltyctl_left_t *left,
    loyalty_table_writer_t *table, loyalty_str_t reward, int64_t codes,
    int64_t given);


static const loyalty_usage_t  loyaltyctl_left_usage = {
    "coupon left", "[REWARD]",
    "Says how many codes the pools still have, or the pool of one reward.\n"
    "\n"
    "  --warn N            exit with 1 if any has fewer than N\n",
    0, 1, 1
};


static const loyalty_table_column_t  loyaltyctl_left_columns[] = {
    { "reward", LOYALTY_TABLE_TEXT },
    { "left", LOYALTY_TABLE_INTEGER },
    { "given", LOYALTY_TABLE_INTEGER },
    { "low", LOYALTY_TABLE_TEXT }
};


loyaltyctl_exit_e
loyaltyctl_coupon_left(int argc, char **argv)
{
    loyalty_options_t  options;
    loyaltyctl_exit_e  status;
    loyaltyctl_left_t  left;
    loyalty_option_t   own[] = {
        { "warn", 0, LOYALTY_OPTION_NUMBER, &left.warn }
    };

    memset(&left, 0, sizeof(loyaltyctl_left_t));

    if (loyalty_options_read(&options, &loyaltyctl_left_usage, own, 1, argc,
                             argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    left.options = &options;

    if (options.noperands != 0) {
        left.reward = loyalty_fields_string(options.operands[0]);

        if (!loyalty_id_valid(left.reward)) {
            return loyalty_options_wrong(&options, "\"%s\" cannot be a "
                                         "reward's id", options.operands[0]);
        }
    }

    status = loyalty_options_work(&options, loyaltyctl_statements,
                                  LOYALTYCTL_STATEMENTS, LOYALTY_DB_READ,
                                  loyaltyctl_left_work, &left);

    return (status == LOYALTYCTL_DONE && left.low) ? LOYALTYCTL_FAILED
                                                   : status;
}


static int
loyaltyctl_left_work(loyalty_transaction_t *tx, void *data)
{
    int                      row;
    loyaltyctl_left_t       *left = data;
    loyalty_table_writer_t   table;

    if (loyalty_transaction_row(tx, LOYALTYCTL_SQL_POOLS, NULL, 0, &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_table_begin(&table, left->options->format,
                        loyaltyctl_left_columns,
                        loyalty_values_n(loyaltyctl_left_columns));

    while (row) {
        loyaltyctl_left_pool(tx, left, &table);

        if (loyalty_transaction_next(tx, &row) != LOYALTY_OK) {
            (void) loyalty_table_end(&table);
            return LOYALTY_ERROR;
        }
    }

    /* a reward that has never had any codes has none */

    if (left->reward.len != 0 && !left->found) {
        loyaltyctl_left_row(left, &table, left->reward, 0, 0);
    }

    return loyalty_options_end(tx, left->options, &table);
}


/* Of all pools, or of the one. */

static void
loyaltyctl_left_pool(loyalty_transaction_t *tx, loyaltyctl_left_t *left,
    loyalty_table_writer_t *table)
{
    int64_t        codes, all;
    loyalty_str_t  reward;

    reward = loyalty_db_column_text(tx->db, 0);
    codes = loyalty_db_column_int(tx->db, 1);
    all = loyalty_db_column_int(tx->db, 2);

    if (left->reward.len != 0) {

        if (!loyalty_str_equal(reward, left->reward)) {
            return;
        }

        left->found = 1;
    }

    loyaltyctl_left_row(left, table, reward, codes, all - codes);
}


static void
loyaltyctl_left_row(loyaltyctl_left_t *left, loyalty_table_writer_t *table,
    loyalty_str_t reward, int64_t codes, int64_t given)
{
    loyalty_str_t       low = loyalty_string("low");
    loyalty_db_value_t  values[] = {
        loyalty_db_text(reward), loyalty_db_int(codes), loyalty_db_int(given),
        loyalty_db_text(low)
    };

    if (codes < left->warn) {
        left->low = 1;

    } else {
        values[3].text.len = 0;
    }

    loyalty_table_row(table, values);
}
