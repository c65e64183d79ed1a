CREATE TABLE rounds (
    id             INTEGER PRIMARY KEY NOT NULL,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    code           TEXT NOT NULL,
    position       BIGINT NOT NULL,
    title          TEXT NOT NULL,
    on_stage       BOOLEAN NOT NULL,
    release        TEXT NOT NULL,
    public_list    TEXT NOT NULL,
    rules_version  BIGINT NOT NULL,
    fixed_at       TIMESTAMP,
    created_at     TIMESTAMP NOT NULL,
    version        BIGINT NOT NULL,
    UNIQUE (competition_id, code),
    UNIQUE (competition_id, position)
);

CREATE TABLE rules_versions (
    id         INTEGER PRIMARY KEY NOT NULL,
    round_id   BIGINT NOT NULL REFERENCES rounds (id),
    number     BIGINT NOT NULL,
    document   TEXT NOT NULL,
    reason     TEXT,
    created_by BIGINT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    UNIQUE (round_id, number)
);

-- Entries that are ranked together; `group_key` says by what they belong together.
CREATE TABLE round_groups (
    id           INTEGER PRIMARY KEY NOT NULL,
    round_id     BIGINT NOT NULL REFERENCES rounds (id),
    code         TEXT NOT NULL,
    title        TEXT NOT NULL,
    group_key    TEXT NOT NULL,
    region_id    BIGINT REFERENCES regions (id),
    phase        TEXT NOT NULL,
    opened_at    TIMESTAMP,
    closed_at    TIMESTAMP,
    decided_at   TIMESTAMP,
    published_at TIMESTAMP,
    version      BIGINT NOT NULL,
    UNIQUE (round_id, code)
);

CREATE TABLE round_entries (
    id               INTEGER PRIMARY KEY NOT NULL,
    round_id         BIGINT NOT NULL REFERENCES rounds (id),
    group_id         BIGINT NOT NULL REFERENCES round_groups (id),
    entry_id         BIGINT NOT NULL REFERENCES entries (id),
    status           TEXT NOT NULL,
    status_reason    TEXT,
    recorded         TEXT NOT NULL,
    recorded_version BIGINT NOT NULL,
    created_at       TIMESTAMP NOT NULL,
    version          BIGINT NOT NULL,
    UNIQUE (round_id, entry_id)
);
CREATE INDEX round_entries_group ON round_entries (group_id);
CREATE INDEX round_entries_entry ON round_entries (entry_id);

-- A judge of a round; `code` stands for the person in results.
CREATE TABLE round_judges (
    id         INTEGER PRIMARY KEY NOT NULL,
    round_id   BIGINT NOT NULL REFERENCES rounds (id),
    user_id    BIGINT NOT NULL REFERENCES users (id),
    code       TEXT NOT NULL,
    class      TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (round_id, user_id),
    UNIQUE (round_id, code)
);
CREATE INDEX round_judges_user ON round_judges (user_id);

CREATE TABLE panels (
    id       INTEGER PRIMARY KEY NOT NULL,
    round_id BIGINT NOT NULL REFERENCES rounds (id),
    group_id BIGINT NOT NULL REFERENCES round_groups (id),
    code     TEXT NOT NULL,
    title    TEXT NOT NULL,
    version  BIGINT NOT NULL,
    UNIQUE (round_id, code)
);

CREATE TABLE panel_judges (
    id       INTEGER PRIMARY KEY NOT NULL,
    panel_id BIGINT NOT NULL REFERENCES panels (id),
    judge_id BIGINT NOT NULL REFERENCES round_judges (id),
    is_chair BOOLEAN NOT NULL,
    UNIQUE (panel_id, judge_id)
);

CREATE TABLE assignments (
    id             INTEGER PRIMARY KEY NOT NULL,
    round_id       BIGINT NOT NULL REFERENCES rounds (id),
    group_id       BIGINT NOT NULL REFERENCES round_groups (id),
    round_entry_id BIGINT NOT NULL REFERENCES round_entries (id),
    judge_id       BIGINT NOT NULL REFERENCES round_judges (id),
    panel_id       BIGINT REFERENCES panels (id),
    status         TEXT NOT NULL,
    reason         TEXT,
    changed_at     TIMESTAMP NOT NULL,
    version        BIGINT NOT NULL,
    UNIQUE (round_entry_id, judge_id)
);
CREATE INDEX assignments_judge ON assignments (judge_id);
CREATE INDEX assignments_group ON assignments (group_id);
