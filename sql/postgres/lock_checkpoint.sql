-- $1 stream. Until the transaction ends no batch of the stream can commit: each moves this row first.
SELECT stream FROM relay.checkpoint WHERE stream = $1::text FOR UPDATE
