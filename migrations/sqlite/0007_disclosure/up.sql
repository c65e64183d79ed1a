-- The earlier round from which an entry was taken in: that it is here tells that it went on there. Without one it was
-- taken from the accepted entries.
ALTER TABLE round_entries ADD COLUMN taken_from BIGINT REFERENCES rounds (id);
UPDATE round_entries SET taken_from = (
    SELECT earlier.id
      FROM rounds here
      INNER JOIN rounds earlier ON earlier.competition_id = here.competition_id AND earlier.position < here.position
      INNER JOIN round_entries before ON before.round_id = earlier.id AND before.entry_id = round_entries.entry_id
      INNER JOIN advancement_outcomes o ON o.round_entry_id = before.id AND o.outcome = 'advances'
     WHERE here.id = round_entries.round_id
     ORDER BY earlier.position DESC
     LIMIT 1
);
