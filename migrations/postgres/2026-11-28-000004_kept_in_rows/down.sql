ALTER TABLE kept_states RESET (toast_tuple_target);
