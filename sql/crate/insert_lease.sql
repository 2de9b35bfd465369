-- $1 stream, $2 owner, $3 end of the lease, $4 now. 23505: the row is there already.
INSERT INTO relay.checkpoint (stream, owner, epoch, lease_until, updated_at)
VALUES ($1, $2, 1, $3, $4)
