DROP TABLE events;
DROP TABLE team_members;
DROP TABLE entries;
DROP TABLE invitations;
DROP TABLE members;
DROP TABLE regions;
DROP TABLE tracks;
DROP TABLE competitions;
