-- How a session was begun, on what, and when it was last kept up; when its owner last proved who they are.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN device TEXT;
ALTER TABLE sessions ADD COLUMN last_used_at TIMESTAMP;
ALTER TABLE sessions ADD COLUMN proved_at TIMESTAMP;

-- For which token a refresh token was given, and when another answer to that one was used instead of it.
ALTER TABLE refresh_tokens ADD COLUMN parent_id BIGINT;
ALTER TABLE refresh_tokens ADD COLUMN superseded_at TIMESTAMP;
CREATE INDEX refresh_tokens_parent ON refresh_tokens (parent_id);

-- A person's app that makes codes. The secret is encrypted by the instance's secret; it counts once a code was given.
CREATE TABLE second_factors (
    id            INTEGER PRIMARY KEY NOT NULL,
    user_id       BIGINT NOT NULL UNIQUE REFERENCES users (id),
    sealed_secret BLOB NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    confirmed_at  TIMESTAMP,
    last_step     BIGINT,
    failures      BIGINT NOT NULL,
    failing_since TIMESTAMP
);

CREATE TABLE recovery_codes (
    id         INTEGER PRIMARY KEY NOT NULL,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    code_hash  TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP,
    UNIQUE (user_id, code_hash)
);

-- A sign-in whose password was right and whose code is awaited.
CREATE TABLE sign_in_steps (
    id         INTEGER PRIMARY KEY NOT NULL,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    token_hash TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    device     TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    tries      BIGINT NOT NULL,
    used_at    TIMESTAMP
);
CREATE INDEX sign_in_steps_user ON sign_in_steps (user_id);
CREATE INDEX sign_in_steps_expires ON sign_in_steps (expires_at);
