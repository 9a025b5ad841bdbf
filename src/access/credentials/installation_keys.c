/* installation_keys.c – see installation_keys.h. */
#include "access/credentials/installation_keys.h"

#include <string.h>

#include "crypto/credential.h"
#include "store/account_store.h"

#define DATA_KEY "data_key"
#define DATA_KEY_NEXT "data_key_next" /* while the key-encryption key is being changed */
#define PREFIXES "credential_prefixes"
/* Version 0.1: a value that the key file had to open. */
#define KEY_CHECK "key_check"
#define KEY_CHECK_CONTEXT "installation.key_check"

static bool value_insert(struct session *session, const char *name, struct bytes value,
			 struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(session, err);
	return txn && installation_value_insert(txn_db(txn), name, value, err) &&
	       txn_commit(&txn, err);
}

static bool value_get(struct session *session, struct arena *arena, const char *name,
		      struct bytes *ret_value, bool *ret_found, struct error *err)
{
	return installation_value_get(session_db(session), arena, name, ret_value, ret_found, err);
}

static bool another_key(struct error *err)
{
	return error_set(
		err, ERROR_CONFIGURATION,
		"this database was made with another key: give the key file it was made with "
		"(--key-file), or restore it from the backup");
}

static bool data_key_make(struct session *session, struct keyring *keyring, struct arena *arena,
			  struct error *err)
{
	struct bytes check, plain, sealed;
	bool is_old;

	if (!value_get(session, arena, KEY_CHECK, &check, &is_old, err))
		return false;
	sealed = is_old ? keyring_keep_as_data_key(keyring, arena)
			: keyring_make_data_key(keyring, arena);
	if (is_old && !keyring_unseal(keyring, arena, KEY_CHECK_CONTEXT, check, &plain, err))
		return another_key(err);
	return value_insert(session, DATA_KEY, sealed, err);
}

/* A rotation that was cut off after the new file was put in place is finished here. */
static bool data_key_open_next(struct session *session, struct keyring *keyring,
			       struct arena *arena, struct error *err)
{
	const struct bytes nothing = {NULL, 0};
	struct bytes next;
	bool found;

	if (!value_get(session, arena, DATA_KEY_NEXT, &next, &found, err))
		return false;
	if (!found || !keyring_open_data_key(keyring, next))
		return another_key(err);
	scoped(txn) struct txn *txn = txn_begin(session, err);
	return txn && installation_value_put(txn_db(txn), DATA_KEY, next, err) &&
	       installation_value_put(txn_db(txn), DATA_KEY_NEXT, nothing, err) &&
	       txn_commit(&txn, err);
}

bool keyring_bind_to_store(struct session *session, struct keyring *keyring, struct arena *arena,
			   struct error *err)
{
	struct bytes sealed;
	bool found = false;

	for (;;) {
		if (!value_get(session, arena, DATA_KEY, &sealed, &found, err))
			return false;
		if (found)
			break;
		if (data_key_make(session, keyring, arena, err))
			return true;
		if (err->code != ERROR_CONFLICT) /* another node was first: open what it made */
			return false;
	}
	return keyring_open_data_key(keyring, sealed) ||
	       data_key_open_next(session, keyring, arena, err);
}

bool keyring_rotation_begin(struct session *session, const struct keyring *keyring,
			    const struct keyring *next, struct arena *arena, struct error *err)
{
	struct bytes sealed = keyring_seal_data_key(keyring, next, arena);
	scoped(txn) struct txn *txn = txn_begin(session, err);

	return txn && installation_value_put(txn_db(txn), DATA_KEY_NEXT, sealed, err) &&
	       txn_commit(&txn, err);
}

bool keyring_rotation_end(struct session *session, const struct keyring *keyring,
			  const struct keyring *next, struct arena *arena, struct error *err)
{
	const struct bytes nothing = {NULL, 0};
	struct bytes sealed = keyring_seal_data_key(keyring, next, arena);
	scoped(txn) struct txn *txn = txn_begin(session, err);

	return txn && installation_value_put(txn_db(txn), DATA_KEY, sealed, err) &&
	       installation_value_put(txn_db(txn), DATA_KEY_NEXT, nothing, err) &&
	       txn_commit(&txn, err);
}

bool credential_prefixes_read(struct session *session, struct arena *arena,
			      const char **ret_prefixes, struct error *err)
{
	struct bytes value;
	bool found;

	if (!value_get(session, arena, PREFIXES, &value, &found, err))
		return false;
	*ret_prefixes = found ? arena_strndup(arena, (const char *)value.data, value.length)
			      : CREDENTIAL_PREFIX_DEFAULT;
	return true;
}

/* "abc" before "grf def abc" gives "abc grf def". */
static const char *prefixes_with_first(struct arena *arena, const char *prefixes, const char *first)
{
	const char *text = first;

	for (const char *at = prefixes; *at; at += strspn(at, " ")) {
		if (strncmp(at, first, CREDENTIAL_PREFIX_LENGTH) != 0)
			text = arena_printf(arena, "%s %.*s", text, CREDENTIAL_PREFIX_LENGTH, at);
		at += strcspn(at, " ");
	}
	return text;
}

bool credential_prefix_choose(struct session *session, struct keyring *keyring, struct arena *arena,
			      const char *wanted, struct error *err)
{
	const char *prefixes;
	char current[CREDENTIAL_PREFIX_LENGTH + 1] = "";

	if (*wanted && !credential_prefix_is_valid(wanted))
		return error_set(err, ERROR_USAGE,
				 "--credential-prefix: must be a lower-case letter and two "
				 "lower-case letters or digits");
	if (!credential_prefixes_read(session, arena, &prefixes, err))
		return false;
	memcpy(current, prefixes, CREDENTIAL_PREFIX_LENGTH);
	keyring_set_credential_prefix(keyring, *wanted ? wanted : current);
	if (!*wanted || strcmp(wanted, current) == 0)
		return true;
	const char *changed = prefixes_with_first(arena, prefixes, wanted);
	scoped(txn) struct txn *txn = txn_begin(session, err);
	return txn &&
	       installation_value_put(
		       txn_db(txn), PREFIXES,
		       (struct bytes){(const unsigned char *)changed, strlen(changed)}, err) &&
	       txn_commit(&txn, err);
}
