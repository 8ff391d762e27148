
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_STATEMENTS_H_INCLUDED_
#define _LOYALTY_STATEMENTS_H_INCLUDED_


#include <loyalty_db.h>


typedef enum {
    LOYALTY_SQL_MEMBER_FIND = 0,
    LOYALTY_SQL_MEMBER_TAKE,
    LOYALTY_SQL_MEMBER_INSERT,
    LOYALTY_SQL_MEMBER_CREDIT,
    LOYALTY_SQL_MEMBER_DEBIT,
    LOYALTY_SQL_LEDGER_APPEND,
    LOYALTY_SQL_LEDGER_COUNT,
    LOYALTY_SQL_SPENDING_INSERT,
    LOYALTY_SQL_SPENDING_SUM,
    LOYALTY_SQL_CLAIM_FIND,
    LOYALTY_SQL_CLAIM_INSERT,
    LOYALTY_SQL_REWARD_TAKE,
    LOYALTY_SQL_REDEMPTION_COUNT,
    LOYALTY_SQL_REDEMPTION_INSERT,
    LOYALTY_SQL_ANSWER_FIND,
    LOYALTY_SQL_ANSWER_INSERT,
    LOYALTY_SQL_ANSWER_PRUNE,

    LOYALTY_STATEMENTS
} loyalty_statement_e;


/*
 * In the dialect that SQLite (3.40) and PostgreSQL share, parameters
 * numbered in the order in which they appear.  Without RETURNING: SQLite makes
 * a temporary table for it, which costs more than to look at the row again.
 */

extern const loyalty_db_statement_t  loyalty_statements[LOYALTY_STATEMENTS];


#endif /* _LOYALTY_STATEMENTS_H_INCLUDED_ */
