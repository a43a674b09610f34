"""The gateway of the local Azure: routes a call, checks its key, runs its policies, calls a backend."""
