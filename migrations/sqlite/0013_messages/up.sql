-- Since when the address is known to reach the person, and the language that they read, where it is known.
ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMP;
ALTER TABLE users ADD COLUMN language TEXT;

-- What others may know of a message: its name, for whom it is. After its end nobody sends it any more.
ALTER TABLE outbox ADD COLUMN public_id TEXT;
ALTER TABLE outbox ADD COLUMN recipient TEXT;
ALTER TABLE outbox ADD COLUMN expires_at TIMESTAMP;
CREATE UNIQUE INDEX outbox_public_id ON outbox (public_id);

-- The link that is open for a person, one of each kind: a newer one takes the place of an older one.
CREATE TABLE links (
    id         INTEGER PRIMARY KEY NOT NULL,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    kind       TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    -- The address that the link was sent to; none where somebody passed it on.
    email      TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP,
    UNIQUE (user_id, kind)
);

-- Requests to sign in by a code. The code itself is kept nowhere: it is made from the public id and the instance's secret.
CREATE TABLE sign_in_codes (
    id          INTEGER PRIMARY KEY NOT NULL,
    public_id   TEXT NOT NULL UNIQUE,
    handle_hash TEXT NOT NULL UNIQUE,
    email       TEXT NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    expires_at  TIMESTAMP NOT NULL,
    tries       BIGINT NOT NULL,
    used_at     TIMESTAMP
);
CREATE INDEX sign_in_codes_expires ON sign_in_codes (expires_at);

-- How often something was asked for, and when it may be asked for again. The key is a hash.
CREATE TABLE brakes (
    key     TEXT PRIMARY KEY NOT NULL,
    count   BIGINT NOT NULL,
    free_at TIMESTAMP NOT NULL
);
CREATE INDEX brakes_free ON brakes (free_at);
