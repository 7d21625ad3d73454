"""Working days: "Monday to Friday without Berlin's public holidays, counted from the next day"."""

import datetime
import functools

import holidays

DAY = datetime.timedelta(days=1)


@functools.cache
def public_holidays(country, subdivision):
    return holidays.country_holidays(country, subdiv=subdivision)


class Calendar:
    def __init__(self, declared):
        self.holidays = public_holidays(declared["country"], declared.get("subdivision"))

    def works(self, day):
        return day.weekday() < 5 and day not in self.holidays

    def plus(self, day, number):
        """The number-th working day after that day."""
        while number > 0:
            day += DAY
            if self.works(day):
                number -= 1
        return day

    def between(self, first, last):
        """How many working days lie after `first`, up to and including `last`."""
        number = 0
        while first < last:
            first += DAY
            number += self.works(first)
        return number
