"""System.Xml.Linq."""
