
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_claim.h>
#include <loyalty_recall.h>

#include <string.h>


static int loyalty_order_event_new(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_order_event_claim(loyalty_transaction_t *tx,
    loyalty_command_t *command);
static int loyalty_order_event_reverse(loyalty_transaction_t *tx,
    loyalty_command_t *command, const loyalty_claim_t *claim);
static int64_t loyalty_order_event_refunded(
    const loyalty_transaction_t *tx, const loyalty_command_t *command,
    const loyalty_claim_t *claim);
static void loyalty_order_event_forget(loyalty_command_t *command);


/*
 * An event says that something has happened to an order; what, the store has
 * been asked.  So events that come twice, late or in disorder do no harm: the
 * books follow what the store has said last.
 */

int
loyalty_order_event(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                claimed;
    loyalty_claim_t    claim;
    loyalty_outcome_e  fault = command->order_fault;

    loyalty_order_event_forget(command);

    if (fault != LOYALTY_NO_FAULT) {

        /* what concerns nobody here is no reason to send it again */

        command->result.outcome = (fault == LOYALTY_ORDER_NOT_FOUND
                                   || fault == LOYALTY_WRONG_CURRENCY)
                                  ? LOYALTY_ORDER_NOTED : fault;
        return LOYALTY_OK;
    }

    command->result.outcome = LOYALTY_ORDER_NOTED;

    if (loyalty_claim_read(tx, command, &claim, &claimed) != LOYALTY_OK
        || (claimed ? loyalty_order_event_reverse(tx, command, &claim)
                    : loyalty_order_event_new(tx, command))
           != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_order_event_forget(command);

    return LOYALTY_OK;
}


/* Nobody has claimed it; it is of interest if a member has bought it. */

static int
loyalty_order_event_new(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int                     found, claimed;
    loyalty_str_t           email;
    loyalty_claim_t         claim;
    const loyalty_order_t  *order = &command->facts;

    if (!order->paid && !order->voided && order->refunded == 0) {
        return LOYALTY_OK;
    }

    email.data = order->email;
    email.len = order->email_len;

    if (loyalty_member_find(tx, email, 1, &command->member, &found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!found) {
        return LOYALTY_OK;
    }

    if (order->paid) {
        return loyalty_order_event_claim(tx, command);
    }

    /*
     * While the member was waited for, it may have claimed the order.  A claim
     * of it may be under way, for which the store was asked before: it must
     * not miss this.
     */

    if (loyalty_claim_read(tx, command, &claim, &claimed) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return claimed ? loyalty_order_event_reverse(tx, command, &claim)
                   : loyalty_recall_note(tx, loyalty_claim_store(command),
                                         command->order, command->asked_at);
}


static int
loyalty_order_event_claim(loyalty_transaction_t *tx,
    loyalty_command_t *command)
{
    int              credited, found;
    int64_t          orders;
    loyalty_claim_t  claim;

    orders = command->member.orders;

    if (loyalty_claim_credit(tx, command, &credited) != LOYALTY_OK
        || loyalty_claim_read(tx, command, &claim, &found) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!credited) {

        if (found) {
            return loyalty_transaction_refuse(tx, "an order has been claimed "
                                              "meanwhile");
        }

        loyalty_claim_stale(command);

        return LOYALTY_OK;
    }

    if (loyalty_order_event_reverse(tx, command, &claim) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return (command->member.orders > orders)
           ? loyalty_claim_count(tx, command) : LOYALTY_OK;
}


static int
loyalty_order_event_reverse(loyalty_transaction_t *tx,
    loyalty_command_t *command, const loyalty_claim_t *claim)
{
    int                     stale;
    loyalty_member_t       *member = &command->member;
    const loyalty_order_t  *order = &command->facts;

    if (!order->paid && !order->voided && order->refunded == 0) {

        /* it need not have its amounts: this does not cancel a refund */

        return LOYALTY_OK;
    }

    if (member->id == 0
        && loyalty_member_take(tx, claim->member, member) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (loyalty_reversal(tx, member, claim,
                         loyalty_order_event_refunded(tx, command, claim),
                         command->asked_at, &stale)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (stale) {
        loyalty_claim_stale(command);
    }

    return LOYALTY_OK;
}


/*
 * A void order is refunded as a whole, also if it cost nothing.  What is
 * refunded is a share of what the order was worth when it was claimed.
 */

static int64_t
loyalty_order_event_refunded(const loyalty_transaction_t *tx,
    const loyalty_command_t *command, const loyalty_claim_t *claim)
{
    int64_t                 refunded;
    const loyalty_store_t  *store;
    const loyalty_order_t  *order = &command->facts;

    store = loyalty_store_find(tx->program, command->store);

    refunded = (store != NULL)
               ? loyalty_order_refunded(store, tx->program, order,
                                        claim->rate)
               : order->refunded;

    if (!order->voided) {
        return refunded;
    }

    if (refunded < claim->total) {
        refunded = claim->total;
    }

    return (refunded > 0) ? refunded : 1;
}


/* Whose order it is, is not the store's webhook's business. */

static void
loyalty_order_event_forget(loyalty_command_t *command)
{
    command->result.email.len = 0;
    command->result.earned = command->member.earned;
    command->result.badges = 0;
    command->result.new_badges = 0;

    memset(&command->member, 0, sizeof(loyalty_member_t));
}
