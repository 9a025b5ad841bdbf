-- migration_4.sql – version 0.4: limits on strangers, rights that only shrink, order across nodes.
--
-- Only additions: a node of version 0.3 on the same PostgreSQL database goes on working while this runs.
-- New columns have defaults; nothing that version 0.3 reads or writes is renamed, dropped or narrowed.

-- Where the probe of /readyz writes, one row for each process that serves. The time says when it last could, in
-- queue time.
CREATE TABLE write_probe (
	node TEXT NOT NULL PRIMARY KEY,
	written_us BIGINT NOT NULL
);

-- How far store time is ahead of queue time (store_clock.h): the sum of all steps of the store's clock. Until `settles_us`, in
-- queue time, nothing is deleted for its age. One row.
CREATE TABLE clock (
	steps_us BIGINT NOT NULL,
	settles_us BIGINT NOT NULL
);
INSERT INTO clock (steps_us, settles_us) VALUES (0, 0);

-- Wrong guesses of a password or a code in a row. `subject` is a user's uid, or a hash of an address that nobody has
-- (account ''). `source` is where they came from; '' counts those from all addresses together.
CREATE TABLE guess_count (
	account TEXT NOT NULL,
	subject TEXT NOT NULL,
	source TEXT NOT NULL,
	failed BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	blocked_until_us BIGINT NOT NULL,
	PRIMARY KEY (account, subject, source)
);
CREATE INDEX guess_count_last ON guess_count (last_us);

-- Addresses that account owners had before the last one. The link of a mail to the old address takes it back, and until it
-- expires nobody else gets that address.
CREATE TABLE email_change (
	account TEXT NOT NULL,
	token_hash BYTEA NOT NULL,
	uid TEXT NOT NULL,
	old_email TEXT NOT NULL,
	old_email_folded TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (account, token_hash)
);
CREATE UNIQUE INDEX email_change_hash ON email_change (token_hash);
CREATE INDEX email_change_old ON email_change (old_email_folded);

-- What a change of the account's configuration replaced, by the number of its entry in the audit log. `change_sealed`: JSON, context
-- "configuration_change:<account>:<sequence>". kind: access/accounts/history.def.
CREATE TABLE configuration_change (
	account TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	subject TEXT NOT NULL,
	change_sealed BYTEA NOT NULL,
	PRIMARY KEY (account, sequence)
);
CREATE INDEX configuration_change_kind ON configuration_change (account, kind, sequence);
CREATE INDEX configuration_change_subject ON configuration_change (account, kind, subject, sequence);

-- Whether the credential may manage the installation over HTTP. Those of version 0.3 report leaks, and nothing else.
ALTER TABLE operator_credential ADD COLUMN manages BIGINT NOT NULL DEFAULT 0;
-- An operator who has signed in to the console with such a credential. Times are queue time.
CREATE TABLE operator_session (
	token_hash BYTEA NOT NULL PRIMARY KEY,
	credential TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	last_seen_us BIGINT NOT NULL,
	address TEXT NOT NULL
);
CREATE INDEX operator_session_credential ON operator_session (credential);
-- What the operator sets for an account: since when it is locked (0: it is not), and its limits (0: as the settings say).
ALTER TABLE account ADD COLUMN locked_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN endpoints_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN app_rate BIGINT NOT NULL DEFAULT 0;
-- What the operator looks through: accounts by age, mails by state, endpoints that receive nothing.
CREATE INDEX account_created ON account (created_us, id);
CREATE INDEX mail_of_state ON mail (state, created_us, id);
CREATE INDEX endpoint_failing ON endpoint (account) WHERE failing_since_us > 0 AND state < 2;
CREATE INDEX endpoint_paused ON endpoint (account) WHERE state = 1;

-- What searches look into: the names, folded (search_text.h), and what they were folded from. Rows of version 0.3, and
-- rows that a node of 0.3 writes meanwhile, are found by these indexes and folded by the clockwork.
ALTER TABLE package ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE package ADD COLUMN search_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX package_search_stale ON package (account, id) WHERE search_version <> version;
ALTER TABLE app_user ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE app_user ADD COLUMN search_of TEXT NOT NULL DEFAULT '';
CREATE INDEX app_user_search_stale ON app_user (account, uid)
	WHERE search_of <> email || ' ' || first_name || ' ' || last_name;

-- How many notifications of Greffier lie before the event: greffier-hops of the request that raised it.
ALTER TABLE event ADD COLUMN hops BIGINT NOT NULL DEFAULT 0;

-- The `updated_us` for which the row's headers, parameters and queries of URLs are sealed. Rows of version 0.3, and rows that
-- a node of 0.3 writes meanwhile, are found by this index and sealed by the clockwork.
ALTER TABLE endpoint ADD COLUMN concealed_us BIGINT NOT NULL DEFAULT 0;
CREATE INDEX endpoint_shown ON endpoint (account, id) WHERE concealed_us <> updated_us;

-- The credential that a session or an authentication token was derived from (access/credentials/origin.h). '' for what was made before.
ALTER TABLE login_session ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE authentication_token ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE INDEX login_session_origin ON login_session (account, origin) WHERE origin <> '';
CREATE INDEX authentication_token_origin ON authentication_token (account, origin) WHERE origin <> '';

-- Who made a client app that acts for nobody but its maker and for whom the maker may act; '' when it acts as the owner.
-- Apps of version 0.3 act as the owner, whoever made them: those that the owner did not make end at `confirm_until_us`, unless
-- the owner takes them over before.
ALTER TABLE client_app ADD COLUMN maker TEXT NOT NULL DEFAULT '';
ALTER TABLE client_app ADD COLUMN confirm_until_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN taken_over_us BIGINT NOT NULL DEFAULT 0;
CREATE INDEX client_app_maker ON client_app (account, created_by) WHERE revoked_us = 0;

-- The first event of the account whose deliveries are not all made yet (0: there is none), and the endpoint up to which those of
-- that event are made. Every later event waits for it: fan_out_store.h.
ALTER TABLE account_sequence ADD COLUMN fan_next BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account_sequence ADD COLUMN fan_after TEXT NOT NULL DEFAULT '';
CREATE INDEX account_sequence_fan ON account_sequence (account) WHERE fan_next > 0;
-- The account's last event when the subscription began: only later ones go to it.
ALTER TABLE subscription ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
-- Subscriptions that ended or changed while events of their time still had no deliveries. They apply to the events after `since`,
-- up to `through`.
CREATE TABLE past_subscription (
	account TEXT NOT NULL,
	event_type TEXT NOT NULL,
	package TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	ordered BIGINT NOT NULL,
	filter TEXT NOT NULL,
	since BIGINT NOT NULL,
	through BIGINT NOT NULL,
	PRIMARY KEY (account, event_type, package, endpoint, through)
);
-- The package as it was when the event `sequence` and the later ones of that package were raised, for endpoints' filters. Only as
-- long as deliveries are still to be made.
CREATE TABLE fan_out_package (
	account TEXT NOT NULL,
	package TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	sender TEXT,
	body TEXT,
	PRIMARY KEY (account, package, sequence)
);

-- A person wants the head of the lane sent now, whatever its endpoint's rest says. Until a request was made for it, or its turn passed.
ALTER TABLE lane ADD COLUMN urged BIGINT NOT NULL DEFAULT 0;
-- Why a delivery has failed, when it was not for an attempt: CANCELLED, EXPUNGED (delivery_store.h). '' otherwise.
ALTER TABLE delivery ADD COLUMN failure TEXT NOT NULL DEFAULT '';

-- Status line and headers of a receiver's reply, cut short, secrets masked; and when the request began to go out, from the attempt's
-- start. Attempts of version 0.3 have neither.
ALTER TABLE attempt ADD COLUMN reply_head TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN sent_us BIGINT NOT NULL DEFAULT 0;
-- When each type of event was last seen.
CREATE INDEX event_of_type ON event (account, type, sequence);

-- Numbers over time: tally_store.h. `counts` is a text of counters (base/counts.h); `node` who counted, '' for events, 'queue' for
-- samples of what waited. `pending` and `oldest_s` are the greatest that were seen.
CREATE TABLE tally (
	account TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	length_s BIGINT NOT NULL,
	start_us BIGINT NOT NULL,
	node TEXT NOT NULL,
	counts TEXT NOT NULL,
	pending BIGINT NOT NULL DEFAULT 0,
	oldest_s BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (account, endpoint, length_s, start_us, node)
);
CREATE INDEX tally_age ON tally (length_s, start_us);
-- The last event that was counted there, and whether there are later ones. What was raised before this migration is not counted.
ALTER TABLE account_sequence ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account_sequence ADD COLUMN uncounted BIGINT NOT NULL DEFAULT 0;
UPDATE account_sequence SET counted = last_event;
CREATE INDEX account_sequence_uncounted ON account_sequence (account) WHERE uncounted = 1;

-- How many of a client app's calls were ever written down (client_app_use_store.h), which is the number of the newest. And where
-- the secret before the last renewal was last used from.
ALTER TABLE client_app ADD COLUMN calls_logged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_app ADD COLUMN old_secret_address TEXT NOT NULL DEFAULT '';
-- What a client app did in an hour (span 1) or a day (span 24), both of UTC: answers by class of status, and tokens issued.
CREATE TABLE client_app_use (
	account TEXT NOT NULL,
	span BIGINT NOT NULL,
	client_id TEXT NOT NULL,
	start_us BIGINT NOT NULL,
	successful BIGINT NOT NULL,
	redirection BIGINT NOT NULL,
	client_error BIGINT NOT NULL,
	server_error BIGINT NOT NULL,
	tokens BIGINT NOT NULL,
	not_logged BIGINT NOT NULL,
	PRIMARY KEY (account, span, client_id, start_us)
);
CREATE INDEX client_app_use_start ON client_app_use (start_us);
-- A client app's calls, numbered from 1 in the order they were written: the newest ones only.
CREATE TABLE client_app_call (
	account TEXT NOT NULL,
	client_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	method TEXT NOT NULL,
	route TEXT NOT NULL,
	status BIGINT NOT NULL,
	duration_us BIGINT NOT NULL,
	address TEXT NOT NULL,
	request BIGINT NOT NULL,
	PRIMARY KEY (account, client_id, number)
);
CREATE INDEX client_app_call_at ON client_app_call (at_us);
-- Names and addresses of a package's signers, folded as search_text is: for searches in the log of deliveries.
ALTER TABLE package ADD COLUMN people_text TEXT NOT NULL DEFAULT '';

-- What is done to the deliveries of `filter`: RETRY, CANCEL, RESEND; '' for a replay. While such a row runs its state is WORKING, so that
-- nodes of version 0.3, which take every RUNNING row for a replay, leave it alone.
ALTER TABLE replay ADD COLUMN action TEXT NOT NULL DEFAULT '';
-- Of the number behind `cursor` the endpoints up to this one are done; and deliveries that were not as the action wants them.
ALTER TABLE replay ADD COLUMN cursor_endpoint TEXT NOT NULL DEFAULT '';
ALTER TABLE replay ADD COLUMN skipped BIGINT NOT NULL DEFAULT 0;
DROP INDEX replay_running;
CREATE INDEX replay_running ON replay (next_us) WHERE state IN ('RUNNING', 'WORKING');
-- Receivers inside this server (notify/catcher.h), and the last requests that each has got: sealed, because they have people's data
-- in them.
CREATE TABLE catcher (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	token_hash BYTEA NOT NULL,
	token_sealed BYTEA NOT NULL,
	answer BIGINT NOT NULL,
	caught BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX catcher_token ON catcher (token_hash);
CREATE INDEX catcher_expires ON catcher (expires_us);
CREATE TABLE caught (
	account TEXT NOT NULL,
	catcher TEXT NOT NULL,
	number BIGINT NOT NULL,
	received_us BIGINT NOT NULL,
	sealed BYTEA NOT NULL,
	PRIMARY KEY (account, catcher, number)
);

-- A package in parts (package_parts.h). `members`: JSON of the package's own members. `body` is '' then; otherwise it is the whole
-- package, as version 0.3 reads and writes it: while a node of 0.3 is connected, packages are written so. Afterwards the clockwork
-- divides them, found by this index. kind: 0 a role, 1 a document.
-- parts_size: bytes of the parts' bodies together, so that a change can check the limit without reading them.
ALTER TABLE package ADD COLUMN members TEXT NOT NULL DEFAULT '';
ALTER TABLE package ADD COLUMN parts_size BIGINT NOT NULL DEFAULT 0;
CREATE INDEX package_undivided ON package (account, id) WHERE body <> '';
CREATE TABLE package_part (
	account TEXT NOT NULL,
	package TEXT NOT NULL,
	kind BIGINT NOT NULL,
	position BIGINT NOT NULL,
	id TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (account, package, kind, position)
);

-- What belongs to a package and is not shown with it (package_aside.h). `name`: which of these it is. `body`: JSON.
CREATE TABLE package_aside (
	account TEXT NOT NULL,
	package TEXT NOT NULL,
	name TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (account, package, name)
);

-- Contents of documents (blobs/blob.h). `content` is NULL when the bytes lie in their place, under `id`: a file on SQLite, rows of
-- blob_piece on PostgreSQL. `key_sealed`: context "blob:<account>:<id>". `base`: the blob whose content comes first. Times are queue time.
CREATE TABLE blob (
	account TEXT NOT NULL,
	address BYTEA NOT NULL,
	size BIGINT NOT NULL,
	base BYTEA,
	own_size BIGINT NOT NULL,
	id TEXT NOT NULL,
	key_sealed BYTEA NOT NULL,
	refs BIGINT NOT NULL,
	unreferenced_us BIGINT NOT NULL,
	content BYTEA,
	PRIMARY KEY (account, address)
);
CREATE INDEX blob_unreferenced ON blob (unreferenced_us) WHERE refs = 0;
CREATE TABLE blob_piece (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	number BIGINT NOT NULL,
	sealed BYTEA NOT NULL,
	PRIMARY KEY (account, id, number)
);
-- Ids that no blob names: an upload under way, or the bytes of a blob that was removed. From `due_us` on the sweep removes the bytes;
-- 0: it has begun to.
CREATE TABLE blob_loose (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	due_us BIGINT NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE INDEX blob_loose_due ON blob_loose (due_us);

-- What ends by itself is removed once it is over: the sweep finds it here and reads nothing else.
CREATE INDEX login_session_over ON login_session ((last_seen_us + idle_s * 1000000));
CREATE INDEX authentication_token_over ON authentication_token (expires_us);
CREATE INDEX revoked_token_over ON revoked_token (expires_us);
CREATE INDEX used_assertion_over ON used_assertion (expires_us);

-- Which blob is a document's content. The highest version is what is shown; 1 is what was sent. Contents of version 0.3 are in
-- document_content until the clockwork makes blobs of them.
CREATE TABLE document_blob (
	account TEXT NOT NULL,
	package TEXT NOT NULL,
	document TEXT NOT NULL,
	version BIGINT NOT NULL,
	address BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	PRIMARY KEY (account, package, document, version)
);

-- Settings of an account that are documents (access/accounts/settings.h): JSON as it was given. `kind` as in settings.def; `key` is ''
-- where there is one document.
CREATE TABLE settings_document (
	account TEXT NOT NULL,
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (account, kind, key)
);
