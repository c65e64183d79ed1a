-- Whether closing, adjusting, recording, correcting and publishing takes two persons.
ALTER TABLE competitions ADD COLUMN two_persons BOOLEAN NOT NULL DEFAULT FALSE;
-- What one person proposed and another is to confirm, by the same request.
CREATE TABLE proposals (
    id             INTEGER PRIMARY KEY NOT NULL,
    public_id      TEXT NOT NULL UNIQUE,
    competition_id BIGINT NOT NULL REFERENCES competitions (id),
    group_id       BIGINT REFERENCES round_groups (id),
    region_id      BIGINT REFERENCES regions (id),
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    based_on       BIGINT,
    body           TEXT NOT NULL,
    proposed_by    BIGINT NOT NULL REFERENCES users (id),
    proposed_at    TIMESTAMP NOT NULL,
    settled_by     BIGINT REFERENCES users (id),
    settled_at     TIMESTAMP,
    settled_as     TEXT
);
CREATE INDEX proposals_open ON proposals (competition_id) WHERE settled_at IS NULL;
