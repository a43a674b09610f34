"""System.Text.RegularExpressions."""
