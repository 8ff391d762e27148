
/*
 * Copyright (C) ngx_loyalty contributors
 */


#define _GNU_SOURCE                              /* memmem() */

#include <shop_database.h>

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>


struct shop_request_s {
    loyalty_command_t   command;
    char                body[1024];
    shop_request_t     *next;
};


static void shop_rules(shop_t *shop);
static void shop_store(loyalty_store_t *store);
static loyalty_command_t *shop_claim_written(shop_t *shop,
    const loyalty_store_t *store, const char *email, const char *order,
    int64_t total, const char *items);
static shop_request_t *shop_request(shop_t *shop, loyalty_command_e kind,
    const char *email);
static int answer_is_json(const loyalty_command_t *command);


static const loyalty_str_t  shop_paid[] = { loyalty_string("paid") };
static const loyalty_str_t  shop_voided[] = { loyalty_string("void") };


int
shop_open(void **state)
{
    shop_t  *shop;

    shop = calloc(1, sizeof(shop_t));
    assert_non_null(shop);

    shop_place_make(shop);

    shop->now = CHRISTMAS;
    shop->last = &shop->batch;

    shop_rules(shop);

    shop->conf.program = &shop->program;
    shop->conf.uri = shop->uri;
    shop->conf.timeout = 20000;
    shop->conf.cache = 1024 * 1024;

    shop_reload(shop);

    *state = shop;

    return 0;
}


static void
shop_rules(shop_t *shop)
{
    size_t              i;
    loyalty_program_t  *program = &shop->program;

    program->name = text("shop");
    program->currency = text("USD");
    program->exponent = 2;
    program->coupon_expires = 30 * DAY;

    program->stores = shop->stores;
    program->nstores = 1;
    program->earns = shop->earns;
    program->nearns = 1;
    program->promotions = shop->promotions;
    program->actions = shop->actions;
    program->ladder.tiers = shop->tiers;
    program->memberships = shop->memberships;
    program->badges = shop->badges;
    program->rewards = shop->rewards;
    program->nrewards = 2;

    for (i = 0; i < SHOP_RULES; i++) {
        shop_store(&shop->stores[i]);
    }

    shop->earns[0].kind = LOYALTY_EARN_PER_AMOUNT;
    shop->earns[0].points = 1;
    shop->earns[0].per = 100;

    shop->rewards[HANKY].id = text("hanky");
    shop->rewards[HANKY].name = text("Free handkerchief");
    shop->rewards[HANKY].cost = HANKY_COST;

    shop->rewards[APRON].id = text("apron");
    shop->rewards[APRON].name = text("Free apron");
    shop->rewards[APRON].cost = APRON_COST;
}


/* Orders have the same form everywhere, also where their items are asked. */

static void
shop_store(loyalty_store_t *store)
{
    store->id = text(LOYALTY_STORE_ALONE);
    store->currency = text("USD");
    store->exponent = 2;
    store->rate = LOYALTY_RATE_ONE;

    store->lookup.number = text("/number");
    store->lookup.email = text("/email");
    store->lookup.total = text("/total");
    store->lookup.currency = text("/currency");
    store->lookup.status = text("/status");
    store->lookup.item_sku = text("/sku");
    store->lookup.item_quantity = text("/quantity");
    store->lookup.paid = shop_paid;
    store->lookup.npaid = elements_of(shop_paid);
    store->lookup.minor = 1;
}


int
shop_close(void **state)
{
    int              bad;
    shop_t          *shop = *state;
    shop_request_t  *request;

    disk_unlimited();
    processes_end(&shop->processes);
    loyalty_engine_destroy(shop->engine);

    if (shop->conf.lock != NULL) {
        release_shared_memory(shop->conf.lock, sizeof(loyalty_lock_t));
    }

    while (shop->requests != NULL) {
        request = shop->requests;
        shop->requests = request->next;

        loyalty_json_free(&request->command.json);
        free(request);
    }

    bad = shop->damaged ? 0 : shop_audit(shop);

    shop_place_remove(shop);
    free(shop);

    return bad;
}


void
shop_reload(shop_t *shop)
{
    loyalty_engine_destroy(shop->engine);

    shop->engine = loyalty_engine_create(&shop->conf);
    assert_non_null(shop->engine);
}


void
shop_use_lock(shop_t *shop)
{
    shop->conf.lock = shared_memory(sizeof(loyalty_lock_t));

    assert_int_equal(loyalty_lock_init(shop->conf.lock), LOYALTY_OK);

    shop_reload(shop);
}


loyalty_db_t *
shop_database(shop_t *shop, int timeout,
    const loyalty_db_statement_t *statements, unsigned n)
{
    loyalty_db_t       *db;
    loyalty_db_conf_t   conf = { shop->uri, timeout, 65536, statements, n };

    db = loyalty_db_create(&conf);

    if (db == NULL) {
        abort();
    }

    return db;
}


loyalty_command_t *
shop_signup(shop_t *shop, const char *email)
{
    return &shop_request(shop, LOYALTY_COMMAND_SIGNUP, email)->command;
}


loyalty_command_t *
shop_signup_referred(shop_t *shop, const char *email, const char *referral)
{
    loyalty_command_t  *command;

    command = shop_signup(shop, email);
    command->referral = text(referral);

    return command;
}


loyalty_command_t *
shop_balance(shop_t *shop, const char *email)
{
    return &shop_request(shop, LOYALTY_COMMAND_BALANCE, email)->command;
}


loyalty_command_t *
shop_redeem(shop_t *shop, const char *email, const char *reward)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_REDEEM, email);
    request->command.reward = text(reward);

    return &request->command;
}


loyalty_command_t *
shop_admission(shop_t *shop, const char *email, const char *order)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_CLAIM, email);
    request->command.order = text(order);
    request->command.admission = 1;

    return &request->command;
}


loyalty_command_t *
shop_claim(shop_t *shop, const char *email, const char *order, int64_t total)
{
    return shop_claim_written(shop, &shop->stores[0], email, order, total,
                              "[]");
}


/* Of one of several stores. */

loyalty_command_t *
shop_claim_at(shop_t *shop, const char *store, const char *email,
    const char *order, int64_t total)
{
    loyalty_command_t      *command;
    const loyalty_store_t  *where;

    where = loyalty_store_find(&shop->program, text(store));

    if (where == NULL) {
        abort();
    }

    command = shop_claim_written(shop, where, email, order, total, "[]");
    command->store = where->id;

    return command;
}


/* The store says from now on which items an order has. */

loyalty_command_t *
shop_claim_items(shop_t *shop, const char *email, const char *order,
    int64_t total, const char *items)
{
    shop->stores[0].lookup.items = text("/items");

    return shop_claim_written(shop, &shop->stores[0], email, order, total,
                              items);
}


static loyalty_command_t *
shop_claim_written(shop_t *shop, const loyalty_store_t *store,
    const char *email, const char *order, int64_t total, const char *items)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_CLAIM, email);

    (void) snprintf(request->body, sizeof(request->body),
                    "{\"number\":\"%s\",\"email\":\"%s\",\"total\":%" PRId64
                    ",\"currency\":\"%.*s\",\"status\":\"paid\","
                    "\"refunded\":0,\"items\":%s}", order, email, total,
                    (int) store->currency.len, store->currency.data, items);

    request->command.order = text(order);
    request->command.order_body = text(request->body);
    request->command.order_fault = LOYALTY_NO_FAULT;

    return &request->command;
}


loyalty_command_t *
shop_claim_answered(shop_t *shop, const char *email, const char *order,
    const char *body)
{
    loyalty_command_t  *command;

    command = shop_claim(shop, email, order, 0);
    command->order_body = text(body);

    return command;
}


loyalty_command_t *
shop_claim_fault(shop_t *shop, const char *email, const char *order,
    loyalty_outcome_e fault)
{
    loyalty_command_t  *command;

    command = shop_claim_answered(shop, email, order, "");
    command->order_fault = fault;

    return command;
}


loyalty_command_t *
shop_action(shop_t *shop, const char *email, const char *action,
    const char *ref)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_ACTION, email);
    request->command.action = text(action);
    request->command.ref = text(ref);

    return &request->command;
}


loyalty_command_t *
shop_coupon(shop_t *shop, const char *coupon, const char *order)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_COUPON, "");
    request->command.coupon = text(coupon);
    request->command.order = text(order);

    return &request->command;
}


loyalty_command_t *
shop_use(shop_t *shop, const char *coupon, const char *order)
{
    loyalty_command_t  *command;

    command = shop_coupon(shop, coupon, order);
    command->kind = LOYALTY_COMMAND_USE;

    return command;
}


loyalty_command_t *
shop_cancel(shop_t *shop, const char *email, const char *coupon)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_CANCEL, email);
    request->command.coupon = text(coupon);

    return &request->command;
}


loyalty_command_t *
shop_history(shop_t *shop, const char *email, const char *before,
    const char *limit)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_HISTORY, email);
    request->command.before = text(before);
    request->command.limit = text(limit);

    return &request->command;
}


loyalty_command_t *
shop_leaderboard(shop_t *shop, const char *email, const char *limit)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_LEADERBOARD, email);
    request->command.limit = text(limit);

    return &request->command;
}


loyalty_command_t *
shop_report(shop_t *shop, const char *days)
{
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_REPORT, "");
    request->command.days = text(days);

    return &request->command;
}


/* The store says from now on what it has paid back, and what is void. */

loyalty_command_t *
shop_event(shop_t *shop, const char *email, const char *order, int64_t total,
    int64_t refunded, const char *status)
{
    shop_request_t          *request;
    loyalty_order_lookup_t  *lookup = &shop->stores[0].lookup;

    lookup->refunds = text("/refunded");
    lookup->voided = shop_voided;
    lookup->nvoided = elements_of(shop_voided);

    request = shop_request(shop, LOYALTY_COMMAND_ORDER_EVENT, "");

    (void) snprintf(request->body, sizeof(request->body),
                    "{\"number\":\"%s\",\"email\":\"%s\",\"total\":%" PRId64
                    ",\"refunded\":%" PRId64 ",\"currency\":\"USD\","
                    "\"status\":\"%s\",\"items\":[]}",
                    order, email, total, refunded, status);

    request->command.order = text(order);
    request->command.order_body = text(request->body);

    return &request->command;
}


/* Not with assertions: processes make commands, too. */

static shop_request_t *
shop_request(shop_t *shop, loyalty_command_e kind, const char *email)
{
    shop_request_t  *request;

    request = calloc(1, sizeof(shop_request_t));

    if (request == NULL) {
        abort();
    }

    request->next = shop->requests;
    shop->requests = request;

    *shop->last = &request->command;
    shop->last = &request->command.next;

    request->command.kind = kind;
    request->command.email = text(email);
    request->command.caller = text("chatbot");
    request->command.asked_at = 1000 * shop->now;

    return request;
}


loyalty_command_t *
with_key(loyalty_command_t *command, const char *caller, const char *key)
{
    command->caller = text(caller);
    command->idempotency_key = text(key);

    return command;
}


void
shop_run(shop_t *shop)
{
    loyalty_command_t  *batch;

    batch = shop->batch;

    shop->batch = NULL;
    shop->last = &shop->batch;

    (void) loyalty_engine_run(shop->engine, batch, shop->now);
}


loyalty_command_t *
shop_expect_at(shop_t *shop, loyalty_command_t *command,
    loyalty_outcome_e outcome, const char *file, int line)
{
    loyalty_str_t  got, expected;

    if (shop->batch != NULL) {
        shop_run(shop);
    }

    if (!command->decided) {
        print_error("the command is not decided\n");
        _fail(file, line);
    }

    if (command->result.outcome != outcome) {
        got = loyalty_outcome_code(command->result.outcome);
        expected = loyalty_outcome_code(outcome);

        print_error("%.*s instead of %.*s (%s)\n", (int) got.len, got.data,
                    (int) expected.len, expected.data,
                    loyalty_engine_error(shop->engine));
        _fail(file, line);
    }

    assert_int_equal(command->status,
                     loyalty_format_status(command->format, outcome));
    assert_true(answer_is_json(command));

    return command;
}


/* One JSON text, and not that of an earlier attempt before it. */

static int
answer_is_json(const loyalty_command_t *command)
{
    json_t  *json;

    json = json_loadb(command->json.data, command->json.len,
                      JSON_REJECT_DUPLICATES, NULL);

    json_decref(json);

    return json != NULL;
}


void
shop_member(shop_t *shop, const char *email, int64_t points)
{
    int64_t  bonus;

    bonus = shop->program.signup_bonus;

    shop->program.signup_bonus = points;
    shop_expect(shop, shop_signup(shop, email), LOYALTY_SIGNED_UP);
    shop->program.signup_bonus = bonus;
}


int64_t
points_of(shop_t *shop, const char *email)
{
    return shop_expect(shop, shop_balance(shop, email),
                       LOYALTY_BALANCE)->result.points;
}


int64_t
lifetime_of(shop_t *shop, const char *email)
{
    return shop_expect(shop, shop_balance(shop, email),
                       LOYALTY_BALANCE)->result.lifetime;
}


/* No connection may be open when the processes are made. */

void
shop_race(shop_t *shop, int n, process_pt body, void *data)
{
    shop_reload(shop);

    processes_start_many(&shop->processes, n, body, data);
    processes_join(&shop->processes);
}


void
shop_transact(shop_t *shop, const char *email, shop_step_pt step, void *data)
{
    int                     found;
    loyalty_member_t        member;
    loyalty_transaction_t   tx;

    memset(&tx, 0, sizeof(loyalty_transaction_t));

    tx.db = shop_database(shop, shop->conf.timeout, loyalty_statements,
                          LOYALTY_STATEMENTS);
    tx.program = &shop->program;
    tx.now = shop->now;

    if (loyalty_db_open(tx.db) != LOYALTY_DB_DONE
        || loyalty_db_begin(tx.db, LOYALTY_DB_WRITE) != LOYALTY_DB_DONE
        || loyalty_member_find(&tx, text(email), 1, &member, &found)
           != LOYALTY_OK
        || !found
        || step(&tx, &member, data) != LOYALTY_OK
        || loyalty_db_commit(tx.db) != LOYALTY_DB_DONE)
    {
        print_error("%s\n", (tx.why != NULL) ? tx.why
                                             : loyalty_db_error(tx.db));
        loyalty_db_destroy(tx.db);
        fail();
    }

    loyalty_db_destroy(tx.db);
}


int
answer_says(const loyalty_command_t *command, const char *words)
{
    return command->json.data != NULL
           && memmem(command->json.data, command->json.len, words,
                     strlen(words))
              != NULL;
}


void
assert_same_answer(const loyalty_command_t *a, const loyalty_command_t *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->result.outcome, b->result.outcome);
    assert_int_not_equal(a->json.len, 0);
    assert_int_equal(a->json.len, b->json.len);
    assert_memory_equal(a->json.data, b->json.data, a->json.len);
}
