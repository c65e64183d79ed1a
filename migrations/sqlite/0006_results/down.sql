DROP TABLE publication_entries;
DROP TABLE publications;
DROP TABLE advancement_outcomes;
DROP TABLE advancements;
DROP TABLE standings;
