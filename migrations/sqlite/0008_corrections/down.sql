ALTER TABLE round_groups DROP COLUMN reopenings;
ALTER TABLE publications DROP COLUMN taken_back_reason;
ALTER TABLE publications DROP COLUMN taken_back_at;
