/* client_secret.c – see client_secret.h. */
#include "access/credentials/client_secret.h"

#include <stdio.h>
#include <string.h>

#include "access/credentials/chain.h"
#include "access/identity/authenticator.h"
#include "base/network.h"

static enum auth_result refuse(struct error *err)
{
	(void)error_set(err, ERROR_INVALID_CLIENT, NULL);
	return AUTH_REFUSED;
}

bool app_is_known(const struct authenticator *authenticator, const char *client_id)
{
	char id[CREDENTIAL_LENGTH_MAX + 2];
	struct identity app;

	if (!credential_decode(CREDENTIAL_CLIENT_ID, client_id, NULL))
		return true; /* and refused */
	snprintf(id, sizeof(id), "a%s", client_id);
	return identity_cache_get(authenticator->cache, id, &app) && !*app.app.maker;
}

/* The failures of an address with one client id, and of the address altogether. An attacker
 * elsewhere does not keep the rightful client waiting. */
static void failure_keys(const char *client_id, const char *address, char ret_pair[300],
			 char ret_address[80])
{
	char group[NETWORK_ADDRESS_TEXT];

	network_group(address, group);
	snprintf(ret_pair, 300, "client %.200s %s", client_id, group);
	snprintf(ret_address, 80, "address %s", group);
}

bool attempt_may_begin(const struct authenticator *authenticator, const char *client_id,
		       const char *address, struct wall_time now, struct rate_verdict *ret_rate,
		       struct error *err)
{
	char pair[300], all[80];

	failure_keys(client_id, address, pair, all);
	*ret_rate = rate_limit_take(authenticator->limits, all, authenticator->config->token_rate,
				    mono_now());
	if (!ret_rate->allowed)
		return error_set_wait(err, ret_rate->wait_s,
				      "requests with credentials from this address a second");
	int64_t wait_s = failure_wait_s(authenticator->limits, pair, mono_now());
	if (wait_s > 0)
		return error_set_wait(err, wait_s, "too many wrong secrets from this address");
	return true;
}

void attempt_failed(const struct authenticator *authenticator, const char *client_id,
		    const char *address, struct wall_time now)
{
	char pair[300], all[80];

	failure_keys(client_id, address, pair, all);
	failure_note(authenticator->limits, pair, 1, mono_now());
}

static void attempt_succeeded(const struct authenticator *authenticator, const char *client_id,
			      const char *address)
{
	char pair[300], all[80];

	failure_keys(client_id, address, pair, all);
	failure_forget(authenticator->limits, pair);
}

enum auth_result app_secret_check(const struct authenticator *authenticator,
				  struct session *session, const char *client_id,
				  const char *secret, const char *address, struct wall_time now,
				  struct identity *ret_app, bool *ret_is_old_secret,
				  struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];
	enum auth_result result = AUTH_OK;

	keyring_hash(authenticator->keyring, secret, strlen(secret), hash);
	*ret_app = (struct identity){0};
	if (credential_decode(CREDENTIAL_CLIENT_ID, client_id, NULL))
		result = app_identity_find(authenticator, session, client_id, ret_app, err);
	if (result != AUTH_OK)
		return result;
	/* Both are always compared, those of an unknown id too: nothing tells them apart. */
	bool is_current = keyed_hash_equal(hash, ret_app->app.secret_hash);
	bool is_old = keyed_hash_equal(hash, ret_app->app.old_secret_hash) &&
		      now.us < ret_app->app.old_secret_until.us;
	if (!*ret_app->account.id || !app_is_live(&ret_app->app, now) || !(is_current || is_old)) {
		attempt_failed(authenticator, client_id, address, now);
		return refuse(err);
	}
	attempt_succeeded(authenticator, client_id, address);
	*ret_is_old_secret = !is_current;
	return AUTH_OK;
}
