ALTER TABLE sessions DROP COLUMN vouched;
DROP TABLE spent_sign_ins;
DROP TABLE identities;
