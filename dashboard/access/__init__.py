"""Who asks: nobody on the server's own machine, a login of Panel's, or a local account."""
