ALTER TABLE competitions DROP COLUMN early_comparisons;
ALTER TABLE advancement_outcomes DROP COLUMN stream;
