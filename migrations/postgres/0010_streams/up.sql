-- What an entry is invited to beside the next round: the stream's code.
ALTER TABLE advancement_outcomes ADD COLUMN stream TEXT;
