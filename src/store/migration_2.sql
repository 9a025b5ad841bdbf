-- migration_2.sql – API access: keys of their own, roles, sub-accounts, sessions, OAuth 2.0, mail, the audit log.
-- In the dialect of schema.sql. A column that was added later has a default that means "as before".

ALTER TABLE account ADD COLUMN parent TEXT NOT NULL DEFAULT '';
-- Which of the features' credentials the account accepts, and how long its tokens may live (0: as the setting says).
ALTER TABLE account ADD COLUMN accepted_methods BIGINT NOT NULL DEFAULT 7;
ALTER TABLE account ADD COLUMN token_life_max_s BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN leak_policy TEXT NOT NULL DEFAULT 'NOTIFY';
ALTER TABLE account ADD COLUMN system_settings TEXT NOT NULL DEFAULT '{}';
-- Those that came with this migration: OAuth 2.0, seeing API keys, roles, sub-accounts.
UPDATE account SET features = features | 60;
CREATE INDEX account_parent ON account (parent);

ALTER TABLE app_user ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
ALTER TABLE app_user ADD COLUMN activated_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN locked_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN failed_sign_ins BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN blocked_until_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN second_factor_sealed BYTEA;
ALTER TABLE app_user ADD COLUMN second_factor_on BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN second_factor_step BIGINT NOT NULL DEFAULT 0;
UPDATE app_user SET activated_us = created_us;

-- One current key (valid_until_us 0) per user and account; older ones until their overlap ends. A user has a key for the
-- own account and one for each sub-account with a role in it.
CREATE TABLE api_key (
	account TEXT NOT NULL,
	uid TEXT NOT NULL,
	key_hash BYTEA NOT NULL,
	key_sealed BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	valid_until_us BIGINT NOT NULL,
	last_used_us BIGINT NOT NULL,
	last_used_address TEXT NOT NULL,
	PRIMARY KEY (account, uid, key_hash)
);
CREATE UNIQUE INDEX api_key_hash ON api_key (key_hash);
INSERT INTO api_key (account, uid, key_hash, key_sealed, created_us, valid_until_us, last_used_us, last_used_address)
	SELECT account, uid, api_key_hash, api_key_sealed, created_us, 0, 0, '' FROM app_user;
ALTER TABLE app_user DROP COLUMN api_key_hash;
ALTER TABLE app_user DROP COLUMN api_key_sealed;

ALTER TABLE client_app ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE client_app ADD COLUMN networks TEXT NOT NULL DEFAULT '';
ALTER TABLE client_app ADD COLUMN read_only BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN rate BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN public_keys TEXT NOT NULL DEFAULT '';
ALTER TABLE client_app ADD COLUMN disabled_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN secret_created_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN secret_fingerprint BYTEA;
ALTER TABLE client_app ADD COLUMN pending_secret_sealed BYTEA;
ALTER TABLE client_app ADD COLUMN old_secret_hash BYTEA;
ALTER TABLE client_app ADD COLUMN old_secret_fingerprint BYTEA;
ALTER TABLE client_app ADD COLUMN old_secret_until_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN old_secret_used_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN last_used_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN last_used_address TEXT NOT NULL DEFAULT '';
ALTER TABLE client_app ADD COLUMN tokens_issued BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN calls BIGINT NOT NULL DEFAULT 0;
UPDATE client_app SET secret_created_us = created_us;
-- A leaked secret comes without its client id.
CREATE INDEX client_app_secret ON client_app (secret_hash);
CREATE INDEX client_app_old_secret ON client_app (old_secret_hash) WHERE old_secret_hash IS NOT NULL;

CREATE TABLE account_role (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	permissions TEXT NOT NULL,
	enabled BIGINT NOT NULL,
	inherited BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	PRIMARY KEY (account, id)
);

-- The account may be a sub-account of the user's own.
CREATE TABLE user_role (
	account TEXT NOT NULL,
	uid TEXT NOT NULL,
	role TEXT NOT NULL,
	PRIMARY KEY (account, uid, role)
);
CREATE INDEX user_role_role ON user_role (account, role);
CREATE INDEX user_role_uid ON user_role (uid);

CREATE TABLE delegation (
	account TEXT NOT NULL,
	delegator TEXT NOT NULL,
	delegate TEXT NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (account, delegator, delegate)
);

-- kind: 0 user, 1 sender, 2 signer; for tokens also 3 password link.
CREATE TABLE login_session (
	account TEXT NOT NULL,
	token_hash BYTEA NOT NULL,
	kind BIGINT NOT NULL,
	uid TEXT NOT NULL,
	package TEXT NOT NULL,
	signer TEXT NOT NULL,
	fields TEXT NOT NULL,
	scopes TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	authenticated_us BIGINT NOT NULL,
	last_seen_us BIGINT NOT NULL,
	idle_s BIGINT NOT NULL,
	address TEXT NOT NULL,
	agent TEXT NOT NULL,
	PRIMARY KEY (account, token_hash)
);
CREATE UNIQUE INDEX login_session_hash ON login_session (token_hash);
CREATE INDEX login_session_uid ON login_session (uid);

CREATE TABLE authentication_token (
	account TEXT NOT NULL,
	token_hash BYTEA NOT NULL,
	kind BIGINT NOT NULL,
	uid TEXT NOT NULL,
	package TEXT NOT NULL,
	signer TEXT NOT NULL,
	fields TEXT NOT NULL,
	scopes TEXT NOT NULL,
	multi_use BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (account, token_hash)
);
CREATE UNIQUE INDEX authentication_token_hash ON authentication_token (token_hash);
CREATE INDEX authentication_token_uid ON authentication_token (uid);

CREATE TABLE oauth_key (
	kid TEXT NOT NULL PRIMARY KEY,
	private_sealed BYTEA NOT NULL,
	public_jwk TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	retired_us BIGINT NOT NULL
);

CREATE TABLE revoked_token (
	account TEXT NOT NULL,
	token_hash BYTEA NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (account, token_hash)
);

CREATE TABLE used_assertion (
	account TEXT NOT NULL,
	client_id TEXT NOT NULL,
	assertion_hash BYTEA NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (account, client_id, assertion_hash)
);

-- Append-only, each entry's mac covers the one before: audit_store.h. Account '' has the operator's own.
CREATE TABLE audit_entry (
	account TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	actor_kind TEXT NOT NULL,
	actor TEXT NOT NULL,
	address TEXT NOT NULL,
	action TEXT NOT NULL,
	target TEXT NOT NULL,
	detail TEXT NOT NULL,
	mac BYTEA NOT NULL,
	PRIMARY KEY (account, sequence)
);
CREATE TABLE audit_head (
	account TEXT NOT NULL PRIMARY KEY,
	sequence BIGINT NOT NULL,
	mac BYTEA NOT NULL
);

-- state: 0 waiting, 1 sent, 2 given up. Bodies are sealed: they hold links that sign in.
CREATE TABLE mail (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	recipient TEXT NOT NULL,
	subject TEXT NOT NULL,
	body_sealed BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	state BIGINT NOT NULL,
	last_error TEXT NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE INDEX mail_due ON mail (due_us) WHERE state = 0;

CREATE TABLE operator_credential (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	secret_hash BYTEA NOT NULL,
	created_us BIGINT NOT NULL
);

CREATE TABLE leak_report (
	account TEXT NOT NULL,
	fingerprint BYTEA NOT NULL,
	url TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	source TEXT NOT NULL,
	reporter TEXT NOT NULL,
	action TEXT NOT NULL,
	reported_us BIGINT NOT NULL,
	PRIMARY KEY (account, fingerprint, url)
);
