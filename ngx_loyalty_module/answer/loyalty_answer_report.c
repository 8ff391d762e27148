
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_answer_layout.h>
#include <loyalty_money.h>
#include <loyalty_time.h>


static void loyalty_answer_totals(const loyalty_program_t *program,
    const loyalty_figures_t *figures, loyalty_json_t *out);
static int64_t loyalty_answer_percent(int64_t part, int64_t whole);
static void loyalty_answer_heads(loyalty_json_t *out,
    const loyalty_heads_t *heads);
static void loyalty_answer_flow(loyalty_json_t *out,
    const loyalty_flow_t *flow);
static void loyalty_answer_days(const loyalty_figures_t *figures,
    loyalty_json_t *out);
static void loyalty_answer_sources(const loyalty_figures_t *figures,
    loyalty_json_t *out);
static void loyalty_answer_source(loyalty_json_t *out, loyalty_str_t name,
    const loyalty_heads_t *heads);
static void loyalty_answer_customers(const loyalty_figures_t *figures,
    loyalty_json_t *out);
static void loyalty_answer_shelves(const loyalty_figures_t *figures,
    loyalty_json_t *out);


/* The owner may see it, and nobody else: it has e-mails. */

void
loyalty_answer_report(const loyalty_program_t *program,
    const loyalty_result_t *result, loyalty_json_t *out)
{
    const loyalty_figures_t  *figures = result->figures;

    loyalty_json_open(out, '{');

    loyalty_answer_text(out, "result", loyalty_outcome_code(result->outcome));

    loyalty_json_key(out, "message");
    loyalty_json_text_begin(out);

    if (figures->census.at != 0) {
        loyalty_answer_say(out, "Members: ");
        loyalty_json_piece_integer(out, figures->census.heads.members);
        loyalty_answer_say(out, ".");

    } else {
        loyalty_answer_say(out, "Members have not been counted yet.");
    }

    loyalty_json_text_end(out);

    loyalty_answer_text(out, "program", program->name);
    loyalty_answer_text(out, "currency", program->currency);
    loyalty_answer_when(out, "now", result->now);

    loyalty_answer_totals(program, figures, out);
    loyalty_answer_days(figures, out);
    loyalty_answer_sources(figures, out);
    loyalty_answer_customers(figures, out);
    loyalty_answer_shelves(figures, out);

    loyalty_json_close(out, '}');
}


static void
loyalty_answer_totals(const loyalty_program_t *program,
    const loyalty_figures_t *figures, loyalty_json_t *out)
{
    char                     amount[LOYALTY_MONEY_SIZE];
    loyalty_str_t            worth = { 0, amount };
    const loyalty_census_t  *census = &figures->census;

    if (program->value_per != 0) {
        worth.len = loyalty_money_write(
                        loyalty_program_worth(program, census->points),
                        program->exponent, amount);
    }

    loyalty_answer_when(out, "counted_at", census->at);
    loyalty_answer_heads(out, &census->heads);
    loyalty_answer_integer(out, "repeat_percent",
                           loyalty_answer_percent(census->heads.repeat_buyers,
                                                  census->heads.members));
    loyalty_answer_integer(out, "outstanding", census->points);
    loyalty_answer_integer(out, "owed", census->owed);
    loyalty_answer_text(out, "liability", worth);
    loyalty_answer_integer(out, "waiting", census->waiting);
    loyalty_answer_when(out, "waiting_since", census->waiting_since);
}


/* To the nearest one; what is too large to be multiplied needs no rounding. */

static int64_t
loyalty_answer_percent(int64_t part, int64_t whole)
{
    if (whole <= 0 || part <= 0) {
        return 0;
    }

    if (part > INT64_MAX / 200) {
        return (whole >= 100) ? part / (whole / 100) : part;
    }

    return (part * 200 + whole) / (whole * 2);
}


static void
loyalty_answer_heads(loyalty_json_t *out, const loyalty_heads_t *heads)
{
    loyalty_answer_integer(out, "members", heads->members);
    loyalty_answer_integer(out, "newcomers", heads->newcomers);
    loyalty_answer_integer(out, "buyers", heads->buyers);
    loyalty_answer_integer(out, "repeat_buyers", heads->repeat_buyers);
}


static void
loyalty_answer_flow(loyalty_json_t *out, const loyalty_flow_t *flow)
{
    loyalty_answer_integer(out, "issued", flow->issued);
    loyalty_answer_integer(out, "spent", flow->spent);
    loyalty_answer_integer(out, "expired", flow->expired);
    loyalty_answer_integer(out, "taken_back", flow->taken_back);
    loyalty_answer_integer(out, "removed", flow->removed);
}


static void
loyalty_answer_days(const loyalty_figures_t *figures, loyalty_json_t *out)
{
    char            text[LOYALTY_TIME_LEN];
    size_t          i;
    loyalty_str_t   day = { sizeof("2026-12-31") - 1, text };
    loyalty_flow_t  sum = { 0, 0, 0, 0, 0 };

    for (i = 0; i < figures->ndays; i++) {
        sum.issued += figures->days[i].issued;
        sum.spent += figures->days[i].spent;
        sum.expired += figures->days[i].expired;
        sum.taken_back += figures->days[i].taken_back;
        sum.removed += figures->days[i].removed;
    }

    loyalty_answer_when(out, "until", figures->until);
    loyalty_answer_flow(out, &sum);
    loyalty_answer_integer(out, "redemption_percent",
                           loyalty_answer_percent(sum.spent, sum.issued));

    loyalty_json_key(out, "days");
    loyalty_json_open(out, '[');

    for (i = 0; i < figures->ndays; i++) {
        loyalty_time_write((figures->first + (int64_t) i)
                           * LOYALTY_FIGURES_DAY, text);

        loyalty_json_open(out, '{');
        loyalty_answer_text(out, "day", day);
        loyalty_answer_flow(out, &figures->days[i]);
        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');
}


static void
loyalty_answer_sources(const loyalty_figures_t *figures, loyalty_json_t *out)
{
    size_t                   i;
    loyalty_str_t            name;
    loyalty_heads_t          others = figures->census.heads;
    const loyalty_heads_t   *heads;

    loyalty_json_key(out, "sources");
    loyalty_json_open(out, '[');

    for (i = 0; i < figures->nsources; i++) {
        name.data = figures->sources[i].name;
        name.len = figures->sources[i].len;
        heads = &figures->sources[i].heads;

        others.members -= heads->members;
        others.newcomers -= heads->newcomers;
        others.buyers -= heads->buyers;
        others.repeat_buyers -= heads->repeat_buyers;

        loyalty_answer_source(out, name, heads);
    }

    loyalty_json_close(out, ']');

    loyalty_json_key(out, "other_sources");
    loyalty_json_open(out, '{');
    loyalty_answer_heads(out, &others);
    loyalty_json_close(out, '}');
}


static void
loyalty_answer_source(loyalty_json_t *out, loyalty_str_t name,
    const loyalty_heads_t *heads)
{
    loyalty_json_open(out, '{');
    loyalty_answer_text(out, "source", name);
    loyalty_answer_heads(out, heads);
    loyalty_json_close(out, '}');
}


static void
loyalty_answer_customers(const loyalty_figures_t *figures,
    loyalty_json_t *out)
{
    size_t                     i;
    loyalty_str_t              email;
    const loyalty_tier_t      *tier;
    const loyalty_customer_t  *customer;

    static const loyalty_tier_t  none;

    loyalty_json_key(out, "customers");
    loyalty_json_open(out, '[');

    for (i = 0; i < figures->ncustomers; i++) {
        customer = &figures->customers[i];

        tier = (customer->tier != NULL) ? customer->tier : &none;

        email.data = customer->email;
        email.len = customer->email_len;

        loyalty_json_open(out, '{');
        loyalty_answer_string(out, "member", customer->code);
        loyalty_answer_text(out, "email", email);
        loyalty_answer_integer(out, "points", customer->points);
        loyalty_answer_integer(out, "orders", customer->orders);
        loyalty_answer_text(out, "tier", tier->id);
        loyalty_answer_text(out, "tier_name", tier->name);
        loyalty_answer_when(out, "joined_at", customer->joined_at);
        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');
}


static void
loyalty_answer_shelves(const loyalty_figures_t *figures, loyalty_json_t *out)
{
    size_t                  i;
    const loyalty_shelf_t  *shelf;

    loyalty_json_key(out, "rewards");
    loyalty_json_open(out, '[');

    for (i = 0; i < figures->nshelves; i++) {
        shelf = &figures->shelves[i];

        loyalty_json_open(out, '{');
        loyalty_answer_text(out, "id", shelf->reward->id);
        loyalty_answer_text(out, "name", shelf->reward->name);
        loyalty_answer_integer(out, "cost", shelf->reward->cost);
        loyalty_answer_integer(out, "redeemed", shelf->redeemed);

        loyalty_json_key(out, "limited");
        loyalty_json_bool(out, shelf->left >= 0);

        loyalty_answer_integer(out, "left",
                               (shelf->left >= 0) ? shelf->left : 0);

        loyalty_json_key(out, "low");
        loyalty_json_bool(out, shelf->low);

        loyalty_json_close(out, '}');
    }

    loyalty_json_close(out, ']');
}
