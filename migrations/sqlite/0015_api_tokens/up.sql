-- A program's way to act for a person, within scopes and perhaps in one competition.
CREATE TABLE api_tokens (
    id             INTEGER PRIMARY KEY NOT NULL,
    public_id      TEXT NOT NULL UNIQUE,
    user_id        BIGINT NOT NULL REFERENCES users (id),
    name           TEXT NOT NULL,
    scopes         TEXT NOT NULL,
    competition_id BIGINT REFERENCES competitions (id),
    token_hash     TEXT NOT NULL UNIQUE,
    created_at     TIMESTAMP NOT NULL,
    expires_at     TIMESTAMP NOT NULL,
    last_used_at   TIMESTAMP,
    revoked_at     TIMESTAMP
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);
