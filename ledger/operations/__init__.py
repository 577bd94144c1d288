"""Running the service: is it ready, what does it log, how fast is it, how old are its backups."""
