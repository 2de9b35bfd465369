-- Of the complete bookkeeping: the rights that the current role does not have and a batch needs.
SELECT wanted.right_name || ' on relay.' || wanted.tbl
FROM (VALUES
  (0, 'SELECT', 'checkpoint'), (1, 'INSERT', 'checkpoint'), (2, 'UPDATE', 'checkpoint'),
  (3, 'SELECT', 'snapshot'), (4, 'INSERT', 'snapshot'), (5, 'UPDATE', 'snapshot'), (6, 'DELETE', 'snapshot'),
  (7, 'SELECT', 'dead_letter'), (8, 'INSERT', 'dead_letter'), (9, 'UPDATE', 'dead_letter')
) AS wanted (place, right_name, tbl)
WHERE NOT has_table_privilege(to_regclass('relay.' || wanted.tbl)::oid, wanted.right_name)
ORDER BY wanted.place
