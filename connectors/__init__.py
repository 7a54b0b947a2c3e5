"""What a ticket is, and how to read one in each tracker."""
