DELETE FROM checkpoint WHERE stream = ?1
