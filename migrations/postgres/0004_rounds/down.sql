DROP TABLE assignments;
DROP TABLE panel_judges;
DROP TABLE panels;
DROP TABLE round_judges;
DROP TABLE round_entries;
DROP TABLE round_groups;
DROP TABLE rules_versions;
DROP TABLE rounds;
