/* leak_reports.c – see leak_reports.h. */
#include "access/leaks/leak_reports.h"

#include <string.h>

#include "access/audit.h"
#include "access/leaks/leaks.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "store/api_key_store.h"
#include "store/leak_store.h"

#define SALT_BYTES 32
#define FINGERPRINT_KEYS_MAX 10000

bool leak_partner_check(const struct access_config *config, struct arena *arena,
			const char *key_identifier, const char *signature, struct bytes body,
			struct error *err)
{
	scoped(json_t) json_t *configured = json_loads(config->partner_keys, 0, NULL);
	const json_t *keys = json_object_get(configured, "public_keys");
	struct bytes raw;

	if (!base64_decode(arena, signature, strlen(signature), &raw))
		return error_set(err, ERROR_INVALID_CREDENTIALS,
				 "Github-Public-Key-Signature: not base64");
	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *key = json_array_get(keys, i);
		if (strcmp(json_text(key, "key_identifier"), key_identifier) == 0 &&
		    ecdsa_verify(json_text(key, "key"), body, raw))
			return true;
	}
	return error_set(err, ERROR_INVALID_CREDENTIALS,
			 "the report was not signed by a key that is configured (--partner-keys)");
}

bool operator_credential_check(const struct context *context, const char *value,
			       const char **ret_id, struct error *err)
{
	struct operator_credential credential;
	bool found = false;

	if (credential_decode(CREDENTIAL_OPERATOR, value, NULL) &&
	    !operator_credential_find(session_db(context->session), context->arena,
				      token_hash(context->keyring, context->arena, value),
				      &credential, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INVALID_CREDENTIALS, "not an operator's credential");
	*ret_id = credential.id;
	return true;
}

static bool may_read(const struct context *context, struct error *err)
{
	return actor_may(context->actor, PERMISSION_API_ACCESS) ||
	       error_set(err, ERROR_NO_PERMISSION, "%s", permission_name(PERMISSION_API_ACCESS));
}

json_t *leak_reports_list(const struct context *context, int64_t offset, int64_t limit,
			  struct error *err)
{
	struct leak_report *reports;
	size_t count;
	int64_t total;

	if (!may_read(context, err) ||
	    !leak_report_list(session_db(context->session), context->arena, context->account,
			      offset, limit, &reports, &count, &total, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			results, json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:s}", "reportedDate",
					   json_date(reports[i].reported), "kind", reports[i].kind,
					   "subject", reports[i].subject, "url", reports[i].url,
					   "source", reports[i].source, "reporter",
					   reports[i].reporter, "policy", reports[i].action));
	return json_pack("{s:I, s:o}", "count", (json_int_t)total, "results", results);
}

/* ---- exact matching ---- */

/* HMAC of the credential's SHA-256 under the export's own salt: two exports cannot be compared, and
 * nothing in one can be looked up elsewhere. */
static void entry_add(struct arena *arena, json_t *entries, struct bytes salt, const char *kind,
		      const char *subject, struct bytes fingerprint)
{
	unsigned char mac[SHA256_BYTES];

	if (fingerprint.length != SHA256_BYTES)
		return;
	hmac_sha256(salt, fingerprint, mac);
	json_array_append_new(entries,
			      json_pack("{s:s, s:s, s:s}", "kind", kind, "subject", subject, "hash",
					hex_encode(arena, mac, sizeof(mac))));
}

static void text_add(struct arena *arena, json_t *entries, struct bytes salt, const char *kind,
		     const char *subject, const char *text)
{
	unsigned char fingerprint[SHA256_BYTES];

	sha256(text, strlen(text), fingerprint);
	entry_add(arena, entries, salt, kind, subject,
		  (struct bytes){fingerprint, sizeof(fingerprint)});
}

static bool apps_add(const struct context *context, json_t *entries, struct bytes salt,
		     struct error *err)
{
	struct client_app *apps;
	size_t count;
	int64_t total;

	if (!client_app_list(session_db(context->session), context->arena, context->account, 0,
			     FINGERPRINT_KEYS_MAX, &apps, &count, &total, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		text_add(context->arena, entries, salt, "CLIENT_ID", apps[i].client_id,
			 apps[i].client_id);
		entry_add(context->arena, entries, salt, "CLIENT_SECRET", apps[i].client_id,
			  apps[i].secret_fingerprint);
		if (apps[i].old_secret_until.us > context->now.us)
			entry_add(context->arena, entries, salt, "CLIENT_SECRET", apps[i].client_id,
				  apps[i].old_secret_fingerprint);
	}
	return true;
}

static bool keys_add(const struct context *context, json_t *entries, struct bytes salt,
		     struct error *err)
{
	struct api_key *keys;
	struct bytes plain;
	size_t count;

	if (!api_key_list(session_db(context->session), context->arena, context->account, NULL,
			  context->now, FINGERPRINT_KEYS_MAX, &keys, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!keyring_unseal(context->keyring, context->arena,
				    arena_printf(context->arena, "user.api_key:%s", keys[i].uid),
				    keys[i].sealed, &plain, err))
			return false;
		text_add(context->arena, entries, salt, "API_KEY", keys[i].uid,
			 (const char *)plain.data);
	}
	return true;
}

json_t *leak_fingerprints(const struct context *context, struct error *err)
{
	unsigned char bytes[SALT_BYTES];
	const struct bytes salt = {bytes, sizeof(bytes)};

	if (!may_read(context, err))
		return NULL;
	random_bytes(bytes, sizeof(bytes));
	json_t *entries = json_array();
	scoped(txn) struct txn *txn = NULL;
	if (!apps_add(context, entries, salt, err) || !keys_add(context, entries, salt, err) ||
	    !(txn = txn_begin(context->session, err)) ||
	    !audit_record(context, txn_db(txn), "leak.fingerprints", context->account,
			  json_pack("{s:I}", "entries", (json_int_t)json_array_size(entries)),
			  err) ||
	    !txn_commit(&txn, err)) {
		json_decref(entries);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:o}", "algorithm",
			 "hex(HMAC-SHA-256(key = salt, message = SHA-256(credential)))", "salt",
			 hex_encode(context->arena, bytes, sizeof(bytes)), "entries", entries);
}

/* ---- the operator's credentials ---- */

bool operator_credential_make(const struct context *context, const char *name, bool manages,
			      const char **ret_id, const char **ret_value, struct error *err)
{
	char value[CREDENTIAL_LENGTH_MAX + 1], id[13];
	struct operator_credential *list;
	size_t count;

	ensure(actor_is_operator(context->actor));
	if (!text_check("name", name, 100, false, err))
		return false;
	random_base62(id, 12);
	credential_make(keyring_credential_prefix(context->keyring), CREDENTIAL_OPERATOR, value);
	*ret_value = arena_strdup(context->arena, value);
	explicit_bzero(value, sizeof(value));
	*ret_id = arena_strdup(context->arena, id);
	const struct operator_credential credential = {
		.id = *ret_id,
		.name = name,
		.secret_hash = token_hash(context->keyring, context->arena, *ret_value),
		.created = context->now,
		.manages = manages,
	};
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !operator_credential_list(txn_db(txn), context->arena, &list, &count, err))
		return false;
	if (count >= OPERATOR_CREDENTIALS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "there are %d already: end one first",
				 OPERATOR_CREDENTIALS_MAX);
	return operator_credential_insert(txn_db(txn), &credential, err) &&
	       audit_record(context, txn_db(txn), "operator_credential.create", id,
			    json_pack("{s:s, s:b}", "name", name, "manages", manages), err) &&
	       txn_commit(&txn, err);
}

bool operator_credential_end(const struct context *context, const char *id, struct error *err)
{
	const struct context own = context_about(context, "");
	bool found;

	ensure(actor_is_operator(context->actor));
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !operator_credential_delete(txn_db(txn), id, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_RESOURCE_NOT_FOUND,
				 "there is no operator credential of that id");
	return audit_record(&own, txn_db(txn), "operator_credential.end", id, NULL, err) &&
	       txn_commit(&txn, err);
}
