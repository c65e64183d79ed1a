DROP TABLE phone_codes;
ALTER TABLE sign_in_codes RENAME COLUMN recipient TO email;
DROP INDEX users_phone;
ALTER TABLE users DROP COLUMN phone;
