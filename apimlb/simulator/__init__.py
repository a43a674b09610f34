"""Traffic through the policies on a virtual clock: an hour in seconds, in a local Azure without sockets."""
