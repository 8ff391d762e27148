
/*
 * Copyright (C) ngx_loyalty contributors
 */


#define _GNU_SOURCE                              /* memmem() */

#include <engine_fixture.h>

#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>


struct shop_request_s {
    loyalty_command_t   command;
    char                body[256];
    shop_request_t     *next;
};


static void shop_rules(shop_t *shop);
static int shop_audit(shop_t *shop);
static void shop_remove(shop_t *shop);
static shop_request_t *shop_request(shop_t *shop, loyalty_command_e kind,
    const char *email);
static int answer_is_json(const loyalty_command_t *command);
static sqlite3_stmt *shop_query(sqlite3 *sqlite, const char *sql);


static const loyalty_str_t  shop_paid[] = { loyalty_string("paid") };

/* What has to be empty in every database, after whatever happened to it. */

static const struct {
    const char  *what;
    const char  *sql;
} shop_audits[] = {
    { "points are the sum of the ledger",
      "SELECT count(*) FROM member WHERE points <> (SELECT "
      "coalesce(sum(points), 0) FROM ledger WHERE member = member.id)" },
    { "lifetime is the sum of what was earned",
      "SELECT count(*) FROM member WHERE lifetime <> (SELECT "
      "coalesce(sum(points), 0) FROM ledger WHERE member = member.id "
      "AND points > 0)" },
    { "every entry names the one before it",
      "SELECT count(*) FROM ledger WHERE previous <> (SELECT "
      "coalesce(max(id), 0) FROM ledger AS l WHERE l.member = ledger.member "
      "AND l.id < ledger.id)" },
    { "every member names the last entry",
      "SELECT count(*) FROM member WHERE last_entry <> (SELECT "
      "coalesce(max(id), 0) FROM ledger WHERE member = member.id)" },
    { "no lot gave more than it had",
      "SELECT count(*) FROM ledger WHERE points < (SELECT "
      "coalesce(sum(points), 0) FROM spending WHERE lot = ledger.id) "
      "AND points > 0" },
    { "every debit was spent from earlier lots of the member",
      "SELECT count(*) FROM ledger WHERE points < 0 AND -points <> (SELECT "
      "coalesce(sum(spending.points), 0) FROM spending JOIN ledger AS l "
      "ON l.id = lot WHERE debit = ledger.id AND l.id < ledger.id "
      "AND l.points > 0 AND l.member = ledger.member)" },
    { "nothing else was spent",
      "SELECT count(*) FROM spending LEFT JOIN ledger ON ledger.id = debit "
      "WHERE ledger.points IS NULL OR ledger.points >= 0" },
    { "the oldest lots were spent first",
      "SELECT count(*) FROM ledger AS old JOIN ledger AS young "
      "ON young.member = old.member AND young.id > old.id "
      "AND young.id IN (SELECT lot FROM spending) WHERE old.points > (SELECT "
      "coalesce(sum(points), 0) FROM spending WHERE lot = old.id)" },
    { "every debit has its coupon",
      "SELECT count(*) FROM ledger LEFT JOIN redemption USING (id) "
      "WHERE kind = 'redemption' AND (cost IS NOT -points "
      "OR reward <> reference OR redemption.member <> ledger.member)" },
    { "every coupon has its debit",
      "SELECT count(*) FROM redemption LEFT JOIN ledger USING (id) "
      "WHERE kind IS NOT 'redemption'" },
    { "rewards are counted",
      "SELECT count(*) FROM reward WHERE redeemed <> (SELECT count(*) "
      "FROM redemption WHERE reward = reward.id)" },
    { "every claim with points has its credit",
      "SELECT count(*) FROM claim WHERE points <> (SELECT "
      "coalesce(sum(points), 0) FROM ledger WHERE kind = 'claim' "
      "AND reference = claim.number AND member = claim.member)" },
    { "every credit of an order has its claim",
      "SELECT count(*) FROM ledger LEFT JOIN claim "
      "ON number = reference WHERE kind = 'claim' "
      "AND claim.points IS NOT ledger.points" },
    { "every entry and every claim is a member's",
      "SELECT count(*) FROM (SELECT member FROM ledger UNION ALL "
      "SELECT member FROM claim) WHERE member NOT IN (SELECT id FROM member)"
    },
    { "every member has a number",
      "SELECT count(*) FROM member WHERE id IS NULL" },
    { "references are kept",
      "SELECT count(*) FROM pragma_foreign_key_check" },
    { "the file is whole",
      "SELECT count(*) FROM pragma_integrity_check "
      "WHERE integrity_check <> 'ok'" }
};


int
shop_open(void **state)
{
    shop_t      *shop;
    const char  *parent;

    shop = calloc(1, sizeof(shop_t));
    assert_non_null(shop);

    parent = getenv("TMPDIR");

    if (parent == NULL || strlen(parent) > 32) {
        parent = "/tmp";
    }

    (void) snprintf(shop->folder, sizeof(shop->folder),
                    "%s/loyalty-unit.XXXXXX", parent);

    assert_non_null(mkdtemp(shop->folder));

    (void) snprintf(shop->path, sizeof(shop->path), "%s/shop.db",
                    shop->folder);
    (void) snprintf(shop->uri, sizeof(shop->uri), "sqlite:%s", shop->path);

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

    shop_remove(shop);
    free(shop);

    return bad;
}


static int
shop_audit(shop_t *shop)
{
    int            bad;
    size_t         i;
    sqlite3       *sqlite;
    sqlite3_stmt  *stmt;

    if (access(shop->path, F_OK) != 0) {
        return 0;
    }

    bad = 0;
    sqlite = NULL;

    for (i = 0; i < elements_of(shop_audits); i++) {

        if (sqlite3_open(shop->path, &sqlite) != SQLITE_OK
            || sqlite3_prepare_v2(sqlite, shop_audits[i].sql, -1, &stmt, NULL)
               != SQLITE_OK
            || sqlite3_step(stmt) != SQLITE_ROW
            || sqlite3_column_int(stmt, 0) != 0)
        {
            print_error("not so: %s\n", shop_audits[i].what);
            bad = 1;
        }

        (void) sqlite3_finalize(stmt);
        (void) sqlite3_close(sqlite);
    }

    return bad;
}


static void
shop_remove(shop_t *shop)
{
    DIR            *dir;
    char            path[sizeof(shop->folder) + sizeof(((struct dirent *)
                                                        NULL)->d_name)];
    struct dirent  *entry;

    dir = opendir(shop->folder);

    while (dir != NULL && (entry = readdir(dir)) != NULL) {

        if (strcmp(entry->d_name, ".") != 0
            && strcmp(entry->d_name, "..") != 0)
        {
            (void) snprintf(path, sizeof(path), "%s/%s", shop->folder,
                            entry->d_name);
            (void) remove(path);
        }
    }

    if (dir != NULL) {
        (void) closedir(dir);
    }

    (void) rmdir(shop->folder);
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


sqlite3 *
shop_connect(shop_t *shop)
{
    sqlite3  *sqlite;

    assert_int_equal(sqlite3_open_v2(shop->path, &sqlite,
                                     SQLITE_OPEN_READWRITE, NULL),
                     SQLITE_OK);

    (void) sqlite3_busy_timeout(sqlite, shop->conf.timeout);
    (void) sqlite3_wal_autocheckpoint(sqlite, 0);

    return sqlite;
}


static sqlite3_stmt *
shop_query(sqlite3 *sqlite, const char *sql)
{
    int            rc;
    sqlite3_stmt  *stmt;

    stmt = NULL;
    rc = sqlite3_prepare_v2(sqlite, sql, -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }

    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        print_error("%s: %s\n", sql, sqlite3_errmsg(sqlite));
        (void) sqlite3_finalize(stmt);
        (void) sqlite3_close(sqlite);
        fail();
    }

    return stmt;
}


int64_t
shop_sql(shop_t *shop, const char *sql)
{
    int64_t        value;
    sqlite3       *sqlite;
    sqlite3_stmt  *stmt;

    sqlite = shop_connect(shop);
    stmt = shop_query(sqlite, sql);
    value = sqlite3_column_int64(stmt, 0);

    (void) sqlite3_finalize(stmt);
    (void) sqlite3_close(sqlite);

    return value;
}


void
shop_sql_text(shop_t *shop, const char *sql, char *buffer, size_t size)
{
    sqlite3       *sqlite;
    const void    *found;
    sqlite3_stmt  *stmt;

    sqlite = shop_connect(shop);
    stmt = shop_query(sqlite, sql);
    found = sqlite3_column_text(stmt, 0);

    (void) snprintf(buffer, size, "%s", (found != NULL) ? (char *) found : "");

    (void) sqlite3_finalize(stmt);
    (void) sqlite3_close(sqlite);
}


void
shop_sql_refused(shop_t *shop, const char *sql, const char *words)
{
    int       rc, said;
    char     *error;
    sqlite3  *sqlite;

    sqlite = shop_connect(shop);

    (void) sqlite3_exec(sqlite, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);

    rc = sqlite3_exec(sqlite, sql, NULL, NULL, &error);
    said = (error != NULL && strstr(error, words) != NULL);

    if (!said) {
        print_error("%s: %s\n", sql, (error != NULL) ? error : "done");
    }

    sqlite3_free(error);
    (void) sqlite3_close(sqlite);

    assert_int_equal(rc, SQLITE_CONSTRAINT);
    assert_true(said);
}


int64_t
shop_file_size(shop_t *shop, const char *suffix)
{
    char         path[sizeof(shop->path) + 8];
    struct stat  st;

    (void) snprintf(path, sizeof(path), "%s%s", shop->path, suffix);

    return (stat(path, &st) == 0) ? st.st_size : -1;
}


int
shop_file_mode(shop_t *shop, const char *suffix)
{
    char         path[sizeof(shop->path) + 8];
    struct stat  st;

    (void) snprintf(path, sizeof(path), "%s%s", shop->path, suffix);

    return (stat(path, &st) == 0) ? (int) (st.st_mode & 07777) : -1;
}


void
disk_limit(int64_t bytes)
{
    struct rlimit  limit;

    (void) signal(SIGXFSZ, SIG_IGN);

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = (rlim_t) bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}


void
disk_unlimited(void)
{
    struct rlimit  limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void) setrlimit(RLIMIT_FSIZE, &limit);
    }
}
