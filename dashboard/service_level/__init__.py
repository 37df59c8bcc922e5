"""What the vendor promised, announced, and what was observed, as a page for the yearly talk."""
