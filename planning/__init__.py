"""Sales planning workbook: set sales goals that explain themselves, add up to the cent and are agreed."""

__version__ = "0.9.0"
