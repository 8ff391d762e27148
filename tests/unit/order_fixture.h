
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

#define UNTOUCHED       INT64_C(-77)

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


static loyalty_order_lookup_t  lookup;
static loyalty_program_t       program;
static char                    why[LOYALTY_ORDER_WHY_SIZE];


static inline int
configure(void **state)
{
    (void) state;

    memset(&lookup, 0, sizeof(loyalty_order_lookup_t));

    lookup.number = text("/number");
    lookup.email = text("/billing/email");
    lookup.total = text("/total");
    lookup.currency = text("/currency");
    lookup.status = text("/status");
    lookup.paid = paid;
    lookup.npaid = elements_of(paid);

    memset(&program, 0, sizeof(loyalty_program_t));

    program.currency = text("USD");
    program.exponent = 2;

    return 0;
}


static inline loyalty_order_verdict_e
ask(const char *number, loyalty_str_t body, int64_t *total)
{
    *total = UNTOUCHED;

    memset(why, 'x', sizeof(why));

    return loyalty_order_check(&lookup, &program, text(number),
                               text("ada@example.com"), body, total, why);
}


static inline void
expect_of(const char *number, loyalty_str_t body,
    loyalty_order_verdict_e verdict, int64_t expected)
{
    int64_t                  total;
    loyalty_order_verdict_e  got;

    got = ask(number, body, &total);

    if (got != verdict) {
        fail_msg("%.200s: verdict %d instead of %d, %s", body.data, got,
                 verdict, why);
    }

    assert_int_equal(total, (verdict == GOOD) ? expected : UNTOUCHED);

    /* a bad answer has a reason, and nothing else has */

    assert_non_null(memchr(why, '\0', sizeof(why)));
    assert_int_equal(why[0] != '\0', verdict == BAD_ANSWER);
}


static inline void
expect(const char *body, loyalty_order_verdict_e verdict, int64_t total)
{
    expect_of("1001", text(body), verdict, total);
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
