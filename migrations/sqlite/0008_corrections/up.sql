-- A publication that nobody saw can be taken back: by organizers, with a reason, or by a newer one, without.
ALTER TABLE publications ADD COLUMN taken_back_at TIMESTAMP;
ALTER TABLE publications ADD COLUMN taken_back_reason TEXT;
UPDATE publications SET taken_back_at = (
    SELECT MIN(n.created_at) FROM publications n
    WHERE n.group_id = publications.group_id AND n.number > publications.number)
WHERE EXISTS (
    SELECT 1 FROM publications n
    WHERE n.group_id = publications.group_id AND n.number > publications.number
        AND n.created_at < publications.visible_at);

-- Each reopening counts: what is fixed after it has a revision of its own.
ALTER TABLE round_groups ADD COLUMN reopenings BIGINT NOT NULL DEFAULT 0;
