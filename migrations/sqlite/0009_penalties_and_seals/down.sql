ALTER TABLE round_judges DROP COLUMN is_sealed;
ALTER TABLE adjustments DROP COLUMN quantity;
ALTER TABLE adjustments DROP COLUMN rule;
