"""People who use the bot as one does in Discord's client: commands, buttons, selects, modals, messages."""
