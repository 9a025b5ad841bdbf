-- schema.sql – migration 1. Written for PostgreSQL; for SQLite, BIGINT reads INTEGER, BYTEA reads BLOB and every
-- table is STRICT (migrations.c). Times are microseconds since 1970 in UTC, in columns that end in _us.
-- Every table that belongs to an account has the account first in its key, so that a database that shards by it can.

CREATE TABLE installation_value (
	name TEXT NOT NULL PRIMARY KEY,
	value BYTEA NOT NULL
);

CREATE TABLE account (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	owner TEXT NOT NULL,
	features BIGINT NOT NULL,
	created_us BIGINT NOT NULL
);

-- The number of the account's last event, apart from the rest because every event locks it.
CREATE TABLE account_sequence (
	account TEXT NOT NULL PRIMARY KEY,
	last_event BIGINT NOT NULL
);

CREATE TABLE app_user (
	account TEXT NOT NULL,
	uid TEXT NOT NULL,
	email TEXT NOT NULL,
	email_folded TEXT NOT NULL,
	first_name TEXT NOT NULL,
	last_name TEXT NOT NULL,
	title TEXT NOT NULL,
	company TEXT NOT NULL,
	phone TEXT NOT NULL,
	language TEXT NOT NULL,
	status TEXT NOT NULL,
	type TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	api_key_hash BYTEA NOT NULL,
	api_key_sealed BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	PRIMARY KEY (account, uid)
);
CREATE UNIQUE INDEX app_user_uid ON app_user (uid);
CREATE UNIQUE INDEX app_user_email ON app_user (email_folded);

CREATE TABLE client_app (
	account TEXT NOT NULL,
	client_id TEXT NOT NULL,
	name TEXT NOT NULL,
	secret_hash BYTEA NOT NULL,
	epoch BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL,
	PRIMARY KEY (account, client_id)
);
CREATE UNIQUE INDEX client_app_client_id ON client_app (client_id);

CREATE TABLE package (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	owner TEXT NOT NULL,
	type TEXT NOT NULL,
	status TEXT NOT NULL,
	trashed BIGINT NOT NULL,
	visibility TEXT NOT NULL,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	completed_us BIGINT NOT NULL,
	version BIGINT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (account, id)
);
-- The default order of a search, and all that a count without a search for text compares.
CREATE INDEX package_of_owner ON package
	(account, owner, trashed, updated_us, id, type, status, visibility, due_us);
CREATE INDEX package_of_account ON package
	(account, trashed, updated_us, id, type, status, visibility, due_us);

CREATE TABLE document_content (
	account TEXT NOT NULL,
	package TEXT NOT NULL,
	document TEXT NOT NULL,
	content BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	PRIMARY KEY (account, package, document)
);

CREATE TABLE event (
	account TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	id TEXT NOT NULL,
	type TEXT NOT NULL,
	package TEXT NOT NULL,
	session_user_id TEXT NOT NULL,
	message TEXT,
	document TEXT,
	extra TEXT,
	created_us BIGINT NOT NULL,
	PRIMARY KEY (account, sequence)
);
CREATE INDEX event_package ON event (account, package, sequence);

CREATE TABLE endpoint (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	origin TEXT NOT NULL,
	url TEXT NOT NULL,
	auth BIGINT NOT NULL,
	key_sealed BYTEA,
	signing_secret_sealed BYTEA NOT NULL,
	custom_headers TEXT NOT NULL,
	events TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX endpoint_origin ON endpoint (account, origin);

CREATE TABLE subscription (
	account TEXT NOT NULL,
	event_type TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	PRIMARY KEY (account, event_type, endpoint)
);

-- A row as long as the lane has pending deliveries: delivery_store.h.
CREATE TABLE lane (
	account TEXT NOT NULL,
	lane TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	due_us BIGINT NOT NULL,
	owner TEXT NOT NULL,
	generation BIGINT NOT NULL,
	PRIMARY KEY (account, lane, endpoint)
);
CREATE INDEX lane_due ON lane (due_us);

-- state: 0 pending, 1 delivered, 2 failed. attempts: how many rows of `attempt` there are.
CREATE TABLE delivery (
	account TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	endpoint TEXT NOT NULL,
	lane TEXT NOT NULL,
	state BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	finished_us BIGINT NOT NULL,
	PRIMARY KEY (account, sequence, endpoint)
);
-- Hot stays small: only what is pending is in here.
CREATE INDEX delivery_pending ON delivery (account, lane, endpoint, sequence) WHERE state = 0;

CREATE TABLE attempt (
	account TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	endpoint TEXT NOT NULL,
	number BIGINT NOT NULL,
	started_us BIGINT NOT NULL,
	took_us BIGINT NOT NULL,
	address TEXT NOT NULL,
	http_status BIGINT NOT NULL,
	error_class TEXT NOT NULL,
	reply_start TEXT NOT NULL,
	PRIMARY KEY (account, sequence, endpoint, number)
);
