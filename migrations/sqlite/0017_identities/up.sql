-- Who somebody is at a provider of single sign-on: issuer and subject together are one person for ever.
CREATE TABLE identities (
    id           INTEGER PRIMARY KEY NOT NULL,
    public_id    TEXT NOT NULL UNIQUE,
    user_id      BIGINT NOT NULL REFERENCES users (id),
    provider     TEXT NOT NULL,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);

-- Sign-ins at a provider that came back: none comes back twice. Kept until nobody would take it any more.
CREATE TABLE spent_sign_ins (
    state_hash TEXT PRIMARY KEY NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX spent_sign_ins_expires ON spent_sign_ins (expires_at);

-- Whether somebody else vouched for the second factor when the session was begun.
ALTER TABLE sessions ADD COLUMN vouched BOOLEAN NOT NULL DEFAULT FALSE;
