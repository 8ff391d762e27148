
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
    char                body[256];
    shop_request_t     *next;
};


static void shop_rules(shop_t *shop);
static shop_request_t *shop_request(shop_t *shop, loyalty_command_e kind,
    const char *email);
static int answer_is_json(const loyalty_command_t *command);


static const loyalty_str_t  shop_paid[] = { loyalty_string("paid") };


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
    shop->conf.lookup = &shop->lookup;
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
    loyalty_program_t       *program = &shop->program;
    loyalty_order_lookup_t  *lookup = &shop->lookup;

    program->name = text("shop");
    program->currency = text("USD");
    program->exponent = 2;
    program->coupon_expires = 30 * DAY;
    program->rewards = shop->rewards;
    program->nrewards = elements_of(shop->rewards);

    program->earn.kind = LOYALTY_EARN_PER_AMOUNT;
    program->earn.points = 1;
    program->earn.per = 100;

    shop->rewards[HANKY].id = text("hanky");
    shop->rewards[HANKY].name = text("Free handkerchief");
    shop->rewards[HANKY].cost = HANKY_COST;

    shop->rewards[APRON].id = text("apron");
    shop->rewards[APRON].name = text("Free apron");
    shop->rewards[APRON].cost = APRON_COST;

    lookup->number = text("/number");
    lookup->email = text("/email");
    lookup->total = text("/total");
    lookup->currency = text("/currency");
    lookup->status = text("/status");
    lookup->paid = shop_paid;
    lookup->npaid = elements_of(shop_paid);
    lookup->minor = 1;
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
    shop_request_t  *request;

    request = shop_request(shop, LOYALTY_COMMAND_CLAIM, email);

    (void) snprintf(request->body, sizeof(request->body),
                    "{\"number\":\"%s\",\"email\":\"%s\",\"total\":%" PRId64
                    ",\"currency\":\"USD\",\"status\":\"paid\"}",
                    order, email, total);

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

    assert_int_equal(command->status, loyalty_outcome_status(outcome));
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
