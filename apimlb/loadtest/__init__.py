"""A stack under load: clients on Locust, in a process of their own, and what they saw.

`locustfile` is what Locust runs, here and, exported, anywhere else: it imports nothing of apimlb.
"""
