
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _ORDER_FIXTURE_H_INCLUDED_
#define _ORDER_FIXTURE_H_INCLUDED_


#include <loyalty_test.h>
#include <loyalty_order.h>


#define GOOD            LOYALTY_VERDICT_GOOD
#define NOT_FOUND       LOYALTY_VERDICT_NOT_FOUND
#define NOT_PAID        LOYALTY_VERDICT_NOT_PAID
#define WRONG_CURRENCY  LOYALTY_VERDICT_WRONG_CURRENCY
#define BAD_ANSWER      LOYALTY_VERDICT_BAD_ANSWER

/* The order that the tests change one thing of at a time. */

#define ORDER(number, email, status, currency, total)                         \
    "{\"number\":" number ",\"billing\":{\"email\":" email "},"               \
    "\"status\":" status ",\"currency\":" currency ",\"total\":" total "}"

#define NUMBER(number)                                                        \
    ORDER(number, "\"ada@example.com\"", "\"completed\"", "\"USD\"",          \
          "\"60.99\"")
#define EMAIL(email)                                                          \
    ORDER("\"1001\"", email, "\"completed\"", "\"USD\"", "\"60.99\"")
#define STATUS(status)                                                        \
    ORDER("\"1001\"", "\"ada@example.com\"", status, "\"USD\"", "\"60.99\"")
#define CURRENCY(currency)                                                    \
    ORDER("\"1001\"", "\"ada@example.com\"", "\"completed\"", currency,       \
          "\"60.99\"")
#define TOTAL(total)                                                          \
    ORDER("\"1001\"", "\"ada@example.com\"", "\"completed\"", "\"USD\"", total)

/* More of it than that. */

#define WITH(members)  TOTAL("\"60.99\"," members)

typedef struct {
    const char               *body;
    loyalty_order_verdict_e   verdict;
    int64_t                   total;
} answer_t;


static const loyalty_str_t  paid[] = {
    loyalty_string("processing"),
    loyalty_string("completed"),
    loyalty_string("2"),
    loyalty_string("true")
};


static const loyalty_str_t  voided[] = {
    loyalty_string("cancelled"),
    loyalty_string("refunded")
};


static loyalty_store_t    store;
static loyalty_program_t  program;
static loyalty_order_t    order;
static char               why[LOYALTY_ORDER_WHY_SIZE];


static inline int
configure(void **state)
{
    loyalty_order_lookup_t  *lookup = &store.lookup;

    (void) state;

    memset(&store, 0, sizeof(loyalty_store_t));
    memset(&program, 0, sizeof(loyalty_program_t));
    memset(&order, 0, sizeof(loyalty_order_t));

    lookup->number = text("/number");
    lookup->email = text("/billing/email");
    lookup->total = text("/total");
    lookup->currency = text("/currency");
    lookup->status = text("/status");
    lookup->paid = paid;
    lookup->npaid = elements_of(paid);
    lookup->voided = voided;
    lookup->nvoided = elements_of(voided);

    store.id = text(LOYALTY_STORE_ALONE);
    store.currency = text("USD");
    store.exponent = 2;
    store.rate = LOYALTY_RATE_ONE;

    program.currency = text("USD");
    program.exponent = 2;

    return 0;
}


static inline int
forget(void **state)
{
    (void) state;

    loyalty_order_free(&order);

    return 0;
}


/* Leaves "order" to be looked at, until the next question or forget(). */

static inline loyalty_order_verdict_e
ask(const char *number, const char *email, loyalty_str_t body)
{
    loyalty_order_free(&order);

    memset(&order, 'x', sizeof(loyalty_order_t));
    memset(why, 'x', sizeof(why));

    return loyalty_order_read(&store, &program, text(number), text(email),
                              body, &order, why);
}


static inline void
expect_zeroed(void)
{
    static const loyalty_order_t  zero;

    assert_memory_equal(&order, &zero, sizeof(loyalty_order_t));
}


static inline void
expect_verdict(loyalty_str_t body, loyalty_order_verdict_e got,
    loyalty_order_verdict_e verdict)
{
    if (got != verdict) {
        fail_msg("%.200s: verdict %d instead of %d, %s", body.data, got,
                 verdict, why);
    }

    if (got != GOOD && got != NOT_PAID) {
        expect_zeroed();
    }

    assert_int_equal(order.paid, got == GOOD);

    /* a bad answer has a reason, and nothing else has */

    assert_non_null(memchr(why, '\0', sizeof(why)));
    assert_int_equal(why[0] != '\0', got == BAD_ANSWER);
}


static inline void
expect_of(const char *number, loyalty_str_t body,
    loyalty_order_verdict_e verdict, int64_t total)
{
    expect_verdict(body, ask(number, "ada@example.com", body), verdict);

    if (verdict == GOOD) {
        assert_int_equal(order.total, total);
    }
}


static inline void
expect(const char *body, loyalty_order_verdict_e verdict, int64_t total)
{
    expect_of("1001", text(body), verdict, total);
}


/* The order is good; its facts are looked at next. */

static inline void
read_order(const char *body)
{
    expect_verdict(text(body), ask("1001", "ada@example.com", text(body)),
                   GOOD);
}


static inline void
expect_all(const answer_t *answers, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        expect(answers[i].body, answers[i].verdict, answers[i].total);
    }
}


static inline void
expect_why(const char *body, const char *reason)
{
    expect(body, BAD_ANSWER, 0);

    if (strstr(why, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", why, reason);
    }
}


#endif /* _ORDER_FIXTURE_H_INCLUDED_ */
