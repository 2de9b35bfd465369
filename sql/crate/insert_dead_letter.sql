-- $1 id, $2 stream, then the other columns; $10 now. A letter that is there is opened again.
INSERT INTO relay.dead_letter (id, stream, tbl, doc_key, reason, detail, operation, position, document, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET detail = excluded.detail, document = excluded.document, closed_at = NULL
