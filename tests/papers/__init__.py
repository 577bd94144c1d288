"""What README, guide and deploy/README.md promise, read out of them and done."""
