-- States of most slices fit a page. Kept in the row, and not in a table beside it, they are read with it.
ALTER TABLE kept_states SET (toast_tuple_target = 8160);
