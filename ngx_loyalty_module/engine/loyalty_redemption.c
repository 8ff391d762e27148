
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_redemption.h>

#include <string.h>


static const char *loyalty_redemption_upper(loyalty_str_t text, char *upper);
static int loyalty_redemption_row(loyalty_transaction_t *tx,
    loyalty_str_t coupon, int take, int *row);
static int loyalty_redemption_read(loyalty_transaction_t *tx,
    loyalty_redemption_t *redemption);
static int loyalty_redemption_text(loyalty_transaction_t *tx, int column,
    char *text, size_t size);
static int loyalty_redemption_word(loyalty_transaction_t *tx, int column,
    const loyalty_str_t *words, int n);


static const loyalty_str_t  loyalty_states[LOYALTY_STATES] = {
    [LOYALTY_STATE_ISSUED] = loyalty_string("issued"),
    [LOYALTY_STATE_WAITING] = loyalty_string("waiting"),
    [LOYALTY_STATE_HELD] = loyalty_string("held"),
    [LOYALTY_STATE_USED] = loyalty_string("used"),
    [LOYALTY_STATE_DONE] = loyalty_string("done"),
    [LOYALTY_STATE_CANCELLED] = loyalty_string("cancelled"),
    [LOYALTY_STATE_REFUSED] = loyalty_string("refused")
};


static const loyalty_str_t  loyalty_sources[LOYALTY_SOURCES] = {
    [LOYALTY_SOURCE_LOCAL] = loyalty_string("local"),
    [LOYALTY_SOURCE_POOL] = loyalty_string("pool"),
    [LOYALTY_SOURCE_STORE] = loyalty_string("store"),
    [LOYALTY_SOURCE_MANUAL] = loyalty_string("manual")
};


loyalty_str_t
loyalty_redemption_source(const loyalty_reward_t *reward)
{
    static const loyalty_source_e  sources[] = {
        [LOYALTY_COUPON_LOCAL] = LOYALTY_SOURCE_LOCAL,
        [LOYALTY_COUPON_POOL] = LOYALTY_SOURCE_POOL,
        [LOYALTY_COUPON_STORE] = LOYALTY_SOURCE_STORE
    };

    return loyalty_sources[(reward->kind == LOYALTY_REWARD_MANUAL)
                           ? LOYALTY_SOURCE_MANUAL
                           : sources[reward->coupon]];
}


loyalty_str_t
loyalty_redemption_state(const loyalty_reward_t *reward)
{
    if (reward->kind == LOYALTY_REWARD_MANUAL) {
        return loyalty_states[LOYALTY_STATE_WAITING];
    }

    return loyalty_states[(reward->coupon == LOYALTY_COUPON_STORE)
                          ? LOYALTY_STATE_HELD : LOYALTY_STATE_ISSUED];
}


/*
 * Shops turn codes into lower case (WooCommerce does) and people add blanks.
 * Codes made here are in upper case, imported ones as they are.
 */

int
loyalty_redemption_find(loyalty_transaction_t *tx, loyalty_str_t code,
    int take, loyalty_redemption_t *redemption, int *found)
{
    char           upper[LOYALTY_COUPON_MAX];
    loyalty_str_t  coupon;

    *found = 0;

    coupon = loyalty_str_trim(code);

    if (coupon.len > LOYALTY_COUPON_MAX) {
        return LOYALTY_OK;
    }

    if (loyalty_redemption_row(tx, coupon, take, found) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        coupon.data = loyalty_redemption_upper(coupon, upper);

        if (loyalty_redemption_row(tx, coupon, take, found) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    if (loyalty_redemption_read(tx, redemption) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    /* of what the store has not agreed to, nobody has been told */

    *found = (redemption->state != LOYALTY_STATE_HELD
              && redemption->state != LOYALTY_STATE_REFUSED);

    return LOYALTY_OK;
}


int
loyalty_redemption_take(loyalty_transaction_t *tx, int64_t id,
    loyalty_redemption_t *redemption, int *found)
{
    const loyalty_db_value_t  values[] = { loyalty_db_int(id) };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_REDEMPTION_TAKE_ID, values,
                                loyalty_values_n(values), found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    return *found ? loyalty_redemption_read(tx, redemption) : LOYALTY_OK;
}


static const char *
loyalty_redemption_upper(loyalty_str_t text, char *upper)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        upper[i] = text.data[i];

        if (upper[i] >= 'a' && upper[i] <= 'z') {
            upper[i] -= 'a' - 'A';
        }
    }

    return upper;
}


static int
loyalty_redemption_row(loyalty_transaction_t *tx, loyalty_str_t coupon,
    int take, int *row)
{
    const loyalty_db_value_t  values[] = { loyalty_db_text(coupon) };

    return loyalty_transaction_row(tx, take ? LOYALTY_SQL_REDEMPTION_TAKE
                                            : LOYALTY_SQL_REDEMPTION_FIND,
                                   values, loyalty_values_n(values), row);
}


static int
loyalty_redemption_read(loyalty_transaction_t *tx,
    loyalty_redemption_t *redemption)
{
    int  state, source;

    redemption->id = loyalty_db_column_int(tx->db, 0);
    redemption->member = loyalty_db_column_int(tx->db, 1);
    redemption->expires_at = loyalty_db_column_int(tx->db, 2);
    redemption->cost = loyalty_db_column_int(tx->db, 9);
    redemption->tries = loyalty_db_column_int(tx->db, 10);

    source = loyalty_redemption_word(tx, 5, loyalty_sources, LOYALTY_SOURCES);
    state = loyalty_redemption_word(tx, 6, loyalty_states, LOYALTY_STATES);

    if (source == LOYALTY_SOURCES || state == LOYALTY_STATES
        || loyalty_redemption_text(tx, 3, redemption->reward,
                                   sizeof(redemption->reward)) != LOYALTY_OK
        || loyalty_redemption_text(tx, 4, redemption->store,
                                   sizeof(redemption->store)) != LOYALTY_OK
        || loyalty_redemption_text(tx, 7, redemption->used_for,
                                   sizeof(redemption->used_for)) != LOYALTY_OK
        || loyalty_redemption_text(tx, 8, redemption->coupon,
                                   sizeof(redemption->coupon)) != LOYALTY_OK)
    {
        return loyalty_transaction_refuse(tx, "a redemption cannot be read");
    }

    redemption->source = source;
    redemption->state = state;

    return LOYALTY_OK;
}


static int
loyalty_redemption_text(loyalty_transaction_t *tx, int column, char *text,
    size_t size)
{
    loyalty_str_t  value;

    value = loyalty_db_column_text(tx->db, column);

    if (value.len >= size) {
        return LOYALTY_ERROR;
    }

    if (value.len != 0) {
        memcpy(text, value.data, value.len);
    }

    text[value.len] = '\0';

    return LOYALTY_OK;
}


/* "n" if it is none of them. */

static int
loyalty_redemption_word(loyalty_transaction_t *tx, int column,
    const loyalty_str_t *words, int n)
{
    int            i;
    loyalty_str_t  value;

    value = loyalty_db_column_text(tx->db, column);

    for (i = 0; i < n; i++) {

        if (loyalty_str_equal(value, words[i])) {
            break;
        }
    }

    return i;
}


void
loyalty_redemption_show(loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption, loyalty_result_t *result)
{
    loyalty_str_t  reward = {
        strlen(redemption->reward), redemption->reward
    };

    /* which the program may not have any more: its coupons are still good */

    result->reward = loyalty_reward_find(tx->program, reward);

    memcpy(result->reward_id, redemption->reward, sizeof(result->reward_id));
    memcpy(result->coupon, redemption->coupon, sizeof(result->coupon));

    result->coupon_expires = redemption->expires_at;
}


int
loyalty_redemption_expired(const loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption)
{
    return redemption->expires_at != 0 && redemption->expires_at <= tx->now;
}


int
loyalty_redemption_change(loyalty_transaction_t *tx,
    const loyalty_redemption_t *redemption, loyalty_state_e state,
    loyalty_str_t order)
{
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(loyalty_states[state]), loyalty_db_text(order),
        loyalty_db_int(tx->now), loyalty_db_int(redemption->id)
    };

    return loyalty_transaction_run(tx, LOYALTY_SQL_REDEMPTION_CHANGE, values,
                                   loyalty_values_n(values));
}
