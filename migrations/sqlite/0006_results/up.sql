-- What closure computed; `revision` says from which marks.
CREATE TABLE standings (
    id            INTEGER PRIMARY KEY NOT NULL,
    group_id      BIGINT NOT NULL REFERENCES round_groups (id),
    revision      BIGINT NOT NULL,
    rules_version BIGINT NOT NULL,
    engine        TEXT NOT NULL,
    document      TEXT NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    UNIQUE (group_id, revision)
);

-- Who goes on. Without a group the decision spans the whole round.
CREATE TABLE advancements (
    id            INTEGER PRIMARY KEY NOT NULL,
    round_id      BIGINT NOT NULL REFERENCES rounds (id),
    group_id      BIGINT REFERENCES round_groups (id),
    number        BIGINT NOT NULL,
    revisions     TEXT NOT NULL,
    rules_version BIGINT NOT NULL,
    request       TEXT NOT NULL,
    document      TEXT NOT NULL,
    decided_by    BIGINT NOT NULL REFERENCES users (id),
    decided_at    TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP
);
CREATE INDEX advancements_round ON advancements (round_id);

CREATE TABLE advancement_outcomes (
    id             INTEGER PRIMARY KEY NOT NULL,
    advancement_id BIGINT NOT NULL REFERENCES advancements (id),
    round_entry_id BIGINT NOT NULL REFERENCES round_entries (id),
    outcome        TEXT NOT NULL,
    place          BIGINT,
    awards         TEXT NOT NULL,
    reason         TEXT,
    UNIQUE (advancement_id, round_entry_id)
);
CREATE INDEX advancement_outcomes_entry ON advancement_outcomes (round_entry_id);

-- Immutable revisions of what the public sees of a group: canonical bytes and their hash.
CREATE TABLE publications (
    id            INTEGER PRIMARY KEY NOT NULL,
    group_id      BIGINT NOT NULL REFERENCES round_groups (id),
    number        BIGINT NOT NULL,
    standings_revision BIGINT NOT NULL,
    visible_at    TIMESTAMP NOT NULL,
    document      TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    rules_version BIGINT NOT NULL,
    engine        TEXT NOT NULL,
    note          TEXT,
    created_by    BIGINT NOT NULL REFERENCES users (id),
    created_at    TIMESTAMP NOT NULL,
    UNIQUE (group_id, number)
);

-- What a publication says of each entry, listed or not: its owner sees as much of it as the round releases.
CREATE TABLE publication_entries (
    id             INTEGER PRIMARY KEY NOT NULL,
    publication_id BIGINT NOT NULL REFERENCES publications (id),
    entry_id       BIGINT NOT NULL REFERENCES entries (id),
    document       TEXT NOT NULL,
    UNIQUE (publication_id, entry_id)
);
CREATE INDEX publication_entries_entry ON publication_entries (entry_id);
