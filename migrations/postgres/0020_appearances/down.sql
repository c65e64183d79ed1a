DROP INDEX publications_awaited;
ALTER TABLE publications DROP COLUMN appeared_at;
