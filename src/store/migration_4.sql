-- migration_4.sql – version 0.4: limits on strangers, rights that only shrink, order across nodes.
--
-- Only additions: a node of version 0.3 on the same PostgreSQL database goes on working while this runs.
-- New columns have defaults; nothing that version 0.3 reads or writes is renamed, dropped or narrowed.

-- Where the probe of /readyz writes, one row for each process that serves. The time says when it last could.
CREATE TABLE write_probe (
	node TEXT NOT NULL PRIMARY KEY,
	written_us BIGINT NOT NULL
);
