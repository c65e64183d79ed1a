-- A judge's way in without a password: for one competition, for a time, on so many devices.
CREATE TABLE judge_links (
    id             INTEGER PRIMARY KEY NOT NULL,
    public_id      TEXT NOT NULL UNIQUE,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    user_id        BIGINT NOT NULL REFERENCES users (id),
    code_hash      TEXT NOT NULL UNIQUE,
    pin_hash       TEXT NOT NULL,
    opens_at       TIMESTAMP NOT NULL,
    expires_at     TIMESTAMP NOT NULL,
    devices        BIGINT NOT NULL,
    created_by     BIGINT NOT NULL REFERENCES users (id),
    created_at     TIMESTAMP NOT NULL,
    used_at        TIMESTAMP,
    revoked_at     TIMESTAMP
);
CREATE UNIQUE INDEX judge_links_open ON judge_links (competition_id, user_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX judge_links_pin ON judge_links (competition_id, pin_hash) WHERE revoked_at IS NULL;
CREATE INDEX judge_links_user ON judge_links (user_id);

-- A tablet of the hall on which judges take turns.
CREATE TABLE tablets (
    id             INTEGER PRIMARY KEY NOT NULL,
    public_id      TEXT NOT NULL UNIQUE,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    name           TEXT NOT NULL,
    code_hash      TEXT NOT NULL UNIQUE,
    seat_hash      TEXT UNIQUE,
    created_by     BIGINT NOT NULL REFERENCES users (id),
    created_at     TIMESTAMP NOT NULL,
    expires_at     TIMESTAMP NOT NULL,
    bound_at       TIMESTAMP,
    removed_at     TIMESTAMP
);
CREATE INDEX tablets_competition ON tablets (competition_id);

ALTER TABLE sessions ADD COLUMN judge_link_id BIGINT REFERENCES judge_links (id);
ALTER TABLE sessions ADD COLUMN tablet_id BIGINT REFERENCES tablets (id);
CREATE INDEX sessions_judge_link ON sessions (judge_link_id) WHERE judge_link_id IS NOT NULL;
CREATE INDEX sessions_tablet ON sessions (tablet_id) WHERE tablet_id IS NOT NULL;
