""".NET as policy expressions see it: values, the types that they have and the members of these."""
