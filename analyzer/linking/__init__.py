"""What an unlinked ticket may belong to: learned from confirmed links, calibrated, explained."""
