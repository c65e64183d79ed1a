DROP INDEX sessions_tablet;
DROP INDEX sessions_judge_link;
-- What is left of them would be whole sessions of their accounts.
UPDATE sessions SET ended_at = created_at, end_reason = 'judge links went away' WHERE judge_link_id IS NOT NULL AND ended_at IS NULL;
UPDATE sessions SET kind = 'password' WHERE judge_link_id IS NOT NULL;
ALTER TABLE sessions DROP COLUMN tablet_id;
ALTER TABLE sessions DROP COLUMN judge_link_id;
DROP TABLE tablets;
DROP TABLE judge_links;
