DROP TABLE idempotency_keys;
DROP TABLE setup_tokens;
DROP TABLE signing_keys;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE users;
