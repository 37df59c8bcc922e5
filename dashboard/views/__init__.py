"""One viewer a state: they show, and pass on what a person does."""
