"""The only code that speaks to people: Telegram, the web and the terminal."""
