DROP TABLE tie_decisions;
DROP TABLE adjustments;
DROP TABLE ballot_versions;
DROP TABLE ballots;
