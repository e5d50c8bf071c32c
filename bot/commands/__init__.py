"""What the commands do, one noun a module; bot/cli.py only reads arguments and prints."""
