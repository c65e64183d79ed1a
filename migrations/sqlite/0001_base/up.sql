-- Messages that must leave the house (mail, webhooks): written with their cause, delivered at least once.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    due_at TIMESTAMP NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT outbox_state CHECK (state IN ('waiting', 'delivered', 'dead')),
    last_error TEXT
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'waiting';

-- One counter per topic: a node that polls it learns what other nodes changed.
CREATE TABLE versions (
    topic TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL
);
