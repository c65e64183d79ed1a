-- A phone that is known to reach the person, E.164.
ALTER TABLE users ADD COLUMN phone TEXT;
CREATE UNIQUE INDEX users_phone ON users (phone);

-- Codes that sign in go to phones, too.
ALTER TABLE sign_in_codes RENAME COLUMN email TO recipient;

-- A number that somebody wants to have, and the code that was sent to it: made from the public id and the instance's secret.
CREATE TABLE phone_codes (
    id         INTEGER PRIMARY KEY NOT NULL,
    user_id    BIGINT NOT NULL UNIQUE REFERENCES users (id),
    public_id  TEXT NOT NULL UNIQUE,
    phone      TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    tries      BIGINT NOT NULL
);
