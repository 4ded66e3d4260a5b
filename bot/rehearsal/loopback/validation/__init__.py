"""What Discord accepts, and how it says that it doesn't: error 50035 with the place of each fault."""
