"""Strategy, store, mapping, board, measures and the Result."""
