"""What there is on the loopback: people, servers, channels, messages, registered commands, interactions."""
