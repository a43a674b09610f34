"""The tokens of Newtonsoft.Json 10."""
