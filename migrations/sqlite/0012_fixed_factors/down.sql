DROP TABLE scales;
