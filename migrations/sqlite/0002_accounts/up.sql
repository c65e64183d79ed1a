CREATE TABLE users (
    id            INTEGER PRIMARY KEY NOT NULL,
    public_id     TEXT NOT NULL UNIQUE,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_admin      BOOLEAN NOT NULL,
    disabled_at   TIMESTAMP,
    created_at    TIMESTAMP NOT NULL,
    version       BIGINT NOT NULL
);

-- One log-in; the refresh tokens below it are its family.
CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY NOT NULL,
    public_id  TEXT NOT NULL UNIQUE,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    ended_at   TIMESTAMP,
    end_reason TEXT
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    id         INTEGER PRIMARY KEY NOT NULL,
    session_id BIGINT NOT NULL REFERENCES sessions (id),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Secrets that sign access tokens, themselves encrypted by the instance's secret.
CREATE TABLE signing_keys (
    id             INTEGER PRIMARY KEY NOT NULL,
    kid            TEXT NOT NULL UNIQUE,
    wrapped_secret BLOB NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    retired_at     TIMESTAMP
);

-- The one-time token that makes the first admin.
CREATE TABLE setup_tokens (
    id         INTEGER PRIMARY KEY NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);

CREATE TABLE idempotency_keys (
    id         INTEGER PRIMARY KEY NOT NULL,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    method     TEXT NOT NULL,
    path       TEXT NOT NULL,
    key        TEXT NOT NULL,
    body_hash  TEXT NOT NULL,
    answer     TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (user_id, method, path, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
