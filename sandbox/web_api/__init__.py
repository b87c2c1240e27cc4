"""The Web API: one module per family of methods, one table that names them all."""
