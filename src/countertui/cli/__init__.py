"""The commands: each verb without a screen."""
