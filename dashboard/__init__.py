"""How one sees and touches the procedure: the page, its state, and the `relais` command."""
