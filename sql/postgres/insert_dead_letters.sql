-- $1 stream, then one array a column. A letter that is open already is not written twice: a replay brings
-- the same position, and a snapshot finds documents that the stream has complained of before.
INSERT INTO relay.dead_letter (stream, tbl, doc_key, reason, detail, operation, position, document)
SELECT $1::text, new.*
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
  AS new (tbl, doc_key, reason, detail, operation, position, document)
WHERE NOT EXISTS (
  SELECT FROM relay.dead_letter AS old
  WHERE old.stream = $1::text AND old.tbl = new.tbl AND old.closed_at IS NULL
    AND old.doc_key = new.doc_key AND old.reason = new.reason
    AND (old.position = new.position OR new.operation = 'snapshot')
)
