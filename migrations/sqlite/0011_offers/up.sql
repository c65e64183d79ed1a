-- Places that were offered to entries of a round: to go on, or of a stream. Expiry is never written: the deadline says it.
CREATE TABLE offers (
    id                INTEGER PRIMARY KEY NOT NULL,
    round_id          BIGINT NOT NULL REFERENCES rounds (id),
    round_entry_id    BIGINT NOT NULL REFERENCES round_entries (id),
    stream            TEXT,
    place             BIGINT,
    reserve           BIGINT,
    offered_by        BIGINT NOT NULL REFERENCES users (id),
    offered_at        TIMESTAMP NOT NULL,
    deadline          TIMESTAMP NOT NULL,
    comes             BOOLEAN,
    answered_as       TEXT,
    answered_by       BIGINT REFERENCES users (id),
    answered_at       TIMESTAMP,
    answer_reason     TEXT,
    withdrawn_by      BIGINT REFERENCES users (id),
    withdrawn_at      TIMESTAMP,
    withdrawal_reason TEXT,
    settled_at        TIMESTAMP,
    version           BIGINT NOT NULL
);
CREATE INDEX offers_round ON offers (round_id);
CREATE INDEX offers_entry ON offers (round_entry_id);
-- A place is offered to an entry once at a time.
CREATE UNIQUE INDEX offers_live ON offers (round_entry_id, COALESCE(stream, ''))
    WHERE withdrawn_at IS NULL AND settled_at IS NULL;
