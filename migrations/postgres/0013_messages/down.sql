DROP TABLE brakes;
DROP TABLE sign_in_codes;
DROP TABLE links;
DROP INDEX outbox_public_id;
ALTER TABLE outbox DROP COLUMN expires_at;
ALTER TABLE outbox DROP COLUMN recipient;
ALTER TABLE outbox DROP COLUMN public_id;
ALTER TABLE users DROP COLUMN language;
ALTER TABLE users DROP COLUMN email_verified_at;
