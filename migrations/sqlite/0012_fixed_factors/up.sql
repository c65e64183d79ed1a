-- What made the panels of a group comparable when its results were closed, so that a later disqualification moves nobody
-- else's total. `closure` counts the group's reopenings before; a document of null says that nothing could be computed.
CREATE TABLE scales (
    id            INTEGER PRIMARY KEY NOT NULL,
    group_id      BIGINT NOT NULL REFERENCES round_groups (id),
    closure       BIGINT NOT NULL,
    rules_version BIGINT NOT NULL,
    revision      BIGINT NOT NULL,
    document      TEXT NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    UNIQUE (group_id, closure, rules_version)
);
