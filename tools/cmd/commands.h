/*
 * The commands.  Each gets the store that was opened for it (NULL fields where it takes none) and
 * its arguments, and gives its exit status.
 */
#ifndef TOOLS_CMD_COMMANDS_H
#define TOOLS_CMD_COMMANDS_H

#include "tools/control/control.h"
#include "tools/text/options.h"

typedef int command_run(struct control *c, const struct options *o);

command_run cmd_register_unit, cmd_register_device, cmd_register_person, cmd_register_case;
command_run cmd_list, cmd_requests;
command_run cmd_show, cmd_show_unit, cmd_show_device, cmd_show_person, cmd_show_case;
command_run cmd_case_link, cmd_case_unlink, cmd_case_alias, cmd_case_close, cmd_case_show,
	cmd_case_list;
command_run cmd_request, cmd_approve, cmd_deny, cmd_revoke;
command_run cmd_log, cmd_why, cmd_verify, cmd_status, cmd_deposit;
command_run cmd_clock, cmd_clock_set, cmd_clock_propose, cmd_clock_agree, cmd_clock_refuse;
command_run cmd_set, cmd_unrelated_propose, cmd_unrelated_agree, cmd_unrelated_refuse,
	cmd_unrelated_list;
command_run cmd_policy_show, cmd_policy_explain, cmd_policy_list, cmd_policy_check, cmd_policy_load,
	cmd_policy_proposal, cmd_policy_agree, cmd_policy_refuse;
command_run cmd_ledger_verify, cmd_ledger_checkpoint, cmd_ledger_prove, cmd_ledger_publish;
command_run cmd_kinds, cmd_findings, cmd_finding_settle, cmd_register_service;
command_run cmd_hold_set, cmd_hold_ask, cmd_hold_release, cmd_hold_list;
command_run cmd_copy_register, cmd_copy_verify, cmd_copy_list;
command_run cmd_dispose_propose, cmd_dispose_list, cmd_dispose_show, cmd_dispose_approve,
	cmd_dispose_refuse, cmd_dispose_withdraw;

#endif
