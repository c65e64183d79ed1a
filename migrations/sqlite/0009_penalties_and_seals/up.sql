-- A penalty that the rules count names its rule and what was measured, in thousandths.
ALTER TABLE adjustments ADD COLUMN rule TEXT;
ALTER TABLE adjustments ADD COLUMN quantity BIGINT;
-- A judge whose sheets are opened only to break a tie.
ALTER TABLE round_judges ADD COLUMN is_sealed BOOLEAN NOT NULL DEFAULT FALSE;
