"""Who may do what: permissions, and the roles that have them."""
