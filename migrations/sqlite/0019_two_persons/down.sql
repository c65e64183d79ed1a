DROP TABLE proposals;
ALTER TABLE competitions DROP COLUMN two_persons;
