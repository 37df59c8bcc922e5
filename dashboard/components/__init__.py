"""Parts of the page written as plain ES modules, with their Python face."""
