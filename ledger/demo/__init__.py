"""The sample: a fictional county and a whole campaign, played through the services."""
