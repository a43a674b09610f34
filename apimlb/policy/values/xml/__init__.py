"""System.Xml.Linq's tree."""
