DROP TABLE versions;
DROP TABLE outbox;
