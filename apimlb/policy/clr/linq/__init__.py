"""System.Linq.Enumerable."""
