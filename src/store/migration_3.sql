-- migration_3.sql – event notifications, whole: many endpoints, a queue in two levels, the log, replays, producers.

-- How an endpoint came to be: '' the account's callback, a connector's origin, or 'endpoint' for all others.
DROP INDEX endpoint_origin;
CREATE UNIQUE INDEX endpoint_origin ON endpoint (account, origin) WHERE origin <> 'endpoint';
ALTER TABLE endpoint ADD COLUMN name TEXT NOT NULL DEFAULT '';
-- The package it was given with; '' for none.
ALTER TABLE endpoint ADD COLUMN package TEXT NOT NULL DEFAULT '';
-- 0 active, 1 paused, 2 disabled, 3 deleted (kept for the log); endpoint_store.h.
ALTER TABLE endpoint ADD COLUMN state BIGINT NOT NULL DEFAULT 0;
ALTER TABLE endpoint ADD COLUMN state_reason TEXT NOT NULL DEFAULT '';
-- JSON: notify/endpoint_options.h. The secrets among them are sealed apart.
ALTER TABLE endpoint ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE endpoint ADD COLUMN secrets_sealed BYTEA;
-- Nothing but failures since then, and when somebody was told; 0: it is well.
ALTER TABLE endpoint ADD COLUMN failing_since_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE endpoint ADD COLUMN warned_us BIGINT NOT NULL DEFAULT 0;
-- Those that can be sent nothing: what still waits for them fails (lane_store.c).
CREATE INDEX endpoint_stopped ON endpoint (account, id) WHERE state >= 2;
-- Until then one node alone may ask its authorization server for a token.
ALTER TABLE endpoint ADD COLUMN token_lease_us BIGINT NOT NULL DEFAULT 0;

CREATE TABLE new_subscription (
	account TEXT NOT NULL,
	event_type TEXT NOT NULL,
	package TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	ordered BIGINT NOT NULL,
	filter TEXT NOT NULL,
	PRIMARY KEY (account, event_type, package, endpoint)
);
INSERT INTO new_subscription (account, event_type, package, endpoint, ordered, filter)
	SELECT account, event_type, '', endpoint, 1, '' FROM subscription;
DROP TABLE subscription;
ALTER TABLE new_subscription RENAME TO subscription;
CREATE INDEX subscription_of_endpoint ON subscription (account, endpoint);
CREATE INDEX subscription_filtered ON subscription (account) WHERE filter <> '';
-- How many subscriptions of the account have a filter.
ALTER TABLE account_sequence ADD COLUMN filtered BIGINT NOT NULL DEFAULT 0;

-- state: 0 fresh, 1 waiting, 2 claimed; delivery_store.h.
ALTER TABLE lane ADD COLUMN state BIGINT NOT NULL DEFAULT 1;
DROP INDEX lane_due;
CREATE INDEX lane_fresh ON lane (due_us) WHERE state = 0;
CREATE INDEX lane_waiting ON lane (account, endpoint, due_us) WHERE state = 1;
CREATE INDEX lane_claimed ON lane (due_us) WHERE state = 2;

-- Attempts made before the delivery was last put into the queue, and when that was (0: with its event).
ALTER TABLE delivery ADD COLUMN attempts_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN queued_us BIGINT NOT NULL DEFAULT 0;
CREATE INDEX delivery_of_endpoint ON delivery (account, endpoint, sequence);
-- Of an endpoint, by lane; with all that its queue is told by.
DROP INDEX delivery_pending;
CREATE INDEX delivery_pending ON delivery (account, endpoint, lane, sequence, queued_us) WHERE state = 0;
-- What goes wrong is rare, and looked for.
CREATE INDEX delivery_failed ON delivery (account, sequence, endpoint) WHERE state = 2;
CREATE INDEX attempt_failed ON attempt (account, error_class, http_status, sequence, endpoint, number)
	WHERE http_status NOT BETWEEN 200 AND 299;

-- The request as sent (secrets masked), and how far it came: each time counts from the attempt's start.
ALTER TABLE attempt ADD COLUMN request_head TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN phase TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN name_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN connect_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN tls_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN first_byte_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN tls TEXT NOT NULL DEFAULT '';

-- An expunged event keeps its number, its type and the digest of what it said.
ALTER TABLE event ADD COLUMN expunged_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN payload_digest BYTEA;
CREATE INDEX event_id ON event (account, id);

CREATE TABLE replay (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	filter TEXT NOT NULL,
	rate BIGINT NOT NULL,
	state TEXT NOT NULL,
	cursor BIGINT NOT NULL,
	last BIGINT NOT NULL,
	matching BIGINT NOT NULL,
	queued BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	next_us BIGINT NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE INDEX replay_running ON replay (next_us) WHERE state = 'RUNNING';

-- Answers to requests with an Idempotency-Key.
CREATE TABLE idempotent_request (
	account TEXT NOT NULL,
	idempotency_key TEXT NOT NULL,
	digest BYTEA NOT NULL,
	answer TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	PRIMARY KEY (account, idempotency_key)
);
CREATE INDEX idempotent_request_age ON idempotent_request (created_us);

-- Ed25519 keys of an account: for webhook signatures (v1a) and manifests. retires_us 0: in use.
CREATE TABLE signing_key (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	public_key BYTEA NOT NULL,
	seed_sealed BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	retires_us BIGINT NOT NULL,
	PRIMARY KEY (account, id)
);

-- What an account keeps for how long, where it differs from the operator's settings: JSON.
CREATE TABLE retention (
	account TEXT NOT NULL PRIMARY KEY,
	days TEXT NOT NULL
);
