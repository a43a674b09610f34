"""What the user wants, as values: configuration, ARM resources, their order, and the plan. Pure."""
