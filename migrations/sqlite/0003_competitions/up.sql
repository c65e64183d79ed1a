CREATE TABLE competitions (
    id                     INTEGER PRIMARY KEY NOT NULL,
    slug                   TEXT NOT NULL UNIQUE,
    name                   TEXT NOT NULL,
    description            TEXT NOT NULL,
    time_zone              TEXT NOT NULL,
    registration_opens_at  TIMESTAMP,
    registration_closes_at TIMESTAMP,
    blind                  BOOLEAN NOT NULL,
    team_min               BIGINT NOT NULL,
    team_max               BIGINT NOT NULL,
    fields                 TEXT NOT NULL,
    last_entry_number      BIGINT NOT NULL,
    published_at           TIMESTAMP,
    created_at             TIMESTAMP NOT NULL,
    version                BIGINT NOT NULL
);

CREATE TABLE tracks (
    id             INTEGER PRIMARY KEY NOT NULL,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    code           TEXT NOT NULL,
    name           TEXT NOT NULL,
    position       BIGINT NOT NULL,
    UNIQUE (competition_id, code)
);

CREATE TABLE regions (
    id             INTEGER PRIMARY KEY NOT NULL,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    code           TEXT NOT NULL,
    name           TEXT NOT NULL,
    position       BIGINT NOT NULL,
    UNIQUE (competition_id, code)
);

-- A user's role in a competition; with a region it reaches no further than that region.
CREATE TABLE members (
    id                 INTEGER PRIMARY KEY NOT NULL,
    public_id          TEXT NOT NULL UNIQUE,
    competition_id     BIGINT NOT NULL REFERENCES competitions (id),
    user_id            BIGINT NOT NULL REFERENCES users (id),
    role               TEXT NOT NULL,
    region_id          BIGINT REFERENCES regions (id),
    interest_exception TEXT,
    created_at         TIMESTAMP NOT NULL,
    ended_at           TIMESTAMP,
    version            BIGINT NOT NULL
);
CREATE UNIQUE INDEX members_once ON members (competition_id, user_id, role)
    WHERE ended_at IS NULL AND region_id IS NULL;
CREATE UNIQUE INDEX members_once_a_region ON members (competition_id, user_id, role, region_id)
    WHERE ended_at IS NULL AND region_id IS NOT NULL;
CREATE INDEX members_user ON members (user_id);

CREATE TABLE invitations (
    id             INTEGER PRIMARY KEY NOT NULL,
    public_id      TEXT NOT NULL UNIQUE,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    email          TEXT NOT NULL,
    role           TEXT NOT NULL,
    region_id      BIGINT REFERENCES regions (id),
    token_hash     TEXT NOT NULL UNIQUE,
    created_by     BIGINT NOT NULL REFERENCES users (id),
    created_at     TIMESTAMP NOT NULL,
    expires_at     TIMESTAMP NOT NULL,
    accepted_at    TIMESTAMP,
    accepted_by    BIGINT REFERENCES users (id),
    revoked_at     TIMESTAMP
);
CREATE INDEX invitations_competition ON invitations (competition_id);

CREATE TABLE entries (
    id             INTEGER PRIMARY KEY NOT NULL,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    number         BIGINT NOT NULL,
    owner_id       BIGINT REFERENCES users (id),
    status         TEXT NOT NULL,
    status_reason  TEXT,
    title          TEXT NOT NULL,
    summary        TEXT NOT NULL,
    track_id       BIGINT REFERENCES tracks (id),
    region_id      BIGINT REFERENCES regions (id),
    institution    TEXT,
    country        TEXT,
    answers        TEXT NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL,
    submitted_at   TIMESTAMP,
    screened_at    TIMESTAMP,
    withdrawn_at   TIMESTAMP,
    version        BIGINT NOT NULL,
    UNIQUE (competition_id, number)
);
CREATE INDEX entries_owner ON entries (owner_id);
CREATE INDEX entries_status ON entries (competition_id, status);

CREATE TABLE team_members (
    id          INTEGER PRIMARY KEY NOT NULL,
    entry_id    BIGINT NOT NULL REFERENCES entries (id),
    position    BIGINT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT,
    role        TEXT,
    UNIQUE (entry_id, position)
);
CREATE INDEX team_members_email ON team_members (email);

-- The log: every change, who and when; never secrets, bodies or drafts.
CREATE TABLE events (
    id             INTEGER PRIMARY KEY NOT NULL,
    competition_id BIGINT REFERENCES competitions (id),
    at             TIMESTAMP NOT NULL,
    actor_id       BIGINT REFERENCES users (id),
    action         TEXT NOT NULL,
    subject        TEXT NOT NULL,
    version_from   BIGINT,
    version_to     BIGINT,
    details        TEXT NOT NULL
);
CREATE INDEX events_competition ON events (competition_id, id);
