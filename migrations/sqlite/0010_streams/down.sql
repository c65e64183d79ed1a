ALTER TABLE advancement_outcomes DROP COLUMN stream;
