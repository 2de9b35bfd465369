-- $1 stream, $2 lease in ms. Ends the session of the stream's leader when it has left a transaction open and said
-- nothing for as long as a lease lasts: a relay that was suspended in the middle of a batch, whose lock on the row in
-- relay.checkpoint would keep every other relay out. One that waits for the server's work is left alone: its lock says
-- that it lives. The mark is that of mark_session.sql.
SELECT pg_terminate_backend(holder.pid)
FROM pg_locks AS mark
JOIN pg_stat_activity AS holder ON holder.pid = mark.pid
WHERE mark.locktype = 'advisory'
  AND mark.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND mark.classid = 1919249505::oid
  AND mark.objid = hashtext($1::text)::oid
  AND mark.objsubid = 2
  AND holder.pid <> pg_backend_pid()
  AND holder.xact_start IS NOT NULL
  AND holder.wait_event = 'ClientRead'
  AND holder.state_change < clock_timestamp() - $2::bigint * interval '1 millisecond'
