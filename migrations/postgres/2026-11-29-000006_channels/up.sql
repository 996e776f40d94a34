-- What a notice says, statement by statement, as JSON: for channels beside mail, where one of them gets it.
ALTER TABLE notices ADD COLUMN statements TEXT;
