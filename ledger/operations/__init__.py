"""Running the service: readiness, logs, metrics, backups, keys, retention."""
