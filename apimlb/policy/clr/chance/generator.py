"""System.Random with a seed: Knuth's subtractive generator, as .NET has it."""

from apimlb.policy.clr.numbers.arithmetic import wrap32

_BIG = 0x7FFFFFFF
_SEED = 161803398


class SeededRandom:
    """The numbers that .NET yields for the same seed."""

    clr_name = "System.Random"

    def __init__(self, seed: int) -> None:
        self._numbers = [0] * 56
        mj = self._numbers[55] = _SEED - (_BIG if seed == -(2**31) else abs(seed))
        mk = 1
        for i in range(1, 55):
            place = 21 * i % 55
            self._numbers[place] = mk
            mk = (mj - mk) % _BIG
            mj = self._numbers[place]
        for _ in range(4):
            for i in range(1, 56):
                self._numbers[i] = wrap32(self._numbers[i] - self._numbers[1 + (i + 30) % 55])
                if self._numbers[i] < 0:
                    self._numbers[i] += _BIG
        self._next, self._other = 0, 21

    def _internal(self) -> int:
        self._next, self._other = self._next % 55 + 1, self._other % 55 + 1
        value = self._numbers[self._next] - self._numbers[self._other]
        if value == _BIG:
            value -= 1
        if value < 0:
            value += _BIG
        self._numbers[self._next] = value
        return value

    def sample(self) -> float:
        return self._internal() * (1.0 / _BIG)

    def below(self, lowest: int, highest: int) -> int:
        """A number from `lowest` up to, not including, `highest`."""
        if lowest == 0 and highest == _BIG:
            return self._internal()
        size = highest - lowest
        if size <= _BIG:
            return lowest + int(self.sample() * size)
        value = self._internal()
        if self._internal() % 2 == 0:
            value = -value
        return lowest + int((value + (_BIG - 1.0)) / (2.0 * _BIG - 1) * size)
