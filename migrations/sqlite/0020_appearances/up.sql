-- Since when the public sees a publication, written down once it does: a clock that is set back hides nothing again.
ALTER TABLE publications ADD COLUMN appeared_at TIMESTAMP;
UPDATE publications SET appeared_at = created_at WHERE visible_at <= created_at AND taken_back_at IS NULL;
CREATE INDEX publications_awaited ON publications (visible_at) WHERE appeared_at IS NULL AND taken_back_at IS NULL;
