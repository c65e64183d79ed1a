ALTER TABLE round_entries DROP COLUMN taken_from;
