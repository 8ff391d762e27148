
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <string.h>


static int loyalty_member_query(loyalty_transaction_t *tx,
    loyalty_command_t *command, loyalty_statement_e statement,
    const loyalty_db_value_t *value, int *found);


int
loyalty_member_id(loyalty_transaction_t *tx, loyalty_command_t *command)
{
    int                       row;
    const loyalty_db_value_t  values[] = {
        loyalty_db_text(command->email)
    };

    if (loyalty_transaction_row(tx, LOYALTY_SQL_MEMBER_ID, values,
                                loyalty_values_n(values), &row)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    command->member = row ? loyalty_db_column_int(tx->db, 0) : 0;

    return LOYALTY_OK;
}


int
loyalty_member_find(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found)
{
    const loyalty_db_value_t  value = loyalty_db_text(command->email);

    return loyalty_member_query(tx, command, LOYALTY_SQL_MEMBER_FIND, &value,
                                found);
}


int
loyalty_member_read(loyalty_transaction_t *tx, loyalty_command_t *command,
    int *found)
{
    const loyalty_db_value_t  value = loyalty_db_int(command->member);

    return loyalty_member_query(tx, command, LOYALTY_SQL_MEMBER_READ, &value,
                                found);
}


static int
loyalty_member_query(loyalty_transaction_t *tx, loyalty_command_t *command,
    loyalty_statement_e statement, const loyalty_db_value_t *value,
    int *found)
{
    loyalty_str_t      code;
    loyalty_result_t  *result;

    if (loyalty_transaction_row(tx, statement, value, 1, found)
        != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    if (!*found) {
        return LOYALTY_OK;
    }

    result = &command->result;

    command->member = loyalty_db_column_int(tx->db, 0);
    code = loyalty_db_column_text(tx->db, 1);
    result->points = loyalty_db_column_int(tx->db, 2);
    result->lifetime = loyalty_db_column_int(tx->db, 3);

    if (code.len >= sizeof(result->member)) {
        code.len = sizeof(result->member) - 1;
    }

    memcpy(result->member, code.data, code.len);
    result->member[code.len] = '\0';

    return LOYALTY_OK;
}
