"""What clients share."""


class Base:
    """A client of one library."""

    # Calls have ids of their own.
    has_ids = True
    # Cases that only this client has, or has another way.
    cases = {}

    def model(self, provider):
        """A name that the provider's rules for models that think and see fit."""
        return MODELS.get(provider, "mock-large")

    def status(self, error):
        return getattr(error, "status_code", None)


MODELS = {
    "openai": "o4-mini",
    "responses-only": "o4-mini",
    "anthropic": "claude-sonnet-4-5",
    "google": "gemini-2.5-flash",
}
