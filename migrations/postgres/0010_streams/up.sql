-- What an entry is invited to beside the next round: the stream's code.
ALTER TABLE advancement_outcomes ADD COLUMN stream TEXT;
-- Whether organizers may compare rules over real marks before they are published.
ALTER TABLE competitions ADD COLUMN early_comparisons BOOLEAN NOT NULL DEFAULT FALSE;
