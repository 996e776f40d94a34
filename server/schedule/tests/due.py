#!/usr/bin/env python3
"""When something is due, worked out without Pegel: server/schedule/tests/due.rs compares it with what Pegel says.

Standard input says in JSON what to work out (`due.rs` writes it):

    folder      that of the tz database
    zones       their names
    holidays    days on which nobody works, beside Saturdays and Sundays
    schedules   each with `rule`, the text of one that `rules` knows; `from` and `until`, the first and the last day of
                UTC that is looked at; `postponed`, whether what is due on a day off waits for the next working day

Standard output has a line for each zone and, within it, each schedule: both, how many local times do not exist, how
many come twice, and the instants in seconds since 1970, earliest first; separated by tabs, the instants by blanks.

Local times come from the calendar alone; a zone says which instant each is. One that the clocks skip is due at the
first instant after the gap, one that they show twice at the first, and several that fall on one instant are due once.
"""

import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
ONE_DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1)
# Local times this far outside are looked at: clocks differ from UTC, and what is due on days off waits for long.
MARGIN = timedelta(days=40)


def month_end(day):
    """The last day of a month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY


def is_last(day):
    return day == month_end(day)


def is_nth(day, weekday, nth):
    """Whether a day is the nth of its weekdays in its month."""
    return day.weekday() == weekday and (nth - 1) * 7 < day.day <= nth * 7


def is_last_of_weekday(day, weekday):
    return day.weekday() == weekday and (day + 7 * ONE_DAY).month != day.month


def month_and_quarter(day):
    """The days of the month and those of the quarter in which a day lies."""
    month = [day.replace(day=number) for number in range(1, month_end(day).day + 1)]
    first = (day.month - 1) // 3 * 3 + 1
    begin, end = day.replace(month=first, day=1), month_end(day.replace(month=first + 2, day=1))
    return month, [begin + number * ONE_DAY for number in range((end - begin).days + 1)]


def nearest_weekday(year, month, number):
    """The day from Monday to Friday that is the nearest to a day in the middle of a month."""
    day = date(year, month, number)
    return day + {SATURDAY: -ONE_DAY, SUNDAY: ONE_DAY}.get(day.weekday(), timedelta(0))


def at(*times):
    return [time.fromisoformat(text) for text in times]


def rules(works):
    """What each rule means: which days, and at which times of day. `works` says whether anybody works on a day."""

    def working(days):
        return [day for day in days if works(day)]

    def is_first_working(day, days):
        return day in working(days)[:1]

    def is_last_working(day, days):
        return day in working(days)[-1:]

    return {
        "every monday at 07:00": (lambda day: day.weekday() == MONDAY, at("07:00")),
        "every sunday at 02:30": (lambda day: day.weekday() == SUNDAY, at("02:30")),
        "every tuesday, thursday and saturday at 00:15 and 23:15": (
            lambda day: day.weekday() in (TUESDAY, THURSDAY, SATURDAY),
            at("00:15", "23:15"),
        ),
        "every day at 02:30": (lambda day: True, at("02:30")),
        "every day at 00:00": (lambda day: True, at("00:00")),
        "every working day at 01:45": (works, at("01:45")),
        "every 15 minutes": (
            lambda day: True,
            [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)],
        ),
        "day 1 of the month at 00:00": (lambda day: day.day == 1, at("00:00")),
        "day 10 of the month at 07:00": (lambda day: day.day == 10, at("07:00")),
        "last day of the month at 23:30": (is_last, at("23:30")),
        "first sunday of the month at 02:00": (lambda day: is_nth(day, SUNDAY, 1), at("02:00")),
        "last sunday of the month at 02:45": (lambda day: is_last_of_weekday(day, SUNDAY), at("02:45")),
        "first working day of the month at 06:30": (
            lambda day: is_first_working(day, month_and_quarter(day)[0]),
            at("06:30"),
        ),
        "last working day of the month at 17:00": (
            lambda day: is_last_working(day, month_and_quarter(day)[0]),
            at("17:00"),
        ),
        "first working day of the quarter at 06:30": (
            lambda day: is_first_working(day, month_and_quarter(day)[1]),
            at("06:30"),
        ),
        "last working day of the quarter at 17:00": (
            lambda day: is_last_working(day, month_and_quarter(day)[1]),
            at("17:00"),
        ),
        "day 3 of the quarter at 07:00": (lambda day: day.day == 3 and day.month in (1, 4, 7, 10), at("07:00")),
        "last day of the year at 12:00": (lambda day: (day.month, day.day) == (12, 31), at("12:00")),
        "30 2 L * *": (is_last, at("02:30")),
        "0 8 * * TUE#2": (lambda day: is_nth(day, TUESDAY, 2), at("08:00")),
        "30 16 * 3,6,9,12 FRI#L": (
            lambda day: day.month % 3 == 0 and is_last_of_weekday(day, FRIDAY),
            at("16:30"),
        ),
        "0,20,40 1-3 1,15 MAR-APR,OCT-NOV *": (
            lambda day: day.day in (1, 15) and day.month in (3, 4, 10, 11),
            [time(hour, minute) for hour in (1, 2, 3) for minute in (0, 20, 40)],
        ),
        # Cron's days of the month and of the week: one of them is enough.
        "0 9 13 * WED": (lambda day: day.day == 13 or day.weekday() == WEDNESDAY, at("09:00")),
        "0 0 15W * *": (lambda day: day == nearest_weekday(day.year, day.month, 15), at("00:00")),
        "0 7 29 2 *": (lambda day: (day.month, day.day) == (2, 29), at("07:00")),
    }


def local_times(rule, first, last, postpone):
    """The local times of a rule that holds on some days, around a stretch of them: each as clocks first show it, as
    they show it again, and in seconds since 1970 began by the same clocks."""
    holds, times = rule
    days = (first - MARGIN + number * ONE_DAY for number in range((last - first + 2 * MARGIN).days + 1))
    shown = (datetime.combine(postpone(day), at) for day in days if holds(day) for at in times)
    return [(local, local.replace(fold=1), seconds(local - EPOCH)) for local in shown]


def seconds(span):
    return span.days * 86400 + span.seconds


def first_after_gap(local, zone, before, after):
    """The first instant after the gap in which a local time lies, in seconds: found by halving. `before` and `after`
    are how many seconds the clocks are ahead of UTC on its two sides."""
    # By the clocks after the gap it has not ended at a time in it, by those before it has.
    earlier, later = local - after, local - before
    while later - earlier > 1:
        middle = (earlier + later) // 2
        if seconds(datetime.fromtimestamp(middle, zone).utcoffset()) == before:
            earlier = middle
        else:
            later = middle
    return later


def instants(local_times, zone, begin, end):
    """The instants of local times from one second up to, not including, another; of these local times how many do not
    exist, and how many come twice."""
    due, skipped, twice = set(), 0, 0
    for local, again, at in local_times:
        first, second = seconds(zone.utcoffset(local)), seconds(zone.utcoffset(again))
        instant = at - first if second <= first else first_after_gap(at, zone, first, second)
        if begin <= instant < end:
            due.add(instant)
            skipped += second > first
            twice += second < first
    return sorted(due), skipped, twice


def schedules_of(request):
    """The schedules that are asked for: the text of the rule, its local times, and from when until when to look."""
    holidays = {date.fromisoformat(day) for day in request["holidays"]}

    def works(day):
        return day.weekday() < SATURDAY and day not in holidays

    def next_working(day):
        return day if works(day) else next_working(day + ONE_DAY)

    known = rules(works)
    for schedule in request["schedules"]:
        first, last = date.fromisoformat(schedule["from"]), date.fromisoformat(schedule["until"])
        postpone = next_working if schedule["postponed"] else lambda day: day
        begin, end = (seconds(datetime.combine(day, time()) - EPOCH) for day in (first, last + ONE_DAY))
        yield schedule["rule"], local_times(known[schedule["rule"]], first, last, postpone), begin, end


def main():
    request = json.load(sys.stdin)
    schedules = list(schedules_of(request))
    for name in request["zones"]:
        # Of this folder and no other: zoneinfo by itself would also look elsewhere.
        with (Path(request["folder"]) / name).open("rb") as file:
            zone = ZoneInfo.from_file(file, key=name)
        for rule, shown, begin, end in schedules:
            due, skipped, twice = instants(shown, zone, begin, end)
            print(name, rule, skipped, twice, " ".join(map(str, due)), sep="\t")


if __name__ == "__main__":
    main()
