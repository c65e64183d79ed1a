-- The sheet as it stands: a draft is overwritten, `counted` names the submitted version that counts.
CREATE TABLE ballots (
    id            INTEGER PRIMARY KEY NOT NULL,
    assignment_id BIGINT NOT NULL UNIQUE REFERENCES assignments (id),
    group_id      BIGINT NOT NULL REFERENCES round_groups (id),
    status        TEXT NOT NULL,
    source        TEXT NOT NULL,
    marks         TEXT NOT NULL,
    comment       TEXT,
    typed_by      BIGINT REFERENCES users (id),
    counted       BIGINT,
    updated_at    TIMESTAMP NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX ballots_group ON ballots (group_id);

-- Each submission or amendment, kept for ever.
CREATE TABLE ballot_versions (
    id              INTEGER PRIMARY KEY NOT NULL,
    ballot_id       BIGINT NOT NULL REFERENCES ballots (id),
    group_id        BIGINT NOT NULL REFERENCES round_groups (id),
    number          BIGINT NOT NULL,
    rules_version   BIGINT NOT NULL,
    source          TEXT NOT NULL,
    marks           TEXT NOT NULL,
    comment         TEXT,
    submitted_by    BIGINT NOT NULL REFERENCES users (id),
    submitted_at    TIMESTAMP NOT NULL,
    late            BOOLEAN NOT NULL,
    decision        TEXT,
    decision_reason TEXT,
    decided_by      BIGINT REFERENCES users (id),
    decided_at      TIMESTAMP,
    UNIQUE (ballot_id, number)
);
CREATE INDEX ballot_versions_group ON ballot_versions (group_id);

-- Penalties (negative) and bonuses, in thousandths of a point.
CREATE TABLE adjustments (
    id             INTEGER PRIMARY KEY NOT NULL,
    public_id      TEXT NOT NULL UNIQUE,
    group_id       BIGINT NOT NULL REFERENCES round_groups (id),
    round_entry_id BIGINT NOT NULL REFERENCES round_entries (id),
    points         BIGINT NOT NULL,
    reason         TEXT NOT NULL,
    created_by     BIGINT NOT NULL REFERENCES users (id),
    created_at     TIMESTAMP NOT NULL,
    revoked_by     BIGINT REFERENCES users (id),
    revoked_at     TIMESTAMP,
    revoke_reason  TEXT
);
CREATE INDEX adjustments_group ON adjustments (group_id);
CREATE INDEX adjustments_entry ON adjustments (round_entry_id);

-- The chair's recorded order of tied entries, or the order that a lot gave.
CREATE TABLE tie_decisions (
    id          INTEGER PRIMARY KEY NOT NULL,
    group_id    BIGINT NOT NULL REFERENCES round_groups (id),
    kind        TEXT NOT NULL,
    entry_order TEXT NOT NULL,
    reason      TEXT NOT NULL,
    decided_by  BIGINT NOT NULL REFERENCES users (id),
    decided_at  TIMESTAMP NOT NULL
);
CREATE INDEX tie_decisions_group ON tie_decisions (group_id);
