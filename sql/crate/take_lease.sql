-- $1 stream, $2 sequence number and $3 term of the row as it was read, $4 owner, $5 epoch, $6 end of the lease, $7 now.
-- No further condition: it would make this a query, which does not see fresh rows.
UPDATE relay.checkpoint SET owner = $4, epoch = $5::bigint, lease_until = $6, updated_at = $7
WHERE stream = $1 AND _seq_no = $2::bigint AND _primary_term = $3::bigint
