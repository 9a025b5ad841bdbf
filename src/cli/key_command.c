/* key_command.c – the installation's own: `greffier key rotate`, `oauth-key rotate`, `audit`,
 * `operator`, `dlp rules`. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/audit.h"
#include "access/credentials/installation_keys.h"
#include "access/credentials/token_registry.h"
#include "access/leaks/dlp_rules.h"
#include "access/leaks/leak_reports.h"
#include "access/leaks/leaks.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/table.h"
#include "store/leak_store.h"
#include "store/oauth_store.h"

static const struct option_spec json_specs[] = {
	{"json", OPTION_SWITCH, "", "false", 0, 0, "Print JSON."},
};

#define COMMAND(identifier, words, text, act, specs) \
	static bool act##_run(const struct settings *settings, const struct option_value *options, \
			      struct arena *arena, struct error *err) \
	{ \
		return operate(settings, options, options[0].number, arena, act, err); \
	} \
	const struct command identifier##_command = { \
		.name = words, \
		.summary = text, \
		.options = specs, \
		.option_count = ARRAY_SIZE(specs), \
		.takes_settings = true, \
		.run = act##_run, \
	};

/* ---- the key-encryption key ---- */

/* The new name must be durable before the database forgets the old key. */
static bool file_replace(const char *from, const char *to, struct error *err)
{
	char *copy = strdup(to);
	ensure(copy);
	bool ok = rename(from, to) == 0;
	int fd = ok ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		(void)!fsync(fd);
		close(fd);
	}
	free(copy);
	return ok ||
	       error_set(err, ERROR_IO, "cannot put the new key at %s: %s", to, strerror(errno));
}

static bool key_rotate(struct operation *operation, const char *path, struct error *err)
{
	const struct context *context = &operation->context;
	const char *next_path = arena_printf(context->arena, "%s.next", path);

	if (unlink(next_path) != 0 && errno != ENOENT)
		return error_set(err, ERROR_IO, "cannot remove %s: %s", next_path, strerror(errno));
	scoped(keyring) struct keyring *next = keyring_open(next_path, true, err);
	if (!next ||
	    !keyring_rotation_begin(context->session, context->keyring, next, context->arena,
				    err) ||
	    !file_replace(next_path, path, err) ||
	    !keyring_rotation_end(context->session, context->keyring, next, context->arena, err))
		return error_wrap(err, "rotating the key-encryption key");
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn &&
	       audit_record(context, txn_db(txn), "key.rotate", "key-encryption key", NULL, err) &&
	       txn_commit(&txn, err);
}

static bool key_rotate_act(struct operation *operation, struct error *err)
{
	const char *path = key_file_of(operation->settings, operation->context.arena);

	if (!key_rotate(operation, path, err))
		return false;
	if (operation->json)
		print_json(json_pack("{s:s}", "keyFile", path));
	else
		printf("The key-encryption key in %s is new. Running servers go on; give the file "
		       "to the other nodes before their next start, and keep a copy apart from the "
		       "database's backups.\n",
		       path);
	return true;
}

COMMAND(key_rotate, "key rotate", "Replace the key-encryption key. Credentials stay valid.",
	key_rotate_act, json_specs)

/* ---- signing keys of OAuth 2.0 ---- */

static bool oauth_key_list_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	struct oauth_key *keys;
	size_t count;

	if (!oauth_key_list(session_db(context->session), context->arena, &keys, &count, err))
		return false;
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack("{s:s, s:o}", "kid", keys[i].kid, "createdDate",
					json_date(keys[i].created));
		if (keys[i].retired.us)
			json_object_set_new(row, "retiredDate", json_date(keys[i].retired));
		json_array_append_new(rows, row);
	}
	return PRINT_ROWS(operation, rows, "kid", "createdDate", "retiredDate");
}

static bool oauth_key_rotate_act(struct operation *operation, struct error *err)
{
	const char *kid;

	return oauth_key_rotate(&operation->context, &kid, err) &&
	       PRINT_ROWS(operation, json_pack("[{s:s}]", "kid", kid), "kid");
}

COMMAND(oauth_key_list, "oauth-key list", "List the keys that sign OAuth 2.0 access tokens.",
	oauth_key_list_act, json_specs)
COMMAND(oauth_key_rotate, "oauth-key rotate",
	"Replace the key that signs access tokens. The old key still verifies.",
	oauth_key_rotate_act, json_specs)

/* ---- the audit log ---- */

static const struct option_spec audit_specs[] = {
	{"json", OPTION_SWITCH, "", "false", 0, 0, "Print JSON."},
	{"account", OPTION_TEXT, "ID", NULL, 0, 0,
	 "One account; by default all, and the installation's own log."},
	{"expect", OPTION_TEXT, "NUMBER:HASH", NULL, 0, 0,
	 "Number and hash of an entry noted earlier, which must still be in the log. Needs --account."},
};
#define AUDIT_ACCOUNTS_AT_ONCE 1000

/* An entry noted elsewhere shows that nothing was cut off since. */
static bool expectation_check(struct operation *operation, const char *account, const char *expect,
			      struct error *err)
{
	bool found;

	if (!audit_find_noted(&operation->context, account, expect, &found, err))
		return err->code == ERROR_INVALID_FIELD
			       ? error_set(err, ERROR_USAGE, "--expect: must be NUMBER:HASH")
			       : false;
	return found || error_set(err, ERROR_CONFLICT,
				  "the noted entry is not in the log: the log was cut or "
				  "rewritten");
}

static bool verdict_add(struct operation *operation, const char *account, json_t *rows,
			bool *all_whole, struct error *err)
{
	const struct context *context = &operation->context;
	struct audit_verdict verdict;

	if (!audit_verify(context, account, &verdict, err))
		return false;
	json_t *row = json_pack(
		"{s:s, s:I, s:b, s:s}", "accountId", account, "entries",
		(json_int_t)verdict.entries, "whole", verdict.whole, "head",
		hex_encode(context->arena,
			   verdict.head.data ? verdict.head.data : (const unsigned char *)"",
			   verdict.head.length));
	if (!verdict.whole)
		json_object_set_new(row, "brokenAt", json_integer((json_int_t)verdict.broken_at));
	json_array_append_new(rows, row);
	*all_whole &= verdict.whole;
	return true;
}

static bool audit_verify_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	const char *one = operation->options[1].text, *expect = operation->options[2].text;
	const char **accounts = &one;
	size_t count = 1;
	bool all_whole = true, ok = true;
	json_t *rows = json_array();

	if (expect && !one)
		return json_decref(rows), error_set(err, ERROR_USAGE, "--expect needs --account");
	do {
		if (!one)
			ok = audit_accounts(session_db(context->session), context->arena,
					    count && accounts != &one ? accounts[count - 1] : NULL,
					    AUDIT_ACCOUNTS_AT_ONCE, &accounts, &count, err);
		for (size_t i = 0; ok && i < count; i++)
			ok = verdict_add(operation, accounts[i], rows, &all_whole, err);
	} while (ok && !one && count == AUDIT_ACCOUNTS_AT_ONCE);
	if (ok && expect)
		ok = expectation_check(operation, one, expect, err);
	if (!ok) {
		json_decref(rows);
		return false;
	}
	if (!PRINT_ROWS(operation, rows, "accountId", "entries", "whole", "brokenAt", "head"))
		return false;
	return all_whole || error_set(err, ERROR_CONFLICT,
				      "an audit log was changed outside this program: compare it "
				      "with an earlier backup");
}

static bool audit_list_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	const char *account = operation->options[1].text;
	struct audit_filter filter = {.account = account ? account : "", .limit = 1000};
	struct audit_entry *entries;
	size_t count;

	do {
		if (!audit_list(session_db(context->session), context->arena, &filter, &entries,
				&count, NULL, err))
			return false;
		for (size_t i = 0; i < count; i++)
			print_json(audit_entry_to_json(context->arena, &entries[i]));
		filter.after = count ? entries[count - 1].sequence : 0;
	} while (count == 1000);
	return true;
}

COMMAND(audit_verify, "audit verify", "Check that nobody has changed the audit log.",
	audit_verify_act, audit_specs)
COMMAND(audit_list, "audit list",
	"Print the audit log of an account, or the installation's, as JSON lines.", audit_list_act,
	audit_specs)

/* ---- the operator's credentials ---- */

static const struct option_spec operator_specs[] = {
	{"json", OPTION_SWITCH, "", "false", 0, 0, "Print JSON."},
	{"name", OPTION_TEXT, "NAME", NULL, 0, 0,
	 "The person or program that will use the credential."},
	{"id", OPTION_TEXT, "ID", NULL, 0, 0, "Which one."},
	{"manage", OPTION_SWITCH, "", "false", 0, 0,
	 "The credential may also manage the installation: operator pages of the console, /api/operator."},
};

static bool operator_create_act(struct operation *operation, struct error *err)
{
	const char *id, *value;

	return operator_credential_make(&operation->context, operation->options[1].text,
					operation->options[3].number, &id, &value, err) &&
	       PRINT_ROWS(operation, json_pack("[{s:s, s:s}]", "id", id, "credential", value), "id",
			  "credential");
}

static bool operator_list_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	struct operator_credential *list;
	size_t count;

	if (!operator_credential_list(session_db(context->session), context->arena, &list, &count,
				      err))
		return false;
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:o, s:b}", "id", list[i].id,
						      "name", list[i].name, "createdDate",
						      json_date(list[i].created), "manages",
						      list[i].manages));
	return PRINT_ROWS(operation, rows, "id", "name", "createdDate", "manages");
}

static bool operator_end_act(struct operation *operation, struct error *err)
{
	const char *id = operation->options[2].text;

	if (!id)
		return error_set(err, ERROR_USAGE, "--id is required");
	return operator_credential_end(&operation->context, id, err) &&
	       PRINT_ROWS(operation, json_pack("[{s:s, s:s}]", "id", id, "result", "ended"), "id",
			  "result");
}

COMMAND(operator_create, "operator create",
	"Make a credential with which leaks can be reported, or the installation run, and print it "
	"once.",
	operator_create_act, operator_specs)
COMMAND(operator_list, "operator list", "List the operator credentials.", operator_list_act,
	operator_specs)
COMMAND(operator_end, "operator end", "End an operator credential.", operator_end_act,
	operator_specs)

/* ---- rules for scanners ---- */

static const struct option_spec rules_specs[] = {
	{"json", OPTION_SWITCH, "", "false", 0, 0, "Print {\"rules\": text}."},
	{"format", OPTION_TEXT, "FORMAT", "regex", 0, 0,
	 "gitleaks, trufflehog, github, secretlint, secretlint-rule, purview or regex."},
};

static bool dlp_rules_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	const char *prefixes, *text, *type;

	if (!credential_prefixes_read(context->session, context->arena, &prefixes, err))
		return false;
	if (!dlp_rules(context->arena, operation->options[1].text, prefixes,
		       context->config->base_url, &text, &type))
		return error_set(err, ERROR_USAGE, "--format: must be %s", dlp_rule_formats);
	if (operation->json)
		print_json(json_pack("{s:s}", "rules", text));
	else
		fputs(text, stdout);
	return true;
}

COMMAND(dlp_rules, "dlp rules",
	"Print rules by which scanners recognise this installation's credentials.", dlp_rules_act,
	rules_specs)
