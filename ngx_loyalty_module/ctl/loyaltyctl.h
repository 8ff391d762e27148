
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTYCTL_H_INCLUDED_
#define _LOYALTYCTL_H_INCLUDED_


/* How loyaltyctl exits, whatever the command. */

typedef enum {
    LOYALTYCTL_DONE = 0,
    LOYALTYCTL_FAILED = 1,
    LOYALTYCTL_USAGE = 2
} loyaltyctl_exit_e;


/* Each gets (the last word of) its own name as argv[0]. */

loyaltyctl_exit_e loyaltyctl_copy(int argc, char **argv);

loyaltyctl_exit_e loyaltyctl_member_find(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_member_show(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_member_adjust(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_member_merge(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_member_email(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_member_erase(int argc, char **argv);

loyaltyctl_exit_e loyaltyctl_reward_waiting(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_reward_done(int argc, char **argv);

loyaltyctl_exit_e loyaltyctl_coupon_import(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_coupon_left(int argc, char **argv);

loyaltyctl_exit_e loyaltyctl_report_top(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_report_inactive(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_report_near(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_report_tier(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_report_campaign(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_report_coalition(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_report_program(int argc, char **argv);

loyaltyctl_exit_e loyaltyctl_link(int argc, char **argv);

loyaltyctl_exit_e loyaltyctl_import(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_export(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_verify(int argc, char **argv);
loyaltyctl_exit_e loyaltyctl_backup(int argc, char **argv);


#endif /* _LOYALTYCTL_H_INCLUDED_ */
