SELECT extract(epoch FROM current_timestamp)
