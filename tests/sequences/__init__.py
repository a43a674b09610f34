"""Whole lives of a stack, drawn by chance: what is done to it in turn, under traffic, and what must hold.

A sequence is a list of moves, plain values that print as lines and are read back from them. The generator is
our own and not hypothesis's state machine: a deploy runs in sixteen threads, so that the same moves need not
end alike each time, which hypothesis gives up on as flaky and cannot shorten; here every shortening is tried
several times, and a line of text replays a failure in this process or over real ones.

moves     the values, and their text
drawing   a sequence out of a seed
clock     time that all threads of a deploy share
runs      a command that may be killed, in this process
place     the local Azure with clients at its gateway
edits     what somebody does in the portal
playing   the moves, and what must hold after each
judging   what must hold at the end
shorten   a failing sequence with all that it does without taken out
"""
