"""The time of a write."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the time: UTC, without a zone, as every database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)
