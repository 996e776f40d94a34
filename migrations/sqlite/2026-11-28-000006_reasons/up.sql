-- Why an edition was made again, in the words of who did so.
ALTER TABLE editions ADD COLUMN reason TEXT;
