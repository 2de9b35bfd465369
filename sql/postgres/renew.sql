UPDATE relay.checkpoint
SET lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond',
    updated_at = clock_timestamp()
WHERE stream = $1::text AND owner = $2::text AND epoch = $3::bigint
