"""Random and Guid.NewGuid: what draws from the policy's own source of chance."""
